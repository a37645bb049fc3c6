// The formats that libv4l knows and this library does not: those of old webcams, RGB in 16 bits, Bayer in 8 bits.
// libv4lconvert is loaded when a camera needs it; the declarations below are its public ones.
#include "CCameraConversion.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct occ_foreign {
    void *library;
    void *converter;
    int file;
    struct v4l2_format source, target;
    void (*destroy)(void *);
    int (*convert)(void *, const struct v4l2_format *, const struct v4l2_format *, unsigned char *, int,
                   unsigned char *, int);
    const char *(*error_text)(void *);
};

/// libv4l_dev_ops of its public header.
struct operations {
    void *(*init)(int);
    void (*close)(void *);
    int (*ioctl)(void *, int, unsigned long, void *);
    ssize_t (*read)(void *, int, void *, size_t);
    ssize_t (*write)(void *, int, const void *, size_t);
    void (*reserved[7])(void);
};

/// It wants a device to ask about its name and controls. Frames may come from anywhere: this one has nothing to say.
static int answer(void *context, int file, unsigned long request, void *argument) {
    (void)context;
    (void)file;
    if (request == VIDIOC_QUERYCAP) {
        memset(argument, 0, sizeof(struct v4l2_capability));
        return 0;
    }
    errno = ENOTTY;
    return -1;
}

static const struct operations no_device = { .ioctl = answer };

#define FIND(field, name) \
    do { \
        void *found = dlsym(foreign->library, name); \
        if (!found) goto failed; \
        memcpy(&(field), &found, sizeof found); \
    } while (0)

occ_foreign *occ_foreign_create(uint32_t code, uint32_t width, uint32_t height, uint32_t bytes_per_line) {
    occ_foreign *foreign = calloc(1, sizeof *foreign);
    if (!foreign) return NULL;
    void *(*create)(int, void *, const struct operations *);
    foreign->file = open("/dev/null", O_RDWR | O_CLOEXEC);
    foreign->library = dlopen("libv4lconvert.so.0", RTLD_NOW | RTLD_LOCAL);
    if (foreign->file < 0 || !foreign->library) goto failed;
    FIND(create, "v4lconvert_create_with_dev_ops");
    FIND(foreign->destroy, "v4lconvert_destroy");
    FIND(foreign->convert, "v4lconvert_convert");
    FIND(foreign->error_text, "v4lconvert_get_error_message");
    foreign->converter = create(foreign->file, NULL, &no_device);
    if (!foreign->converter) goto failed;
    struct v4l2_format *source = &foreign->source, *target = &foreign->target;
    source->type = target->type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    source->fmt.pix.width = target->fmt.pix.width = width;
    source->fmt.pix.height = target->fmt.pix.height = height;
    source->fmt.pix.pixelformat = code;
    source->fmt.pix.bytesperline = bytes_per_line;
    target->fmt.pix.pixelformat = V4L2_PIX_FMT_RGB24;
    target->fmt.pix.bytesperline = width * 3;
    target->fmt.pix.sizeimage = width * 3 * height;
    return foreign;
failed:
    occ_foreign_destroy(foreign);
    return NULL;
}

void occ_foreign_destroy(occ_foreign *foreign) {
    if (!foreign) return;
    if (foreign->converter) foreign->destroy(foreign->converter);
    if (foreign->file >= 0) close(foreign->file);
    free(foreign);
}

int occ_foreign_convert(occ_foreign *foreign, const uint8_t *bytes, size_t size, uint8_t *target, char *text) {
    text[0] = 0;
    // Its parameter is not const, and some of its decoders write into the source: it lies in the driver's buffer, which
    // is mapped for writing, or in memory of the caller's that says so.
    int written = foreign->convert(foreign->converter, &foreign->source, &foreign->target, (unsigned char *)bytes,
                                   (int)size, target, (int)foreign->target.fmt.pix.sizeimage);
    if (written >= 0) return 0;
    const char *reason = foreign->error_text(foreign->converter);
    strncpy(text, reason ? reason : "unknown", 199);
    text[199] = 0;
    return -1;
}

// Motion JPEG through libjpeg-turbo's own interface, which has kept its binary form since 2014. It is loaded when the
// first camera needs it. No header of it is used: the declarations below are its documented ones.
#include "CCameraConversion.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { RGB = 0, LIMIT_SCANS = 32768, WARNING = 0 };

struct occ_jpeg {
    void *library;
    void *decoder;
    int (*destroy)(void *);
    int (*header)(void *, const unsigned char *, unsigned long, int *, int *, int *, int *);
    int (*decompress)(void *, const unsigned char *, unsigned long, unsigned char *, int, int, int, int, int);
    char *(*error_text)(void *);
    int (*error_code)(void *);
};

/// POSIX asks for this detour: a function pointer is no object pointer.
#define FIND(field, name) \
    do { \
        void *found = dlsym(jpeg->library, name); \
        if (!found) goto failed; \
        memcpy(&(field), &found, sizeof found); \
    } while (0)

occ_jpeg *occ_jpeg_create(void) {
    occ_jpeg *jpeg = calloc(1, sizeof *jpeg);
    if (!jpeg) return NULL;
    void *(*create)(void);
    jpeg->library = dlopen("libturbojpeg.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!jpeg->library) goto failed;
    FIND(create, "tjInitDecompress");
    FIND(jpeg->destroy, "tjDestroy");
    FIND(jpeg->header, "tjDecompressHeader3");
    FIND(jpeg->decompress, "tjDecompress2");
    FIND(jpeg->error_text, "tjGetErrorStr2");
    FIND(jpeg->error_code, "tjGetErrorCode");
    jpeg->decoder = create();
    if (jpeg->decoder) return jpeg;
failed:
    occ_jpeg_destroy(jpeg);
    return NULL;
}

void occ_jpeg_destroy(occ_jpeg *jpeg) {
    if (!jpeg) return;
    if (jpeg->decoder) jpeg->destroy(jpeg->decoder);
    // The library stays loaded: some of its versions leave thread-local memory that points into it.
    free(jpeg);
}

int occ_jpeg_size(occ_jpeg *jpeg, const uint8_t *bytes, size_t size, int *width, int *height) {
    int subsampling, colours;
    *width = *height = 0;
    // A warning is no failure: the size is there.
    int failed = jpeg->header(jpeg->decoder, bytes, (unsigned long)size, width, height, &subsampling, &colours);
    return (failed && jpeg->error_code(jpeg->decoder) != WARNING) || *width < 1 || *height < 1 ? OCC_JPEG_DAMAGED : OCC_JPEG_OK;
}

int occ_jpeg_decode(occ_jpeg *jpeg, const uint8_t *bytes, size_t size, uint8_t *target, int width, int height,
                    char *text) {
    text[0] = 0;
    if (jpeg->decompress(jpeg->decoder, bytes, (unsigned long)size, target, width, width * 3, height, RGB,
                         LIMIT_SCANS) == 0)
        return OCC_JPEG_OK;
    const char *reason = jpeg->error_text(jpeg->decoder);
    strncpy(text, reason ? reason : "unknown", 199);
    text[199] = 0;
    // Many cameras leave bytes between the segments of a whole picture. Only the first warning is told.
    if (jpeg->error_code(jpeg->decoder) == WARNING && strstr(text, "extraneous bytes")) return OCC_JPEG_STRAYS;
    return strstr(text, "emory") ? OCC_JPEG_NO_MEMORY : OCC_JPEG_DAMAGED;
}

/* feed DEVICE WIDTH HEIGHT FOURCC MILLISECONDS FILE...: gives the files, one frame each, in turn and without end to the
 * readers of a loopback device. /tmp/feeding is there once it does. */
#include "guest.h"

static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    char *bytes = malloc(*size + 1);
    if (bytes && fread(bytes, 1, *size, file) != *size) *size = 0;
    fclose(file);
    return bytes;
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    int device = open(argv[1], O_RDWR);
    if (device < 0) return perror(argv[1]), 1;
    struct v4l2_format format = { .type = V4L2_BUF_TYPE_VIDEO_OUTPUT };
    format.fmt.pix.width = (uint32_t)atoi(argv[2]);
    format.fmt.pix.height = (uint32_t)atoi(argv[3]);
    format.fmt.pix.pixelformat = v4l2_fourcc(argv[4][0], argv[4][1], argv[4][2], argv[4][3]);
    format.fmt.pix.field = V4L2_FIELD_NONE;
    if (ioctl(device, VIDIOC_S_FMT, &format) != 0) return perror("S_FMT"), 1;
    for (int i = 0;; i++) {
        size_t size = 0;
        char *bytes = read_file(argv[6 + i % (argc - 6)], &size);
        if (!bytes || write(device, bytes, size) != (ssize_t)size) return perror("write"), 1;
        free(bytes);
        if (i == 0) save("/tmp/feeding", "", 0);
        pause_ms(atoi(argv[5]));
    }
}

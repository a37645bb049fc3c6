/* capture DEVICE WIDTH HEIGHT FRAMES PREFIX FORMAT...: for each format the first frames of a camera as the driver delivers
 * them (PREFIX + FORMAT-0.raw and so on), and what the library makes of the last (.image, with .chroma for NV12), each
 * described by a line. */
#include "guest.h"

/* Of the last row only the bytes of its pixels are the picture's. */
static size_t plane_size(const ocellus_image *image, size_t row) {
    return (size_t)image->stride * (image->height - 1) + row;
}

static void save_image(const char *name, const ocellus_image *image) {
    static const size_t bytes[] = { 0, 3, 3, 4, 4, 1, 2, 1 };
    char path[256];
    snprintf(path, sizeof path, "%s.image", name);
    save(path, image->pixels, plane_size(image, image->width * bytes[image->format]));
    printf("image %s format %u size %ux%u stride %ld chroma-stride %ld\n", name, image->format, image->width,
           image->height, (long)image->stride, (long)image->chroma_stride);
    if (!image->chroma) return;
    snprintf(path, sizeof path, "%s.chroma", name);
    save(path, image->chroma, (size_t)image->chroma_stride * ((image->height + 1) / 2 - 1) + image->width);
}

static int capture(const char *device, ocellus_camera_options options, int frames, const char *name) {
    ocellus_camera *camera;
    if (ocellus_camera_open(device, &options, &camera) != OCELLUS_OK) {
        printf("refused %s: %s\n", name, ocellus_last_error());
        return 1;
    }
    int got = 0;
    ocellus_frame frame;
    ocellus_status status = OCELLUS_OK;
    while (got < frames && (status = ocellus_camera_next(camera, 5000, &frame)) == OCELLUS_OK) {
        char path[256];
        snprintf(path, sizeof path, "%s-%d.raw", name, got++);
        save(path, frame.bytes, frame.byte_count);
    }
    if (status == OCELLUS_OK) {
        printf("frame %s format %.4s size %ux%u stride %u bytes %zu\n", name, (const char *)&frame.format, frame.width,
               frame.height, frame.stride, frame.byte_count);
        ocellus_image image;
        status = ocellus_camera_image(camera, &image);
        if (status == OCELLUS_OK) save_image(name, &image);
    }
    if (status != OCELLUS_OK) printf("failed %s: %s\n", name, ocellus_last_error());
    ocellus_camera_close(camera);
    return status != OCELLUS_OK;
}

int main(int argc, char **argv) {
    if (argc < 7) return 2;
    int failed = 0;
    for (int i = 6; i < argc; i++) {
        char name[128];
        snprintf(name, sizeof name, "%s%s", argv[5], argv[i]);
        ocellus_camera_options options = options_for(argv[i], (uint32_t)atoi(argv[2]), (uint32_t)atoi(argv[3]));
        failed |= capture(argv[1], options, atoi(argv[4]), name);
    }
    return failed;
}

/* Finds faces or objects in a picture and prints one line for each.
 *
 *     cc detect.c $(pkg-config --cflags --libs ocellus) -o detect
 *     ./detect face.safetensors picture.ppm
 *
 * C has no reader for JPEG files: this one reads binary PPM, which `djpeg picture.jpg > picture.ppm` or
 * `convert picture.jpg picture.ppm` write. With one argument, the picture, it uses the model inside the library. */
#include <ocellus.h>
#include <stdio.h>
#include <stdlib.h>

/* A number of a PPM header, after white space and comments. 0: there is none, or it is larger than `limit`. */
static uint32_t read_number(FILE *file, uint32_t limit) {
    int c = getc(file);
    while (c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '#') {
        while (c == '#' && (c = getc(file)) != '\n' && c != EOF) c = '#';
        c = getc(file);
    }
    uint32_t value = 0;
    for (; c >= '0' && c <= '9'; c = getc(file)) {
        value = value * 10 + (uint32_t)(c - '0');
        if (value > limit) return 0;
    }
    return value; /* the one character of white space behind the number has been read */
}

/* The pixels of a P6 file, red, green, blue, from malloc; NULL when it is none. */
static unsigned char *read_ppm(const char *path, uint32_t *width, uint32_t *height) {
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    unsigned char *pixels = NULL;
    if (getc(file) == 'P' && getc(file) == '6' && (*width = read_number(file, 32768)) != 0 &&
        (*height = read_number(file, 32768)) != 0 && read_number(file, 255) == 255) {
        size_t size = (size_t)*width * *height * 3;
        pixels = malloc(size);
        if (pixels && fread(pixels, 1, size, file) != size) {
            free(pixels);
            pixels = NULL;
        }
    }
    fclose(file);
    return pixels;
}

int main(int argc, char **argv) {
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: detect [MODEL] PICTURE.ppm\n");
        return 2;
    }
    const char *model = argc == 3 ? argv[1] : NULL, *path = argv[argc - 1];

    uint32_t width = 0, height = 0;
    unsigned char *rgb = read_ppm(path, &width, &height);
    if (!rgb) {
        fprintf(stderr, "detect: %s: expected a binary PPM (P6) picture with 255 levels\n", path);
        return 1;
    }
    ocellus_detector *detector;
    ocellus_detection found[100];
    size_t count;
    ocellus_image image = { .pixels = rgb, .width = width, .height = height, .format = OCELLUS_RGB8 };
    if (ocellus_detector_create(model, NULL, &detector) != OCELLUS_OK ||
        ocellus_detect(detector, &image, found, 100, &count) != OCELLUS_OK) {
        fprintf(stderr, "detect: %s\n", ocellus_last_error());
        ocellus_detector_destroy(detector);
        free(rgb);
        return 1;
    }
    if (count == 0) printf("nothing found\n");
    for (size_t i = 0; i < count && i < 100; i++) {
        const ocellus_detection *one = &found[i];
        printf("%zu %s at %.0f,%.0f %.0fx%.0f score %.2f", i + 1, ocellus_detector_label(detector, one->label),
               one->left, one->top, one->width, one->height, one->score);
        if (one->landmark_count == 5)
            printf(", eyes at %.0f,%.0f and %.0f,%.0f", one->landmarks[0].x, one->landmarks[0].y,
                   one->landmarks[1].x, one->landmarks[1].y);
        printf("\n");
    }
    ocellus_detector_destroy(detector);
    free(rgb);
    return 0;
}

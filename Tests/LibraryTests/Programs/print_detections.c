/* Prints all that a model finds, weak and overlapping objects too, with every digit of every number: what two machines
 * are compared by. The kernels go to standard error, where they may differ.
 * Arguments: a model file, a binary PPM (P6) picture with 255 levels and without comments. */
#include <ocellus.h>
#include <stdio.h>
#include <stdlib.h>

#define CAPACITY 200

int main(int argc, char **argv) {
    FILE *file = argc == 3 ? fopen(argv[2], "rb") : NULL;
    unsigned width, height;
    if (!file || fscanf(file, "P6 %5u %5u 255", &width, &height) != 2 || getc(file) == EOF) {
        fprintf(stderr, "usage: print_detections MODEL PICTURE.ppm\n");
        return 2;
    }
    size_t size = (size_t)width * height * 3, count;
    unsigned char *rgb = malloc(size);
    int complete = rgb && fread(rgb, 1, size, file) == size;
    fclose(file);

    ocellus_detector_options options = {
        .size = sizeof options, .threads = 2, .score_threshold = 0.02f, .overlap_threshold = 1,
        .maximum_detections = CAPACITY };
    ocellus_image image = { .pixels = rgb, .width = width, .height = height, .format = OCELLUS_RGB8 };
    ocellus_detection found[CAPACITY];
    ocellus_detector *detector;
    if (!complete || ocellus_detector_create(argv[1], &options, &detector) != OCELLUS_OK ||
        ocellus_detect(detector, &image, found, CAPACITY, &count) != OCELLUS_OK) {
        fprintf(stderr, "print_detections: %s\n", complete ? ocellus_last_error() : "the picture is incomplete");
        return 1;
    }
    fprintf(stderr, "%s\n", ocellus_detector_kernels(detector));
    for (size_t i = 0; i < count; i++) {
        const ocellus_detection *one = &found[i];
        printf("%d %.9g  %.9g %.9g %.9g %.9g", one->label, one->score, one->left, one->top, one->width, one->height);
        for (unsigned n = 0; n < one->landmark_count; n++)
            printf("  %.9g %.9g", one->landmarks[n].x, one->landmarks[n].y);
        printf("\n");
    }
    ocellus_detector_destroy(detector);
    free(rgb);
    return 0;
}

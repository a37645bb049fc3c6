/* A real detector (first argument: its model file) and pictures that cannot be, or that only just can. With a second
 * argument only a few of them, for valgrind, under which a detection can take ten seconds. */
#include "check.h"

#include <ocellus.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID = OCELLUS_ERROR_INVALID_ARGUMENT };

static ocellus_detector *detector;
static ocellus_detection found[200];
static size_t count;

static void impossible(void) {
    static unsigned char pixels[64 * 64 * 4];
    const ocellus_image good = { .pixels = pixels, .width = 64, .height = 64, .format = OCELLUS_RGB8 };
    ocellus_image one;
#define WITH(change)                                                      \
    do {                                                                  \
        one = good, change, count = 77;                                   \
        REFUSED(ocellus_detect(detector, &one, found, 200, &count), INVALID); \
        CHECK(count == 0);                                                \
    } while (0)
    CHECK(ocellus_detect(detector, &good, found, 200, &count) == OCELLUS_OK);
    WITH(one.pixels = NULL);
    WITH(one.width = 0);
    WITH(one.height = 0);
    WITH(one.width = 32769);
    WITH(one.width = UINT32_MAX);
    WITH(one.height = UINT32_MAX);
    WITH(one.stride = 64 * 3 - 1);
    WITH(one.stride = -64 * 3);
    WITH(one.stride = INT64_MIN);
    WITH(one.stride = INT64_MAX);
    WITH(one.format = 0);
    WITH(one.format = 8);
    WITH(one.format = UINT32_MAX);
    WITH(one.chroma = pixels);
    WITH(one.chroma_stride = 64);
    WITH((one.format = OCELLUS_YUYV, one.width = 63));
    WITH((one.format = OCELLUS_NV12, one.width = 63));
    WITH((one.format = OCELLUS_NV12, one.chroma_stride = 63));
    WITH((one.format = OCELLUS_NV12, one.chroma_stride = INT64_MIN));
    WITH((one.format = OCELLUS_NV12, one.chroma_stride = INT64_MAX));
    REFUSED(ocellus_detect(detector, NULL, found, 200, &count), INVALID);
    REFUSED(ocellus_detect(detector, (const void *)(pixels + 1), found, 200, &count), INVALID);
    REFUSED(ocellus_detect(detector, &good, NULL, 1, &count), INVALID);
    REFUSED(ocellus_detect(detector, &good, (void *)(pixels + 1), 1, &count), INVALID);
    REFUSED(ocellus_detect(detector, &good, found, 200, NULL), INVALID);
    REFUSED(ocellus_detect(detector, &good, found, 200, (void *)(pixels + 1)), INVALID);
    REFUSED(ocellus_detector_input_size(detector, (void *)(pixels + 1), NULL), INVALID);
}

/* Memory of exactly the bytes that the header says are read: one more is seen by valgrind and the sanitizer. */
static void exact(uint32_t width, uint32_t height, ocellus_pixel_format format, int64_t row, int64_t stride) {
    int64_t step = stride ? stride : row;
    size_t size = (size_t)(step * (height - 1) + row);
    if (format == OCELLUS_NV12) size = (size_t)(step * height + step * ((height + 1) / 2 - 1) + width);
    unsigned char *pixels = malloc(size);
    for (size_t i = 0; i < size; i++) pixels[i] = (unsigned char)(i * 37 >> 2);
    ocellus_image image = { .pixels = pixels, .width = width, .height = height, .stride = stride, .format = format };
    CHECK(ocellus_detect(detector, &image, found, 200, &count) == OCELLUS_OK);
    free(pixels);
}

static void every_format(int briefly) {
    const uint32_t sizes[][2] = { { 62, 3 }, { 2, 1 }, { 2, 2 }, { 64, 48 }, { 2, 500 }, { 640, 1 }, { 334, 301 } };
    const int64_t bytes[] = { 0, 3, 3, 4, 4, 1, 2, 1 };
    for (size_t i = 0; i < (briefly ? 1 : sizeof sizes / sizeof *sizes); i++)
        for (ocellus_pixel_format format = OCELLUS_RGB8; format <= OCELLUS_NV12; format += briefly ? 6 : 1) {
            int64_t row = bytes[format] * sizes[i][0];
            if (!briefly) exact(sizes[i][0], sizes[i][1], format, row, 0);
            exact(sizes[i][0], sizes[i][1], format, row, row + 5);
        }
    if (briefly) return;
    exact(1, 1, OCELLUS_RGB8, 3, 0);
    exact(1, 1, OCELLUS_GREY8, 1, 0);
    exact(32768, 2, OCELLUS_GREY8, 32768, 0);
}

/* The count is the whole count; what lies behind the array, or was not needed of it, stays as it was. */
static void capacities(void) {
    static unsigned char pixels[300 * 300 * 3];
    for (size_t i = 0; i < sizeof pixels; i++) pixels[i] = (unsigned char)(i * i >> 5);
    ocellus_image image = { .pixels = pixels, .width = 300, .height = 300, .format = OCELLUS_RGB8 };
    size_t all;
    CHECK(ocellus_detect(detector, &image, NULL, 0, &all) == OCELLUS_OK);
    CHECK(all >= 2 && all <= 50);
    ocellus_detection *exactly = malloc(all * sizeof *exactly), sentinel;
    CHECK(ocellus_detect(detector, &image, exactly, all, &count) == OCELLUS_OK && count == all);
    memset(&sentinel, 0x55, sizeof sentinel);
    for (size_t i = 0; i < 200; i++) found[i] = sentinel;
    CHECK(ocellus_detect(detector, &image, found, 1, &count) == OCELLUS_OK && count == all);
    CHECK(memcmp(found, exactly, sizeof *found) == 0 && memcmp(found + 1, &sentinel, sizeof sentinel) == 0);
    CHECK(ocellus_detect(detector, &image, found, SIZE_MAX, &count) == OCELLUS_OK && count == all);
    CHECK(memcmp(found, exactly, all * sizeof *found) == 0 && memcmp(found + all, &sentinel, sizeof sentinel) == 0);
    for (size_t i = 0; i < all; i++) {
        CHECK(exactly[i].left >= 0 && exactly[i].left + exactly[i].width <= 300.01f);
        CHECK(exactly[i].top >= 0 && exactly[i].top + exactly[i].height <= 300.01f);
        CHECK(exactly[i].score > 0 && exactly[i].score <= 1 && (i == 0 || exactly[i].score <= exactly[i - 1].score));
        CHECK(exactly[i].label >= 1 && exactly[i].label < ocellus_detector_label_count(detector));
        CHECK(ocellus_detector_label(detector, exactly[i].label)[0] != 0);
    }
    free(exactly);
}

int main(int argc, char **argv) {
    if (argc != 2 && argc != 3) return 2;
    ocellus_detector_options options = { .size = sizeof options, .score_threshold = 1e-6f, .maximum_detections = 50 };
    if (ocellus_detector_create(argv[1], &options, &detector) != OCELLUS_OK) {
        fprintf(stderr, "%s\n", ocellus_last_error());
        return 1;
    }
    uint32_t width = 0, height = 0;
    CHECK(ocellus_detector_input_size(detector, &width, &height) == OCELLUS_OK && width > 0 && height > 0);
    CHECK(ocellus_detector_input_size(detector, NULL, NULL) == OCELLUS_OK);
    CHECK(ocellus_detector_label_count(detector) >= 2 && ocellus_detector_kernels(detector)[0] != 0);
    CHECK(strcmp(ocellus_detector_label(detector, -1), "") == 0);
    CHECK(strcmp(ocellus_detector_label(detector, INT32_MAX), "") == 0);
    impossible();
    every_format(argc == 3);
    if (argc == 2) capacities();
    ocellus_detector_destroy(detector);
    if (failures == 0) printf("no crash, no wrong status\n");
    return failures != 0;
}

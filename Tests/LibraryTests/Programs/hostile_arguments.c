/* Wrong arguments to every function that needs no model: each is a status with a sentence, none is a crash. */
#include "check.h"

#include <limits.h>
#include <math.h>
#include <ocellus.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { INVALID = OCELLUS_ERROR_INVALID_ARGUMENT };

static _Alignas(64) unsigned char foreign[4096]; /* aligned memory that is no detector */
static _Alignas(64) unsigned char space[8192];

static void texts(void) {
    CHECK(strcmp(ocellus_version(), OCELLUS_VERSION) == 0);
    CHECK(strcmp(ocellus_last_error(), "") == 0);
    const ocellus_status odd[] = { -1, 10, 1000, INT32_MAX, INT32_MIN };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++)
        CHECK(strcmp(ocellus_status_text(odd[i]), "unknown status") == 0);
    for (ocellus_status status = OCELLUS_OK; status <= OCELLUS_ERROR_CAMERA_LOST; status++)
        CHECK(strcmp(ocellus_status_text(status), "unknown status") != 0);
}

static void options_init(void) {
    ocellus_detector_options options;
    memset(&options, 0x55, sizeof options);
    CHECK(ocellus_detector_options_init(&options, sizeof options) == OCELLUS_OK);
    CHECK(options.size == sizeof options && options.threads == 0 && options.score_threshold == 0);
    REFUSED(ocellus_detector_options_init(NULL, sizeof options), INVALID);
    REFUSED(ocellus_detector_options_init((void *)(space + 1), sizeof options), INVALID);
    const size_t wrong[] = { 0, 3, 5, 4097, 4100, SIZE_MAX, SIZE_MAX / 2, (size_t)UINT32_MAX + 1 };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSED(ocellus_detector_options_init((void *)space, wrong[i]), INVALID);
    memset(space, 0x55, sizeof space);
    CHECK(ocellus_detector_options_init((void *)space, 8) == OCELLUS_OK && space[7] == 0 && space[8] == 0x55);
    CHECK(ocellus_detector_options_init((void *)space, 4096) == OCELLUS_OK && space[4095] == 0 && space[4096] == 0x55);
}

/* What creation says of these options, with the model inside the library. */
static ocellus_status tried(const void *options) {
    ocellus_detector *detector = (void *)foreign;
    ocellus_status status = ocellus_detector_create(NULL, options, &detector);
    CHECK((detector == NULL) == (status != OCELLUS_OK));
    ocellus_detector_destroy(detector);
    return status;
}

static void options(void) {
    ocellus_detector_options good = { .size = sizeof good }, one;
    CHECK(tried(NULL) == OCELLUS_OK);
    CHECK(tried(&good) == OCELLUS_OK);
    const int32_t threads[] = { -1, 65, INT32_MAX, INT32_MIN };
    for (size_t i = 0; i < sizeof threads / sizeof *threads; i++) {
        one = good, one.threads = threads[i];
        REFUSED(tried(&one), INVALID);
    }
    const float thresholds[] = { NAN, -NAN, INFINITY, -INFINITY, -0.1f, 1.0001f };
    for (size_t i = 0; i < sizeof thresholds / sizeof *thresholds; i++) {
        one = good, one.score_threshold = thresholds[i];
        REFUSED(tried(&one), INVALID);
        one = good, one.overlap_threshold = thresholds[i];
        REFUSED(tried(&one), INVALID);
    }
    const int32_t maxima[] = { -1, 10001, INT32_MAX, INT32_MIN };
    for (size_t i = 0; i < sizeof maxima / sizeof *maxima; i++) {
        one = good, one.maximum_detections = maxima[i];
        REFUSED(tried(&one), INVALID);
    }
    const uint32_t sizes[] = { 0, 1, 3, 6, 21, 4097, UINT32_MAX };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        one = good, one.size = sizes[i];
        REFUSED(tried(&one), INVALID);
    }
    /* An older program: what lies beyond its struct is not looked at. */
    one = good, one.size = 8, one.score_threshold = NAN, one.maximum_detections = -1;
    CHECK(tried(&one) == OCELLUS_OK);
    /* A newer one: zeros beyond ours are accepted, anything else is not. */
    memset(space, 0, sizeof space);
    memcpy(space, &good, sizeof good);
    ((ocellus_detector_options *)(void *)space)->size = 4096;
    CHECK(tried(space) == OCELLUS_OK);
    space[4095] = 1;
    REFUSED(tried(space), INVALID);
    space[4095] = 0, space[sizeof good] = 1;
    REFUSED(tried(space), INVALID);
    REFUSED(tried(space + 2), INVALID);
}

static void files(const char *folder) {
    ocellus_detector *detector;
    char path[4096];
    REFUSED(ocellus_detector_create("x", NULL, NULL), INVALID);
    REFUSED(ocellus_detector_create("x", NULL, (void *)(space + 1)), INVALID);
    REFUSED(ocellus_detector_create("", NULL, &detector), OCELLUS_ERROR_IO);
    REFUSED(ocellus_detector_create("/does/not/exist", NULL, &detector), OCELLUS_ERROR_IO);
    REFUSED(ocellus_detector_create("/", NULL, &detector), OCELLUS_ERROR_IO);
    REFUSED(ocellus_detector_create("/dev/zero", NULL, &detector), OCELLUS_ERROR_IO);
    REFUSED(ocellus_detector_create("/dev/full", NULL, &detector), OCELLUS_ERROR_IO);
    REFUSED(ocellus_detector_create("\xff\xfe/x", NULL, &detector), INVALID);
    memset(space, 'a', sizeof space);
    space[sizeof space - 1] = 0;
    REFUSED(ocellus_detector_create((char *)space, NULL, &detector), OCELLUS_ERROR_IO);
    CHECK(strlen(ocellus_last_error()) == 1023);
    /* The folder holds files that are no models, made by the test. */
    const char *names[] = { "empty", "text", "zeros", "huge-header", "truncated", "nesting", "no-tensors" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        REFUSED(ocellus_detector_create(path, NULL, &detector), OCELLUS_ERROR_INVALID_DATA);
        CHECK(detector == NULL);
    }
    snprintf(path, sizeof path, "%s/fifo", folder);
    REFUSED(ocellus_detector_create(path, NULL, &detector), OCELLUS_ERROR_IO);
}

static void memory(void) {
    ocellus_detector *detector;
    REFUSED(ocellus_detector_create_from_memory(NULL, 100, NULL, &detector), INVALID);
    REFUSED(ocellus_detector_create_from_memory(space, 0, NULL, &detector), INVALID);
    REFUSED(ocellus_detector_create_from_memory(space, SIZE_MAX, NULL, &detector), INVALID);
    REFUSED(ocellus_detector_create_from_memory(space, 100, NULL, NULL), INVALID);
    srand(1);
    for (int turn = 0; turn < 2000; turn++) {
        size_t size = 1 + (size_t)rand() % 200;
        unsigned char *bytes = malloc(size); /* exactly as large as stated: reading beyond is seen */
        for (size_t i = 0; i < size; i++) bytes[i] = (unsigned char)(rand() >> 8);
        if (turn % 2 && size > 12) memcpy(bytes, "\x40\0\0\0\0\0\0\0{\"a\"", 12);
        REFUSED(ocellus_detector_create_from_memory(bytes, size, NULL, &detector), OCELLUS_ERROR_INVALID_DATA);
        free(bytes);
    }
}

static void no_detector(void) {
    void *impostors[] = { NULL, foreign, foreign + 1, foreign + 8 };
    ocellus_image image = { .pixels = space, .width = 8, .height = 8, .format = OCELLUS_RGB8 };
    ocellus_detection found[1];
    for (size_t i = 0; i < sizeof impostors / sizeof *impostors; i++) {
        ocellus_detector *detector = impostors[i];
        size_t count = 77;
        uint32_t width = 7, height = 7;
        REFUSED(ocellus_detect(detector, &image, found, 1, &count), INVALID);
        CHECK(count == 0);
        REFUSED(ocellus_detect(detector, NULL, NULL, 0, NULL), INVALID);
        REFUSED(ocellus_detector_input_size(detector, &width, &height), INVALID);
        CHECK(width == 7 && height == 7);
        CHECK(strcmp(ocellus_detector_label(detector, 1), "") == 0);
        CHECK(strcmp(ocellus_detector_kernels(detector), "") == 0);
        CHECK(ocellus_detector_label_count(detector) == 0);
        ocellus_detector_destroy(detector);
    }
}

static void *another_thread(void *unused) {
    CHECK(strcmp(ocellus_last_error(), "") == 0);
    REFUSED(ocellus_detector_create("in-the-other-thread", NULL, &(ocellus_detector *){ NULL }), OCELLUS_ERROR_IO);
    CHECK(strstr(ocellus_last_error(), "in-the-other-thread") != NULL);
    return unused;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    texts();
    options_init();
    options();
    files(argv[1]);
    memory();
    no_detector();
    pthread_t thread;
    ocellus_detector_options wrong = { .size = sizeof wrong, .threads = -1 };
    REFUSED(tried(&wrong), INVALID);
    pthread_create(&thread, NULL, another_thread, NULL);
    pthread_join(thread, NULL);
    CHECK(strstr(ocellus_last_error(), "threads") != NULL);
    if (failures == 0) printf("no crash, no wrong status\n");
    return failures != 0;
}

/* Two detectors in two threads give what one gives alone; one detector in four threads works for one at a time.
 * Argument: a model file. */
#include "check.h"

#include <ocellus.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define TURNS 8

static const char *model;
static unsigned char pixels[2][200 * 150 * 3];
static ocellus_detector *shared_detector;

struct result {
    size_t count;
    ocellus_detection found[50];
};

static ocellus_image picture(size_t which) {
    return (ocellus_image){ .pixels = pixels[which], .width = 200, .height = 150, .format = OCELLUS_RGB8 };
}

static ocellus_detector *make(void) {
    ocellus_detector_options options = { .size = sizeof options, .score_threshold = 1e-6f, .maximum_detections = 50 };
    ocellus_detector *detector;
    if (ocellus_detector_create(model, &options, &detector) == OCELLUS_OK) return detector;
    fprintf(stderr, "%s\n", ocellus_last_error());
    exit(1);
}

/* Detects TURNS times in the picture `*which`; all turns must agree. */
static void *alone(void *which) {
    struct result *first = calloc(1, sizeof *first), again;
    ocellus_image image = picture(*(size_t *)which);
    ocellus_detector *detector = make();
    CHECK(ocellus_detect(detector, &image, first->found, 50, &first->count) == OCELLUS_OK);
    for (int turn = 1; turn < TURNS; turn++) {
        memset(&again, 0, sizeof again);
        CHECK(ocellus_detect(detector, &image, again.found, 50, &again.count) == OCELLUS_OK);
        CHECK(memcmp(first, &again, sizeof again) == 0);
    }
    ocellus_detector_destroy(detector);
    return first;
}

/* How often a shared detector worked; every other answer must be BUSY. */
static void *together(void *unused) {
    size_t worked = 0, count;
    ocellus_image image = picture(0);
    (void)unused;
    for (int turn = 0; turn < TURNS; turn++) {
        ocellus_status status = ocellus_detect(shared_detector, &image, NULL, 0, &count);
        worked += status == OCELLUS_OK;
        CHECK(status == OCELLUS_OK || (status == OCELLUS_ERROR_BUSY && count == 0));
    }
    return (void *)worked;
}

int main(int argc, char **argv) {
    if (argc != 2) return 2;
    model = argv[1];
    for (size_t i = 0; i < sizeof pixels[0]; i++)
        pixels[0][i] = (unsigned char)(i * i >> 5), pixels[1][i] = (unsigned char)(i * 31 >> 3);
    size_t which[] = { 0, 1 };
    struct result *sequential[2], *parallel[2];
    pthread_t threads[4];
    for (int i = 0; i < 2; i++) sequential[i] = alone(&which[i]);
    CHECK(sequential[0]->count > 0);
    for (int i = 0; i < 2; i++) pthread_create(&threads[i], NULL, alone, &which[i]);
    for (int i = 0; i < 2; i++) {
        pthread_join(threads[i], (void **)&parallel[i]);
        CHECK(memcmp(sequential[i], parallel[i], sizeof *parallel[i]) == 0);
        free(sequential[i]);
        free(parallel[i]);
    }
    shared_detector = make();
    size_t worked = 0;
    for (int i = 0; i < 4; i++) pthread_create(&threads[i], NULL, together, NULL);
    for (int i = 0; i < 4; i++) {
        void *times;
        pthread_join(threads[i], &times);
        worked += (size_t)times;
    }
    CHECK(worked >= 1);
    ocellus_detector_destroy(shared_detector);
    if (failures == 0) printf("the same alone and together\n");
    return failures != 0;
}

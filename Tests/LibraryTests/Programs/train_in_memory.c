/* Pictures from memory, a run that is cancelled twice and gone on with by another trainer, and one that is not: the same
 * model. With libocellus in the same program. Arguments: a small model of one class, a folder to write into. */
#include <math.h>
#include <ocellus.h>
#include <ocellus_training.h>
#include <stdlib.h>
#include <string.h>

#define LAST_ERROR ocellus_training_last_error
#define STATUS_TEXT(status) ""
#include "check.h"
#include "squares.h"

static ocellus_trainer *at_work;
static int steps, measurements, stop_at, cancel_at;

static int progress(void *context, const ocellus_training_progress *state) {
    CHECK(context == &steps && state->text != NULL);
    if (state->event == OCELLUS_TRAINING_MEASURED) {
        measurements++;
        CHECK(state->metric >= 0 && state->metric <= state->best_metric && state->best_metric <= 1);
    }
    if (state->event != OCELLUS_TRAINING_STEP) return 0;
    steps++;
    CHECK(state->step >= 1 && state->step <= state->steps && state->epoch >= 1 && state->epoch <= state->epochs);
    CHECK(isfinite(state->loss) && state->loss > 0 && state->rate > 0 && state->seconds_left >= 0);
    /* One call at a time, also from within. */
    ocellus_training_metrics metrics;
    REFUSED(ocellus_trainer_run(at_work, NULL, NULL), OCELLUS_ERROR_BUSY);
    REFUSED(ocellus_trainer_evaluate(at_work, &metrics), OCELLUS_ERROR_BUSY);
    ocellus_trainer_destroy(at_work);
    if (steps == cancel_at) ocellus_trainer_cancel(at_work);
    return steps == stop_at;
}

static ocellus_trainer *create(const char *model, const char *folder, unsigned char grey) {
    ocellus_trainer_options options = { .size = sizeof options, .epochs = 3, .int8_epochs = 1, .batch = 4,
                                        .threads = 2, .backbone_rate = 1, .folder = folder };
    ocellus_trainer *trainer;
    if (ocellus_trainer_create(model, NULL, 0, &options, &trainer) != OCELLUS_OK) {
        fprintf(stderr, "%s\n", ocellus_training_last_error());
        exit(1);
    }
    add_squares(trainer, grey);
    CHECK(ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_TRAINING) == 8);
    CHECK(ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_VALIDATION) == 2);
    at_work = trainer;
    return trainer;
}

static void expect(ocellus_trainer *trainer, ocellus_status expected, int expected_steps) {
    steps = 0;
    ocellus_status status = ocellus_trainer_run(trainer, progress, &steps);
    if (status != expected || steps != expected_steps) {
        fprintf(stderr, "status %d, %d steps, expected %d, %d: %s\n", status, steps, expected, expected_steps,
                ocellus_training_last_error());
        failures++;
    }
}

static void save(ocellus_trainer *trainer, const char *folder, const char *name) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.safetensors", folder, name);
    CHECK(ocellus_trainer_save(trainer, path, OCELLUS_PRECISION_INT8) == OCELLUS_OK);
    snprintf(path, sizeof path, "%s/%s.float.safetensors", folder, name);
    CHECK(ocellus_trainer_save(trainer, path, OCELLUS_PRECISION_FLOAT) == OCELLUS_OK);
    REFUSED(ocellus_trainer_save(trainer, "/does/not/exist/x", OCELLUS_PRECISION_INT8), OCELLUS_ERROR_IO);
}

static void detect(const char *folder) {
    char path[4096];
    snprintf(path, sizeof path, "%s/whole.safetensors", folder);
    ocellus_detector *detector;
    ocellus_detection found[4];
    static unsigned char pixels[64 * 64];
    ocellus_image image = { .pixels = pixels, .width = 64, .height = 64, .format = OCELLUS_GREY8 };
    size_t count;
    CHECK(ocellus_detector_create("no such file", NULL, &detector) == OCELLUS_ERROR_IO);
    CHECK(strstr(ocellus_last_error(), "no such file") && !strstr(ocellus_training_last_error(), "no such file"));
    CHECK(ocellus_detector_create(path, NULL, &detector) == OCELLUS_OK);
    CHECK(ocellus_detect(detector, &image, found, 4, &count) == OCELLUS_OK);
    ocellus_detector_destroy(detector);
}

int main(int argc, char **argv) {
    if (argc != 3) return 2;
    char state[4096];
    snprintf(state, sizeof state, "%s/state", argv[2]);

    /* Eight pictures in batches of four: two steps an epoch, six in float and two in int8. */
    ocellus_trainer *whole = create(argv[1], NULL, 90);
    ocellus_training_metrics before, after;
    CHECK(ocellus_trainer_evaluate(whole, &before) == OCELLUS_OK);
    CHECK(before.pictures == 2 && before.objects == 2 && before.before.metric >= 0 && isnan(before.after_int8.metric));
    expect(whole, OCELLUS_OK, 8);
    /* After each of three epochs, the calibrated model, after the epoch in int8. */
    CHECK(measurements == 5);
    expect(whole, OCELLUS_OK, 0);
    CHECK(ocellus_trainer_evaluate(whole, &after) == OCELLUS_OK);
    CHECK(memcmp(&before.before, &after.before, sizeof before.before) == 0 || isnan(before.before.landmark_error));
    CHECK(after.after_float.metric >= 0 && after.after_int8.metric >= 0);
    save(whole, argv[2], "whole");
    ocellus_trainer_destroy(whole);

    ocellus_trainer *parts = create(argv[1], state, 90);
    stop_at = 3;
    expect(parts, OCELLUS_CANCELLED, 3);
    ocellus_image image = { .pixels = state, .width = 8, .height = 8, .format = OCELLUS_GREY8 };
    REFUSED(ocellus_trainer_add(parts, &image, NULL, 0, OCELLUS_ROLE_TRAINING), OCELLUS_ERROR_INVALID_ARGUMENT);
    stop_at = 0, cancel_at = 2;
    expect(parts, OCELLUS_CANCELLED, 2);
    ocellus_trainer_destroy(parts);
    /* Other pictures are another run. */
    parts = create(argv[1], state, 91);
    REFUSED(ocellus_trainer_run(parts, NULL, NULL), OCELLUS_ERROR_INVALID_ARGUMENT);
    CHECK(strstr(ocellus_training_last_error(), "training pictures was") != NULL);
    ocellus_trainer_destroy(parts);
    /* As a program that was started again. */
    cancel_at = 0;
    parts = create(argv[1], state, 90);
    expect(parts, OCELLUS_OK, 3);
    save(parts, argv[2], "parts");
    ocellus_trainer_destroy(parts);

    detect(argv[2]);
    if (failures == 0) printf("trained\n");
    return failures != 0;
}

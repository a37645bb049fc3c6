/* A program that trains and saves, as one that is killed and started again would be: it looks at nothing of what it left.
 * Arguments: a small model of one class, the folder of the run, the int8 model to write. */
#include <ocellus_training.h>

#define LAST_ERROR ocellus_training_last_error
#define STATUS_TEXT(status) ""
#include "check.h"
#include "squares.h"

static int failed(void) {
    fprintf(stderr, "%s\n", ocellus_training_last_error());
    return 1;
}

static int count_steps(void *context, const ocellus_training_progress *progress) {
    if (progress->event == OCELLUS_TRAINING_STEP) ++*(int *)context;
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    /* Two steps an epoch: six in float, two in int8, each with its checkpoint. */
    ocellus_trainer_options options = { .size = sizeof options, .epochs = 3, .int8_epochs = 1, .batch = 4, .threads = 2,
                                        .backbone_rate = 1, .checkpoint_steps = 1, .folder = argv[2] };
    ocellus_trainer *trainer;
    int steps = 0;
    if (ocellus_trainer_create(argv[1], NULL, 0, &options, &trainer) != OCELLUS_OK) return failed();
    add_squares(trainer, 90);
    if (ocellus_trainer_run(trainer, count_steps, &steps) != OCELLUS_OK) return failed();
    if (ocellus_trainer_save(trainer, argv[3], OCELLUS_PRECISION_INT8) != OCELLUS_OK) return failed();
    ocellus_trainer_destroy(trainer);
    printf("%d steps\n", steps);
    return failures != 0;
}

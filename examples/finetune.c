/* Teaches a model the classes of a folder of labelled pictures, and writes an int8 model that finds them.
 *
 *     cc finetune.c $(pkg-config --cflags --libs ocellus-training) -o finetune
 *     ./finetune start.safetensors cups/ cup.safetensors cup
 *
 * The folder is in a format that labelling tools write (VOC, COCO, YOLO). Classes are named in the order that the model
 * is to number them; without names the model keeps its own. Control-C ends the run after its step, and the same command
 * goes on where it was: the state is kept in cup.safetensors.run. */
#include <math.h>
#include <ocellus_training.h>
#include <signal.h>
#include <stdio.h>

static ocellus_trainer *trainer;

static void interrupted(int signal_number) {
    (void)signal_number;
    ocellus_trainer_cancel(trainer);
}

/* One thing that is wrong with the folder: what cannot be used is left out, and named. */
static void show_fault(void *context, const char *text) {
    (void)context;
    fprintf(stderr, "finetune: %s\n", text);
}

static int show_progress(void *context, const ocellus_training_progress *progress) {
    const char *phase = progress->phase == OCELLUS_PHASE_INT8 ? "int8" : "float";
    (void)context;
    switch (progress->event) {
    case OCELLUS_TRAINING_STEP:
        printf("\r%s step %d/%d, epoch %d/%d, loss %.2f, %.1f pictures/s, %.0f s left ", phase, (int)progress->step,
               (int)progress->steps, (int)progress->epoch, (int)progress->epochs, progress->loss,
               progress->pictures_per_second, progress->seconds_left);
        fflush(stdout);
        break;
    case OCELLUS_TRAINING_MEASURED:
        printf("\n%s: average precision %.3f, best %.3f\n", phase, progress->metric, progress->best_metric);
        break;
    case OCELLUS_TRAINING_WARNING:
        printf("\nwarning: %s\n", progress->text);
        break;
    }
    return 0; /* go on */
}

static int failed(void) {
    fprintf(stderr, "finetune: %s\n", ocellus_training_last_error());
    ocellus_trainer_destroy(trainer);
    return 1;
}

static void show_measure(const char *name, const ocellus_training_measure *measure) {
    if (isnan(measure->metric)) return;
    printf("%s: average precision %.3f, over overlaps %.3f", name, measure->metric, measure->map);
    if (!isnan(measure->landmark_error)) printf(", landmark error %.3f", measure->landmark_error);
    printf("\n");
}

int main(int argc, char **argv) {
    if (argc < 4) {
        fprintf(stderr, "usage: finetune MODEL FOLDER OUT.safetensors [CLASS...]\n");
        return 2;
    }
    const char *model = argv[1], *folder = argv[2], *out = argv[3];
    const char *const *classes = argc > 4 ? (const char *const *)(argv + 4) : NULL;
    char state[4096];
    snprintf(state, sizeof state, "%s.run", out);

    ocellus_trainer_options options = { .size = sizeof options, .threads = 2, .folder = state };
    if (ocellus_trainer_create(model, classes, (size_t)(argc - 4), &options, &trainer) != OCELLUS_OK ||
        ocellus_trainer_add_folder(trainer, folder, NULL, show_fault, NULL) != OCELLUS_OK)
        return failed();
    printf("%zu pictures to learn from, %zu to measure on\n",
           ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_TRAINING),
           ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_VALIDATION));

    signal(SIGINT, interrupted);
    ocellus_training_metrics metrics;
    if (ocellus_trainer_run(trainer, show_progress, NULL) != OCELLUS_OK ||
        ocellus_trainer_save(trainer, out, OCELLUS_PRECISION_INT8) != OCELLUS_OK ||
        ocellus_trainer_evaluate(trainer, &metrics) != OCELLUS_OK)
        return failed();
    printf("%d pictures, %d objects\n", (int)metrics.pictures, (int)metrics.objects);
    show_measure("before", &metrics.before);
    show_measure("after, float", &metrics.after_float);
    show_measure("after, int8", &metrics.after_int8);
    ocellus_trainer_destroy(trainer);
    return 0;
}

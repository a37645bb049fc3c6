/* ocellus_training.h - teach a model what your pictures show.
 *
 * This file is the contract and the manual of libocellus_training: what is not declared here is not API. It fine-tunes
 * a detector on the device it runs on, from labelled pictures, and writes an int8 model for libocellus that is measured
 * before and after. In short (examples/finetune.c is a whole program):
 *
 *     const char *classes[] = { "cup" };
 *     ocellus_trainer_options options = { .size = sizeof options, .threads = 2, .folder = "cup.run" };
 *     ocellus_trainer *trainer;
 *     ocellus_trainer_create("start.safetensors", classes, 1, &options, &trainer);
 *     ocellus_trainer_add_folder(trainer, "cups", NULL, NULL, NULL);            // labelled files, or
 *     ocellus_trainer_add(trainer, &image, &cup, 1, OCELLUS_ROLE_TRAINING);     // pictures in memory
 *     ocellus_trainer_run(trainer, progress, NULL);                             // minutes to hours
 *     ocellus_trainer_save(trainer, "cup.safetensors", OCELLUS_PRECISION_INT8);
 *     ocellus_trainer_destroy(trainer);
 *
 *     cc program.c $(pkg-config --cflags --libs ocellus-training) -o program
 *
 * Pictures and status values are those of ocellus.h. A program may use libocellus beside this library; neither needs
 * the other, and they share no symbol.
 *
 * WHAT A RUN DOES. Training in float, with the pictures varied anew each time (cut, mirrored, recoloured); a measurement
 * after every epoch, of which the best model is kept; calibration to int8; training under the arithmetic of int8; a last
 * measurement. The same pictures in the same order, options and machine give the same model, bit for bit.
 *
 * ERRORS. A function that can fail returns an ocellus_status; every status but OCELLUS_OK comes with a sentence in
 * ocellus_training_last_error(). Wrong arguments (NULL, zero, negative, huge, NaN, misaligned) are a status and never a
 * crash. What C gives no means to check stays the caller's promise: that a pointer points to memory of the size stated,
 * that text ends with a zero byte, that a trainer has not been destroyed. The library prints nothing, ends no process,
 * and installs no signal handler.
 *
 * THREADS. Different trainers may be used on different threads at the same time. One trainer serves one call at a time:
 * a call that meets another one, or comes from within a callback, is refused with OCELLUS_ERROR_BUSY. The one exception
 * is ocellus_trainer_cancel(). Callbacks come on the thread that made the call. With options.threads above 1 other
 * threads compute during ocellus_trainer_run() and ocellus_trainer_evaluate().
 *
 * MEMORY. A trainer holds its model, the pictures that were given to it from memory (3 bytes a pixel), and up to
 * options.picture_memory megabytes of decoded pictures from files. During a run come the values of a batch: for a
 * 300x300 network a few hundred megabytes with a batch of 8, in proportion to the batch, least with the backbone left
 * as it is.
 *
 * COMPATIBILITY. As in ocellus.h: the library grows by addition under one SONAME (libocellus_training.so.0). New fields
 * may come at the end of ocellus_trainer_options and of ocellus_training_progress.
 */
#ifndef OCELLUS_TRAINING_H
#define OCELLUS_TRAINING_H

#include "ocellus.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status and errors --------------------------------------------------------------------------------------- */

enum ocellus_training_status_values {
    OCELLUS_CANCELLED = 100 /* ocellus_trainer_run() was cancelled: its state is kept, and it may be called again */
};

/* As ocellus_last_error(), for the functions of this file: a sentence on the latest failure of this library in the
 * calling thread. Never NULL; "" when nothing has failed yet. UTF-8, at most 1,023 bytes. */
OCELLUS_API const char *ocellus_training_last_error(void);

/* The version of the loaded library, "MAJOR.MINOR.PATCH": that of ocellus.h. Never NULL, constant. */
OCELLUS_API const char *ocellus_training_version(void);

/* ---- Labelled pictures --------------------------------------------------------------------------------------- */

enum ocellus_truth_flags {
    OCELLUS_TRUTH_DIFFICULT = 1, /* as ignored in training; when the model is measured neither a hit nor a miss */
    OCELLUS_TRUTH_IGNORED = 2    /* neither object nor background: nothing is learned from it (crowds, cut objects) */
};

/* One object in a picture, as a person says. Set the fields by name; those left out are zero. Never grows. */
typedef struct ocellus_truth {
    float left; /* the box in pixels of its picture: width and height above 0, at least a part inside the picture */
    float top;
    float width;
    float height;
    int32_t label;           /* the class, 1 to the number of classes: 1 is the first name. 0, the background, is refused */
    uint32_t flags;          /* of the above, added; usually 0 */
    uint32_t landmark_count; /* 5 for a face with marked points, else 0. Models without landmarks take only 0 */
    ocellus_point landmarks[5]; /* left eye, right eye, nose, left and right mouth corner, as seen in the picture */
} ocellus_truth;

/* What a picture is for: one of the values below. */
typedef uint32_t ocellus_role;

enum ocellus_role_values {
    OCELLUS_ROLE_TRAINING = 1,  /* to learn from */
    OCELLUS_ROLE_VALIDATION = 2 /* to measure on, never learned from */
};

/* ---- Trainers ------------------------------------------------------------------------------------------------ */

/* A model and the pictures it is to learn from. Opaque. */
typedef struct ocellus_trainer ocellus_trainer;

/* How a trainer is to work. A field that is 0 takes its default; the defaults suit a few hundred pictures and a small
 * board. `size` works as in ocellus_detector_options. */
typedef struct ocellus_trainer_options {
    uint32_t size;            /* sizeof(ocellus_trainer_options); required */
    int32_t epochs;           /* how often every picture is seen in float, 1 to 10000. Default 40 */
    int32_t int8_epochs;      /* the same under the arithmetic of int8, 1 to 10000; -1: none, calibration alone makes the
                                 integers. Default: a tenth of the steps in float */
    int32_t batch;            /* pictures in one pass, 1 to 256: memory grows with it. Default 8 */
    float rate;               /* learning rate, above 0, at most 1. Default 0.001 */
    float backbone_rate;      /* what the rate of the backbone (the layers that see) is multiplied by, 0 to 1. Default 0:
                                 it stays as it is, which takes the least memory and time */
    int32_t threads;          /* threads that compute, the calling one included, 1 to 64. Default 1 */
    uint32_t seed;            /* random numbers follow from it. 0 is as 1 */
    int32_t accumulation;     /* passes whose gradients are averaged before a step, 1 to 256. Default 1 */
    int32_t picture_memory;   /* megabytes of decoded pictures from files that are kept, 1 to 65536; -1: none. Default 64 */
    int32_t measure_epochs;   /* epochs between measurements, 1 to 10000. Default 1 */
    int32_t checkpoint_steps; /* steps between checkpoints, 1 to 1000000. Default 100 */
    const char *folder;       /* where the run keeps its state, made when it is not there. A process that was killed, at
                                 any moment, goes on from the last checkpoint when the same program is started again
                                 with the same model, pictures and options (threads and checkpoint_steps may differ); a
                                 finished run in it is taken as finished.
                                 NULL: a folder of its own in $TMPDIR or /tmp, which goes with the trainer */
} ocellus_trainer_options;

/* Fills in the default options.
 *
 * `options`  memory of `size` bytes, written completely: zeros, and `size` in its place.
 * `size`     sizeof(ocellus_trainer_options) as the program knows it, at most 4096.
 * Returns OCELLUS_OK, or OCELLUS_ERROR_INVALID_ARGUMENT when `options` is NULL or misaligned or the size wrong. */
OCELLUS_API ocellus_status ocellus_trainer_options_init(ocellus_trainer_options *options, size_t size);

/* Creates a trainer from a model.
 *
 * `model_path`   a model file as `ocellus import` or ocellus_trainer_save() write it; a path in UTF-8. An int8 model
 *                becomes the float model that its integers stand for: where the float model is at hand, it is the
 *                better start. NULL: the face model inside the library.
 * `class_names`  names of the classes 1, 2, ...: UTF-8, a line of 1 to 256 bytes each, no two the same. When they are not
 *                those of the model, the parts of the network that tell classes apart start anew and all others are
 *                kept.
 *                NULL with a count of 0: the model's own classes.
 * `class_count`  how many names, at most 1000.
 * `options`      NULL: the defaults. Nothing of all this is needed after the call.
 * `trainer`      receives the trainer, or NULL when the call fails. ocellus_trainer_destroy() gives it back.
 * Returns OCELLUS_OK; INVALID_ARGUMENT (also for a number of classes that the network cannot have); IO; INVALID_DATA
 * (no sound model file); UNSUPPORTED (an architecture that this version does not know); NO_MODEL (a NULL path, and the
 * library was built without a model); OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_trainer_create(
    const char *model_path, const char *const *class_names, size_t class_count, const ocellus_trainer_options *options,
    ocellus_trainer **trainer);

/* Gives a trainer and everything it owns back, its folder too unless options.folder named it. NULL is allowed and does
 * nothing. A trainer at work is not destroyed: nothing happens and ocellus_training_last_error() says so. */
OCELLUS_API void ocellus_trainer_destroy(ocellus_trainer *trainer);

/* Adds a labelled picture from memory. It is copied: not needed after the call.
 *
 * `image`   the picture, of any size and format of ocellus.h.
 * `truths`  its objects. May be NULL when `count` is 0: a picture without an object teaches what is none.
 * `count`   how many objects, at most 10000.
 * `role`    what it is for. When no picture is for validation, a tenth of the others is held back for it.
 * Returns OCELLUS_OK; INVALID_ARGUMENT (the sentence names the object; also once a run has begun, which fixes the
 * pictures); BUSY; OUT_OF_MEMORY. When it fails nothing is added. */
OCELLUS_API ocellus_status ocellus_trainer_add(
    ocellus_trainer *trainer, const ocellus_image *image, const ocellus_truth *truths, size_t count, ocellus_role role);

/* Told something worth knowing: one line of UTF-8, which lives until the function returns. */
typedef void (*ocellus_notice_callback)(void *context, const char *text);

/* Adds a folder of labelled picture files (JPEG, PNG, PPM, PGM). Every picture is opened once to see that it is whole; they
 * stay in their files, which must be there until the trainer is destroyed.
 *
 * `path`     the folder. Pictures in its lists `train` and `val` are for training and validation; without lists nine
 *            tenths and one tenth are.
 * `format`   "voc", "coco", "yolo", "widerface", or "empty" for pictures without objects; NULL: found by the files.
 * `notice`   called for every fault, with the file, the number of the box, and the reason: what cannot be used is left
 *            out. NULL: a fault for which something would be left out is an error, and nothing is added.
 * `context`  passed on to `notice`.
 * Returns OCELLUS_OK; INVALID_ARGUMENT (labels of other classes; also once a run has begun); INVALID_DATA (no labels
 * found, or a fault and no `notice`); IO; BUSY; OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_trainer_add_folder(
    ocellus_trainer *trainer, const char *path, const char *format, ocellus_notice_callback notice, void *context);

/* How many pictures were added for a purpose. 0 when `trainer` is NULL or at work, or for an unknown role. */
OCELLUS_API size_t ocellus_trainer_picture_count(const ocellus_trainer *trainer, ocellus_role role);

/* ---- Running ------------------------------------------------------------------------------------------------- */

enum ocellus_training_event_values {
    OCELLUS_TRAINING_STEP = 1,     /* a step is done */
    OCELLUS_TRAINING_MEASURED = 2, /* the model was measured: see `metric` */
    OCELLUS_TRAINING_WARNING = 3   /* something looks wrong: see `text` */
};

enum ocellus_training_phase_values {
    OCELLUS_PHASE_FLOAT = 1, /* training in float */
    OCELLUS_PHASE_INT8 = 2   /* training under the arithmetic of int8 */
};

/* How far a run is. Made by the library; lives until the callback returns. Numbers of the present phase. */
typedef struct ocellus_training_progress {
    uint32_t event;
    uint32_t phase;
    int32_t step; /* steps done */
    int32_t steps;
    int32_t epoch; /* 1 is the first */
    int32_t epochs;
    float loss; /* what is minimised: the parts below, weighted */
    float class_loss;
    float box_loss;
    float landmark_loss;
    float rate;                /* the learning rate of the step */
    float metric;              /* the latest measurement, 0 to 1 (see ocellus_training_measure); NaN before the first */
    float best_metric;         /* the best of this phase; NaN before the first */
    float pictures_per_second; /* since the phase began or went on, measurements not counted; 0 at first */
    float seconds_left;        /* to the end of this phase, measurements not counted; NaN when unknown */
    const char *text;          /* OCELLUS_TRAINING_WARNING: what it is. Otherwise "". Never NULL */
} ocellus_training_progress;

/* Told how far a run is: after every step and every measurement. Returns 0 to go on, anything else to cancel. */
typedef int (*ocellus_training_callback)(void *context, const ocellus_training_progress *progress);

/* Trains to the end: minutes to hours. After OCELLUS_CANCELLED or an error it may be called again and goes on: after a
 * cancellation where it was, after an error from the last checkpoint. Returns OCELLUS_OK at once when all is done.
 *
 * `callback`  may be NULL. It must not call functions on this trainer, except ocellus_trainer_cancel().
 * `context`   passed on to `callback`.
 * Returns OCELLUS_OK; OCELLUS_CANCELLED; INVALID_ARGUMENT (no picture with an object; options.folder holds a run with
 * another model, other options or pictures); INVALID_DATA and IO (a picture that cannot be read any more, a full disk;
 * numbers that are no longer finite: the sentence names the layer); BUSY; OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_trainer_run(
    ocellus_trainer *trainer, ocellus_training_callback callback, void *context);

/* Asks a run to end after its present step: ocellus_trainer_run() then returns OCELLUS_CANCELLED. From any thread; also
 * from a signal handler. Without a run at work, the next one ends after its first step. NULL does nothing. */
OCELLUS_API void ocellus_trainer_cancel(ocellus_trainer *trainer);

/* ---- Results ------------------------------------------------------------------------------------------------- */

/* How good a model is on the validation pictures, by the path that ocellus_detect() runs. A number is NaN when there is
 * nothing to say: no object, no landmarks, not measured yet. */
typedef struct ocellus_training_measure {
    float metric; /* what a run is judged by, 0 to 1: mean average precision at an overlap of 0.5; for models with
                     landmarks the average precision of faces of at least 12 pixels of the network's input */
    float map;    /* COCO's mean average precision over overlaps of 0.5 to 0.95, 0 to 1 */
    float landmark_error; /* mean distance of the points of faces found, over the distance of the eyes */
} ocellus_training_measure;

/* This struct never grows. */
typedef struct ocellus_training_metrics {
    int32_t pictures; /* that were measured on */
    int32_t objects;  /* in them that count */
    ocellus_training_measure before; /* the model that training starts from. With new classes it knows nothing yet */
    ocellus_training_measure after_float;
    ocellus_training_measure after_int8;
} ocellus_training_metrics;

/* Says how good the model is and was. Before a run is finished the latter two are NaN. `before` is computed when it is
 * first asked for, which takes as long as detection in all validation pictures.
 *
 * Returns OCELLUS_OK; INVALID_ARGUMENT (also without pictures); INVALID_DATA and IO (a picture that cannot be read);
 * BUSY; OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_trainer_evaluate(ocellus_trainer *trainer, ocellus_training_metrics *metrics);

/* The arithmetic of a model file: one of the values below. */
typedef uint32_t ocellus_precision;

enum ocellus_precision_values {
    OCELLUS_PRECISION_FLOAT = 1, /* what another trainer can start from */
    OCELLUS_PRECISION_INT8 = 2   /* what devices run: a quarter of the size */
};

/* Writes the trained model, with where it comes from and its measurements inside. The file appears as a whole or not
 * at all.
 *
 * `path`  of the file, in UTF-8; one that is there is replaced.
 * Returns OCELLUS_OK; INVALID_ARGUMENT (also before ocellus_trainer_run() has returned OCELLUS_OK); IO; BUSY;
 * OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_trainer_save(
    ocellus_trainer *trainer, const char *path, ocellus_precision precision);

#ifdef __cplusplus
}
#endif

#endif

/* Wrong arguments to every function of the trainer: each is a status with a sentence, none is a crash. Arguments: a small
 * face model, a folder of files that are no models, and an empty folder. */
#include <limits.h>
#include <math.h>
#include <ocellus_training.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define LAST_ERROR ocellus_training_last_error
#define STATUS_TEXT(status) ""
#include "check.h"

enum { INVALID = OCELLUS_ERROR_INVALID_ARGUMENT };

static _Alignas(64) unsigned char foreign[4096]; /* aligned memory that is no trainer */
static _Alignas(64) unsigned char space[8192];
static const char *model;

static void options_init(void) {
    ocellus_trainer_options options;
    memset(&options, 0x55, sizeof options);
    CHECK(ocellus_trainer_options_init(&options, sizeof options) == OCELLUS_OK);
    CHECK(options.size == sizeof options && options.epochs == 0 && options.folder == NULL);
    REFUSED(ocellus_trainer_options_init(NULL, sizeof options), INVALID);
    REFUSED(ocellus_trainer_options_init((void *)(space + 4), sizeof options), INVALID);
    const size_t wrong[] = { 0, 4, 7, 12, 4097, 4104, SIZE_MAX, SIZE_MAX / 2, (size_t)UINT32_MAX + 1 };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSED(ocellus_trainer_options_init((void *)space, wrong[i]), INVALID);
    memset(space, 0x55, sizeof space);
    CHECK(ocellus_trainer_options_init((void *)space, 4096) == OCELLUS_OK && space[4095] == 0 && space[4096] == 0x55);
}

/* What creation from a file that is not there says of these options: IO when they are accepted. */
static ocellus_status tried(const void *options) {
    ocellus_trainer *trainer = (void *)foreign;
    ocellus_status status = ocellus_trainer_create("/does/not/exist", NULL, 0, options, &trainer);
    CHECK(trainer == NULL);
    return status;
}

static void options(void) {
    const ocellus_trainer_options good = { .size = sizeof good };
    ocellus_trainer_options one;
    REFUSED(tried(NULL), OCELLUS_ERROR_IO);
    REFUSED(tried(&good), OCELLUS_ERROR_IO);
#define EACH(field, ...)                                              \
    do {                                                              \
        const double values[] = { __VA_ARGS__ };                      \
        for (size_t i = 0; i < sizeof values / sizeof *values; i++) { \
            one = good, one.field = values[i];                        \
            REFUSED(tried(&one), INVALID);                            \
        }                                                             \
    } while (0)
    EACH(epochs, -1, 10001, INT32_MAX, INT32_MIN);
    EACH(int8_epochs, -2, 10001, INT32_MIN);
    EACH(batch, -1, 257, INT32_MAX);
    EACH(rate, -1, 1.001, NAN, INFINITY, -INFINITY);
    EACH(backbone_rate, -0.1, 1.001, NAN, INFINITY);
    EACH(threads, -1, 65, INT32_MIN);
    EACH(accumulation, -1, 257);
    EACH(picture_memory, -2, 65537);
    EACH(measure_epochs, -1, 10001);
    EACH(checkpoint_steps, -1, 1000001);
    EACH(size, 0, 4, 9, 52, 4104, UINT32_MAX);
    one = good, one.folder = "";
    REFUSED(tried(&one), INVALID);
    one = good, one.folder = "\xff";
    REFUSED(tried(&one), INVALID);
    /* An older program: what lies beyond its struct is not looked at. */
    one = good, one.size = 16, one.rate = NAN, one.threads = -7;
    REFUSED(tried(&one), OCELLUS_ERROR_IO);
    /* A newer one: zeros beyond ours are accepted, anything else is not. */
    memset(space, 0, sizeof space);
    memcpy(space, &good, sizeof good);
    ((ocellus_trainer_options *)(void *)space)->size = 4096;
    REFUSED(tried(space), OCELLUS_ERROR_IO);
    space[4095] = 1;
    REFUSED(tried(space), INVALID);
    REFUSED(tried(space + 4), INVALID);
}

static void creation(const char *folder) {
    ocellus_trainer *trainer;
    const char *twice[] = { "a", "a" }, *empty[] = { "" }, *null[] = { NULL }, *bytes[] = { "\xff" }, *one[] = { "face" };
    const char *two[] = { "face", "cup" };
    char path[4096], name[300];
    REFUSED(ocellus_trainer_create(model, NULL, 0, NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_create(model, NULL, 0, NULL, (void *)(space + 1)), INVALID);
    REFUSED(ocellus_trainer_create("\xff", NULL, 0, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, NULL, 1, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, one, 0, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, one, 1001, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, one, SIZE_MAX, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, (void *)(space + 1), 1, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, twice, 2, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, empty, 1, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, null, 1, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, (const char *[]){ "a\nb" }, 1, NULL, &trainer), INVALID);
    REFUSED(ocellus_trainer_create(model, bytes, 1, NULL, &trainer), INVALID);
    memset(name, 'a', sizeof name), name[257] = 0;
    REFUSED(ocellus_trainer_create(model, (const char *[]){ name }, 1, NULL, &trainer), INVALID);
    /* The face network has one class. */
    REFUSED(ocellus_trainer_create(model, two, 2, NULL, &trainer), INVALID);
    CHECK(trainer == NULL);
    REFUSED(ocellus_trainer_create("/", NULL, 0, NULL, &trainer), OCELLUS_ERROR_IO);
    const char *names[] = { "empty", "text", "zeros", "huge-header", "truncated", "nesting", "no-tensors" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        REFUSED(ocellus_trainer_create(path, NULL, 0, NULL, &trainer), OCELLUS_ERROR_INVALID_DATA);
        CHECK(trainer == NULL);
    }
}

static void no_trainer(void) {
    void *impostors[] = { NULL, foreign, foreign + 1, foreign + 8 };
    ocellus_image image = { .pixels = space, .width = 8, .height = 8, .format = OCELLUS_RGB8 };
    ocellus_training_metrics metrics;
    for (size_t i = 0; i < sizeof impostors / sizeof *impostors; i++) {
        ocellus_trainer *trainer = impostors[i];
        REFUSED(ocellus_trainer_add(trainer, &image, NULL, 0, OCELLUS_ROLE_TRAINING), INVALID);
        REFUSED(ocellus_trainer_add_folder(trainer, "/", NULL, NULL, NULL), INVALID);
        REFUSED(ocellus_trainer_run(trainer, NULL, NULL), INVALID);
        REFUSED(ocellus_trainer_evaluate(trainer, &metrics), INVALID);
        REFUSED(ocellus_trainer_save(trainer, "/x", OCELLUS_PRECISION_INT8), INVALID);
        CHECK(ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_TRAINING) == 0);
        ocellus_trainer_cancel(trainer);
        ocellus_trainer_destroy(trainer);
    }
}

static void objects(ocellus_trainer *trainer) {
    const ocellus_image good = { .pixels = space, .width = 40, .height = 30, .format = OCELLUS_RGB8 };
    const ocellus_truth face = { .left = 5, .top = 5, .width = 10, .height = 12, .label = 1 };
    ocellus_image image;
    ocellus_truth one;
#define IMAGE(change)                                                                          \
    do {                                                                                       \
        image = good, change;                                                                  \
        REFUSED(ocellus_trainer_add(trainer, &image, &face, 1, OCELLUS_ROLE_TRAINING), INVALID); \
    } while (0)
    IMAGE(image.pixels = NULL);
    IMAGE(image.width = 0);
    IMAGE(image.height = UINT32_MAX);
    IMAGE(image.stride = 40 * 3 - 1);
    IMAGE(image.stride = INT64_MIN);
    IMAGE(image.format = 0);
    IMAGE(image.format = 8);
    IMAGE(image.chroma = space);
    IMAGE((image.format = OCELLUS_NV12, image.width = 39));
#define TRUTH(change)                                                                        \
    do {                                                                                     \
        one = face, change;                                                                  \
        REFUSED(ocellus_trainer_add(trainer, &good, &one, 1, OCELLUS_ROLE_TRAINING), INVALID); \
    } while (0)
    TRUTH(one.label = 0);
    TRUTH(one.label = 2);
    TRUTH(one.label = INT32_MIN);
    TRUTH(one.width = 0);
    TRUTH(one.height = -1);
    TRUTH(one.left = NAN);
    TRUTH(one.width = INFINITY);
    TRUTH(one.left = 3e38f);
    TRUTH(one.left = 40);
    TRUTH(one.top = -12);
    TRUTH(one.flags = 4);
    TRUTH(one.landmark_count = 4);
    TRUTH(one.landmark_count = UINT32_MAX);
    TRUTH((one.landmark_count = 5, one.landmarks[4].x = NAN));
    REFUSED(ocellus_trainer_add(trainer, NULL, &face, 1, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, (void *)(space + 1), &face, 1, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, NULL, 1, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, (void *)(space + 2), 1, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, &face, 10001, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, &face, SIZE_MAX, OCELLUS_ROLE_TRAINING), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, &face, 1, 0), INVALID);
    REFUSED(ocellus_trainer_add(trainer, &good, &face, 1, 3), INVALID);
    CHECK(ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_TRAINING) == 0);
    CHECK(ocellus_trainer_picture_count(trainer, 0) == 0 && ocellus_trainer_picture_count(trainer, 3) == 0);
}

/* Every format is read to its last byte and not beyond: behind the picture is a page that may not be touched. */
static void edges(ocellus_trainer *trainer) {
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), bytes[] = { 0, 3, 3, 4, 4, 1, 2 };
    unsigned char *memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED && mprotect(memory + page, page, PROT_NONE) == 0);
    for (uint32_t format = OCELLUS_RGB8; format <= OCELLUS_NV12; format++) {
        size_t size = format == OCELLUS_NV12 ? 18 * 10 * 3 / 2 : 18 * 10 * bytes[format];
        ocellus_image image = { .pixels = memory + page - size, .width = 18, .height = 10, .format = format };
        CHECK(ocellus_trainer_add(trainer, &image, NULL, 0, OCELLUS_ROLE_TRAINING) == OCELLUS_OK);
    }
    CHECK(ocellus_trainer_picture_count(trainer, OCELLUS_ROLE_TRAINING) == 7);
    munmap(memory, 2 * page);
}

static void wrong_moments(ocellus_trainer *trainer, const char *folder) {
    ocellus_training_metrics metrics;
    /* Pictures, but no object in them. */
    REFUSED(ocellus_trainer_run(trainer, NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_evaluate(trainer, &metrics), INVALID);
    REFUSED(ocellus_trainer_evaluate(trainer, NULL), INVALID);
    REFUSED(ocellus_trainer_evaluate(trainer, (void *)(space + 1)), INVALID);
    REFUSED(ocellus_trainer_save(trainer, "/x", OCELLUS_PRECISION_INT8), INVALID);
    REFUSED(ocellus_trainer_save(trainer, "/x", 3), INVALID);
    REFUSED(ocellus_trainer_save(trainer, NULL, OCELLUS_PRECISION_INT8), INVALID);
    REFUSED(ocellus_trainer_add_folder(trainer, NULL, NULL, NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_add_folder(trainer, "\xff", NULL, NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_add_folder(trainer, folder, "csv", NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_add_folder(trainer, folder, "\xff", NULL, NULL), INVALID);
    REFUSED(ocellus_trainer_add_folder(trainer, "/does/not/exist", NULL, NULL, NULL), OCELLUS_ERROR_IO);
    REFUSED(ocellus_trainer_add_folder(trainer, folder, NULL, NULL, NULL), OCELLUS_ERROR_INVALID_DATA);
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    model = argv[1];
    CHECK(strcmp(ocellus_training_version(), OCELLUS_VERSION) == 0);
    CHECK(strcmp(ocellus_training_last_error(), "") == 0);
    options_init();
    options();
    creation(argv[2]);
    no_trainer();
    ocellus_trainer *trainer;
    CHECK(ocellus_trainer_create(model, NULL, 0, NULL, &trainer) == OCELLUS_OK);
    objects(trainer);
    edges(trainer);
    wrong_moments(trainer, argv[3]);
    ocellus_trainer_destroy(trainer);
    REFUSED(ocellus_trainer_run(NULL, NULL, NULL), INVALID);
    if (failures == 0) printf("no crash, no wrong status\n");
    return failures != 0;
}

/* Wrong arguments to every function for cameras, and devices that are none: a status with a sentence, never a crash. */
#include "check.h"

#include <limits.h>
#include <math.h>
#include <ocellus.h>
#include <stdint.h>
#include <string.h>

enum { INVALID = OCELLUS_ERROR_INVALID_ARGUMENT };

static _Alignas(64) unsigned char foreign[4096]; /* aligned memory that is no camera */
static _Alignas(64) unsigned char space[8192];

static void options_init(void) {
    ocellus_camera_options options;
    memset(&options, 0x55, sizeof options);
    CHECK(ocellus_camera_options_init(&options, sizeof options) == OCELLUS_OK);
    CHECK(options.size == sizeof options && options.width == 0 && options.format[0] == 0 && options.on_lost == 0);
    REFUSED(ocellus_camera_options_init(NULL, sizeof options), INVALID);
    REFUSED(ocellus_camera_options_init((void *)(space + 1), sizeof options), INVALID);
    const size_t wrong[] = { 0, 3, 5, 4097, 4100, SIZE_MAX };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        REFUSED(ocellus_camera_options_init((void *)space, wrong[i]), INVALID);
}

/* What opening a device that is not there says of these options: IO when they are accepted. */
static ocellus_status tried(const void *options) {
    ocellus_camera *camera = (void *)foreign;
    ocellus_status status = ocellus_camera_open("/dev/no-such-camera", options, &camera);
    CHECK(camera == NULL);
    return status;
}

static void options(void) {
    const ocellus_camera_options good = { .size = sizeof good };
    ocellus_camera_options one;
    REFUSED(tried(NULL), OCELLUS_ERROR_IO);
    REFUSED(tried(&good), OCELLUS_ERROR_IO);
    one = good, one.width = 640, one.height = 480, one.frames_per_second = 15, one.buffers = 32, one.on_lost = 1;
    memcpy(one.format, "MJPG", 4);
    REFUSED(tried(&one), OCELLUS_ERROR_IO);
    one = good, one.width = 640;
    REFUSED(tried(&one), INVALID);
    one = good, one.width = UINT32_MAX, one.height = UINT32_MAX;
    REFUSED(tried(&one), INVALID);
    const float rates[] = { NAN, -NAN, INFINITY, -INFINITY, -1, 1001 };
    for (size_t i = 0; i < sizeof rates / sizeof *rates; i++) {
        one = good, one.frames_per_second = rates[i];
        REFUSED(tried(&one), INVALID);
    }
    const char formats[][8] = { "x", "toolong", "\xff\xff\xff\xff", "a b c", { 'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H' } };
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        one = good;
        memcpy(one.format, formats[i], 8);
        REFUSED(tried(&one), INVALID);
    }
    const int32_t numbers[] = { -1, 1, 33, INT32_MAX, INT32_MIN };
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        one = good, one.buffers = numbers[i];
        REFUSED(tried(&one), INVALID);
        one = good, one.silence_ms = numbers[i] == INT32_MAX ? INT32_MAX : -1;
        REFUSED(tried(&one), INVALID);
        one = good, one.on_lost = numbers[i] == 1 ? 2 : numbers[i];
        REFUSED(tried(&one), INVALID);
    }
    memset(space, 0, sizeof space);
    memcpy(space, &good, sizeof good);
    ((ocellus_camera_options *)(void *)space)->size = 4096;
    REFUSED(tried(space), OCELLUS_ERROR_IO);
    space[4095] = 1;
    REFUSED(tried(space), INVALID);
}

static void devices(void) {
    ocellus_camera *camera;
    REFUSED(ocellus_camera_open("/dev/video0", NULL, NULL), INVALID);
    REFUSED(ocellus_camera_open("/dev/video0", NULL, (void *)(space + 1)), INVALID);
    REFUSED(ocellus_camera_open("\xff\xfe", NULL, &camera), INVALID);
    const char *const paths[] = { "", "/", "/dev/null", "/dev/zero", "/dev/full", "/etc/passwd", "/dev/no-such-camera" };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        REFUSED(ocellus_camera_open(paths[i], NULL, &camera), OCELLUS_ERROR_IO);
}

static int32_t never(void *context, ocellus_camera *camera, const ocellus_frame *frame, const ocellus_detection *found,
                     size_t count) {
    (void)context, (void)camera, (void)frame, (void)found, (void)count;
    CHECK(0);
    return 1;
}

static void no_camera(void) {
    void *impostors[] = { NULL, foreign, foreign + 1, foreign + 8 };
    for (size_t i = 0; i < sizeof impostors / sizeof *impostors; i++) {
        ocellus_camera *camera = impostors[i];
        ocellus_frame frame;
        ocellus_image image;
        ocellus_detection found[1];
        size_t count;
        ocellus_camera_info info = { .size = sizeof info };
        REFUSED(ocellus_camera_next(camera, 0, &frame), INVALID);
        REFUSED(ocellus_camera_next(camera, 0, NULL), INVALID);
        REFUSED(ocellus_camera_image(camera, &image), INVALID);
        REFUSED(ocellus_camera_detect(camera, NULL, found, 1, &count), INVALID);
        REFUSED(ocellus_camera_run(camera, NULL, never, NULL), INVALID);
        REFUSED(ocellus_camera_run(camera, NULL, NULL, NULL), INVALID);
        REFUSED(ocellus_camera_state(camera, &info), INVALID);
        CHECK(strcmp(ocellus_camera_name(camera), "") == 0);
        ocellus_camera_stop(camera);
        ocellus_camera_close(camera);
    }
}

int main(void) {
    options_init();
    options();
    devices();
    no_camera();
    if (failures == 0) printf("no crash, no wrong status\n");
    return failures != 0;
}

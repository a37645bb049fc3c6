/* What the programs in the guest share: a line for each finding, and the controls of the test driver vivid. */
#ifndef GUEST_H
#define GUEST_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <ocellus.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

static inline double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static inline void pause_ms(long milliseconds) {
    struct timespec time = { milliseconds / 1000, milliseconds % 1000 * 1000000 };
    nanosleep(&time, NULL);
}

/* Sets the control of this name. Buttons take any value. 0 when there is none. */
static inline int set_control(const char *device, const char *name, int value) {
    int file = open(device, O_RDWR);
    if (file < 0) return 0;
    int done = 0;
    struct v4l2_queryctrl query = { .id = V4L2_CTRL_FLAG_NEXT_CTRL };
    while (!done && ioctl(file, VIDIOC_QUERYCTRL, &query) == 0) {
        if (strcmp((const char *)query.name, name) == 0) {
            struct v4l2_control control = { .id = query.id, .value = value };
            done = ioctl(file, VIDIOC_S_CTRL, &control) == 0;
            break;
        }
        query.id |= V4L2_CTRL_FLAG_NEXT_CTRL;
    }
    if (!done) fprintf(stderr, "%s: cannot set '%s'\n", device, name);
    close(file);
    return done;
}

/* Writes a file whole. */
static inline void save(const char *path, const void *bytes, size_t size) {
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(bytes, 1, size, file) != size) fprintf(stderr, "cannot write %s\n", path);
    if (file) fclose(file);
}

static inline ocellus_camera_options options_for(const char *format, uint32_t width, uint32_t height) {
    ocellus_camera_options options = { .size = sizeof options, .width = width, .height = height };
    strncpy(options.format, format, sizeof options.format - 1);
    return options;
}

#endif

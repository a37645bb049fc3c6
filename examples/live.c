/* Finds faces or objects in front of a camera and prints a line for each, until Ctrl-C is pressed.
 *
 *     cc live.c $(pkg-config --cflags --libs ocellus) -o live
 *     ./live face.safetensors [/dev/video0]
 *
 * With `-` for the model the one inside the library is used; without a device the first camera is taken. */
#define _POSIX_C_SOURCE 199309L
#include <ocellus.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static ocellus_camera *camera;
static ocellus_detector *detector;

static void stop(int number) {
    (void)number;
    ocellus_camera_stop(camera); /* allowed in signal handlers */
}

/* Milliseconds since a time of the frame's clock. */
static double milliseconds_since(uint64_t start) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return ((double)now.tv_sec * 1e9 + (double)now.tv_nsec - (double)start) / 1e6;
}

static int32_t show(void *context, ocellus_camera *source, const ocellus_frame *frame, const ocellus_detection *found,
                    size_t count) {
    (void)context;
    if (!frame) {
        fprintf(stderr, "live: %s\n", ocellus_last_error());
        return 0; /* go on: the camera is looked for until it is back */
    }
    (void)source;
    for (size_t i = 0; i < count; i++)
        printf("frame %u: %s at %.0f,%.0f %.0fx%.0f score %.2f, %.1f ms after it was taken\n", frame->sequence,
               ocellus_detector_label(detector, found[i].label), found[i].left, found[i].top, found[i].width,
               found[i].height, found[i].score, milliseconds_since(frame->timestamp_ns));
    fflush(stdout);
    return 0;
}

int main(int argc, char **argv) {
    if (argc != 2 && argc != 3) {
        fprintf(stderr, "usage: live MODEL|- [DEVICE]\n");
        return 2;
    }
    const char *model = strcmp(argv[1], "-") == 0 ? NULL : argv[1], *device = argc == 3 ? argv[2] : NULL;
    if (ocellus_camera_open(device, NULL, &camera) != OCELLUS_OK ||
        ocellus_detector_create(model, NULL, &detector) != OCELLUS_OK) {
        fprintf(stderr, "live: %s\n", ocellus_last_error());
        ocellus_camera_close(camera);
        return 1;
    }
    ocellus_camera_info info = { .size = sizeof info };
    ocellus_camera_state(camera, &info);
    fprintf(stderr, "live: %s, %ux%u at %.4g frames a second; Ctrl-C ends\n", ocellus_camera_name(camera), info.width,
            info.height, info.frames_per_second);

    signal(SIGINT, stop);
    signal(SIGTERM, stop);
    ocellus_status status = ocellus_camera_run(camera, detector, show, NULL);
    if (status != OCELLUS_OK) fprintf(stderr, "live: %s\n", ocellus_last_error());
    ocellus_camera_state(camera, &info);
    fprintf(stderr, "live: %llu frames, %llu passed over, %llu dropped, %llu damaged\n",
            (unsigned long long)info.delivered, (unsigned long long)info.skipped, (unsigned long long)info.dropped,
            (unsigned long long)info.damaged);
    ocellus_camera_close(camera);
    ocellus_detector_destroy(detector);
    return status != OCELLUS_OK;
}

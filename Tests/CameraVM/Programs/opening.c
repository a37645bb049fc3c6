/* opening: what is said of nodes that cannot be used, and a loop that another thread stops. */
#include "guest.h"

#include <pthread.h>

static void try(const char *name, const char *device, const char *format) {
    ocellus_camera_options options = options_for(format, 0, 0);
    ocellus_camera *camera;
    ocellus_status status = ocellus_camera_open(device, &options, &camera);
    printf("%s: status %d: %s\n", name, status, status == OCELLUS_OK ? "" : ocellus_last_error());
    ocellus_camera_close(camera);
}

static int called;

static int32_t count(void *context, ocellus_camera *camera, const ocellus_frame *frame, const ocellus_detection *found,
                     size_t number) {
    (void)context, (void)camera, (void)found, (void)number;
    if (frame) called++;
    return 0;
}

static void *stop_soon(void *camera) {
    pause_ms(3000);
    ocellus_camera_stop(camera);
    return NULL;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const char *capture = argv[1], *output = argv[2], *metadata = argv[3];
    try("missing", "/dev/video99", "");
    try("no device", "/dev/null", "");
    try("file", "/init", "");
    try("output", output, "");
    try("metadata", metadata, "");
    try("no MJPG", capture, "MJPG");
    ocellus_camera *camera;
    if (ocellus_camera_open(NULL, NULL, &camera) != OCELLUS_OK) return printf("%s\n", ocellus_last_error()), 1;
    try("busy", capture, "");
    pthread_t thread;
    pthread_create(&thread, NULL, stop_soon, camera);
    double start = seconds();
    ocellus_status status = ocellus_camera_run(camera, NULL, count, NULL);
    printf("run: status %d, %s after %s\n", status, called > 2 ? "frames" : "too few frames",
           seconds() - start < 10 ? "a while" : "too long");
    pthread_join(thread, NULL);
    printf("name: %s\n", ocellus_camera_name(camera));
    ocellus_camera_close(camera);
    return 0;
}

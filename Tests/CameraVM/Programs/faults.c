/* faults NAME DEVICE SECONDS: streams from a camera, makes one thing go wrong with the help of vivid or of a script in /tmp,
 * and prints what became of the camera:
 *
 *     NAME: lost STATE, back AFTER s, frames N, damaged N, reopened N, descriptors N
 *
 * `lost -` when it was not within SECONDS. A camera that does not come back within 20 s is `never back`. */
#include "guest.h"

#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static const char *const states[] = { "streaming", "disconnected", "failed", "silent" };

static int open_descriptors(void) {
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

static void write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY);
    if (file < 0 || write(file, text, strlen(text)) < 0) perror(path);
    if (file >= 0) close(file);
}

/* What NAME does to the camera. Runs in a process of its own, so that it goes on while the camera is looked for. */
static void happen(const char *name, const char *device) {
    if (strcmp(name, "disconnect") == 0) set_control(device, "Disconnect", 1);
    else if (strcmp(name, "fatal-error") == 0) set_control(device, "Inject Fatal Streaming Error", 1);
    else if (strcmp(name, "flagged") == 0) set_control(device, "Inject V4L2_BUF_FLAG_ERROR", 1);
    else if (strcmp(name, "qbuf") == 0) set_control(device, "Inject VIDIOC_QBUF Error", 1);
    else if (strcmp(name, "dropped") == 0) set_control(device, "Percentage of Dropped Buffers", 50);
    else if (strcmp(name, "reqbufs-on-return") == 0 || strcmp(name, "streamon-on-return") == 0) {
        set_control(device, strcmp(name, "reqbufs-on-return") == 0 ? "Inject VIDIOC_REQBUFS Error"
                                                                   : "Inject VIDIOC_STREAMON Error", 1);
        set_control(device, "Inject Fatal Streaming Error", 1);
    } else if (strcmp(name, "unbind") == 0) {
        write_text("/sys/bus/platform/drivers/vivid/unbind", "vivid.0");
        pause_ms(1500);
        write_text("/sys/bus/platform/drivers/vivid/bind", "vivid.0");
    } else {
        /* Anything else is done by the script of that name. */
        char command[200];
        snprintf(command, sizeof command, "sh /tmp/%s.sh", name);
        if (system(command) != 0) fprintf(stderr, "%s failed\n", command);
    }
}

/* Frames for so long; what the last call said. Undecodable ones are counted by the library when they are looked at. */
static ocellus_status watch(ocellus_camera *camera, double duration, int *frames) {
    double end = seconds() + duration;
    ocellus_status status = OCELLUS_OK;
    while (seconds() < end) {
        ocellus_frame frame;
        ocellus_image image;
        status = ocellus_camera_next(camera, 200, &frame);
        if (status == OCELLUS_OK) {
            (*frames)++;
            (void)ocellus_camera_image(camera, &image);
        }
        if (status == OCELLUS_ERROR_CAMERA_LOST) break;
    }
    return status;
}

/* A process that makes it happen when a byte comes through the pipe. It is there before the camera is opened: a copy of
 * the camera's memory would keep its node from going. */
static pid_t prepare(const char *name, const char *device, int *trigger) {
    int ends[2];
    if (pipe(ends) != 0) exit(1);
    pid_t child = fork();
    if (child == 0) {
        char byte;
        close(ends[1]);
        if (read(ends[0], &byte, 1) == 1) happen(name, device);
        _exit(0);
    }
    close(ends[0]);
    *trigger = ends[1];
    return child;
}

int main(int argc, char **argv) {
    if (argc != 4) return 2;
    const char *name = argv[1], *device = argv[2];
    int trigger;
    pid_t child = prepare(name, device, &trigger);
    int before = open_descriptors();
    ocellus_camera_options options = options_for("", 320, 180);
    options.silence_ms = 2000;
    ocellus_camera *camera;
    if (ocellus_camera_open(device, &options, &camera) != OCELLUS_OK) {
        printf("%s: refused: %s\n", name, ocellus_last_error());
        return 1;
    }
    int frames = 0;
    watch(camera, 0.7, &frames);
    if (frames == 0) printf("%s: no frames at first: %s\n", name, ocellus_last_error());
    frames = 0;
    if (write(trigger, "!", 1) != 1) return 1;
    ocellus_camera_info info = { .size = sizeof info };
    const char *lost = "-";
    char back[64] = "-";
    ocellus_status status = watch(camera, atof(argv[3]), &frames);
    if (status == OCELLUS_ERROR_CAMERA_LOST) {
        ocellus_camera_state(camera, &info);
        lost = states[info.state];
        double start = seconds();
        ocellus_frame frame;
        while ((status = ocellus_camera_next(camera, 1000, &frame)) != OCELLUS_OK && seconds() < start + 20) {}
        if (status == OCELLUS_OK) snprintf(back, sizeof back, "%.2f s", seconds() - start);
        else snprintf(back, sizeof back, "never back: %.40s", ocellus_last_error());
        watch(camera, 1, &frames);
    }
    waitpid(child, NULL, 0);
    ocellus_camera_state(camera, &info);
    ocellus_camera_close(camera);
    printf("%s: lost %s, back %s, frames %d, damaged %llu, reopened %llu, descriptors %d\n", name, lost, back, frames,
           (unsigned long long)info.damaged, (unsigned long long)info.reopened, open_descriptors() - before);
    return 0;
}

// The system calls of Linux behind occ_system: each function here is one system call and the copying of its struct.
#define _GNU_SOURCE
#include "CCamera.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int system_open(void *context, const char *path) {
    (void)context;
    int file = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) return -errno;
    struct stat status;
    int error = fstat(file, &status) != 0 ? errno : S_ISCHR(status.st_mode) ? 0 : ENOTTY;
    if (error == 0) return file;
    close(file);
    return -error;
}

static void system_close(void *context, int file) {
    (void)context;
    close(file);
}

static int control(int file, unsigned long request, void *argument) {
    return ioctl(file, request, argument) == 0 ? 0 : errno;
}

static uint32_t capture(uint32_t multiplanar) {
    return multiplanar ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
}

/// The texts of the kernel may fill their fields to the last byte.
static void copy_text(char *target, size_t target_size, const uint8_t *source, size_t source_size) {
    size_t size = 0;
    while (size < source_size && size + 1 < target_size && source[size] != 0) size++;
    memcpy(target, source, size);
    memset(target + size, 0, target_size - size);
}

static int query_capability(int file, occ_capability *result) {
    struct v4l2_capability raw = { 0 };
    int error = control(file, VIDIOC_QUERYCAP, &raw);
    if (error) return error;
    uint32_t bits = raw.capabilities & V4L2_CAP_DEVICE_CAPS ? raw.device_caps : raw.capabilities;
    copy_text(result->driver, sizeof result->driver, raw.driver, sizeof raw.driver);
    copy_text(result->card, sizeof result->card, raw.card, sizeof raw.card);
    copy_text(result->bus_info, sizeof result->bus_info, raw.bus_info, sizeof raw.bus_info);
    int single = (bits & V4L2_CAP_VIDEO_CAPTURE) != 0, multi = (bits & V4L2_CAP_VIDEO_CAPTURE_MPLANE) != 0;
    result->captures = single || multi;
    result->multiplanar = multi && !single;
    result->metadata = !result->captures && (bits & V4L2_CAP_META_CAPTURE) != 0;
    result->streams = (bits & V4L2_CAP_STREAMING) != 0;
    return 0;
}

static int enumerate_format(int file, occ_format_entry *entry) {
    struct v4l2_fmtdesc raw = { .index = entry->index, .type = capture(entry->multiplanar) };
    int error = control(file, VIDIOC_ENUM_FMT, &raw);
    if (error) return error;
    entry->code = raw.pixelformat;
    copy_text(entry->name, sizeof entry->name, raw.description, sizeof raw.description);
    return 0;
}

static int enumerate_size(int file, occ_size_entry *entry) {
    struct v4l2_frmsizeenum raw = { .index = entry->index, .pixel_format = entry->code };
    int error = control(file, VIDIOC_ENUM_FRAMESIZES, &raw);
    if (error) return error;
    entry->is_range = raw.type != V4L2_FRMSIZE_TYPE_DISCRETE;
    if (entry->is_range) {
        entry->smallest_width = raw.stepwise.min_width;
        entry->smallest_height = raw.stepwise.min_height;
        entry->largest_width = raw.stepwise.max_width;
        entry->largest_height = raw.stepwise.max_height;
        entry->step_width = raw.stepwise.step_width;
        entry->step_height = raw.stepwise.step_height;
    } else {
        entry->smallest_width = entry->largest_width = raw.discrete.width;
        entry->smallest_height = entry->largest_height = raw.discrete.height;
        entry->step_width = entry->step_height = 0;
    }
    return 0;
}

static int enumerate_interval(int file, occ_interval_entry *entry) {
    struct v4l2_frmivalenum raw = { .index = entry->index, .pixel_format = entry->code, .width = entry->width,
                                    .height = entry->height };
    int error = control(file, VIDIOC_ENUM_FRAMEINTERVALS, &raw);
    if (error) return error;
    entry->is_range = raw.type != V4L2_FRMIVAL_TYPE_DISCRETE;
    struct v4l2_fract shortest = entry->is_range ? raw.stepwise.min : raw.discrete;
    struct v4l2_fract longest = entry->is_range ? raw.stepwise.max : raw.discrete;
    entry->shortest_numerator = shortest.numerator;
    entry->shortest_denominator = shortest.denominator;
    entry->longest_numerator = longest.numerator;
    entry->longest_denominator = longest.denominator;
    return 0;
}

static uint32_t is_full_range(uint32_t colorspace, uint32_t quantization) {
    if (quantization == V4L2_QUANTIZATION_DEFAULT) return colorspace == V4L2_COLORSPACE_JPEG;
    return quantization == V4L2_QUANTIZATION_FULL_RANGE;
}

static int exchange_format(int file, unsigned long request, occ_format *format) {
    struct v4l2_format raw = { .type = capture(format->multiplanar) };
    if (request == VIDIOC_S_FMT && format->multiplanar) {
        struct v4l2_pix_format_mplane wanted = { .width = format->width, .height = format->height,
                                                 .pixelformat = format->code, .num_planes = 1,
                                                 .field = V4L2_FIELD_NONE };
        raw.fmt.pix_mp = wanted;
    } else if (request == VIDIOC_S_FMT) {
        struct v4l2_pix_format wanted = { .width = format->width, .height = format->height,
                                          .pixelformat = format->code, .field = V4L2_FIELD_NONE };
        raw.fmt.pix = wanted;
    }
    int error = control(file, request, &raw);
    if (error) return error;
    if (format->multiplanar) {
        const struct v4l2_pix_format_mplane *found = &raw.fmt.pix_mp;
        format->width = found->width;
        format->height = found->height;
        format->code = found->pixelformat;
        format->bytes_per_line = found->plane_fmt[0].bytesperline;
        format->image_size = found->plane_fmt[0].sizeimage;
        format->full_range = is_full_range(found->colorspace, found->quantization);
        format->planes = found->num_planes;
    } else {
        const struct v4l2_pix_format *found = &raw.fmt.pix;
        format->width = found->width;
        format->height = found->height;
        format->code = found->pixelformat;
        format->bytes_per_line = found->bytesperline;
        format->image_size = found->sizeimage;
        format->full_range = is_full_range(found->colorspace, found->quantization);
        format->planes = 1;
    }
    return 0;
}

static int exchange_interval(int file, unsigned long request, occ_interval *interval) {
    struct v4l2_streamparm raw = { .type = capture(interval->multiplanar) };
    raw.parm.capture.timeperframe.numerator = interval->numerator;
    raw.parm.capture.timeperframe.denominator = interval->denominator;
    int error = control(file, request, &raw);
    if (error) return error;
    interval->numerator = raw.parm.capture.timeperframe.numerator;
    interval->denominator = raw.parm.capture.timeperframe.denominator;
    return 0;
}

static int request_buffers(int file, occ_buffer *buffer) {
    struct v4l2_requestbuffers raw = { .count = buffer->index, .type = capture(buffer->multiplanar),
                                       .memory = V4L2_MEMORY_MMAP };
    int error = control(file, VIDIOC_REQBUFS, &raw);
    if (!error) buffer->index = raw.count;
    return error;
}

static int exchange_buffer(int file, unsigned long request, occ_buffer *buffer) {
    struct v4l2_plane plane = { 0 };
    struct v4l2_buffer raw = { .index = buffer->index, .type = capture(buffer->multiplanar),
                               .memory = V4L2_MEMORY_MMAP };
    if (buffer->multiplanar) {
        raw.m.planes = &plane;
        raw.length = 1;
    }
    int error = control(file, request, &raw);
    if (error) return error;
    buffer->index = raw.index;
    buffer->sequence = raw.sequence;
    buffer->is_damaged = (raw.flags & V4L2_BUF_FLAG_ERROR) != 0;
    buffer->is_monotonic = (raw.flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    buffer->timestamp = (uint64_t)raw.timestamp.tv_sec * 1000000000u + (uint64_t)raw.timestamp.tv_usec * 1000u;
    if (buffer->multiplanar) {
        buffer->offset = plane.m.mem_offset;
        buffer->length = plane.length;
        buffer->data_start = plane.data_offset < plane.bytesused ? plane.data_offset : 0;
        buffer->bytes_used = plane.bytesused - buffer->data_start;
    } else {
        buffer->offset = raw.m.offset;
        buffer->length = raw.length;
        buffer->data_start = 0;
        buffer->bytes_used = raw.bytesused;
    }
    return 0;
}

static int switch_stream(int file, unsigned long request, const occ_buffer *buffer) {
    int type = (int)capture(buffer->multiplanar);
    return control(file, request, &type);
}

static int system_request(void *context, int file, int request, void *argument) {
    (void)context;
    switch (request) {
    case OCC_QUERY_CAPABILITY: return query_capability(file, argument);
    case OCC_ENUMERATE_FORMAT: return enumerate_format(file, argument);
    case OCC_ENUMERATE_SIZE: return enumerate_size(file, argument);
    case OCC_ENUMERATE_INTERVAL: return enumerate_interval(file, argument);
    case OCC_SET_FORMAT: return exchange_format(file, VIDIOC_S_FMT, argument);
    case OCC_GET_FORMAT: return exchange_format(file, VIDIOC_G_FMT, argument);
    case OCC_SET_INTERVAL: return exchange_interval(file, VIDIOC_S_PARM, argument);
    case OCC_GET_INTERVAL: return exchange_interval(file, VIDIOC_G_PARM, argument);
    case OCC_REQUEST_BUFFERS: return request_buffers(file, argument);
    case OCC_QUERY_BUFFER: return exchange_buffer(file, VIDIOC_QUERYBUF, argument);
    case OCC_QUEUE_BUFFER: return exchange_buffer(file, VIDIOC_QBUF, argument);
    case OCC_DEQUEUE_BUFFER: return exchange_buffer(file, VIDIOC_DQBUF, argument);
    case OCC_STREAM_ON: return switch_stream(file, VIDIOC_STREAMON, argument);
    case OCC_STREAM_OFF: return switch_stream(file, VIDIOC_STREAMOFF, argument);
    default: return EINVAL;
    }
}

static void *system_map(void *context, int file, size_t length, uint32_t offset) {
    (void)context;
    void *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, (off_t)offset);
    return memory == MAP_FAILED ? NULL : memory;
}

static void system_unmap(void *context, void *memory, size_t length) {
    (void)context;
    munmap(memory, length);
}

static int system_wait(void *context, int file, int waker, int milliseconds, unsigned *events) {
    (void)context;
    struct pollfd watched[2] = { { .fd = waker, .events = POLLIN }, { .fd = file, .events = POLLIN } };
    *events = 0;
    if (poll(watched, 2, milliseconds) < 0) return errno;
    if (watched[0].revents) *events |= OCC_WOKEN;
    if (watched[1].revents & POLLIN) *events |= OCC_READABLE;
    if (watched[1].revents & (POLLERR | POLLHUP | POLLNVAL)) *events |= OCC_BROKEN;
    return 0;
}

static uint64_t system_clock(void *context) {
    (void)context;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static int ascending(const void *first, const void *second) {
    int a = *(const int *)first, b = *(const int *)second;
    return (a > b) - (a < b);
}

static int system_nodes(void *context, int *numbers, int capacity) {
    (void)context;
    DIR *folder = opendir("/dev");
    if (!folder) return 0;
    int count = 0;
    struct dirent *entry;
    while (count < capacity && (entry = readdir(folder)) != NULL) {
        char rest;
        int number;
        if (sscanf(entry->d_name, "video%5d%c", &number, &rest) == 1 && number >= 0) numbers[count++] = number;
    }
    closedir(folder);
    qsort(numbers, (size_t)count, sizeof *numbers, ascending);
    return count;
}

static int is_in_group(gid_t group) {
    gid_t groups[256];
    int count = getgroups(256, groups);
    for (int i = 0; i < count; i++)
        if (groups[i] == group) return 1;
    return getegid() == group;
}

/// Reads /etc/group itself: the C library's function would load the modules of the name service.
static int system_group(void *context, const char *path, char *name, size_t size, int *is_member) {
    (void)context;
    struct stat status;
    if (stat(path, &status) != 0) return errno;
    *is_member = is_in_group(status.st_gid);
    snprintf(name, size, "%u", (unsigned)status.st_gid);
    FILE *file = fopen("/etc/group", "re");
    if (!file) return 0;
    struct group entry, *found;
    char line[4096];
    while (fgetgrent_r(file, &entry, line, sizeof line, &found) == 0 && found)
        if (entry.gr_gid == status.st_gid) {
            snprintf(name, size, "%s", entry.gr_name);
            break;
        }
    fclose(file);
    return 0;
}

const occ_system occ_linux = {
    .open = system_open, .close = system_close, .request = system_request, .map = system_map, .unmap = system_unmap,
    .wait = system_wait, .clock = system_clock, .nodes = system_nodes, .group = system_group,
};

int occ_waker_open(void) {
    int waker = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return waker < 0 ? -errno : waker;
}

void occ_waker_close(int waker) { close(waker); }

void occ_wake(int waker) {
    int kept = errno;
    ssize_t written = write(waker, &(uint64_t){ 1 }, sizeof(uint64_t));
    (void)written;  // it fails only when it is awake already
    errno = kept;
}

int occ_calm(int waker) {
    uint64_t count;
    return read(waker, &count, sizeof count) == (ssize_t)sizeof count;
}

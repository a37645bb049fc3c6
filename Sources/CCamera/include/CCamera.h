// Video4Linux as Embedded Swift can use it: plain structs for the requests, and one table of functions through which
// every system call of the camera goes, so that tests can put a script in their place.
#ifndef CCAMERA_H
#define CCAMERA_H

#include <stddef.h>
#include <stdint.h>

#include "CCameraConversion.h"

/// Errors are errno values; 0 is success. The names spare Swift the C library's header.
enum {
    OCC_EPERM = 1, OCC_ENOENT = 2, OCC_EINTR = 4, OCC_EIO = 5, OCC_ENXIO = 6, OCC_EAGAIN = 11, OCC_ENOMEM = 12,
    OCC_EACCES = 13, OCC_EBUSY = 16, OCC_ENODEV = 19, OCC_EINVAL = 22, OCC_ENOTTY = 25,
    OCC_ENOSPC = 28
};

/// What is asked of an open device: each request has a struct that goes with it.
enum {
    OCC_QUERY_CAPABILITY,   // occ_capability
    OCC_ENUMERATE_FORMAT,   // occ_format_entry; EINVAL: no more
    OCC_ENUMERATE_SIZE,     // occ_size_entry; EINVAL: no more
    OCC_ENUMERATE_INTERVAL, // occ_interval_entry; EINVAL: no more
    OCC_SET_FORMAT,         // occ_format, changed to what the driver made of it
    OCC_GET_FORMAT,         // occ_format
    OCC_SET_INTERVAL,       // occ_interval, changed to what the driver made of it
    OCC_GET_INTERVAL,       // occ_interval
    OCC_REQUEST_BUFFERS,    // occ_buffer: index is the count, changed to what was granted
    OCC_QUERY_BUFFER,       // occ_buffer: length and offset
    OCC_QUEUE_BUFFER,       // occ_buffer
    OCC_DEQUEUE_BUFFER,     // occ_buffer
    OCC_STREAM_ON,          // occ_buffer
    OCC_STREAM_OFF          // occ_buffer
};

typedef struct occ_capability {
    char driver[16];
    char card[32];
    char bus_info[32];
    uint32_t captures;      // 1: gives pictures by streaming
    uint32_t multiplanar;   // 1: through the multi-planar interface alone
    uint32_t metadata;      // 1: gives data about pictures, not pictures
    uint32_t streams;       // 1: memory-mapped streaming
} occ_capability;

typedef struct occ_format_entry {
    uint32_t multiplanar;
    uint32_t index;
    uint32_t code;
    char name[32];
} occ_format_entry;

typedef struct occ_size_entry {
    uint32_t index;
    uint32_t code;
    uint32_t is_range;  // 0: smallest and largest are the same
    uint32_t smallest_width, smallest_height, largest_width, largest_height, step_width, step_height;
} occ_size_entry;

typedef struct occ_interval_entry {
    uint32_t index;
    uint32_t code, width, height;
    uint32_t is_range;
    // Seconds a frame takes, as fractions; the shortest first.
    uint32_t shortest_numerator, shortest_denominator, longest_numerator, longest_denominator;
} occ_interval_entry;

typedef struct occ_format {
    uint32_t multiplanar;
    uint32_t width, height, code;
    uint32_t bytes_per_line, image_size;
    uint32_t full_range;  // 1: luma takes all of 0...255
    uint32_t planes;      // memory planes; more than 1 cannot be read here
} occ_format;

typedef struct occ_interval {
    uint32_t multiplanar;
    uint32_t numerator, denominator;  // seconds a frame takes; 0/0: not known
} occ_interval;

typedef struct occ_buffer {
    uint32_t multiplanar;
    uint32_t index;
    uint32_t offset;     // for map
    uint32_t length;     // bytes of the buffer
    uint32_t data_start; // where the picture begins in it
    uint32_t bytes_used; // its bytes, from data_start on
    uint32_t sequence;
    uint32_t is_damaged;   // V4L2_BUF_FLAG_ERROR
    uint32_t is_monotonic; // `timestamp` is of the monotonic clock
    uint64_t timestamp;    // in nanoseconds
} occ_buffer;

/// What `wait` saw, as bits.
enum { OCC_READABLE = 1, OCC_BROKEN = 2, OCC_WOKEN = 4 };

/// The system calls of a camera. `context` is handed to each. The functions may be called from one thread at a time.
typedef struct occ_system {
    void *context;
    /// A descriptor, non-blocking, or an errno value negated.
    int (*open)(void *context, const char *path);
    void (*close)(void *context, int file);
    /// 0 or an errno value; EINTR is for the caller to try again.
    int (*request)(void *context, int file, int request, void *argument);
    /// NULL when it fails.
    void *(*map)(void *context, int file, size_t length, uint32_t offset);
    void (*unmap)(void *context, void *memory, size_t length);
    /// Waits for a frame of `file` (negative: none) or for `waker`; `milliseconds` negative: for ever. 0 with the bits
    /// of what happened, none when the time is up; or an errno value.
    int (*wait)(void *context, int file, int waker, int milliseconds, unsigned *events);
    /// Nanoseconds of the monotonic clock.
    uint64_t (*clock)(void *context);
    /// The numbers of the /dev/video nodes, ascending; returns how many, at most `capacity`.
    int (*nodes)(void *context, int *numbers, int capacity);
    /// The name of the group that owns `path`, and whether this process is in it; returns 0 or an errno value.
    int (*group)(void *context, const char *path, char *name, size_t size, int *is_member);
} occ_system;

/// The system calls of Linux.
extern const occ_system occ_linux;

/// A descriptor that `wait` watches; negative errno value on failure. `occ_wake` may be called from anywhere, signal
/// handlers included. `occ_calm` makes it quiet again and returns whether it was awake.
int occ_waker_open(void);
void occ_waker_close(int waker);
void occ_wake(int waker);
int occ_calm(int waker);

#endif

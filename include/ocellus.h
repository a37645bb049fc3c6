/* ocellus.h - find faces and objects in pictures and in front of cameras.
 *
 * This file is the contract and the manual of libocellus: what is not declared here is not API. A complete program:
 *
 *     #include <ocellus.h>
 *     #include <stdio.h>
 *
 *     static unsigned char rgb[480][640][3];  // your picture: rows from top to bottom, red, green, blue
 *
 *     int main(int argc, char **argv) {
 *         ocellus_detector *detector;
 *         ocellus_detection found[16];
 *         size_t count;
 *         if (ocellus_detector_create(argc > 1 ? argv[1] : NULL, NULL, &detector) != OCELLUS_OK) {
 *             fprintf(stderr, "%s\n", ocellus_last_error());
 *             return 1;
 *         }
 *         ocellus_image image = { .pixels = rgb, .width = 640, .height = 480, .stride = 640 * 3,
 *                                 .format = OCELLUS_RGB8 };
 *         if (ocellus_detect(detector, &image, found, 16, &count) != OCELLUS_OK) {
 *             fprintf(stderr, "%s\n", ocellus_last_error());
 *             return 1;
 *         }
 *         for (size_t i = 0; i < count && i < 16; i++)
 *             printf("%s at %.0f,%.0f %.0fx%.0f score %.2f\n", ocellus_detector_label(detector, found[i].label),
 *                    found[i].left, found[i].top, found[i].width, found[i].height, found[i].score);
 *         ocellus_detector_destroy(detector);
 *         return 0;
 *     }
 *
 *     cc program.c $(pkg-config --cflags --libs ocellus) -o program
 *
 * ERRORS. A function that can fail returns an ocellus_status; every status but OCELLUS_OK comes with a sentence in
 * ocellus_last_error(). Wrong arguments (NULL, zero, negative, huge, NaN, misaligned) are a status and never a crash.
 * What C gives no means to check stays the caller's promise: that a pointer points to memory of the size stated, that
 * text ends with a zero byte, that a detector has not been destroyed. The library prints nothing, ends no process,
 * and installs no signal handler.
 *
 * THREADS. Different detectors and cameras may be used on different threads at the same time. One detector or camera
 * serves one call at a time: a call that meets another one is refused with OCELLUS_ERROR_BUSY. It need not always be
 * the same thread. Functions without either, and ocellus_camera_stop(), may be called from any thread at any time. No
 * thread is started unless ocellus_detector_options.threads asks for more than one. Those that are started run on the
 * program's cores but the one that the caller is on, where there are enough, or where you put them (they are named
 * "ocellus").
 *
 * MEMORY. The memory a detector needs is allocated when it is created; ocellus_detect() allocates only when a picture
 * differs from the one before in size or format. A camera allocates when it is opened, or opened again after it was
 * lost, and for the first picture that has to be converted; libjpeg-turbo and libv4l, where it uses them, allocate for
 * themselves and free what they took. What the library returns belongs to the library and is never to be freed by the
 * caller, except that each detector is given back with ocellus_detector_destroy() and each camera with
 * ocellus_camera_close().
 *
 * COMPATIBILITY. The library grows by addition. Under one SONAME (libocellus.so.0) no function, constant or field
 * changes its meaning, its value or its place; new functions, new constants and new fields at the end of
 * the structs that begin with their size may come. A program must be ready for status values that it does not know.
 */
#ifndef OCELLUS_H
#define OCELLUS_H

#include <stddef.h>
#include <stdint.h>

/* The version of this header. ocellus_version() tells the version of the library that is loaded. */
#define OCELLUS_VERSION_MAJOR 0
#define OCELLUS_VERSION_MINOR 1
#define OCELLUS_VERSION_PATCH 0
#define OCELLUS_VERSION "0.1.0"

#if defined(__GNUC__)
#define OCELLUS_API __attribute__((visibility("default")))
#else
#define OCELLUS_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* ---- Status and errors --------------------------------------------------------------------------------------- */

/* What became of a call: one of the values below. */
typedef int32_t ocellus_status;

enum ocellus_status_values {
    OCELLUS_OK = 0,
    OCELLUS_ERROR_INVALID_ARGUMENT = 1, /* an argument that cannot be right */
    OCELLUS_ERROR_INVALID_DATA = 2,     /* a model file that is damaged, truncated or not a model */
    OCELLUS_ERROR_UNSUPPORTED = 3,      /* well-formed, but nothing this library does */
    OCELLUS_ERROR_IO = 4,               /* the operating system refused: missing file, no permission, read error */
    OCELLUS_ERROR_OUT_OF_MEMORY = 5,    /* memory is short */
    OCELLUS_ERROR_NO_MODEL = 6,         /* a built-in model was asked for and this library has none */
    OCELLUS_ERROR_BUSY = 7,             /* the detector or camera is at work in another thread */
    OCELLUS_ERROR_NO_FRAME = 8,         /* no frame came in the time given, or the wait was stopped */
    OCELLUS_ERROR_CAMERA_LOST = 9       /* the camera was unplugged, failed, or sends nothing any more */
};

/* A short text for a status, such as "invalid argument". Never NULL, also not for a value that is no status
 * ("unknown status"). The text is constant and lives as long as the library is loaded. */
OCELLUS_API const char *ocellus_status_text(ocellus_status status);

/* A sentence on the latest failure in the calling thread: what was expected, what was found, what to do. Never NULL;
 * "" when nothing has failed yet. UTF-8, at most 1,023 bytes. Each thread has its own; a call that succeeds leaves it
 * as it is. The pointer stays the same for the life of the thread, the text until the next failure in it. */
OCELLUS_API const char *ocellus_last_error(void);

/* The version of the loaded library, "MAJOR.MINOR.PATCH". Never NULL, constant. */
OCELLUS_API const char *ocellus_version(void);

/* ---- Pictures ------------------------------------------------------------------------------------------------ */

/* How the bytes of a picture are to be read: one of the values below. Rows go from top to bottom. */
typedef uint32_t ocellus_pixel_format;

enum ocellus_pixel_format_values {
    OCELLUS_RGB8 = 1,  /* 3 bytes a pixel: red, green, blue */
    OCELLUS_BGR8 = 2,  /* 3 bytes a pixel: blue, green, red (OpenCV's order) */
    OCELLUS_RGBA8 = 3, /* 4 bytes a pixel: red, green, blue, and alpha, which is ignored */
    OCELLUS_BGRA8 = 4, /* 4 bytes a pixel: blue, green, red, and alpha, which is ignored */
    OCELLUS_GREY8 = 5, /* 1 byte a pixel */
    OCELLUS_YUYV = 6,  /* 4 bytes for two pixels: Y0 U Y1 V, BT.601 limited range; even width */
    OCELLUS_NV12 = 7   /* a plane of Y, then (height + 1) / 2 rows of U V pairs, half the width; as YUYV otherwise */
};

/* A picture in memory of the caller. Nothing is copied: it must stay as it is during the call that it is given to,
 * and may be freed or changed afterwards. Set the fields by name; those left out are zero. This struct never grows. */
typedef struct ocellus_image {
    const void *pixels;          /* first byte of the top row; no alignment is required */
    uint32_t width;              /* in pixels, 1 to 32768 */
    uint32_t height;             /* in pixels, 1 to 32768 */
    int64_t stride;              /* bytes from one row to the next, at least those of a row; 0: rows follow each other
                                    without a gap. Of the last row only the bytes of its pixels are read. */
    ocellus_pixel_format format; /* one of the values above; 0 is refused */
    const void *chroma;          /* NV12: first byte of the U V plane, or NULL: it follows the Y plane, stride * height
                                    bytes after `pixels`. Must be NULL for the other formats. */
    int64_t chroma_stride;       /* NV12: bytes from one U V row to the next; 0: as for Y. Otherwise 0. */
} ocellus_image;

/* ---- Results ------------------------------------------------------------------------------------------------- */

/* A position in pixels of the source picture: (0, 0) is the outer corner of the top left pixel, x grows to the right
 * and y downwards. */
typedef struct ocellus_point {
    float x;
    float y;
} ocellus_point;

/* One object found. All numbers are finite. This struct never grows. */
typedef struct ocellus_detection {
    float left; /* the box, in pixels of the source picture as ocellus_point, clipped to the picture */
    float top;
    float width;
    float height;
    float score;                /* how sure the model is, 0 to 1 */
    int32_t label;              /* the class, 1 or more (0 is the background); see ocellus_detector_label() */
    uint32_t landmark_count;    /* how many of `landmarks` are set: 5 for a face, 0 for objects without landmarks */
    ocellus_point landmarks[5]; /* a face's left eye, right eye, nose, left and right mouth corner, left and right as
                                   seen in the picture; may lie outside of it. Points that are not set are (0, 0).
                                   The face model looks a second time at those of the 16 tallest faces. */
} ocellus_detection;

/* ---- Detectors ----------------------------------------------------------------------------------------------- */

/* A model made ready to run. Opaque. */
typedef struct ocellus_detector ocellus_detector;

/* How a detector is to work. A field that is 0 takes its default, so both of these are good beginnings:
 *
 *     ocellus_detector_options options = { .size = sizeof options, .threads = 2 };
 *     ocellus_detector_options_init(&options, sizeof options);
 *
 * `size` is how the library knows which fields the program was compiled with. A smaller size (an older program): the
 * fields beyond it take their defaults. A larger size (a newer program than library): the bytes that this library does
 * not know must be zero, otherwise OCELLUS_ERROR_INVALID_ARGUMENT. A size that ends inside a field is refused, as is
 * one above 4096. */
typedef struct ocellus_detector_options {
    uint32_t size;              /* sizeof(ocellus_detector_options); required */
    int32_t threads;            /* threads that work on one picture, the calling one included, 1 to 64. Default 1 */
    float score_threshold;      /* objects below this score are left out; above 0, at most 1. Default: the model's */
    float overlap_threshold;    /* of two boxes of a class (of whichever classes, for TensorFlow's SSD) that overlap by
                                   more (intersection over union) the one with the lower score is left out; above 0, at
                                   most 1. Default: the model's. Models may ask that what nearly agrees with a box is
                                   averaged into it first: the face model inside the library does, its boxes and
                                   landmarks are steadier for it */
    int32_t maximum_detections; /* at most this many objects a picture, best scores first; 1 to 10000. Default 200 */
} ocellus_detector_options;

/* Fills in the default options.
 *
 * `options`  memory of `size` bytes, written completely: zeros, and `size` in its place.
 * `size`     sizeof(ocellus_detector_options) as the program knows it, 4 to 4096.
 * Returns OCELLUS_OK, or OCELLUS_ERROR_INVALID_ARGUMENT when `options` is NULL or misaligned or the size wrong. */
OCELLUS_API ocellus_status ocellus_detector_options_init(ocellus_detector_options *options, size_t size);

/* Creates a detector from a model file.
 *
 * `model_path`  a model file as `ocellus import` and `ocellus train` write it; a path in UTF-8. NULL: the face model
 *               inside the library (faces with five landmarks, int8). A library that was built without it answers
 *               OCELLUS_ERROR_NO_MODEL.
 *               The file is read completely before the function returns and not needed afterwards.
 * `options`     NULL: the defaults. Not needed after the call.
 * `detector`    receives the detector, or NULL when the call fails. The caller owns it:
 *               ocellus_detector_destroy() gives it back.
 * Returns OCELLUS_OK; INVALID_ARGUMENT (an option out of its range, `detector` NULL); IO (the file cannot be read);
 * INVALID_DATA (it is no sound model file); UNSUPPORTED (a model of an architecture that this version does not know);
 * NO_MODEL; OUT_OF_MEMORY. */
OCELLUS_API ocellus_status ocellus_detector_create(
    const char *model_path, const ocellus_detector_options *options, ocellus_detector **detector);

/* The same from the bytes of a model file in memory. They are copied: not needed after the call. No alignment is
 * required. Every byte is treated as hostile; a damaged model is OCELLUS_ERROR_INVALID_DATA. */
OCELLUS_API ocellus_status ocellus_detector_create_from_memory(
    const void *model, size_t model_size, const ocellus_detector_options *options, ocellus_detector **detector);

/* Gives a detector and everything it owns back: its labels and texts too. NULL is allowed and does nothing. The
 * detector must not be at work in another thread; if it is, nothing happens and ocellus_last_error() says so. */
OCELLUS_API void ocellus_detector_destroy(ocellus_detector *detector);

/* Finds objects in a picture.
 *
 * `image`     the picture. Its colours and its size are converted to what the model wants; nothing has to be prepared.
 * `found`     receives the objects, highest score first. May be NULL when `capacity` is 0.
 * `capacity`  how many objects `found` can take. Smaller than what there is: the best are written.
 * `count`     receives how many objects there are, at most options.maximum_detections; this may be more than
 *             `capacity`, so read found[i] only for i < count and i < capacity. 0 when the call fails.
 * Returns OCELLUS_OK, also when there is nothing or more than `capacity`; INVALID_ARGUMENT (a NULL or misaligned
 * pointer, a size or stride that cannot be, an unknown format); BUSY; OUT_OF_MEMORY. Elements of `found` beyond those
 * written are left as they were. Allocates nothing when the picture before had the same size and format. */
OCELLUS_API ocellus_status ocellus_detect(
    ocellus_detector *detector, const ocellus_image *image, ocellus_detection *found, size_t capacity, size_t *count);

/* The name of a class, such as "face". Never NULL: "" when `detector` is NULL or has no such class. UTF-8. Belongs to
 * the detector and lives as long as it does. May be called while the detector is at work in another thread. */
OCELLUS_API const char *ocellus_detector_label(const ocellus_detector *detector, int32_t label);

/* How many classes there are, the background included: labels go from 1 to this number - 1. 0 when `detector` is
 * NULL. May be called while the detector is at work in another thread. */
OCELLUS_API int32_t ocellus_detector_label_count(const ocellus_detector *detector);

/* The size of the model's input in pixels. A picture of any size may be given to ocellus_detect(): it is brought to
 * this size, so objects that are a few pixels large there are not found.
 *
 * `width`, `height`  receive the size; either may be NULL.
 * Returns OCELLUS_OK, or OCELLUS_ERROR_INVALID_ARGUMENT when `detector` is NULL or a pointer is misaligned. May be
 * called while the detector is at work in another thread. */
OCELLUS_API ocellus_status ocellus_detector_input_size(
    const ocellus_detector *detector, uint32_t *width, uint32_t *height);

/* The kernels chosen for this machine, for people and logs; the wording may change. Never NULL: "" when `detector` is
 * NULL. Belongs to the detector and lives as long as it does. May be called while the detector is at work in another
 * thread. */
OCELLUS_API const char *ocellus_detector_kernels(const ocellus_detector *detector);

/* ---- Cameras -------------------------------------------------------------------------------------------------- */

/* A Video4Linux camera that is streaming. Opaque.
 *
 *     ocellus_camera *camera;
 *     ocellus_frame frame;
 *     if (ocellus_camera_open(NULL, NULL, &camera) != OCELLUS_OK) ...
 *     for (;;) {
 *         ocellus_status status = ocellus_camera_next(camera, 1000, &frame);
 *         if (status == OCELLUS_OK)
 *             status = ocellus_camera_detect(camera, detector, found, 16, &count);
 *         if (status != OCELLUS_OK) fprintf(stderr, "%s\n", ocellus_last_error());
 *     }
 *
 * Frames are not queued up: ocellus_camera_next() gives the newest one, however long the program was busy.
 *
 * FORMATS. The library reads NV12, NV16, NV21, YU12, YV12, YUYV, UYVY, YVYU, VYUY, grey and RGB in 24 and 32 bits by
 * itself. For Motion JPEG it loads libturbojpeg.so.0 (Debian: libturbojpeg0), for what remains libv4lconvert.so.0
 * (Debian: libv4lconvert0), when a camera needs them. */
typedef struct ocellus_camera ocellus_camera;

/* What is wished of a camera: it takes the nearest it has, see ocellus_camera_state(). A field that is 0 takes its
 * default; `size` works as in ocellus_detector_options. */
typedef struct ocellus_camera_options {
    uint32_t size;           /* sizeof(ocellus_camera_options); required */
    uint32_t width;          /* in pixels, at most 32768; width and height both 0: near 640x480 */
    uint32_t height;         /* in pixels, at most 32768 */
    float frames_per_second; /* at most 1000. Default: what the camera does by itself */
    char format[8];          /* "YUYV", "MJPG" or another V4L2 format. Default, "": the one that costs least */
    int32_t buffers;         /* buffers asked of the driver, 2 to 32. Default 4 */
    int32_t silence_ms;      /* a camera that sends nothing for so long, and for so long as four frames take, is lost;
                                100 to 3600000. Default 3000 */
    int32_t on_lost;         /* OCELLUS_ON_LOST_WAIT or OCELLUS_ON_LOST_FAIL */
} ocellus_camera_options;

enum ocellus_on_lost_values {
    OCELLUS_ON_LOST_WAIT = 0, /* a lost camera is looked for, at growing intervals, until it is back */
    OCELLUS_ON_LOST_FAIL = 1  /* it is given up: every further ocellus_camera_next() answers CAMERA_LOST */
};

/* One frame as the driver delivered it. This struct never grows. */
typedef struct ocellus_frame {
    const void *bytes;     /* in the driver's memory: not to be written to */
    size_t byte_count;
    uint32_t format;       /* the V4L2 code of what the bytes are, as in <linux/videodev2.h> */
    uint32_t width;        /* in pixels */
    uint32_t height;       /* in pixels */
    uint32_t stride;       /* bytes from one row of the first plane to the next; 0 for compressed formats */
    uint32_t sequence;     /* the driver's number; begins anew when a lost camera is back; gaps are lost frames */
    uint32_t reserved;     /* 0 */
    uint64_t timestamp_ns; /* when it was taken, by CLOCK_MONOTONIC; arrival_ns where the driver does not say */
    uint64_t arrival_ns;   /* when it was taken from the driver, by CLOCK_MONOTONIC */
} ocellus_frame;

/* What a camera is doing, and what became of its frames since it was opened. `size` works as in options: set it to
 * sizeof(ocellus_camera_info); fields beyond a smaller size are not written, those beyond the library's are zeroed. */
typedef struct ocellus_camera_info {
    uint32_t size;
    uint32_t format;         /* what was agreed on: a V4L2 code, */
    uint32_t width;          /* in pixels, */
    uint32_t height;         /* in pixels, */
    float frames_per_second; /* and the rate; 0 where the driver does not say */
    int32_t state;           /* OCELLUS_CAMERA_STREAMING or what it was lost by */
    uint64_t delivered;      /* frames that ocellus_camera_next() gave */
    uint64_t skipped;        /* frames for which a newer one was there already */
    uint64_t dropped;        /* gaps in the driver's numbers */
    uint64_t damaged;        /* frames that the driver flagged, or that were empty, too short or undecodable */
    uint64_t reopened;       /* how often a lost camera came back */
} ocellus_camera_info;

enum ocellus_camera_states {
    OCELLUS_CAMERA_STREAMING = 0,
    OCELLUS_CAMERA_DISCONNECTED = 1, /* unplugged, or its driver let go of it */
    OCELLUS_CAMERA_FAILED = 2,       /* the driver reports an error */
    OCELLUS_CAMERA_SILENT = 3        /* no error, and no frames */
};

/* Fills in the default options, as ocellus_detector_options_init(). */
OCELLUS_API ocellus_status ocellus_camera_options_init(ocellus_camera_options *options, size_t size);

/* Opens a camera and starts it.
 *
 * `path`     such as "/dev/video0", in UTF-8. NULL: the first camera of the system that gives pictures.
 * `options`  NULL: the defaults. Not needed after the call.
 * `camera`   receives the camera, or NULL when the call fails. The caller owns it: ocellus_camera_close() ends it.
 * Returns OCELLUS_OK; INVALID_ARGUMENT; IO (there is no such device, no permission, or another program uses it);
 * UNSUPPORTED (no node that gives pictures, no format that can be read, or a library for it is not installed);
 * OUT_OF_MEMORY. The sentence in ocellus_last_error() says what to do. */
OCELLUS_API ocellus_status ocellus_camera_open(
    const char *path, const ocellus_camera_options *options, ocellus_camera **camera);

/* Stops a camera and gives everything back, the current frame too. NULL is allowed and does nothing. The camera must
 * not be at work in another thread, nor may this be called by the callback of ocellus_camera_run(); if so, nothing
 * happens and ocellus_last_error() says so. */
OCELLUS_API void ocellus_camera_close(ocellus_camera *camera);

/* Waits for the newest frame, which becomes the current one. The frame before goes back to the driver: its memory is
 * not to be read any more, whatever this call returns.
 *
 * `timeout_ms`  how long to wait at most; 0: not at all; negative: as long as it takes.
 * `frame`       receives the frame. Its memory is valid until the next call for this camera of this function,
 *               ocellus_camera_run() or ocellus_camera_close().
 * Returns OCELLUS_OK; NO_FRAME (the time is up, also while a lost camera is looked for, or ocellus_camera_stop());
 * CAMERA_LOST (just now; with OCELLUS_ON_LOST_WAIT call again, and it will be looked for); INVALID_ARGUMENT; BUSY. */
OCELLUS_API ocellus_status ocellus_camera_next(ocellus_camera *camera, int32_t timeout_ms, ocellus_frame *frame);

/* The current frame as a picture for ocellus_detect(), in full size.
 *
 * `image`  receives the picture: the driver's memory where the format allows it, else memory of the camera. Valid as
 *          long as the frame and until the next call of this function or ocellus_camera_detect() for this camera.
 * Returns OCELLUS_OK; NO_FRAME (there is no current frame); INVALID_DATA (the frame is damaged: take the next);
 * INVALID_ARGUMENT; OUT_OF_MEMORY; BUSY. */
OCELLUS_API ocellus_status ocellus_camera_image(ocellus_camera *camera, ocellus_image *image);

/* Finds objects in the current frame. A compressed frame is decoded no larger than the detector needs, so this takes
 * less time than ocellus_camera_image() and ocellus_detect(). Positions are in pixels of the frame.
 *
 * `found`, `capacity`, `count`  as in ocellus_detect().
 * Returns what those two functions return. */
OCELLUS_API ocellus_status ocellus_camera_detect(
    ocellus_camera *camera, ocellus_detector *detector, ocellus_detection *found, size_t capacity, size_t *count);

/* What ocellus_camera_run() calls for each frame, on the thread that it was called on.
 *
 * `frame`           the current frame; NULL: the camera was lost, see ocellus_camera_state(). It is called again when
 *                   frames come again.
 * `found`, `count`  what the detector found, best first; valid until the callback returns. 0 without a detector.
 * Returns 0 to go on, anything else to end ocellus_camera_run(). It may call the functions for cameras except
 * ocellus_camera_next(), ocellus_camera_run() and ocellus_camera_close(). */
typedef int32_t ocellus_frame_callback(
    void *context, ocellus_camera *camera, const ocellus_frame *frame, const ocellus_detection *found, size_t count);

/* Detects on frame after frame until the callback or ocellus_camera_stop() ends it. Damaged frames are passed over.
 *
 * `detector`  NULL: frames are only handed on. In use by this call until it returns.
 * `context`   handed to the callback; may be NULL.
 * Returns OCELLUS_OK when it was ended; CAMERA_LOST with OCELLUS_ON_LOST_FAIL; INVALID_ARGUMENT; OUT_OF_MEMORY;
 * BUSY. */
OCELLUS_API ocellus_status ocellus_camera_run(
    ocellus_camera *camera, ocellus_detector *detector, ocellus_frame_callback *callback, void *context);

/* Ends the ocellus_camera_run() or ocellus_camera_next() that is at work in another thread, or else the next one. From
 * any thread, and from signal handlers; the camera must not be closed meanwhile. NULL is allowed and does nothing. */
OCELLUS_API void ocellus_camera_stop(ocellus_camera *camera);

/* What the camera is doing.
 *
 * `info`  its size field must be set; the rest is written.
 * Returns OCELLUS_OK, INVALID_ARGUMENT or BUSY. */
OCELLUS_API ocellus_status ocellus_camera_state(ocellus_camera *camera, ocellus_camera_info *info);

/* The camera's name as its driver gives it, such as "Integrated Camera". Never NULL: "" when `camera` is NULL. UTF-8.
 * Belongs to the camera and lives as long as it does. */
OCELLUS_API const char *ocellus_camera_name(const ocellus_camera *camera);

#ifdef __cplusplus
}
#endif

#endif

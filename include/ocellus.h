/* ocellus.h - find faces and objects in pictures.
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
 * THREADS. Different detectors may be used on different threads at the same time. One detector serves one call at a
 * time: a call that meets another one is refused with OCELLUS_ERROR_BUSY. It need not always be the same thread.
 * Functions without a detector may be called from any thread at any time. No thread is started unless
 * ocellus_detector_options.threads asks for more than one.
 *
 * MEMORY. The memory a detector needs is allocated when it is created; ocellus_detect() allocates only when a picture
 * differs from the one before in size or format. What the library returns belongs to the library and is never to be
 * freed by the caller, except that each detector is given back with ocellus_detector_destroy().
 *
 * COMPATIBILITY. The library grows by addition. Under one SONAME (libocellus.so.0) no function, constant or field
 * changes its meaning, its value or its place; new functions, new constants and new fields at the end of
 * ocellus_detector_options may come. A program must be ready for status values that it does not know.
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
    OCELLUS_ERROR_BUSY = 7              /* the detector is at work in another thread */
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
    OCELLUS_NV12 = 7   /* a plane of Y, then a plane of U V pairs at half the width and height; as YUYV otherwise */
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
                                   seen in the picture; may lie outside of it. Points that are not set are (0, 0). */
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
    float overlap_threshold;    /* of two boxes of a class that overlap by more (intersection over union) the one with
                                   the lower score is left out; above 0, at most 1. Default: the model's */
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
 * `model_path`  a model file as `ocellus import` writes it; a path in UTF-8. NULL: the face model inside the
 *               library; this version has none and answers OCELLUS_ERROR_NO_MODEL.
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

#ifdef __cplusplus
}
#endif

#endif

// JPEG and PNG in memory, over libjpeg-turbo and libpng. Both report errors by longjmp; here every jump begins and ends
// inside one function, everything it allocated is freed, nothing is printed, and the library's own words are returned.
// No state; every function may be called from any thread.
#ifndef CPICTUREFILES_H
#define CPICTUREFILES_H

#include <stddef.h>
#include <stdint.h>

typedef enum {
    OCP_OK = 0,
    OCP_DAMAGED = 1,      // the data is not what the format says; `text` has the library's words
    OCP_TRUNCATED = 2,    // the data ends early; `rows_done` of `height` rows were read
    OCP_TOO_LARGE = 3,    // width, height or their product is over the limit; `width` and `height` say what was found
    OCP_OUT_OF_MEMORY = 4,
    OCP_UNSUPPORTED = 5
} ocp_status;

typedef struct {
    size_t side_limit;    // largest width and height, pixels
    size_t area_limit;    // largest width * height, pixels
    size_t byte_limit;    // largest size of the result, bytes
    size_t maximum_side;  // JPEG: 0, or decode smaller, but with at least this many pixels on the long side
} ocp_limits;

typedef struct {
    size_t width;         // of the picture in the file, before scaling
    size_t height;
    size_t result_width;  // of the result
    size_t result_height;
    size_t rows_done;
    uint8_t *pixels;      // result_width * result_height * 3 bytes of red, green, blue; free with ocp_free; NULL unless OCP_OK
    char text[256];       // what the library said; empty when nothing
} ocp_picture;

/// Grey, YCbCr, RGB, CMYK and YCCK. The pixels are in the order of the file: EXIF orientation is the caller's.
ocp_status ocp_decode_jpeg(const uint8_t *bytes, size_t size, const ocp_limits *limits, ocp_picture *picture);

/// Every PNG colour type and depth, interlaced or not; alpha is composited over white, 16 bits become 8 by rounding.
ocp_status ocp_decode_png(const uint8_t *bytes, size_t size, const ocp_limits *limits, ocp_picture *picture);

/// RGB rows, `stride` bytes apart, to a file in memory: *bytes is freed with ocp_free. `quality` is 1 to 100. `text`
/// has 256 bytes and gets the library's words on failure.
ocp_status ocp_encode_jpeg(const uint8_t *pixels, size_t width, size_t height, size_t stride, int quality,
                           uint8_t **bytes, size_t *size, char *text);
ocp_status ocp_encode_png(const uint8_t *pixels, size_t width, size_t height, size_t stride,
                          uint8_t **bytes, size_t *size, char *text);

void ocp_free(void *memory);

#endif

// From what cameras send to what the library reads: repacking of YUV, and two libraries that are loaded when a camera
// needs them, so that libocellus itself does not.
#ifndef CCAMERA_CONVERSION_H
#define CCAMERA_CONVERSION_H

#include <stddef.h>
#include <stdint.h>

/// Two pixels in four bytes, from any order to Y0 U Y1 V. `order`: where in four bytes Y0, U, Y1 and V stand.
/// `full_range`: the source takes 0...255 and is brought to 16...235 (colour: 16...240). Rows of `width` pixels, even.
void occ_repack_packed(const uint8_t *source, size_t source_stride, uint8_t *target, size_t width, size_t height,
                       const uint8_t order[4], int full_range);

/// A plane of luma; only for a source of full range.
void occ_repack_luma(const uint8_t *source, size_t source_stride, uint8_t *target, size_t width, size_t height);

/// Colour planes of `pairs` by `height` to pairs U V. `step`: bytes from one sample to the next in the source, 1 for
/// planes of their own, 2 for pairs.
void occ_repack_chroma(const uint8_t *u, const uint8_t *v, size_t stride, size_t step, uint8_t *target, size_t pairs,
                       size_t height, int full_range);

/// OCC_JPEG_STRAYS: decoded, with bytes between its segments; whole if it has an end of its own, else it may be cut off.
enum { OCC_JPEG_OK, OCC_JPEG_DAMAGED, OCC_JPEG_NO_MEMORY, OCC_JPEG_STRAYS };

/// libturbojpeg, loaded. NULL when it is not installed or too old.
typedef struct occ_jpeg occ_jpeg;
occ_jpeg *occ_jpeg_create(void);
void occ_jpeg_destroy(occ_jpeg *jpeg);

/// The size in the header; not OK when there is no JPEG picture.
int occ_jpeg_size(occ_jpeg *jpeg, const uint8_t *bytes, size_t size, int *width, int *height);

/// Decodes to red, green, blue at `width` by `height`, which are the header's or those divided by 2, 4 or 8 and rounded
/// up. Truncated pictures are OCC_JPEG_DAMAGED. `text` of 200 bytes receives the reason.
int occ_jpeg_decode(occ_jpeg *jpeg, const uint8_t *bytes, size_t size, uint8_t *target, int width, int height,
                    char *text);

/// libv4lconvert, loaded, for one size and format. NULL when it is not installed.
typedef struct occ_foreign occ_foreign;
occ_foreign *occ_foreign_create(uint32_t code, uint32_t width, uint32_t height, uint32_t bytes_per_line);
void occ_foreign_destroy(occ_foreign *foreign);

/// To red, green, blue, `width * height * 3` bytes. 0, or -1 with the reason in `text` of 200 bytes.
int occ_foreign_convert(occ_foreign *foreign, const uint8_t *bytes, size_t size, uint8_t *target, char *text);

#endif

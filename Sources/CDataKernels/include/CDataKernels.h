// The pixel loops of augmentation: warp with colour, patches, blur, noise, halving. Packed RGB, 8 bits a channel.
// No allocation and no state: any thread may call any of them. Callers check sizes; nothing here does.
#ifndef CDATAKERNELS_H
#define CDATAKERNELS_H

#include <stdint.h>

/// Whole pixels: left and top belong to it, right and bottom do not.
typedef struct {
    int32_t left, top, right, bottom;
} ocd_part;

typedef enum { OCD_NEAREST = 0, OCD_LINEAR = 1, OCD_CUBIC = 2 } ocd_sampling;

/// What happens to a pasted picture's colours: channel c of a pixel becomes tables[256 * c + level], then its distance
/// to the pixel's grey is multiplied by saturation / 256. tables may be NULL (unchanged).
typedef struct {
    const uint8_t *tables;
    int32_t saturation;  // 0 (grey) to 1024; 256 leaves the colours
} ocd_colour;

/// Draws source (width x height) into part of a canvas that is canvas_width pixels wide. Pixels whose source lies outside
/// keep their value. The source of canvas position (x, y), both continuous with pixel i covering i to i + 1, is
/// (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]). Requires |m| < 1e6 and part inside the canvas.
void ocd_warp(uint8_t *canvas, int32_t canvas_width, ocd_part part, const uint8_t *source, int32_t width,
              int32_t height, const float m[6], ocd_sampling sampling, ocd_colour colour);

/// Fills part of a canvas with one colour.
void ocd_fill(uint8_t *canvas, int32_t canvas_width, ocd_part part, uint8_t red, uint8_t green, uint8_t blue);

/// Changes levels inside a rounded rectangle: with u, v = (m[0] x + m[1] y + m[2], m[3] x + m[4] y + m[5]) of a pixel's
/// centre it is where u^4 + v^4 < 1. A level moves towards gain * level + shift by the share sharpness * (1 - u^4 - v^4),
/// at most 1. Requires part inside the canvas and finite numbers.
void ocd_patch(uint8_t *canvas, int32_t canvas_width, ocd_part part, const float m[6], float sharpness,
               const float gain[3], const float shift[3]);

/// Blurs with [side, 256 - 2 side, side] / 256 along both axes, edges repeated; side is 0 to 85. scratch has
/// 2 * 3 * width bytes.
void ocd_blur(uint8_t *pixels, int32_t width, int32_t height, int32_t side, uint8_t *scratch);

/// Adds noise that is nearly Gaussian (the sum of four uniform numbers), of this standard deviation in levels * 256.
void ocd_noise(uint8_t *pixels, int64_t count, int32_t deviation, uint64_t seed);

/// Averages 2 x 2 pixels: target is (width + 1) / 2 by (height + 1) / 2; a last odd row or column counts twice.
void ocd_halve(const uint8_t *source, int32_t width, int32_t height, uint8_t *target);

#endif

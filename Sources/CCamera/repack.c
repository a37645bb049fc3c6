// YUV layouts to the two that the library reads. Plain loops: compilers turn them into vector code.
#include "CCameraConversion.h"

// Rounded to the nearest: the divisor is odd, so nothing lies half-way.
static uint8_t limited_luma(unsigned value) { return (uint8_t)(16 + (value * 219 + 127) / 255); }

/// 128 + (value - 128) * 224 / 255.
static uint8_t limited_chroma(unsigned value) { return (uint8_t)((value * 224 + 128 * 31 + 127) / 255); }

void occ_repack_packed(const uint8_t *source, size_t source_stride, uint8_t *target, size_t width, size_t height,
                       const uint8_t order[4], int full_range) {
    size_t y0 = order[0], u = order[1], y1 = order[2], v = order[3];
    for (size_t row = 0; row < height; row++, source += source_stride)
        for (size_t x = 0; x < width * 2; x += 4, target += 4) {
            const uint8_t *from = source + x;
            if (full_range) {
                target[0] = limited_luma(from[y0]);
                target[1] = limited_chroma(from[u]);
                target[2] = limited_luma(from[y1]);
                target[3] = limited_chroma(from[v]);
            } else {
                target[0] = from[y0];
                target[1] = from[u];
                target[2] = from[y1];
                target[3] = from[v];
            }
        }
}

void occ_repack_luma(const uint8_t *source, size_t source_stride, uint8_t *target, size_t width, size_t height) {
    for (size_t row = 0; row < height; row++, source += source_stride, target += width)
        for (size_t x = 0; x < width; x++) target[x] = limited_luma(source[x]);
}

void occ_repack_chroma(const uint8_t *u, const uint8_t *v, size_t stride, size_t step, uint8_t *target, size_t pairs,
                       size_t height, int full_range) {
    for (size_t row = 0; row < height; row++, u += stride, v += stride, target += pairs * 2)
        for (size_t x = 0; x < pairs; x++) {
            uint8_t first = u[x * step], second = v[x * step];
            target[x * 2] = full_range ? limited_chroma(first) : first;
            target[x * 2 + 1] = full_range ? limited_chroma(second) : second;
        }
}

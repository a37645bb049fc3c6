// One picture into one part of a canvas: affine, three kinds of sampling, colour on the way.
#include "CDataKernels.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define INLINE __attribute__((always_inline)) static inline

INLINE int32_t clamp(int32_t value, int32_t low, int32_t high) {
    return value < low ? low : value > high ? high : value;
}

static uint8_t level(int32_t value) { return (uint8_t)clamp(value, 0, 255); }

/// Narrows [*first, *last] to the x for which 0 <= step * x + start <= size.
static void narrow(float step, float start, float size, float *first, float *last) {
    if (fabsf(step) < 1e-9f) {
        if (start < 0 || start > size) *last = *first - 1;
        return;
    }
    float a = -start / step, b = (size - start) / step;
    float low = a < b ? a : b, high = a < b ? b : a;
    if (low > *first) *first = low;
    if (high < *last) *last = high;
}

// Positions in the source, 16 bits behind the point.
typedef struct {
    int64_t x, y, step_x, step_y;
    const uint8_t *source;
    int32_t width, height;
} cursor;

static void row_nearest(uint8_t *target, int32_t count, cursor c) {
    for (int32_t i = 0; i < count; i++, target += 3, c.x += c.step_x, c.y += c.step_y) {
        int32_t x = clamp((int32_t)(c.x >> 16), 0, c.width - 1), y = clamp((int32_t)(c.y >> 16), 0, c.height - 1);
        const uint8_t *p = c.source + ((size_t)y * (size_t)c.width + (size_t)x) * 3;
        target[0] = p[0];
        target[1] = p[1];
        target[2] = p[2];
    }
}

// A pixel's three channels and, which nobody looks at, the byte behind them.
typedef int32_t lanes __attribute__((vector_size(16)));
typedef uint8_t bytes __attribute__((vector_size(4)));

INLINE lanes pixel(const uint8_t *p) {
    bytes four;
    memcpy(&four, p, sizeof four);
    return __builtin_convertvector(four, lanes);
}

INLINE void put(uint8_t *target, lanes values) {
    bytes four = __builtin_convertvector(values, bytes);
    memcpy(target, &four, 3);
}

INLINE void row_linear(uint8_t *target, int32_t count, cursor c) {
    c.x -= 32768;
    c.y -= 32768;
    int64_t last_x = (int64_t)(c.width - 1) << 16, last_y = (int64_t)(c.height - 1) << 16;
    for (int32_t i = 0; i < count; i++, target += 3, c.x += c.step_x, c.y += c.step_y) {
        int64_t x = c.x < 0 ? 0 : c.x > last_x ? last_x : c.x, y = c.y < 0 ? 0 : c.y > last_y ? last_y : c.y;
        int32_t fx = (int32_t)(x >> 8) & 255, fy = (int32_t)(y >> 8) & 255;
        const uint8_t *p = c.source + ((size_t)(y >> 16) * (size_t)c.width + (size_t)(x >> 16)) * 3;
        const uint8_t *q = y < last_y ? p + (size_t)c.width * 3 : p;
        int32_t right = x < last_x ? 3 : 0;
        lanes above = pixel(p) * (256 - fx) + pixel(p + right) * fx;
        lanes below = pixel(q) * (256 - fx) + pixel(q + right) * fx;
        put(target, (above * (256 - fy) + below * fy + 32768) >> 16);
    }
}

/// n / 2^17, halves to the even neighbour.
INLINE int32_t rounded(int32_t n) { return (n + 65535 + (n >> 17 & 1)) >> 17; }

/// Catmull-Rom weights of the four neighbours, 256ths, for a fraction in 256ths: 128 (-t^3 + 2 t^2 - t) and so on.
INLINE void cubic_weights(int32_t f, int16_t weights[4]) {
    weights[0] = (int16_t)rounded(((512 - f) * f - 65536) * f);
    weights[2] = (int16_t)rounded(((1024 - 3 * f) * f + 65536) * f);
    weights[3] = (int16_t)rounded((f - 256) * f * f);
    weights[1] = (int16_t)(256 - weights[0] - weights[2] - weights[3]);
}

/// The sixteen neighbours of one pixel, each times both its weights, and half of what is shifted out.
INLINE lanes cubic_sum(
    const uint8_t *const rows[4], const size_t columns[4], const int16_t wx[4], const int16_t wy[4]) {
    lanes sum = {32768, 32768, 32768, 0};
    for (int k = 0; k < 4; k++) {
        lanes across = pixel(rows[k] + columns[0]) * wx[0];
        for (int j = 1; j < 4; j++) across += pixel(rows[k] + columns[j]) * wx[j];
        sum += across * wy[k];
    }
    return sum;
}

INLINE void row_cubic(uint8_t *target, int32_t count, cursor c) {
    c.x -= 32768;
    c.y -= 32768;
    const size_t stride = (size_t)c.width * 3;
    for (int32_t i = 0; i < count; i++, target += 3, c.x += c.step_x, c.y += c.step_y) {
        int16_t wx[4], wy[4];
        int32_t left = (int32_t)(c.x >> 16) - 1, top = (int32_t)(c.y >> 16) - 1;
        cubic_weights((int32_t)(c.x >> 8) & 255, wx);
        cubic_weights((int32_t)(c.y >> 8) & 255, wy);
        lanes sum;
        if (left >= 0 && left < c.width - 3 && top >= 0 && top < c.height - 3) {
            const uint8_t *p = c.source + (size_t)top * stride + (size_t)left * 3;
            sum = cubic_sum(
                (const uint8_t *[]){p, p + stride, p + 2 * stride, p + 3 * stride}, (size_t[]){0, 3, 6, 9}, wx, wy);
        } else {
            const uint8_t *rows[4];
            size_t columns[4];
            for (int k = 0; k < 4; k++) {
                rows[k] = c.source + (size_t)clamp(top + k, 0, c.height - 1) * stride;
                columns[k] = (size_t)clamp(left + k, 0, c.width - 1) * 3;
            }
            sum = cubic_sum(rows, columns, wx, wy);
        }
        sum >>= 16;
        sum &= sum > 0;
        const lanes most = sum > 255;
        put(target, (sum & ~most) | (most & 255));
    }
}

static void recolour(uint8_t *pixels, int32_t count, ocd_colour colour) {
    if (colour.tables)
        for (int32_t i = 0; i < count; i++)
            for (int k = 0; k < 3; k++) pixels[3 * i + k] = colour.tables[256 * k + pixels[3 * i + k]];
    if (colour.saturation != 256)
        for (int32_t i = 0; i < count; i++) {
            uint8_t *p = pixels + 3 * i;
            int32_t grey = (77 * p[0] + 150 * p[1] + 29 * p[2] + 128) >> 8;
            for (int k = 0; k < 3; k++) p[k] = level(grey + (((p[k] - grey) * colour.saturation + 128) >> 8));
        }
}

/// One row of the canvas.
INLINE void row(uint8_t *target, int32_t count, cursor c, ocd_sampling sampling) {
    if (sampling == OCD_NEAREST) row_nearest(target, count, c);
    else if (sampling == OCD_LINEAR) row_linear(target, count, c);
    else row_cubic(target, count, c);
}

#if defined(__x86_64__)
// The same numbers; the least that x86-64 promises has no multiplication of four integers.
__attribute__((target("avx2"))) static void row_avx2(uint8_t *target, int32_t count, cursor c, ocd_sampling sampling) {
    row(target, count, c, sampling);
}
#endif

static void any_row(uint8_t *target, int32_t count, cursor c, ocd_sampling sampling) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2")) {
        row_avx2(target, count, c, sampling);
        return;
    }
#endif
    row(target, count, c, sampling);
}

void ocd_warp(uint8_t *canvas, int32_t canvas_width, ocd_part part, const uint8_t *source, int32_t width,
              int32_t height, const float m[6], ocd_sampling sampling, ocd_colour colour) {
    cursor c = {.source = source, .width = width, .height = height};
    c.step_x = (int64_t)llrintf(m[0] * 65536);
    c.step_y = (int64_t)llrintf(m[3] * 65536);
    for (int32_t y = part.top; y < part.bottom; y++) {
        float middle = (float)y + 0.5f;
        float start_x = m[1] * middle + m[2], start_y = m[4] * middle + m[5];
        // Pixel centres, from the first to the last that see the source.
        float first = (float)part.left + 0.5f, last = (float)part.right - 0.5f;
        narrow(m[0], start_x, (float)width, &first, &last);
        narrow(m[3], start_y, (float)height, &first, &last);
        if (first > last) continue;
        int32_t from = (int32_t)ceilf(first - 0.5f), to = (int32_t)floorf(last - 0.5f) + 1;
        if (from >= to) continue;
        c.x = (int64_t)llrint(((double)m[0] * (from + 0.5) + start_x) * 65536);
        c.y = (int64_t)llrint(((double)m[3] * (from + 0.5) + start_y) * 65536);
        uint8_t *target = canvas + ((size_t)y * (size_t)canvas_width + (size_t)from) * 3;
        any_row(target, to - from, c, sampling);
        recolour(target, to - from, colour);
    }
}

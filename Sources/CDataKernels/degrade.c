// What cameras, compression and distance do to whole pictures, and a fill and a halving.
#include "CDataKernels.h"

#include <stddef.h>
#include <string.h>

void ocd_fill(uint8_t *canvas, int32_t canvas_width, ocd_part part, uint8_t red, uint8_t green, uint8_t blue) {
    for (int32_t y = part.top; y < part.bottom; y++) {
        uint8_t *p = canvas + ((size_t)y * (size_t)canvas_width + (size_t)part.left) * 3;
        for (int32_t x = part.left; x < part.right; x++, p += 3) {
            p[0] = red;
            p[1] = green;
            p[2] = blue;
        }
    }
}

void ocd_blur(uint8_t *pixels, int32_t width, int32_t height, int32_t side, uint8_t *scratch) {
    size_t bytes = (size_t)width * 3;
    int32_t middle = 256 - 2 * side;
    uint8_t *row = scratch, *above = scratch + bytes;
    for (int32_t y = 0; y < height; y++) {
        uint8_t *p = pixels + (size_t)y * bytes;
        memcpy(row, p, bytes);
        for (size_t i = 3; i + 3 < bytes; i++)
            p[i] = (uint8_t)((side * (row[i - 3] + row[i + 3]) + middle * row[i] + 128) >> 8);
        for (size_t k = 0; k < 3; k++) {
            size_t last = bytes - 3 + k, near = width > 1 ? 3 : 0;
            p[k] = (uint8_t)((side * (row[k] + row[k + near]) + middle * row[k] + 128) >> 8);
            p[last] = (uint8_t)((side * (row[last - near] + row[last]) + middle * row[last] + 128) >> 8);
        }
    }
    memcpy(above, pixels, bytes);
    for (int32_t y = 0; y < height; y++) {
        uint8_t *p = pixels + (size_t)y * bytes;
        const uint8_t *below = y + 1 < height ? p + bytes : row;
        memcpy(row, p, bytes);
        for (size_t i = 0; i < bytes; i++)
            p[i] = (uint8_t)((side * (above[i] + below[i]) + middle * row[i] + 128) >> 8);
        uint8_t *swap = above;
        above = row;
        row = swap;
    }
}

void ocd_noise(uint8_t *pixels, int64_t count, int32_t deviation, uint64_t seed) {
    uint64_t state = seed | 1;
    uint64_t word = 0;
    for (int64_t i = 0; i < count; i++) {
        if (i % 2 == 0) {
            // xorshift64*: Vigna, "An experimental exploration of Marsaglia's xorshift generators", 2016.
            state ^= state >> 12;
            state ^= state << 25;
            state ^= state >> 27;
            word = state * 0x2545F4914F6CDD1Dull;
        }
        int32_t sum = (int32_t)(word & 255) + (int32_t)(word >> 8 & 255) + (int32_t)(word >> 16 & 255)
                    + (int32_t)(word >> 24 & 255) - 510;
        word >>= 32;
        // The sum's standard deviation is 147.8 = 37838 / 256.
        int32_t value = pixels[i] + (sum * deviation) / 37838;
        pixels[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
}

void ocd_halve(const uint8_t *source, int32_t width, int32_t height, uint8_t *target) {
    int32_t columns = (width + 1) / 2, rows = (height + 1) / 2;
    for (int32_t y = 0; y < rows; y++) {
        const uint8_t *p = source + (size_t)(2 * y) * (size_t)width * 3;
        const uint8_t *q = 2 * y + 1 < height ? p + (size_t)width * 3 : p;
        for (int32_t x = 0; x < columns; x++, target += 3) {
            size_t a = (size_t)(2 * x) * 3, b = 2 * x + 1 < width ? a + 3 : a;
            for (size_t k = 0; k < 3; k++) target[k] = (uint8_t)((p[a + k] + p[b + k] + q[a + k] + q[b + k] + 2) >> 2);
        }
    }
}

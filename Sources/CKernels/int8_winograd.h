// Winograd's F(4x4, 3x3) in whole numbers: the same sums as the direct way, from a quarter of the products. For vectors of
// any width: the int8_winograd files of each instruction set include this, having defined TARGET, the vectors `shorts`,
// `ints` and `signed_ints`, `widen` (bytes to shorts), `put_row` (four pixels' sums to bytes) and `some_tiles` (products).
// Interpolation at 0, 1, -1, 2, -2 and infinity (Lavin and Gray, arXiv 1509.09308); docs/quantization.md (13) to (15).
#ifndef INT8_WINOGRAD_H
#define INT8_WINOGRAD_H

#include <string.h>

#include "int8_kernels.h"

// Numbers are unsigned, because sums on the way may pass the ends and come back.
enum { short_lanes = sizeof(shorts) / 2, int_lanes = sizeof(ints) / 4 };

/// B^T d for one column or row d of six. Both times together, bytes become at most 68 * 255.
TARGET OCK_INLINE void spread(const shorts d[6], shorts b[6]) {
    const shorts even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
    const shorts near = d[4] - d[2], far = 2 * (d[3] - d[1]);
    b[0] = 4 * (d[0] - d[2]) + near;
    b[1] = even + odd;
    b[2] = even - odd;
    b[3] = near + far;
    b[4] = near - far;
    b[5] = 4 * (d[1] - d[3]) + d[5] - d[3];
}

/// 24 A^T m for one column or row m of six, whose weights were 24 times too large already, the last one's 12 times.
TARGET OCK_INLINE void gather(const ints m[6], ints y[4]) {
    const ints sum = m[1] + m[2], difference = m[1] - m[2];
    const ints wide = m[3] + m[4], apart = m[3] - m[4];
    y[0] = m[0] + sum + wide;
    y[1] = difference + 2 * apart;
    y[2] = sum + 4 * wide;
    y[3] = difference + 2 * (4 * apart + m[5]);
}

TARGET OCK_INLINE void input_tile(const ock_i8_winograd_input *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += short_lanes) {
        shorts half[6][6];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            shorts d[6];
            OCK_UNROLL for (int y = 0; y < 6; y++) d[y] = widen(tile->in[6 * y + x] + c);
            spread(d, half[x]);
        }
        OCK_UNROLL for (int y = 0; y < 6; y++) {
            shorts d[6], b[6];
            OCK_UNROLL for (int x = 0; x < 6; x++) d[x] = half[x][y];
            spread(d, b);
            OCK_UNROLL for (int x = 0; x < 6; x++)
                memcpy(tile->out + (6 * y + x) * tile->plane + c, &b[x], sizeof b[x]);
        }
    }
}

/// Tiles five at a time: their sums, of two vectors of columns each, stay in the registers of every set.
TARGET OCK_INLINE void all_tiles(const ock_i8_winograd_product *product, const int vectors) {
    ptrdiff_t first = 0;
    for (; product->tiles - first >= OCK_I8_WINOGRAD_TILES; first += OCK_I8_WINOGRAD_TILES)
        some_tiles(product, first, OCK_I8_WINOGRAD_TILES, vectors);
    for (; product->tiles - first >= 2; first += 2) some_tiles(product, first, 2, vectors);
    if (product->tiles > first) some_tiles(product, first, 1, vectors);
}

TARGET OCK_INLINE void output_tile(const ock_i8_winograd_output *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += int_lanes) {
        ints half[6][4];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            ints m[6];
            OCK_UNROLL for (int y = 0; y < 6; y++)
                memcpy(&m[y], tile->in + (6 * y + x) * tile->plane + c, sizeof m[y]);
            gather(m, half[x]);
        }
        signed_ints bias;
        memcpy(&bias, tile->bias + c, sizeof bias);
        OCK_UNROLL for (int y = 0; y < 4; y++) {
            if (y >= tile->rows) break;
            ints m[6], sums[4];
            signed_ints whole[4];
            OCK_UNROLL for (int x = 0; x < 6; x++) m[x] = half[x][y];
            gather(m, sums);
            // 576 = 9 * 64; 0x38e38e39 * 9 = 1 modulo 2^32.
            OCK_UNROLL for (int x = 0; x < 4; x++) whole[x] = ((signed_ints)(sums[x] * 0x38e38e39) >> 6) + bias;
            put_row(tile, c, whole, tile->out + y * tile->out_row + c);
        }
    }
}

#endif

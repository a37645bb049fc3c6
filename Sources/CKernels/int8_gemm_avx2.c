// Tiles of the int8 matrix product for AVX2. Weights are packed as 16-bit numbers, and a tile's inputs are widened in
// a small buffer first, once for all its columns: the inner loop has nothing but products and sums.
#if defined(__x86_64__)
#include "int8_avx2.h"

/// Inputs of a row that are widened together: with the weights that they meet, a part of the first-level cache.
enum { part = 128 };

TARGET OCK_INLINE void put_floats(float *out, __m256 values, ptrdiff_t count) {
    if (count >= 8) {
        _mm256_storeu_ps(out, values);
        return;
    }
    float all[8];
    _mm256_storeu_ps(all, values);
    for (ptrdiff_t i = 0; i < count; i++) out[i] = all[i];
}

TARGET OCK_INLINE void product(const ock_i8_tile *tile, const int rows, const int vectors) {
    int16_t wide[most_rows * part];
    __m256i sum[most_rows][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        const __m256i bias = _mm256_loadu_si256((const __m256i *)tile->bias + v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const int16_t *weights = tile->packed;
    const uint8_t *const *pointers = tile->a;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_I8_ROWS)
        for (ptrdiff_t first = 0; first < tile->span; first += part) {
            const ptrdiff_t count = tile->span - first < part ? tile->span - first : part;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                const uint8_t *from = pointers[r] + first;
#pragma clang loop unroll(disable)
                for (ptrdiff_t k = 0; k < count; k += 16)
                    _mm256_storeu_si256((__m256i *)(wide + r * part + k), unsigned16(from + k));
            }
            weights = add_products(sum, wide, part, weights, count, rows, vectors);
        }
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        const ptrdiff_t at = r * tile->out_stride;
        if (tile->finish.floats) {
            OCK_UNROLL for (int v = 0; v < vectors; v++) {
                __m256 value = _mm256_cvtepi32_ps(sum[r][v]);
                value = _mm256_mul_ps(value, _mm256_loadu_ps(tile->multipliers + 8 * v));
                put_floats((float *)tile->out + at + 8 * v, value, tile->columns - 8 * v);
            }
        } else {
            __m256i low = whole(sum[r][0], _mm256_loadu_ps(tile->multipliers), &tile->finish), high = low;
            if (vectors == 2) high = whole(sum[r][1], _mm256_loadu_ps(tile->multipliers + 8), &tile->finish);
            put((uint8_t *)tile->out + at, bytes(low, high), tile->columns);
        }
    }
}

TARGET void ock_i8_gemm_avx2(const ock_i8_tile *tile) {
    if (tile->width == 16) {
        switch (tile->rows) {
            case 1: product(tile, 1, 2); return;
            case 2: product(tile, 2, 2); return;
            case 3: product(tile, 3, 2); return;
            default: product(tile, 4, 2); return;
        }
    }
    switch (tile->rows) {
        case 1: product(tile, 1, 1); return;
        case 2: product(tile, 2, 1); return;
        case 3: product(tile, 3, 1); return;
        case 4: product(tile, 4, 1); return;
        case 5: product(tile, 5, 1); return;
        default: product(tile, 6, 1); return;
    }
}

TARGET OCK_INLINE ptrdiff_t whole_tiles(const ock_i8_tile *tile, ptrdiff_t distance, const int rows, const int vectors) {
    const uint8_t *a[OCK_I8_ROWS], *from = tile->a[0];
    ock_i8_tile part = *tile;
    part.a = a;
    part.segments = 1;
    ptrdiff_t done = 0;
    for (; tile->rows - done >= 2 * rows || tile->rows - done == rows; done += rows) {
        OCK_UNROLL for (int r = 0; r < rows; r++, from += distance) a[r] = from;
        part.out = ock_i8_element(tile->out, done * tile->out_stride, &tile->finish);
        product(&part, rows, vectors);
    }
    return done;
}

TARGET ptrdiff_t ock_i8_gemm_rows_avx2(const ock_i8_tile *tile, ptrdiff_t distance) {
    return tile->width == 16 ? whole_tiles(tile, distance, 4, 2) : whole_tiles(tile, distance, 6, 1);
}
#endif

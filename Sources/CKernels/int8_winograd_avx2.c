// Winograd's F(4x4, 3x3) in whole numbers for AVX2: the same sums as the direct way, from a quarter of the products.
// Interpolation at 0, 1, -1, 2, -2 and infinity (Lavin and Gray, arXiv 1509.09308); docs/quantization.md (13) to (15).
#if defined(__x86_64__)
#include "int8_avx2.h"

// Unsigned, because sums on the way may pass the ends and come back.
typedef uint16_t shorts __attribute__((vector_size(32)));
typedef uint32_t ints __attribute__((vector_size(32)));
typedef int32_t signed_ints __attribute__((vector_size(32)));

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

/// 24 A^T m for one column or row m of six, of points that are 4, 6, 6, 24, 24 and 1 times too large.
TARGET OCK_INLINE void gather(const ints m[6], ints y[4]) {
    const ints sum = 4 * (m[1] + m[2]), difference = 4 * (m[1] - m[2]);
    const ints wide = m[3] + m[4], apart = 2 * (m[3] - m[4]);
    y[0] = 4 * m[0] + 2 * m[0] + sum + wide;
    y[1] = difference + apart;
    y[2] = sum + 4 * wide;
    y[3] = difference + 4 * apart + 8 * (2 * m[5] + m[5]);
}

TARGET void ock_i8_winograd_input_avx2(const ock_i8_winograd_input *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += 16) {
        shorts half[6][6];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            shorts d[6];
            OCK_UNROLL for (int y = 0; y < 6; y++) d[y] = (shorts)unsigned16(tile->in[6 * y + x] + c);
            spread(d, half[x]);
        }
        OCK_UNROLL for (int y = 0; y < 6; y++) {
            shorts d[6], b[6];
            OCK_UNROLL for (int x = 0; x < 6; x++) d[x] = half[x][y];
            spread(d, b);
            OCK_UNROLL for (int x = 0; x < 6; x++)
                _mm256_storeu_si256((__m256i *)(tile->out + (6 * y + x) * tile->plane + c), (__m256i)b[x]);
        }
    }
}

TARGET OCK_INLINE void some_tiles(const ock_i8_winograd_product *product, ptrdiff_t first, const int rows) {
    __m256i sum[most_rows][2];
    OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    const ptrdiff_t channels = product->channels;
    add_products(sum, product->a + first * channels, channels, product->packed, channels, rows, 2);
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        __m256i *out = (__m256i *)(product->out + (first + r) * product->out_stride);
        _mm256_storeu_si256(out, sum[r][0]);
        _mm256_storeu_si256(out + 1, sum[r][1]);
    }
}

TARGET void ock_i8_winograd_product_avx2(const ock_i8_winograd_product *product) {
    ptrdiff_t first = 0;
    for (; first + 6 <= product->tiles; first += 6) some_tiles(product, first, 6);
    switch (product->tiles - first) {
        case 1: some_tiles(product, first, 1); return;
        case 2: some_tiles(product, first, 2); return;
        case 3: some_tiles(product, first, 3); return;
        case 4: some_tiles(product, first, 4); return;
        case 5: some_tiles(product, first, 5); return;
    }
}

TARGET void ock_i8_winograd_output_avx2(const ock_i8_winograd_output *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += 8) {
        ints half[6][4];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            ints m[6];
            OCK_UNROLL for (int y = 0; y < 6; y++)
                m[y] = (ints)_mm256_loadu_si256((const __m256i *)(tile->in + (6 * y + x) * tile->plane + c));
            gather(m, half[x]);
        }
        const ints bias = (ints)_mm256_loadu_si256((const __m256i *)(tile->bias + c));
        const __m256 scale = _mm256_loadu_ps(tile->multipliers + c);
        OCK_UNROLL for (int y = 0; y < 4; y++) {
            if (y >= tile->rows) break;
            ints m[6], sums[4];
            OCK_UNROLL for (int x = 0; x < 6; x++) m[x] = half[x][y];
            gather(m, sums);
            uint8_t *to = tile->out + y * tile->out_row + c;
            OCK_UNROLL for (int x = 0; x < 4; x++) {
                if (x >= tile->columns) break;
                // 576 = 9 * 64; 0x38e38e39 * 9 = 1 modulo 2^32.
                const signed_ints sum = ((signed_ints)(sums[x] * 0x38e38e39) >> 6) + (signed_ints)bias;
                const __m256i values = whole((__m256i)sum, scale, &tile->finish);
                _mm_storel_epi64((__m128i *)(to + x * tile->out_stride), bytes(values, values));
            }
        }
    }
}
#endif

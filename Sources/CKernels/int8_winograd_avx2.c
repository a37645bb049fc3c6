// Winograd's F(4x4, 3x3) in whole numbers for AVX2, with products of 16-bit numbers by vpmaddwd.
#if defined(__x86_64__)
#include "int8_avx2.h"

typedef uint16_t shorts __attribute__((vector_size(32)));
typedef uint32_t ints __attribute__((vector_size(32)));
typedef int32_t signed_ints __attribute__((vector_size(32)));

TARGET OCK_INLINE shorts widen(const uint8_t *in) { return (shorts)unsigned16(in); }

TARGET OCK_INLINE void put_row(
    const ock_i8_winograd_output *tile, ptrdiff_t c, const signed_ints sums[4], uint8_t *to) {
    const __m256 scale = _mm256_loadu_ps(tile->multipliers + c);
    OCK_UNROLL for (int x = 0; x < 4; x++) {
        if (x >= tile->columns) break;
        const __m256i values = whole((__m256i)sums[x], scale, &tile->finish);
        _mm_storel_epi64((__m128i *)(to + x * tile->out_stride), bytes(values, values));
    }
}

TARGET OCK_INLINE void some_tiles(
    const ock_i8_winograd_product *product, ptrdiff_t first, const int rows, const int vectors) {
    __m256i sum[most_rows][2];
    OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = _mm256_setzero_si256();
    const ptrdiff_t channels = product->channels;
    add_products(sum, product->a + first * channels, channels, product->packed, channels, rows, vectors);
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        __m256i *out = (__m256i *)(product->out + (first + r) * product->out_stride);
        OCK_UNROLL for (int v = 0; v < vectors; v++) _mm256_storeu_si256(out + v, sum[r][v]);
    }
}

#include "int8_winograd.h"

TARGET void ock_i8_winograd_input_avx2(const ock_i8_winograd_input *tile) { input_tile(tile); }

TARGET void ock_i8_winograd_output_avx2(const ock_i8_winograd_output *tile) { output_tile(tile); }

TARGET void ock_i8_winograd_product_avx2(const ock_i8_winograd_product *product) { all_tiles(product, 2); }
#endif

// Winograd's F(4x4, 3x3) in whole numbers for AVX-512 VNNI. vpdpwssd adds two products of 16-bit numbers to each 32-bit sum,
// half of what vpdpbusd does with bytes, but a quarter of the products are to be added.
#include "int8_kernels.h"

#if defined(__x86_64__)
#include "int8_vnni.h"

typedef uint16_t shorts __attribute__((vector_size(64)));
typedef uint32_t ints __attribute__((vector_size(64)));
typedef int32_t signed_ints __attribute__((vector_size(64)));

TARGET OCK_INLINE shorts widen(const uint8_t *in) {
    return (shorts)_mm512_cvtepu8_epi16(_mm256_loadu_si256((const __m256i *)in));
}

TARGET OCK_INLINE void put_row(
    const ock_i8_winograd_output *tile, ptrdiff_t c, const signed_ints sums[4], uint8_t *to) {
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    const __m512 scale = _mm512_loadu_ps(tile->multipliers + c);
    __m512i bytes = finish(
        make_ends(&tile->finish), scale, scale, scale, scale, (__m512i)sums[0], (__m512i)sums[1], (__m512i)sums[2],
        (__m512i)sums[3]);
    bytes = _mm512_permutexvar_epi32(order, bytes);
    const ptrdiff_t stride = tile->out_stride;
    _mm_storeu_si128((__m128i *)to, _mm512_castsi512_si128(bytes));
    if (tile->columns > 1) _mm_storeu_si128((__m128i *)(to + stride), _mm512_extracti32x4_epi32(bytes, 1));
    if (tile->columns > 2) _mm_storeu_si128((__m128i *)(to + 2 * stride), _mm512_extracti32x4_epi32(bytes, 2));
    if (tile->columns > 3) _mm_storeu_si128((__m128i *)(to + 3 * stride), _mm512_extracti32x4_epi32(bytes, 3));
}

TARGET OCK_INLINE __m512i pair(const int16_t *numbers) {
    int32_t both;
    memcpy(&both, numbers, 4);
    return _mm512_set1_epi32(both);
}

/// vpdpwssd by name: compilers that do not know it to be fast make a multiplication and an addition of the intrinsic.
TARGET OCK_INLINE __m512i add_pairs(__m512i sum, __m512i a, __m512i b) {
    __asm__("vpdpwssd %2, %1, %0" : "+v"(sum) : "v"(a), "v"(b));
    return sum;
}

TARGET OCK_INLINE void some_tiles(
    const ock_i8_winograd_product *product, ptrdiff_t first, const int rows, const int vectors) {
    __m512i sum[OCK_I8_WINOGRAD_TILES][2];
    OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = _mm512_setzero_si512();
    const ptrdiff_t channels = product->channels;
    const int16_t *weights = product->packed, *a = product->a + first * channels;
#pragma clang loop unroll(disable)
    for (const int16_t *k = a; k < a + channels; k += 2, weights += 32 * vectors) {
        __m512i b[2];
        OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm512_loadu_si512(weights + 32 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) {
            const __m512i both = pair(k + r * channels);
            OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = add_pairs(sum[r][v], both, b[v]);
        }
    }
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < vectors; v++)
            _mm512_storeu_si512(product->out + (first + r) * product->out_stride + 16 * v, sum[r][v]);
}

#include "int8_winograd.h"

TARGET void ock_i8_winograd_input_vnni(const ock_i8_winograd_input *tile) { input_tile(tile); }

TARGET void ock_i8_winograd_output_vnni(const ock_i8_winograd_output *tile) { output_tile(tile); }

TARGET void ock_i8_winograd_product_vnni(const ock_i8_winograd_product *product) {
    if (product->width == 32) all_tiles(product, 2);
    else all_tiles(product, 1);
}
#endif

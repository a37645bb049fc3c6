// What the int8 files for AVX2 share: from sums to bytes, and products of 16-bit numbers by vpmaddwd, which is exact.
// (vpmaddubsw, which takes bytes, saturates its 16-bit sums and cannot be used.)
#ifndef INT8_AVX2_H
#define INT8_AVX2_H

#include <immintrin.h>

#include "int8_kernels.h"

#define TARGET __attribute__((target("avx2,fma")))

/// Eight sums times their multipliers, limited, rounded, and at their zero point.
TARGET OCK_INLINE __m256i whole(__m256i sum, __m256 scale, const ock_i8_finish *finish) {
    __m256 value = _mm256_mul_ps(_mm256_cvtepi32_ps(sum), scale);
    value = _mm256_min_ps(_mm256_max_ps(value, _mm256_set1_ps(finish->lower)), _mm256_set1_ps(finish->upper));
    return _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(finish->zero_point));
}

/// a and b hold 16 results as [0-3, 4-7], [8-11, 12-15]: packed to 16 bytes in order.
TARGET OCK_INLINE __m128i bytes(__m256i a, __m256i b) {
    __m256i words = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
    return _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
}

TARGET OCK_INLINE void put(uint8_t *out, __m128i values, ptrdiff_t count) {
    if (count >= 16) {
        _mm_storeu_si128((__m128i *)out, values);
        return;
    }
    uint8_t all[16];
    _mm_storeu_si128((__m128i *)all, values);
    for (ptrdiff_t i = 0; i < count; i++) out[i] = all[i];
}

TARGET OCK_INLINE __m256i unsigned16(const uint8_t *in) {
    return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)in));
}

/// The most rows whose sums, with two vectors of weights, stay in the sixteen registers.
enum { most_rows = 6 };

/// sum[r][v] += a[r * stride + k] * weights, k in pairs; `count` is rounded up to whole pairs.
/// Weights lie [k / 2][8 * vectors][2]. Returns their end.
TARGET OCK_INLINE const int16_t *add_products(
    __m256i sum[most_rows][2], const int16_t *a, ptrdiff_t stride, const int16_t *weights, ptrdiff_t count,
    const int rows, const int vectors) {
#pragma clang loop unroll_count(2)
    for (ptrdiff_t k = 0; k < count; k += 2, weights += 16 * vectors) {
        __m256i w[2];
        OCK_UNROLL for (int v = 0; v < vectors; v++) w[v] = _mm256_loadu_si256((const __m256i *)weights + v);
        OCK_UNROLL for (int r = 0; r < rows; r++) {
            int32_t pair;
            memcpy(&pair, a + r * stride + k, 4);
            const __m256i both = _mm256_set1_epi32(pair);
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] = _mm256_add_epi32(sum[r][v], _mm256_madd_epi16(both, w[v]));
        }
    }
    return weights;
}

#endif

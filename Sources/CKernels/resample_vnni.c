// Resampling for AVX-512 with VBMI and VNNI where few pixels count: bytes go to their weights by one permutation, and one
// product instruction weighs four pixels across. Everything is a whole number until the level.
#include "resample_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi,avx512vnni")))

/// 15 levels of five pixels.
TARGET OCK_INLINE __m512 levels(const ock_resample_fives *fives, ptrdiff_t group, const int high) {
    const uint8_t *table = fives->table + 128 * group;
    const __m512i places = _mm512_loadu_si512(table), across = _mm512_loadu_si512(table + 64);
    const ptrdiff_t start = fives->starts[group];
    __m512i sum[4];
    OCK_UNROLL for (int r = 0; r < high; r++) {
        __m512i pixels = _mm512_permutexvar_epi8(places, _mm512_loadu_si512(fives->rows[r] + start));
        // The picture comes from far, and this is done with it sooner than it comes by itself.
        if (r < 2) __builtin_prefetch(fives->rows[r] + start + fives->ahead, 0, 3);
        sum[r] = _mm512_dpbusd_epi32(_mm512_setzero_si512(), pixels, across);
    }
    // Sums across fit 15 bits: those of two rows are the pair that the next product takes.
    __m512i whole = _mm512_setzero_si512();
    OCK_UNROLL for (int r = 0; r < high; r += 2) {
        __m512i pair = _mm512_or_si512(sum[r], _mm512_slli_epi32(sum[r + 1], 16));
        whole = _mm512_dpwssd_epi32(whole, pair, _mm512_set1_epi32(OCK_WORDS(fives->weights[r], fives->weights[r + 1])));
    }
    return _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(fives->unit));
}

TARGET OCK_INLINE void row(
    const ock_resample_fives *fives, uint8_t *bytes, float *floats, __m512 mean, __m512 scale, const int high
) {
    for (ptrdiff_t group = 0; 5 * group < fives->pixels; group++) {
        __m512 level = levels(fives, group, high);
        // A sixteenth element is written where the next group overwrites it.
        const ptrdiff_t left = fives->pixels - 5 * group;
        const __mmask16 mask = (__mmask16)(left > 5 ? 0xffff : (1 << 3 * left) - 1);
        if (bytes) {
            __m128i whole = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(level));
            // Byte masks make stores slow on some processors.
            if (left > 5) _mm_storeu_si128((__m128i *)(bytes + 15 * group), whole);
            else _mm_mask_storeu_epi8(bytes + 15 * group, mask, whole);
        } else {
            _mm512_mask_storeu_ps(floats + 15 * group, mask, _mm512_mul_ps(_mm512_sub_ps(level, mean), scale));
        }
    }
}

TARGET void ock_resample_five_vnni(const ock_resample_fives *fives, uint8_t *bytes, float *floats) {
    const ock_resample_fives own = *fives;  // what is written cannot be in it
    float means[16], scales[16];
#pragma clang loop vectorize(disable) unroll(disable)
    for (int i = 0; i < 16; i++) {
        means[i] = own.mean[i % 3];
        scales[i] = own.scale[i % 3];
    }
    const __m512 mean = _mm512_loadu_ps(means), scale = _mm512_loadu_ps(scales);
    if (own.high == 2) row(&own, bytes, floats, mean, scale, 2);
    else row(&own, bytes, floats, mean, scale, 4);
}
#endif

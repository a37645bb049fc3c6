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

/// The elements of the last group that exist.
OCK_INLINE int mask(const ock_resample_fives *fives, ptrdiff_t group) {
    return (1 << 3 * (fives->pixels - 5 * group)) - 1;
}

TARGET OCK_INLINE void bytes(const ock_resample_fives *fives, uint8_t *out, const int high) {
    ptrdiff_t group = 0;
    // A sixteenth byte is written, which the next group overwrites.
    for (; 5 * group + 5 < fives->pixels; group++, out += 15) {
        __m128i whole = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(levels(fives, group, high)));
        _mm_storeu_si128((__m128i *)out, whole);
    }
    __m128i whole = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(levels(fives, group, high)));
    _mm_mask_storeu_epi8(out, (__mmask16)mask(fives, group), whole);
}

TARGET void ock_resample_five_bytes_vnni(const ock_resample_fives *fives, uint8_t *out) {
    const ock_resample_fives own = *fives;  // what is written cannot be in it
    if (own.high == 2) bytes(&own, out, 2);
    else bytes(&own, out, 4);
}

TARGET OCK_INLINE void floats(const ock_resample_fives *fives, float *out, const int high) {
    const __m512 mean = _mm512_loadu_ps(fives->mean), scale = _mm512_loadu_ps(fives->scale);
    ptrdiff_t group = 0;
    for (; 5 * group + 5 < fives->pixels; group++, out += 15)
        _mm512_storeu_ps(out, _mm512_mul_ps(_mm512_sub_ps(levels(fives, group, high), mean), scale));
    __m512 last = _mm512_mul_ps(_mm512_sub_ps(levels(fives, group, high), mean), scale);
    _mm512_mask_storeu_ps(out, (__mmask16)mask(fives, group), last);
}

TARGET void ock_resample_five_floats_vnni(const ock_resample_fives *fives, float *out) {
    const ock_resample_fives own = *fives;  // what is written cannot be in it
    if (own.high == 2) floats(&own, out, 2);
    else floats(&own, out, 4);
}
#endif

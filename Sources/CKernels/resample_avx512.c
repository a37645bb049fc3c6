// Resampling for AVX-512 (F, BW, VL, DQ): 64 bytes of every source row at a time, then four output pixels at a time.
#include "resample_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2")))

/// The bytes of two rows, side by side: 16-bit pairs in two vectors. No `b` is a row of 0.
TARGET OCK_INLINE void two_rows(const uint8_t *a, const uint8_t *b, __mmask64 mask, __m512i pairs[2]) {
    // Interleaving works in each 128 bits apart: dwords go where it brings them back into order.
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    __m512i x = _mm512_permutexvar_epi32(order, _mm512_maskz_loadu_epi8(mask, a));
    __m512i y = b ? _mm512_permutexvar_epi32(order, _mm512_maskz_loadu_epi8(mask, b)) : _mm512_setzero_si512();
    pairs[0] = _mm512_unpacklo_epi8(x, y);
    pairs[1] = _mm512_unpackhi_epi8(x, y);
}

/// Pairs times their weights: four vectors of 16 sums, in order.
TARGET OCK_INLINE void weigh(const __m512i pairs[2], int words, __m512i sums[4]) {
    const __m512i zero = _mm512_setzero_si512(), weights = _mm512_set1_epi32(words);
    OCK_UNROLL for (int h = 0; h < 2; h++) {
        sums[2 * h] = _mm512_madd_epi16(_mm512_unpacklo_epi8(pairs[h], zero), weights);
        sums[2 * h + 1] = _mm512_madd_epi16(_mm512_unpackhi_epi8(pairs[h], zero), weights);
    }
}

TARGET OCK_INLINE void blend_block(
    const ock_resample_blend *blend, ptrdiff_t i, __mmask64 mask, const int high, const int adds, const int narrow
) {
    __m512i sums[4], more[4], first[2], second[2];
    const int16_t *w = blend->weights;
    two_rows(blend->rows[0] + i, blend->rows[1] + i, mask, first);
    if (high > 2) two_rows(blend->rows[2] + i, high > 3 ? blend->rows[3] + i : NULL, mask, second);
    if (narrow) {
        const __m512i zero = _mm512_setzero_si512();
        OCK_UNROLL for (int h = 0; h < 2; h++) {
            __m512i sum = _mm512_maddubs_epi16(first[h], _mm512_set1_epi16(OCK_BYTES(w[0], w[1])));
            if (high > 2)
                sum = _mm512_add_epi16(sum, _mm512_maddubs_epi16(second[h], _mm512_set1_epi16(OCK_BYTES(w[2], w[3]))));
            sums[2 * h] = _mm512_unpacklo_epi16(sum, zero);
            sums[2 * h + 1] = _mm512_unpackhi_epi16(sum, zero);
        }
    } else {
        weigh(first, OCK_WORDS(w[0], w[1]), sums);
        if (high > 2) {
            weigh(second, OCK_WORDS(w[2], w[3]), more);
            OCK_UNROLL for (int v = 0; v < 4; v++) sums[v] = _mm512_add_epi32(sums[v], more[v]);
        }
    }
    OCK_UNROLL for (int v = 0; v < 4; v++) {
        __m512 value = _mm512_cvtepi32_ps(sums[v]);
        float *out = blend->out + i + 16 * v;
        if (adds) value = _mm512_add_ps(value, _mm512_loadu_ps(out));
        _mm512_storeu_ps(out, value);
    }
}

TARGET OCK_INLINE void blend_row(const ock_resample_blend *blend, const int high, const int adds, const int narrow) {
    ptrdiff_t i = 0;
    const ptrdiff_t count = blend->count;
    for (; i + 64 <= count; i += 64) blend_block(blend, i, ~(__mmask64)0, high, adds, narrow);
    if (i < count) blend_block(blend, i, ((__mmask64)1 << (count - i)) - 1, high, adds, narrow);
}

#define ADDS(n) if (high == n) blend_row(&own, n, 1, 0);
#define NARROW(n) if (high == n) blend_row(&own, n, 0, 1);
#define WIDE(n) if (high == n) blend_row(&own, n, 0, 0);

TARGET void ock_resample_rows_avx512(const ock_resample_blend *blend) {
    const ock_resample_blend own = *blend;  // what is written cannot be in it
    const int high = (int)own.high;
    if (own.adds) {
        ADDS(2) ADDS(3) ADDS(4)
    } else if (own.total <= 127) {
        NARROW(2) NARROW(3) NARROW(4)
    } else {
        WIDE(2) WIDE(3) WIDE(4)
    }
}

/// Both parts of one output pixel, side by side.
TARGET OCK_INLINE __m256 parts(const ock_resample_line *line, ptrdiff_t x, const ptrdiff_t pairs) {
    const float *from = line->row + line->starts[x], *weights = line->weights + x * pairs * 8;
    __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(from), _mm256_loadu_ps(weights));
    for (ptrdiff_t p = 1; p < pairs; p++) {
        __m256 next = _mm256_mul_ps(_mm256_loadu_ps(from + 2 * p * line->lanes), _mm256_loadu_ps(weights + 8 * p));
        sum = _mm256_add_ps(sum, next);
    }
    return sum;
}

/// Levels of four pixels, four floats each.
TARGET OCK_INLINE __m512 levels(const ock_resample_line *line, ptrdiff_t x, const ptrdiff_t pairs) {
    const __m128i channels = _mm_loadu_si128((const __m128i *)line->channels);
    const __m256i even = _mm256_inserti128_si256(
        _mm256_castsi128_si256(channels), _mm_add_epi32(channels, _mm_set1_epi32(8)), 1);
    const __m256i odd = _mm256_add_epi32(even, _mm256_set1_epi32((int)line->lanes));
    __m256 half[2];
    OCK_UNROLL for (int i = 0; i < 2; i++) {
        __m256 a = parts(line, x + 2 * i, pairs), b = parts(line, x + 2 * i + 1, pairs);
        half[i] = _mm256_add_ps(_mm256_permutex2var_ps(a, even, b), _mm256_permutex2var_ps(a, odd, b));
    }
    __m512 all = _mm512_insertf32x8(_mm512_castps256_ps512(half[0]), half[1], 1);
    return _mm512_mul_ps(all, _mm512_set1_ps(line->unit));
}

TARGET OCK_INLINE void bytes(const ock_resample_line *line, uint8_t *out, const ptrdiff_t pairs) {
    const __m128i order = _mm_setr_epi8(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    for (ptrdiff_t x = 0; x < line->pixels; x += 4) {
        __m128i whole = _mm512_cvtepi32_epi8(_mm512_cvtps_epi32(levels(line, x, pairs)));
        whole = _mm_shuffle_epi8(whole, order);
        if (ock_has_room(line, x)) _mm_storeu_si128((__m128i *)(out + 3 * x), whole);
        else _mm_mask_storeu_epi8(out + 3 * x, (__mmask16)((1 << 3 * ock_group(line, x)) - 1), whole);
    }
}

TARGET void ock_resample_bytes_avx512(const ock_resample_line *line, uint8_t *out) {
    const ock_resample_line own = *line;  // what is written cannot be in it
    if (own.pairs == 1) bytes(&own, out, 1);
    else if (own.pairs == 2) bytes(&own, out, 2);
    else bytes(&own, out, own.pairs);
}

TARGET OCK_INLINE void floats(const ock_resample_line *line, float *out, const ptrdiff_t pairs) {
    const __m512i order = _mm512_setr_epi32(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 15, 15, 15, 15);
    const __m512 mean = _mm512_broadcast_f32x4(_mm_loadu_ps(line->mean));
    const __m512 scale = _mm512_broadcast_f32x4(_mm_loadu_ps(line->scale));
    for (ptrdiff_t x = 0; x < line->pixels; x += 4) {
        __m512 value = _mm512_mul_ps(_mm512_sub_ps(levels(line, x, pairs), mean), scale);
        value = _mm512_permutexvar_ps(order, value);
        if (ock_has_room(line, x)) _mm512_storeu_ps(out + 3 * x, value);
        else _mm512_mask_storeu_ps(out + 3 * x, (__mmask16)((1 << 3 * ock_group(line, x)) - 1), value);
    }
}

TARGET void ock_resample_floats_avx512(const ock_resample_line *line, float *out) {
    const ock_resample_line own = *line;  // what is written cannot be in it
    if (own.pairs == 1) floats(&own, out, 1);
    else if (own.pairs == 2) floats(&own, out, 2);
    else floats(&own, out, own.pairs);
}
#endif

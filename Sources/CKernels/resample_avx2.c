// Resampling for AVX2: 32 bytes of every source row at a time, then four output pixels at a time.
#include "resample_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))

/// The bytes of two rows, side by side: 16-bit pairs in two vectors. No `b` is a row of 0.
TARGET OCK_INLINE void two_rows(const uint8_t *a, const uint8_t *b, __m256i pairs[2]) {
    // Interleaving works in each 128 bits apart: dwords go where it brings them back into order.
    const __m256i order = _mm256_setr_epi32(0, 2, 4, 6, 1, 3, 5, 7);
    __m256i x = _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)a), order);
    __m256i y = b ? _mm256_permutevar8x32_epi32(_mm256_loadu_si256((const __m256i *)b), order) : _mm256_setzero_si256();
    pairs[0] = _mm256_unpacklo_epi8(x, y);
    pairs[1] = _mm256_unpackhi_epi8(x, y);
}

/// Pairs times their weights: four vectors of 8 sums, in order.
TARGET OCK_INLINE void weigh(const __m256i pairs[2], int words, __m256i sums[4]) {
    const __m256i zero = _mm256_setzero_si256(), weights = _mm256_set1_epi32(words);
    OCK_UNROLL for (int h = 0; h < 2; h++) {
        sums[2 * h] = _mm256_madd_epi16(_mm256_unpacklo_epi8(pairs[h], zero), weights);
        sums[2 * h + 1] = _mm256_madd_epi16(_mm256_unpackhi_epi8(pairs[h], zero), weights);
    }
}

TARGET OCK_INLINE void blend_block(
    const uint8_t *const *rows, const int16_t *w, float *out, const int high, const int adds, const int narrow
) {
    __m256i sums[4], more[4], first[2], second[2];
    two_rows(rows[0], rows[1], first);
    if (high > 2) two_rows(rows[2], high > 3 ? rows[3] : NULL, second);
    if (narrow) {
        const __m256i zero = _mm256_setzero_si256();
        OCK_UNROLL for (int h = 0; h < 2; h++) {
            __m256i sum = _mm256_maddubs_epi16(first[h], _mm256_set1_epi16(OCK_BYTES(w[0], w[1])));
            if (high > 2)
                sum = _mm256_add_epi16(sum, _mm256_maddubs_epi16(second[h], _mm256_set1_epi16(OCK_BYTES(w[2], w[3]))));
            sums[2 * h] = _mm256_unpacklo_epi16(sum, zero);
            sums[2 * h + 1] = _mm256_unpackhi_epi16(sum, zero);
        }
    } else {
        weigh(first, OCK_WORDS(w[0], w[1]), sums);
        if (high > 2) {
            weigh(second, OCK_WORDS(w[2], w[3]), more);
            OCK_UNROLL for (int v = 0; v < 4; v++) sums[v] = _mm256_add_epi32(sums[v], more[v]);
        }
    }
    OCK_UNROLL for (int v = 0; v < 4; v++) {
        __m256 value = _mm256_cvtepi32_ps(sums[v]);
        if (adds) value = _mm256_add_ps(value, _mm256_loadu_ps(out + 8 * v));
        _mm256_storeu_ps(out + 8 * v, value);
    }
}

TARGET OCK_INLINE void blend_row(const ock_resample_blend *blend, const int high, const int adds, const int narrow) {
    const uint8_t *rows[4] = {blend->rows[0], blend->rows[1], blend->rows[2], blend->rows[3]};
    ptrdiff_t left = blend->count;
    float *out = blend->out;
    for (; left >= 32; left -= 32, out += 32) {
        blend_block(rows, blend->weights, out, high, adds, narrow);
        OCK_UNROLL for (int r = 0; r < high; r++) rows[r] += 32;
    }
    if (left <= 0) return;
    uint8_t ends[4][32] = {{0}};
    for (int r = 0; r < high; r++) {
        memcpy(ends[r], rows[r], (size_t)left);
        rows[r] = ends[r];
    }
    blend_block(rows, blend->weights, out, high, adds, narrow);
}

#define ADDS(n) if (high == n) blend_row(&own, n, 1, 0);
#define NARROW(n) if (high == n) blend_row(&own, n, 0, 1);
#define WIDE(n) if (high == n) blend_row(&own, n, 0, 0);

TARGET void ock_resample_rows_avx2(const ock_resample_blend *blend) {
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

/// The level of one output pixel, four floats.
TARGET OCK_INLINE __m128 pixel(
    const ock_resample_line *line, ptrdiff_t x, __m256i even, __m256i odd, const ptrdiff_t pairs
) {
    const float *from = line->row + line->starts[x], *weights = line->weights + x * pairs * 8;
    __m256 sum = _mm256_mul_ps(_mm256_loadu_ps(from), _mm256_loadu_ps(weights));
    for (ptrdiff_t p = 1; p < pairs; p++) {
        __m256 next = _mm256_mul_ps(_mm256_loadu_ps(from + 2 * p * line->lanes), _mm256_loadu_ps(weights + 8 * p));
        sum = _mm256_add_ps(sum, next);
    }
    return _mm_add_ps(
        _mm256_castps256_ps128(_mm256_permutevar8x32_ps(sum, even)),
        _mm256_castps256_ps128(_mm256_permutevar8x32_ps(sum, odd)));
}

TARGET OCK_INLINE __m256 two_pixels(const ock_resample_line *line, ptrdiff_t x, const ptrdiff_t pairs) {
    const __m256i even = _mm256_broadcastsi128_si256(_mm_loadu_si128((const __m128i *)line->channels));
    const __m256i odd = _mm256_add_epi32(even, _mm256_set1_epi32((int)line->lanes));
    __m256 both = _mm256_insertf128_ps(
        _mm256_castps128_ps256(pixel(line, x, even, odd, pairs)), pixel(line, x + 1, even, odd, pairs), 1);
    return _mm256_mul_ps(both, _mm256_set1_ps(line->unit));
}

TARGET OCK_INLINE void bytes(const ock_resample_line *line, uint8_t *out, const ptrdiff_t pairs) {
    // What packing leaves: pixels 0, 2 in the lower half of the dwords and 1, 3 in the upper.
    const __m128i order = _mm_setr_epi8(0, 1, 2, 8, 9, 10, 4, 5, 6, 12, 13, 14, -1, -1, -1, -1);
    for (ptrdiff_t x = 0; x < line->pixels; x += 4) {
        __m256i a = _mm256_cvtps_epi32(two_pixels(line, x, pairs));
        __m256i b = _mm256_cvtps_epi32(two_pixels(line, x + 2, pairs));
        __m256i words = _mm256_packs_epi32(a, b);
        __m128i whole = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        whole = _mm_shuffle_epi8(whole, order);
        if (ock_has_room(line, x)) {
            _mm_storeu_si128((__m128i *)(out + 3 * x), whole);
        } else {
            uint8_t all[16];
            _mm_storeu_si128((__m128i *)all, whole);
            memcpy(out + 3 * x, all, (size_t)(3 * ock_group(line, x)));
        }
    }
}

TARGET void ock_resample_bytes_avx2(const ock_resample_line *line, uint8_t *out) {
    const ock_resample_line own = *line;  // what is written cannot be in it
    if (own.pairs == 1) bytes(&own, out, 1);
    else if (own.pairs == 2) bytes(&own, out, 2);
    else bytes(&own, out, own.pairs);
}

TARGET OCK_INLINE void floats(const ock_resample_line *line, float *out, const ptrdiff_t pairs) {
    const __m256i order = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
    const __m256 mean = _mm256_broadcast_ps((const __m128 *)line->mean);
    const __m256 scale = _mm256_broadcast_ps((const __m128 *)line->scale);
    for (ptrdiff_t x = 0; x < line->pixels; x += 4) {
        float all[16], *to = ock_has_room(line, x) ? out + 3 * x : all;
        OCK_UNROLL for (int i = 0; i < 2; i++) {
            __m256 value = _mm256_mul_ps(_mm256_sub_ps(two_pixels(line, x + 2 * i, pairs), mean), scale);
            _mm256_storeu_ps(to + 6 * i, _mm256_permutevar8x32_ps(value, order));
        }
        if (to == all) memcpy(out + 3 * x, all, (size_t)(3 * ock_group(line, x)) * sizeof(float));
    }
}

TARGET void ock_resample_floats_avx2(const ock_resample_line *line, float *out) {
    const ock_resample_line own = *line;  // what is written cannot be in it
    if (own.pairs == 1) floats(&own, out, 1);
    else if (own.pairs == 2) floats(&own, out, 2);
    else floats(&own, out, own.pairs);
}
#endif

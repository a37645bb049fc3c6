// The other int8 kernels for AVX2: depthwise convolution, two taps a vpmaddwd, and sums.
#if defined(__x86_64__)
#include "int8_avx2.h"

typedef struct {
    __m256i low, high;
} halves;

/// Two vectors of 16 numbers as pairs: of channels 0-3 and 8-11, then of 4-7 and 12-15.
TARGET OCK_INLINE halves pairs(__m256i a, __m256i b) {
    halves result = {_mm256_unpacklo_epi16(a, b), _mm256_unpackhi_epi16(a, b)};
    return result;
}

TARGET OCK_INLINE __m256i signed16(const int8_t *in) {
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)in));
}

TARGET OCK_INLINE void add_pair(halves *sum, halves x, halves w) {
    sum->low = _mm256_add_epi32(sum->low, _mm256_madd_epi16(x.low, w.low));
    sum->high = _mm256_add_epi32(sum->high, _mm256_madd_epi16(x.high, w.high));
}

/// 16 numbers in the order of `pairs`.
TARGET OCK_INLINE halves ordered(const void *sixteen) {
    __m256i a = _mm256_loadu_si256((const __m256i *)sixteen), b = _mm256_loadu_si256((const __m256i *)sixteen + 1);
    halves result = {_mm256_permute2x128_si256(a, b, 0x20), _mm256_permute2x128_si256(a, b, 0x31)};
    return result;
}

TARGET OCK_INLINE void put_channels(
    uint8_t *out, ptrdiff_t count, halves sum, halves scale, const ock_i8_finish *finish) {
    __m256i low = whole(sum.low, _mm256_castsi256_ps(scale.low), finish);
    __m256i high = whole(sum.high, _mm256_castsi256_ps(scale.high), finish);
    __m256i words = _mm256_packs_epi32(low, high);
    put(out, _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1)), count);
}

TARGET OCK_INLINE void some(const ock_i8_row *row, const int high) {
    const int count = high * 3;
    for (ptrdiff_t channel = 0; channel < row->channels; channel += 16) {
        const halves bias = ordered(row->bias + channel), scale = ordered(row->multipliers + channel);
        halves weights[5];
        OCK_UNROLL for (int t = 0; t < count; t += 2) {
            const int8_t *from = row->weights + t * row->padded + channel;
            weights[t / 2] =
                pairs(signed16(from), t + 1 < count ? signed16(from + row->padded) : _mm256_setzero_si256());
        }
        const uint8_t *in[3];
        OCK_UNROLL for (int y = 0; y < high; y++) in[y] = row->in[y] + channel;
        uint8_t *out = (uint8_t *)row->out + channel;
        for (ptrdiff_t p = 0; p < row->pixels; p++, out += row->out_stride) {
            halves sum = bias;
            OCK_UNROLL for (int t = 0; t < count; t += 2) {
                __m256i first = unsigned16(in[t / 3] + t % 3 * row->in_stride[t / 3]), second = first;
                if (t + 1 < count) second = unsigned16(in[(t + 1) / 3] + (t + 1) % 3 * row->in_stride[(t + 1) / 3]);
                add_pair(&sum, pairs(first, second), weights[t / 2]);
            }
            OCK_UNROLL for (int y = 0; y < high; y++) in[y] += row->step * row->in_stride[y];
            put_channels(out, row->channels - channel, sum, scale, &row->finish);
        }
    }
}

TARGET void ock_i8_depthwise_row_avx2(const ock_i8_row *row) {
    switch (row->high) {
        case 1: some(row, 1); return;
        case 2: some(row, 2); return;
        case 3: some(row, 3); return;
    }
}

TARGET void ock_i8_depthwise_taps_avx2(const ock_i8_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel += 16) {
        halves sum = ordered(taps->bias + channel);
        for (ptrdiff_t t = 0; t < taps->taps; t += 2) {
            const int8_t *weights = taps->weights + t * taps->padded + channel;
            __m256i first = unsigned16(taps->in[t] + channel), second = first, weight = _mm256_setzero_si256();
            if (t + 1 < taps->taps) {
                second = unsigned16(taps->in[t + 1] + channel);
                weight = signed16(weights + taps->padded);
            }
            add_pair(&sum, pairs(first, second), pairs(signed16(weights), weight));
        }
        put_channels(
            (uint8_t *)taps->out + channel, taps->channels - channel, sum, ordered(taps->multipliers + channel),
            &taps->finish);
    }
}

TARGET OCK_INLINE __m256 centred(const uint8_t *in, int32_t zero, float multiplier) {
    __m256i value = _mm256_cvtepu8_epi32(_mm_loadl_epi64((const __m128i *)in));
    value = _mm256_sub_epi32(value, _mm256_set1_epi32(zero));
    return _mm256_mul_ps(_mm256_cvtepi32_ps(value), _mm256_set1_ps(multiplier));
}

TARGET void ock_i8_add_avx2(
    const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count) {
    const __m256 lower = _mm256_set1_ps(sum->finish.lower), upper = _mm256_set1_ps(sum->finish.upper);
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) {
        __m256 left = centred(a + i, sum->zero_a, sum->multiplier_a);
        __m256 right = centred(b + i, sum->zero_b, sum->multiplier_b);
        __m256 value = _mm256_min_ps(_mm256_max_ps(_mm256_add_ps(left, right), lower), upper);
        __m256i result = _mm256_add_epi32(_mm256_cvtps_epi32(value), _mm256_set1_epi32(sum->finish.zero_point));
        _mm_storel_epi64((__m128i *)(y + i), bytes(result, result));
    }
    ock_i8_add_scalar(sum, a + i, b + i, y + i, count - i);
}
#endif

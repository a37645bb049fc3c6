// The int8 depthwise kernels and the addition for AVX-512 VNNI. Bytes of four taps are unpacked so that each 32-bit
// lane holds one channel's four; packing the results to bytes undoes the order that unpacking gave 64 channels.
#include "int8_kernels.h"

#if defined(__x86_64__)
#include "int8_vnni.h"

TARGET OCK_INLINE __mmask64 first(ptrdiff_t channels) {
    return channels >= 64 ? ~(__mmask64)0 : ((__mmask64)1 << channels) - 1;
}

typedef struct {
    __m512i low, high;
} halves;

/// Two taps of 64 channels as pairs of bytes.
TARGET OCK_INLINE halves pairs(__m512i a, __m512i b) {
    halves result = {_mm512_unpacklo_epi8(a, b), _mm512_unpackhi_epi8(a, b)};
    return result;
}

TARGET OCK_INLINE void quads(halves ab, halves cd, __m512i lanes[4]) {
    lanes[0] = _mm512_unpacklo_epi16(ab.low, cd.low);
    lanes[1] = _mm512_unpackhi_epi16(ab.low, cd.low);
    lanes[2] = _mm512_unpacklo_epi16(ab.high, cd.high);
    lanes[3] = _mm512_unpackhi_epi16(ab.high, cd.high);
}

TARGET OCK_INLINE void store(
    uint8_t *out, __mmask64 mask, ends limits, const __m512 scale[4], const __m512i sum[4]) {
    __m512i bytes = finish(limits, scale[0], scale[1], scale[2], scale[3], sum[0], sum[1], sum[2], sum[3]);
    if (mask == ~(__mmask64)0) _mm512_storeu_si512(out, bytes);
    else _mm512_mask_storeu_epi8(out, mask, bytes);
}

/// A column of four input rows, each lane one channel's four bytes. What `inside` leaves out is padding.
TARGET OCK_INLINE void column(
    const uint8_t *const in[4], __mmask64 inside, const uint8_t *padding, __m512i lanes[4]) {
    __m512i row[4];
    if (inside == ~(__mmask64)0) {
        OCK_UNROLL for (int y = 0; y < 4; y++) row[y] = _mm512_loadu_si512(in[y]);
    } else {
        const __m512i outside = _mm512_loadu_si512(padding);
        OCK_UNROLL for (int y = 0; y < 4; y++) row[y] = _mm512_mask_loadu_epi8(outside, inside, in[y]);
    }
    quads(pairs(row[0], row[1]), pairs(row[2], row[3]), lanes);
}

/// Of an output's three columns the first `kept` are the last ones of the output before.
TARGET OCK_INLINE void columns(const ock_i8_rows *run, ptrdiff_t channel, const int rows, const int kept) {
    const ends limits = make_ends(&run->finish);
    const __mmask64 mask = first(run->channels - channel), all = ~(__mmask64)0;
    __m512i bias[4];
    __m512 scale[4];
    OCK_UNROLL for (int q = 0; q < 4; q++) {
        bias[q] = _mm512_loadu_si512(run->bias + channel + 16 * q);
        scale[q] = _mm512_loadu_ps(run->multipliers + channel + 16 * q);
    }
    const int8_t *weights = run->weights + channel * 4, *shifted = run->shifted + channel * 4;
    const ptrdiff_t pitch = run->padded * 4;
    const uint8_t *padding = run->padding + channel, *in[4];
    OCK_UNROLL for (int y = 0; y < 4; y++) in[y] = run->in[y] + channel;
    uint8_t *out = run->out + channel;
    __m512i lanes[3][4];
    OCK_UNROLL for (int x = 0; x < kept; x++) {
        column(in, x == 0 ? run->before : all, padding, lanes[x]);
        OCK_UNROLL for (int y = 0; y < 4; y++) in[y] += run->in_stride[y];
    }
    for (ptrdiff_t left = run->pixels; left > 0; left--) {
        OCK_UNROLL for (int x = kept; x < 3; x++) {
            __mmask64 inside = x == 2 && left == 1 ? run->after : all;
            if (x == 0 && left == run->pixels) inside = run->before;
            column(in, inside, padding, lanes[x]);
            OCK_UNROLL for (int y = 0; y < 4; y++) in[y] += run->in_stride[y];
        }
        if (kept == 0)
            OCK_UNROLL for (int y = 0; y < 4; y++) in[y] += (run->step - 3) * run->in_stride[y];
        __m512i sum[4], second[4];
        OCK_UNROLL for (int q = 0; q < 4; q++) sum[q] = second[q] = bias[q];
        OCK_UNROLL for (int x = 0; x < 3; x++)
            OCK_UNROLL for (int q = 0; q < 4; q++) {
                const ptrdiff_t at = x * pitch + 64 * q;
                sum[q] = _mm512_dpbusd_epi32(sum[q], lanes[x][q], _mm512_loadu_si512(weights + at));
                if (rows == 2)
                    second[q] = _mm512_dpbusd_epi32(second[q], lanes[x][q], _mm512_loadu_si512(shifted + at));
            }
        OCK_UNROLL for (int x = 0; x < kept; x++)
            OCK_UNROLL for (int q = 0; q < 4; q++) lanes[x][q] = lanes[x + 3 - kept][q];
        store(out, mask, limits, scale, sum);
        if (rows == 2) store(out + run->out_row, mask, limits, scale, second);
        out += run->out_stride;
    }
}

TARGET void ock_i8_depthwise_rows_vnni(const ock_i8_rows *run) {
    for (ptrdiff_t channel = 0; channel < run->channels; channel += 64)
        switch (run->rows * 4 + (run->step < 3 ? run->step : 3)) {
            case 5: columns(run, channel, 1, 2); break;
            case 6: columns(run, channel, 1, 1); break;
            case 7: columns(run, channel, 1, 0); break;
            case 9: columns(run, channel, 2, 2); break;
            case 10: columns(run, channel, 2, 1); break;
            case 11: columns(run, channel, 2, 0); break;
        }
}

/// Any step: nothing is shared between outputs.
TARGET OCK_INLINE void stepping(const ock_i8_row *row, ptrdiff_t channel, const int high) {
    const ends limits = make_ends(&row->finish);
    const __mmask64 mask = first(row->channels - channel);
    __m512 scale[4];
    OCK_UNROLL for (int q = 0; q < 4; q++) scale[q] = _mm512_loadu_ps(row->multipliers + channel + 16 * q);
    const uint8_t *in[3];
    OCK_UNROLL for (int y = 0; y < high; y++) in[y] = row->in[y] + channel;
    uint8_t *out = (uint8_t *)row->out + channel;
    const int8_t *weights = row->weights + channel * 4;
    for (ptrdiff_t left = row->pixels; left > 0; left--, out += row->out_stride) {
        __m512i sum[4];
        OCK_UNROLL for (int q = 0; q < 4; q++) sum[q] = _mm512_loadu_si512(row->bias + channel + 16 * q);
        OCK_UNROLL for (int y = 0; y < high; y++) {
            const ptrdiff_t stride = row->in_stride[y];
            __m512i third = _mm512_loadu_si512(in[y] + 2 * stride), lanes[4];
            halves front = pairs(_mm512_loadu_si512(in[y]), _mm512_loadu_si512(in[y] + stride));
            quads(front, pairs(third, third), lanes);
            OCK_UNROLL for (int q = 0; q < 4; q++)
                sum[q] = _mm512_dpbusd_epi32(
                    sum[q], lanes[q], _mm512_loadu_si512(weights + y * row->padded * 4 + 64 * q));
            in[y] += row->step * stride;
        }
        store(out, mask, limits, scale, sum);
    }
}

/// Every second of four pixels of 16 channels, or of two pixels of 32, at `in` and `rest` behind it.
TARGET OCK_INLINE __m512i alternate(const uint8_t *in, ptrdiff_t rest, const int channels, const int odd) {
    __m512i a = _mm512_loadu_si512(in), b = _mm512_loadu_si512(in + rest);
    if (channels == 32) return odd ? _mm512_shuffle_i64x2(a, b, 0xee) : _mm512_shuffle_i64x2(a, b, 0x44);
    return odd ? _mm512_shuffle_i64x2(a, b, 0xdd) : _mm512_shuffle_i64x2(a, b, 0x88);
}

/// Step 2 with 16 or 32 channels: four or two pixels side by side. The last vector overlaps the one before.
TARGET OCK_INLINE void alternating(const ock_i8_row *row, const int high, const int channels) {
    const ends limits = make_ends(&row->finish);
    const ptrdiff_t together = 64 / channels;
    __m512 scale[4];
    OCK_UNROLL for (int q = 0; q < 4; q++) scale[q] = _mm512_loadu_ps(row->multipliers + 16 * q);
    for (ptrdiff_t done = 0; done < row->pixels; done += together) {
        const ptrdiff_t p = done + together <= row->pixels ? done : row->pixels - together;
        __m512i sum[4];
        OCK_UNROLL for (int q = 0; q < 4; q++) sum[q] = _mm512_loadu_si512(row->bias + 16 * q);
        OCK_UNROLL for (int y = 0; y < high; y++) {
            const ptrdiff_t stride = row->in_stride[y], rest = together * stride;
            const uint8_t *in = row->in[y] + 2 * p * stride;
            __m512i third = alternate(in + 2 * stride, rest, channels, 0), lanes[4];
            halves front = pairs(alternate(in, rest, channels, 0), alternate(in, rest, channels, 1));
            quads(front, pairs(third, third), lanes);
            OCK_UNROLL for (int q = 0; q < 4; q++)
                sum[q] = _mm512_dpbusd_epi32(
                    sum[q], lanes[q], _mm512_loadu_si512(row->weights + y * row->padded * 4 + 64 * q));
        }
        store((uint8_t *)row->out + p * channels, ~(__mmask64)0, limits, scale, sum);
    }
}

TARGET OCK_INLINE void all(const ock_i8_row *row, const int high) {
    if (row->together > 1 && row->step == 2 && row->pixels >= row->together) {
        if (row->channels == 16) { alternating(row, high, 16); return; }
        if (row->channels == 32) { alternating(row, high, 32); return; }
    }
    for (ptrdiff_t channel = 0; channel < row->channels; channel += 64) stepping(row, channel, high);
}

TARGET void ock_i8_depthwise_row_vnni(const ock_i8_row *row) {
    switch (row->high) {
        case 1: all(row, 1); return;
        case 2: all(row, 2); return;
        case 3: all(row, 3); return;
    }
}

TARGET void ock_i8_depthwise_taps_vnni(const ock_i8_taps *taps) {
    const ends limits = make_ends(&taps->finish);
    for (ptrdiff_t channel = 0; channel < taps->channels; channel += 64) {
        __m512 scale[4];
        __m512i sum[4];
        OCK_UNROLL for (int q = 0; q < 4; q++) {
            scale[q] = _mm512_loadu_ps(taps->multipliers + channel + 16 * q);
            sum[q] = _mm512_loadu_si512(taps->bias + channel + 16 * q);
        }
        const int8_t *weights = taps->weights + channel * 4;
        for (ptrdiff_t tap = 0; tap < taps->taps; tap += 4, weights += taps->padded * 4) {
            const uint8_t *const *in = taps->in + tap;
            __m512i lanes[4];
            quads(
                pairs(_mm512_loadu_si512(in[0] + channel), _mm512_loadu_si512(in[1] + channel)),
                pairs(_mm512_loadu_si512(in[2] + channel), _mm512_loadu_si512(in[3] + channel)), lanes);
            OCK_UNROLL for (int q = 0; q < 4; q++)
                sum[q] = _mm512_dpbusd_epi32(sum[q], lanes[q], _mm512_loadu_si512(weights + 64 * q));
        }
        store((uint8_t *)taps->out + channel, first(taps->channels - channel), limits, scale, sum);
    }
}

TARGET OCK_INLINE __m512 centred(__m128i bytes, int32_t zero, float multiplier) {
    __m512i whole = _mm512_sub_epi32(_mm512_cvtepu8_epi32(bytes), _mm512_set1_epi32(zero));
    return _mm512_mul_ps(_mm512_cvtepi32_ps(whole), _mm512_set1_ps(multiplier));
}

/// 64 sums, in order. Large ones are limited before they are converted.
TARGET OCK_INLINE __m512i sums(const ock_i8_sum *sum, ends limits, const uint8_t *a, const uint8_t *b) {
    const __m512 upper = _mm512_set1_ps(sum->finish.upper);
    __m512 value[4];
    OCK_UNROLL for (int q = 0; q < 4; q++) {
        __m512 left = centred(_mm_loadu_si128((const __m128i *)a + q), sum->zero_a, sum->multiplier_a);
        __m512 right = centred(_mm_loadu_si128((const __m128i *)b + q), sum->zero_b, sum->multiplier_b);
        value[q] = _mm512_min_ps(_mm512_add_ps(left, right), upper);
    }
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    return _mm512_permutexvar_epi32(order, pack(limits, value[0], value[1], value[2], value[3]));
}

TARGET void ock_i8_add_vnni(
    const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count) {
    const __m512 lower = _mm512_set1_ps(sum->finish.lower), upper = _mm512_set1_ps(sum->finish.upper);
    const __m512i zero = _mm512_set1_epi32(sum->finish.zero_point);
    const ends limits = make_ends(&sum->finish);
    ptrdiff_t i = 0;
    for (; i + 64 <= count; i += 64) _mm512_storeu_si512(y + i, sums(sum, limits, a + i, b + i));
    for (; i < count; i += 16) {
        __mmask16 mask = count - i >= 16 ? 0xffff : (__mmask16)((1u << (count - i)) - 1);
        __m512 left = centred(_mm_maskz_loadu_epi8(mask, a + i), sum->zero_a, sum->multiplier_a);
        __m512 right = centred(_mm_maskz_loadu_epi8(mask, b + i), sum->zero_b, sum->multiplier_b);
        __m512 value = _mm512_min_ps(_mm512_max_ps(_mm512_add_ps(left, right), lower), upper);
        __m512i whole = _mm512_add_epi32(_mm512_cvtps_epi32(value), zero);
        _mm_mask_storeu_epi8(y + i, mask, _mm512_cvtepi32_epi8(whole));
    }
}
#endif

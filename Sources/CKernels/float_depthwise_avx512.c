// The float depthwise kernels for AVX-512: vectors over channels,
// four outputs at once so that they share loads.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))

TARGET OCK_INLINE __m512 finish(__m512 value, float lower, float upper, float slope) {
    if (slope != 1) {
        __mmask16 negative = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_LT_OQ);
        value = _mm512_mask_mul_ps(value, negative, value, _mm512_set1_ps(slope));
    }
    value = _mm512_max_ps(value, _mm512_set1_ps(lower));
    return _mm512_min_ps(value, _mm512_set1_ps(upper));
}

TARGET OCK_INLINE __mmask16 first(ptrdiff_t channels) {
    return channels >= 16 ? 0xffff : (__mmask16)((1u << channels) - 1);
}

TARGET OCK_INLINE void some(
    const ock_f32_row *row, const float *in, float *out, const int high, const int step, const int pixels) {
    const ptrdiff_t stride = row->in_stride;
    for (ptrdiff_t channel = 0; channel < row->channels; channel += 16) {
        __mmask16 mask = first(row->channels - channel);
        __m512 sum[4];
        __m512 bias = _mm512_loadu_ps(row->bias + channel);
        OCK_UNROLL for (int p = 0; p < pixels; p++) sum[p] = bias;
        OCK_UNROLL for (int y = 0; y < high; y++) {
            __m512 weight[3];
            OCK_UNROLL for (int x = 0; x < 3; x++)
                weight[x] = _mm512_loadu_ps(row->weights + (y * 3 + x) * row->weight_stride + channel);
            const float *source = in + y * row->row_stride + channel;
            OCK_UNROLL for (int column = 0; column < (pixels - 1) * step + 3; column++) {
                __m512 value = _mm512_maskz_loadu_ps(mask, source + column * stride);
                OCK_UNROLL for (int p = 0; p < pixels; p++) {
                    int x = column - p * step;
                    if (x >= 0 && x < 3) sum[p] = _mm512_fmadd_ps(value, weight[x], sum[p]);
                }
            }
        }
        OCK_UNROLL for (int p = 0; p < pixels; p++)
            _mm512_mask_storeu_ps(
                out + p * row->out_stride + channel, mask, finish(sum[p], row->lower, row->upper, row->slope));
    }
}

TARGET OCK_INLINE void all(const ock_f32_row *row, const int high, const int step) {
    const float *in = row->in;
    float *out = row->out;
    ptrdiff_t left = row->pixels;
    for (; left >= 4; left -= 4, in += 4 * step * row->in_stride, out += 4 * row->out_stride)
        some(row, in, out, high, step, 4);
    for (; left > 0; left--, in += step * row->in_stride, out += row->out_stride) some(row, in, out, high, step, 1);
}

TARGET void ock_f32_depthwise_row_avx512(const ock_f32_row *row) {
    switch (row->high * 2 + row->step) {
        case 3: all(row, 1, 1); return;
        case 4: all(row, 1, 2); return;
        case 5: all(row, 2, 1); return;
        case 6: all(row, 2, 2); return;
        case 7: all(row, 3, 1); return;
        case 8: all(row, 3, 2); return;
    }
}

TARGET void ock_f32_depthwise_taps_avx512(const ock_f32_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel += 16) {
        __mmask16 mask = first(taps->channels - channel);
        __m512 sum = _mm512_loadu_ps(taps->bias + channel);
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum = _mm512_fmadd_ps(
                _mm512_maskz_loadu_ps(mask, taps->in[tap] + channel), _mm512_loadu_ps(taps->weights[tap] + channel),
                sum);
        _mm512_mask_storeu_ps(taps->out + channel, mask, finish(sum, taps->lower, taps->upper, taps->slope));
    }
}
#endif

// The float depthwise kernels for AVX2 and FMA: vectors over channels,
// four outputs at once so that they share loads.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))

TARGET OCK_INLINE __m256 finish(__m256 value, float lower, float upper, float slope) {
    if (slope != 1) {
        __m256 scaled = _mm256_mul_ps(value, _mm256_set1_ps(slope));
        value = _mm256_blendv_ps(value, scaled, _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_LT_OQ));
    }
    value = _mm256_max_ps(value, _mm256_set1_ps(lower));
    return _mm256_min_ps(value, _mm256_set1_ps(upper));
}

TARGET OCK_INLINE void some(
    const ock_f32_row *row, const float *in, float *out, const int high, const int step, const int pixels) {
    const ptrdiff_t stride = row->in_stride;
    ptrdiff_t channel = 0;
    for (; channel + 8 <= row->channels; channel += 8) {
        __m256 sum[4];
        __m256 bias = _mm256_loadu_ps(row->bias + channel);
        OCK_UNROLL for (int p = 0; p < pixels; p++) sum[p] = bias;
        OCK_UNROLL for (int y = 0; y < high; y++) {
            __m256 weight[3];
            OCK_UNROLL for (int x = 0; x < 3; x++)
                weight[x] = _mm256_loadu_ps(row->weights + (y * 3 + x) * row->weight_stride + channel);
            const float *source = in + y * row->row_stride + channel;
            OCK_UNROLL for (int column = 0; column < (pixels - 1) * step + 3; column++) {
                __m256 value = _mm256_loadu_ps(source + column * stride);
                OCK_UNROLL for (int p = 0; p < pixels; p++) {
                    int x = column - p * step;
                    if (x >= 0 && x < 3) sum[p] = _mm256_fmadd_ps(value, weight[x], sum[p]);
                }
            }
        }
        OCK_UNROLL for (int p = 0; p < pixels; p++)
            _mm256_storeu_ps(out + p * row->out_stride + channel, finish(sum[p], row->lower, row->upper, row->slope));
    }
    if (channel == row->channels) return;
    ock_f32_row rest = *row;  // fewer channels than a vector has: reading past them is not allowed
    rest.in = in + channel;
    rest.out = out + channel;
    rest.weights += channel;
    rest.bias += channel;
    rest.channels -= channel;
    rest.pixels = pixels;
    ock_f32_depthwise_row_scalar(&rest);
}

TARGET OCK_INLINE void all(const ock_f32_row *row, const int high, const int step) {
    const float *in = row->in;
    float *out = row->out;
    ptrdiff_t left = row->pixels;
    for (; left >= 4; left -= 4, in += 4 * step * row->in_stride, out += 4 * row->out_stride)
        some(row, in, out, high, step, 4);
    for (; left > 0; left--, in += step * row->in_stride, out += row->out_stride) some(row, in, out, high, step, 1);
}

TARGET void ock_f32_depthwise_row_avx2(const ock_f32_row *row) {
    switch (row->high * 2 + row->step) {
        case 3: all(row, 1, 1); return;
        case 4: all(row, 1, 2); return;
        case 5: all(row, 2, 1); return;
        case 6: all(row, 2, 2); return;
        case 7: all(row, 3, 1); return;
        case 8: all(row, 3, 2); return;
    }
}

TARGET void ock_f32_depthwise_taps_avx2(const ock_f32_taps *taps) {
    ptrdiff_t channel = 0;
    for (; channel + 8 <= taps->channels; channel += 8) {
        __m256 sum = _mm256_loadu_ps(taps->bias + channel);
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum = _mm256_fmadd_ps(
                _mm256_loadu_ps(taps->in[tap] + channel), _mm256_loadu_ps(taps->weights[tap] + channel), sum);
        _mm256_storeu_ps(taps->out + channel, finish(sum, taps->lower, taps->upper, taps->slope));
    }
    for (; channel < taps->channels; channel++) {
        float sum = taps->bias[channel];
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++) sum += taps->in[tap][channel] * taps->weights[tap][channel];
        taps->out[channel] = ock_f32_finish(sum, taps->lower, taps->upper, taps->slope);
    }
}
#endif

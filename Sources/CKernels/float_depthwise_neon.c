// The float depthwise kernels for NEON on aarch64: vectors over channels,
// four outputs at once so that they share loads.
#include "float_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

OCK_INLINE float32x4_t finish(float32x4_t value, float lower, float upper, float slope) {
    if (slope != 1) value = vbslq_f32(vcltzq_f32(value), vmulq_n_f32(value, slope), value);
    value = vmaxq_f32(value, vdupq_n_f32(lower));
    return vminq_f32(value, vdupq_n_f32(upper));
}

OCK_INLINE void some(
    const ock_f32_row *row, const float *in, float *out, const int high, const int step, const int pixels) {
    const ptrdiff_t stride = row->in_stride;
    ptrdiff_t channel = 0;
    for (; channel + 4 <= row->channels; channel += 4) {
        float32x4_t sum[4];
        float32x4_t bias = vld1q_f32(row->bias + channel);
        OCK_UNROLL for (int p = 0; p < pixels; p++) sum[p] = bias;
        OCK_UNROLL for (int y = 0; y < high; y++) {
            float32x4_t weight[3];
            OCK_UNROLL for (int x = 0; x < 3; x++)
                weight[x] = vld1q_f32(row->weights + (y * 3 + x) * row->weight_stride + channel);
            const float *source = in + y * row->row_stride + channel;
            OCK_UNROLL for (int column = 0; column < (pixels - 1) * step + 3; column++) {
                float32x4_t value = vld1q_f32(source + column * stride);
                OCK_UNROLL for (int p = 0; p < pixels; p++) {
                    int x = column - p * step;
                    if (x >= 0 && x < 3) sum[p] = vfmaq_f32(sum[p], value, weight[x]);
                }
            }
        }
        OCK_UNROLL for (int p = 0; p < pixels; p++)
            vst1q_f32(out + p * row->out_stride + channel, finish(sum[p], row->lower, row->upper, row->slope));
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

OCK_INLINE void all(const ock_f32_row *row, const int high, const int step) {
    const float *in = row->in;
    float *out = row->out;
    ptrdiff_t left = row->pixels;
    for (; left >= 4; left -= 4, in += 4 * step * row->in_stride, out += 4 * row->out_stride)
        some(row, in, out, high, step, 4);
    for (; left > 0; left--, in += step * row->in_stride, out += row->out_stride) some(row, in, out, high, step, 1);
}

void ock_f32_depthwise_row_neon(const ock_f32_row *row) {
    switch (row->high * 2 + row->step) {
        case 3: all(row, 1, 1); return;
        case 4: all(row, 1, 2); return;
        case 5: all(row, 2, 1); return;
        case 6: all(row, 2, 2); return;
        case 7: all(row, 3, 1); return;
        case 8: all(row, 3, 2); return;
    }
}

void ock_f32_depthwise_taps_neon(const ock_f32_taps *taps) {
    ptrdiff_t channel = 0;
    for (; channel + 4 <= taps->channels; channel += 4) {
        float32x4_t sum = vld1q_f32(taps->bias + channel);
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum = vfmaq_f32(sum, vld1q_f32(taps->in[tap] + channel), vld1q_f32(taps->weights[tap] + channel));
        vst1q_f32(taps->out + channel, finish(sum, taps->lower, taps->upper, taps->slope));
    }
    for (; channel < taps->channels; channel++) {
        float sum = taps->bias[channel];
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++) sum += taps->in[tap][channel] * taps->weights[tap][channel];
        taps->out[channel] = ock_f32_finish(sum, taps->lower, taps->upper, taps->slope);
    }
}
#endif

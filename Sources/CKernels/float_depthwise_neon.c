// The float depthwise kernels for NEON on aarch64.
#include "float_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

#define TARGET
typedef float32x4_t vector;

OCK_INLINE float32x4_t finish(float32x4_t value, float lower, float upper, float slope) {
    if (slope != 1) {
        OCK_RARE;
        value = vbslq_f32(vcltzq_f32(value), vmulq_n_f32(value, slope), value);
    }
    value = vmaxq_f32(value, vdupq_n_f32(lower));
    return vminq_f32(value, vdupq_n_f32(upper));
}

OCK_INLINE vector load(const float *from) { return vld1q_f32(from); }

OCK_INLINE void store(float *to, vector value) { vst1q_f32(to, value); }

OCK_INLINE vector multiply_add(vector a, vector b, vector sum) { return vfmaq_f32(sum, a, b); }

#include "float_depthwise.h"

void ock_f32_depthwise_row_neon(const ock_f32_row *row) {
    const ptrdiff_t done = whole_vectors(row);
    if (done == row->channels) return;
    const ock_f32_row others = rest(row, done);
    ock_f32_depthwise_row_scalar(&others);
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

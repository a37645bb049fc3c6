// The int8 depthwise kernels and the addition for NEON on aarch64: bytes widened to 16 bits, eight channels at a time.
#include "int8_kernels.h"

#if defined(__aarch64__)
#include "int8_neon.h"

OCK_INLINE int16x8_t inputs(const uint8_t *in) { return vreinterpretq_s16_u16(vmovl_u8(vld1_u8(in))); }

OCK_INLINE void put(
    uint8_t *out, ptrdiff_t count, const int32x4_t sum[2], const float *multipliers, const ock_i8_finish *finish) {
    int32x4_t a = ock_i8_whole(vmulq_f32(vcvtq_f32_s32(sum[0]), vld1q_f32(multipliers)), finish);
    int32x4_t b = ock_i8_whole(vmulq_f32(vcvtq_f32_s32(sum[1]), vld1q_f32(multipliers + 4)), finish);
    ock_i8_put_bytes(out, a, b, count);
}

OCK_INLINE void some(const ock_i8_row *row, const int high) {
    for (ptrdiff_t channel = 0; channel < row->channels; channel += 8) {
        const int32x4_t bias[2] = {vld1q_s32(row->bias + channel), vld1q_s32(row->bias + channel + 4)};
        int16x8_t weights[9];
        OCK_UNROLL for (int t = 0; t < high * 3; t++)
            weights[t] = vmovl_s8(vld1_s8(row->weights + t * row->padded + channel));
        const uint8_t *in[3];
        OCK_UNROLL for (int y = 0; y < high; y++) in[y] = row->in[y] + channel;
        uint8_t *out = (uint8_t *)row->out + channel;
        for (ptrdiff_t p = 0; p < row->pixels; p++, out += row->out_stride) {
            int32x4_t sum[2] = {bias[0], bias[1]};
            OCK_UNROLL for (int y = 0; y < high; y++) {
                OCK_UNROLL for (int x = 0; x < 3; x++) {
                    int16x8_t value = inputs(in[y] + x * row->in_stride[y]), weight = weights[y * 3 + x];
                    sum[0] = vmlal_s16(sum[0], vget_low_s16(value), vget_low_s16(weight));
                    sum[1] = vmlal_high_s16(sum[1], value, weight);
                }
                in[y] += row->step * row->in_stride[y];
            }
            put(out, row->channels - channel, sum, row->multipliers + channel, &row->finish);
        }
    }
}

void ock_i8_depthwise_row_neon(const ock_i8_row *row) {
    switch (row->high) {
        case 1: some(row, 1); return;
        case 2: some(row, 2); return;
        case 3: some(row, 3); return;
    }
}

void ock_i8_depthwise_taps_neon(const ock_i8_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel += 8) {
        int32x4_t sum[2] = {vld1q_s32(taps->bias + channel), vld1q_s32(taps->bias + channel + 4)};
        for (ptrdiff_t t = 0; t < taps->taps; t++) {
            int16x8_t value = inputs(taps->in[t] + channel);
            int16x8_t weight = vmovl_s8(vld1_s8(taps->weights + t * taps->padded + channel));
            sum[0] = vmlal_s16(sum[0], vget_low_s16(value), vget_low_s16(weight));
            sum[1] = vmlal_high_s16(sum[1], value, weight);
        }
        put((uint8_t *)taps->out + channel, taps->channels - channel, sum, taps->multipliers + channel, &taps->finish);
    }
}

OCK_INLINE float32x4_t centred(int16x4_t values, int32_t zero, float multiplier) {
    return vmulq_n_f32(vcvtq_f32_s32(vsubq_s32(vmovl_s16(values), vdupq_n_s32(zero))), multiplier);
}

void ock_i8_add_neon(const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count) {
    ptrdiff_t i = 0;
    for (; i + 8 <= count; i += 8) {
        int16x8_t left = inputs(a + i), right = inputs(b + i);
        float32x4_t lowA = centred(vget_low_s16(left), sum->zero_a, sum->multiplier_a);
        float32x4_t lowB = centred(vget_low_s16(right), sum->zero_b, sum->multiplier_b);
        float32x4_t highA = centred(vget_high_s16(left), sum->zero_a, sum->multiplier_a);
        float32x4_t highB = centred(vget_high_s16(right), sum->zero_b, sum->multiplier_b);
        int32x4_t low = ock_i8_whole(vaddq_f32(lowA, lowB), &sum->finish);
        int32x4_t high = ock_i8_whole(vaddq_f32(highA, highB), &sum->finish);
        ock_i8_put_bytes(y + i, low, high, 8);
    }
    ock_i8_add_scalar(sum, a + i, b + i, y + i, count - i);
}
#endif

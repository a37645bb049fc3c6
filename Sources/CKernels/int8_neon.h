// How sums become bytes in NEON: shared by the products, the depthwise kernels and the addition.
#ifndef INT8_NEON_H
#define INT8_NEON_H

#include <arm_neon.h>

/// Four finished products, limited, rounded, and at their zero point.
OCK_INLINE int32x4_t ock_i8_whole(float32x4_t value, const ock_i8_finish *finish) {
    value = vminq_f32(vmaxq_f32(value, vdupq_n_f32(finish->lower)), vdupq_n_f32(finish->upper));
    return vaddq_s32(vcvtnq_s32_f32(value), vdupq_n_s32(finish->zero_point));
}

OCK_INLINE void ock_i8_put_bytes(uint8_t *out, int32x4_t a, int32x4_t b, ptrdiff_t count) {
    uint8x8_t values = vqmovun_s16(vcombine_s16(vmovn_s32(a), vmovn_s32(b)));
    if (count >= 8) {
        vst1_u8(out, values);
        return;
    }
    uint8_t all[8];
    vst1_u8(all, values);
    for (ptrdiff_t i = 0; i < count; i++) out[i] = all[i];
}

/// Row `row` of a tile eight columns wide.
OCK_INLINE void ock_i8_put_row(const ock_i8_tile *tile, ptrdiff_t row, int32x4_t a, int32x4_t b) {
    float32x4_t x = vmulq_f32(vcvtq_f32_s32(a), vld1q_f32(tile->multipliers));
    float32x4_t y = vmulq_f32(vcvtq_f32_s32(b), vld1q_f32(tile->multipliers + 4));
    const ptrdiff_t at = row * tile->out_stride;
    if (!tile->finish.floats) {
        int32x4_t first = ock_i8_whole(x, &tile->finish), second = ock_i8_whole(y, &tile->finish);
        ock_i8_put_bytes((uint8_t *)tile->out + at, first, second, tile->columns);
        return;
    }
    float all[8];
    vst1q_f32(all, x);
    vst1q_f32(all + 4, y);
    for (ptrdiff_t i = 0; i < tile->columns; i++) ((float *)tile->out)[at + i] = all[i];
}

OCK_INLINE uint32x4_t ock_i8_four(const uint8_t *in) {
    uint32_t value;
    memcpy(&value, in, 4);
    return vdupq_n_u32(value);
}

#endif

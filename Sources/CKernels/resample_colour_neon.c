// YUV to RGB for NEON on aarch64: eight pairs of pixels at a time, their Y0, Y1, U and V in vectors of their own.
#include "resample_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

typedef struct {
    int32x4_t low, high;
} ock_sums;

OCK_INLINE ock_sums sums(uint8x8_t bytes, int16_t factor, ock_sums sum) {
    int16x8_t words = vreinterpretq_s16_u16(vmovl_u8(bytes));
    sum.low = vmlal_n_s16(sum.low, vget_low_s16(words), factor);
    sum.high = vmlal_n_s16(sum.high, vget_high_s16(words), factor);
    return sum;
}

OCK_INLINE ock_sums all(int32_t value) { return (ock_sums){vdupq_n_s32(value), vdupq_n_s32(value)}; }

/// One channel of one pixel of each pair.
OCK_INLINE uint8x8_t byte(ock_sums luma, ock_sums colour) {
    uint16x4_t low = vqshrun_n_s32(vaddq_s32(luma.low, colour.low), 14);
    uint16x4_t high = vqshrun_n_s32(vaddq_s32(luma.high, colour.high), 14);
    return vqmovn_u16(vcombine_u16(low, high));
}

/// The same channel of both pixels, in the order of the pixels.
OCK_INLINE uint8x16_t channel(ock_sums first, ock_sums second, ock_sums colour) {
    uint8x8_t a = byte(first, colour), b = byte(second, colour);
    return vcombine_u8(vzip1_u8(a, b), vzip2_u8(a, b));
}

OCK_INLINE void convert(uint8x8_t y0, uint8x8_t y1, uint8x8_t u, uint8x8_t v, uint8_t *out) {
    const ock_sums first = sums(y0, ock_luma, all(0)), second = sums(y1, ock_luma, all(0));
    const ock_sums red = sums(v, ock_red_v, all(ock_red_offset));
    const ock_sums green = sums(v, ock_green_v, sums(u, ock_green_u, all(ock_green_offset)));
    const ock_sums blue = sums(u, ock_half_blue_u, sums(u, ock_half_blue_u, all(ock_blue_offset)));
    uint8x16x4_t pixels;
    pixels.val[0] = channel(first, second, red);
    pixels.val[1] = channel(first, second, green);
    pixels.val[2] = channel(first, second, blue);
    pixels.val[3] = vdupq_n_u8(0);
    vst4q_u8(out, pixels);
}

OCK_INLINE void yuyv(const uint8_t *in, uint8_t *out) {
    uint8x8x4_t bytes = vld4_u8(in);
    convert(bytes.val[0], bytes.val[2], bytes.val[1], bytes.val[3], out);
}

void ock_resample_yuyv_neon(const uint8_t *in, uint8_t *out, ptrdiff_t pairs) {
    for (; pairs >= 8; pairs -= 8, in += 32, out += 64) yuyv(in, out);
    if (pairs <= 0) return;
    uint8_t end[32] = {0};
    memcpy(end, in, (size_t)pairs * 4);
    yuyv(end, out);
}

OCK_INLINE void nv12(const uint8_t *luma, const uint8_t *chroma, uint8_t *out) {
    uint8x8x2_t y = vld2_u8(luma), c = vld2_u8(chroma);
    convert(y.val[0], y.val[1], c.val[0], c.val[1], out);
}

void ock_resample_nv12_neon(const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs) {
    for (; pairs >= 8; pairs -= 8, luma += 16, chroma += 16, out += 64) nv12(luma, chroma, out);
    if (pairs <= 0) return;
    uint8_t ends[2][16] = {{0}};
    memcpy(ends[0], luma, (size_t)pairs * 2);
    memcpy(ends[1], chroma, (size_t)pairs * 2);
    nv12(ends[0], ends[1], out);
}
#endif

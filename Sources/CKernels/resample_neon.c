// Resampling for NEON on aarch64: 16 bytes of every source row at a time, then four output pixels at a time.
#include "resample_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>

OCK_INLINE void add_row(const uint8_t *row, uint16_t weight, uint32x4_t sums[4]) {
    uint8x16_t bytes = vld1q_u8(row);
    uint16x8_t low = vmovl_u8(vget_low_u8(bytes)), high = vmovl_high_u8(bytes);
    sums[0] = vmlal_n_u16(sums[0], vget_low_u16(low), weight);
    sums[1] = vmlal_n_u16(sums[1], vget_high_u16(low), weight);
    sums[2] = vmlal_n_u16(sums[2], vget_low_u16(high), weight);
    sums[3] = vmlal_n_u16(sums[3], vget_high_u16(high), weight);
}

OCK_INLINE void blend_block(
    const uint8_t *const *rows, const int16_t *weights, float *out, const int high, const int adds
) {
    uint32x4_t sums[4];
    OCK_UNROLL for (int v = 0; v < 4; v++) sums[v] = vdupq_n_u32(0);
    OCK_UNROLL for (int r = 0; r < high; r++) add_row(rows[r], (uint16_t)weights[r], sums);
    OCK_UNROLL for (int v = 0; v < 4; v++) {
        float32x4_t value = vcvtq_f32_u32(sums[v]);
        if (adds) value = vaddq_f32(value, vld1q_f32(out + 4 * v));
        vst1q_f32(out + 4 * v, value);
    }
}

OCK_INLINE void blend_row(const ock_resample_blend *blend, const int high, const int adds) {
    const uint8_t *rows[4] = {blend->rows[0], blend->rows[1], blend->rows[2], blend->rows[3]};
    ptrdiff_t left = blend->count;
    float *out = blend->out;
    for (; left >= 16; left -= 16, out += 16) {
        blend_block(rows, blend->weights, out, high, adds);
        OCK_UNROLL for (int r = 0; r < high; r++) rows[r] += 16;
    }
    if (left <= 0) return;
    uint8_t ends[4][16] = {{0}};
    for (int r = 0; r < high; r++) {
        memcpy(ends[r], rows[r], (size_t)left);
        rows[r] = ends[r];
    }
    blend_block(rows, blend->weights, out, high, adds);
}

#define ROWS(n) if (own.high == n) { if (own.adds) blend_row(&own, n, 1); else blend_row(&own, n, 0); }

void ock_resample_rows_neon(const ock_resample_blend *blend) {
    const ock_resample_blend own = *blend;  // what is written cannot be in it
    ROWS(2) ROWS(3) ROWS(4)
}

/// One output pixel's levels, in the order of the row's lanes.
OCK_INLINE float32x4_t in_lanes(const ock_resample_line *line, ptrdiff_t x, const ptrdiff_t lanes) {
    const float *from = line->row + line->starts[x], *weights = line->weights + x * line->pairs * 8;
    float32x4_t even = vmulq_n_f32(vld1q_f32(from), weights[0]);
    float32x4_t odd = vmulq_n_f32(vld1q_f32(from + lanes), weights[lanes]);
    for (ptrdiff_t p = 1; p < line->pairs; p++) {
        from += 2 * lanes;
        weights += 8;
        even = vaddq_f32(even, vmulq_n_f32(vld1q_f32(from), weights[0]));
        odd = vaddq_f32(odd, vmulq_n_f32(vld1q_f32(from + lanes), weights[lanes]));
    }
    return vmulq_n_f32(vaddq_f32(even, odd), line->unit);
}

/// The same in the order of the network's channels.
OCK_INLINE float32x4_t level(const ock_resample_line *line, ptrdiff_t x, uint8x16_t order) {
    float32x4_t lanes = in_lanes(line, x, line->lanes);
    return vreinterpretq_f32_u8(vqtbl1q_u8(vreinterpretq_u8_f32(lanes), order));
}

/// Which bytes of four floats make the network's channels.
OCK_INLINE uint8x16_t channel_order(const ock_resample_line *line) {
    uint8_t order[16];
    for (int i = 0; i < 16; i++) order[i] = (uint8_t)(4 * line->channels[i / 4] + i % 4);
    return vld1q_u8(order);
}

void ock_resample_bytes_neon(const ock_resample_line *shared, uint8_t *out) {
    const ock_resample_line own = *shared, *line = &own;  // what is written cannot be in it
    static const uint8_t kept[16] = {0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 255, 255, 255, 255};
    const uint8x16_t order = channel_order(line), packing = vld1q_u8(kept);
    for (ptrdiff_t x = 0; x < line->pixels; x += 4) {
        uint16x4_t words[4];
        OCK_UNROLL for (int i = 0; i < 4; i++) words[i] = vmovn_u32(vcvtnq_u32_f32(level(line, x + i, order)));
        uint8x8_t low = vmovn_u16(vcombine_u16(words[0], words[1]));
        uint8x16_t whole = vcombine_u8(low, vmovn_u16(vcombine_u16(words[2], words[3])));
        whole = vqtbl1q_u8(whole, packing);
        if (ock_has_room(line, x)) {
            vst1q_u8(out + 3 * x, whole);
        } else {
            uint8_t all[16];
            vst1q_u8(all, whole);
            memcpy(out + 3 * x, all, (size_t)(3 * ock_group(line, x)));
        }
    }
}

void ock_resample_floats_neon(const ock_resample_line *shared, float *out) {
    const ock_resample_line own = *shared, *line = &own;
    const uint8x16_t order = channel_order(line);
    const float32x4_t mean = vld1q_f32(line->mean), scale = vld1q_f32(line->scale);
    for (ptrdiff_t x = 0; x < line->pixels; x++) {
        float32x4_t value = vmulq_f32(vsubq_f32(level(line, x, order), mean), scale);
        if (x + 1 < line->pixels) {
            vst1q_f32(out + 3 * x, value);
        } else {
            vst1_f32(out + 3 * x, vget_low_f32(value));
            vst1q_lane_f32(out + 3 * x + 2, value, 2);
        }
    }
}
#endif

// The int8 matrix product tile for NEON without dot product: activations less 128 are signed bytes, and two products
// of signed bytes fit 16 bits: 2 * 128 * 127 = 32512. Sums hold a column in two lanes until the end.
#include "int8_kernels.h"

#if defined(__aarch64__)
#include "int8_neon.h"

OCK_INLINE int8x16_t four(const uint8_t *in) {
    return vreinterpretq_s8_u8(veorq_u8(vreinterpretq_u8_u32(ock_i8_four(in)), vdupq_n_u8(0x80)));
}

OCK_INLINE void product(const ock_i8_tile *tile, const int rows) {
    int32x4_t sum[4][4];
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < 4; v++) sum[r][v] = vdupq_n_s32(0);
    const int8_t *weights = tile->packed;
    const uint8_t *const *pointers = tile->a;
    const ptrdiff_t span = tile->span;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_I8_ROWS) {
        const uint8_t *a[4];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[r];
        ptrdiff_t k = 0;
        for (; k + 4 < span; k += 8, weights += 64) {
            int8x16_t w[4];
            OCK_UNROLL for (int v = 0; v < 4; v++) w[v] = vld1q_s8(weights + 16 * v);
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                int8x16_t x = four(a[r] + k), y = four(a[r] + k + 4);
                OCK_UNROLL for (int v = 0; v < 2; v++) {
                    int16x8_t low = vmull_s8(vget_low_s8(w[v]), vget_low_s8(x));
                    int16x8_t high = vmull_high_s8(w[v], x);
                    low = vmlal_s8(low, vget_low_s8(w[v + 2]), vget_low_s8(y));
                    high = vmlal_high_s8(high, w[v + 2], y);
                    sum[r][2 * v] = vpadalq_s16(sum[r][2 * v], low);
                    sum[r][2 * v + 1] = vpadalq_s16(sum[r][2 * v + 1], high);
                }
            }
        }
        if (k < span) {
            int8x16_t w[2] = {vld1q_s8(weights), vld1q_s8(weights + 16)};
            weights += 32;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                int8x16_t x = four(a[r] + k);
                OCK_UNROLL for (int v = 0; v < 2; v++) {
                    sum[r][2 * v] = vpadalq_s16(sum[r][2 * v], vmull_s8(vget_low_s8(w[v]), vget_low_s8(x)));
                    sum[r][2 * v + 1] = vpadalq_s16(sum[r][2 * v + 1], vmull_high_s8(w[v], x));
                }
            }
        }
    }
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        int32x4_t a = vaddq_s32(vpaddq_s32(sum[r][0], sum[r][1]), vld1q_s32(tile->bias));
        int32x4_t b = vaddq_s32(vpaddq_s32(sum[r][2], sum[r][3]), vld1q_s32(tile->bias + 4));
        ock_i8_put_row(tile, r, a, b);
    }
}

void ock_i8_gemm_neon(const ock_i8_tile *tile) {
    switch (tile->rows) {
        case 1: product(tile, 1); return;
        case 2: product(tile, 2); return;
        case 3: product(tile, 3); return;
        case 4: product(tile, 4); return;
    }
}
#endif

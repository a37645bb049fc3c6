// Winograd's F(4x4, 3x3) in whole numbers for NEON without dot product, which multiplies 16-bit numbers as fast as bytes.
#include "int8_kernels.h"

#if defined(__aarch64__)
#define TARGET
#include "int8_neon.h"

typedef uint16_t shorts __attribute__((vector_size(16)));
typedef uint32_t ints __attribute__((vector_size(16)));
typedef int32_t signed_ints __attribute__((vector_size(16)));

OCK_INLINE shorts widen(const uint8_t *in) { return (shorts)vmovl_u8(vld1_u8(in)); }

OCK_INLINE void put_row(const ock_i8_winograd_output *tile, ptrdiff_t c, const signed_ints sums[4], uint8_t *to) {
    const float32x4_t scale = vld1q_f32(tile->multipliers + c);
    OCK_UNROLL for (int x = 0; x < 4; x++) {
        if (x >= tile->columns) break;
        const int32x4_t values =
            ock_i8_whole(vmulq_f32(vcvtq_f32_s32((int32x4_t)sums[x]), scale), &tile->finish);
        const int16x4_t words = vmovn_s32(values);
        const uint32_t four = vget_lane_u32(vreinterpret_u32_u8(vqmovun_s16(vcombine_s16(words, words))), 0);
        memcpy(to + x * tile->out_stride, &four, 4);
    }
}

OCK_INLINE void some_tiles(
    const ock_i8_winograd_product *product, ptrdiff_t first, const int rows, const int vectors) {
    (void)vectors;  // two
    int32x4_t sum[OCK_I8_WINOGRAD_TILES][2];
    OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][0] = sum[r][1] = vdupq_n_s32(0);
    const ptrdiff_t channels = product->channels;
    const int16_t *weights = product->packed, *a = product->a + first * channels;
    for (ptrdiff_t k = 0; k < channels; k += 4) {
        int16x4_t x[OCK_I8_WINOGRAD_TILES];
        OCK_UNROLL for (int r = 0; r < rows; r++) x[r] = vld1_s16(a + r * channels + k);
#define ADD(lane)                                                                       \
    {                                                                                   \
        const int16x8_t w = vld1q_s16(weights + 8 * lane);                              \
        OCK_UNROLL for (int r = 0; r < rows; r++) {                                     \
            sum[r][0] = vmlal_lane_s16(sum[r][0], vget_low_s16(w), x[r], lane);         \
            sum[r][1] = vmlal_high_lane_s16(sum[r][1], w, x[r], lane);                  \
        }                                                                               \
    }
        ADD(0) ADD(1) ADD(2) ADD(3)
#undef ADD
        weights += 32;
    }
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        int32_t *out = product->out + (first + r) * product->out_stride;
        vst1q_s32(out, sum[r][0]);
        vst1q_s32(out + 4, sum[r][1]);
    }
}

#include "int8_winograd.h"

void ock_i8_winograd_input_neon(const ock_i8_winograd_input *tile) { input_tile(tile); }

void ock_i8_winograd_output_neon(const ock_i8_winograd_output *tile) { output_tile(tile); }

void ock_i8_winograd_product_neon(const ock_i8_winograd_product *product) { all_tiles(product, 2); }
#endif

// The float matrix product tile for NEON on aarch64: up to 8 rows of 8 or 4 columns.
// 16 sums, 8 vectors of four inputs each and 2 weight vectors fill 26 of the 32 registers.
#include "float_kernels.h"

#if defined(__aarch64__)
#include <arm_neon.h>
#include <string.h>

OCK_INLINE float32x4_t leaky(float32x4_t value, float slope) {
    return vbslq_f32(vcltzq_f32(value), vmulq_n_f32(value, slope), value);
}

OCK_INLINE float32x4_t limit(float32x4_t value, const ock_f32_tile *tile) {
    return vminq_f32(vmaxq_f32(value, vdupq_n_f32(tile->lower)), vdupq_n_f32(tile->upper));
}

/// All sums of a tile to the output. One branch a case for all of them.
OCK_INLINE void finish(float32x4_t sum[8][2], const ock_f32_tile *tile, const int rows, const int vectors) {
    if (tile->slope != 1) {
        OCK_RARE;
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = leaky(sum[r][v], tile->slope);
    }
    if (tile->columns == 4 * vectors) {
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                vst1q_f32(tile->out + r * tile->out_stride + 4 * v, limit(sum[r][v], tile));
        return;
    }
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        float values[8];
        OCK_UNROLL for (int v = 0; v < vectors; v++) vst1q_f32(values + 4 * v, limit(sum[r][v], tile));
        memcpy(tile->out + r * tile->out_stride, values, (size_t)tile->columns * sizeof(float));
    }
}

// One of four consecutive k: the lane must be a constant, hence a macro.
#define LANE(lane)                                                                                   \
    {                                                                                                \
        float32x4_t b[2];                                                                            \
        OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = vld1q_f32(weights + 4 * v);              \
        weights += 4 * vectors;                                                                      \
        OCK_UNROLL for (int r = 0; r < rows; r++)                                                    \
            OCK_UNROLL for (int v = 0; v < vectors; v++)                                             \
                sum[r][v] = vfmaq_laneq_f32(sum[r][v], b[v], x[r], lane);                            \
    }

/// `even`: without a table.
OCK_INLINE void product(const ock_f32_tile *tile, const int rows, const int vectors, const int even) {
    float32x4_t sum[8][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        float32x4_t bias = vld1q_f32(tile->bias + 4 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const float *weights = tile->packed, *first = tile->first;
    const float *const *pointers = tile->a;
    const ptrdiff_t span = tile->span;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--) {
        const float *a[8];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = even ? first + r * tile->row_step : pointers[r];
        if (even) first += tile->segment_step;
        else pointers += OCK_F32_ROWS;
        ptrdiff_t k = 0;
        for (; k + 4 <= span; k += 4) {
            float32x4_t x[8];
            OCK_UNROLL for (int r = 0; r < rows; r++) x[r] = vld1q_f32(a[r] + k);
            LANE(0) LANE(1) LANE(2) LANE(3)
        }
        for (; k < span; k++) {
            float32x4_t x[8];
            OCK_UNROLL for (int r = 0; r < rows; r++) x[r] = vld1q_dup_f32(a[r] + k);
            LANE(0)
        }
    }
    // Not unrolled: stores follow, and every number of rows has this code.
    _Pragma("clang loop unroll(disable)") for (int i = 0; vectors == 2 && i < 2; i++) {
        const float *add = tile->add[i];
        if (!add) continue;
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] = vaddq_f32(sum[r][v], vld1q_f32(add + r * tile->add_stride + 4 * v));
    }
    finish(sum, tile, rows, vectors);
}

#define ROWS(n)                                       \
    case n:                                           \
        if (tile->width == 8) product(tile, n, 2, 0); \
        else product(tile, n, 1, 0);                  \
        return;

OCK_INLINE void whole_tiles(ock_f32_tile tile) {
    for (; tile.rows > 0; ock_f32_advance(&tile, 1, 8)) product(&tile, 8, 2, 1);
}

void ock_f32_gemm_neon(const ock_f32_tile *tile) {
    if (!tile->a) return whole_tiles(*tile);
    switch (tile->rows) { ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) }
}
#endif

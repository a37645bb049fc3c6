// The int8 matrix product tile for NEON with dot product of unsigned by signed bytes (Armv8.6 i8mm):
// 8 rows of 8 columns.
#include "int8_kernels.h"

#if defined(__aarch64__)
#include "int8_neon.h"

#define TARGET __attribute__((target("arch=armv8.2-a+i8mm")))

/// Activations as the dot product takes them.
TARGET OCK_INLINE uint8x16_t ready(uint8x16_t bytes) { return bytes; }

#define GROUP(lane)                                                                           \
    {                                                                                         \
        int8x16_t w[2] = {vld1q_s8(weights), vld1q_s8(weights + 16)};                        \
        weights += 32;                                                                        \
        OCK_UNROLL for (int r = 0; r < rows; r++)                                             \
            OCK_UNROLL for (int v = 0; v < 2; v++)                                            \
                sum[r][v] = vsudotq_laneq_s32(sum[r][v], w[v], x[r], lane);     \
    }

TARGET OCK_INLINE void product(const ock_i8_tile *tile, const int rows) {
    int32x4_t sum[8][2];
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < 2; v++) sum[r][v] = vld1q_s32(tile->bias + 4 * v);
    const int8_t *weights = tile->packed;
    const uint8_t *const *pointers = tile->a;
    const ptrdiff_t span = tile->span;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_I8_ROWS) {
        const uint8_t *a[8];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[r];
        ptrdiff_t k = 0;
        for (; k + 12 < span; k += 16) {
            uint8x16_t x[8];
            OCK_UNROLL for (int r = 0; r < rows; r++) x[r] = ready(vld1q_u8(a[r] + k));
            GROUP(0) GROUP(1) GROUP(2) GROUP(3)
        }
        for (; k < span; k += 4) {
            uint8x16_t x[8];
            OCK_UNROLL for (int r = 0; r < rows; r++) x[r] = ready(vreinterpretq_u8_u32(ock_i8_four(a[r] + k)));
            GROUP(0)
        }
    }
    OCK_UNROLL for (int r = 0; r < rows; r++) ock_i8_put_row(tile, r, sum[r][0], sum[r][1]);
}

#define ROWS(n)           \
    case n:               \
        product(tile, n); \
        return;

TARGET void ock_i8_gemm_i8mm(const ock_i8_tile *tile) {
    switch (tile->rows) { ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6) ROWS(7) ROWS(8) }
}
#endif

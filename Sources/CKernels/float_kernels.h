// What float_dispatch.c chooses from: one file a family and instruction set, each function as CKernels.h defines it.
#ifndef FLOAT_KERNELS_H
#define FLOAT_KERNELS_H

#include "CKernels.h"
#include "kernel_macros.h"

void ock_f32_gemm_scalar(const ock_f32_tile *tile);
void ock_f32_gemm_avx2(const ock_f32_tile *tile);
void ock_f32_gemm_avx512(const ock_f32_tile *tile);
void ock_f32_gemm_neon(const ock_f32_tile *tile);

void ock_f32_depthwise_row_scalar(const ock_f32_row *row);
void ock_f32_depthwise_row_avx2(const ock_f32_row *row);
void ock_f32_depthwise_row_avx512(const ock_f32_row *row);
void ock_f32_depthwise_row_neon(const ock_f32_row *row);

void ock_f32_depthwise_taps_scalar(const ock_f32_taps *taps);
void ock_f32_depthwise_taps_avx2(const ock_f32_taps *taps);
void ock_f32_depthwise_taps_avx512(const ock_f32_taps *taps);
void ock_f32_depthwise_taps_neon(const ock_f32_taps *taps);

#define OCK_F32_DECLARE_WINOGRAD(set)                                          \
    void ock_f32_winograd_input_##set(const ock_f32_winograd_input *tile);     \
    void ock_f32_winograd_output_##set(const ock_f32_winograd_output *tile);  \
    void ock_f32_add_halves_##set(const ock_f32_halves *halves);

OCK_F32_DECLARE_WINOGRAD(scalar)
OCK_F32_DECLARE_WINOGRAD(avx2)
OCK_F32_DECLARE_WINOGRAD(avx512)
OCK_F32_DECLARE_WINOGRAD(neon)

/// The end of every output value, in the order all sets keep.
OCK_INLINE float ock_f32_finish(float value, float lower, float upper, float slope) {
    if (value < 0) value *= slope;
    if (value < lower) value = lower;
    return value > upper ? upper : value;
}

#endif

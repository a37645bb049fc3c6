// What int8_dispatch.c chooses from: one file a family and instruction set, each function as CKernelsInt8.h defines it.
#ifndef INT8_KERNELS_H
#define INT8_KERNELS_H

#include <string.h>

#include "CKernelsInt8.h"
#include "kernel_macros.h"

// A product and the sum behind it are rounded one by one. (gcc needs -ffp-contract=off.)
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#define OCK_I8_DECLARE(set)                                                     \
    void ock_i8_gemm_##set(const ock_i8_tile *tile);                            \
    void ock_i8_depthwise_row_##set(const ock_i8_row *row);                     \
    void ock_i8_depthwise_taps_##set(const ock_i8_taps *taps);                  \
    void ock_i8_add_##set(                                                      \
        const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count);

#define OCK_I8_DECLARE_WINOGRAD(set)                                            \
    void ock_i8_winograd_input_##set(const ock_i8_winograd_input *tile);        \
    void ock_i8_winograd_product_##set(const ock_i8_winograd_product *product); \
    void ock_i8_winograd_output_##set(const ock_i8_winograd_output *tile);

OCK_I8_DECLARE(scalar)
OCK_I8_DECLARE(avx2)
OCK_I8_DECLARE(vnni)
OCK_I8_DECLARE(neon)
OCK_I8_DECLARE_WINOGRAD(avx2)
OCK_I8_DECLARE_WINOGRAD(vnni)
OCK_I8_DECLARE_WINOGRAD(neon)
void ock_i8_depthwise_rows_vnni(const ock_i8_rows *run);
/// As many of the rows as fill whole tiles; returns how many those are.
ptrdiff_t ock_i8_gemm_rows_vnni(const ock_i8_tile *tile, ptrdiff_t distance);
ptrdiff_t ock_i8_gemm_rows_avx2(const ock_i8_tile *tile, ptrdiff_t distance);
/// As many of the windows as it can; returns how many those are. Only where ock_i8_permutes_bytes.
ptrdiff_t ock_i8_copy_windows_vbmi(const ock_i8_windows *windows);
/// Whether a set with AVX-512 also has VBMI.
int ock_i8_permutes_bytes(void);
void ock_i8_gemm_sdot(const ock_i8_tile *tile);
void ock_i8_gemm_i8mm(const ock_i8_tile *tile);

/// The end of a byte output, given sum * multiplier.
OCK_INLINE uint8_t ock_i8_byte(float value, const ock_i8_finish *finish) {
    if (value < finish->lower) value = finish->lower;
    if (value > finish->upper) value = finish->upper;
    // Within 2^22 adding and subtracting 1.5 * 2^23 rounds to the nearest whole number, ties to even.
    float shifted = value + 12582912.0f;
    return (uint8_t)((int32_t)(shifted - 12582912.0f) + finish->zero_point);
}

OCK_INLINE void ock_i8_store(void *out, ptrdiff_t index, int32_t sum, float multiplier, const ock_i8_finish *finish) {
    float value = (float)sum * multiplier;
    if (finish->floats) ((float *)out)[index] = value;
    else ((uint8_t *)out)[index] = ock_i8_byte(value, finish);
}

/// The address of element `index`.
OCK_INLINE void *ock_i8_element(void *out, ptrdiff_t index, const ock_i8_finish *finish) {
    return (char *)out + index * (finish->floats ? 4 : 1);
}

#endif

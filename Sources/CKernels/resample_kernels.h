// What resample_dispatch.c chooses from: each function as CKernelsResample.h defines it.
#ifndef RESAMPLE_KERNELS_H
#define RESAMPLE_KERNELS_H

#include <string.h>

#include "CKernels.h"
#include "kernel_macros.h"

// A product and the sum behind it are rounded one by one. (gcc needs -ffp-contract=off.)
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

#define OCK_RESAMPLE_DECLARE(set)                                                                 \
    void ock_resample_rows_##set(const ock_resample_blend *blend);                                \
    void ock_resample_bytes_##set(const ock_resample_line *line, uint8_t *out);                   \
    void ock_resample_floats_##set(const ock_resample_line *line, float *out);                    \
    void ock_resample_yuyv_##set(const uint8_t *in, uint8_t *out, ptrdiff_t pairs);               \
    void ock_resample_nv12_##set(                                                                 \
        const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs);

OCK_RESAMPLE_DECLARE(scalar)
OCK_RESAMPLE_DECLARE(avx2)
OCK_RESAMPLE_DECLARE(avx512)
OCK_RESAMPLE_DECLARE(neon)

void ock_resample_five_vnni(const ock_resample_fives *fives, uint8_t *bytes, float *floats);

// BT.601 with 14 bits behind the point. Blue's factor of U is twice 16525: the whole does not fit 16 bits.
enum {
    ock_luma = 19077,
    ock_red_v = 26149,
    ock_green_u = -6419,
    ock_green_v = -13320,
    ock_half_blue_u = 16525,
    ock_red_offset = 8192 - 16 * ock_luma - 128 * ock_red_v,
    ock_green_offset = 8192 - 16 * ock_luma - 128 * (ock_green_u + ock_green_v),
    ock_blue_offset = 8192 - 16 * ock_luma - 256 * ock_half_blue_u,
};

/// Two 16-bit numbers as vector instructions take them: the first in the lower half.
#define OCK_WORDS(first, second) ((int)((uint32_t)(uint16_t)(first) | (uint32_t)(uint16_t)(second) << 16))

/// Two 8-bit numbers likewise.
#define OCK_BYTES(first, second) ((short)((uint16_t)(uint8_t)(first) | (uint16_t)(uint8_t)(second) << 8))

/// How many of a group's four pixels exist.
OCK_INLINE ptrdiff_t ock_group(const ock_resample_line *line, ptrdiff_t x) {
    return line->pixels - x < 4 ? line->pixels - x : 4;
}

/// Whether a group of four at `x` may write four elements too many: the next groups overwrite them.
OCK_INLINE int ock_has_room(const ock_resample_line *line, ptrdiff_t x) { return x + 6 <= line->pixels; }

#endif

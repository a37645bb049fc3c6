// The float matrix product tile for AVX2 and FMA: up to 6 rows of 16 columns, or 12 rows of 8.
// 12 sums, 2 weight vectors and the broadcast input fill 15 of the 16 registers.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))

TARGET OCK_INLINE __m256 finish(__m256 value, const ock_f32_tile *tile) {
    if (tile->slope != 1) {
        __m256 scaled = _mm256_mul_ps(value, _mm256_set1_ps(tile->slope));
        value = _mm256_blendv_ps(value, scaled, _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_LT_OQ));
    }
    value = _mm256_max_ps(value, _mm256_set1_ps(tile->lower));
    return _mm256_min_ps(value, _mm256_set1_ps(tile->upper));
}

TARGET OCK_INLINE void store(float *out, __m256 value, ptrdiff_t columns) {
    if (columns >= 8) {
        _mm256_storeu_ps(out, value);
        return;
    }
    float values[8];
    _mm256_storeu_ps(values, value);
    for (ptrdiff_t column = 0; column < columns; column++) out[column] = values[column];
}

TARGET OCK_INLINE void product(const ock_f32_tile *tile, const int rows, const int vectors) {
    __m256 sum[OCK_F32_ROWS][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        __m256 bias = _mm256_loadu_ps(tile->bias + 8 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const float *weights = tile->packed;
    const float *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, last = tile->rows - 1;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_F32_ROWS) {
        const float *a[OCK_F32_ROWS];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[OCK_ROW(r)];
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < span; k++) {
            __m256 b[2];
            OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm256_loadu_ps(weights + 8 * v);
            weights += 8 * vectors;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                __m256 x = _mm256_set1_ps(a[r][k]);
                OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = _mm256_fmadd_ps(x, b[v], sum[r][v]);
            }
        }
    }
    // Not unrolled: stores follow, and every number of rows has this code.
    _Pragma("clang loop unroll(disable)") for (int i = 0; vectors == 2 && i < 2; i++) {
        const float *add = tile->add[i];
        if (!add) continue;
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                sum[r][v] = _mm256_add_ps(sum[r][v], _mm256_loadu_ps(add + OCK_ROW(r) * tile->add_stride + 8 * v));
    }
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < vectors; v++)
            store(tile->out + OCK_ROW(r) * tile->out_stride + 8 * v, finish(sum[r][v], tile), tile->columns - 8 * v);
}

TARGET void ock_f32_gemm_avx2(const ock_f32_tile *tile) {
    if (tile->width == 16) {
        if (tile->rows > 3) product(tile, 6, 2);
        else if (tile->rows > 1) product(tile, 3, 2);
        else product(tile, 1, 2);
    } else {
        if (tile->rows > 6) product(tile, 12, 1);
        else if (tile->rows > 2) product(tile, 6, 1);
        else product(tile, 2, 1);
    }
}
#endif

// The float matrix product tile for AVX2 and FMA: up to 6 rows of 16 columns, or 12 rows of 8.
// 12 sums, 2 weight vectors and the broadcast input fill 15 of the 16 registers.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>

#define TARGET __attribute__((target("avx2,fma")))

TARGET OCK_INLINE __m256 leaky(__m256 value, float slope) {
    __m256 scaled = _mm256_mul_ps(value, _mm256_set1_ps(slope));
    return _mm256_blendv_ps(value, scaled, _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_LT_OQ));
}

TARGET OCK_INLINE __m256 limit(__m256 value, const ock_f32_tile *tile) {
    return _mm256_min_ps(_mm256_max_ps(value, _mm256_set1_ps(tile->lower)), _mm256_set1_ps(tile->upper));
}

/// All sums of a tile to the output. One branch a case for all of them.
TARGET OCK_INLINE void finish(__m256 sum[OCK_F32_ROWS][2], const ock_f32_tile *tile, int rows, int vectors, ptrdiff_t last) {
    if (tile->slope != 1) {
        OCK_RARE;
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = leaky(sum[r][v], tile->slope);
    }
    if (tile->columns == 8 * vectors) {
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                _mm256_storeu_ps(tile->out + OCK_ROW(r) * tile->out_stride + 8 * v, limit(sum[r][v], tile));
        return;
    }
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        float values[16];
        OCK_UNROLL for (int v = 0; v < vectors; v++) _mm256_storeu_ps(values + 8 * v, limit(sum[r][v], tile));
        memcpy(tile->out + OCK_ROW(r) * tile->out_stride, values, (size_t)tile->columns * sizeof(float));
    }
}

/// `even`: without a table. Every third row has a pointer then, from which an address reaches two further rows.
TARGET OCK_INLINE void product(const ock_f32_tile *tile, const int rows, const int vectors, const int even) {
    __m256 sum[OCK_F32_ROWS][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        __m256 bias = _mm256_loadu_ps(tile->bias + 8 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const float *weights = tile->packed, *first = tile->first;
    const float *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, step = tile->row_step, last = (even ? rows : tile->rows) - 1;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--) {
        const float *a[OCK_F32_ROWS];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = even ? first + (r - r % 3) * step : pointers[OCK_ROW(r)];
        if (even) first += tile->segment_step;
        else pointers += OCK_F32_ROWS;
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < span; k++) {
            __m256 b[2];
            OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm256_loadu_ps(weights + 8 * v);
            weights += 8 * vectors;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                __m256 x = _mm256_set1_ps(even ? a[r - r % 3][r % 3 * step] : a[r][k]);
                OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = _mm256_fmadd_ps(x, b[v], sum[r][v]);
            }
            OCK_UNROLL for (int r = 0; even && r < rows; r += 3) a[r]++;
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
    finish(sum, tile, rows, vectors, last);
}

TARGET OCK_INLINE void whole_tiles(ock_f32_tile tile) {
    for (; tile.rows > 0; ock_f32_advance(&tile, 1, 6)) product(&tile, 6, 2, 1);
}

TARGET void ock_f32_gemm_avx2(const ock_f32_tile *tile) {
    if (!tile->a) {
        whole_tiles(*tile);
    } else if (tile->width == 16) {
        if (tile->rows > 3) product(tile, 6, 2, 0);
        else if (tile->rows > 1) product(tile, 3, 2, 0);
        else product(tile, 1, 2, 0);
    } else {
        if (tile->rows > 6) product(tile, 12, 1, 0);
        else if (tile->rows > 2) product(tile, 6, 1, 0);
        else product(tile, 2, 1, 0);
    }
}
#endif

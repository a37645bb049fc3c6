// The float matrix product tile for AVX-512: up to 12 rows of 32, 16 (zmm) or 8 (ymm) columns in registers.
// 24 sums, 2 weight vectors and the broadcast input fill 27 of the 32 registers.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))

TARGET OCK_INLINE __m512 leaky(__m512 value, float slope) {
    __mmask16 negative = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_LT_OQ);
    return _mm512_mask_mul_ps(value, negative, value, _mm512_set1_ps(slope));
}

TARGET OCK_INLINE __m512 limit(__m512 value, const ock_f32_tile *tile) {
    return _mm512_min_ps(_mm512_max_ps(value, _mm512_set1_ps(tile->lower)), _mm512_set1_ps(tile->upper));
}

/// All sums of a tile to the output. One branch a case for all of them.
TARGET OCK_INLINE void finish(__m512 sum[OCK_F32_ROWS][2], const ock_f32_tile *tile, int rows, int vectors, ptrdiff_t last) {
    if (tile->slope != 1) {
        OCK_RARE;
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = leaky(sum[r][v], tile->slope);
    }
    if (tile->columns == 16 * vectors) {
        OCK_UNROLL for (int r = 0; r < rows; r++)
            OCK_UNROLL for (int v = 0; v < vectors; v++)
                _mm512_storeu_ps(tile->out + OCK_ROW(r) * tile->out_stride + 16 * v, limit(sum[r][v], tile));
        return;
    }
    const unsigned some = ~(~0u << tile->columns);
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < vectors; v++)
            _mm512_mask_storeu_ps(tile->out + OCK_ROW(r) * tile->out_stride + 16 * v, (__mmask16)(some >> 16 * v),
                                  limit(sum[r][v], tile));
}

/// `even`: without a table. Every third row has a pointer then, from which an address reaches two further rows.
TARGET OCK_INLINE void wide(const ock_f32_tile *tile, const int rows, const int vectors, const int even) {
    __m512 sum[OCK_F32_ROWS][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        __m512 bias = _mm512_loadu_ps(tile->bias + 16 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const float *weights = tile->packed, *first = tile->first;
    const float *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, step = tile->row_step, last = (even ? rows : tile->rows) - 1;
    const char *next = (const char *)tile->next;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--) {
        const float *a[OCK_F32_ROWS];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = even ? first + (r - r % 3) * step : pointers[OCK_ROW(r)];
        if (even) first += tile->segment_step;
        else pointers += OCK_F32_ROWS;
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < span; k++) {
            __builtin_prefetch(next, 0, 3);
            next += 64;
            __m512 b[2];
            OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm512_loadu_ps(weights + 16 * v);
            weights += 16 * vectors;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                __m512 x = _mm512_set1_ps(even ? a[r - r % 3][r % 3 * step] : a[r][k]);
                OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = _mm512_fmadd_ps(x, b[v], sum[r][v]);
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
                sum[r][v] = _mm512_add_ps(sum[r][v], _mm512_loadu_ps(add + OCK_ROW(r) * tile->add_stride + 16 * v));
    }
    finish(sum, tile, rows, vectors, last);
}

TARGET OCK_INLINE void thin(const ock_f32_tile *tile, const int rows) {
    __m256 sum[OCK_F32_ROWS];
    __m256 bias = _mm256_loadu_ps(tile->bias);
    OCK_UNROLL for (int r = 0; r < rows; r++) sum[r] = bias;
    const float *weights = tile->packed;
    const float *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, last = tile->rows - 1;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_F32_ROWS) {
        const float *a[OCK_F32_ROWS];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[OCK_ROW(r)];
        ptrdiff_t k = 0;
        for (; k + 4 <= span; k += 4, weights += 32) {
            // All four k of a row in turn: with 12 pointers some are in memory, and are fetched once for four.
            __m256 b[4];
            OCK_UNROLL for (int i = 0; i < 4; i++) b[i] = _mm256_loadu_ps(weights + 8 * i);
            OCK_UNROLL for (int r = 0; r < rows; r++)
                OCK_UNROLL for (int i = 0; i < 4; i++)
                    sum[r] = _mm256_fmadd_ps(_mm256_set1_ps(a[r][k + i]), b[i], sum[r]);
        }
#pragma clang loop unroll(disable)
        for (; k < span; k++, weights += 8) {
            __m256 b = _mm256_loadu_ps(weights);
            OCK_UNROLL for (int r = 0; r < rows; r++)
                sum[r] = _mm256_fmadd_ps(_mm256_set1_ps(a[r][k]), b, sum[r]);
        }
    }
    __mmask8 mask = (__mmask8)((1u << tile->columns) - 1);
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        __m512 wide = _mm512_castps256_ps512(sum[r]);
        if (tile->slope != 1) {
            OCK_RARE;
            wide = leaky(wide, tile->slope);
        }
        __m256 value = _mm512_castps512_ps256(limit(wide, tile));
        if (mask == 0xff) _mm256_storeu_ps(tile->out + OCK_ROW(r) * tile->out_stride, value);
        else _mm256_mask_storeu_ps(tile->out + OCK_ROW(r) * tile->out_stride, mask, value);
    }
}

TARGET OCK_INLINE void rows_up_to(const ock_f32_tile *tile, const int rows) {
    if (tile->width == 32) wide(tile, rows, 2, 0);
    else if (tile->width == 16) wide(tile, rows, 1, 0);
    else thin(tile, rows);
}

TARGET OCK_INLINE void whole_tiles(ock_f32_tile tile) {
    for (; tile.rows > 0; ock_f32_advance(&tile, 1, 12)) wide(&tile, 12, 2, 1);
}

TARGET void ock_f32_gemm_avx512(const ock_f32_tile *tile) {
    if (!tile->a) whole_tiles(*tile);
    else if (tile->rows > 8) rows_up_to(tile, 12);
    else if (tile->rows > 4) rows_up_to(tile, 8);
    else if (tile->rows > 1) rows_up_to(tile, 4);
    else rows_up_to(tile, 1);
}
#endif

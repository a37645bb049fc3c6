// The int8 matrix product tile for AVX-512 VNNI: 12 rows of 32 or 16 columns, or 8 rows of 8, in registers.
// vpdpbusd adds four products of unsigned and signed bytes to each 32-bit sum, without saturation.
#include "int8_kernels.h"

#if defined(__x86_64__)
#include "int8_vnni.h"

TARGET OCK_INLINE __m512i four(const uint8_t *bytes) {
    int32_t value;
    memcpy(&value, bytes, 4);
    return _mm512_set1_epi32(value);
}

/// Sums of up to 12 rows as floats to `out`; rows behind `last` repeat it.
TARGET OCK_INLINE void put_floats(
    const ock_i8_tile *tile, const int rows, const int vectors, ptrdiff_t last, float *out, const __m512 scale[2],
    __m512i sum[OCK_I8_ROWS][2]) {
    const unsigned some = 0xffffffffu >> (32 - tile->columns);
    OCK_UNROLL for (int r = 0; r < rows; r++)
        OCK_UNROLL for (int v = 0; v < vectors; v++)
            _mm512_mask_storeu_ps(
                out + OCK_ROW(r) * tile->out_stride + 16 * v, (__mmask16)(some >> 16 * v),
                _mm512_mul_ps(_mm512_cvtepi32_ps(sum[r][v]), scale[v]));
}

/// Finished sums of up to 12 rows to `out`; rows behind `last` repeat it.
TARGET OCK_INLINE void put(
    const ock_i8_tile *tile, const int rows, const int vectors, ptrdiff_t last, uint8_t *out, ends limits,
    const __m512 scale[2], __m512i sum[OCK_I8_ROWS][2]) {
    const ptrdiff_t stride = tile->out_stride;
    const __m512i order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    // Byte masks make stores slow on some processors: only where columns are missing.
    const int full = tile->columns == 16 * vectors;
    if (vectors == 2) {
        const __mmask32 mask = (__mmask32)(0xffffffffu >> (32 - tile->columns));
        OCK_UNROLL for (int r = 0; r < rows; r += 2) {
            const int s = r + 1 < rows ? r + 1 : r;
            __m512i bytes = finish(
                limits, scale[0], scale[1], scale[0], scale[1], sum[r][0], sum[r][1], sum[s][0], sum[s][1]);
            bytes = _mm512_permutexvar_epi32(order, bytes);
            __m256i first = _mm512_castsi512_si256(bytes), second = _mm512_extracti64x4_epi64(bytes, 1);
            uint8_t *one = out + OCK_ROW(r) * stride, *two = out + OCK_ROW(s) * stride;
            if (full) {
                _mm256_storeu_si256((__m256i *)one, first);
                if (s > r) _mm256_storeu_si256((__m256i *)two, second);
            } else {
                _mm256_mask_storeu_epi8(one, mask, first);
                if (s > r) _mm256_mask_storeu_epi8(two, mask, second);
            }
        }
        return;
    }
    const __mmask16 mask = (__mmask16)(0xffffu >> (16 - tile->columns));
    OCK_UNROLL for (int r = 0; r < rows; r += 4) {
        const int s = r + 1 < rows ? r + 1 : r, t = r + 2 < rows ? r + 2 : r, u = r + 3 < rows ? r + 3 : r;
        __m512i bytes = finish(
            limits, scale[0], scale[0], scale[0], scale[0], sum[r][0], sum[s][0], sum[t][0], sum[u][0]);
        bytes = _mm512_permutexvar_epi32(order, bytes);
        __m128i first = _mm512_castsi512_si128(bytes), second = _mm512_extracti32x4_epi32(bytes, 1);
        __m128i third = _mm512_extracti32x4_epi32(bytes, 2), fourth = _mm512_extracti32x4_epi32(bytes, 3);
        uint8_t *one = out + OCK_ROW(r) * stride, *two = out + OCK_ROW(s) * stride;
        uint8_t *three = out + OCK_ROW(t) * stride, *four = out + OCK_ROW(u) * stride;
        if (full) {
            _mm_storeu_si128((__m128i *)one, first);
            if (s > r) _mm_storeu_si128((__m128i *)two, second);
            if (t > r) _mm_storeu_si128((__m128i *)three, third);
            if (u > r) _mm_storeu_si128((__m128i *)four, fourth);
        } else {
            _mm_mask_storeu_epi8(one, mask, first);
            if (s > r) _mm_mask_storeu_epi8(two, mask, second);
            if (t > r) _mm_mask_storeu_epi8(three, mask, third);
            if (u > r) _mm_mask_storeu_epi8(four, mask, fourth);
        }
    }
}

TARGET OCK_INLINE void wide(const ock_i8_tile *tile, const int rows, const int vectors) {
    __m512i sum[OCK_I8_ROWS][2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        __m512i bias = _mm512_loadu_si512(tile->bias + 16 * v);
        OCK_UNROLL for (int r = 0; r < rows; r++) sum[r][v] = bias;
    }
    const int8_t *weights = tile->packed;
    const uint8_t *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, last = tile->rows - 1;
    const char *next = (const char *)tile->next;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_I8_ROWS) {
        const uint8_t *a[OCK_I8_ROWS];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[OCK_ROW(r)];
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < span; k += 4) {
            __builtin_prefetch(next, 0, 3);
            next += 64;
            __m512i b[2];
            OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm512_loadu_si512(weights + 64 * v);
            weights += 64 * vectors;
            OCK_UNROLL for (int r = 0; r < rows; r++) {
                __m512i x = four(a[r] + k);
                OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = _mm512_dpbusd_epi32(sum[r][v], x, b[v]);
            }
        }
    }
    __m512 scale[2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) scale[v] = _mm512_loadu_ps(tile->multipliers + 16 * v);
    if (tile->finish.floats) {
        put_floats(tile, rows, vectors, last, tile->out, scale, sum);
        return;
    }
    put(tile, rows, vectors, last, tile->out, make_ends(&tile->finish), scale, sum);
}

/// How a sum ends.
enum { as_bytes, as_saturated_bytes, as_floats };

/// Full tiles of rows at equal distances: nothing is looked up between them. Returns how many rows it did.
TARGET OCK_INLINE ptrdiff_t streak(const ock_i8_tile *tile, ptrdiff_t distance, const int vectors, const int ending) {
    ends limits = make_ends(&tile->finish);
    limits.saturates = ending == as_saturated_bytes;
    const ptrdiff_t step = OCK_I8_ROWS * tile->out_stride * (ending == as_floats ? (ptrdiff_t)sizeof(float) : 1);
    const ptrdiff_t span = tile->span;
    __m512 scale[2];
    __m512i bias[2];
    OCK_UNROLL for (int v = 0; v < vectors; v++) {
        scale[v] = _mm512_loadu_ps(tile->multipliers + 16 * v);
        bias[v] = _mm512_loadu_si512(tile->bias + 16 * v);
    }
    const uint8_t *in = tile->a[0];
    const char *next = (const char *)tile->next;
    uint8_t *out = tile->out;
    ptrdiff_t done = 0;
    for (; done + OCK_I8_ROWS <= tile->rows; done += OCK_I8_ROWS) {
        __m512i sum[OCK_I8_ROWS][2];
        OCK_UNROLL for (int v = 0; v < vectors; v++)
            OCK_UNROLL for (int r = 0; r < OCK_I8_ROWS; r++) sum[r][v] = bias[v];
        const int8_t *weights = tile->packed;
        if (!tile->next) next = (const char *)in + OCK_I8_ROWS * distance;
#pragma clang loop unroll(disable)
        for (const uint8_t *k = in; k < in + span; k += 4) {
            __builtin_prefetch(next, 0, 3);
            next += 64;
            __m512i b[2];
            OCK_UNROLL for (int v = 0; v < vectors; v++) b[v] = _mm512_loadu_si512(weights + 64 * v);
            weights += 64 * vectors;
            OCK_UNROLL for (int r = 0; r < OCK_I8_ROWS; r++) {
                __m512i x = four(k + r * distance);
                OCK_UNROLL for (int v = 0; v < vectors; v++) sum[r][v] = _mm512_dpbusd_epi32(sum[r][v], x, b[v]);
            }
        }
        if (ending == as_floats) put_floats(tile, OCK_I8_ROWS, vectors, OCK_I8_ROWS - 1, (float *)out, scale, sum);
        else put(tile, OCK_I8_ROWS, vectors, OCK_I8_ROWS - 1, out, limits, scale, sum);
        in += OCK_I8_ROWS * distance;
        out += step;
    }
    return done;
}

// Eight columns: neighbouring lanes hold two k-groups of one column, and are added at the end.
// [rows r, r + 1]: in each quarter l two columns 2 l, 2 l + 1 of r, then of r + 1.
TARGET OCK_INLINE void join(const __m512i sum[8], __m512i pair[4]) {
    OCK_UNROLL for (int r = 0; r < 8; r += 2) {
        __m512 x = _mm512_castsi512_ps(sum[r]), y = _mm512_castsi512_ps(sum[r + 1]);
        pair[r / 2] = _mm512_add_epi32(
            _mm512_castps_si512(_mm512_shuffle_ps(x, y, 0x88)), _mm512_castps_si512(_mm512_shuffle_ps(x, y, 0xdd)));
    }
}

TARGET OCK_INLINE __m512 thin_scale(const ock_i8_tile *tile) {
    const __m512i spread = _mm512_setr_epi32(0, 1, 0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7);
    return _mm512_permutexvar_ps(spread, _mm512_castps256_ps512(_mm256_loadu_ps(tile->multipliers)));
}

/// Eight rows of eight bytes, one behind another.
TARGET OCK_INLINE __m512i thin_bytes(ends limits, __m512 scale, const __m512i pair[4]) {
    const __m512i order = _mm512_set_epi16(
        31, 23, 15, 7, 30, 22, 14, 6, 29, 21, 13, 5, 28, 20, 12, 4, 27, 19, 11, 3, 26, 18, 10, 2, 25, 17, 9, 1, 24,
        16, 8, 0);
    __m512i bytes = finish(limits, scale, scale, scale, scale, pair[0], pair[1], pair[2], pair[3]);
    return _mm512_permutexvar_epi16(order, bytes);
}

TARGET OCK_INLINE __m512i eight(const uint8_t *bytes) {
    int64_t value;
    memcpy(&value, bytes, 8);
    return _mm512_set1_epi64(value);
}

TARGET OCK_INLINE void thin(const ock_i8_tile *tile, const int rows) {
    __m512i sum[8];
    __m512i bias = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)tile->bias));
    OCK_UNROLL for (int r = 0; r < 8; r++) sum[r] = bias;
    const int8_t *weights = tile->packed;
    const uint8_t *const *pointers = tile->a;
    const ptrdiff_t span = tile->span, last = tile->rows - 1;
    for (ptrdiff_t segment = tile->segments; segment > 0; segment--, pointers += OCK_I8_ROWS) {
        const uint8_t *a[8];
        OCK_UNROLL for (int r = 0; r < rows; r++) a[r] = pointers[OCK_ROW(r)];
#pragma clang loop unroll(disable)
        for (ptrdiff_t k = 0; k < span; k += 8, weights += 64) {
            __m512i b = _mm512_loadu_si512(weights);
            OCK_UNROLL for (int r = 0; r < rows; r++) sum[r] = _mm512_dpbusd_epi32(sum[r], eight(a[r] + k), b);
        }
    }
    __m512i pair[4];
    join(sum, pair);
    const __m512 scale = thin_scale(tile);
    const ptrdiff_t stride = tile->out_stride, columns = tile->columns;
    if (tile->finish.floats) {
        const __m512i order = _mm512_setr_epi32(0, 1, 4, 5, 8, 9, 12, 13, 2, 3, 6, 7, 10, 11, 14, 15);
        const __mmask8 mask = (__mmask8)(0xffu >> (8 - columns));
        OCK_UNROLL for (int r = 0; r < rows; r++) {
            __m512 value = _mm512_mul_ps(_mm512_cvtepi32_ps(pair[r / 2]), scale);
            value = _mm512_permutexvar_ps(order, value);
            __m256 half = r & 1 ? _mm512_extractf32x8_ps(value, 1) : _mm512_castps512_ps256(value);
            _mm256_mask_storeu_ps((float *)tile->out + OCK_ROW(r) * stride, mask, half);
        }
        return;
    }
    __m512i bytes = thin_bytes(make_ends(&tile->finish), scale, pair);
    uint8_t *out = tile->out;
    if (columns == 8 && stride == 8) {
        _mm512_mask_storeu_epi64(out, (__mmask8)(0xffu >> (7 - last)), bytes);
        return;
    }
    const __mmask16 mask = (__mmask16)(0xffu >> (8 - columns));
    OCK_UNROLL for (int r = 0; r < rows; r++) {
        __m128i two = r < 2 ? _mm512_castsi512_si128(bytes)
            : r < 4         ? _mm512_extracti32x4_epi32(bytes, 1)
            : r < 6         ? _mm512_extracti32x4_epi32(bytes, 2)
                            : _mm512_extracti32x4_epi32(bytes, 3);
        _mm_mask_storeu_epi8(out + OCK_ROW(r) * stride, mask, r & 1 ? _mm_unpackhi_epi64(two, two) : two);
    }
}

/// As `streak`, for eight columns whose rows touch.
TARGET OCK_INLINE ptrdiff_t thin_streak(const ock_i8_tile *tile, ptrdiff_t distance) {
    const ends limits = make_ends(&tile->finish);
    const __m512 scale = thin_scale(tile);
    const __m512i bias = _mm512_cvtepu32_epi64(_mm256_loadu_si256((const __m256i *)tile->bias));
    const ptrdiff_t span = tile->span;
    const uint8_t *in = tile->a[0];
    ptrdiff_t done = 0;
    for (; done + 8 <= tile->rows; done += 8, in += 8 * distance) {
        __m512i sum[8], pair[4];
        OCK_UNROLL for (int r = 0; r < 8; r++) sum[r] = bias;
        const int8_t *weights = tile->packed;
#pragma clang loop unroll(disable)
        for (const uint8_t *k = in; k < in + span; k += 8, weights += 64) {
            __m512i b = _mm512_loadu_si512(weights);
            OCK_UNROLL for (int r = 0; r < 8; r++)
                sum[r] = _mm512_dpbusd_epi32(sum[r], eight(k + r * distance), b);
        }
        join(sum, pair);
        _mm512_storeu_si512((uint8_t *)tile->out + done * 8, thin_bytes(limits, scale, pair));
    }
    return done;
}

TARGET OCK_INLINE void rows_up_to(const ock_i8_tile *tile, const int rows) {
    if (tile->width == 32) wide(tile, rows, 2);
    else wide(tile, rows, 1);
}

TARGET void ock_i8_gemm_vnni(const ock_i8_tile *tile) {
    if (tile->width == 8) {
        if (tile->rows > 2) thin(tile, 8);
        else thin(tile, 2);
    } else if (tile->rows > 8) rows_up_to(tile, 12);
    else if (tile->rows > 4) rows_up_to(tile, 8);
    else if (tile->rows > 1) rows_up_to(tile, 4);
    else rows_up_to(tile, 1);
}

TARGET ptrdiff_t ock_i8_gemm_rows_vnni(const ock_i8_tile *tile, ptrdiff_t distance) {
    const int floats = tile->finish.floats;
    if (tile->width == 32 && floats) return streak(tile, distance, 2, as_floats);
    if (floats) return 0;
    if (tile->width == 8) return tile->columns == 8 && tile->out_stride == 8 ? thin_streak(tile, distance) : 0;
    if (tile->width == 16) return streak(tile, distance, 1, as_bytes);
    return only_saturates(&tile->finish) ? streak(tile, distance, 2, as_saturated_bytes)
                                         : streak(tile, distance, 2, as_bytes);
}
#endif

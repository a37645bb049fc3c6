// Resampling in plain C: the definition of what the other sets compute, and what runs where there is no other.
#include "resample_kernels.h"

OCK_INLINE void blend_row(const ock_resample_blend *blend, const int high, const int adds) {
    const uint8_t *rows[4] = {blend->rows[0], blend->rows[1], blend->rows[2], blend->rows[3]};
    float *restrict out = blend->out;
    const ptrdiff_t count = blend->count;
    const int w[4] = {blend->weights[0], blend->weights[1], blend->weights[2], blend->weights[3]};
    for (ptrdiff_t i = 0; i < count; i++) {
        int sum = rows[0][i] * w[0] + rows[1][i] * w[1];
        if (high > 2) sum += rows[2][i] * w[2];
        if (high > 3) sum += rows[3][i] * w[3];
        out[i] = adds ? out[i] + (float)sum : (float)sum;
    }
}

#define ROWS(n) if (blend->high == n) { if (blend->adds) blend_row(blend, n, 1); else blend_row(blend, n, 0); }

void ock_resample_rows_scalar(const ock_resample_blend *blend) { ROWS(2) ROWS(3) ROWS(4) }

OCK_INLINE float level(const ock_resample_line *line, ptrdiff_t x, ptrdiff_t c) {
    const ptrdiff_t lanes = line->lanes;
    const float *from = line->row + line->starts[x] + line->channels[c];
    const float *weights = line->weights + x * line->pairs * 8;
    float even = from[0] * weights[0], odd = from[lanes] * weights[lanes];
    for (ptrdiff_t p = 1; p < line->pairs; p++) {
        from += 2 * lanes;
        weights += 8;
        float next = from[0] * weights[0], nextOdd = from[lanes] * weights[lanes];
        even += next;
        odd += nextOdd;
    }
    return (even + odd) * line->unit;
}

void ock_resample_bytes_scalar(const ock_resample_line *shared, uint8_t *out) {
    const ock_resample_line own = *shared, *line = &own;  // what is written cannot be in it
    for (ptrdiff_t x = 0; x < line->pixels; x++)
        for (ptrdiff_t c = 0; c < 3; c++) {
            // Adding 2^23 leaves the nearest whole number in the lowest bits.
            float shifted = level(line, x, c) + 8388608.0f;
            uint32_t bits;
            memcpy(&bits, &shifted, 4);
            out[3 * x + c] = (uint8_t)bits;
        }
}

void ock_resample_floats_scalar(const ock_resample_line *line, float *out) {
    for (ptrdiff_t x = 0; x < line->pixels; x++)
        for (ptrdiff_t c = 0; c < 3; c++) {
            float centred = level(line, x, c) - line->mean[c];
            out[3 * x + c] = centred * line->scale[c];
        }
}

OCK_INLINE uint8_t byte(int32_t sum) {
    // Right shifts of negative numbers keep the sign in every compiler we build with.
    int32_t value = sum >> 14;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

OCK_INLINE void pair(int y0, int y1, int u, int v, uint8_t *out) {
    const int32_t red = v * ock_red_v + ock_red_offset;
    const int32_t green = u * ock_green_u + v * ock_green_v + ock_green_offset;
    const int32_t blue = u * 2 * ock_half_blue_u + ock_blue_offset;
    for (int i = 0; i < 2; i++) {
        const int32_t luma = (i ? y1 : y0) * ock_luma;
        out[4 * i] = byte(luma + red);
        out[4 * i + 1] = byte(luma + green);
        out[4 * i + 2] = byte(luma + blue);
        out[4 * i + 3] = 0;
    }
}

void ock_resample_yuyv_scalar(const uint8_t *in, uint8_t *out, ptrdiff_t pairs) {
    for (ptrdiff_t i = 0; i < pairs; i++, in += 4, out += 8) pair(in[0], in[2], in[1], in[3], out);
}

void ock_resample_nv12_scalar(const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs) {
    for (ptrdiff_t i = 0; i < pairs; i++, luma += 2, chroma += 2, out += 8)
        pair(luma[0], luma[1], chroma[0], chroma[1], out);
}

// The transforms of Winograd's F(4x4, 3x3) and the sums of his form of Strassen's method, for vectors of any width: what the
// float_winograd files of each instruction set include, having defined TARGET, `vector` and `mask`, a vector of ints.
// Interpolation at 0, 1, -1, 2, -2 and infinity. (A. Lavin, S. Gray, "Fast Algorithms for Convolutional Neural Networks",
// arXiv 1509.09308.)
#ifndef FLOAT_WINOGRAD_H
#define FLOAT_WINOGRAD_H

#include <string.h>

#include "float_kernels.h"

enum { lanes = sizeof(vector) / sizeof(float) };

TARGET OCK_INLINE vector load(const float *from) {
    vector value;
    memcpy(&value, from, sizeof value);
    return value;
}

TARGET OCK_INLINE void store(float *to, vector value) { memcpy(to, &value, sizeof value); }

/// B^T d for one column or row d of six.
TARGET OCK_INLINE void spread(const vector d[6], vector b[6]) {
    vector even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
    vector near = d[4] - d[2], far = 2 * (d[3] - d[1]);
    b[0] = 4 * d[0] - 5 * d[2] + d[4];
    b[1] = even + odd;
    b[2] = even - odd;
    b[3] = near + far;
    b[4] = near - far;
    b[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/// A^T m for one column or row m of six.
TARGET OCK_INLINE void gather(const vector m[6], vector y[4]) {
    vector sum = m[1] + m[2], difference = m[1] - m[2];
    vector wide = m[3] + m[4], apart = m[3] - m[4];
    y[0] = m[0] + sum + wide;
    y[1] = difference + 2 * apart;
    y[2] = sum + 4 * wide;
    y[3] = difference + 8 * apart + m[5];
}

TARGET OCK_INLINE void input_tile(const ock_f32_winograd_input *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += lanes) {
        vector half[6][6];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            vector d[6];
            OCK_UNROLL for (int y = 0; y < 6; y++) d[y] = load(tile->in[6 * y + x] + c);
            spread(d, half[x]);
        }
        OCK_UNROLL for (int y = 0; y < 6; y++) {
            vector d[6], b[6];
            OCK_UNROLL for (int x = 0; x < 6; x++) d[x] = half[x][y];
            spread(d, b);
            OCK_UNROLL for (int x = 0; x < 6; x++) store(tile->out + (6 * y + x) * tile->plane + c, b[x]);
        }
    }
}

TARGET OCK_INLINE vector choose(mask first, vector a, vector b) {
    return (vector)(((mask)a & first) | ((mask)b & ~first));
}

/// The end of every output value, as ock_f32_finish.
TARGET OCK_INLINE vector limit(vector value, const ock_f32_winograd_output *tile) {
    const vector zero = {0}, lower = tile->lower - zero, upper = tile->upper - zero;
    if (tile->slope != 1) value = choose(value < zero, value * tile->slope, value);
    value = choose(value < lower, lower, value);
    return choose(value > upper, upper, value);
}

TARGET OCK_INLINE void output_tile(const ock_f32_winograd_output *tile) {
    for (ptrdiff_t c = 0; c < tile->channels; c += lanes) {
        vector half[6][4];  // [column][row]
        OCK_UNROLL for (int x = 0; x < 6; x++) {
            vector m[6];
            OCK_UNROLL for (int y = 0; y < 6; y++) m[y] = load(tile->in + (6 * y + x) * tile->plane + c);
            gather(m, half[x]);
        }
        const vector bias = load(tile->bias + c);
        OCK_UNROLL for (int y = 0; y < 4; y++) {
            if (y >= tile->rows) break;
            vector m[6], out[4];
            OCK_UNROLL for (int x = 0; x < 6; x++) m[x] = half[x][y];
            gather(m, out);
            float *to = tile->out + y * tile->out_row + c;
            OCK_UNROLL for (int x = 0; x < 4; x++)
                if (x < tile->columns) store(to + x * tile->out_stride, limit(out[x] + bias, tile));
        }
    }
}

TARGET OCK_INLINE void add_halves(const ock_f32_halves *halves) {
    const float *above = halves->above, *below = halves->below;
    const ptrdiff_t half = halves->half, plane = halves->plane;
    float *out = halves->out;
    ptrdiff_t k = 0;
    for (; k + lanes <= half; k += lanes) {
        const vector a11 = load(above + k), a12 = load(above + half + k);
        const vector a21 = load(below + k), a22 = load(below + half + k);
        const vector s1 = a21 + a22, s2 = s1 - a11;
        store(out + k, s1);
        store(out + plane + k, s2);
        store(out + 2 * plane + k, a11 - a21);
        store(out + 3 * plane + k, a12 - s2);
    }
    for (; k < half; k++) {
        const float s1 = below[k] + below[half + k], s2 = s1 - above[k];
        out[k] = s1;
        out[plane + k] = s2;
        out[2 * plane + k] = above[k] - below[k];
        out[3 * plane + k] = above[half + k] - s2;
    }
}

#endif

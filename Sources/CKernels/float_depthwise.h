// Depthwise rows for vectors of any width: what the float_depthwise files of each instruction set include, having defined
// TARGET, `vector`, `load`, `store`, `multiply_add` and `finish`. A vector of channels at a time, its weights in registers, and
// every column of the input is loaded once for all outputs that see it.
#ifndef FLOAT_DEPTHWISE_H
#define FLOAT_DEPTHWISE_H

#include "float_kernels.h"

enum { lanes = sizeof(vector) / sizeof(float) };

/// Adds a column's part to outputs of one or two rows whose kernel column `x` it is.
#define ADD(sums, x)                                                          \
    OCK_UNROLL for (int o = 0; o < rows; o++)                                 \
        if (y >= o && y - o < high) sums[o] = multiply_add(value, weight[(y - o) * 3 + x], sums[o])

#define COLUMN(adds)                                                          \
    OCK_UNROLL for (int y = 0; y < high + rows - 1; y++) {                    \
        const vector value = load(in + y * row_stride);                       \
        adds;                                                                 \
    }                                                                         \
    in += in_stride

TARGET OCK_INLINE void channels_row(
    const ock_f32_row *row, const ptrdiff_t channel, const int rows, const int high, const int step) {
    const float *in = row->in + channel;
    float *out = row->out + channel;
    // Apart from the row: for all the compiler knows, an output could lie on it.
    const ptrdiff_t row_stride = row->row_stride, in_stride = row->in_stride, out_stride = row->out_stride;
    const ptrdiff_t pixels = row->pixels, out_row = row->out_row;
    const float lower = row->lower, upper = row->upper, slope = row->slope;
    vector weight[9];
    OCK_UNROLL for (int tap = 0; tap < 3 * high; tap++)
        weight[tap] = load(row->weights + tap * row->weight_stride + channel);
    const vector bias = load(row->bias + channel);
    // The output whose last columns come next, the one behind it, and with steps of one the one behind that.
    vector first[2] = {bias, bias}, second[2] = {bias, bias}, third[2];
    COLUMN(ADD(first, 0));
    if (step == 1) {
        COLUMN(ADD(first, 1); ADD(second, 0));
    }
    for (ptrdiff_t pixel = 0; pixel < pixels; pixel++, out += out_stride) {
        OCK_UNROLL for (int o = 0; o < rows; o++) third[o] = bias;
        if (step == 1) {
            COLUMN(ADD(first, 2); ADD(second, 1); ADD(third, 0));
        } else {
            COLUMN(ADD(first, 1));
            COLUMN(ADD(first, 2); ADD(third, 0));
        }
        OCK_UNROLL for (int o = 0; o < rows; o++) {
            store(out + o * out_row, finish(first[o], lower, upper, slope));
            first[o] = step == 1 ? second[o] : third[o];
            second[o] = third[o];
        }
    }
}

/// All whole vectors of channels; returns the channels done.
TARGET OCK_INLINE ptrdiff_t whole_vectors(const ock_f32_row *row) {
    ptrdiff_t channel = 0;
    for (; channel + lanes <= row->channels; channel += lanes) {
        switch (row->rows * 8 + row->high * 2 + row->step) {
            case 11: channels_row(row, channel, 1, 1, 1); break;
            case 12: channels_row(row, channel, 1, 1, 2); break;
            case 13: channels_row(row, channel, 1, 2, 1); break;
            case 14: channels_row(row, channel, 1, 2, 2); break;
            case 15: channels_row(row, channel, 1, 3, 1); break;
            case 16: channels_row(row, channel, 1, 3, 2); break;
            case 23: channels_row(row, channel, 2, 3, 1); break;
            case 24: channels_row(row, channel, 2, 3, 2); break;
        }
    }
    return channel;
}

/// The same row for the channels from `channel` on, which are fewer than a vector has: reading past them is not allowed.
OCK_INLINE ock_f32_row rest(const ock_f32_row *row, ptrdiff_t channel) {
    ock_f32_row rest = *row;
    rest.in += channel;
    rest.out += channel;
    rest.weights += channel;
    rest.bias += channel;
    rest.channels -= channel;
    return rest;
}

#undef ADD
#undef COLUMN
#endif

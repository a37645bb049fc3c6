// The definition of the int8 kernels: every other set is tested against these, bit for bit.
#include "int8_kernels.h"

enum { width = 8, group = 4 };

void ock_i8_gemm_scalar(const ock_i8_tile *tile) {
    for (ptrdiff_t row = 0; row < tile->rows; row++) {
        int32_t sum[width];
        for (int column = 0; column < width; column++) sum[column] = tile->bias[column];
        const int8_t *weights = tile->packed;
        for (ptrdiff_t segment = 0; segment < tile->segments; segment++) {
            const uint8_t *input = tile->a[segment * OCK_I8_ROWS + row];
            for (ptrdiff_t k = 0; k < tile->span; k += group, weights += width * group)
                for (int column = 0; column < width; column++)
                    for (int i = 0; i < group && k + i < tile->span; i++)
                        sum[column] += input[k + i] * weights[column * group + i];
        }
        for (ptrdiff_t column = 0; column < tile->columns; column++)
            ock_i8_store(
                tile->out, row * tile->out_stride + column, sum[column], tile->multipliers[column], &tile->finish);
    }
}

void ock_i8_depthwise_row_scalar(const ock_i8_row *row) {
    for (ptrdiff_t p = 0; p < row->pixels; p++)
        for (ptrdiff_t channel = 0; channel < row->channels; channel++) {
            int32_t sum = row->bias[channel];
            for (ptrdiff_t y = 0; y < row->high; y++)
                for (ptrdiff_t x = 0; x < 3; x++)
                    sum += row->in[y][(p * row->step + x) * row->in_stride[y] + channel]
                        * row->weights[(y * 3 + x) * row->padded + channel];
            ock_i8_store(
                row->out, p * row->out_stride + channel, sum, row->multipliers[channel], &row->finish);
        }
}

void ock_i8_depthwise_taps_scalar(const ock_i8_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel++) {
        int32_t sum = taps->bias[channel];
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum += taps->in[tap][channel] * taps->weights[tap * taps->padded + channel];
        ock_i8_store(taps->out, channel, sum, taps->multipliers[channel], &taps->finish);
    }
}

void ock_i8_add_scalar(
    const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count) {
    for (ptrdiff_t i = 0; i < count; i++) {
        float left = (float)(a[i] - sum->zero_a) * sum->multiplier_a;
        float right = (float)(b[i] - sum->zero_b) * sum->multiplier_b;
        float value = left + right;
        y[i] = ock_i8_byte(value, &sum->finish);
    }
}

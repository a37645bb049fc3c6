// The definition of the float depthwise kernels: every other set is tested against it.
#include "float_kernels.h"

void ock_f32_depthwise_row_scalar(const ock_f32_row *row) {
    for (ptrdiff_t o = 0; o < row->rows; o++)
        for (ptrdiff_t pixel = 0; pixel < row->pixels; pixel++) {
            const float *in = row->in + o * row->row_stride + pixel * row->step * row->in_stride;
            float *out = row->out + o * row->out_row + pixel * row->out_stride;
            for (ptrdiff_t channel = 0; channel < row->channels; channel++) {
                float sum = row->bias[channel];
                for (ptrdiff_t x = 0; x < 3; x++)
                    for (ptrdiff_t y = 0; y < row->high; y++)
                        sum += in[y * row->row_stride + x * row->in_stride + channel] *
                               row->weights[(y * 3 + x) * row->weight_stride + channel];
                out[channel] = ock_f32_finish(sum, row->lower, row->upper, row->slope);
            }
        }
}

void ock_f32_depthwise_taps_scalar(const ock_f32_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel++) {
        float sum = taps->bias[channel];
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++) sum += taps->in[tap][channel] * taps->weights[tap][channel];
        taps->out[channel] = ock_f32_finish(sum, taps->lower, taps->upper, taps->slope);
    }
}

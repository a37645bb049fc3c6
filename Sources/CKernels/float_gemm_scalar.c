// The definition of the float matrix product tile: every other set is tested against it.
#include "float_kernels.h"

enum { width = 8 };

void ock_f32_gemm_scalar(const ock_f32_tile *tile) {
    for (ptrdiff_t row = 0; row < tile->rows; row++) {
        float sum[width];
        for (int column = 0; column < width; column++) sum[column] = tile->bias[column];
        const float *weights = tile->packed;
        for (ptrdiff_t segment = 0; segment < tile->segments; segment++) {
            const float *input = tile->a ? tile->a[segment * OCK_F32_ROWS + row]
                                         : tile->first + segment * tile->segment_step + row * tile->row_step;
            for (ptrdiff_t k = 0; k < tile->span; k++, weights += width)
                for (int column = 0; column < width; column++) sum[column] += input[k] * weights[column];
        }
        for (int i = 0; i < 2; i++)
            for (int column = 0; tile->add[i] && column < width; column++)
                sum[column] += tile->add[i][row * tile->add_stride + column];
        for (ptrdiff_t column = 0; column < tile->columns; column++)
            tile->out[row * tile->out_stride + column] =
                ock_f32_finish(sum[column], tile->lower, tile->upper, tile->slope);
    }
}

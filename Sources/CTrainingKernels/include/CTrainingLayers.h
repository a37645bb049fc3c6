// Forward and backward loops of layers, on the best instruction set of this machine.
// A tensor is `rows` rows of `period` floats that touch: the channels, or several positions of few channels side by
// side (their parameters then repeat), because loops over eight channels leave wide registers empty.
#ifndef CTRAININGLAYERS_H
#define CTRAININGLAYERS_H

#include <stddef.h>

/// Piecewise linear: x below `low` has slope `slope`, x above `high` is constant.
/// No activation: low = -inf, high = inf. ReLU: 0, inf, slope 0. ReLU6: 0, 6, 0. Leaky ReLU: 0, inf, slope.
typedef struct {
    float low;
    float high;
    float slope;
} otk_clamp;

/// target[i] += factor * source[i]
void otk_accumulate(float *target, const float *source, float factor, size_t count);

/// Of each column: the mean and the sum of squared distances from it.
void otk_moments(const float *x, size_t rows, size_t period, float *mean, float *squares);

/// y = clamp(x * factor + offset), parameters a column.
void otk_normalize(
    const float *x, float *y, size_t rows, size_t period, const float *factor, const float *offset, otk_clamp clamp);

/// The gradient g behind the clamp: sums of g and of g * (x - mean) over each column. `gradient` is of y above.
void otk_normalize_sums(
    const float *gradient, const float *x, size_t rows, size_t period, const float *factor, const float *offset,
    const float *mean, otk_clamp clamp, float *sums, float *products);

/// result = g * a + x * b + c, a column each; `result` may be `gradient`.
void otk_normalize_backward(
    const float *gradient, const float *x, float *result, size_t rows, size_t period, const float *factor,
    const float *offset, const float *a, const float *b, const float *c, otk_clamp clamp);

/// Sums of each column.
void otk_column_sums(const float *x, size_t rows, size_t period, float *sums);

/// gradient *= derivative of the clamp, told from its result y.
void otk_clamp_backward(float *gradient, const float *y, size_t count, otk_clamp clamp);

/// y = scale * (limit(round(y / scale) + zero, 0, 255) - zero), ties to even: rounds to a grid of bytes.
void otk_round_to_grid(float *y, size_t count, float scale, float zero);

/// One depthwise convolution of one picture.
typedef struct {
    int inputHeight, inputWidth, outputHeight, outputWidth, channels;
    int kernelHeight, kernelWidth, stride, dilation, paddingTop, paddingLeft;
} otk_depthwise;

/// weights[tap][channel] += sum over output positions of x * gradient.
void otk_depthwise_weights(const otk_depthwise *shape, const float *x, const float *gradient, float *weights);

/// result[position][channel] += sum over taps of weights[tap][channel] * gradient. `result` starts at what it holds.
void otk_depthwise_input(const otk_depthwise *shape, const float *weights, const float *gradient, float *result);

#endif

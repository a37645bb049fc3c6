// The loops of layers, for the instruction set of this machine.
#include "CTrainingKernels.h"
#include "dispatch.h"

DISPATCH(
    void, otk_accumulate,
    (float *target, const float *source, float factor, size_t count),
    (target, source, factor, count))
DISPATCH(
    void, otk_moments,
    (const float *x, size_t rows, size_t period, float *mean, float *squares),
    (x, rows, period, mean, squares))
DISPATCH(
    void, otk_normalize,
    (const float *x, float *y, size_t rows, size_t period, const float *factor, const float *offset, otk_clamp clamp),
    (x, y, rows, period, factor, offset, clamp))
DISPATCH(
    void, otk_normalize_sums,
    (const float *gradient, const float *x, size_t rows, size_t period, const float *factor, const float *offset, const float *mean, otk_clamp clamp, float *sums, float *products),
    (gradient, x, rows, period, factor, offset, mean, clamp, sums, products))
DISPATCH(
    void, otk_normalize_backward,
    (const float *gradient, const float *x, float *result, size_t rows, size_t period, const float *factor, const float *offset, const float *a, const float *b, const float *c, otk_clamp clamp),
    (gradient, x, result, rows, period, factor, offset, a, b, c, clamp))
DISPATCH(
    void, otk_column_sums,
    (const float *x, size_t rows, size_t period, float *sums),
    (x, rows, period, sums))
DISPATCH(
    void, otk_clamp_backward,
    (float *gradient, const float *y, size_t count, otk_clamp clamp),
    (gradient, y, count, clamp))
DISPATCH(
    void, otk_round_to_grid,
    (float *y, size_t count, float scale, float zero),
    (y, count, scale, zero))
DISPATCH(
    void, otk_depthwise_weights,
    (const otk_depthwise *shape, const float *x, const float *gradient, float *weights),
    (shape, x, gradient, weights))
DISPATCH(
    void, otk_depthwise_input,
    (const otk_depthwise *shape, const float *weights, const float *gradient, float *result),
    (shape, weights, gradient, result))

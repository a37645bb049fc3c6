// One step of an optimiser over the numbers of one parameter, and sums over gradients. No state; any thread may call.
#ifndef CTRAINING_OPTIMIZERS_H
#define CTRAINING_OPTIMIZERS_H

#include <stddef.h>

/// g = gradient + decay * value; momentum = factor * momentum + g; value -= rate * (nesterov ? g + factor * momentum
/// : momentum).
void otk_sgd(
    float *values, const float *gradients, float *momentum, size_t count, float rate, float factor, float decay,
    int nesterov);

typedef struct {
    float beta1, beta2, epsilon;
    /// Rate over the first moment's bias correction.
    float step;
    /// 1 over the root of the second moment's bias correction.
    float root_scale;
    /// 1 - rate * weight decay.
    float shrink;
} otk_adam;

/// Adam with decoupled decay (arXiv 1711.05101) for one parameter with its two moments.
void otk_adamw(
    float *values, const float *gradients, float *first, float *second, size_t count, const otk_adam *settings);

/// average[i] += share * (values[i] - average[i]).
void otk_average(float *average, const float *values, float share, size_t count);

/// Exchanges two arrays.
void otk_exchange(float *a, float *b, size_t count);

/// values[i] *= factor.
void otk_scale(float *values, float factor, size_t count);

/// Sum of squares in double; infinite or NaN when a number is.
double otk_sum_of_squares(const float *values, size_t count);

#endif

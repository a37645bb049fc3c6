// From the processor to its loops, and what needs no variant of its own.
#include <string.h>

#include "include/CTrainingKernels.h"
#include "include/CTrainingLosses.h"
#include "include/CTrainingOptimizers.h"
#include "include/CTrainingOverlap.h"

#include "dispatch.h"

#if defined(__x86_64__)
static _Thread_local int limit = 2;

/// The compiler's run-time keeps the answer; asking is one load.
int otk_level(void) {
    if (limit == 2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
        return 2;
    return limit > 0 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? 1 : 0;
}

void otk_limit_instructions(int level) { limit = level < 0 ? 0 : level > 2 ? 2 : level; }
#else
void otk_limit_instructions(int level) { (void)level; }
#endif

DISPATCH(float, otk_overlaps, (const otk_anchors *a, float l, float t, float r, float b, float *o), (a, l, t, r, b, o))
DISPATCH(void, otk_coverages, (const otk_anchors *a, float l, float t, float r, float b, float *o), (a, l, t, r, b, o))
DISPATCH(
    void, otk_keep_larger, (const float *overlaps, int32_t owner, size_t count, float *best, int32_t *owners),
    (overlaps, owner, count, best, owners))

DISPATCH(void, otk_softmax_losses, (const otk_class_rows *rows, float *losses), (rows, losses))
DISPATCH(void, otk_sigmoid_losses, (const otk_class_rows *rows, float *losses), (rows, losses))
DISPATCH(double, otk_softmax_cross_entropy, (const otk_class_rows *rows, const uint8_t *chosen), (rows, chosen))
DISPATCH(double, otk_sigmoid_cross_entropy, (const otk_class_rows *rows, const uint8_t *chosen), (rows, chosen))
DISPATCH(double, otk_softmax_focal, (const otk_class_rows *rows, float alpha, float gamma), (rows, alpha, gamma))
DISPATCH(double, otk_sigmoid_focal, (const otk_class_rows *rows, float alpha, float gamma), (rows, alpha, gamma))
DISPATCH(
    double, otk_smooth_l1, (const otk_regression_rows *rows, const int32_t *labels, const float *weights),
    (rows, labels, weights))
DISPATCH(
    double, otk_softmax_foreground, (const float *scores, size_t rows, size_t classes, float *foreground),
    (scores, rows, classes, foreground))
DISPATCH(
    double, otk_sigmoid_foreground, (const float *scores, size_t rows, size_t classes, float *foreground),
    (scores, rows, classes, foreground))
DISPATCH(double, otk_softmax_divergence, (const otk_soft_rows *rows), (rows))
DISPATCH(double, otk_sigmoid_divergence, (const otk_soft_rows *rows), (rows))

DISPATCH(
    void, otk_sgd,
    (float *values, const float *gradients, float *momentum, size_t count, float rate, float factor, float decay,
     int nesterov),
    (values, gradients, momentum, count, rate, factor, decay, nesterov))
DISPATCH(
    void, otk_adamw,
    (float *values, const float *gradients, float *first, float *second, size_t count, const otk_adam *settings),
    (values, gradients, first, second, count, settings))
DISPATCH(
    void, otk_average, (float *average, const float *values, float share, size_t count),
    (average, values, share, count))
DISPATCH(void, otk_exchange, (float *a, float *b, size_t count), (a, b, count))
DISPATCH(void, otk_scale, (float *values, float factor, size_t count), (values, factor, count))
DISPATCH(double, otk_sum_of_squares, (const float *values, size_t count), (values, count))

ptrdiff_t otk_best_free(const float *overlaps, const uint8_t *taken, size_t count) {
    ptrdiff_t found = -1;
    float best = 0;
    for (size_t i = 0; i < count; i++) {
        if (overlaps[i] > best && !taken[i]) {
            best = overlaps[i];
            found = (ptrdiff_t)i;
        }
    }
    return found;
}

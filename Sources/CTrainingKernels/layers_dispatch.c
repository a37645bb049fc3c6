// Chooses the instruction set once and calls through.
#include "CTrainingKernels.h"

typedef enum { base, avx2, avx512 } level;

static level best(void) {
    static _Atomic int known = 0;  // the level plus one; a race writes the same value twice
    int answer = known;
    if (!answer) {
        answer = base + 1;
#if defined(__x86_64__)
        __builtin_cpu_init();
        if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) answer = avx2 + 1;
        if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw")
            && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
            answer = avx512 + 1;
        }
#endif
        known = answer;
    }
    return (level)(answer - 1);
}

#if defined(__x86_64__)
#define CHOOSE(name, parameters, arguments) \
    void name##_base parameters; \
    void name##_avx2 parameters; \
    void name##_avx512 parameters; \
    void name parameters { \
        switch (best()) { \
        case avx512: name##_avx512 arguments; return; \
        case avx2: name##_avx2 arguments; return; \
        case base: name##_base arguments; return; \
        } \
    }
#else
#define CHOOSE(name, parameters, arguments) \
    void name##_base parameters; \
    void name parameters { name##_base arguments; }
#endif

CHOOSE(
    otk_accumulate,
    (float *target, const float *source, float factor, size_t count),
    (target, source, factor, count))
CHOOSE(
    otk_moments,
    (const float *x, size_t rows, size_t period, float *mean, float *squares),
    (x, rows, period, mean, squares))
CHOOSE(
    otk_normalize,
    (const float *x, float *y, size_t rows, size_t period, const float *factor, const float *offset, otk_clamp clamp),
    (x, y, rows, period, factor, offset, clamp))
CHOOSE(
    otk_normalize_sums,
    (const float *gradient, const float *x, size_t rows, size_t period, const float *factor, const float *offset, const float *mean, otk_clamp clamp, float *sums, float *products),
    (gradient, x, rows, period, factor, offset, mean, clamp, sums, products))
CHOOSE(
    otk_normalize_backward,
    (const float *gradient, const float *x, float *result, size_t rows, size_t period, const float *factor, const float *offset, const float *a, const float *b, const float *c, otk_clamp clamp),
    (gradient, x, result, rows, period, factor, offset, a, b, c, clamp))
CHOOSE(
    otk_column_sums,
    (const float *x, size_t rows, size_t period, float *sums),
    (x, rows, period, sums))
CHOOSE(
    otk_clamp_backward,
    (float *gradient, const float *y, size_t count, otk_clamp clamp),
    (gradient, y, count, clamp))
CHOOSE(
    otk_round_to_grid,
    (float *y, size_t count, float scale, float zero),
    (y, count, scale, zero))
CHOOSE(
    otk_depthwise_weights,
    (const otk_depthwise *shape, const float *x, const float *gradient, float *weights),
    (shape, x, gradient, weights))
CHOOSE(
    otk_depthwise_input,
    (const otk_depthwise *shape, const float *weights, const float *gradient, float *result),
    (shape, weights, gradient, result))

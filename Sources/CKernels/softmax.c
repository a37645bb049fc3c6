// The pass over scores, written once in vectors of eight floats: each set of instructions compiles them to its own. What
// is added to what does not depend on the set.
#include <string.h>

#include "CKernels.h"
#include "kernel_macros.h"

// A product and the sum behind it are rounded one by one. (gcc needs -ffp-contract=off.)
#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif

typedef float floats __attribute__((vector_size(32)));
typedef int32_t words __attribute__((vector_size(32)));

#define ALL(value) ((floats){0} + (value))
/// Lanes of `a` where `mask` is -1, of `b` where it is 0.
#define SELECT(mask, a, b) ((floats)(((mask) & (words)(a)) | (~(mask) & (words)(b))))

static const float minus_infinity = -__builtin_inff();

/// exp(x) for x <= 0 within 1e-7 of it, 0 below -87; NaN for NaN.
#define EXPONENTIAL(result, x)                                                                            \
    do {                                                                                                  \
        /* x = n log(2) + r. Adding 1.5 * 2^23 leaves the whole number n in the lowest bits. */           \
        const float shift = 12582912.0f;                                                                  \
        floats shifted = (x) * 1.44269504f + shift, n = shifted - shift;                                  \
        /* log(2) in two parts: the first has so few digits that its product is exact. */                 \
        floats r = ((x) - n * 0.693359375f) + n * 2.12194440e-4f;                                         \
        /* The least relative error of 1 + r + r^2 q(r) with q of degree 4, |r| <= log(2) / 2. */         \
        floats q = ((((r * 0.0013814467f) + 0.008368781f) * r + 0.041668393f) * r + 0.1666652f) * r + 0.49999994f; \
        floats power = (floats)((((words)shifted - 0x4b400000) + 127) << 23);                             \
        floats product = (1.0f + (r + r * r * q)) * power;                                                \
        result = SELECT((x) < -87.0f, ALL(0.0f), product);                                                \
    } while (0)

typedef float four __attribute__((vector_size(16)));

/// Eight logits of a row from 8 * block on; block -1 has the last classes % 8 at its end, minus infinity in front.
OCK_INLINE void load(floats *lanes, const float *row, ptrdiff_t classes, ptrdiff_t block) {
    const int32_t rest = (int32_t)(classes % 8);
    const words index = {0, 1, 2, 3, 4, 5, 6, 7};
    if (block >= 0) {
        memcpy(lanes, row + 8 * block, sizeof *lanes);
    } else if (classes >= 8) {
        memcpy(lanes, row + classes - 8, sizeof *lanes);
        *lanes = SELECT(index >= 8 - rest, *lanes, ALL(minus_infinity));
    } else {
        float all[8];
        for (int i = 0; i < 8; i++) all[i] = i < 8 - rest ? minus_infinity : row[i - 8 + rest];
        memcpy(lanes, all, sizeof all);
    }
}

#define LARGER(a, b, type) \
    ((type)((((a) > (b)) & (__typeof__((a) > (b)))(a)) | (~((a) > (b)) & (__typeof__((a) > (b)))(b))))
#define SUM(a, b, type) ((a) + (b))

/// Halves joined until one lane is left.
#define REDUCE(result, lanes, join)                                                                       \
    do {                                                                                                  \
        four f = join(                                                                                    \
            __builtin_shufflevector(lanes, lanes, 0, 1, 2, 3), __builtin_shufflevector(lanes, lanes, 4, 5, 6, 7), four); \
        f = join(f, __builtin_shufflevector(f, f, 2, 3, 2, 3), four);                                     \
        f = join(f, __builtin_shufflevector(f, f, 1, 1, 1, 1), four);                                     \
        result = f[0];                                                                                    \
    } while (0)

/// The largest logit but the background's.
OCK_INLINE float best(const float *row, ptrdiff_t classes) {
    floats most = ALL(minus_infinity), lanes;
    const words index = {0, 1, 2, 3, 4, 5, 6, 7};
    for (ptrdiff_t block = classes % 8 ? -1 : 0; block < classes / 8; block++) {
        load(&lanes, row, classes, block);
        const int32_t background = block == 0 ? 0 : classes < 8 ? (int32_t)(8 - classes) : -1;
        lanes = SELECT(index == background, ALL(minus_infinity), lanes);
        most = LARGER(lanes, most, floats);
    }
    float largest;
    REDUCE(largest, most, LARGER);
    return largest;
}

/// Those of logit - most, whose sum is returned.
OCK_INLINE float exponentials(const float *row, ptrdiff_t classes, float most, float *out) {
    floats sum = ALL(0.0f), lanes, powers;
    // The rest first: what it writes in front of itself is written again.
    for (ptrdiff_t block = classes % 8 ? -1 : 0; block < classes / 8; block++) {
        load(&lanes, row, classes, block);
        lanes = lanes - most;
        EXPONENTIAL(powers, lanes);
        memcpy(out + (block < 0 ? classes : 8 + 8 * block), &powers, sizeof powers);
        sum = sum + powers;
    }
    float total;
    REDUCE(total, sum, SUM);
    return total;
}

OCK_INLINE ptrdiff_t find(ock_softmax *softmax, ptrdiff_t row) {
    const ptrdiff_t classes = softmax->classes;
    for (; row < softmax->rows; row++) {
        const float *logits = softmax->logits + row * classes;
        const float background = logits[0], size = background < 0 ? -background : background;
        const float object = best(logits, classes);
        // A little less than the bound, as both sides of it are rounded.
        if (!(object >= background + softmax->cutoff - (0.001f + size * 1e-6f))) continue;
        softmax->sum = exponentials(logits, classes, object > background ? object : background, softmax->exponentials);
        // No score is above 1 / sum.
        if (softmax->threshold * softmax->sum <= 1.000001f) return row;
    }
    return row;
}

// Half as many bytes of code for the same speed.
#define SMALL __attribute__((minsize))

#if defined(__x86_64__)
SMALL __attribute__((target("avx2"))) static ptrdiff_t find_avx2(ock_softmax *softmax, ptrdiff_t row) {
    return find(softmax, row);
}
#endif

SMALL ptrdiff_t ock_softmax_find(ock_isa isa, ock_softmax *softmax, ptrdiff_t row) {
#if defined(__x86_64__)
    if (isa == OCK_AVX512 || isa == OCK_AVX2) return find_avx2(softmax, row);
#else
    (void)isa;
#endif
    return find(softmax, row);
}

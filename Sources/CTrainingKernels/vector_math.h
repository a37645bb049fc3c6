// The exponential as a polynomial: what clang can vectorise, unlike a call into libm.
#ifndef VECTOR_MATH_H
#define VECTOR_MATH_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#define OTK_INLINE static inline __attribute__((always_inline))

/// exp(x) to 2 units in the last place for -87...88, limited outside. NaN stays NaN.
OTK_INLINE float otk_exp(float x) {
    x = x > 88.37f ? 88.37f : x;
    x = x < -87.33f ? -87.33f : x;
    // Adding 1.5 * 2^23 rounds to a whole number, which then stands in the low bits.
    float shifted = x * 1.44269504f + 12582912.0f;
    float whole = shifted - 12582912.0f;
    float r = x - whole * 0.693359375f;
    r = r + whole * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    uint32_t bits;
    memcpy(&bits, &shifted, 4);
    bits = (bits - 0x4B400000u + 127u) << 23;
    float power;
    memcpy(&power, &bits, 4);
    return p * power;
}

/// The square root as one instruction: sqrtf may set errno, and a loop with it does not vectorise.
OTK_INLINE float otk_root(float x) { return __builtin_elementwise_sqrt(x); }

/// log(1 + exp(x)) without overflow.
OTK_INLINE float otk_softplus(float x) { return (x > 0 ? x : 0) + log1pf(otk_exp(x > 0 ? -x : x)); }

/// 1 / (1 + exp(-x)) without losing what is near 0.
OTK_INLINE float otk_sigmoid(float x) {
    float e = otk_exp(x > 0 ? -x : x);
    return (x > 0 ? 1.0f : e) / (1.0f + e);
}

#endif

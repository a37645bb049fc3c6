// Optimiser loops, compiled once for each instruction set (loops_*.c). NAME adds the set's suffix.
#include "include/CTrainingOptimizers.h"

void NAME(otk_sgd)(
    float *restrict values, const float *restrict gradients, float *restrict momentum, size_t count, float rate,
    float factor, float decay, int nesterov) {
    float ahead = nesterov ? factor : 1.0f, own = nesterov ? 1.0f : 0.0f;
    for (size_t i = 0; i < count; i++) {
        float g = gradients[i] + decay * values[i];
        float m = factor * momentum[i] + g;
        momentum[i] = m;
        values[i] -= rate * (own * g + ahead * m);
    }
}

void NAME(otk_adamw)(
    float *restrict values, const float *restrict gradients, float *restrict first, float *restrict second,
    size_t count, const otk_adam *settings) {
    otk_adam s = *settings;
    for (size_t i = 0; i < count; i++) {
        float g = gradients[i];
        float m = first[i] + (1.0f - s.beta1) * (g - first[i]);
        float v = s.beta2 * second[i] + (1.0f - s.beta2) * g * g;
        first[i] = m;
        second[i] = v;
        values[i] = s.shrink * values[i] - s.step * m / (otk_root(v) * s.root_scale + s.epsilon);
    }
}

void NAME(otk_average)(float *restrict average, const float *restrict values, float share, size_t count) {
    for (size_t i = 0; i < count; i++) average[i] += share * (values[i] - average[i]);
}

void NAME(otk_exchange)(float *restrict a, float *restrict b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        float kept = a[i];
        a[i] = b[i];
        b[i] = kept;
    }
}

void NAME(otk_scale)(float *values, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) values[i] *= factor;
}

double NAME(otk_sum_of_squares)(const float *values, size_t count) {
    // Sixteen sums side by side in a fixed order: the same result whatever the vectors' width.
    double sums[16] = {0};
    size_t whole = count - count % 16;
    for (size_t i = 0; i < whole; i += 16)
        for (size_t j = 0; j < 16; j++) sums[j] += (double)values[i + j] * (double)values[i + j];
    for (size_t i = whole; i < count; i++) sums[i - whole] += (double)values[i] * (double)values[i];
    double sum = 0;
    for (size_t j = 0; j < 16; j++) sum += sums[j];
    return sum;
}

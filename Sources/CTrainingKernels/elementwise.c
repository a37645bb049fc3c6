#include "CTrainingKernels.h"

void otk_accumulate(float *target, const float *source, float factor, size_t count) {
    for (size_t i = 0; i < count; i++) target[i] += factor * source[i];
}

// AVX2 with FMA.
#include "CTrainingKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define OTK_NAME(name) name##_avx2
#include "layers_body.h"
#pragma clang attribute pop
#endif

// AVX-512.
#include "CTrainingKernels.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#define OTK_NAME(name) name##_avx512
#include "layers_body.h"
#pragma clang attribute pop
#endif

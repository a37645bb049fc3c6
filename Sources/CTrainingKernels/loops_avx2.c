// The loops of training for AVX2 with fused multiply-add. Their text is in the headers.
#if defined(__x86_64__)
#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx2
#include "loops.h"
#pragma clang attribute pop
#else
typedef int otk_nothing_for_this_processor;
#endif

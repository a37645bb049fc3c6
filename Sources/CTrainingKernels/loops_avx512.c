// The loops of training for AVX-512. Their text is in the headers.
#if defined(__x86_64__)
#include <math.h>
#include <stdint.h>
#include <string.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512bw,avx512dq,avx2,fma"))), apply_to = function)
#define NAME(name) name##_avx512
#include "loops.h"
#pragma clang attribute pop
#else
typedef int otk_nothing_for_this_processor;
#endif

// Inner loops of training that Swift cannot vectorise without compiler flags. No state but a limit a thread may set for
// comparisons; any thread may call.
#ifndef CTRAININGKERNELS_H
#define CTRAININGKERNELS_H

#include <stddef.h>

#include "CTrainingLosses.h"
#include "CTrainingOptimizers.h"
#include "CTrainingOverlap.h"

/// For comparisons: on this thread no more than 0 the base instructions, 1 AVX2, 2 AVX-512 (the default) of x86-64.
void otk_limit_instructions(int level);

/// target[i] += factor * source[i].
void otk_accumulate(float *target, const float *source, float factor, size_t count);

#endif

// Inner loops of training that Swift cannot vectorise without compiler flags. No state; any thread may call.
#ifndef CTRAININGKERNELS_H
#define CTRAININGKERNELS_H

#include <stddef.h>

#include "CTrainingLosses.h"
#include "CTrainingOptimizers.h"
#include "CTrainingOverlap.h"

/// target[i] += factor * source[i].
void otk_accumulate(float *target, const float *source, float factor, size_t count);

#endif

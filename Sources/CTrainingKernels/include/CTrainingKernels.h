// Inner loops of training that Swift cannot vectorise without compiler flags. No state but a limit a thread may set for
// comparisons; any thread may call.
#ifndef CTRAININGKERNELS_H
#define CTRAININGKERNELS_H

#include "CTrainingLayers.h"
#include "CTrainingLosses.h"
#include "CTrainingOptimizers.h"
#include "CTrainingOverlap.h"

/// For comparisons: on this thread no more than 0 the base instructions, 1 AVX2, 2 AVX-512 (the default) of x86-64.
void otk_limit_instructions(int level);

#endif

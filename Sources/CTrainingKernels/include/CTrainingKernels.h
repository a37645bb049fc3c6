// Inner loops of training: what Swift cannot vectorise without compiler flags. No state; any thread may call.
#ifndef CTRAININGKERNELS_H
#define CTRAININGKERNELS_H

#include "CTrainingLayers.h"
#include "CTrainingLosses.h"
#include "CTrainingOptimizers.h"
#include "CTrainingOverlap.h"

#endif

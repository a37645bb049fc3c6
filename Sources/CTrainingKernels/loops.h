// All loops that are compiled once for each instruction set. The including file defines NAME and the attributes.
#include "vector_math.h"

#include "layer_loops.h"
#include "loss_loops.h"
#include "optimizer_loops.h"
#include "overlap_loops.h"
#include "regression_loops.h"

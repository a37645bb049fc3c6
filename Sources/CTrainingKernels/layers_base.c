// What every machine of this kind runs: SSE2 on x86-64, NEON on arm64.
#include "CTrainingKernels.h"

#define OTK_NAME(name) name##_base
#include "layers_body.h"

#include "CKernels.h"
int ock_placeholder(void) { return 0; }

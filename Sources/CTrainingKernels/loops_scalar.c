// The loops of training for every processor (on arm64 NEON is part of the base). Their text is in the headers.
#define NAME(name) name##_scalar
#include "loops.h"

// Winograd's transforms for NEON on aarch64.
#if defined(__aarch64__)
#define TARGET
typedef float vector __attribute__((vector_size(16)));
typedef int mask __attribute__((vector_size(16)));
#include "float_winograd.h"

void ock_f32_winograd_input_neon(const ock_f32_winograd_input *tile) { input_tile(tile); }

void ock_f32_winograd_output_neon(const ock_f32_winograd_output *tile) { output_tile(tile); }

void ock_f32_add_halves_neon(const ock_f32_halves *halves) { add_halves(halves); }
#endif

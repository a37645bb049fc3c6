// Winograd's transforms, one number at a time: the definition that the other sets are tested against.
#define TARGET
typedef float vector __attribute__((vector_size(4)));
typedef int mask __attribute__((vector_size(4)));
#include "float_winograd.h"

void ock_f32_winograd_input_scalar(const ock_f32_winograd_input *tile) { input_tile(tile); }

void ock_f32_winograd_output_scalar(const ock_f32_winograd_output *tile) { output_tile(tile); }

void ock_f32_add_halves_scalar(const ock_f32_halves *halves) { add_halves(halves); }

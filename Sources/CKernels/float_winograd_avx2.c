// Winograd's transforms for AVX2 and FMA.
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx2,fma")))
typedef float vector __attribute__((vector_size(32)));
typedef int mask __attribute__((vector_size(32)));
#include "float_winograd.h"

TARGET void ock_f32_winograd_input_avx2(const ock_f32_winograd_input *tile) { input_tile(tile); }

TARGET void ock_f32_winograd_output_avx2(const ock_f32_winograd_output *tile) { output_tile(tile); }

TARGET void ock_f32_add_halves_avx2(const ock_f32_halves *halves) { add_halves(halves); }
#endif

// Winograd's transforms for AVX-512.
#if defined(__x86_64__)
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
typedef float vector __attribute__((vector_size(64)));
typedef int mask __attribute__((vector_size(64)));
#include "float_winograd.h"

TARGET void ock_f32_winograd_input_avx512(const ock_f32_winograd_input *tile) { input_tile(tile); }

TARGET void ock_f32_winograd_output_avx512(const ock_f32_winograd_output *tile) { output_tile(tile); }

TARGET void ock_f32_add_halves_avx512(const ock_f32_halves *halves) { add_halves(halves); }
#endif

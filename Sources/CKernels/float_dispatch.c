// From an instruction set to its float kernels. A predicted branch a call costs nothing beside a tile.
#include "float_kernels.h"

#if defined(__x86_64__)
#define CHOOSE(name, argument)                       \
    switch (isa) {                                   \
        case OCK_AVX512: name##_avx512(argument); return; \
        case OCK_AVX2: name##_avx2(argument); return;     \
        default: name##_scalar(argument); return;         \
    }
#elif defined(__aarch64__)
#define CHOOSE(name, argument)                       \
    switch (isa) {                                   \
        case OCK_NEON: name##_neon(argument); return;     \
        default: name##_scalar(argument); return;         \
    }
#else
#define CHOOSE(name, argument) (void)isa; name##_scalar(argument);
#endif

void ock_f32_gemm(ock_isa isa, const ock_f32_tile *tile) { CHOOSE(ock_f32_gemm, tile) }
void ock_f32_depthwise_row(ock_isa isa, const ock_f32_row *row) { CHOOSE(ock_f32_depthwise_row, row) }
void ock_f32_depthwise_taps(ock_isa isa, const ock_f32_taps *taps) { CHOOSE(ock_f32_depthwise_taps, taps) }
void ock_f32_winograd_input_tile(ock_isa isa, const ock_f32_winograd_input *tile) {
    CHOOSE(ock_f32_winograd_input, tile)
}
void ock_f32_winograd_output_tile(ock_isa isa, const ock_f32_winograd_output *tile) {
    CHOOSE(ock_f32_winograd_output, tile)
}
void ock_f32_add_halves(ock_isa isa, const ock_f32_halves *halves) { CHOOSE(ock_f32_add_halves, halves) }

ptrdiff_t ock_f32_tile_width(ock_isa isa, ptrdiff_t index) {
    static const ptrdiff_t widths[4][4] = {{8, 0}, {8, 4, 0}, {16, 8, 0}, {32, 16, 8, 0}};
    return widths[isa][index];
}

ptrdiff_t ock_f32_tile_rows(ock_isa isa, ptrdiff_t width) {
    switch (isa) {
        case OCK_AVX512: return 12;
        case OCK_AVX2: return width == 16 ? 6 : 12;
        case OCK_NEON: return 8;
        default: return 4;
    }
}

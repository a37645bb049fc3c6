// From an instruction set to its int8 kernels. A predicted branch a call costs nothing beside a tile.
#include "int8_kernels.h"

#if defined(__x86_64__)
#define CHOOSE(name, ...)                                     \
    switch (isa) {                                            \
        case OCK_I8_VNNI: name##_vnni(__VA_ARGS__); return;   \
        case OCK_I8_AVX2: name##_avx2(__VA_ARGS__); return;   \
        default: name##_scalar(__VA_ARGS__); return;          \
    }
#elif defined(__aarch64__)
#define CHOOSE(name, ...)                                     \
    switch (isa) {                                            \
        case OCK_I8_NEON:                                     \
        case OCK_I8_SDOT:                                     \
        case OCK_I8_I8MM: name##_neon(__VA_ARGS__); return;   \
        default: name##_scalar(__VA_ARGS__); return;          \
    }
#else
#define CHOOSE(name, ...) (void)isa; name##_scalar(__VA_ARGS__);
#endif

void ock_i8_gemm(ock_i8_isa isa, const ock_i8_tile *tile) {
#if defined(__aarch64__)
    if (isa == OCK_I8_SDOT) { ock_i8_gemm_sdot(tile); return; }
    if (isa == OCK_I8_I8MM) { ock_i8_gemm_i8mm(tile); return; }
#endif
    CHOOSE(ock_i8_gemm, tile)
}

void ock_i8_gemm_rows(ock_i8_isa isa, const ock_i8_tile *tile, ptrdiff_t distance) {
    ptrdiff_t done = 0;
#if defined(__x86_64__)
    if (isa == OCK_I8_VNNI) done = ock_i8_gemm_rows_vnni(tile, distance);
    if (isa == OCK_I8_AVX2) done = ock_i8_gemm_rows_avx2(tile, distance);
#endif
    const uint8_t *a[OCK_I8_ROWS];
    const ptrdiff_t most = ock_i8_tile_rows(isa, tile->width);
    ock_i8_tile part = *tile;
    part.a = a;
    while (done < tile->rows) {
        const ptrdiff_t left = tile->rows - done;
        // Two even tiles at the end instead of a full one and a sliver.
        part.rows = left <= most ? left : left < 2 * most ? (left + 1) / 2 : most;
        for (ptrdiff_t r = 0; r < part.rows; r++) a[r] = tile->a[0] + (done + r) * distance;
        part.out = ock_i8_element(tile->out, done * tile->out_stride, &tile->finish);
        if (!tile->next) part.next = a[part.rows - 1] + distance;
        ock_i8_gemm(isa, &part);
        done += part.rows;
    }
}

void ock_i8_depthwise_row(ock_i8_isa isa, const ock_i8_row *row) { CHOOSE(ock_i8_depthwise_row, row) }
void ock_i8_depthwise_rows(ock_i8_isa isa, const ock_i8_rows *rows) {
#if defined(__x86_64__)
    if (isa == OCK_I8_VNNI) ock_i8_depthwise_rows_vnni(rows);
#else
    (void)isa;
    (void)rows;
#endif
}
void ock_i8_depthwise_taps(ock_i8_isa isa, const ock_i8_taps *taps) { CHOOSE(ock_i8_depthwise_taps, taps) }
void ock_i8_add(
    ock_i8_isa isa, const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count) {
    CHOOSE(ock_i8_add, sum, a, b, y, count)
}

// Not for SDOT and I8MM: their products of bytes are four times and more as fast as those of 16-bit numbers.
ptrdiff_t ock_i8_winograd_channels(ock_i8_isa isa) {
    return isa == OCK_I8_VNNI ? 32 : isa == OCK_I8_AVX2 ? 16 : isa == OCK_I8_NEON ? 8 : 0;
}

ptrdiff_t ock_i8_winograd_group(ock_i8_isa isa) { return isa == OCK_I8_NEON ? 1 : 2; }

#if defined(__x86_64__)
#define WINOGRAD(name, value)                   \
    if (isa == OCK_I8_VNNI) name##_vnni(value); \
    else if (isa == OCK_I8_AVX2) name##_avx2(value)
#elif defined(__aarch64__)
#define WINOGRAD(name, value) (void)isa; name##_neon(value)
#else
#define WINOGRAD(name, value) (void)isa; (void)value
#endif

void ock_i8_winograd_input_tile(ock_i8_isa isa, const ock_i8_winograd_input *tile) {
    WINOGRAD(ock_i8_winograd_input, tile);
}
void ock_i8_winograd_products(ock_i8_isa isa, const ock_i8_winograd_product *product) {
    WINOGRAD(ock_i8_winograd_product, product);
}
void ock_i8_winograd_output_tile(ock_i8_isa isa, const ock_i8_winograd_output *tile) {
    WINOGRAD(ock_i8_winograd_output, tile);
}

ptrdiff_t ock_i8_tile_width(ock_i8_isa isa, ptrdiff_t index) {
    static const ptrdiff_t vnni[] = {32, 16, 8, 0}, avx2[] = {16, 8, 0}, other[] = {8, 0};
    return isa == OCK_I8_VNNI ? vnni[index] : isa == OCK_I8_AVX2 ? avx2[index] : other[index];
}

ptrdiff_t ock_i8_tile_rows(ock_i8_isa isa, ptrdiff_t width) {
    switch (isa) {
        case OCK_I8_VNNI: return width == 8 ? 8 : 12;
        case OCK_I8_SDOT:
        case OCK_I8_I8MM: return 8;
        case OCK_I8_AVX2: return width == 8 ? 6 : 4;
        default: return 4;
    }
}

ptrdiff_t ock_i8_tile_group(ock_i8_isa isa, ptrdiff_t width) {
    return isa == OCK_I8_AVX2 ? 2 : isa == OCK_I8_VNNI && width == 8 ? 8 : 4;
}

ptrdiff_t ock_i8_weight_size(ock_i8_isa isa) { return isa == OCK_I8_AVX2 ? 2 : 1; }

int ock_i8_centred(ock_i8_isa isa) { return isa == OCK_I8_NEON || isa == OCK_I8_SDOT; }

ptrdiff_t ock_i8_depthwise_group(ock_i8_isa isa) { return isa == OCK_I8_VNNI ? 4 : 1; }

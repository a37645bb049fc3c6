// The vector instructions that Swift cannot emit, and nothing else: inner loops over packed data.
// Loops over rows, tiles and edges, packing and checking are Swift (OcellusTensor/Kernels).
// Nothing here allocates or checks; the scalar functions are the definition of what the others compute.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "CKernelsInt8.h"

/// Instruction sets in ascending order of preference. `ock_supported` says which ones this machine runs.
typedef enum {
    OCK_SCALAR = 0,
    OCK_NEON = 1,
    OCK_AVX2 = 2,
    OCK_AVX512 = 3,
} ock_isa;

#include "CKernelsResample.h"
#include "CKernelsScores.h"

/// Whether processor and operating system run the set's kernels: AVX2 means AVX2 and FMA, AVX-512 means F, BW, VL, DQ.
int ock_supported(ock_isa isa);

/// The most rows any tile has, and the distance between segments in its pointer table.
#define OCK_F32_ROWS 12

/// One tile of a packed matrix product, `rows` x `columns` of the output:
///   out[r * out_stride + c] = clamp(leaky(bias[c] + sum over s, k of a(s, r)[k] * packed[(s * span + k) * width + c]
///                                         + sum over i < 2 where add[i] of add[i][r * add_stride + c]))
/// where leaky(x) is x for x >= 0 and slope * x below, and clamp limits to [lower, upper]. a(s, r) is a[s * OCK_F32_ROWS + r];
/// without a table it is first + s * segment_step + r * row_step, and one call takes any number of whole tiles.
typedef struct {
    const float *const *a;  // null: no table
    const float *first;
    ptrdiff_t row_step, segment_step;
    ptrdiff_t segments, span;
    const float *packed;  // [segments * span][width]; no alignment asked for
    const float *bias;    // [width]
    float *out;
    ptrdiff_t out_stride;
    ptrdiff_t rows;     // 1 ... ock_f32_tile_rows(isa, width); without a table a multiple of that
    ptrdiff_t width;    // one of the set's widths; without a table the widest
    ptrdiff_t columns;  // 1 ... width; nothing is written beyond
    float lower, upper, slope;
    // Where the driver goes next, and how much further behind each further tile: a set may fetch 64 bytes of it a k into the
    // cache. Only a hint: any address will do.
    const float *next;
    ptrdiff_t next_step;
    // Null but for tiles of the widest kind; apart from `out`.
    const float *add[2];
    ptrdiff_t add_stride;
} ock_f32_tile;

/// On to what lies behind the first `tiles` tiles of `rows` rows each of a product without a table.
static inline void ock_f32_advance(ock_f32_tile *tile, ptrdiff_t tiles, ptrdiff_t rows) {
    tile->rows -= tiles * rows;
    tile->first += tiles * rows * tile->row_step;
    tile->out += tiles * rows * tile->out_stride;
    tile->next += tiles * tile->next_step;
    for (int i = 0; i < 2; i++)
        if (tile->add[i]) tile->add[i] += tiles * rows * tile->add_stride;
}

/// The column widths a set has, widest first: index 0, 1, ... until 0 comes back.
ptrdiff_t ock_f32_tile_width(ock_isa isa, ptrdiff_t index);
/// How many rows a tile of this width has at most.
ptrdiff_t ock_f32_tile_rows(ock_isa isa, ptrdiff_t width);
void ock_f32_gemm(ock_isa isa, const ock_f32_tile *tile);

/// A run of `pixels` outputs in one row of a depthwise convolution three taps wide, or in two rows r of one at stride 1, all
/// taps inside the input. x is the outer index of the sum, so that both come to the same bits:
///   out[r * out_row + p * out_stride + c] = clamp(leaky(bias[c] + sum over x < 3, y < high of
///       in[(r + y) * row_stride + (p * step + x) * in_stride + c] * weights[(y * 3 + x) * weight_stride + c]))
typedef struct {
    const float *in;
    ptrdiff_t row_stride, in_stride;
    ptrdiff_t rows;  // 1, or 2 where high is 3
    ptrdiff_t high;  // 1 ... 3
    ptrdiff_t step;  // 1 or 2
    ptrdiff_t pixels, channels;
    const float *weights;  // weight_stride is a multiple of 16 and at least `channels`
    ptrdiff_t weight_stride;
    const float *bias;  // [weight_stride]
    float *out;
    ptrdiff_t out_stride;
    ptrdiff_t out_row;  // looked at for two rows
    float lower, upper, slope;
} ock_f32_row;

void ock_f32_depthwise_row(ock_isa isa, const ock_f32_row *row);

/// One output position of any depthwise convolution, given the taps that lie inside the input:
///   out[c] = clamp(leaky(bias[c] + sum over t < taps of in[t][c] * weights[t][c]))
typedef struct {
    const float *const *in;
    const float *const *weights;  // each [channels rounded up to 16]
    ptrdiff_t taps, channels;
    const float *bias;  // [channels rounded up to 16]
    float *out;
    float lower, upper, slope;
} ock_f32_taps;

void ock_f32_depthwise_taps(ock_isa isa, const ock_f32_taps *taps);

/// Winograd's F(4x4, 3x3): 4x4 outputs of a 3x3 convolution at stride 1 from 36 products a channel pair, not 144.
/// The transform of one tile's 6x6 inputs, given row by row: out[p * plane + c] = (B^T d B)[p].
typedef struct {
    const float *const *in;  // [36], each [channels]
    float *out;
    ptrdiff_t plane, channels;  // channels is a multiple of 16
} ock_f32_winograd_input;

/// The way back, of sums over input channels: 4x4 outputs clamp(leaky(A^T m A + bias)), of which `rows` x `columns` are
/// stored.
typedef struct {
    const float *in;  // (p, c) at p * plane + c
    ptrdiff_t plane, channels;  // channels is a multiple of 16
    const float *bias;  // [channels]
    float *out;
    ptrdiff_t out_row, out_stride;
    ptrdiff_t rows, columns;  // 1 ... 4
    float lower, upper, slope;
} ock_f32_winograd_output;

void ock_f32_winograd_input_tile(ock_isa isa, const ock_f32_winograd_input *tile);
void ock_f32_winograd_output_tile(ock_isa isa, const ock_f32_winograd_output *tile);

/// The sums of halves that Winograd's form of Strassen's method multiplies, for one row of inputs of each half of the
/// positions: a11 is above[0 ..< half], a12 above[half ...], a21 and a22 likewise below.
///   out[0] = a21 + a22, out[plane] = out[0] - a11, out[2 plane] = a11 - a21, out[3 plane] = a12 - out[plane]
typedef struct {
    const float *above, *below;
    float *out;
    ptrdiff_t half, plane;
} ock_f32_halves;

void ock_f32_add_halves(ock_isa isa, const ock_f32_halves *halves);

#endif

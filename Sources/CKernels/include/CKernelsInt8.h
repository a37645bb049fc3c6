// The int8 kernels: unsigned byte activations, signed byte weights, 32-bit sums. Every set gives the same bits.
// Sums are exact as long as |bias| + 255 * sum |weight| of a channel stays below 2^31; whoever packs checks that.
#ifndef CKERNELS_INT8_H
#define CKERNELS_INT8_H

#include <stddef.h>
#include <stdint.h>

/// Instruction sets that have int8 kernels of their own.
typedef enum {
    OCK_I8_SCALAR = 0,
    OCK_I8_NEON = 1,
    OCK_I8_SDOT = 2,
    OCK_I8_I8MM = 3,
    OCK_I8_AVX2 = 4,
    OCK_I8_VNNI = 5,
} ock_i8_isa;

/// Whether processor and operating system run the set's kernels. VNNI means AVX-512 F, BW, VL, DQ and VNNI.
int ock_i8_supported(ock_i8_isa isa);

/// The most rows any tile has, and the distance between segments in its pointer table.
#define OCK_I8_ROWS 12

/// How a sum becomes an output, in float32 and in this order, each step rounded on its own:
///   floats == 0: zero_point + nearest_even(min(max((float)sum * multiplier, lower), upper)), a byte
///   floats != 0: (float)sum * multiplier, a float
/// lower and upper are whole numbers and already less the zero point: -zero_point ... 255 - zero_point. Where floats is
/// 0, sum * multiplier stays within 2^31 - 2^7 for every input; only the scalar set takes more.
typedef struct {
    float lower, upper;
    int32_t zero_point;
    int32_t floats;
} ock_i8_finish;

/// One tile of a packed matrix product, `rows` x `columns` of the output:
///   sum = bias[c] + sum over s, k of a[s * OCK_I8_ROWS + r][k] * weight(s, k, c)
/// Weights lie [segment][k / group][width][group], zero behind the end of a segment, as bytes or 16-bit numbers
/// (`ock_i8_weight_size`); inputs may be read (and are then multiplied by zero) up to 16 bytes behind a segment. Sets for which `ock_i8_centred` holds compute with a - 128:
/// their bias has 128 * sum(weights) added.
typedef struct {
    const uint8_t *const *a;
    ptrdiff_t segments, span;
    const void *packed;
    const int32_t *bias;       // [width]
    const float *multipliers;  // [width]
    void *out;
    ptrdiff_t out_stride;  // in elements
    ptrdiff_t rows;        // 1 ... ock_i8_tile_rows(isa, width)
    ptrdiff_t width;       // one of the set's widths
    ptrdiff_t columns;     // 1 ... width; nothing is written beyond
    ock_i8_finish finish;
    // Where the driver goes next: a set may fetch 64 bytes of it a k-group into the cache. Any address will do.
    const void *next;
} ock_i8_tile;

/// The column widths a set has, widest first: index 0, 1, ... until 0 comes back.
ptrdiff_t ock_i8_tile_width(ock_i8_isa isa, ptrdiff_t index);
/// How many rows a tile of this width has at most.
ptrdiff_t ock_i8_tile_rows(ock_i8_isa isa, ptrdiff_t width);
/// How many consecutive k of a column lie side by side.
ptrdiff_t ock_i8_tile_group(ock_i8_isa isa, ptrdiff_t width);
/// Bytes that a weight of the product takes: 1 or 2.
ptrdiff_t ock_i8_weight_size(ock_i8_isa isa);
/// Whether the set's product subtracts 128 from every activation.
int ock_i8_centred(ock_i8_isa isa);
void ock_i8_gemm(ock_i8_isa isa, const ock_i8_tile *tile);
/// Any number of rows at equal distances in bytes, a[0] being the first; one segment. `next`
/// is where weights of what comes next lie, or null: then rows further on are fetched.
void ock_i8_gemm_rows(ock_i8_isa isa, const ock_i8_tile *tile, ptrdiff_t distance);

/// Winograd's F(4x4, 3x3): 4x4 outputs of a 3x3 convolution at stride 1 from 36 products a channel pair, not 144. In whole
/// numbers modulo 2^32, so that outputs whose sum of products stays below 2^25 are exact. Output channels come in sixteens,
/// input channels in multiples of this; 0 where a set has it not.
ptrdiff_t ock_i8_winograd_channels(ock_i8_isa isa);
/// How many channels' weights lie side by side.
ptrdiff_t ock_i8_winograd_group(ock_i8_isa isa);
/// The most tiles that are multiplied together.
#define OCK_I8_WINOGRAD_TILES 5

/// The transform of one tile's 6x6 inputs, given row by row: out[p * plane + c] = (B^T d B)[p].
typedef struct {
    const uint8_t *const *in;  // [36], each [channels]
    int16_t *out;
    ptrdiff_t plane, channels;
} ock_i8_winograd_input;

/// Sums over the input channels at one point: out[t * out_stride + n] = sum over c of a[t * channels + c] * weight(c, n).
typedef struct {
    const int16_t *a, *packed;  // packed: [channels / group][width][group]
    int32_t *out;
    ptrdiff_t out_stride, tiles, channels;
    ptrdiff_t width;  // columns n: one of the widths of tiles, from 16 on where there are such
} ock_i8_winograd_product;

/// The way back: 4x4 outputs finish(bias + A^T m A), of which `rows` x `columns` are stored. Transformed weights are (G g
/// G^T)[y][x] * s[y] * s[x], s = 24, 24, 24, 24, 24, 12, which makes them whole.
typedef struct {
    const int32_t *in;  // (p, c) at p * plane + c
    ptrdiff_t plane, channels;
    const int32_t *bias;       // [channels]
    const float *multipliers;  // [channels]
    uint8_t *out;
    ptrdiff_t out_row, out_stride;
    ptrdiff_t rows, columns;  // 1 ... 4
    ock_i8_finish finish;     // bytes
} ock_i8_winograd_output;

void ock_i8_winograd_input_tile(ock_i8_isa isa, const ock_i8_winograd_input *tile);
void ock_i8_winograd_products(ock_i8_isa isa, const ock_i8_winograd_product *product);
void ock_i8_winograd_output_tile(ock_i8_isa isa, const ock_i8_winograd_output *tile);

/// The windows of `count` neighbouring outputs, each `high` runs of at most 16 bytes, copied together: byte k of run y
/// of window i goes to to[i * pitch + y * run + k]. All 16 are read and written; what is too many is overwritten by what
/// comes next, and 16 bytes behind the last window may be written too.
#define OCK_I8_WINDOW_RUNS 7
typedef struct {
    const uint8_t *in[OCK_I8_WINDOW_RUNS];
    ptrdiff_t step[OCK_I8_WINDOW_RUNS];  // from a window's run to the next window's; 0 for padding
    ptrdiff_t high, run, pitch, count;
    uint8_t *to;
} ock_i8_windows;

void ock_i8_copy_windows(ock_i8_isa isa, const ock_i8_windows *windows);

/// Depthwise: `padded` is the number of channels rounded up to 64. Weights lie [tap][padded] where
/// `ock_i8_depthwise_group` is 1. Where it is 4, taps come in fours (a kernel row is filled up with zero weights),
/// and weights, bias and multipliers are in the order in which 64 channels come out of unpacking four vectors:
///   weights [four taps][block of 64][q][lane][tap], bias and multipliers [block of 64][q][lane],
///   where q < 4, lane < 16 hold channel 16 * (lane / 4) + 4 * q + lane % 4 of the block.
ptrdiff_t ock_i8_depthwise_group(ock_i8_isa isa);

/// A run of `pixels` outputs in one row of a depthwise convolution three taps wide.
///   sum = bias[c] + sum over y < high, x < 3 of in[y][(p * step + x) * in_stride[y] + c] * weight(y, x, c)
/// Up to 64 bytes behind the last input may be read.
typedef struct {
    const uint8_t *in[3];
    ptrdiff_t in_stride[3];  // 0 for a row that is all padding
    ptrdiff_t high;          // 1 ... 3
    ptrdiff_t step;
    ptrdiff_t pixels, channels, padded;
    // Above 1: weights, bias, multipliers and rows of padding repeat every `channels` for 64 places, strides are
    // `channels` (or 0), and a set may compute this many pixels of 16 or 32 channels at step 2 in one vector.
    ptrdiff_t together;
    const int8_t *weights;
    const int32_t *bias;
    const float *multipliers;
    void *out;
    ptrdiff_t out_stride;  // in elements
    ock_i8_finish finish;
} ock_i8_row;

void ock_i8_depthwise_row(ock_i8_isa isa, const ock_i8_row *row);

/// A run of `pixels` outputs in one row of a 3x3 depthwise convolution, or in each of two neighbouring rows when rows
/// come one by one: in[y] is what input row y has for the first output. Several pixels in one vector of 64 are one
/// output here, `step` their number. Only sets whose group is 4; their weights are as ock_i8_row says with rows and
/// columns exchanged, [column][block of 64][q][lane][row], and so are those of ock_i8_taps where that is used beside.
typedef struct {
    const uint8_t *in[4];
    ptrdiff_t in_stride[4];  // 0 for a row that is all padding
    ptrdiff_t rows;          // 1 or 2; for 1, in[3] is any row
    ptrdiff_t step;
    ptrdiff_t pixels, channels, padded;
    // A bit for each byte of a vector of the first output's first column, and of the last one's last column: clear
    // where it lies outside the input. Nothing is read there; padding takes its place.
    uint64_t before, after;
    const uint8_t *padding;  // [channels], readable in whole vectors
    const int8_t *weights, *shifted;  // shifted: every tap one place later ([0, w0, w1, w2])
    const int32_t *bias;
    const float *multipliers;
    uint8_t *out;
    ptrdiff_t out_stride, out_row;
    ock_i8_finish finish;  // bytes
} ock_i8_rows;

void ock_i8_depthwise_rows(ock_i8_isa isa, const ock_i8_rows *rows);

/// One output position of any depthwise convolution: sum = bias[c] + sum over t < taps of in[t][c] * weight(t, c).
/// `taps` is a multiple of the set's group.
typedef struct {
    const uint8_t *const *in;
    ptrdiff_t taps, channels, padded;
    const int8_t *weights;
    const int32_t *bias;
    const float *multipliers;
    void *out;
    ock_i8_finish finish;
} ock_i8_taps;

void ock_i8_depthwise_taps(ock_i8_isa isa, const ock_i8_taps *taps);

/// y = zero_point + nearest_even(clamp((a - zero_a) * multiplier_a + (b - zero_b) * multiplier_b)), in float32:
/// two products, one sum, each rounded.
typedef struct {
    float multiplier_a, multiplier_b;
    int32_t zero_a, zero_b;
    ock_i8_finish finish;  // floats is not looked at
} ock_i8_sum;

void ock_i8_add(
    ock_i8_isa isa, const ock_i8_sum *sum, const uint8_t *a, const uint8_t *b, uint8_t *y, ptrdiff_t count);

#endif

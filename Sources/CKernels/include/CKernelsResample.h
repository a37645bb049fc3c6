// From rows of a picture to rows of a network's input: weighted sums of source rows, weighted sums along the summed
// row, and YUV to RGB. Tables and loops over rows are Swift (OcellusImage). Every set computes the same bits: sums of
// rows are whole numbers, and products and sums of floats are rounded one by one in the order given here, never fused.
#ifndef CKERNELSRESAMPLE_H
#define CKERNELSRESAMPLE_H

// The enumeration of instruction sets is in CKernels.h, which includes this file behind it.

/// How many floats or bytes behind the last one a row of our own may be written: room that its buffer must have.
#define OCK_RESAMPLE_SLACK 128

/// A weighted sum of two to four rows of bytes:
///   out[i] = (adds ? out[i] : 0) + sum over r < high of rows[r][i] * weights[r]
/// Weights are not negative; all sums stay below 2^24, so that floats hold them exactly.
typedef struct {
    const uint8_t *rows[4];  // `high` of them; read up to `count` bytes, not beyond
    int16_t weights[4];
    int32_t total;  // at least the sum of the weights: up to 127, sums fit 16 bits, which is quicker
    ptrdiff_t high;  // 2 ... 4
    ptrdiff_t count;
    int adds;
    float *out;  // [count + OCK_RESAMPLE_SLACK]; what is behind `count` stays 0 if it was
} ock_resample_blend;

void ock_resample_rows(ock_isa isa, const ock_resample_blend *blend);

/// Weighted sums along a row of pixels of `lanes` floats each, in two interleaved halves:
///   part(x, c, h) = sum over p < pairs, in order, of row[starts[x] + (2p + h) * lanes + channels[c]] * w(x, p, h)
///   level(x, c) = (part(x, c, 0) + part(x, c, 1)) * unit
/// w(x, p, h) is weights[(x * pairs + p) * 8 + h * lanes], repeated for every lane; the rest of the eight is 0.
/// starts and weights are padded with zeros to a multiple of four pixels; eight floats are read from each pair.
typedef struct {
    const float *row;
    const int32_t *starts;
    const float *weights;
    ptrdiff_t pairs, lanes;  // lanes: 1, 3 or 4
    ptrdiff_t pixels;
    int32_t channels[4];  // below `lanes`; the fourth is not written
    float unit;
    float mean[4], scale[4];  // of floats only
} ock_resample_line;

/// out[3x + c] = level(x, c) to the nearest whole number, ties to even; level is at most 255.
void ock_resample_bytes(ock_isa isa, const ock_resample_line *line, uint8_t *out);
/// out[3x + c] = (level(x, c) - mean[c]) * scale[c].
void ock_resample_floats(ock_isa isa, const ock_resample_line *line, float *out);

/// Whether `isa`, which this machine runs, has `ock_resample_five` here.
int ock_resample_has_fives(ock_i8_isa isa);

/// Both sums at once, in whole numbers, where at most four pixels count each way and no sum passes 2^24: the same bits as
/// the two steps above. Output pixels go in groups of five, 15 levels i each of:
///   level(i) = unit * sum over r < high of weights[r] * (sum over t < 4 of rows[r][starts[group] + places(4i + t)]
///                                                                          * across(4i + t))
/// table[group * 128 ...] holds 64 places, each below 64, then 64 weights across; those of a level sum to 127 at most.
typedef struct {
    const uint8_t *rows[4];  // 64 bytes are read at each start
    int16_t weights[4];      // a row that is missing has 0
    ptrdiff_t high;          // 2 or 4
    // From a row to one that is wanted soon, in bytes: it may be fetched into the cache. Only a hint: any number will do.
    ptrdiff_t ahead;
    const int32_t *starts;
    const uint8_t *table;
    ptrdiff_t pixels;
    float unit;
    float mean[3], scale[3];  // of floats only
} ock_resample_fives;

/// Writes bytes, or floats where `bytes` is null, as `ock_resample_bytes` and `ock_resample_floats` do.
void ock_resample_five(const ock_resample_fives *fives, uint8_t *bytes, float *floats);

/// ITU-R BT.601, limited range, for pairs of pixels that share U and V. For each pixel, 4 bytes: red, green, blue, 0.
///   red = clamp((19077 (Y - 16) + 26149 (V - 128) + 8192) >> 14)
///   green = clamp((19077 (Y - 16) - 6419 (U - 128) - 13320 (V - 128) + 8192) >> 14)
///   blue = clamp((19077 (Y - 16) + 33050 (U - 128) + 8192) >> 14)
void ock_resample_yuyv(ock_isa isa, const uint8_t *in, uint8_t *out, ptrdiff_t pairs);
void ock_resample_nv12(ock_isa isa, const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs);

#endif

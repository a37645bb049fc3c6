// Compares the int8 kernels of every instruction set this machine runs with the scalar ones, tile by tile: they must
// give the same bits. In C, so that it runs where no Swift does: under emulation for aarch64, for one. One line a set;
// exit 1 on a difference.
//   aarch64-linux-gnu-gcc -static -O2 -ffp-contract=off -ISources/CKernels/include Sources/CKernels/*.c \
//       Tests/Kernels/int8_kernels_test.c -lm -o int8-kernels-test
//   qemu-aarch64-static -cpu cortex-a53 int8-kernels-test     (cortex-a76 adds SDOT, max adds I8MM)
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static unsigned long long state = 1;

static unsigned below(unsigned limit) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(state >> 33) % limit;
}

// Random bytes, sometimes only the extreme ones, with the 64 bytes behind them that kernels may read.
static uint8_t *bytes(size_t count) {
    uint8_t *values = malloc(count + 64);
    int extreme = below(4) == 0;
    for (size_t i = 0; i < count + 64; i++) values[i] = extreme ? (below(2) ? 255 : 0) : (uint8_t)below(256);
    return values;
}

static int8_t weight(void) { return (int8_t)(below(8) ? (int)below(255) - 127 : below(2) ? 127 : -127); }

static void put_weight(ock_i8_isa isa, void *packed, ptrdiff_t index, int8_t weight) {
    if (ock_i8_weight_size(isa) == 2) ((int16_t *)packed)[index] = weight;
    else ((int8_t *)packed)[index] = weight;
}

enum { guard = 0xa5, room = 16384, most_taps = 28 };

static ock_i8_finish finish(int may_be_floats) {
    static const int zeros[] = {0, 1, 128, 255};
    int zero = zeros[below(4)], lower = below(2) ? 0 : 40, upper = below(2) ? 255 : 200;
    ock_i8_finish result = {(float)(lower - zero), (float)(upper - zero), zero, may_be_floats && below(3) == 0};
    return result;
}

// Only floats may be large: bytes come from products within 2^31.
static float multiplier(int floats) {
    if (below(30) == 0) return !below(2) ? 1e-30f : floats ? 3e38f : 1.5f;
    return (float)(1 + below(1000)) * 1e-5f;
}

static int gemm(ock_i8_isa isa, ptrdiff_t width, ptrdiff_t rows) {
    ptrdiff_t segments = 1 + below(3), span = 1 + below(below(4) ? 70 : 300), columns = 1 + below((unsigned)width);
    ptrdiff_t out_stride = columns + below(3), group = ock_i8_tile_group(isa, width);
    ptrdiff_t pitch = (span + group - 1) / group * group, pitch4 = (span + 3) / 4 * 4;
    int8_t *packed = calloc((size_t)(segments * pitch * width), 2);
    int8_t *eight = calloc((size_t)(segments * pitch4 * 40), 1);
    int32_t bias[40] = {0}, corrected[40] = {0};
    float multipliers[40] = {0};
    const ock_i8_finish end = finish(1);
    for (ptrdiff_t c = 0; c < columns; c++) {
        bias[c] = corrected[c] = below(4) ? (int32_t)below(20001) - 10000 : below(2) ? 1 << 30 : -(1 << 30);
        multipliers[c] = multiplier(end.floats);
        for (ptrdiff_t s = 0; s < segments; s++)
            for (ptrdiff_t k = 0; k < span; k++) {
                int8_t w = weight();
                put_weight(isa, packed, ((s * pitch + k) / group * width + c) * group + (s * pitch + k) % group, w);
                // The scalar set's form: blocks of eight columns.
                ptrdiff_t at = s * pitch4 + k;
                eight[c / 8 * segments * pitch4 * 8 + (at / 4 * 8 + c % 8) * 4 + at % 4] = w;
                if (ock_i8_centred(isa)) corrected[c] += 128 * w;
            }
    }
    const uint8_t *a[3 * OCK_I8_ROWS];
    for (int i = 0; i < 3 * OCK_I8_ROWS; i++) a[i] = bytes((size_t)span);
    static uint8_t got[room], wanted[room];
    memset(got, guard, room);
    memset(wanted, guard, room);
    ock_i8_tile tile = {a, segments, span, packed, corrected, multipliers, got, out_stride, rows, width, columns,
                        end, packed};
    ock_i8_gemm(isa, &tile);
    for (ptrdiff_t first = 0; first < columns; first += 8)
        for (ptrdiff_t row = 0; row < rows; row++) {
            ock_i8_tile one = tile;
            one.a = a + row;
            one.packed = eight + first * segments * pitch4;
            one.bias = bias + first;
            one.multipliers = multipliers + first;
            one.out = wanted + (row * out_stride + first) * (tile.finish.floats ? 4 : 1);
            one.rows = 1;
            one.width = 8;
            one.columns = columns - first < 8 ? columns - first : 8;
            ock_i8_gemm(OCK_I8_SCALAR, &one);
        }
    int wrong = memcmp(got, wanted, room) != 0;
    for (int i = 0; i < 3 * OCK_I8_ROWS; i++) free((void *)a[i]);
    free(packed);
    free(eight);
    return wrong;
}

// Many rows at once against the same rows one by one, which `gemm` has compared with the scalar set.
static int gemm_rows(ock_i8_isa isa, ptrdiff_t width) {
    static uint8_t got[room], wanted[room];
    static int8_t packed[2 * 80 * 40];
    ptrdiff_t rows = 1 + below(40), span = 1 + below(70), distance = span + below(20);
    ptrdiff_t columns = below(3) ? width : 1 + below((unsigned)width), out_stride = columns + (below(2) ? below(3) : 0);
    int32_t bias[40];
    float multipliers[40];
    const ock_i8_finish end = finish(1);
    memset(packed, 0, sizeof packed);
    for (ptrdiff_t c = 0; c < width; c++) {
        ptrdiff_t group = ock_i8_tile_group(isa, width);
        for (ptrdiff_t k = 0; k < span; k++)
            put_weight(isa, packed, (k / group * width + c) * group + k % group, weight());
        bias[c] = (int32_t)below(20001) - 10000;
        multipliers[c] = multiplier(end.floats);
    }
    uint8_t *in = bytes((size_t)(rows * distance));
    const uint8_t *a[OCK_I8_ROWS] = {in};
    memset(got, guard, room);
    memset(wanted, guard, room);
    ock_i8_tile tile = {a, 1, span, packed, bias, multipliers, got, out_stride, rows, width, columns, end, packed};
    ock_i8_gemm_rows(isa, &tile, distance);
    tile.rows = 1;
    for (ptrdiff_t row = 0; row < rows; row++) {
        a[0] = in + row * distance;
        tile.out = wanted + row * out_stride * (end.floats ? 4 : 1);
        ock_i8_gemm(isa, &tile);
    }
    free(in);
    return memcmp(got, wanted, room) != 0;
}

static int windows(ock_i8_isa isa) {
    static uint8_t to[room];
    ock_i8_windows w;
    w.high = below(3) ? 3 : 1 + below(OCK_I8_WINDOW_RUNS);
    w.run = 1 + below(16);
    w.pitch = w.high * w.run + below(8);
    w.count = 1 + below(20);
    w.to = to + 1;
    uint8_t *in = bytes(16 * 20 * OCK_I8_WINDOW_RUNS);
    ptrdiff_t step = below(16);
    for (ptrdiff_t y = 0; y < w.high; y++) {
        w.in[y] = in + y * 16 * 20;
        w.step[y] = below(4) ? step : 0;
    }
    memset(to, guard, room);
    ock_i8_copy_windows(isa, &w);
    int wrong = to[0] != guard || to[1 + w.count * w.pitch + 16] != guard;
    for (ptrdiff_t i = 0; i < w.count; i++)
        for (ptrdiff_t y = 0; y < w.high; y++)
            wrong |= memcmp(w.to + i * w.pitch + y * w.run, w.in[y] + i * w.step[y], (size_t)w.run) != 0;
    free(in);
    return wrong;
}

// Both forms of depthwise weights; taps come in kernel rows of `wide`.
typedef struct {
    int8_t plain[most_taps * 192], four[most_taps * 192], shifted[most_taps * 192];
    int32_t bias[192], bias_four[192];
    float multipliers[192], multipliers_four[192];
} depthwise_weights;

static void fill(depthwise_weights *w, ptrdiff_t high, ptrdiff_t wide, ptrdiff_t channels, ptrdiff_t padded) {
    memset(w, 0, sizeof *w);
    ptrdiff_t pitch = (wide + 3) / 4 * 4;
    for (ptrdiff_t c = 0; c < channels; c++) {
        ptrdiff_t lane = c / 64 * 64 + c % 16 / 4 * 16 + c % 64 / 16 * 4 + c % 4;
        w->bias[c] = w->bias_four[lane] = (int32_t)below(20001) - 10000;
        w->multipliers[c] = w->multipliers_four[lane] = multiplier(0);
        for (ptrdiff_t y = 0; y < high; y++)
            for (ptrdiff_t x = 0; x < wide; x++) {
                int8_t *row = w->four + y * pitch * padded;
                w->plain[(y * wide + x) * padded + c] = row[x / 4 * 4 * padded + lane * 4 + x % 4] = weight();
                if (wide == 3)
                    w->shifted[y * pitch * padded + lane * 4 + x + 1] = w->plain[(y * wide + x) * padded + c];
            }
    }
}

static int depthwise(ock_i8_isa isa) {
    static depthwise_weights w;
    static uint8_t got[room], wanted[room];
    const int fours = ock_i8_depthwise_group(isa) == 4;
    ptrdiff_t channels = 1 + below(150), padded = (channels + 63) / 64 * 64, high = 1 + below(3), step = 1 + below(4);
    ptrdiff_t pixels = 1 + below(9), stride = channels + below(3), width = (pixels - 1) * step + 3;
    uint8_t *in = bytes((size_t)(((high * width) - 1) * stride + channels));
    fill(&w, high, 3, channels, padded);
    memset(got, guard, room);
    memset(wanted, guard, room);
    ock_i8_row row = {{in, in, in}, {stride, stride, stride}, high, step, pixels, channels, padded, 1,
                      w.plain, w.bias, w.multipliers, wanted, stride, finish(0)};
    for (ptrdiff_t y = 0; y < high; y++) {
        row.in[y] = in + y * width * stride;
        if (below(3) == 0) row.in_stride[y] = 0;
    }
    ock_i8_depthwise_row(OCK_I8_SCALAR, &row);
    row.out = got;
    if (fours) row.weights = w.four, row.bias = w.bias_four, row.multipliers = w.multipliers_four;
    ock_i8_depthwise_row(isa, &row);
    int wrong = memcmp(got, wanted, room) != 0;

    ptrdiff_t wide = 1 + below(7), pitch = fours ? (wide + 3) / 4 * 4 : wide;
    fill(&w, high, wide, channels, padded);
    const uint8_t *plain[most_taps], *list[most_taps];
    for (ptrdiff_t t = 0; t < most_taps; t++) list[t] = in;
    for (ptrdiff_t t = 0; t < high * wide; t++)
        list[t / wide * pitch + t % wide] = plain[t] = in + below((unsigned)(high * width)) * stride;
    ock_i8_taps taps = {plain, high * wide, channels, padded, w.plain, w.bias, w.multipliers, wanted, finish(0)};
    ock_i8_depthwise_taps(OCK_I8_SCALAR, &taps);
    taps.out = got;
    taps.in = list;
    taps.taps = high * pitch;
    if (fours) taps.weights = w.four, taps.bias = w.bias_four, taps.multipliers = w.multipliers_four;
    ock_i8_depthwise_taps(isa, &taps);
    wrong |= memcmp(got, wanted, room) != 0;
    free(in);
    return wrong;
}

// One or two output rows by columns, with padding at the sides, against the scalar row kernel on a padded copy.
static int depthwise_rows(ock_i8_isa isa) {
    if (ock_i8_depthwise_group(isa) != 4) return 0;
    static depthwise_weights w;
    static uint8_t got[room], wanted[room];
    const ptrdiff_t together = below(3) ? 1 : 2 << below(3);  // pixels in one vector
    ptrdiff_t channels = together > 1 ? 64 : 1 + below(150), stride = together > 1 ? 64 / together : channels + below(3);
    ptrdiff_t padded = (channels + 63) / 64 * 64, rows = 1 + below(2), step = together > 1 ? together : 1 + below(2);
    ptrdiff_t pixels = 1 + below(6), width = (pixels - 1) * step + 3, out_stride = channels + below(3);
    const size_t size = (size_t)((width - 1) * stride + (together > 1 ? 64 : channels));
    uint8_t *in = bytes(4 * size + 64), *copy = bytes(4 * size + 64), *padding = bytes(192);
    ptrdiff_t unit = together > 1 ? stride : 64;
    uint64_t before = below(2) ? ~0ull : unit == 64 ? 0 : ~0ull << unit;
    uint64_t after = below(2) ? ~0ull : unit == 64 ? 0 : ~0ull >> unit;
    fill(&w, 3, 3, channels, padded);
    memset(w.four, 0, sizeof w.four);
    memset(w.shifted, 0, sizeof w.shifted);
    for (ptrdiff_t c = 0; c < channels; c++)
        for (ptrdiff_t y = 0; y < 3; y++)
            for (ptrdiff_t x = 0; x < 3; x++) {
                ptrdiff_t lane = c / 64 * 64 + c % 16 / 4 * 16 + c % 64 / 16 * 4 + c % 4;
                w.four[x * 4 * padded + lane * 4 + y] = w.plain[(y * 3 + x) * padded + c];
                w.shifted[x * 4 * padded + lane * 4 + y + 1] = w.plain[(y * 3 + x) * padded + c];
            }
    ock_i8_finish end = finish(0);
    ock_i8_rows run = {{0}, {0}, rows, step, pixels, channels, padded, before, after, padding, w.four, w.shifted,
                       w.bias_four, w.multipliers_four, got, out_stride, pixels * out_stride, end};
    memcpy(copy, in, 4 * size);
    memset(got, guard, room);
    memset(wanted, guard, room);
    for (int y = 0; y < 4; y++) {
        run.in[y] = in + y * size;
        run.in_stride[y] = stride;
        for (ptrdiff_t c = 0; c < channels; c++) {
            if (!((before >> c % 64) & 1)) copy[y * size + c] = padding[c];
            if (!((after >> c % 64) & 1)) copy[y * size + (width - 1) * stride + c] = padding[c];
        }
    }
    ock_i8_depthwise_rows(isa, &run);
    for (ptrdiff_t r = 0; r < rows; r++) {
        ock_i8_row row = {{copy + r * size, copy + (r + 1) * size, copy + (r + 2) * size}, {stride, stride, stride}, 3,
                          step, pixels, channels, padded, 1, w.plain, w.bias, w.multipliers,
                          wanted + r * pixels * out_stride, out_stride, end};
        ock_i8_depthwise_row(OCK_I8_SCALAR, &row);
    }
    free(in);
    free(copy);
    free(padding);
    return memcmp(got, wanted, room) != 0;
}

static int addition(ock_i8_isa isa) {
    static uint8_t got[room], wanted[room];
    ptrdiff_t count = below(300);
    uint8_t *a = bytes((size_t)count), *b = bytes((size_t)count);
    ock_i8_sum sum = {(float)(1 + below(2000)) * 1e-3f, (float)(1 + below(2000)) * -1e-3f, (int)below(256),
                      (int)below(256), finish(0)};
    memset(got, guard, room);
    memset(wanted, guard, room);
    ock_i8_add(isa, &sum, a, b, got, count);
    ock_i8_add(OCK_I8_SCALAR, &sum, a, b, wanted, count);
    free(a);
    free(b);
    return memcmp(got, wanted, room) != 0;
}

// s G g for three weights, as CKernelsInt8.h asks for.
static void spread(const int g[3], int to[6]) {
    const int a = g[0], b = g[1], c = g[2];
    const int points[6] = {6 * a, -4 * (a + b + c), -4 * (a - b + c), a + 2 * b + 4 * c, a - 2 * b + 4 * c, 12 * c};
    memcpy(to, points, sizeof points);
}

// Tiles of a 3x3 convolution against the sums of its products.
static int winograd(ock_i8_isa isa) {
    enum { most_tiles = 25, most_in = 64, most_out = 32 };
    static int16_t inputs[36 * most_tiles * most_in], packed[36 * most_in * most_out];
    static int32_t sums[36 * most_tiles * most_out];
    static int8_t weights[most_out * 9 * most_in];
    static uint8_t got[room], wanted[room];
    const ptrdiff_t multiple = ock_i8_winograd_channels(isa), group = ock_i8_winograd_group(isa);
    if (!multiple) return 0;
    ptrdiff_t width = ock_i8_tile_width(isa, 0);
    if (width == 32 && below(2)) width = 16;
    const ptrdiff_t in = multiple * (1 + below((unsigned)(most_in / multiple))), tiles = 1 + below(most_tiles);
    const ptrdiff_t out = width == 32 ? 32 : 16, out_stride = out + below(3);
    int32_t bias[most_out];
    float multipliers[most_out];
    for (ptrdiff_t n = 0; n < out; n++) {
        bias[n] = (int32_t)below(20001) - 10000;
        multipliers[n] = multiplier(0);
        for (ptrdiff_t c = 0; c < in; c++) {
            int rows[3][6], columns[6];
            for (int y = 0; y < 3; y++) {
                int g[3];
                for (int x = 0; x < 3; x++) g[x] = weights[(n * 9 + 3 * y + x) * in + c] = weight();
                spread(g, rows[y]);
            }
            for (int x = 0; x < 6; x++) {
                const int g[3] = {rows[0][x], rows[1][x], rows[2][x]};
                spread(g, columns);
                for (int y = 0; y < 6; y++)
                    packed[(6 * y + x) * in * out + n / width * width * in
                           + (c / group * width + n % width) * group + c % group] = (int16_t)columns[y];
            }
        }
    }
    uint8_t *pixels = bytes((size_t)(tiles * 36 * in));
    for (ptrdiff_t t = 0; t < tiles; t++) {
        const uint8_t *table[36];
        for (int p = 0; p < 36; p++) table[p] = pixels + (t * 36 + p) * in;
        ock_i8_winograd_input input = {table, inputs + t * in, tiles * in, in};
        ock_i8_winograd_input_tile(isa, &input);
    }
    for (int p = 0; p < 36; p++)
        for (ptrdiff_t n = 0; n < out; n += width) {
            ock_i8_winograd_product product = {inputs + p * tiles * in, packed + p * in * out + n * in,
                                               sums + p * tiles * out + n, out, tiles, in, width};
            ock_i8_winograd_products(isa, &product);
        }
    int wrong = 0;
    for (ptrdiff_t t = 0; t < tiles; t++) {
        ock_i8_winograd_output output = {sums + t * out, tiles * out, out, bias, multipliers, got, 4 * out_stride,
                                         out_stride, 1 + below(4), 1 + below(4), finish(0)};
        memset(got, guard, room);
        memset(wanted, guard, room);
        ock_i8_winograd_output_tile(isa, &output);
        for (int y = 0; y < output.rows; y++)
            for (int x = 0; x < output.columns; x++)
                for (ptrdiff_t n = 0; n < out; n++) {
                    int32_t sum = bias[n];
                    for (int tap = 0; tap < 9; tap++) {
                        const uint8_t *from = pixels + (t * 36 + (y + tap / 3) * 6 + x + tap % 3) * in;
                        for (ptrdiff_t c = 0; c < in; c++) sum += from[c] * weights[(n * 9 + tap) * in + c];
                    }
                    volatile float value = (float)sum * multipliers[n];
                    const float low = value < output.finish.lower ? output.finish.lower : value;
                    wanted[(4 * y + x) * out_stride + n] = (uint8_t)(
                        lrintf(low > output.finish.upper ? output.finish.upper : low) + output.finish.zero_point);
                }
        wrong |= memcmp(got, wanted, room) != 0;
    }
    free(pixels);
    return wrong;
}

int main(void) {
    static const char *names[] = {"scalar", "NEON", "NEON SDOT", "NEON I8MM", "AVX2", "AVX-512 VNNI"};
    int wrong = 0;
    for (int isa = OCK_I8_SCALAR; isa <= OCK_I8_VNNI; isa++) {
        if (!ock_i8_supported((ock_i8_isa)isa)) continue;
        int cases = 0, bad = 0;
        for (int repeat = 0; repeat < 60; repeat++) {
            for (ptrdiff_t index = 0, width; (width = ock_i8_tile_width((ock_i8_isa)isa, index)) > 0; index++)
                for (ptrdiff_t rows = 1; rows <= ock_i8_tile_rows((ock_i8_isa)isa, width); rows++, cases++)
                    bad += gemm((ock_i8_isa)isa, width, rows);
            for (ptrdiff_t index = 0, width; (width = ock_i8_tile_width((ock_i8_isa)isa, index)) > 0; index++)
                for (int i = 0; i < 10; i++, cases++) bad += gemm_rows((ock_i8_isa)isa, width);
            for (int i = 0; i < 4; i++, cases++) bad += winograd((ock_i8_isa)isa);
            for (int i = 0; i < 20; i++, cases += 4)
                bad += depthwise_rows((ock_i8_isa)isa) + depthwise((ock_i8_isa)isa) + addition((ock_i8_isa)isa) + windows((ock_i8_isa)isa);
        }
        printf("%s: %d of %d cases differ\n", names[isa], bad, cases);
        wrong |= bad;
    }
    return wrong != 0;
}

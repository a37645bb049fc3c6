// Compares the float kernels of every instruction set this machine runs with the scalar ones, tile by tile. In C, so
// that it runs where no Swift does: under emulation for aarch64, for one. One line a set; exit 1 on a difference.
//   aarch64-linux-gnu-gcc -static -O2 -ISources/CKernels/include Sources/CKernels/*.c \
//       Tests/Kernels/float_kernels_test.c -o kernels-test
//   qemu-aarch64-static kernels-test
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

static float number(void) { return (float)below(20001) / 10000 - 1; }

// Exactly `count` floats at the end of their memory, so that a sanitizer sees any read behind them.
static float *numbers(size_t count) {
    float *values = malloc(count * sizeof(float) + 1);
    for (size_t i = 0; i < count; i++) values[i] = number();
    return values;
}

static int differs(const float *a, const float *b, size_t count, float tolerance) {
    for (size_t i = 0; i < count; i++)
        if (!(fabsf(a[i] - b[i]) <= tolerance)) return 1;
    return 0;
}

enum { guard = 1000, room = 16 * 64 };

static void limits(float *lower, float *upper, float *slope) {
    static const float lowers[] = {-INFINITY, 0, 0, -0.5f}, uppers[] = {INFINITY, INFINITY, 6, 0.25f};
    unsigned choice = below(4);
    *lower = lowers[choice];
    *upper = uppers[choice];
    *slope = below(2) ? 1 : 0.1f;
}

static int gemm(ock_isa isa, ptrdiff_t width, ptrdiff_t rows) {
    ptrdiff_t segments = 1 + below(3), span = 1 + below(19), columns = 1 + below((unsigned)width);
    ptrdiff_t depth = segments * span, outStride = columns + below(3);
    float *weights = numbers((size_t)(depth * width)), *bias = numbers((size_t)width);
    // The scalar set has its own width: repack for it, eight columns at a time.
    float *eight = calloc((size_t)(depth * 8), sizeof(float));
    const float *a[3 * OCK_F32_ROWS];
    for (int i = 0; i < 3 * OCK_F32_ROWS; i++) a[i] = numbers((size_t)span);
    float got[room], wanted[room];
    for (int i = 0; i < room; i++) got[i] = wanted[i] = guard;
    ock_f32_tile tile = {
        .a = a, .segments = segments, .span = span, .packed = weights, .bias = bias, .out = got, .out_stride = outStride,
        .rows = rows, .width = width, .columns = columns, .next = weights,
    };
    limits(&tile.lower, &tile.upper, &tile.slope);
    ock_f32_gemm(isa, &tile);
    for (ptrdiff_t first = 0; first < columns; first += 8)
        for (ptrdiff_t row = 0; row < rows; row++) {
            float some[8] = {0};
            for (ptrdiff_t c = 0; c < 8 && first + c < width; c++) some[c] = bias[first + c];
            for (ptrdiff_t k = 0; k < depth; k++)
                for (ptrdiff_t c = 0; c < 8 && first + c < width; c++)
                    eight[k * 8 + c] = weights[k * width + first + c];
            ock_f32_tile one = tile;
            one.a = a + row;
            one.packed = eight;
            one.bias = some;
            one.out = wanted + row * outStride + first;
            one.rows = 1;
            one.width = 8;
            one.columns = columns - first < 8 ? columns - first : 8;
            ock_f32_gemm(OCK_SCALAR, &one);
        }
    int wrong = differs(got, wanted, room, 1e-5f * (float)(depth + 1));
    for (int i = 0; i < 3 * OCK_F32_ROWS; i++) free((void *)a[i]);
    free(weights);
    free(bias);
    free(eight);
    return wrong;
}

// Whole tiles in one call without a table: to the bit what the tiles are one by one with a table, sums added or not.
static int whole_tiles(ock_isa isa) {
    const ptrdiff_t width = ock_f32_tile_width(isa, 0), most = ock_f32_tile_rows(isa, width), count = 1 + below(3);
    ptrdiff_t segments = 1 + below(3), span = 1 + below(19), columns = 1 + below((unsigned)width);
    ptrdiff_t rowStep = span + below(5), segmentStep = below(40), rows = count * most, outStride = columns + below(3);
    size_t inputs = (size_t)((segments - 1) * segmentStep + (rows - 1) * rowStep + span);
    float *in = numbers(inputs), *weights = numbers((size_t)(segments * span * width)), *bias = numbers((size_t)width);
    float *added = numbers((size_t)(2 * rows * width));
    enum { most_room = 36 * 34 };
    float got[most_room], wanted[most_room];
    for (int i = 0; i < most_room; i++) got[i] = wanted[i] = guard;
    ock_f32_tile tile = {
        .first = in, .row_step = rowStep, .segment_step = segmentStep, .segments = segments, .span = span,
        .packed = weights, .bias = bias, .out = got, .out_stride = outStride, .rows = rows, .width = width,
        .columns = columns, .next = weights, .next_step = (ptrdiff_t)below(100), .add_stride = width,
    };
    if (below(2)) tile.add[0] = added;
    if (below(2)) tile.add[1] = added + rows * width;
    limits(&tile.lower, &tile.upper, &tile.slope);
    ock_f32_gemm(isa, &tile);
    const float *table[3 * OCK_F32_ROWS];
    tile.a = table;
    tile.out = wanted;
    tile.rows = most;
    for (ptrdiff_t first = 0; first < rows; first += most, tile.out += most * outStride) {
        for (ptrdiff_t s = 0; s < segments; s++)
            for (ptrdiff_t r = 0; r < most; r++)
                table[s * OCK_F32_ROWS + r] = in + s * segmentStep + (first + r) * rowStep;
        ock_f32_gemm(isa, &tile);
        for (int i = 0; i < 2; i++)
            if (tile.add[i]) tile.add[i] += most * width;
    }
    int wrong = differs(got, wanted, most_room, 0);
    free(in);
    free(weights);
    free(bias);
    free(added);
    return wrong;
}

static int depthwise(ock_isa isa) {
    ptrdiff_t channels = 1 + below(40), padded = (channels + 15) / 16 * 16, high = 1 + below(3), step = 1 + below(2);
    ptrdiff_t pixels = 1 + below(9), stride = channels + below(3), width = (pixels - 1) * step + 3;
    ptrdiff_t rows = high == 3 ? 1 + below(2) : 1, out_row = pixels * stride + below(3);
    float *in = numbers((size_t)((((high + rows - 1) * width) - 1) * stride + channels));
    float *weights = numbers((size_t)(9 * padded)), *bias = numbers((size_t)padded);
    float got[room], wanted[room];
    for (int i = 0; i < room; i++) got[i] = wanted[i] = guard;
    ock_f32_row row = {in, width * stride, stride, rows, high, step, pixels, channels, weights, padded,
                       bias, got, stride, out_row, 0, 0, 1};
    limits(&row.lower, &row.upper, &row.slope);
    ock_f32_depthwise_row(isa, &row);
    row.out = wanted;
    ock_f32_depthwise_row(OCK_SCALAR, &row);
    int wrong = differs(got, wanted, room, 1e-5f);
    // Two rows at once are the two alone, to the bit.
    row.rows = 1;
    for (ptrdiff_t r = 0; r < rows; r++, row.in += row.row_stride, row.out += row.out_row)
        ock_f32_depthwise_row(isa, &row);
    wrong |= differs(got, wanted, room, 0);
    const float *taps[9], *factors[9];
    for (int i = 0; i < 9; i++) {
        taps[i] = in + below(3) * stride * (width > 3 ? 1 : 0);
        factors[i] = weights + below(9) * padded;
    }
    ock_f32_taps position = {taps, factors, below(10), channels, bias, got, row.lower, row.upper, row.slope};
    ock_f32_depthwise_taps(isa, &position);
    position.out = wanted;
    ock_f32_depthwise_taps(OCK_SCALAR, &position);
    wrong |= differs(got, wanted, room, 1e-5f);
    free(in);
    free(weights);
    free(bias);
    return wrong;
}

// One tile through both transforms, with the products of each channel alone in between: what the nine taps give.
static int winograd(ock_isa isa) {
    static const float g[6][3] = {{1 / 4.f, 0, 0},          {-1 / 6.f, -1 / 6.f, -1 / 6.f},  {-1 / 6.f, 1 / 6.f, -1 / 6.f},
                                  {1 / 24.f, 1 / 12.f, 1 / 6.f}, {1 / 24.f, -1 / 12.f, 1 / 6.f}, {0, 0, 1}};
    enum { most = 48, plane = 50 };
    ptrdiff_t channels = 16 * (1 + below(3)), rows = 1 + below(4), columns = 1 + below(4), stride = channels + below(3);
    float *in = numbers(36 * most), *weights = numbers(9 * most), *bias = numbers(most);
    static float points[36 * plane], got[room], wanted[room];
    const float *table[36];
    for (int i = 0; i < 36; i++) table[i] = in + i * most;
    for (int i = 0; i < room; i++) got[i] = wanted[i] = guard;
    ock_f32_winograd_input input = {table, points, plane, channels};
    ock_f32_winograd_input_tile(isa, &input);
    for (int p = 0; p < 36; p++)
        for (ptrdiff_t c = 0; c < channels; c++) {
            float weight = 0;
            for (int tap = 0; tap < 9; tap++) weight += g[p / 6][tap / 3] * weights[tap * most + c] * g[p % 6][tap % 3];
            points[p * plane + c] *= weight;
        }
    ock_f32_winograd_output output = {points, plane, channels, bias, got, 4 * stride, stride, rows, columns, 0, 0, 1};
    limits(&output.lower, &output.upper, &output.slope);
    ock_f32_winograd_output_tile(isa, &output);
    for (ptrdiff_t y = 0; y < rows; y++)
        for (ptrdiff_t x = 0; x < columns; x++)
            for (ptrdiff_t c = 0; c < channels; c++) {
                float sum = bias[c];
                for (int tap = 0; tap < 9; tap++)
                    sum += table[(y + tap / 3) * 6 + x + tap % 3][c] * weights[tap * most + c];
                if (sum < 0) sum *= output.slope;
                if (sum < output.lower) sum = output.lower;
                wanted[(y * 4 + x) * stride + c] = sum > output.upper ? output.upper : sum;
            }
    free(in);
    free(weights);
    free(bias);
    return differs(got, wanted, room, 1e-4f);
}

// Four sums and differences of numbers: nothing may depend on the set, or be written behind them.
static int halves(ock_isa isa) {
    enum { most = 70, plane = most + 3 };
    const ptrdiff_t half = 1 + below(most);
    float *above = numbers(2 * most), *below_it = numbers(2 * most), got[4 * plane], wanted[4 * plane];
    for (int i = 0; i < 4 * plane; i++) got[i] = wanted[i] = guard;
    ock_f32_halves sums = {above, below_it, got, half, plane};
    ock_f32_add_halves(isa, &sums);
    for (ptrdiff_t k = 0; k < half; k++) {
        wanted[k] = below_it[k] + below_it[half + k];
        wanted[plane + k] = wanted[k] - above[k];
        wanted[2 * plane + k] = above[k] - below_it[k];
        wanted[3 * plane + k] = above[half + k] - wanted[plane + k];
    }
    free(above);
    free(below_it);
    return memcmp(got, wanted, sizeof got) != 0;
}

int main(void) {
    static const char *names[] = {"scalar", "NEON", "AVX2+FMA", "AVX-512"};
    int wrong = 0;
    for (int isa = OCK_SCALAR; isa <= OCK_AVX512; isa++) {
        if (!ock_supported((ock_isa)isa)) continue;
        int cases = 0, bad = 0;
        for (int repeat = 0; repeat < 40; repeat++) {
            for (ptrdiff_t index = 0, width; (width = ock_f32_tile_width((ock_isa)isa, index)) > 0; index++)
                for (ptrdiff_t rows = 1; rows <= ock_f32_tile_rows((ock_isa)isa, width); rows++, cases++)
                    bad += gemm((ock_isa)isa, width, rows);
            for (int i = 0; i < 20; i++, cases += 4)
                bad += whole_tiles((ock_isa)isa) + depthwise((ock_isa)isa) + winograd((ock_isa)isa) + halves((ock_isa)isa);
        }
        printf("%s: %d of %d cases differ\n", names[isa], bad, cases);
        wrong |= bad;
    }
    return wrong != 0;
}

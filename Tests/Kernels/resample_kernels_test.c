// Compares the resampling kernels of every instruction set this machine runs with the scalar ones, which must give the
// same bits. In C, so that it runs where no Swift does: under emulation for aarch64, for one. One line a set; exit 1 on
// a difference.
//   aarch64-linux-gnu-gcc -static -O2 -ffp-contract=off -ISources/CKernels/include Sources/CKernels/*.c \
//       Tests/Kernels/resample_kernels_test.c -o resample-test
//   qemu-aarch64-static resample-test
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

static unsigned long long state = 1;

static unsigned below(unsigned limit) {
    state = state * 6364136223846793005ull + 1442695040888963407ull;
    return (unsigned)(state >> 33) % limit;
}

// Exactly `count` bytes, at any alignment, at the end of their memory, so that a sanitizer sees any read behind them.
static void *last_block[8];
static int blocks = 0;
static uint8_t *bytes(size_t count) {
    size_t before = below(64);
    uint8_t *memory = malloc(before + count);
    last_block[blocks++] = memory;
    for (size_t i = 0; i < before + count; i++) memory[i] = below(8) ? (uint8_t)below(256) : below(2) ? 255 : 0;
    return memory + before;
}
static void release(void) {
    while (blocks > 0) free(last_block[--blocks]);
}

enum { most = 400, room = (most * 4 + OCK_RESAMPLE_SLACK) };

static int rows(ock_isa isa) {
    static float got[room], wanted[room];
    ock_resample_blend blend;
    memset(&blend, 0, sizeof blend);
    blend.count = 1 + below(most);
    blend.high = 2 + below(3);
    blend.adds = (int)below(2);
    for (int r = 0; r < blend.high; r++) blend.rows[r] = bytes((size_t)blend.count);
    blend.total = below(2) ? 127 : 32766;
    int left = blend.total;
    for (int r = 0; r < blend.high; r++) {
        blend.weights[r] = (int16_t)below((unsigned)left + 1);
        left -= blend.weights[r];
    }
    for (int i = 0; i < room; i++) got[i] = wanted[i] = i < blend.count ? (float)below(1 << 20) : 0;
    blend.out = wanted;
    ock_resample_rows(OCK_SCALAR, &blend);
    blend.out = got;
    ock_resample_rows(isa, &blend);
    release();
    return memcmp(got, wanted, sizeof got) != 0;
}

static int line(ock_isa isa) {
    static float row[room], weights[(most + 3) * 8 * 8], got[room], wanted[room];
    static uint8_t gotBytes[room], wantedBytes[room];
    static int32_t starts[most + 3];
    static const ptrdiff_t lanes[] = {1, 3, 4};
    ock_resample_line line;
    memset(&line, 0, sizeof line);
    line.row = row;
    line.starts = starts;
    line.weights = weights;
    line.lanes = lanes[below(3)];
    line.pairs = 1 + below(4);
    line.pixels = 1 + below(below(2) ? 12 : most);
    for (int c = 0; c < 4; c++) line.channels[c] = (int32_t)below((unsigned)line.lanes);
    line.unit = 1 / 32000.0f / 200 / 8;
    for (int i = 0; i < room; i++) row[i] = (float)below(255 * 32000 + 1);
    memset(weights, 0, sizeof weights);
    memset(starts, 0, sizeof starts);
    for (ptrdiff_t x = 0; x < line.pixels; x++) {
        starts[x] = (int32_t)below(room - 100);
        for (ptrdiff_t p = 0; p < 2 * line.pairs; p++) {
            float weight = (float)below(201);
            for (ptrdiff_t l = 0; l < line.lanes; l++)
                weights[(x * line.pairs + p / 2) * 8 + p % 2 * line.lanes + l] = weight;
        }
    }
    for (int c = 0; c < 3; c++) {
        line.mean[c] = (float)below(256);
        line.scale[c] = (float)below(1000) / 1000;
    }
    for (int i = 0; i < room; i++) got[i] = wanted[i] = -7;
    memset(gotBytes, 99, room);
    memset(wantedBytes, 99, room);
    ock_resample_floats(OCK_SCALAR, &line, wanted);
    ock_resample_floats(isa, &line, got);
    ock_resample_bytes(OCK_SCALAR, &line, wantedBytes);
    ock_resample_bytes(isa, &line, gotBytes);
    if (got[3 * line.pixels] != -7 || gotBytes[3 * line.pixels] != 99) return 1;
    return memcmp(got, wanted, sizeof got) != 0 || memcmp(gotBytes, wantedBytes, room) != 0;
}

static int colours(ock_isa isa) {
    static uint8_t got[room], wanted[room];
    ptrdiff_t pairs = 1 + below(most / 2);
    size_t used = (size_t)pairs * 8;
    const uint8_t *packed = bytes((size_t)pairs * 4);
    const uint8_t *luma = bytes((size_t)pairs * 2), *chroma = bytes((size_t)pairs * 2);
    ock_resample_yuyv(OCK_SCALAR, packed, wanted, pairs);
    ock_resample_yuyv(isa, packed, got, pairs);
    int wrong = memcmp(got, wanted, used) != 0;
    ock_resample_nv12(OCK_SCALAR, luma, chroma, wanted, pairs);
    ock_resample_nv12(isa, luma, chroma, got, pairs);
    wrong |= memcmp(got, wanted, used) != 0;
    release();
    return wrong;
}

int main(void) {
    static const char *names[] = {"scalar", "NEON", "AVX2", "AVX-512"};
    int failed = 0;
    for (ock_isa isa = OCK_NEON; isa <= OCK_AVX512; isa++) {
        if (!ock_supported(isa)) continue;
        int wrong[3] = {0};
        for (int i = 0; i < 3000; i++) {
            wrong[0] += rows(isa);
            wrong[1] += line(isa);
            wrong[2] += colours(isa);
        }
        printf("%s: %d rows, %d lines, %d colours of 3000 differ\n", names[isa], wrong[0], wrong[1], wrong[2]);
        failed |= wrong[0] | wrong[1] | wrong[2];
    }
    return failed != 0;
}

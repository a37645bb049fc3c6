// From an instruction set to its resampling kernels. A predicted branch a row costs nothing.
#include "int8_kernels.h"
#include "resample_kernels.h"

#if defined(__x86_64__)
#define CHOOSE(name, ...)                                      \
    switch (isa) {                                             \
        case OCK_AVX512: name##_avx512(__VA_ARGS__); return;   \
        case OCK_AVX2: name##_avx2(__VA_ARGS__); return;       \
        default: name##_scalar(__VA_ARGS__); return;           \
    }
#elif defined(__aarch64__)
#define CHOOSE(name, ...)                                      \
    switch (isa) {                                             \
        case OCK_NEON: name##_neon(__VA_ARGS__); return;       \
        default: name##_scalar(__VA_ARGS__); return;           \
    }
#else
#define CHOOSE(name, ...) (void)isa; name##_scalar(__VA_ARGS__);
#endif

void ock_resample_rows(ock_isa isa, const ock_resample_blend *blend) { CHOOSE(ock_resample_rows, blend) }
void ock_resample_bytes(ock_isa isa, const ock_resample_line *line, uint8_t *out) {
    CHOOSE(ock_resample_bytes, line, out)
}
void ock_resample_floats(ock_isa isa, const ock_resample_line *line, float *out) {
    CHOOSE(ock_resample_floats, line, out)
}
void ock_resample_yuyv(ock_isa isa, const uint8_t *in, uint8_t *out, ptrdiff_t pairs) {
    CHOOSE(ock_resample_yuyv, in, out, pairs)
}
void ock_resample_nv12(ock_isa isa, const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs) {
    CHOOSE(ock_resample_nv12, luma, chroma, out, pairs)
}

int ock_resample_has_fives(ock_i8_isa isa) { return isa == OCK_I8_VNNI && ock_i8_permutes_bytes(); }
void ock_resample_five(const ock_resample_fives *fives, uint8_t *bytes, float *floats) {
#if defined(__x86_64__)
    ock_resample_five_vnni(fives, bytes, floats);
#else
    (void)fives;
    (void)bytes;
    (void)floats;
#endif
}

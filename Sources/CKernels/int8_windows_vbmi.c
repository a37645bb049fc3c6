// Copies small windows together with AVX-512 VBMI, which puts any bytes of a vector anywhere: two windows of three runs
// at a time, where 16 bytes of each row hold the runs of both.
#include "int8_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vbmi")))

TARGET ptrdiff_t ock_i8_copy_windows_vbmi(const ock_i8_windows *w) {
    const ptrdiff_t run = w->run, pitch = w->pitch;
    if (w->high != 3 || pitch > 32) return 0;
    uint8_t places[64] = {0};
    for (ptrdiff_t y = 0; y < 3; y++) {
        if (w->step[y] + run > 16) return 0;
        uint8_t *first = places + y * run, *second = first + pitch;
        for (ptrdiff_t k = 0; k < run; k++) {
            first[k] = (uint8_t)(16 * y + k);
            second[k] = (uint8_t)(16 * y + w->step[y] + k);
        }
    }
    const __m512i order = _mm512_loadu_si512(places);
    const uint8_t *a = w->in[0], *b = w->in[1], *c = w->in[2];
    uint8_t *to = w->to;
    // 64 bytes are written, of which two windows may be fewer: the last ones are left to others.
    ptrdiff_t done = 0;
    for (; done + 2 <= w->count && (w->count - done) * pitch >= 48; done += 2, to += 2 * pitch) {
        __m256i two = _mm256_inserti128_si256(
            _mm256_castsi128_si256(_mm_loadu_si128((const __m128i *)a)), _mm_loadu_si128((const __m128i *)b), 1);
        __m512i three = _mm512_inserti32x4(_mm512_castsi256_si512(two), _mm_loadu_si128((const __m128i *)c), 2);
        _mm512_storeu_si512(to, _mm512_permutexvar_epi8(order, three));
        a += 2 * w->step[0];
        b += 2 * w->step[1];
        c += 2 * w->step[2];
    }
    return done;
}
#endif

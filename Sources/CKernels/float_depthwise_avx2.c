// The float depthwise kernels for AVX2 and FMA.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2,fma")))
typedef __m256 vector;

TARGET OCK_INLINE __m256 finish(__m256 value, float lower, float upper, float slope) {
    if (slope != 1) {
        OCK_RARE;
        __m256 scaled = _mm256_mul_ps(value, _mm256_set1_ps(slope));
        value = _mm256_blendv_ps(value, scaled, _mm256_cmp_ps(value, _mm256_setzero_ps(), _CMP_LT_OQ));
    }
    value = _mm256_max_ps(value, _mm256_set1_ps(lower));
    return _mm256_min_ps(value, _mm256_set1_ps(upper));
}

TARGET OCK_INLINE vector load(const float *from) { return _mm256_loadu_ps(from); }

TARGET OCK_INLINE void store(float *to, vector value) { _mm256_storeu_ps(to, value); }

TARGET OCK_INLINE vector multiply_add(vector a, vector b, vector sum) { return _mm256_fmadd_ps(a, b, sum); }

#include "float_depthwise.h"

TARGET void ock_f32_depthwise_row_avx2(const ock_f32_row *row) {
    const ptrdiff_t done = whole_vectors(row);
    if (done == row->channels) return;
    const ock_f32_row others = rest(row, done);
    ock_f32_depthwise_row_scalar(&others);
}

TARGET void ock_f32_depthwise_taps_avx2(const ock_f32_taps *taps) {
    ptrdiff_t channel = 0;
    for (; channel + 8 <= taps->channels; channel += 8) {
        __m256 sum = _mm256_loadu_ps(taps->bias + channel);
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum = _mm256_fmadd_ps(
                _mm256_loadu_ps(taps->in[tap] + channel), _mm256_loadu_ps(taps->weights[tap] + channel), sum);
        _mm256_storeu_ps(taps->out + channel, finish(sum, taps->lower, taps->upper, taps->slope));
    }
    for (; channel < taps->channels; channel++) {
        float sum = taps->bias[channel];
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++) sum += taps->in[tap][channel] * taps->weights[tap][channel];
        taps->out[channel] = ock_f32_finish(sum, taps->lower, taps->upper, taps->slope);
    }
}
#endif

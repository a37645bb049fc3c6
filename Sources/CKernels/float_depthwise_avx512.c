// The float depthwise kernels for AVX-512.
#include "float_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,fma")))
typedef __m512 vector;

TARGET OCK_INLINE __m512 finish(__m512 value, float lower, float upper, float slope) {
    if (slope != 1) {
        OCK_RARE;
        __mmask16 negative = _mm512_cmp_ps_mask(value, _mm512_setzero_ps(), _CMP_LT_OQ);
        value = _mm512_mask_mul_ps(value, negative, value, _mm512_set1_ps(slope));
    }
    value = _mm512_max_ps(value, _mm512_set1_ps(lower));
    return _mm512_min_ps(value, _mm512_set1_ps(upper));
}

TARGET OCK_INLINE vector load(const float *from) { return _mm512_loadu_ps(from); }

TARGET OCK_INLINE void store(float *to, vector value) { _mm512_storeu_ps(to, value); }

TARGET OCK_INLINE vector multiply_add(vector a, vector b, vector sum) { return _mm512_fmadd_ps(a, b, sum); }

#include "float_depthwise.h"

TARGET void ock_f32_depthwise_row_avx512(const ock_f32_row *row) {
    const ptrdiff_t done = whole_vectors(row);
    if (done == row->channels) return;
    const ock_f32_row others = rest(row, done);
    ock_f32_depthwise_row_avx2(&others);
}

TARGET OCK_INLINE __mmask16 first(ptrdiff_t channels) {
    return channels >= 16 ? 0xffff : (__mmask16)((1u << channels) - 1);
}

TARGET void ock_f32_depthwise_taps_avx512(const ock_f32_taps *taps) {
    for (ptrdiff_t channel = 0; channel < taps->channels; channel += 16) {
        __mmask16 mask = first(taps->channels - channel);
        __m512 sum = _mm512_loadu_ps(taps->bias + channel);
        for (ptrdiff_t tap = 0; tap < taps->taps; tap++)
            sum = _mm512_fmadd_ps(
                _mm512_maskz_loadu_ps(mask, taps->in[tap] + channel), _mm512_loadu_ps(taps->weights[tap] + channel),
                sum);
        _mm512_mask_storeu_ps(taps->out + channel, mask, finish(sum, taps->lower, taps->upper, taps->slope));
    }
}
#endif

// How sums become bytes in AVX-512: shared by the product, the depthwise kernels and the addition.
#ifndef INT8_VNNI_H
#define INT8_VNNI_H

#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

typedef struct {
    __m512i zero_point, lower, upper;
    /// Whether the limits are those of a byte and nothing is added: packing with saturation has done it all.
    int saturates;
} ends;

TARGET OCK_INLINE int only_saturates(const ock_i8_finish *finish) {
    return finish->zero_point == 0 && finish->lower == 0 && finish->upper == 255;
}

TARGET OCK_INLINE ends make_ends(const ock_i8_finish *finish) {
    ends limits;
    limits.saturates = only_saturates(finish);
    limits.upper = _mm512_set1_epi8((char)((int)finish->upper + finish->zero_point));
    limits.zero_point = _mm512_set1_epi16((short)finish->zero_point);
    limits.lower = _mm512_set1_epi8((char)((int)finish->lower + finish->zero_point));
    return limits;
}

/// Four vectors of finished products to bytes: in each quarter four of a, four of b, of c, of d. Limits come last and in
/// bytes: they are whole numbers, so it does not matter whether a value is limited before it is rounded or after. What
/// is small enough to convert stays on its side of the limits when it is packed with saturation.
TARGET OCK_INLINE __m512i pack(ends limits, __m512 a, __m512 b, __m512 c, __m512 d) {
    __m512i ab = _mm512_packs_epi32(_mm512_cvtps_epi32(a), _mm512_cvtps_epi32(b));
    __m512i cd = _mm512_packs_epi32(_mm512_cvtps_epi32(c), _mm512_cvtps_epi32(d));
    if (limits.saturates) return _mm512_packus_epi16(ab, cd);
    OCK_RARE;
    ab = _mm512_adds_epi16(ab, limits.zero_point);
    cd = _mm512_adds_epi16(cd, limits.zero_point);
    return _mm512_min_epu8(_mm512_max_epu8(_mm512_packus_epi16(ab, cd), limits.lower), limits.upper);
}

TARGET OCK_INLINE __m512i finish(
    ends limits, __m512 ma, __m512 mb, __m512 mc, __m512 md, __m512i a, __m512i b, __m512i c, __m512i d) {
    return pack(
        limits, _mm512_mul_ps(_mm512_cvtepi32_ps(a), ma), _mm512_mul_ps(_mm512_cvtepi32_ps(b), mb),
        _mm512_mul_ps(_mm512_cvtepi32_ps(c), mc), _mm512_mul_ps(_mm512_cvtepi32_ps(d), md));
}

#endif

// YUV to RGB for AVX2: eight pairs of pixels at a time, one pair in each 32 bits.
#include "resample_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx2")))

/// The bytes of red and green, pixel by pixel in words, and of blue, for the pairs' first or second pixels.
TARGET OCK_INLINE void colours(__m256i luma, __m256i red, __m256i green, __m256i blue, __m256i words[2]) {
    __m256i r = _mm256_srai_epi32(_mm256_add_epi32(luma, red), 14);
    // Two bits up, green's whole part lies in the upper word.
    __m256i g = _mm256_slli_epi32(_mm256_add_epi32(luma, green), 2);
    __m256i b = _mm256_srai_epi32(_mm256_add_epi32(luma, blue), 14);
    words[0] = _mm256_blend_epi16(r, g, 0xaa);
    words[1] = _mm256_blend_epi16(b, _mm256_setzero_si256(), 0xaa);
}

/// `y` holds words of Y0 and Y1, `c` of U and V.
TARGET OCK_INLINE void convert(__m256i y, __m256i c, uint8_t *out) {
    __m256i first = _mm256_madd_epi16(y, _mm256_set1_epi32(OCK_WORDS(ock_luma, 0)));
    __m256i second = _mm256_madd_epi16(y, _mm256_set1_epi32(OCK_WORDS(0, ock_luma)));
    __m256i red = _mm256_madd_epi16(c, _mm256_set1_epi32(OCK_WORDS(0, ock_red_v)));
    __m256i green = _mm256_madd_epi16(c, _mm256_set1_epi32(OCK_WORDS(ock_green_u, ock_green_v)));
    __m256i blue = _mm256_madd_epi16(c, _mm256_set1_epi32(OCK_WORDS(ock_half_blue_u, 0)));
    red = _mm256_add_epi32(red, _mm256_set1_epi32(ock_red_offset));
    green = _mm256_add_epi32(green, _mm256_set1_epi32(ock_green_offset));
    blue = _mm256_add_epi32(_mm256_slli_epi32(blue, 1), _mm256_set1_epi32(ock_blue_offset));
    __m256i a[2], b[2];
    colours(first, red, green, blue, a);
    colours(second, red, green, blue, b);
    __m256i redGreen = _mm256_packus_epi16(a[0], b[0]), blueZero = _mm256_packus_epi16(a[1], b[1]);
    __m256i firsts = _mm256_unpacklo_epi16(redGreen, blueZero), seconds = _mm256_unpackhi_epi16(redGreen, blueZero);
    __m256i low = _mm256_unpacklo_epi32(firsts, seconds), high = _mm256_unpackhi_epi32(firsts, seconds);
    _mm256_storeu_si256((__m256i *)out, _mm256_permute2x128_si256(low, high, 0x20));
    _mm256_storeu_si256((__m256i *)(out + 32), _mm256_permute2x128_si256(low, high, 0x31));
}

TARGET OCK_INLINE void yuyv(const uint8_t *in, uint8_t *out) {
    const __m256i mask = _mm256_set1_epi32(0x00ff00ff);
    __m256i bytes = _mm256_loadu_si256((const __m256i *)in);
    convert(_mm256_and_si256(bytes, mask), _mm256_and_si256(_mm256_srli_epi32(bytes, 8), mask), out);
}

TARGET void ock_resample_yuyv_avx2(const uint8_t *in, uint8_t *out, ptrdiff_t pairs) {
    for (; pairs >= 8; pairs -= 8, in += 32, out += 64) yuyv(in, out);
    if (pairs <= 0) return;
    uint8_t end[32] = {0};
    memcpy(end, in, (size_t)pairs * 4);
    yuyv(end, out);
}

TARGET OCK_INLINE void nv12(const uint8_t *luma, const uint8_t *chroma, uint8_t *out) {
    __m256i y = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)luma));
    __m256i c = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)chroma));
    convert(y, c, out);
}

TARGET void ock_resample_nv12_avx2(const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs) {
    for (; pairs >= 8; pairs -= 8, luma += 16, chroma += 16, out += 64) nv12(luma, chroma, out);
    if (pairs <= 0) return;
    uint8_t ends[2][16] = {{0}};
    memcpy(ends[0], luma, (size_t)pairs * 2);
    memcpy(ends[1], chroma, (size_t)pairs * 2);
    nv12(ends[0], ends[1], out);
}
#endif

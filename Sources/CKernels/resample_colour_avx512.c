// YUV to RGB for AVX-512: sixteen pairs of pixels at a time, one pair in each 32 bits. As resample_colour_avx2.c.
#include "resample_kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx2")))

/// The bytes of red and green, pixel by pixel in words, and of blue, for the pairs' first or second pixels.
TARGET OCK_INLINE void colours(__m512i luma, __m512i red, __m512i green, __m512i blue, __m512i words[2]) {
    const __mmask32 upper = 0xaaaaaaaa;
    __m512i r = _mm512_srai_epi32(_mm512_add_epi32(luma, red), 14);
    // Two bits up, green's whole part lies in the upper word.
    __m512i g = _mm512_slli_epi32(_mm512_add_epi32(luma, green), 2);
    __m512i b = _mm512_srai_epi32(_mm512_add_epi32(luma, blue), 14);
    words[0] = _mm512_mask_blend_epi16(upper, r, g);
    words[1] = _mm512_maskz_mov_epi16(~upper, b);
}

/// `y` holds words of Y0 and Y1, `c` of U and V.
TARGET OCK_INLINE void convert(__m512i y, __m512i c, uint8_t *out) {
    __m512i first = _mm512_madd_epi16(y, _mm512_set1_epi32(OCK_WORDS(ock_luma, 0)));
    __m512i second = _mm512_madd_epi16(y, _mm512_set1_epi32(OCK_WORDS(0, ock_luma)));
    __m512i red = _mm512_madd_epi16(c, _mm512_set1_epi32(OCK_WORDS(0, ock_red_v)));
    __m512i green = _mm512_madd_epi16(c, _mm512_set1_epi32(OCK_WORDS(ock_green_u, ock_green_v)));
    __m512i blue = _mm512_madd_epi16(c, _mm512_set1_epi32(OCK_WORDS(ock_half_blue_u, 0)));
    red = _mm512_add_epi32(red, _mm512_set1_epi32(ock_red_offset));
    green = _mm512_add_epi32(green, _mm512_set1_epi32(ock_green_offset));
    blue = _mm512_add_epi32(_mm512_slli_epi32(blue, 1), _mm512_set1_epi32(ock_blue_offset));
    __m512i a[2], b[2];
    colours(first, red, green, blue, a);
    colours(second, red, green, blue, b);
    __m512i redGreen = _mm512_packus_epi16(a[0], b[0]), blueZero = _mm512_packus_epi16(a[1], b[1]);
    __m512i firsts = _mm512_unpacklo_epi16(redGreen, blueZero), seconds = _mm512_unpackhi_epi16(redGreen, blueZero);
    __m512i low = _mm512_unpacklo_epi32(firsts, seconds), high = _mm512_unpackhi_epi32(firsts, seconds);
    const __m512i front = _mm512_setr_epi64(0, 1, 8, 9, 2, 3, 10, 11);
    const __m512i back = _mm512_setr_epi64(4, 5, 12, 13, 6, 7, 14, 15);
    _mm512_storeu_si512(out, _mm512_permutex2var_epi64(low, front, high));
    _mm512_storeu_si512(out + 64, _mm512_permutex2var_epi64(low, back, high));
}

/// The lowest `count` of 32 or fewer bits.
OCK_INLINE uint32_t lowest(ptrdiff_t count, ptrdiff_t most) {
    return (uint32_t)(((uint64_t)1 << (count < most ? count : most)) - 1);
}

TARGET void ock_resample_yuyv_avx512(const uint8_t *in, uint8_t *out, ptrdiff_t pairs) {
    const __m512i mask = _mm512_set1_epi32(0x00ff00ff);
    for (; pairs > 0; pairs -= 16, in += 64, out += 128) {
        __m512i bytes = _mm512_maskz_loadu_epi32((__mmask16)lowest(pairs, 16), in);
        convert(_mm512_and_si512(bytes, mask), _mm512_and_si512(_mm512_srli_epi32(bytes, 8), mask), out);
    }
}

TARGET void ock_resample_nv12_avx512(const uint8_t *luma, const uint8_t *chroma, uint8_t *out, ptrdiff_t pairs) {
    for (; pairs > 0; pairs -= 16, luma += 32, chroma += 32, out += 128) {
        const __mmask32 held = lowest(2 * pairs, 32);
        __m512i y = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(held, luma));
        __m512i c = _mm512_cvtepu8_epi16(_mm256_maskz_loadu_epi8(held, chroma));
        convert(y, c, out);
    }
}
#endif

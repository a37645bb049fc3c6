// Forwards and backwards through layers. Vectors of sixteen floats become one, two or four registers.
#include "include/CTrainingLayers.h"
#pragma clang diagnostic ignored "-Wpsabi"  // vectors are passed to inlined functions only

typedef float NAME(vector) __attribute__((vector_size(64), aligned(4)));
typedef int NAME(mask) __attribute__((vector_size(64)));
#define VECTOR NAME(vector)
#define MASK NAME(mask)
#define LANES 16

OTK_INLINE VECTOR NAME(load)(const float *p) { return *(const VECTOR *)p; }
OTK_INLINE void NAME(store)(float *p, VECTOR v) { *(VECTOR *)p = v; }
OTK_INLINE VECTOR NAME(select)(MASK m, VECTOR a, VECTOR b) { return (VECTOR)((m & (MASK)a) | (~m & (MASK)b)); }
OTK_INLINE VECTOR NAME(all)(float v) { return v - (VECTOR){0}; }
#define LOAD NAME(load)
#define STORE NAME(store)
#define SELECT NAME(select)
#define ALL NAME(all)

void NAME(otk_accumulate)(float *target, const float *source, float factor, size_t count) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) STORE(target + i, LOAD(target + i) + LOAD(source + i) * factor);
    for (; i < count; i++) target[i] += factor * source[i];
}

void NAME(otk_column_sums)(const float *x, size_t rows, size_t period, float *sums) {
    size_t c = 0;
    for (; c + 4 * LANES <= period; c += 4 * LANES) {
        VECTOR s0 = ALL(0), s1 = s0, s2 = s0, s3 = s0;
        for (size_t r = 0; r < rows; r++) {
            const float *p = x + r * period + c;
            s0 += LOAD(p), s1 += LOAD(p + LANES), s2 += LOAD(p + 2 * LANES), s3 += LOAD(p + 3 * LANES);
        }
        STORE(sums + c, s0), STORE(sums + c + LANES, s1), STORE(sums + c + 2 * LANES, s2);
        STORE(sums + c + 3 * LANES, s3);
    }
    for (; c + LANES <= period; c += LANES) {
        VECTOR s = ALL(0);
        for (size_t r = 0; r < rows; r++) s += LOAD(x + r * period + c);
        STORE(sums + c, s);
    }
    for (; c < period; c++) {
        float s = 0;
        for (size_t r = 0; r < rows; r++) s += x[r * period + c];
        sums[c] = s;
    }
}

void NAME(otk_moments)(const float *x, size_t rows, size_t period, float *mean, float *squares) {
    NAME(otk_column_sums)(x, rows, period, mean);
    float share = 1.0f / (float)rows;
    for (size_t c = 0; c < period; c++) mean[c] *= share;
    size_t c = 0;
    for (; c + 4 * LANES <= period; c += 4 * LANES) {
        VECTOR s[4] = {ALL(0), ALL(0), ALL(0), ALL(0)}, m[4];
        for (int k = 0; k < 4; k++) m[k] = LOAD(mean + c + k * LANES);
        for (size_t r = 0; r < rows; r++) {
            for (int k = 0; k < 4; k++) {
                VECTOR d = LOAD(x + r * period + c + k * LANES) - m[k];
                s[k] += d * d;
            }
        }
        for (int k = 0; k < 4; k++) STORE(squares + c + k * LANES, s[k]);
    }
    for (; c < period; c++) {
        float s = 0;
        for (size_t r = 0; r < rows; r++) {
            float d = x[r * period + c] - mean[c];
            s += d * d;
        }
        squares[c] = s;
    }
}

OTK_INLINE VECTOR NAME(clamped)(VECTOR v, otk_clamp k) {
    v = SELECT(v > k.low, v, (v - k.low) * k.slope + k.low);
    return SELECT(v >= k.high, ALL(k.high), v);  // a NaN stays one
}

OTK_INLINE VECTOR NAME(behind)(VECTOR g, VECTOR v, otk_clamp k) {
    g = SELECT(v > k.low, g, g * k.slope);
    return SELECT(v >= k.high, ALL(0), g);
}

OTK_INLINE float NAME(clamped1)(float v, otk_clamp k) {
    v = v > k.low ? v : (v - k.low) * k.slope + k.low;
    return v >= k.high ? k.high : v;
}

OTK_INLINE float NAME(behind1)(float g, float v, otk_clamp k) {
    g = v > k.low ? g : g * k.slope;
    return v >= k.high ? 0 : g;
}

void NAME(otk_normalize)(
    const float *x, float *y, size_t rows, size_t period, const float *factor, const float *offset, otk_clamp clamp) {
    for (size_t r = 0; r < rows; r++) {
        const float *p = x + r * period;
        float *q = y + r * period;
        size_t c = 0;
        for (; c + LANES <= period; c += LANES) {
            STORE(q + c, NAME(clamped)(LOAD(p + c) * LOAD(factor + c) + LOAD(offset + c), clamp));
        }
        for (; c < period; c++) q[c] = NAME(clamped1)(p[c] * factor[c] + offset[c], clamp);
    }
}

void NAME(otk_normalize_sums)(
    const float *gradient, const float *x, size_t rows, size_t period, const float *factor, const float *offset,
    const float *mean, otk_clamp clamp, float *sums, float *products) {
    size_t c = 0;
    for (; c + 2 * LANES <= period; c += 2 * LANES) {
        VECTOR s[2] = {ALL(0), ALL(0)}, t[2] = {ALL(0), ALL(0)}, f[2], o[2], m[2];
        for (int k = 0; k < 2; k++) {
            f[k] = LOAD(factor + c + k * LANES), o[k] = LOAD(offset + c + k * LANES), m[k] = LOAD(mean + c + k * LANES);
        }
        for (size_t r = 0; r < rows; r++) {
            for (int k = 0; k < 2; k++) {
                size_t i = r * period + c + k * LANES;
                VECTOR v = LOAD(x + i);
                VECTOR g = NAME(behind)(LOAD(gradient + i), v * f[k] + o[k], clamp);
                s[k] += g;
                t[k] += g * (v - m[k]);
            }
        }
        for (int k = 0; k < 2; k++) STORE(sums + c + k * LANES, s[k]), STORE(products + c + k * LANES, t[k]);
    }
    for (; c < period; c++) {
        float s = 0, t = 0;
        for (size_t r = 0; r < rows; r++) {
            size_t i = r * period + c;
            float g = NAME(behind1)(gradient[i], x[i] * factor[c] + offset[c], clamp);
            s += g;
            t += g * (x[i] - mean[c]);
        }
        sums[c] = s;
        products[c] = t;
    }
}

void NAME(otk_normalize_backward)(
    const float *gradient, const float *x, float *result, size_t rows, size_t period, const float *factor,
    const float *offset, const float *a, const float *b, const float *d, otk_clamp clamp) {
    for (size_t r = 0; r < rows; r++) {
        size_t c = 0, i = r * period;
        for (; c + LANES <= period; c += LANES, i += LANES) {
            VECTOR v = LOAD(x + i);
            VECTOR g = NAME(behind)(LOAD(gradient + i), v * LOAD(factor + c) + LOAD(offset + c), clamp);
            STORE(result + i, g * LOAD(a + c) + v * LOAD(b + c) + LOAD(d + c));
        }
        for (; c < period; c++, i++) {
            float g = NAME(behind1)(gradient[i], x[i] * factor[c] + offset[c], clamp);
            result[i] = g * a[c] + x[i] * b[c] + d[c];
        }
    }
}

void NAME(otk_clamp_backward)(float *gradient, const float *y, size_t count, otk_clamp clamp) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        STORE(gradient + i, NAME(behind)(LOAD(gradient + i), LOAD(y + i), clamp));
    }
    for (; i < count; i++) gradient[i] = NAME(behind1)(gradient[i], y[i], clamp);
}

void NAME(otk_round_to_grid)(float *y, size_t count, float scale, float zero) {
    // Adding 1.5 * 2^23 leaves no bits behind the point: the addition rounds, ties to even.
    const float shift = 12582912.0f, low = -zero, high = 255 - zero;
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        VECTOR v = LOAD(y + i) / scale;
        v = SELECT(v > low, v, ALL(low));
        v = SELECT(v < high, v, ALL(high));
        STORE(y + i, ((v + shift) - shift) * scale);
    }
    for (; i < count; i++) {
        float v = y[i] / scale;
        v = v > low ? v : low;
        v = v < high ? v : high;
        volatile float rounded = v + shift;
        y[i] = (rounded - shift) * scale;
    }
}

// The output columns whose tap `k` lies inside a row of the input.
OTK_INLINE void NAME(span)(int k, const otk_depthwise *s, int *first, int *end) {
    int reach = k * s->dilation - s->paddingLeft;
    *first = reach < 0 ? (-reach + s->stride - 1) / s->stride : 0;
    int last = (s->inputWidth - 1 - reach) / s->stride;
    *end = s->inputWidth - 1 - reach < 0 ? 0 : (last + 1 < s->outputWidth ? last + 1 : s->outputWidth);
}

void NAME(otk_depthwise_weights)(const otk_depthwise *s, const float *x, const float *gradient, float *weights) {
    int channels = s->channels;
    for (int row = 0; row < s->outputHeight; row++) {
        const float *g = gradient + (size_t)row * s->outputWidth * channels;
        for (int i = 0; i < s->kernelHeight; i++) {
            int line = row * s->stride - s->paddingTop + i * s->dilation;
            if (line < 0 || line >= s->inputHeight) continue;
            const float *p = x + (size_t)line * s->inputWidth * channels;
            for (int k = 0; k < s->kernelWidth; k++) {
                int first, end;
                NAME(span)(k, s, &first, &end);
                float *w = weights + (size_t)(i * s->kernelWidth + k) * channels;
                ptrdiff_t reach = (ptrdiff_t)(k * s->dilation - s->paddingLeft) * channels;
                size_t step = (size_t)s->stride * channels;
                int c = 0;
                for (; c + 2 * LANES <= channels; c += 2 * LANES) {
                    VECTOR a = ALL(0), b = ALL(0);
                    for (int column = first; column < end; column++) {
                        const float *q = p + reach + (ptrdiff_t)(column * step) + c;
                        const float *h = g + (size_t)column * channels + c;
                        a += LOAD(q) * LOAD(h);
                        b += LOAD(q + LANES) * LOAD(h + LANES);
                    }
                    STORE(w + c, LOAD(w + c) + a), STORE(w + c + LANES, LOAD(w + c + LANES) + b);
                }
                for (; c + LANES <= channels; c += LANES) {
                    VECTOR a = ALL(0), b = ALL(0);
                    int column = first;
                    for (; column + 1 < end; column += 2) {
                        const float *q = p + reach + (ptrdiff_t)(column * step) + c;
                        const float *h = g + (size_t)column * channels + c;
                        a += LOAD(q) * LOAD(h);
                        b += LOAD(q + step) * LOAD(h + channels);
                    }
                    if (column < end) {
                        a += LOAD(p + reach + (ptrdiff_t)(column * step) + c) * LOAD(g + (size_t)column * channels + c);
                    }
                    STORE(w + c, LOAD(w + c) + a + b);
                }
                if (channels == 8) {
                    typedef float half __attribute__((vector_size(32), aligned(4)));
                    half a = {0}, b = {0};
                    int column = first;
                    for (; column + 1 < end; column += 2) {
                        const float *q = p + reach + (ptrdiff_t)(column * step);
                        const float *h = g + (size_t)column * 8;
                        a += *(const half *)q * *(const half *)h;
                        b += *(const half *)(q + step) * *(const half *)(h + 8);
                    }
                    if (column < end) {
                        a += *(const half *)(p + reach + (ptrdiff_t)(column * step))
                            * *(const half *)(g + (size_t)column * 8);
                    }
                    *(half *)w += a + b;
                    continue;
                }
                for (; c < channels; c++) {
                    float a = 0;
                    for (int column = first; column < end; column++) {
                        a += p[reach + (ptrdiff_t)(column * step) + c] * g[(size_t)column * channels + c];
                    }
                    w[c] += a;
                }
            }
        }
    }
}

void NAME(otk_depthwise_input)(const otk_depthwise *s, const float *weights, const float *gradient, float *result) {
    int channels = s->channels;
    for (int row = 0; row < s->outputHeight; row++) {
        const float *g = gradient + (size_t)row * s->outputWidth * channels;
        for (int i = 0; i < s->kernelHeight; i++) {
            int line = row * s->stride - s->paddingTop + i * s->dilation;
            if (line < 0 || line >= s->inputHeight) continue;
            float *p = result + (size_t)line * s->inputWidth * channels;
            for (int k = 0; k < s->kernelWidth; k++) {
                int first, end;
                NAME(span)(k, s, &first, &end);
                const float *w = weights + (size_t)(i * s->kernelWidth + k) * channels;
                ptrdiff_t reach = (ptrdiff_t)(k * s->dilation - s->paddingLeft) * channels;
                for (int column = first; column < end; column++) {
                    float *q = p + reach + (ptrdiff_t)column * s->stride * channels;
                    const float *h = g + (size_t)column * channels;
                    int c = 0;
                    for (; c + LANES <= channels; c += LANES) STORE(q + c, LOAD(q + c) + LOAD(w + c) * LOAD(h + c));
                    for (; c < channels; c++) q[c] += w[c] * h[c];
                }
            }
        }
    }
}

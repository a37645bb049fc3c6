// Overlap loops, compiled once for each instruction set (loops_*.c). NAME adds the set's suffix.
#include "include/CTrainingOverlap.h"

float NAME(otk_overlaps)(
    const otk_anchors *anchors, float left, float top, float right, float bottom, float *overlaps) {
    const float *lefts = anchors->lefts, *tops = anchors->tops, *rights = anchors->rights;
    const float *bottoms = anchors->bottoms, *areas = anchors->areas;
    float area = (right - left) * (bottom - top);
    // As integers: floats of at least 0 have the order of their bits, and an integer maximum vectorises.
    int32_t largest = 0;
    for (size_t i = 0; i < anchors->count; i++) {
        float l = lefts[i] > left ? lefts[i] : left, r = rights[i] < right ? rights[i] : right;
        float t = tops[i] > top ? tops[i] : top, b = bottoms[i] < bottom ? bottoms[i] : bottom;
        float w = r - l, h = b - t;
        w = w > 0 ? w : 0;
        h = h > 0 ? h : 0;
        float shared = w * h;
        float overlap = shared / (area + areas[i] - shared);
        int32_t bits;
        memcpy(&bits, &overlap, 4);
        largest = bits > largest ? bits : largest;
        overlaps[i] = overlap;
    }
    float result;
    memcpy(&result, &largest, 4);
    return result;
}

void NAME(otk_coverages)(
    const otk_anchors *anchors, float left, float top, float right, float bottom, float *coverages) {
    const float *lefts = anchors->lefts, *tops = anchors->tops, *rights = anchors->rights;
    const float *bottoms = anchors->bottoms, *areas = anchors->areas;
    for (size_t i = 0; i < anchors->count; i++) {
        float l = lefts[i] > left ? lefts[i] : left, r = rights[i] < right ? rights[i] : right;
        float t = tops[i] > top ? tops[i] : top, b = bottoms[i] < bottom ? bottoms[i] : bottom;
        float w = r - l, h = b - t;
        w = w > 0 ? w : 0;
        h = h > 0 ? h : 0;
        coverages[i] = w * h / areas[i];
    }
}

void NAME(otk_keep_larger)(const float *overlaps, int32_t owner, size_t count, float *best, int32_t *owners) {
    for (size_t i = 0; i < count; i++) {
        int larger = overlaps[i] > best[i];
        owners[i] = larger ? owner : owners[i];
        best[i] = larger ? overlaps[i] : best[i];
    }
}

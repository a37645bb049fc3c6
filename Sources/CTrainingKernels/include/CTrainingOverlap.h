// Overlap of one box with many anchors, for matching. No state; any thread may call.
#ifndef CTRAINING_OVERLAP_H
#define CTRAINING_OVERLAP_H

#include <stddef.h>
#include <stdint.h>

/// Anchors by edge, each list `count` long; `areas` their areas, all above 0.
typedef struct {
    const float *lefts, *tops, *rights, *bottoms, *areas;
    size_t count;
} otk_anchors;

/// For a box of an area above 0: overlaps[i] = intersection / union, at least 0. Returns the largest one.
float otk_overlaps(const otk_anchors *anchors, float left, float top, float right, float bottom, float *overlaps);

/// coverages[i] = the part of anchor i that lies in the box, 0...1.
void otk_coverages(const otk_anchors *anchors, float left, float top, float right, float bottom, float *coverages);

/// Where overlaps[i] > best[i]: best[i] = overlaps[i] and owners[i] = owner. Equal ones keep the earlier owner.
void otk_keep_larger(const float *overlaps, int32_t owner, size_t count, float *best, int32_t *owners);

/// The index of the largest overlap with taken[i] == 0, the first of equal ones; -1 when none is above 0.
ptrdiff_t otk_best_free(const float *overlaps, const uint8_t *taken, size_t count);

#endif

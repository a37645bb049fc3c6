// The hardest negatives without sorting: the threshold is found digit by digit.
#include "include/CTrainingLosses.h"

#include <string.h>

static uint32_t bits_of(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    return bits;
}

void otk_choose_hardest(const float *losses, const int32_t *labels, size_t rows, size_t count, uint8_t *chosen) {
    // Floats of at least 0 have the order of their bits, NaN above all. Four digits of eight bits, highest first.
    uint32_t threshold = 0, known = 0;
    size_t wanted = count;
    for (int shift = 24; shift >= 0 && wanted > 0; shift -= 8) {
        size_t counts[256] = {0};
        for (size_t r = 0; r < rows; r++) {
            uint32_t bits = bits_of(losses[r]);
            if (labels[r] == 0 && (bits & known) == threshold) counts[bits >> shift & 255]++;
        }
        uint32_t digit = 255;
        while (digit > 0 && counts[digit] < wanted) wanted -= counts[digit--];
        threshold |= digit << shift;
        known |= 255u << shift;
    }
    if (count == 0) return;
    // `wanted` of those at the threshold are left to take.
    for (size_t r = 0; r < rows; r++) {
        if (labels[r] != 0) continue;
        uint32_t bits = bits_of(losses[r]);
        if (bits > threshold) chosen[r] = 1;
        if (bits == threshold && wanted > 0) {
            chosen[r] = 1;
            wanted--;
        }
    }
}


// The pass over the scores of a classifier with softmax: finds the rows that have a detection. The exponential is our own,
// so that every instruction set, and every C library, gives the same bits.
#ifndef CKERNELSSCORES_H
#define CKERNELSSCORES_H

// The enumeration of instruction sets is in CKernels.h, which includes this file behind it.

/// Rows of `classes` logits, column 0 the background. The score of a class is exp(logit - largest) / sum, where sum is over
/// all classes of the row.
typedef struct {
    const float *logits;  // [rows][classes]
    ptrdiff_t rows, classes;  // classes: at least 2
    float threshold;  // 0 ... 1
    float cutoff;     // log(threshold / (1 - threshold))
    // Of the row found: exp(logit - largest) of class c at 8 + c, and their sum.
    float *exponentials;  // [8 + classes]
    float sum;
} ock_softmax;

/// The first row from `row` on that can have a score, the background's left out, of `threshold` or more; `rows` when there
/// is none. A row found may miss the threshold by rounding; none that reaches it is left out. NaN reaches nothing.
ptrdiff_t ock_softmax_find(ock_isa isa, ock_softmax *softmax, ptrdiff_t row);

/// Asks for the cache line at `address`, which will be read soon.
static inline void ock_fetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#endif

// The loss of one row of logits, and its parts; the loops over rows are in loss_loops.h. NAME adds the set's suffix.
#include "include/CTrainingLosses.h"

typedef struct {
    /// The largest logit.
    float largest;
    /// exp(logit - largest), for the label's class and summed over the others.
    float own, others;
} NAME(softmax_row);

/// Sum of exp((logit - largest) * inverse). Eight sums side by side: one chain would not vectorise.
OTK_INLINE float NAME(sum_exp)(const float *row, size_t begin, size_t end, float largest, float inverse) {
    float sums[8] = {0};
    size_t i = begin;
    for (; i + 8 <= end; i += 8)
        for (size_t j = 0; j < 8; j++) sums[j] += otk_exp((row[i + j] - largest) * inverse);
    float sum = (sums[0] + sums[4]) + (sums[1] + sums[5]) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
    for (; i < end; i++) sum += otk_exp((row[i] - largest) * inverse);
    return sum;
}

OTK_INLINE float NAME(largest)(const float *row, size_t classes) {
    float largest = row[0];
    for (size_t k = 1; k < classes; k++) largest = row[k] > largest ? row[k] : largest;
    return largest;
}

OTK_INLINE NAME(softmax_row) NAME(softmax)(const float *row, size_t classes, size_t label) {
    NAME(softmax_row) result;
    result.largest = NAME(largest)(row, classes);
    result.own = otk_exp(row[label] - result.largest);
    result.others = NAME(sum_exp)(row, 0, label, result.largest, 1) +
                    NAME(sum_exp)(row, label + 1, classes, result.largest, 1);
    return result;
}

/// -log of the label's share, exact also when it is nearly 1.
OTK_INLINE float NAME(softmax_loss)(const NAME(softmax_row) *row, float logit) {
    if (logit == row->largest) return log1pf(row->others);
    return (row->largest - logit) + logf(row->own + row->others);
}

/// Sum over the classes 1... of the binary cross-entropy, target 1 for the label's class and 0 for the others.
OTK_INLINE float NAME(sigmoid_loss)(const float *row, size_t classes, size_t label) {
    float loss = 0;
    for (size_t k = 1; k < classes; k++) loss += otk_softplus(k == label ? -row[k] : row[k]);
    return loss;
}

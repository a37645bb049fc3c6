// Losses over the rows of a network's heads: the value is returned, the gradient is ADDED to what is there.
// Rows are [rows, classes] or [rows, columns], packed. Theory and numbers: docs/training.md. No state.
#ifndef CTRAINING_LOSSES_H
#define CTRAINING_LOSSES_H

#include <stddef.h>
#include <stdint.h>

/// Logits with their labels: below 0 a row that counts nowhere, 0 background, otherwise a class below `classes`.
typedef struct {
    const float *scores;
    const int32_t *labels;
    size_t rows, classes;
    /// Same shape as `scores`.
    float *gradients;
    /// What the gradient is multiplied by; the value is not.
    float scale;
    /// Share of the target that is spread over the classes, 0 for none.
    float smoothing;
} otk_class_rows;

/// losses[r]: cross-entropy of each row without smoothing, 0 where the label is below 0. NaN scores give NaN.
void otk_softmax_losses(const otk_class_rows *rows, float *losses);
void otk_sigmoid_losses(const otk_class_rows *rows, float *losses);

/// Marks rows of label 0 with the `count` largest losses in `chosen`; of equal ones the first. NaN counts as largest.
/// All other rows of `chosen` stay as they are. `losses` are at least 0 or NaN.
void otk_choose_hardest(const float *losses, const int32_t *labels, size_t rows, size_t count, uint8_t *chosen);

/// Sum of the losses of chosen rows, each as often as `chosen` says, and their gradients.
double otk_softmax_cross_entropy(const otk_class_rows *rows, const uint8_t *chosen);
double otk_sigmoid_cross_entropy(const otk_class_rows *rows, const uint8_t *chosen);

/// Focal loss of all rows with a label of at least 0. `smoothing` is not used.
double otk_softmax_focal(const otk_class_rows *rows, float alpha, float gamma);
double otk_sigmoid_focal(const otk_class_rows *rows, float alpha, float gamma);

/// Numbers to be brought near others, [rows, columns].
typedef struct {
    const float *values, *targets;
    size_t rows, columns;
    float *gradients;
    float scale;
    /// Below this difference the loss is a parabola; 0 makes it the absolute difference everywhere.
    float beta;
} otk_regression_rows;

/// Smooth L1 summed over rows whose label is above 0 (all when `labels` is NULL), times the row's weight when `weights`
/// is not NULL. Rows of weight 0 are not looked at.
double otk_smooth_l1(const otk_regression_rows *rows, const int32_t *labels, const float *weights);

/// foreground[r]: 1 - the background's softmax, or the largest sigmoid of the classes. Returns their sum.
double otk_softmax_foreground(const float *scores, size_t rows, size_t classes, float *foreground);
double otk_sigmoid_foreground(const float *scores, size_t rows, size_t classes, float *foreground);

/// Student and teacher logits of the same anchors with a weight a row.
typedef struct {
    const float *student, *teacher, *weights;
    size_t rows, classes;
    float *gradients;
    float scale, temperature;
} otk_soft_rows;

/// Sum over rows of weight * temperature^2 * divergence of the student's distribution from the teacher's.
double otk_softmax_divergence(const otk_soft_rows *rows);
double otk_sigmoid_divergence(const otk_soft_rows *rows);

#endif

// Classification losses over rows, compiled once for each instruction set (loops_*.c). Numbers: docs/training.md.
#include "loss_rows.h"

void NAME(otk_softmax_losses)(const otk_class_rows *rows, float *losses) {
    size_t classes = rows->classes;
    for (size_t r = 0; r < rows->rows; r++) {
        losses[r] = 0;
        if (rows->labels[r] < 0) continue;
        const float *row = rows->scores + r * classes;
        size_t label = (size_t)rows->labels[r];
        NAME(softmax_row) parts = NAME(softmax)(row, classes, label);
        losses[r] = NAME(softmax_loss)(&parts, row[label]);
    }
}

void NAME(otk_sigmoid_losses)(const otk_class_rows *rows, float *losses) {
    size_t classes = rows->classes;
    for (size_t r = 0; r < rows->rows; r++)
        losses[r] = rows->labels[r] < 0
                        ? 0
                        : NAME(sigmoid_loss)(rows->scores + r * classes, classes, (size_t)rows->labels[r]);
}

double NAME(otk_softmax_cross_entropy)(const otk_class_rows *rows, const uint8_t *chosen) {
    size_t classes = rows->classes;
    float each = rows->smoothing / (float)classes;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        if (!chosen[r] || rows->labels[r] < 0) continue;
        float scale = rows->scale * chosen[r];
        const float *row = rows->scores + r * classes;
        float *gradient = rows->gradients + r * classes;
        size_t label = (size_t)rows->labels[r];
        NAME(softmax_row) parts = NAME(softmax)(row, classes, label);
        float loss = NAME(softmax_loss)(&parts, row[label]);
        if (each > 0) {
            float mean = 0;
            for (size_t k = 0; k < classes; k++) mean += each * (row[label] - row[k]);
            loss += mean;
        }
        sum += (double)loss * chosen[r];
        float inverse = 1 / (parts.own + parts.others), largest = parts.largest;
        for (size_t k = 0; k < label; k++) gradient[k] += scale * (otk_exp(row[k] - largest) * inverse - each);
        // p - 1 from the others' share: nothing is lost when p is nearly 1.
        gradient[label] += scale * (rows->smoothing - each - parts.others * inverse);
        for (size_t k = label + 1; k < classes; k++)
            gradient[k] += scale * (otk_exp(row[k] - largest) * inverse - each);
    }
    return sum;
}

double NAME(otk_sigmoid_cross_entropy)(const otk_class_rows *rows, const uint8_t *chosen) {
    size_t classes = rows->classes;
    float half = rows->smoothing / 2;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        if (!chosen[r] || rows->labels[r] < 0) continue;
        float scale = rows->scale * chosen[r];
        const float *row = rows->scores + r * classes;
        float *gradient = rows->gradients + r * classes;
        size_t label = (size_t)rows->labels[r];
        float loss = 0;
        for (size_t k = 1; k < classes; k++) {
            float target = k == label ? 1 - half : half;
            loss += otk_softplus(row[k]) - target * row[k];
            gradient[k] += scale * (otk_sigmoid(row[k]) - target);
        }
        sum += (double)loss * chosen[r];
    }
    return sum;
}

/// Focal loss from p's logarithm, 1 - p and p; `*slope` is its derivative by log p. (9), (10)
OTK_INLINE float NAME(focal)(float minus_log, float rest, float p, float alpha, float gamma, float *slope) {
    float power = gamma == 2 ? rest * rest : powf(rest, gamma);
    float lower = rest > 0 ? power / rest : 0;
    *slope = -alpha * (power + gamma * lower * p * minus_log);
    return alpha * power * minus_log;
}

double NAME(otk_softmax_focal)(const otk_class_rows *rows, float alpha, float gamma) {
    size_t classes = rows->classes;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        if (rows->labels[r] < 0) continue;
        const float *row = rows->scores + r * classes;
        float *gradient = rows->gradients + r * classes;
        size_t label = (size_t)rows->labels[r];
        NAME(softmax_row) parts = NAME(softmax)(row, classes, label);
        float inverse = 1 / (parts.own + parts.others), slope;
        sum += (double)NAME(focal)(
            NAME(softmax_loss)(&parts, row[label]), parts.others * inverse, parts.own * inverse,
            label > 0 ? alpha : 1 - alpha, gamma, &slope);
        slope *= rows->scale;
        float largest = parts.largest;
        for (size_t k = 0; k < label; k++) gradient[k] -= slope * otk_exp(row[k] - largest) * inverse;
        gradient[label] += slope * parts.others * inverse;
        for (size_t k = label + 1; k < classes; k++) gradient[k] -= slope * otk_exp(row[k] - largest) * inverse;
    }
    return sum;
}

double NAME(otk_sigmoid_focal)(const otk_class_rows *rows, float alpha, float gamma) {
    size_t classes = rows->classes;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        if (rows->labels[r] < 0) continue;
        const float *row = rows->scores + r * classes;
        float *gradient = rows->gradients + r * classes;
        float loss = 0;
        for (size_t k = 1; k < classes; k++) {
            // z: the logit of the right answer.
            int is_label = (int32_t)k == rows->labels[r];
            float z = is_label ? row[k] : -row[k], rest = otk_sigmoid(-z), slope;
            loss += NAME(focal)(otk_softplus(-z), rest, otk_sigmoid(z), is_label ? alpha : 1 - alpha, gamma, &slope);
            gradient[k] += rows->scale * (is_label ? slope : -slope) * rest;
        }
        sum += (double)loss;
    }
    return sum;
}

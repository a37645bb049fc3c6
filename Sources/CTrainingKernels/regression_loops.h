// Smooth L1 and distillation over rows, compiled once for each instruction set (loops_*.c). Numbers: docs/training.md.

double NAME(otk_smooth_l1)(const otk_regression_rows *rows, const int32_t *labels, const float *weights) {
    size_t columns = rows->columns;
    float beta = rows->beta, half = beta / 2, inverse = beta > 0 ? 1 / beta : 0;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        float weight = weights ? weights[r] : 1;
        if (weight == 0 || (labels && labels[r] <= 0)) continue;
        const float *value = rows->values + r * columns, *target = rows->targets + r * columns;
        float *gradient = rows->gradients + r * columns;
        float loss = 0, scale = rows->scale * weight;
        for (size_t c = 0; c < columns; c++) {
            float d = value[c] - target[c], size = fabsf(d);
            // NaN takes the second branch and stays NaN in both.
            int curved = size < beta;
            loss += curved ? d * d * inverse / 2 : size - half;
            gradient[c] += scale * (curved ? d * inverse : d > 0 ? 1 : d < 0 ? -1 : d);
        }
        sum += (double)(weight * loss);
    }
    return sum;
}

double NAME(otk_softmax_foreground)(const float *scores, size_t rows, size_t classes, float *foreground) {
    double sum = 0;
    for (size_t r = 0; r < rows; r++) {
        NAME(softmax_row) parts = NAME(softmax)(scores + r * classes, classes, 0);
        foreground[r] = parts.others / (parts.own + parts.others);
        sum += (double)foreground[r];
    }
    return sum;
}

double NAME(otk_sigmoid_foreground)(const float *scores, size_t rows, size_t classes, float *foreground) {
    double sum = 0;
    for (size_t r = 0; r < rows; r++) {
        foreground[r] = otk_sigmoid(NAME(largest)(scores + r * classes + 1, classes - 1));
        sum += (double)foreground[r];
    }
    return sum;
}

/// Sum of exp(u) * (u - s) with u, s the logits of teacher and student less their largest, over the temperature.
OTK_INLINE float NAME(expected_difference)(
    const float *teacher, const float *student, size_t classes, float teacher_top, float top, float inverse) {
    float sums[8] = {0};
    size_t first = 0;
    for (; first + 8 <= classes; first += 8) {
        for (size_t j = 0; j < 8; j++) {
            float u = (teacher[first + j] - teacher_top) * inverse, s = (student[first + j] - top) * inverse;
            sums[j] += otk_exp(u) * (u - s);
        }
    }
    float sum = (sums[0] + sums[4]) + (sums[1] + sums[5]) + ((sums[2] + sums[6]) + (sums[3] + sums[7]));
    for (; first < classes; first++) {
        float u = (teacher[first] - teacher_top) * inverse, s = (student[first] - top) * inverse;
        sum += otk_exp(u) * (u - s);
    }
    return sum;
}

double NAME(otk_softmax_divergence)(const otk_soft_rows *rows) {
    size_t classes = rows->classes;
    float t = rows->temperature, inverse = 1 / t;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        float weight = rows->weights[r];
        if (weight == 0) continue;
        const float *student = rows->student + r * classes, *teacher = rows->teacher + r * classes;
        float *gradient = rows->gradients + r * classes;
        float top = NAME(largest)(student, classes), teacher_top = NAME(largest)(teacher, classes);
        float all = NAME(sum_exp)(student, 0, classes, top, inverse);
        float teacher_all = NAME(sum_exp)(teacher, 0, classes, teacher_top, inverse);
        float loss = logf(all) - logf(teacher_all), scale = rows->scale * weight * t;
        float share = 1 / all, teacher_share = 1 / teacher_all;
        for (size_t k = 0; k < classes; k++) {
            float p = otk_exp((teacher[k] - teacher_top) * inverse) * teacher_share;
            gradient[k] += scale * (otk_exp((student[k] - top) * inverse) * share - p);
        }
        loss += NAME(expected_difference)(teacher, student, classes, teacher_top, top, inverse) * teacher_share;
        sum += (double)(weight * t * t * loss);
    }
    return sum;
}

double NAME(otk_sigmoid_divergence)(const otk_soft_rows *rows) {
    size_t classes = rows->classes;
    float t = rows->temperature, inverse = 1 / t;
    double sum = 0;
    for (size_t r = 0; r < rows->rows; r++) {
        float weight = rows->weights[r];
        if (weight == 0) continue;
        const float *student = rows->student + r * classes, *teacher = rows->teacher + r * classes;
        float *gradient = rows->gradients + r * classes;
        float loss = 0, scale = rows->scale * weight * t;
        for (size_t k = 1; k < classes; k++) {
            float s = student[k] * inverse, u = teacher[k] * inverse, p = otk_sigmoid(u);
            loss += (otk_softplus(s) - otk_softplus(u)) + p * (u - s);
            gradient[k] += scale * (otk_sigmoid(s) - p);
        }
        sum += (double)(weight * t * t * loss);
    }
    return sum;
}

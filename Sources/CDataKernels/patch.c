// A soft-edged region of a canvas in which levels change: shadows, glaring light, dark glasses, caps.
#include "CDataKernels.h"

#include <stddef.h>

void ocd_patch(uint8_t *canvas, int32_t canvas_width, ocd_part part, const float m[6], float sharpness,
               const float gain[3], const float shift[3]) {
    for (int32_t y = part.top; y < part.bottom; y++) {
        uint8_t *p = canvas + ((size_t)y * (size_t)canvas_width + (size_t)part.left) * 3;
        float middle = (float)y + 0.5f;
        for (int32_t x = part.left; x < part.right; x++, p += 3) {
            float u = m[0] * ((float)x + 0.5f) + m[1] * middle + m[2];
            float v = m[3] * ((float)x + 0.5f) + m[4] * middle + m[5];
            float uu = u * u, vv = v * v;
            float share = (1 - uu * uu - vv * vv) * sharpness;
            if (!(share > 0)) continue;
            if (share > 1) share = 1;
            for (int k = 0; k < 3; k++) {
                float level = (float)p[k];
                float changed = level + share * (gain[k] * level + shift[k] - level);
                p[k] = (uint8_t)(changed < 0 ? 0 : changed > 255 ? 255 : changed + 0.5f);
            }
        }
    }
}

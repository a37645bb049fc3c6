/* Ten pictures for the trainer, from memory: each a bright square with dark eyes on a grey ground. */
#ifndef SQUARES_H
#define SQUARES_H

#include <ocellus_training.h>
#include <stdlib.h>
#include <string.h>

/* Eight to learn from and two to measure on. The memory of each is gone when this returns. */
static void add_squares(ocellus_trainer *trainer, unsigned char grey) {
    for (unsigned number = 0; number < 10; number++) {
        unsigned char *pixels = malloc(200 * 160 * 3);
        unsigned left = 10 + number * 9, top = 20 + number * 7 % 50, side = 40 + number * 5;
        memset(pixels, grey + (int)number, 200 * 160 * 3);
        for (unsigned y = top; y < top + side; y++) memset(pixels + (y * 200 + left) * 3, 230, side * 3);
        ocellus_image image = { .pixels = pixels, .width = 200, .height = 160, .format = OCELLUS_RGB8 };
        ocellus_truth truth = { .left = (float)left, .top = (float)top, .width = (float)side, .height = (float)side,
                                .label = 1, .landmark_count = number % 2 ? 5 : 0 };
        for (int i = 0; i < 5; i++) {
            truth.landmarks[i].x = (float)left + (float)side * (i == 2 ? 0.5f : i % 3 ? 0.7f : 0.3f);
            truth.landmarks[i].y = (float)top + (float)side * (i < 2 ? 0.3f : i == 2 ? 0.5f : 0.7f);
        }
        ocellus_role role = number < 8 ? OCELLUS_ROLE_TRAINING : OCELLUS_ROLE_VALIDATION;
        CHECK(ocellus_trainer_add(trainer, &image, &truth, 1, role) == OCELLUS_OK);
        memset(pixels, 0, 200 * 160 * 3);
        free(pixels);
    }
}

#endif

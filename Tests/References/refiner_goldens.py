"""Similarities and turned squares by NumPy, for the tests of the landmark refiner.

Usage: python refiner_goldens.py > ../OcellusTests/Fixtures/refiner_goldens.txt
Similarities are least squares by numpy.linalg.lstsq in double precision; squares are bilinear in double precision, the mean beyond
the picture. Format: a comment line with versions, then lines `similarity` with ten source and ten target coordinates and the four
numbers a, b, c, d, and for each square a line `square side a b c d` and a line of its levels.
"""

import numpy as np

from reference_common import formula_pixels

UPRIGHT = np.array([[0.32, 0.36], [0.68, 0.36], [0.5, 0.56], [0.36, 0.74], [0.64, 0.74]]) * 48
MEAN = np.array([104.0, 117.0, 123.0])


def similarity(source, target):
    rows = np.concatenate([
        np.stack([source[:, 0], -source[:, 1], np.ones(5), np.zeros(5)], 1),
        np.stack([source[:, 1], source[:, 0], np.zeros(5), np.ones(5)], 1)])
    return np.linalg.lstsq(rows, np.concatenate([target[:, 0], target[:, 1]]), rcond=None)[0]


def square(pixels, side, a, b, c, d):
    v, u = np.mgrid[0:side, 0:side] + 0.5
    x, y = a * u - b * v + c - 0.5, b * u + a * v + d - 0.5
    height, width, _ = pixels.shape
    # A border of the mean that is wide enough for every tap.
    border = 2
    padded = np.tile(MEAN, (height + 2 * border, width + 2 * border, 1))
    padded[border:-border, border:-border] = pixels
    left, top = np.clip(np.floor(x), -border, width), np.clip(np.floor(y), -border, height)
    i, j = left.astype(int) + border, top.astype(int) + border
    right, below = np.clip(x - left, 0, 1)[..., None], np.clip(y - top, 0, 1)[..., None]
    upper = padded[j, i] * (1 - right) + padded[j, np.minimum(i + 1, width + 3)] * right
    j = np.minimum(j + 1, height + 3)
    lower = padded[j, i] * (1 - right) + padded[j, np.minimum(i + 1, width + 3)] * right
    return np.floor(upper * (1 - below) + lower * below + 0.5).astype(int)


print(f"# refiner_goldens.py: numpy {np.__version__}")
random = np.random.default_rng(5)
for _ in range(6):
    points = random.uniform(0, 300, 2) + random.uniform(-60, 60, (5, 2))
    numbers = similarity(points, UPRIGHT)
    print("similarity", *[f"{n:.7g}" for n in np.concatenate([points.ravel(), UPRIGHT.ravel(), numbers])])
for side, numbers in [
        (8, (1, 0, 3, 2)), (12, (0.6, 0.35, 4.25, 1.5)), (16, (-2.5, 1.75, 30, 12)), (6, (4, 0, -9, -7)), (4, (1, 1, 200, -90))]:
    print("square", side, *numbers)
    print(*square(formula_pixels(50), side, *numbers).reshape(-1))

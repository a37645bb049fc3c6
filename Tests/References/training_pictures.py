"""Pictures with rectangles as objects, made by integers alone so that any language makes the same bytes.

Needs numpy (2.4.6 was used). Picture p takes its draws in order from SplitMix64 (seeded.py) with seed p: the next
number z gives draw(n) = (z >> 33) mod n. Divisions are of integers, rounding down. `size` is the side in
pixels, `smallest` an odd side of objects:

    base[0], base[1], base[2] = draw(256) each;  a = draw(4);  b = draw(4)
    pixel (row h, column w, channel c) = (base[c] + (a * h + b * w) / 8 + h * w mod 17) mod 256
    objects = draw(4), each in turn, over what is there already:
        class  = 1 + draw(classes - 1)                                      classes counts the background
        width  = smallest + 2 * draw(size / 4)
        height = max(smallest, width * (5 + draw(8)) / 8 | 1)        both odd: no centre lies midway between two cells
        left   = draw(size - width + 1);  top = draw(size - height + 1)
        hasLandmarks = draw(3) != 0
        colour[c] = (class * (37, 91, 151)[c] + (50, 100, 150)[c]) mod 256, filled
        points = (left + width * x / 10, top + height * y / 10) for (x, y) in (3,4) (7,4) (5,6) (3,8) (7,8)
        side   = max(1, min(width, height) / 8); around each point a square of 255 - colour:
                 rows y - side / 2 up to but not including y - side / 2 + side, columns alike

Boxes and points are in pixels: a box covers left ... left + width, a point is where its numbers say.
"""
from dataclasses import dataclass

import numpy

from seeded import fnv1a, splitmix

POINTS = ((3, 4), (7, 4), (5, 6), (3, 8), (7, 8))


@dataclass
class Truth:
    label: int
    box: tuple[int, int, int, int]  # left, top, right, bottom
    points: list[tuple[int, int]] | None


def picture(index: int, size: int, classes: int, smallest: int) -> tuple[numpy.ndarray, list[Truth]]:
    """uint8 [size, size, 3] and what is in it."""
    numbers = iter(splitmix(index, 64).tolist())

    def draw(limit: int) -> int:
        return (next(numbers) >> 33) % limit

    base = numpy.array([draw(256) for _ in range(3)])
    down, right = draw(4), draw(4)
    h, w = numpy.ogrid[0:size, 0:size]
    ground = (down * h + right * w) // 8 + h * w % 17
    pixels = ((base + ground[:, :, None]) % 256).astype(numpy.uint8)
    truths = []
    for _ in range(draw(4)):
        label = 1 + draw(classes - 1)
        width = smallest + 2 * draw(size // 4)
        height = max(smallest, width * (5 + draw(8)) // 8 | 1)
        left = draw(size - width + 1)
        top = draw(size - height + 1)
        has_landmarks = draw(3) != 0
        colour = numpy.array([(label * k + d) % 256 for k, d in ((37, 50), (91, 100), (151, 150))])
        pixels[top:top + height, left:left + width] = colour
        points = [(left + width * x // 10, top + height * y // 10) for x, y in POINTS]
        side = max(1, min(width, height) // 8)
        for x, y in points:
            first_row, first_column = y - side // 2, x - side // 2
            pixels[first_row:first_row + side, first_column:first_column + side] = 255 - colour
        truths.append(Truth(label, (left, top, left + width, top + height), points if has_landmarks else None))
    return pixels, truths


def checksum(pixels: numpy.ndarray) -> str:
    """FNV-1a of the bytes in the order row, column, channel, as 16 hexadecimal digits."""
    return f"{fnv1a(pixels.tobytes()):016x}"

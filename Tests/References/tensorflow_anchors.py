"""The anchors of TensorFlow's SSD on MobileNet at 300x300. Needs numpy alone (2.4.6 was used)."""
import numpy


def nominal_anchors() -> numpy.ndarray:
    """[1917, 4] centre y, centre x, height, width of TensorFlow's SSD anchors: scales 0.2 to 0.95 on six levels."""
    scales = [0.2 + 0.75 * level / 5 for level in range(6)] + [1.0]
    rows = []
    for level, cells in enumerate((19, 10, 5, 3, 2, 1)):
        scale = scales[level]
        sides = [(scale, ratio) for ratio in (1.0, 2.0, 0.5, 3.0, 1 / 3)] + [((scale * scales[level + 1]) ** 0.5, 1.0)]
        if level == 0:
            sides = [(0.1, 1.0), (scale, 2.0), (scale, 0.5)]
        rows += [
            ((row + 0.5) / cells, (column + 0.5) / cells, side / ratio**0.5, side * ratio**0.5)
            for row in range(cells) for column in range(cells) for side, ratio in sides]
    return numpy.array(rows, numpy.float64)

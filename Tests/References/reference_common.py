"""What the reference scripts share: paths, input tensors, resizing, suppression, detection lines.

It holds no network. Written against numpy 2.4.6 and opencv-python-headless 5.0.0.93.
Boxes are left, top, width, height in pixels of the source picture unless a name says otherwise.
"""
import importlib.metadata
import json
import math
from pathlib import Path

import cv2
import numpy

REPOSITORY = Path(__file__).resolve().parents[2]
DEFAULT_SHARED = REPOSITORY.parent / "shared"
GOLDENS = REPOSITORY / "Tests" / "Goldens"
INPUT_SIZE = 300


def versions(*packages: str) -> dict[str, str]:
    """The installed version of each package, to be written beside every result."""
    return {package: importlib.metadata.version(package) for package in packages}


def formula_pixels(size: int = INPUT_SIZE) -> numpy.ndarray:
    """uint8 [size, size, 3] by integers alone: (7h + 13w + 29c + (h·w mod 31)) mod 256."""
    h, w, c = numpy.ogrid[0:size, 0:size, 0:3]
    return ((h * 7 + w * 13 + c * 29 + (h * w) % 31) % 256).astype(numpy.uint8)


def rounded(value: float) -> int:
    """Half away from zero, for positive values; Python's own `round` takes halves to even."""
    return int(math.floor(value + 0.5))


def resized(picture: numpy.ndarray, width: int, height: int) -> numpy.ndarray:
    """Bilinear, or area averaging when either axis shrinks by more than 2."""
    shrink = max(picture.shape[1] / width, picture.shape[0] / height)
    return cv2.resize(
        picture, (width, height), interpolation=cv2.INTER_AREA if shrink > 2 else cv2.INTER_LINEAR)


def letterboxed(
    picture: numpy.ndarray, fill: tuple[int, int, int], size: int = INPUT_SIZE
) -> tuple[numpy.ndarray, float, float]:
    """The picture at the top left of a size x size canvas of `fill`, and input pixels per source pixel in x and y."""
    height, width = picture.shape[:2]
    scale = min(size / width, size / height)
    new_width, new_height = max(1, rounded(width * scale)), max(1, rounded(height * scale))
    canvas = numpy.empty((size, size, 3), numpy.uint8)
    canvas[:] = fill
    canvas[:new_height, :new_width] = resized(picture, new_width, new_height)
    return canvas, new_width / width, new_height / height


def intersection_over_union(box: numpy.ndarray, boxes: numpy.ndarray) -> numpy.ndarray:
    """IoU of one corner box [4] (left, top, right, bottom) with many [n, 4]."""
    left_top = numpy.maximum(box[:2], boxes[:, :2])
    right_bottom = numpy.minimum(box[2:], boxes[:, 2:])
    overlap = numpy.clip(right_bottom - left_top, 0, None).prod(axis=1)
    union = (box[2:] - box[:2]).prod() + (boxes[:, 2:] - boxes[:, :2]).prod(axis=1) - overlap
    return numpy.where(union > 0, overlap / numpy.maximum(union, 1e-12), 0.0)


def corners(box: list[float]) -> numpy.ndarray:
    """Left, top, right, bottom of a left, top, width, height box."""
    left, top, width, height = box
    return numpy.array([left, top, left + width, top + height], numpy.float64)


def suppressed(boxes: numpy.ndarray, scores: numpy.ndarray, overlap: float, limit: int) -> list[int]:
    """Greedy non-maximum suppression: indices kept, best score first, equal scores in anchor order."""
    order = numpy.argsort(-scores, kind="stable")
    kept: list[int] = []
    while order.size and len(kept) < limit:
        best = int(order[0])
        kept.append(best)
        order = order[1:][intersection_over_union(boxes[best], boxes[order[1:]]) <= overlap]
    return kept


def detection_line(image: str, width: int, height: int, detections: list[dict]) -> str:
    """One line as `ocellus detect --json` prints it."""
    return json.dumps(
        {"image": image, "width": width, "height": height, "detections": detections}, separators=(",", ":"))


def read_lines(path: Path) -> list[dict]:
    """The pictures of a file of detection lines."""
    return [json.loads(line) for line in path.read_text().splitlines() if line.strip()]

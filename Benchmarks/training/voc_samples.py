"""Labelled pictures of a VOC folder as a network wants them: cut, mirrored and recoloured as SSD does.

Written with numpy 2.4.6, opencv-python-headless 5.0.0. The chances and ranges are those of Ocellus's preset for
objects, without its rare blur, noise and JPEG. Decoded pictures stay in memory, at most 800 pixels a side.
"""
import xml.etree.ElementTree
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy

LARGEST_SIDE = 800
OVERLAPS = (0, 0.1, 0.3, 0.5, 0.7, 0.9)
SMALLEST_SIDE, SMALLEST_SHARE = 4, 0.3


@dataclass
class Picture:
    """RGB pixels, corner boxes [n, 4] in units of the picture's sides, labels [n] from 1."""
    pixels: numpy.ndarray
    boxes: numpy.ndarray
    labels: numpy.ndarray


@dataclass
class Sample:
    """RGB [size, size, 3], corner boxes [n, 4] in units of the input, labels [n]; ignored [n] are nothing to learn."""
    pixels: numpy.ndarray
    boxes: numpy.ndarray
    labels: numpy.ndarray
    ignored: numpy.ndarray


def read(folder: Path, split: str) -> tuple[list[Picture], list[str]]:
    """The pictures of a list and the folder's classes in alphabetical order. Boxes without area are left out."""
    found: dict[str, list[tuple[str, list[float]]]] = {}
    for file in sorted((folder / "Annotations").glob("*.xml")):
        objects = []
        for item in xml.etree.ElementTree.parse(file).getroot().iter("object"):
            edges = [float(item.findtext(f"bndbox/{edge}", "nan")) for edge in ("xmin", "ymin", "xmax", "ymax")]
            left, top, right, bottom = edges[0] - 1, edges[1] - 1, edges[2], edges[3]
            if edges[2] > edges[0] and edges[3] > edges[1]:
                objects.append((item.findtext("name", ""), [left, top, right, bottom]))
        found[file.stem] = objects
    classes = sorted({name for objects in found.values() for name, _ in objects})
    pictures = []
    for stem in (folder / "ImageSets" / "Main" / f"{split}.txt").read_text().split():
        path = next(path for path in (folder / "JPEGImages").glob(f"{stem}.*"))
        pixels = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        height, width = pixels.shape[:2]
        shrink = LARGEST_SIDE / max(height, width)
        if shrink < 1:
            pixels = cv2.resize(pixels, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        boxes = numpy.array([box for _, box in found[stem]], numpy.float64).reshape(-1, 4)
        boxes = numpy.clip(boxes / (width, height, width, height), 0, 1)
        pictures.append(Picture(pixels, boxes, numpy.array([1 + classes.index(name) for name, _ in found[stem]], int)))
    return pictures, classes


def shared(box: numpy.ndarray, boxes: numpy.ndarray) -> numpy.ndarray:
    """Area that each of `boxes` [n, 4] has in common with `box`."""
    low, high = numpy.maximum(boxes[:, :2], box[:2]), numpy.minimum(boxes[:, 2:], box[2:])
    return numpy.clip(high - low, 0, None).prod(axis=1)


def area(boxes: numpy.ndarray) -> numpy.ndarray:
    return (boxes[..., 2:] - boxes[..., :2]).prod(axis=-1)


def region(boxes: numpy.ndarray, random: numpy.random.Generator) -> numpy.ndarray:
    """The part of the picture (or more than it), in units of its sides, that fills the input."""
    whole = numpy.array([0.0, 0, 1, 1])
    if random.random() < 0.4:
        factor = random.uniform(1, 3)
        corner = -random.random(2) * (factor - 1)
        whole = numpy.concatenate([corner, corner + factor])
    if random.random() >= 0.75:
        return whole
    smallest, extent = random.choice(OVERLAPS), whole[2] - whole[0]
    for _ in range(50):
        sides = random.uniform(0.3, 1, 2)
        if not 0.5 <= sides[0] / sides[1] <= 2:
            continue
        corner = whole[:2] + random.random(2) * extent * (1 - sides)
        part = numpy.concatenate([corner, corner + extent * sides])
        both = shared(part, boxes)
        centres = (boxes[:, :2] + boxes[:, 2:]) / 2
        inside = ((centres > part[:2]) & (centres < part[2:])).all(axis=1)
        if len(boxes) == 0 or (inside & (both / (area(boxes) + area(part) - both) >= smallest)).any():
            return part
    return whole


def recoloured(pixels: numpy.ndarray, random: numpy.random.Generator) -> numpy.ndarray:
    if random.random() < 0.8:
        levels = 255 * (numpy.arange(256) / 255) ** numpy.exp(random.uniform(-0.2, 0.2))
        levels = (levels - 128) * random.uniform(0.7, 1.3) + 128 + random.uniform(-28, 28)
        table = levels[:, None] * random.uniform(0.88, 1.12, 3)
        pixels = cv2.LUT(pixels, numpy.clip(table + 0.5, 0, 255).astype(numpy.uint8)[None])
    saturation = 0.0 if random.random() < 0.05 else random.uniform(0.5, 1.5) if random.random() < 0.35 else 1.0
    if saturation != 1:
        grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
        pixels = cv2.addWeighted(pixels, saturation, grey, 1 - saturation, 0)
    return pixels


def sample(picture: Picture, size: int, random: numpy.random.Generator) -> Sample:
    """A picture varied anew."""
    height, width = picture.pixels.shape[:2]
    part = region(picture.boxes, random)
    pixels, scale = picture.pixels, size / (part[2:] - part[:2]) / (width, height)
    if scale.max() < 0.5:  # what a linear filter would skip
        pixels = cv2.resize(pixels, None, fx=2 * scale.max(), fy=2 * scale.max(), interpolation=cv2.INTER_AREA)
        height, width = pixels.shape[:2]
        scale = size / (part[2:] - part[:2]) / (width, height)
    offset = -part[:2] * (width, height) * scale + (scale - 1) / 2
    matrix = numpy.array([[scale[0], 0, offset[0]], [0, scale[1], offset[1]]])
    canvas = cv2.warpAffine(
        recoloured(pixels, random), matrix, (size, size), flags=cv2.INTER_LINEAR, borderValue=(128, 128, 128))
    boxes = (picture.boxes - numpy.tile(part[:2], 2)) / numpy.tile(part[2:] - part[:2], 2)
    if random.random() < 0.5:
        canvas = numpy.ascontiguousarray(canvas[:, ::-1])
        boxes = numpy.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
    seen = numpy.clip(boxes, 0, 1)
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    ignored = ((centres <= 0) | (centres >= 1)).any(axis=1) | (area(seen) < SMALLEST_SHARE * area(boxes))
    sides = (seen[:, 2:] - seen[:, :2]) * size
    ignored |= sides.min(axis=1, initial=numpy.inf) < SMALLEST_SIDE
    visible = sides.min(axis=1, initial=numpy.inf) >= 1
    return Sample(canvas, seen[visible], picture.labels[visible], ignored[visible])

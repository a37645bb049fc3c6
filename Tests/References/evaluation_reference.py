"""Expected measures of detections for the tests of OcellusEvaluation: `evaluation_reference.py --out FILE.json`.

Written with pycocotools 2.0.11 and numpy 2.4.6. Pictures, objects and detections are drawn by a seed; coordinates are
quarters of a pixel and scores multiples of 1/64 (so that equal scores occur), exact in single precision.
COCO: pycocotools itself, flagged objects as crowds. VOC: written down here from the development kit's definition,
flagged objects as difficult, detections of equal score in the order of the pictures. Faces: score_faces.py.
"""
import argparse
import contextlib
import io
import json
from pathlib import Path

import numpy
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from reference_common import corners, intersection_over_union, versions
from score_faces import Truth, average_precision, matched

CLASSES = 3


def quarter(values: numpy.ndarray) -> list[float]:
    return [float(value) for value in numpy.round(values * 4) / 4]


def draw(random: numpy.random.Generator, pictures: int) -> list[dict]:
    """Pictures with objects [label, flag, x, y, w, h, 10 points] and detections [label, score, x, y, w, h, 10 points]."""
    result = []
    for _ in range(pictures):
        truths, detections = [], []
        for _ in range(random.integers(0, 8)):
            label = int(random.integers(1, CLASSES + 1))
            box = quarter(numpy.append(random.uniform(0, 200, 2), random.uniform(8, 90, 2)))
            points = quarter(numpy.tile(box[:2], 5) + random.uniform(0, 1, 10) * numpy.tile(box[2:], 5))
            truths.append([label, int(random.random() < 0.2), *box, *points])
            for _ in range(random.integers(0, 4)):
                moved = quarter(numpy.array(box) + random.normal(0, 0.12, 4) * (box[2] + box[3]) / 2)
                moved[2:] = [max(4.0, side) for side in moved[2:]]
                found = label if random.random() < 0.9 else int(random.integers(1, CLASSES + 1))
                score = float(random.integers(8, 64)) / 64
                detections.append([found, score, *moved, *quarter(numpy.array(points) + random.normal(0, 3, 10))])
        for _ in range(random.integers(0, 4)):
            box = quarter(numpy.append(random.uniform(0, 200, 2), random.uniform(8, 90, 2)))
            score = float(random.integers(1, 40)) / 64
            detections.append([int(random.integers(1, CLASSES + 1)), score, *box, *quarter(random.uniform(0, 300, 10))])
        result.append({"truths": truths, "detections": detections})
    return result


def coco(pictures: list[dict]) -> list[list[float]]:
    """Average precision of each class at the ten overlaps."""
    annotations, results = [], []
    for image, picture in enumerate(pictures, 1):
        for label, flag, *box in picture["truths"]:
            annotations.append({"id": len(annotations) + 1, "image_id": image, "category_id": label, "iscrowd": flag,
                                "bbox": box[:4], "area": box[2] * box[3]})
        for label, score, *box in picture["detections"]:
            results.append({"image_id": image, "category_id": label, "score": score, "bbox": box[:4]})
    with contextlib.redirect_stdout(io.StringIO()):
        truth = COCO()
        truth.dataset = {"images": [{"id": image} for image in range(1, len(pictures) + 1)], "info": {},
                         "categories": [{"id": label} for label in range(1, CLASSES + 1)], "annotations": annotations}
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
    # precision: [overlap, recall, class, area, limit]
    return evaluation.eval["precision"][:, :, :, 0, 2].mean(axis=1).T.tolist()


def voc(pictures: list[dict], label: int) -> dict:
    """One class by the development kit: best overlap first, difficult objects count for nothing."""
    rows, counted = [], 0
    for picture in pictures:
        truths = [(numpy.array(corners(row[2:6])), row[1]) for row in picture["truths"] if row[0] == label]
        counted += sum(1 for _, difficult in truths if not difficult)
        taken = set()
        found = [row for row in picture["detections"] if row[0] == label]
        for row in sorted(found, key=lambda row: -row[1]):
            overlaps = [float(intersection_over_union(corners(row[2:6]), box[None])[0]) for box, _ in truths]
            best = int(numpy.argmax(overlaps)) if overlaps else -1
            if best < 0 or overlaps[best] < 0.5:
                rows.append((row[1], 0))
            elif truths[best][1]:
                continue
            else:
                rows.append((row[1], 0 if best in taken else 1))
                taken.add(best)
    right = numpy.array([hit for _, hit in sorted(rows, key=lambda row: -row[0])])
    recall = numpy.cumsum(right) / counted
    precision = numpy.cumsum(right) / numpy.arange(1, right.size + 1)
    eleven = [max(precision[recall >= step / 10], default=0.0) for step in range(11)]
    edges = numpy.concatenate([[0.0], recall])
    area = sum((edges[i + 1] - edges[i]) * precision[i:].max() for i in range(right.size))
    return {"truths": counted, "eleven": float(numpy.mean(eleven)), "area": float(area)}


def faces(pictures: list[dict], min_height: float) -> dict:
    """Every class as a face, at 300 pixels for a picture of 300."""
    outcomes, counted, errors = [], 0, []
    for picture in pictures:
        truths = [Truth(row[2:6] + [value for i in range(5) for value in (*row[6 + 2 * i:8 + 2 * i], 0.0)])
                  for row in picture["truths"]]
        detections = [{"score": row[1], "box": row[2:6], "landmarks": numpy.array(row[6:]).reshape(5, 2).tolist()}
                      for row in picture["detections"]]
        found, number, distances = matched({"width": 300, "height": 200, "detections": detections}, truths, min_height)
        outcomes, counted, errors = outcomes + found, counted + number, errors + distances
    return {"min_height": min_height, "ap50": average_precision(outcomes, counted), "faces": counted,
            "detections": len(outcomes), "nme": float(numpy.mean(errors))}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    pictures = draw(numpy.random.default_rng(7), 30)
    content = {"versions": versions("pycocotools", "numpy"), "pictures": pictures, "coco": coco(pictures),
               "voc": [voc(pictures, label) for label in range(1, CLASSES + 1)],
               "faces": [faces(pictures, height) for height in (0, 20, 40)]}
    options.out.write_text(json.dumps(content, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()

"""AP at IoU 0.5 and landmark error of anyone's face detections: `score_faces.py LABELS DETECTIONS.jsonl`.

Needs numpy (2.4.6 was used). LABELS is in RetinaFace text format, DETECTIONS as `ocellus detect --json` prints them.
AP: area under the precision-recall curve, precision made monotone, every recall step counted. A face smaller than
--min-heights at 300-pixel scale is ignored: a detection that matches only such a face is neither right nor wrong.
NME: mean distance of the five points over the distance of the labelled eyes, on matched, counted faces with points.
"""
import argparse
import json
from pathlib import Path

import numpy

from reference_common import corners, intersection_over_union, read_lines, versions


class Truth:
    """One labelled face: corner box, and points [5, 2] or None."""

    def __init__(self, row: list[float]) -> None:
        self.box = corners(row[:4])
        points = numpy.array(row[4:19]).reshape(5, 3)[:, :2] if len(row) >= 19 else numpy.full((5, 2), -1.0)
        self.points = points if (points >= 0).all() else None
        self.by_people = len(row) < 20 or row[19] >= 1  # a score below 1 says that a machine labelled it


def read_labels(path: Path) -> dict[str, list[Truth]]:
    """Faces by picture, in the order of the list; a picture without rows has no face."""
    pictures: dict[str, list[Truth]] = {}
    name = ""
    for line in path.read_text().splitlines():
        if line.startswith("#"):
            name = line[1:].strip()
            pictures[name] = []
        elif line.strip():
            pictures[name].append(Truth([float(value) for value in line.split()]))
    return pictures


def by_label(pictures: list[dict], labels: dict[str, list[Truth]]) -> dict[str, dict]:
    """Detections by the label's picture name: the longest tail of their path that is in the list."""
    found: dict[str, dict] = {}
    for picture in pictures:
        parts = Path(picture["image"]).parts
        tails = ("/".join(parts[start:]) for start in range(len(parts)))
        name = next((tail for tail in tails if tail in labels), None)
        if name is not None:
            found[name] = picture
    missing = [name for name in labels if name not in found]
    if missing:
        raise SystemExit(f"{len(missing)} labelled pictures have no line of detections, first: {missing[0]}")
    return found


def matched(picture: dict, truths: list[Truth], min_height: float) -> tuple[list[tuple[float, int]], int, list[float]]:
    """(score, 1 right / 0 wrong) of each detection that counts, number of faces that count, landmark errors."""
    scale = 300 / max(picture["width"], picture["height"])
    counted = [bool((truth.box[3] - truth.box[1]) * scale >= min_height) for truth in truths]
    boxes = numpy.array([truth.box for truth in truths]).reshape(-1, 4)
    taken = [False] * len(truths)
    outcomes, errors = [], []
    for detection in sorted(picture["detections"], key=lambda detection: -detection["score"]):
        overlaps = intersection_over_union(corners(detection["box"]), boxes)
        free = [(counted[i], overlaps[i], i) for i in range(len(truths)) if overlaps[i] >= 0.5 and not taken[i]]
        if not free:
            outcomes.append((detection["score"], 0))
            continue
        counts, _, index = max(free)
        if not counts:
            continue
        taken[index] = True
        outcomes.append((detection["score"], 1))
        points = truths[index].points
        if points is not None and len(detection.get("landmarks") or []) == 5:
            distances = numpy.linalg.norm(numpy.array(detection["landmarks"]) - points, axis=1)
            errors.append(float(distances.mean() / max(numpy.linalg.norm(points[0] - points[1]), 1e-6)))
    return outcomes, sum(counted), errors


def average_precision(outcomes: list[tuple[float, int]], truths: int) -> float:
    """All-point interpolation."""
    right = numpy.array([hit for _, hit in sorted(outcomes, key=lambda outcome: -outcome[0])], numpy.float64)
    if truths == 0 or right.size == 0:
        return 0.0
    hits = numpy.cumsum(right)
    precision = hits / numpy.arange(1, right.size + 1)
    precision = numpy.maximum.accumulate(precision[::-1])[::-1]
    return float((precision * right).sum() / truths)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labels", type=Path)
    parser.add_argument("detections", type=Path)
    parser.add_argument("--min-heights", type=float, nargs="+", default=[0, 12, 20, 32, 64])
    parser.add_argument("--only", default="", help="pictures whose name begins so, such as one source's folder")
    options = parser.parse_args()
    labels = {name: faces for name, faces in read_labels(options.labels).items() if name.startswith(options.only)}
    pictures = by_label(read_lines(options.detections), labels)
    for min_height in options.min_heights:
        outcomes, truths, errors = [], 0, []
        for name, faces in labels.items():
            found, counted, distances = matched(pictures[name], faces, min_height)
            outcomes += found
            truths += counted
            errors += distances
        print(json.dumps({
            "min_height": min_height, "ap50": round(average_precision(outcomes, truths), 4), "faces": truths,
            "recall": round(sum(hit for _, hit in outcomes) / max(truths, 1), 4), "detections": len(outcomes),
            "nme": round(float(numpy.mean(errors)), 4) if errors else None,
            "nme_median": round(float(numpy.median(errors)), 4) if errors else None, "faces_with_points": len(errors),
            "pictures": len(labels), "versions": versions("numpy")}))


if __name__ == "__main__":
    main()

"""mAP at IoU 0.5 of anyone's detections on PASCAL VOC labels: `voc_map.py VOC LINES.jsonl [LINES.jsonl ...]`.

Needs numpy (2.4.6 was used). VOC is a folder with Annotations and ImageSets/Main, LINES are as `ocellus detect --json`
prints them; COCO's class names are taken as VOC's, classes that VOC lacks are dropped. With several files the difference
of each from the first is printed too. AP: area under the precision-recall curve with precision made monotone (`area`),
and the mean precision at eleven recalls (`voc07`). A truth marked difficult is neither required nor wrong to find. The
mean is over classes with at least --least truths. LiteRT's lines come from tflite_reference.py:

    python3 tflite_reference.py --engine litert --images 100000 --out litert.jsonl
    ocellus import coco_ssd_mobilenet_v1_1.0_quant.tflite --precision int8 --out ssd.safetensors
    sed 's|.*|VOC/JPEGImages/&.jpg|' VOC/ImageSets/Main/val.txt | xargs ocellus detect --model ssd.safetensors \\
        --json --threshold 0 --maximum 10 > ocellus.jsonl
    python3 voc_map.py VOC litert.jsonl ocellus.jsonl
"""
import argparse
import json
import xml.etree.ElementTree
from pathlib import Path

import numpy

from reference_common import corners, intersection_over_union, read_lines, versions

VOC_NAMES = {
    "airplane": "aeroplane", "couch": "sofa", "dining table": "diningtable", "motorcycle": "motorbike",
    "potted plant": "pottedplant", "tv": "tvmonitor"}


def truths(path: Path) -> dict[str, list[tuple[numpy.ndarray, bool]]]:
    """Corner boxes and whether they are difficult, by class."""
    found: dict[str, list[tuple[numpy.ndarray, bool]]] = {}
    for item in xml.etree.ElementTree.parse(path).iter("object"):
        box = [float(item.findtext(f"bndbox/{edge}")) for edge in ("xmin", "ymin", "xmax", "ymax")]
        found.setdefault(item.findtext("name"), []).append((numpy.array(box), item.findtext("difficult") == "1"))
    return found


def outcomes(detections: list[dict], wanted: list[tuple[numpy.ndarray, bool]]) -> list[tuple[float, int]]:
    """(score, 1 right / 0 wrong) of one picture and class, best score first; a truth is found once."""
    boxes = numpy.array([box for box, _ in wanted]).reshape(-1, 4)
    taken, result = [False] * len(wanted), []
    for detection in sorted(detections, key=lambda detection: -detection["score"]):
        shares = intersection_over_union(corners(detection["box"]), boxes)
        best = int(shares.argmax()) if len(wanted) else -1
        if best < 0 or shares[best] < 0.5:
            result.append((detection["score"], 0))
        elif not wanted[best][1]:
            result.append((detection["score"], 0 if taken[best] else 1))
            taken[best] = True
    return result


def average_precisions(found: list[tuple[float, int]], count: int) -> tuple[float, float]:
    """Area and eleven points."""
    hits = numpy.cumsum([hit for _, hit in sorted(found, key=lambda outcome: -outcome[0])])
    if not len(hits):
        return 0.0, 0.0
    recall, precision = hits / count, hits / numpy.arange(1, len(hits) + 1)
    precision = numpy.maximum.accumulate(precision[::-1])[::-1]
    area = float(numpy.sum(numpy.diff(recall, prepend=0) * precision))
    points = [precision[recall >= level - 1e-12] for level in numpy.linspace(0, 1, 11)]
    return area, float(numpy.mean([level[0] if len(level) else 0.0 for level in points]))


def score(voc: Path, names: list[str], lines: Path, least: int) -> dict:
    pictures = {Path(picture["image"]).stem: picture["detections"] for picture in read_lines(lines)}
    missing = [name for name in names if name not in pictures]
    if missing:
        raise SystemExit(f"{lines}: {len(missing)} of {len(names)} pictures have no line, first: {missing[0]}")
    labelled = {name: truths(voc / "Annotations" / f"{name}.xml") for name in names}
    classes = sorted({label for picture in labelled.values() for label in picture})
    table, seen = {}, 0
    for label in classes:
        found, count = [], 0
        for name in names:
            wanted = labelled[name].get(label, [])
            mine = [d for d in pictures[name] if VOC_NAMES.get(d["label"], d["label"]) == label]
            found += outcomes(mine, wanted)
            count += sum(not difficult for _, difficult in wanted)
        seen += len(found)
        if count >= max(least, 1):
            area, eleven = average_precisions(found, count)
            table[label] = {"truths": count, "area": round(area, 4), "voc07": round(eleven, 4)}
    return {
        "lines": lines.name, "pictures": len(names), "classes": len(table), "detections": seen,
        "map50_area": round(float(numpy.mean([row["area"] for row in table.values()])), 4),
        "map50_voc07": round(float(numpy.mean([row["voc07"] for row in table.values()])), 4), "per_class": table}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("voc", type=Path)
    parser.add_argument("lines", type=Path, nargs="+")
    parser.add_argument("--split", default="val", help="list in ImageSets/Main")
    parser.add_argument("--least", type=int, default=10, help="truths a class must have to count")
    options = parser.parse_args()
    names = (options.voc / "ImageSets" / "Main" / f"{options.split}.txt").read_text().split()
    results = [score(options.voc, names, lines, options.least) for lines in options.lines]
    for result in results:
        print(json.dumps(result | {"versions": versions("numpy")}))
    for result in results[1:]:
        print(json.dumps({"lines": result["lines"], "minus": results[0]["lines"]} | {
            f"{key}_points": round(100 * (result[key] - results[0][key]), 2) for key in ("map50_area", "map50_voc07")}))


if __name__ == "__main__":
    main()

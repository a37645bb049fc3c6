"""The share of A's detections that B has too: `compare_detections.py A.jsonl B.jsonl --min-score 0.5 --iou 0.8`.

Needs numpy (2.4.6 was used). Both files hold lines as `ocellus detect --json` prints them; pictures are paired by file
name. A detection of A at --min-score or above is found when an unused detection of B, of any score, has the same label
and at least --iou. Give B a lower threshold than A, or scores near the limit count as missing.
"""
import argparse
import json
from pathlib import Path

from reference_common import corners, intersection_over_union, read_lines, versions


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("a", type=Path)
    parser.add_argument("b", type=Path)
    parser.add_argument("--min-score", type=float, default=0.5)
    parser.add_argument("--iou", type=float, default=0.8)
    parser.add_argument("--verbose", action="store_true", help="print what was not found")
    options = parser.parse_args()
    others = {Path(picture["image"]).name: picture["detections"] for picture in read_lines(options.b)}
    total, found, score_differences, overlaps, unpaired = 0, 0, [], [], 0
    for picture in read_lines(options.a):
        name = Path(picture["image"]).name
        unpaired += name not in others
        free = list(others.get(name, []))
        for wanted in sorted(picture["detections"], key=lambda detection: -detection["score"]):
            if wanted["score"] < options.min_score:
                continue
            total += 1
            same = [other for other in free if other["label"] == wanted["label"]]
            rated = [
                (float(intersection_over_union(corners(wanted["box"]), corners(other["box"])[None])[0]), other)
                for other in same]
            overlap, best = max(rated, key=lambda pair: pair[0], default=(0.0, None))
            if best is not None and overlap >= options.iou:
                free.remove(best)
                found += 1
                overlaps.append(overlap)
                score_differences.append(abs(best["score"] - wanted["score"]))
            elif options.verbose:
                print(f"{name}: {wanted['label']} {wanted['score']:.3f} {wanted['box']}: best IoU {overlap:.3f}")
    mean = [sum(values) / max(len(values), 1) for values in (overlaps, score_differences)]
    print(json.dumps({
        "share": round(found / max(total, 1), 4), "found": found, "of": total, "mean_iou": round(mean[0], 4),
        "mean_score_difference": round(mean[1], 4), "unpaired_pictures": unpaired, "versions": versions("numpy")}))


if __name__ == "__main__":
    main()

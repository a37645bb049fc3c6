"""Runs the RetinaFace reference on the pictures of a RetinaFace-format list and writes detection lines.

Written with torch 2.15.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. Score above 0.02, NMS at IoU 0.4, 750 kept at
most, single precision. The lines are those of `ocellus detect --json`; score_faces.py scores either.
"""
import argparse
import json
import sys
from pathlib import Path

import cv2
import torch

from reference_common import DEFAULT_SHARED, detection_line, letterboxed, versions
from retinaface_network import MEAN_BGR, load
from retinaface_reference import detections, run
from score_faces import read_labels


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=DEFAULT_SHARED)
    parser.add_argument("--labels", type=Path, help="default: data/faces/label_val.txt of the shared folder")
    parser.add_argument("--out", type=Path, required=True, help="JSON lines")
    options = parser.parse_args()
    labels = options.labels or options.shared / "data" / "faces" / "label_val.txt"
    network = load(options.shared / "models" / "retinaface_mobilenet0.25_300.pth")
    torch.set_num_threads(1)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w") as lines:
        for name in read_labels(labels):
            picture = cv2.imread(str(labels.parent / "images" / name), cv2.IMREAD_COLOR)
            if picture is None:
                raise SystemExit(f"{name}: not readable")
            pixels, scale_x, scale_y = letterboxed(picture, MEAN_BGR)
            found = detections(run(network, pixels)[1], scale_x, scale_y)
            lines.write(detection_line(name, picture.shape[1], picture.shape[0], found) + "\n")
    print(json.dumps(versions("torch", "numpy", "opencv-python-headless")), file=sys.stderr)


if __name__ == "__main__":
    main()

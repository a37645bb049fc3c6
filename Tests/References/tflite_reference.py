"""The quantised TFLite SSD by LiteRT and by a float network of its dequantised weights, on pictures and as a golden.

Written with ai-edge-litert 2.3.0, torch 2.15.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. Pictures are
stretched to 300x300 RGB. `--engine litert` and `--engine float` write detection lines in the form of
`ocellus detect --json`; `--engine golden` writes Tests/Goldens/tflite_ssd_formula.safetensors: every 20th anchor's
class logits and box rows for the formula input / 127.5 - 1, computed in double precision, ReLU6 by name (--clamps).
"""
import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy
import torch
from ai_edge_litert.interpreter import Interpreter

from reference_common import DEFAULT_SHARED, GOLDENS, INPUT_SIZE, detection_line, formula_pixels, resized
from reference_common import versions
from safetensors_file import write_safetensors
from tensorflow_anchors import nominal_anchors
from tflite_network import TFLiteNetwork, read_label_map

PACKAGES = ("ai-edge-litert", "torch", "numpy", "opencv-python-headless")
Detect = Callable[[numpy.ndarray], list[tuple[int, float, numpy.ndarray]]]


def litert_detector(path: Path) -> Detect:
    """RGB uint8 [300, 300, 3] -> (class, score, corner box in units of the picture), the file's own ten at most."""
    interpreter = Interpreter(str(path), num_threads=1)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    boxes, classes, scores, count = (detail["index"] for detail in interpreter.get_output_details())

    def detect(pixels: numpy.ndarray) -> list[tuple[int, float, numpy.ndarray]]:
        interpreter.set_tensor(source, pixels[None])
        interpreter.invoke()
        values = [interpreter.get_tensor(index)[0] for index in (boxes, classes, scores)]
        found = zip(*(value[: int(interpreter.get_tensor(count)[0])] for value in values))
        return [(int(label), float(score), box[[1, 0, 3, 2]].astype(float)) for box, label, score in found]

    return detect


def float_detector(path: Path, clamps: str, anchors: str, threshold: float) -> Detect:
    network = TFLiteNetwork(path, clamps)
    network.anchors = nominal_anchors() if anchors == "nominal" else network.anchors

    def detect(pixels: numpy.ndarray) -> list[tuple[int, float, numpy.ndarray]]:
        logits, rows = network.run(pixels.astype(numpy.float64) / 127.5 - 1)
        return network.decode(logits, rows, threshold, limit=100)

    return detect


def picture_folder(data: Path) -> Path:
    """JPEGImages; where links did not survive copying it is a file that holds the link's target."""
    folder = data / "JPEGImages"
    return data / folder.read_text().strip() if folder.is_file() else folder


def write_golden(path: Path, clamps: str, out: Path) -> None:
    network = TFLiteNetwork(path, clamps, torch.float64)
    logits, rows = network.run(formula_pixels().astype(numpy.float64) / 127.5 - 1)
    metadata = {
        "rows": "anchors 0, 20, 40, ...", "precision": "double, stored as float", "clamps": clamps,
        "multiply_accumulates": str(network.multiply_accumulates),
        "input": "(7h + 13w + 29c + (h*w mod 31)) mod 256 / 127.5 - 1, c = R, G, B"}
    out.mkdir(parents=True, exist_ok=True)
    write_safetensors(
        out / "tflite_ssd_formula.safetensors", {"class": logits[::20], "box": rows[::20]},
        metadata | versions(*PACKAGES))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=DEFAULT_SHARED)
    parser.add_argument("--engine", choices=("litert", "float", "golden"), required=True)
    parser.add_argument("--clamps", choices=("none", "relu6", "ranges", "rounded"), default="relu6")
    parser.add_argument("--anchors", choices=("stored", "nominal"), default="stored", help="of the float engine")
    parser.add_argument("--threshold", type=float, default=0.3, help="of the float engine")
    parser.add_argument("--images", type=int, default=100, help="the first of data/voc12's val list")
    parser.add_argument("--out", type=Path, help="JSON lines; for the golden a folder")
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = options.shared / "models" / "coco_ssd_mobilenet_v1_1.0_quant.tflite"
    if options.engine == "golden":
        return write_golden(model, options.clamps, options.out or GOLDENS)
    if options.out is None:
        parser.error("--out is needed")
    labels = read_label_map(options.shared / "models" / "coco_labelmap.txt")
    detect = litert_detector(model) if options.engine == "litert" else float_detector(
        model, options.clamps, options.anchors, options.threshold)
    folder = options.shared / "data" / "voc12"
    pictures = picture_folder(folder)
    names = (folder / "ImageSets" / "Main" / "val.txt").read_text().split()[: options.images]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with options.out.open("w") as lines:
        for name in names:
            picture = cv2.imread(str(pictures / f"{name}.jpg"), cv2.IMREAD_COLOR)
            if picture is None:
                raise SystemExit(f"{pictures / name}.jpg: not readable")
            height, width = picture.shape[:2]
            found = []
            for label, score, box in detect(cv2.cvtColor(resized(picture, INPUT_SIZE, INPUT_SIZE), cv2.COLOR_BGR2RGB)):
                left, top, right, bottom = box * (width, height, width, height)
                sides = [round(float(side), 3) for side in (left, top, right - left, bottom - top)]
                found.append({"label": labels[label], "score": round(score, 6), "box": sides})
            lines.write(detection_line(f"{name}.jpg", width, height, found) + "\n")
    print(json.dumps(versions(*PACKAGES)), file=sys.stderr)


if __name__ == "__main__":
    main()

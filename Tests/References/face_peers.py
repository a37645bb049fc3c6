"""Our face detector beside YuNet-n and UltraFace RFB-320 on the same pictures at 300 px, one scale: a Markdown table.

Written with onnxruntime 1.32.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. Every picture's long side becomes 300 px
and it lies at the top left of the canvas, BGR mean (104, 117, 123) around. YuNet's canvas is 320x320 as its file wants
it. UltraFace's file wants 320x240: pictures higher than 240 shrink further, which costs it small faces.

AP at IoU 0.5 by face height and landmark error (mean distance / distance of the eyes) by score_faces.py, the latter also
on pictures of --human, and there of faces whose points people set; false positives a picture on --negatives at 0.5 and at the threshold
the model's own program uses (YuNet 0.9 in OpenCV, UltraFace 0.7, ours 0.6). YuNet labelled many of these faces, which
flatters it.

    python3 face_peers.py --ocellus ocellus --model NAME=retinaface.safetensors --model NAME=other.safetensors
"""
import argparse
import json
import subprocess
from collections.abc import Callable, Iterator
from copy import copy
from pathlib import Path

import cv2
import numpy
import onnxruntime

from reference_common import DEFAULT_SHARED, INPUT_SIZE, detection_line, resized, rounded, suppressed, versions
from score_faces import average_precision, by_label, matched, read_labels

FILL, LOWEST, OVERLAP, LIMIT = (104, 117, 123), 0.02, 0.4, 750
HEIGHTS = (12, 20, 32, 64)
Rows = tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray | None]  # scores [n], corners [n, 4], points [n, 5, 2]


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


class YuNet:
    """BGR bytes; score sqrt(class * object), anchor-free offsets from the cell in strides."""

    name, canvas, threshold = "YuNet-n", (320, 320), 0.9

    def __init__(self, models: Path) -> None:
        self.session = session(models / "yunet_n_320_320.onnx")
        self.outputs = [output.name for output in self.session.get_outputs()]

    def __call__(self, pixels: numpy.ndarray) -> Rows:
        values = self.session.run(None, {"input": pixels.transpose(2, 0, 1)[None].astype(numpy.float32)})
        named = {name: value[0] for name, value in zip(self.outputs, values)}
        scores, boxes, points = [], [], []
        for stride in (8, 16, 32):
            rows, columns = numpy.divmod(numpy.arange((320 // stride) ** 2), 320 // stride)
            cells = numpy.stack([columns, rows], axis=1)
            likely = [numpy.clip(named[f"{kind}_{stride}"][:, 0], 0, 1) for kind in ("cls", "obj")]
            scores.append(numpy.sqrt(likely[0] * likely[1]))
            box = named[f"bbox_{stride}"]
            centre, half = (box[:, :2] + cells) * stride, numpy.exp(box[:, 2:]) * stride / 2
            boxes.append(numpy.concatenate([centre - half, centre + half], axis=1))
            points.append((named[f"kps_{stride}"].reshape(-1, 5, 2) + cells[:, None]) * stride)
        return tuple(numpy.concatenate(parts) for parts in (scores, boxes, points))


class UltraFace:
    """RGB, (x - 127) / 128; scores after softmax, box offsets from SSD's anchors (variances 0.1 and 0.2), no landmarks."""

    name, canvas, threshold = "UltraFace RFB-320", (320, 240), 0.7
    levels = ((8, (10, 16, 24)), (16, (32, 48)), (32, (64, 96)), (64, (128, 192, 256)))

    def __init__(self, models: Path) -> None:
        self.session = session(models / "ultraface_rfb_320.onnx")
        self.anchors = numpy.array([
            ((column + 0.5) * stride, (row + 0.5) * stride, side, side)
            for stride, sides in self.levels
            for row in range(-(-self.canvas[1] // stride))
            for column in range(-(-self.canvas[0] // stride))
            for side in sides])

    def __call__(self, pixels: numpy.ndarray) -> Rows:
        values = (pixels[:, :, ::-1].astype(numpy.float32) - 127) / 128
        scores, boxes = self.session.run(None, {"input": numpy.ascontiguousarray(values.transpose(2, 0, 1)[None])})
        centre = boxes[0, :, :2] * 0.1 * self.anchors[:, 2:] + self.anchors[:, :2]
        half = numpy.exp(boxes[0, :, 2:] * 0.2) * self.anchors[:, 2:] / 2
        return scores[0, :, 1], numpy.concatenate([centre - half, centre + half], axis=1), None


def search(detector: Callable[[numpy.ndarray], Rows], path: Path, name: str) -> str:
    """A line of detections above 0.02 in source pixels."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        raise SystemExit(f"{path}: not readable")
    height, width = picture.shape[:2]
    scale = min(INPUT_SIZE / max(width, height), detector.canvas[0] / width, detector.canvas[1] / height)
    new_width, new_height = max(1, rounded(width * scale)), max(1, rounded(height * scale))
    canvas = numpy.empty((detector.canvas[1], detector.canvas[0], 3), numpy.uint8)
    canvas[:] = FILL
    canvas[:new_height, :new_width] = resized(picture, new_width, new_height)
    scores, boxes, points = detector(canvas)
    chosen = numpy.flatnonzero(scores > LOWEST)
    back = numpy.array([width / new_width, height / new_height])
    found = []
    for index in chosen[suppressed(boxes[chosen], scores[chosen], OVERLAP, LIMIT)]:
        low, high = boxes[index, :2] * back, boxes[index, 2:] * back
        face = {"label": "face", "score": float(scores[index]), "box": [float(v) for v in (*low, *(high - low))]}
        if points is not None:
            face["landmarks"] = (points[index] * back).tolist()
        found.append(face)
    return detection_line(name, width, height, found)


def ours(command: str, model: Path, paths: list[Path]) -> Iterator[str]:
    """Lines of our own command."""
    for start in range(0, len(paths), 500):
        arguments = [command, "detect", *map(str, paths[start:start + 500]), "--model", str(model), "--json"]
        arguments += ["--threshold", str(LOWEST), "--overlap", str(OVERLAP), "--maximum", str(LIMIT)]
        finished = subprocess.run(arguments, capture_output=True, text=True)
        if finished.returncode:
            raise SystemExit(finished.stderr.strip())
        yield from finished.stdout.splitlines()


def row(name: str, threshold: float, faces: list[dict], empty: list[dict], labels: dict, human: str) -> str:
    """The table's row of one detector."""
    pictures = by_label(faces, labels)

    def measured(only: str, least: float) -> tuple[float, list[float]]:
        outcomes, count, errors = [], 0, []
        for picture, truths in labels.items():
            if picture.startswith(only):
                if only:
                    truths = [copy(truth) for truth in truths]
                    for truth in truths:
                        truth.points = truth.points if truth.by_people else None
                found, counted, distances = matched(pictures[picture], truths, least)
                outcomes, count, errors = outcomes + found, count + counted, errors + distances
        return average_precision(outcomes, count), errors

    cells = [f"{measured('', least)[0]:.3f}" for least in HEIGHTS]
    cells += [f"{numpy.mean(errors):.4f}, {numpy.median(errors):.4f}" if errors else "none" for errors in
              (measured("", 0)[1], measured(human, 0)[1])]
    for least in (0.5, threshold):
        wrong = sum(d["score"] >= least for picture in empty for d in picture["detections"])
        cells.append(f"{wrong / len(empty):.3f}")
    return f"| {name} | {' | '.join(cells)} | {threshold} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=DEFAULT_SHARED)
    parser.add_argument("--ocellus", help="the built command")
    parser.add_argument("--model", action="append", default=[], metavar="NAME=FILE", help="a model file of ours")
    parser.add_argument("--threshold", type=float, default=0.6, help="ours for false positives")
    parser.add_argument("--human", default="cvpr13", help="beginning of the names whose points people set")
    parser.add_argument("--every", type=int, default=1, help="take only every n-th picture without a face")
    parser.add_argument("--out", type=Path, help="keep the lines of detections in this folder")
    options = parser.parse_args()
    faces = options.shared / "data" / "faces"
    labels = read_labels(faces / "label_val.txt")
    with_faces = [faces / "images" / name for name in labels]
    without = sorted((options.shared / "data" / "negatives" / "images").iterdir())[:: options.every]
    print(f"{len(labels)} pictures, {sum(map(len, labels.values()))} faces; {len(without)} pictures without. "
          + json.dumps(versions("onnxruntime", "numpy", "opencv-python-headless")) + "\n")
    print("| detector | " + " | ".join(f"AP ≥ {height}" for height in HEIGHTS)
          + f" | NME | NME {options.human} | false at 0.5 | false at its threshold | threshold |")
    print("|---|" + "---:|" * (len(HEIGHTS) + 5), flush=True)

    def report(name: str, threshold: float, lines: list[list[str]]) -> None:
        if options.out:
            options.out.mkdir(parents=True, exist_ok=True)
            for kind, content in zip(("faces", "negatives"), lines):
                (options.out / f"{name} {kind}.jsonl").write_text("\n".join(content) + "\n")
        read = [[json.loads(line) for line in content] for content in lines]
        print(row(name, threshold, *read, labels, options.human), flush=True)

    for detector in (YuNet(options.shared / "models"), UltraFace(options.shared / "models")):
        report(detector.name, detector.threshold, [
            [search(detector, path, str(path)) for path in paths] for paths in (with_faces, without)])
    for name, _, file in (model.partition("=") for model in options.model):
        if not options.ocellus:
            raise SystemExit("--model needs --ocellus")
        report(name, options.threshold, [list(ours(options.ocellus, Path(file), paths)) for paths in (with_faces, without)])


if __name__ == "__main__":
    main()

"""Makes Tests/Goldens/yunet_portrait.json: what ONNX Runtime puts out for YuNet-n and the golden portrait, and its faces.

    python3 Tests/References/yunet_goldens.py FOLDER_WITH_MODELS

Written with onnxruntime 1.32.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. The portrait of 300x300 lies at the top left
of a canvas of 320x320, BGR (104, 117, 123) around. Of the rows every 61st is kept. `faces` are read from the rows as
OpenCV's program does: score sqrt(class * object), cells in strides, the better of two that overlap by more than 0.45.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy
import onnxruntime

GOLDENS = Path(__file__).resolve().parent.parent / "Goldens"
STRIDES = (8, 16, 32)


def overlap(a: numpy.ndarray, b: numpy.ndarray) -> float:
    sides = numpy.clip(numpy.minimum(a[2:], b[2:]) - numpy.maximum(a[:2], b[:2]), 0, None)
    shared = sides.prod()
    return shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared)


def main() -> None:
    canvas = numpy.empty((320, 320, 3), numpy.float32)
    canvas[:] = (104, 117, 123)
    canvas[:300, :300] = cv2.imread(str(GOLDENS / "retinaface_input_portrait.png"), cv2.IMREAD_COLOR)
    session = onnxruntime.InferenceSession(
        str(Path(sys.argv[1]) / "yunet_n_320_320.onnx"), providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    values = {name: value[0].astype(numpy.float64)
              for name, value in zip(names, session.run(None, {"input": canvas.transpose(2, 0, 1)[None]}))}
    rows = {kind: numpy.concatenate([values[f"{name}_{stride}"] for stride in STRIDES])
            for kind, name in (("classes", "cls"), ("objects", "obj"), ("boxes", "bbox"), ("landmarks", "kps"))}
    cells = numpy.concatenate([
        numpy.stack([*numpy.divmod(numpy.arange((320 // stride) ** 2), 320 // stride)][::-1]
                    + [numpy.full((320 // stride) ** 2, stride)], axis=1) for stride in STRIDES])
    place, stride = cells[:, :2], cells[:, 2:]
    scores = numpy.sqrt(rows["classes"] * rows["objects"])[:, 0]
    centre, half = (rows["boxes"][:, :2] + place) * stride, numpy.exp(rows["boxes"][:, 2:]) * stride / 2
    boxes = numpy.concatenate([centre - half, centre + half], axis=1)
    points = (rows["landmarks"].reshape(-1, 5, 2) + place[:, None]) * stride[:, None]
    faces = []
    for row in numpy.argsort(-scores):
        if scores[row] >= 0.1 and all(overlap(boxes[row], boxes[other]) <= 0.45 for other in faces):
            faces.append(row)
    golden = {
        "sampled": 61,
        "rows": {kind: numpy.round(value[::61], 5).reshape(-1).tolist() for kind, value in rows.items()},
        "faces": [{"score": round(scores[row], 5), "box": numpy.round(boxes[row], 3).tolist(),
                   "landmarks": numpy.round(points[row].reshape(-1), 3).tolist()} for row in faces],
    }
    (GOLDENS / "yunet_portrait.json").write_text(json.dumps(golden) + "\n")
    print(len(faces), "faces", [round(scores[row], 3) for row in faces])


main()

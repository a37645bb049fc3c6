"""Makes Tests/Goldens/yunet_portrait.json: what ONNX Runtime puts out for YuNet-n and the golden portrait, and its faces.

    python3 Tests/References/yunet_goldens.py FOLDER_WITH_MODELS

Written with onnxruntime 1.32.0, numpy 2.4.6, onnx 1.23.2, opencv-python-headless 5.0.0.93. The portrait of 300x300
lies at the top left of a canvas of 320x320, BGR (104, 117, 123) around. Of the rows every 61st is kept. `faces` are
read from the rows as OpenCV's program does: score sqrt(class * object), cells in strides, the better of two that overlap
by more than 0.45. `enlarged` are the faces of the portrait brought to 450x450, in whole levels, in a canvas of 480x480, in pixels
of the 300x300.
"""

import json
import sys
from pathlib import Path

import cv2
import numpy
import onnx
import onnxruntime

GOLDENS = Path(__file__).resolve().parent.parent / "Goldens"
STRIDES = (8, 16, 32)
TIMES = 1.5


def overlap(a: numpy.ndarray, b: numpy.ndarray) -> float:
    sides = numpy.clip(numpy.minimum(a[2:], b[2:]) - numpy.maximum(a[:2], b[:2]), 0, None)
    shared = sides.prod()
    return shared / ((a[2:] - a[:2]).prod() + (b[2:] - b[:2]).prod() - shared)


def framed(pixels: numpy.ndarray) -> numpy.ndarray:
    """Pixels at the top left of a canvas of which 32 divides the sides."""
    height, width = (-(-side // 32) * 32 for side in pixels.shape[:2])
    canvas = numpy.empty((height, width, 3), numpy.float32)
    canvas[:] = (104, 117, 123)
    canvas[:pixels.shape[0], :pixels.shape[1]] = pixels
    return canvas


def run(session: onnxruntime.InferenceSession, canvas: numpy.ndarray) -> dict[str, numpy.ndarray]:
    names = [output.name for output in session.get_outputs()]
    values = {name: value[0].astype(numpy.float64)
              for name, value in zip(names, session.run(None, {"input": canvas.transpose(2, 0, 1)[None]}))}
    return {kind: numpy.concatenate([values[f"{name}_{stride}"] for stride in STRIDES])
            for kind, name in (("classes", "cls"), ("objects", "obj"), ("boxes", "bbox"), ("landmarks", "kps"))}


def read_faces(rows: dict[str, numpy.ndarray], height: int, width: int, times: float = 1) -> list[dict]:
    """The faces, in pixels of a picture that is `times` smaller."""
    cells = numpy.concatenate([
        numpy.stack([*numpy.divmod(numpy.arange((height // stride) * (width // stride)), width // stride)][::-1]
                    + [numpy.full((height // stride) * (width // stride), stride)], axis=1) for stride in STRIDES])
    place, stride = cells[:, :2], cells[:, 2:]
    scores = numpy.sqrt(rows["classes"] * rows["objects"])[:, 0]
    centre, half = (rows["boxes"][:, :2] + place) * stride, numpy.exp(rows["boxes"][:, 2:]) * stride / 2
    boxes = numpy.concatenate([centre - half, centre + half], axis=1) / times
    points = (rows["landmarks"].reshape(-1, 5, 2) + place[:, None]) * stride[:, None] / times
    faces = []
    for row in numpy.argsort(-scores):
        if scores[row] >= 0.1 and all(overlap(boxes[row], boxes[other]) <= 0.45 for other in faces):
            faces.append(row)
    return [{"score": round(scores[row], 5), "box": numpy.round(boxes[row], 3).tolist(),
             "landmarks": numpy.round(points[row].reshape(-1), 3).tolist()} for row in faces]


def main() -> None:
    portrait = cv2.imread(str(GOLDENS / "retinaface_input_portrait.png"), cv2.IMREAD_COLOR)
    model = onnx.load(str(Path(sys.argv[1]) / "yunet_n_320_320.onnx"))
    for axis, name in ((2, "height"), (3, "width")):
        model.graph.input[0].type.tensor_type.shape.dim[axis].dim_param = name
    for output in model.graph.output:
        output.type.tensor_type.shape.dim[1].dim_param = f"cells of {output.name}"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # shapes within say 320x320 still
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    rows = run(session, framed(portrait))
    size = round(300 * TIMES)
    enlarged = run(session, framed(numpy.round(cv2.resize(
        portrait.astype(numpy.float32), (size, size), interpolation=cv2.INTER_LINEAR))))
    side = -(-size // 32) * 32
    golden = {
        "sampled": 61,
        "rows": {kind: numpy.round(value[::61], 5).reshape(-1).tolist() for kind, value in rows.items()},
        "faces": read_faces(rows, 320, 320),
        "times": TIMES,
        "enlarged": read_faces(enlarged, side, side, TIMES),
    }
    (GOLDENS / "yunet_portrait.json").write_text(json.dumps(golden) + "\n")
    for name in ("faces", "enlarged"):
        print(name, golden[name])


main()

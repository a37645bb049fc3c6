"""Writes the expected numbers of OcellusDetectionTests/Fixtures: anchors and whole decodings.

Everything is computed here in NumPy from the formulas of SSD (arXiv 1512.02325) and RetinaFace (arXiv 1905.00641),
without the library. The TensorFlow anchors also come from the constant inside a published .tflite file.

    python anchor_goldens.py --tflite coco_ssd_mobilenet_v1_1.0_quant.tflite --out ../OcellusDetectionTests/Fixtures
"""
import argparse
import itertools
import math
import pathlib

import numpy as np


def grid(rows, columns, step_y, step_x, sizes):
    """[rows * columns * sizes, 4] as centre x, centre y, width, height."""
    out = np.empty((rows, columns, len(sizes), 4))
    out[..., 0] = ((np.arange(columns) + 0.5) * step_x)[None, :, None]
    out[..., 1] = ((np.arange(rows) + 0.5) * step_y)[:, None, None]
    out[..., 2:] = np.array(sizes)
    return out.reshape(-1, 4)


def retinaface(width, height):
    parts = []
    for step, sides in ((8, (10, 20)), (16, (32, 64)), (32, (128, 256))):
        rows, columns = math.ceil(height / step), math.ceil(width / step)
        parts.append(grid(rows, columns, step / height, step / width, [(s / width, s / height) for s in sides]))
    return np.concatenate(parts)


def prior_boxes(maps, small, large, ratios, steps):
    parts = []
    for n, s, l, r, step in zip(maps, small, large, ratios, steps):
        sizes = [(s, s)] + ([(math.sqrt(s * l),) * 2] if l else [])
        for ratio in itertools.chain.from_iterable((a, 1 / a) for a in r):
            sizes.append((s * math.sqrt(ratio), s / math.sqrt(ratio)))
        parts.append(grid(n, n, step / 300, step / 300, [(w / 300, h / 300) for w, h in sizes]))
    return np.concatenate(parts)


def tensorflow(maps=(19, 10, 5, 3, 2, 1)):
    scales = list(np.linspace(0.2, 0.95, len(maps))) + [1.0]
    parts = []
    for index, n in enumerate(maps):
        if index == 0:
            pairs = [(0.1, 1.0), (0.2, 2.0), (0.2, 0.5)]
        else:
            pairs = [(scales[index], r) for r in (1.0, 2.0, 0.5, 3.0, 0.3333)]
            pairs.append((math.sqrt(scales[index] * scales[index + 1]), 1.0))
        parts.append(grid(n, n, 1 / n, 1 / n, [(s * math.sqrt(r), s / math.sqrt(r)) for s, r in pairs]))
    return np.concatenate(parts)


def noise(seed, count):
    """Repeatable numbers in 0..<1 with 24 bits, an integer hash of the position; the tests have the same hash."""
    x = (np.arange(count, dtype=np.uint64) + np.uint64(seed * 0x9E3779B9)) & np.uint64(0xFFFFFFFF)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x ^= x >> np.uint64(shift)
        x = (x * np.uint64(factor)) & np.uint64(0xFFFFFFFF)
    x ^= x >> np.uint64(16)
    return ((x >> np.uint64(8)).astype(np.float64) / 2**24)


def overlap(box, others):
    wh = np.clip(np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2]), 0, None)
    inter = wh.prod(1)
    area = (box[2:] - box[:2]).prod()
    return inter / (area + (others[:, 2:] - others[:, :2]).prod(1) - inter)


def suppress(boxes, order, threshold):
    """Greedy; also the smallest distance of a deciding overlap from the threshold."""
    kept, margin = [], 1.0
    for candidate in order:
        if kept:
            ious = overlap(boxes[candidate], boxes[kept])
            margin = min(margin, np.abs(ious - threshold).min())
            if (ious > threshold).any():
                continue
        kept.append(candidate)
    return kept, margin


def decode(anchors, x, y, w, h, size):
    cx, cy = anchors[:, 0] + 0.1 * x * anchors[:, 2], anchors[:, 1] + 0.1 * y * anchors[:, 3]
    bw, bh = anchors[:, 2] * np.exp(0.2 * w), anchors[:, 3] * np.exp(0.2 * h)
    return np.stack([cx - bw / 2, cy - bh / 2, cx + bw / 2, cy + bh / 2], 1) * size


def detect(scores, boxes, score_threshold, iou_threshold, points=None, candidates=400, maximum=200):
    """scores [anchors, classes] as probabilities. Returns found, rows, margin."""
    found, margin = [], 1.0
    for label in range(1, scores.shape[1]):
        passing = np.flatnonzero(scores[:, label] >= score_threshold)
        order = passing[np.argsort(-scores[passing, label], kind="stable")][:candidates]
        kept, m = suppress(boxes, order, iou_threshold)
        margin = min(margin, m)
        found += [(-scores[a, label], a, label) for a in kept]
    found.sort()
    rows = []
    for score, anchor, label in found[:maximum]:
        extra = [] if points is None else list(points[anchor].reshape(-1))
        rows.append([label, -score, *boxes[anchor], *extra])
    return len(found), rows, margin


def retinaface_case(seed):
    anchors = retinaface(300, 300)
    n = len(anchors)
    logits = noise(seed, n * 2).reshape(n, 2) * 8
    offsets = noise(seed + 1, n * 4).reshape(n, 4) * 8 - 4
    marks = noise(seed + 2, n * 10).reshape(n, 5, 2) * 8 - 4
    scores = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    points = (anchors[:, None, :2] + 0.1 * marks * anchors[:, None, 2:]) * 300
    return detect(scores, decode(anchors, *offsets.T, 300), 0.95, 0.4, points)


def tensorflow_case(seed):
    anchors = tensorflow()
    n = len(anchors)
    scores = 1 / (1 + np.exp(-(noise(seed, n * 91).reshape(n, 91) * 16 - 12)))
    y, x, h, w = (noise(seed + 1, n * 4).reshape(n, 4) * 8 - 4).T
    return detect(scores, decode(anchors, x, y, w, h, 300), 0.96, 0.6)


def softmax_case(seed):
    anchors = prior_boxes(*MOBILENET)
    n = len(anchors)
    logits = noise(seed, n * 21).reshape(n, 21) * 16 - 8
    logits[:, 0] += 4
    scores = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    offsets = noise(seed + 1, n * 4).reshape(n, 4) * 8 - 4
    return detect(scores, decode(anchors, *offsets.T, 300), 0.3, 0.45)


MOBILENET = (
    (19, 10, 5, 3, 2, 1), (60, 105, 150, 195, 240, 285), (None, 150, 195, 240, 285, 300),
    ((2,),) + ((2, 3),) * 5, [300 / n for n in (19, 10, 5, 3, 2, 1)])
VGG = (
    (38, 19, 10, 5, 3, 1), (30, 60, 111, 162, 213, 264), (60, 111, 162, 213, 264, 315),
    ((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)), (8, 16, 32, 64, 100, 300))


def write_anchors(path, anchors, every):
    lines = [f"count {len(anchors)}", "sum " + " ".join(f"{v:.6f}" for v in anchors.sum(0))]
    for index in sorted({*range(0, len(anchors), every), len(anchors) - 1}):
        lines.append(f"{index} " + " ".join(f"{v:.8f}" for v in anchors[index]))
    path.write_text("\n".join(lines) + "\n")


def write_case(path, case):
    # A seed whose overlaps all stay clear of the threshold: float and double then decide alike.
    for seed in range(1, 200, 3):
        found, rows, margin = case(seed)
        if margin > 5e-6:
            break
    else:
        raise SystemExit(f"{path}: no seed keeps its overlaps clear of the threshold")
    lines = [f"seed {seed}", f"found {found}", f"count {len(rows)}"]
    for rank in range(0, len(rows), 8):
        label, *numbers = rows[rank]
        lines.append(f"{rank} {label} " + " ".join(f"{v:.6f}" for v in numbers))
    path.write_text("\n".join(lines) + "\n")
    print(path.name, lines[:3], margin)


def write_tflite(path, file):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(file)
    index = int(interpreter._get_ops_details()[-1]["inputs"][2])
    values = interpreter.get_tensor(index)
    scale, zero = next(t for t in interpreter.get_tensor_details() if t["index"] == index)["quantization"]
    assert zero == 0 and values.dtype == np.uint8
    ours = np.clip(np.round(tensorflow()[:, [1, 0, 3, 2]] / scale), 0, 255)
    print("bytes that differ from the formula's:", int((ours != values).sum()))
    sums = " ".join(str(v) for v in values.astype(int).sum(0))
    lines = [f"count {len(values)}", f"scale {scale:.12g}", f"sum {sums}"]
    for row in sorted({*range(0, len(values), 100), len(values) - 1}):
        lines.append(f"{row} " + " ".join(str(v) for v in values[row]))
    path.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--tflite", required=True)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    arguments = parser.parse_args()
    out = arguments.out
    out.mkdir(parents=True, exist_ok=True)
    write_anchors(out / "anchors_retinaface_300.txt", retinaface(300, 300), 100)
    write_anchors(out / "anchors_retinaface_640x480.txt", retinaface(640, 480), 500)
    write_anchors(out / "anchors_mobilenet_ssd_300.txt", prior_boxes(*MOBILENET), 61)
    write_anchors(out / "anchors_ssd300_vgg.txt", prior_boxes(*VGG), 301)
    write_anchors(out / "anchors_tensorflow_300.txt", tensorflow(), 61)
    write_tflite(out / "anchors_tensorflow_bytes.txt", arguments.tflite)
    write_case(out / "decode_retinaface.txt", retinaface_case)
    write_case(out / "decode_tensorflow.txt", tensorflow_case)
    write_case(out / "decode_softmax.txt", softmax_case)

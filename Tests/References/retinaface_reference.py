"""Goldens of RetinaFace-MobileNet0.25 at 300x300, computed in double precision by the PyTorch reference.

Written with torch 2.15.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. Two inputs: one given by a formula of
integers, and the public-domain portrait of Grace Hopper that Debian's python-matplotlib-data installs, stored
as the 300x300 pixels the network sees (before the mean is subtracted). Writes to Tests/Goldens:
retinaface_{formula,portrait}.safetensors (every 10th anchor), retinaface_input_portrait.png, retinaface_reference.json.
"""
import argparse
import json
from pathlib import Path

import cv2
import numpy
import torch

from reference_common import DEFAULT_SHARED, GOLDENS, INPUT_SIZE, formula_pixels, letterboxed, suppressed
from reference_common import versions
from retinaface_network import MEAN_BGR, RetinaFace, decode, load, priors
from safetensors_file import write_safetensors

PORTRAIT = Path("/usr/share/matplotlib/mpl-data/sample_data/grace_hopper.jpg")


def detections(
    rows: tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray], scale_x: float, scale_y: float,
    threshold: float = 0.02, overlap: float = 0.4, limit: int = 750
) -> list[dict]:
    """Detections in source pixels, unclipped, best first; suppression runs in input space."""
    scores, boxes, points = decode(*rows, priors())
    chosen = numpy.flatnonzero(scores > threshold)
    to_source = INPUT_SIZE / numpy.array([scale_x, scale_y])
    found = []
    for index in chosen[suppressed(boxes[chosen], scores[chosen], overlap, limit)]:
        left_top, right_bottom = boxes[index, :2] * to_source, boxes[index, 2:] * to_source
        found.append({
            "label": "face", "score": round(float(scores[index]), 6),
            "box": [round(float(v), 3) for v in (*left_top, *(right_bottom - left_top))],
            "landmarks": [[round(float(v), 3) for v in point * to_source] for point in points[index]]})
    return found


def run(network: RetinaFace, pixels: numpy.ndarray) -> tuple[dict[str, torch.Tensor], tuple[numpy.ndarray, ...]]:
    """BGR uint8 [300, 300, 3] -> intermediate tensors and head rows, in the precision of the network."""
    precision = next(network.parameters()).dtype
    tensor = torch.from_numpy(pixels.astype(numpy.float64) - MEAN_BGR).to(precision)
    with torch.inference_mode():
        nodes = network.nodes(tensor.permute(2, 0, 1)[None])
        return nodes, tuple(rows[0].double().numpy() for rows in network.rows(nodes))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=DEFAULT_SHARED)
    parser.add_argument("--portrait", type=Path, default=PORTRAIT, help="grace_hopper.jpg")
    parser.add_argument("--out", type=Path, default=GOLDENS)
    options = parser.parse_args()
    network = load(options.shared / "models" / "retinaface_mobilenet0.25_300.pth").double()
    count = sum(parameter.numel() for parameter in network.parameters())
    used = versions("torch", "numpy", "opencv-python-headless")

    source = cv2.imread(str(options.portrait), cv2.IMREAD_COLOR)
    if source is None:
        raise SystemExit(f"{options.portrait}: not found: install python-matplotlib-data or pass --portrait")
    portrait, scale_x, scale_y = letterboxed(source, MEAN_BGR)
    options.out.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(options.out / "retinaface_input_portrait.png"), portrait, [cv2.IMWRITE_PNG_COMPRESSION, 9])

    report: dict[str, object] = {
        "versions": used, "parameters": count, "anchors": len(priors()), "row_step": 10,
        "input": "BGR, [300, 300, 3], minus (104, 117, 123); formula: (7h + 13w + 29c + (h*w mod 31)) mod 256",
        "decode": {"threshold": 0.02, "iou": 0.4, "limit": 750, "boxes": "source pixels, not clipped"}}
    for name, pixels, scales in (("formula", formula_pixels(), (1.0, 1.0)), ("portrait", portrait, (scale_x, scale_y))):
        nodes, rows = run(network, pixels)
        tensors = {key: value[::10] for key, value in zip(("class", "box", "landmark"), rows)}
        write_safetensors(
            options.out / f"retinaface_{name}.safetensors", tensors,
            {"rows": "anchors 0, 10, 20, ...", "precision": "double, stored as float"} | used)
        report[name] = {
            "input_pixels_per_source_pixel": list(scales),
            "nodes": {
                key: {
                    "shape_hwc": [*node.shape[2:], node.shape[1]], "mean": float(f"{node.mean():.7g}"),
                    "max_abs": float(f"{node.abs().max():.7g}")} for key, node in nodes.items()},
            "detections": detections(rows, *scales)}
    (options.out / "retinaface_reference.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

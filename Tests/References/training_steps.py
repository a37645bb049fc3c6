"""A hundred steps of training from a given start: losses by PyTorch in double and single precision, Tests/Goldens/steps_*.

Written with torch 2.15.0, numpy 2.4.6. Start: seeded.py, `fresh`. Step s (from 0) sees the pictures 4s ... 4s + 3 of
training_pictures.py at 300x300 (retinaface: 2 classes; mobilenet_ssd: 21), normalized as training_common.py says. Batch
normalization by the batch (momentum 0.1, unbiased running variance). Loss: multibox.py. SGD with momentum 0.9:

    g = gradient + 0.0005 * w for convolution weights, the gradient alone for biases and normalization
    v = 0.9 v + g  (v starts at 0);  w = w - rate * v;  rate = 0.001 * min(1, (s + 1) / 10)

steps_NAME.safetensors: `double` and `single` [steps, 4] (class, box, landmark, total before the update), `positives`
[steps], `matched` [8, 3] (step, anchor in the batch counted on, label: the first positives of step 0, 1, ...), and after
the last step ten numbers for each tensor as in gradients_*, from double. steps.json: versions, checksums of pictures,
the closest matching decision, and how far single precision went from double, by which a tolerance should be chosen.
"""
import argparse
import json
import time
from pathlib import Path

import numpy
import torch

from multibox import Targets, losses, match
from reference_common import GOLDENS, INPUT_SIZE, versions
from retinaface_network import priors
from safetensors_file import write_safetensors
from training_common import build, digest, normalized, own_tensors
from training_pictures import checksum, picture

BATCH, MOMENTUM, DECAY, RATE, WARM_UP = 4, 0.9, 5e-4, 1e-3, 10


def ssd_anchors() -> numpy.ndarray:
    """[1917, 4] centre and size of the Caffe MobileNet-SSD, in units of the input."""
    rows = []
    sides = ((60, None), (105, 150), (150, 195), (195, 240), (240, 285), (285, 300))
    for cells, (small, large) in zip((19, 10, 5, 3, 2, 1), sides):
        sizes = [(small, small)] + ([((small * large) ** 0.5,) * 2] if large else [])
        for ratio in (2, 3) if large else (2,):
            wide, narrow = small * ratio**0.5, small / ratio**0.5
            sizes += [(wide, narrow), (narrow, wide)]
        rows += [
            ((column + 0.5) / cells, (row + 0.5) / cells, width / 300, height / 300)
            for row in range(cells) for column in range(cells) for width, height in sizes]
    return numpy.array(rows, numpy.float64)


def batch(step: int, name: str, anchors: numpy.ndarray) -> tuple[numpy.ndarray, list[Targets]]:
    """Normalized pixels [4, 300, 300, 3] and their targets."""
    made = [picture(BATCH * step + index, INPUT_SIZE, 2 if name == "retinaface" else 21) for index in range(BATCH)]
    pixels = normalized(name, numpy.stack([pixels for pixels, _ in made]))
    return pixels, [match(truths, anchors, INPUT_SIZE) for _, truths in made]


def train(name: str, steps: int, precision: torch.dtype, anchors: numpy.ndarray) -> tuple[list, list, float, dict]:
    """Losses and positives of each step, the closest decision of matching, tensors at the end."""
    network = build(name, fresh=True, precision=precision).train()
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(
        [{"params": [p for p in parameters if p.ndim == 4], "weight_decay": DECAY},
         {"params": [p for p in parameters if p.ndim != 4], "weight_decay": 0.0}], lr=RATE, momentum=MOMENTUM)
    curve, positives, margin = [], [], 1.0
    for step in range(steps):
        pixels, targets = batch(step, name, anchors)
        margin = min(margin, *(target.margin for target in targets))
        rows = network(torch.from_numpy(pixels).to(precision).permute(0, 3, 1, 2))
        class_loss, box_loss, landmark_loss, count = losses(rows, targets)
        total = class_loss + 2 * box_loss + landmark_loss
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        curve.append([float(part) for part in (class_loss, box_loss, landmark_loss, total)])
        positives.append(count)
    return curve, positives, margin, {key: tensor.detach() for key, tensor in own_tensors(network)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=GOLDENS)
    parser.add_argument("--networks", nargs="+", choices=("retinaface", "mobilenet_ssd"), default=["retinaface"])
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    report_path = options.out / "steps.json"
    report = json.loads(report_path.read_text()) if report_path.exists() else {}
    report["versions"] = versions("torch", "numpy")
    for name in options.networks:
        anchors = priors(INPUT_SIZE) if name == "retinaface" else ssd_anchors()
        started = time.perf_counter()
        single, _, _, single_end = train(name, options.steps, torch.float32, anchors)
        double, positives, margin, end = train(name, options.steps, torch.float64, anchors)
        exact, rounded = numpy.array(double), numpy.array(single)
        apart = numpy.abs(rounded - exact)[:, 3] / exact[:, 3]
        matched = [
            (step, index * len(anchors) + int(anchor), int(targets.labels[anchor]))
            for step in range(4) for index, targets in enumerate(batch(step, name, anchors)[1])
            for anchor in numpy.flatnonzero(targets.labels)][:8]
        write_safetensors(
            options.out / f"steps_{name}.safetensors",
            {"double": exact, "single": rounded, "positives": numpy.array(positives), "matched": numpy.array(matched)}
            | {key: numpy.array(digest(value)) for key, value in end.items()},
            {"columns": "class, box, landmark, total", "precision": "as named, stored as float"} | report["versions"])
        worst = max(end, key=lambda key: float((single_end[key] - end[key]).norm() / end[key].norm()))
        classes = 2 if name == "retinaface" else 21
        report[name] = {
            "steps": options.steps, "batch": BATCH, "anchors": len(anchors), "closest_matching_decision_in_iou": margin,
            "fnv1a_of_pictures": [checksum(picture(index, INPUT_SIZE, classes)[0]) for index in range(4)],
            "total_loss": {str(s + 1): double[s][3] for s in range(options.steps) if s == 0 or (s + 1) % 10 == 0},
            "single_apart_from_double": {
                "largest_up_to_step": {
                    str(s): float(apart[:s].max()) for s in (1, 10, 25, 50, 100) if s <= options.steps},
                "parameters_at_the_end": float((single_end[worst] - end[worst]).norm() / end[worst].norm()),
                "of": worst}}
        print(json.dumps(report[name], indent=1), f"{time.perf_counter() - started:.0f} s", flush=True)
    report_path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

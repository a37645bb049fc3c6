"""Steps of training from a given start: losses by PyTorch in double and single precision, Tests/Goldens/steps_*.

Written with torch 2.15.0, numpy 2.4.6. Start: seeded.py, `fresh`. Step s (from 0) sees the pictures of places
4s ... 4s + 3, modulo their number, in the list `pictures` of steps.json, made by training_pictures.py (retinaface: 100
steps, 40 pictures, size 128, 2 classes, smallest 13; mobilenet_ssd: 20 steps, 12 pictures, size 300, 21 classes,
smallest 45) and normalized as training_common.py says. The list leaves out pictures in which rounding could decide a
match; the closest decision that is left is in steps.json too. Batch normalization by the batch (momentum 0.1, unbiased
running variance). Loss: multibox.py. SGD with momentum 0.9:

    g = gradient + 0.0005 * w for convolution weights, the gradient alone for biases and normalization
    v = 0.9 v + g  (v starts at 0);  w = w - rate * v;  rate = 0.001 * min(1, (s + 1) / 10)

steps_NAME.safetensors: `double` and `single` [steps, 4] (class, box, landmark, total before the update), `positives`
[steps], `matched` [n, 3] (picture of the batch, anchor, label: all positives of step 0), and after
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
from reference_common import GOLDENS, versions
from retinaface_network import priors
from safetensors_file import write_safetensors
from training_common import build, digest, normalized, own_tensors
from training_pictures import checksum, picture

BATCH, MOMENTUM, DECAY, RATE, WARM_UP = 4, 0.9, 5e-4, 1e-3, 10
SAFE_MARGIN = 1e-5
SETTINGS = {"retinaface": (128, 2, 13), "mobilenet_ssd": (300, 21, 45)}  # size, classes, smallest side of an object
LENGTH = {"retinaface": (100, 40), "mobilenet_ssd": (20, 12)}  # steps, pictures


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


class Data:
    """The pictures of a network, normalized, and their targets."""

    def __init__(self, name: str, count: int, size: int | None = None) -> None:
        settings = (size or SETTINGS[name][0], *SETTINGS[name][1:])
        anchors = priors(settings[0]) if name == "retinaface" else ssd_anchors()
        self.anchors, self.indices, self.margin = anchors, [], 1.0
        self.pixels: list[numpy.ndarray] = []
        self.targets: list[Targets] = []
        self.checksums: list[str] = []
        index = 0
        while len(self.indices) < count:
            pixels, truths = picture(index, *settings)
            targets = match(truths, anchors, settings[0])
            if targets.margin > SAFE_MARGIN:
                self.indices.append(index)
                self.margin = min(self.margin, targets.margin)
                self.pixels.append(normalized(name, pixels[None])[0])
                self.targets.append(targets)
                self.checksums.append(checksum(pixels) if len(self.indices) <= BATCH else "")
            index += 1

    def batch(self, step: int) -> tuple[numpy.ndarray, list[Targets]]:
        """Pixels [4, size, size, 3] and targets."""
        places = [(BATCH * step + place) % len(self.indices) for place in range(BATCH)]
        return numpy.stack([self.pixels[place] for place in places]), [self.targets[place] for place in places]


def train(name: str, steps: int, precision: torch.dtype, data: Data) -> tuple[list, list, dict]:
    """Losses and positives of each step, tensors at the end."""
    network = build(name, fresh=True, precision=precision).train()
    parameters = list(network.parameters())
    optimizer = torch.optim.SGD(
        [{"params": [p for p in parameters if p.ndim == 4], "weight_decay": DECAY},
         {"params": [p for p in parameters if p.ndim != 4], "weight_decay": 0.0}], lr=RATE, momentum=MOMENTUM)
    curve, positives = [], []
    for step in range(steps):
        pixels, targets = data.batch(step)
        rows = network(torch.from_numpy(pixels).to(precision).permute(0, 3, 1, 2))
        class_loss, box_loss, landmark_loss, count = losses(rows, targets)
        total = class_loss + 2 * box_loss + landmark_loss
        for group in optimizer.param_groups:
            group["lr"] = RATE * min(1.0, (step + 1) / WARM_UP)
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        curve.append([float(part.detach()) for part in (class_loss, box_loss, landmark_loss, total)])
        positives.append(count)
    return curve, positives, {key: tensor.detach() for key, tensor in own_tensors(network)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=GOLDENS)
    parser.add_argument("--networks", nargs="+", choices=tuple(LENGTH), default=tuple(LENGTH))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.use_deterministic_algorithms(True)
    report_path = options.out / "steps.json"
    report = json.loads(report_path.read_text()) if report_path.exists() else {}
    report["versions"] = versions("torch", "numpy")
    for name in options.networks:
        steps, count = LENGTH[name]
        data = Data(name, count)
        started = time.perf_counter()
        single, _, single_end = train(name, steps, torch.float32, data)
        double, positives, end = train(name, steps, torch.float64, data)
        exact, rounded = numpy.array(double), numpy.array(single)
        apart = numpy.abs(rounded - exact)[:, 3] / exact[:, 3]
        matched = [
            (index, int(anchor), int(targets.labels[anchor])) for index, targets in enumerate(data.batch(0)[1])
            for anchor in numpy.flatnonzero(targets.labels)]
        write_safetensors(
            options.out / f"steps_{name}.safetensors",
            {"double": exact, "single": rounded, "positives": numpy.array(positives), "matched": numpy.array(matched)}
            | {key: numpy.array(digest(value)) for key, value in end.items()},
            {"columns": "class, box, landmark, total", "precision": "as named, stored as float"} | report["versions"])
        worst = max(end, key=lambda key: float((single_end[key] - end[key]).norm() / end[key].norm()))
        report[name] = {
            "steps": steps, "batch": BATCH, "size": SETTINGS[name][0], "anchors": len(data.anchors), "pictures": data.indices,
            "fnv1a_of_first_pictures": data.checksums[:BATCH], "closest_matching_decision_in_iou": data.margin,
            "total_loss": {str(s + 1): double[s][3] for s in range(steps) if s == 0 or (s + 1) % 10 == 0},
            "single_apart_from_double": {
                "largest_up_to_step": {
                    str(s): float(apart[:s].max()) for s in (1, 10, 25, 50, 100) if s <= steps},
                "parameters_at_the_end": float((single_end[worst] - end[worst]).norm() / end[worst].norm()),
                "of": worst}}
        print(json.dumps(report[name], indent=1), f"{time.perf_counter() - started:.0f} s", flush=True)
    report_path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

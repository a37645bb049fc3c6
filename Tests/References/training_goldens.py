"""Gradients of whole networks in training, computed in double precision by PyTorch: Tests/Goldens/gradients_*.safetensors.

Written with torch 2.15.0, numpy 2.4.6. For each network, with batch normalization by the batch's statistics (`batch`)
and by the running ones (`frozen`): a batch of noise at 300x300, parameters of seeded.py (not fresh), the loss sum(rows * w) over all head rows. w are the units of seeded.py for the output's name (`scores`,
`boxes`, `landmarks`), one for each value of the output [n, anchors, columns] in that order, so that the gradient of the
head rows is w itself. The pixels of the batch, [n, 300, 300, 3] in that order and the network's own channel order, are
the top eight bits of the numbers of SplitMix64 with seed 5: noise, because pictures with a pattern let one rounding
error happen in many places alike.

A file holds eleven numbers for each tensor: norm, sum and eight elements (`digest` of training_common.py), and the norm
of the difference between PyTorch's own single precision and double. Under batch normalization that is not small where
the true gradient vanishes: a shift that the next normalization takes out again. A tolerance should allow for it:
element by element, 1e-3 * norm + ten times that number.
`NAME` is the gradient of a parameter, `NAME.updated` a running statistic after the pass (momentum 0.1, unbiased
variance), `rows.NAME` a head output. gradients.json has the loss and the versions, and the largest and the median
difference of single precision, relative to the norm, of the tensors whose norm is above a millionth of the median.
"""
import argparse
import json
from pathlib import Path

import numpy
import torch

from reference_common import GOLDENS, INPUT_SIZE, versions
from safetensors_file import write_safetensors
from seeded import splitmix, units
from training_common import build, digest, normalized

# The last maps of MobileNet-SSD are one cell: normalizing two values is ill-conditioned, four are not.
BATCHES = {"retinaface": 2, "retinaface_wide_stem": 2, "mobilenet_ssd": 4, "mobilenet_ssd_tensorflow": 4}
OUTPUTS = ("scores", "boxes", "landmarks")


def pictures(count: int) -> numpy.ndarray:
    """uint8 [count, 300, 300, 3]."""
    numbers = splitmix(5, count * INPUT_SIZE * INPUT_SIZE * 3) >> numpy.uint64(56)
    return numbers.astype(numpy.uint8).reshape(count, INPUT_SIZE, INPUT_SIZE, 3)


def run(name: str, frozen: bool, precision: torch.dtype) -> tuple[float, dict[str, torch.Tensor]]:
    """The loss, and gradients, statistics and rows by name."""
    network = build(name, fresh=False, precision=precision).train(not frozen)
    pixels = torch.from_numpy(normalized(name, pictures(BATCHES[name]))).to(precision).permute(0, 3, 1, 2)
    rows = dict(zip(OUTPUTS, network(pixels)))
    weights = {
        output: torch.from_numpy(units(output, value.numel()).reshape(value.shape)).to(precision)
        for output, value in rows.items()}
    loss = sum((value * weights[output]).sum() for output, value in rows.items())
    loss.backward()
    tensors = {key: parameter.grad for key, parameter in network.named_parameters()}
    if not frozen:
        tensors |= {f"{key}.updated": value for key, value in network.named_buffers() if "running" in key}
    return float(loss.detach()), tensors | {f"rows.{output}": value.detach() for output, value in rows.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=GOLDENS)
    parser.add_argument("--networks", nargs="+", choices=list(BATCHES), default=list(BATCHES))
    options = parser.parse_args()
    used = versions("torch", "numpy")
    report_path = options.out / "gradients.json"
    report = json.loads(report_path.read_text()) if report_path.exists() else {}
    report["versions"] = used
    for name in options.networks:
        for mode in ("batch", "frozen"):
            loss, exact = run(name, mode == "frozen", torch.float64)
            single_loss, single = run(name, mode == "frozen", torch.float32)
            apart = {key: float((single[key] - value).norm()) for key, value in exact.items()}
            norms = {key: float(value.norm()) for key, value in exact.items()}
            least = 1e-6 * numpy.median(list(norms.values()))
            errors = {key: apart[key] / norm for key, norm in norms.items() if norm > least}
            worst = max(errors, key=errors.__getitem__)
            report[f"{name}_{mode}"] = {
                "batch": BATCHES[name], "loss": loss, "loss_single": single_loss,
                "single_precision": {"largest": errors[worst], "of": worst, "median": numpy.median(list(errors.values()))},
                "vanishing": [key for key in norms if key not in errors]}
            write_safetensors(
                options.out / f"gradients_{name}_{mode}.safetensors",
                {key: numpy.array([*digest(value), apart[key]]) for key, value in exact.items()},
                {"numbers": "norm, sum, elements floor((2k + 1) * count / 16), norm of single precision's difference",
                 "precision": "double, stored as float"} | used)
            print(json.dumps({f"{name}_{mode}": report[f"{name}_{mode}"]}), flush=True)
    report_path.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()

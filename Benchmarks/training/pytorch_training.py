"""Trains one of the benchmark's networks with PyTorch 2.15.0 for some steps in this process and prints one line of JSON.

A step: forward, MultiBox loss (Tests/References/multibox.py), backward, SGD with momentum and weight decay; pictures,
targets and start are those of the reference of training. Batch normalization is in training mode. `--form`: plain
float32; channels_last, the same with that memory format; bf16, channels_last under bfloat16 autocast, the loss in
float32. `--frozen-backbone` computes no gradients for the backbone and keeps its normalization's statistics.
Peak memory is the process's, interpreter and libraries included; what they take before the first step stands beside it.
"""
import argparse
import json
import os
import resource
import statistics
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "References"))
from multibox import losses  # noqa: E402
from training_common import build  # noqa: E402
from training_steps import Data  # noqa: E402


def resident_megabytes() -> float:
    """Of this process, now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("network", choices=("retinaface", "mobilenet_ssd"))
    parser.add_argument("--form", choices=("plain", "channels_last", "bf16"), default="plain")
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--warm-up", type=int, default=2)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--frozen-backbone", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    network = build(options.network, fresh=True, precision=torch.float32).train()
    backbone = network.body if options.network == "retinaface" else network.backbone
    if options.frozen_backbone:
        backbone.requires_grad_(False).eval()
    layout = torch.contiguous_format if options.form == "plain" else torch.channels_last
    network = network.to(memory_format=layout)
    trained = [parameter for parameter in network.parameters() if parameter.requires_grad]
    optimizer = torch.optim.SGD(
        [{"params": [p for p in trained if p.ndim == 4], "weight_decay": 5e-4},
         {"params": [p for p in trained if p.ndim != 4], "weight_decay": 0.0}], lr=1e-3, momentum=0.9)
    data = Data(options.network, count=options.batch, size=300)
    targets = data.targets
    pixels = torch.stack([torch.from_numpy(picture).float().permute(2, 0, 1) for picture in data.pixels])
    pixels = pixels.contiguous(memory_format=layout)
    del data
    before = resident_megabytes()
    times, total = [], torch.zeros(())
    for _ in range(options.warm_up + options.steps):
        start = time.perf_counter()
        with torch.autocast("cpu", torch.bfloat16, enabled=options.form == "bf16"):
            rows = network(pixels)
        class_loss, box_loss, landmark_loss, _ = losses(tuple(row.float() for row in rows), targets)
        total = class_loss + 2 * box_loss + landmark_loss
        optimizer.zero_grad()
        total.backward()
        optimizer.step()
        times.append(time.perf_counter() - start)
    times = times[options.warm_up:]
    print(json.dumps({
        "network": options.network, "engine": f"PyTorch {torch.__version__} {options.form}", "batch": options.batch,
        "threads": options.threads, "images_per_second": options.batch / statistics.median(times),
        "best_images_per_second": options.batch / min(times), "loss": float(total.detach()),
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, "rss_before_mb": before}))


if __name__ == "__main__":
    main()

r"""Fine-tunes MobileNet-SSD (TensorFlow's layout) in PyTorch 2.15.0 as `ocellus train` does; prints a line of JSON.

The same network from the same file, class heads anew, backbone left as it is or at a part of the rate; pictures varied
as in voc_samples.py; matching, loss, AdamW, warm-up and cosine, clipping and averaged weights as docs/training.md says,
with the defaults of `ocellus train`. Random numbers differ. The averaged weights after the last step are written in our
format: `ocellus eval` measures both engines' models.

    ocellus import coco_ssd_mobilenet_v1_1.0_quant.tflite --out coco.safetensors
    python finetune.py --data raccoon --from coco.safetensors --out theirs.safetensors --steps 300 --backbone-rate 0
    ocellus train --data raccoon --from coco.safetensors --out ours.safetensors --steps 300 --backbone-rate 0 \
        --measure-every 300 --int8-steps 0 --threads 2
    ocellus eval --model theirs.safetensors --data raccoon --split val
    ocellus eval --model ours.float.safetensors --data raccoon --split val

Peak memory is the process's, interpreter, libraries and decoded pictures included; what it had before stands beside it.
"""
import argparse
import json
import math
import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import cv2
import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional

from pytorch_training import resident_megabytes
from voc_samples import Picture, Sample, area, read, sample

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "Tests" / "References"))
from mobilenet_ssd_network import MobileNetSSD  # noqa: E402
from multibox import overlaps  # noqa: E402
from safetensors_file import read_safetensors, write_safetensors  # noqa: E402
from tensorflow_anchors import nominal_anchors  # noqa: E402

SIZE, POSITIVE, NEGATIVE = 300, 0.5, 0.4
IGNORED_OVERLAP, IGNORED_COVERAGE = 0.2, 0.6
NEGATIVES, LEAST_NEGATIVES, BOX_WEIGHT, CLIP = 3, 24, 2.0, 10.0
ANCHORS = nominal_anchors()[:, [1, 0, 3, 2]]  # centre x, centre y, width, height


def load(path: Path, classes: int) -> tuple[MobileNetSSD, dict[str, str]]:
    """The network of the file with new class heads: background and others even at 2 percent, weights of 0.01."""
    tensors, metadata = read_safetensors(path)
    if metadata.get("normalization") != "folded" or metadata["architecture"] != "mobilenet-ssd-tensorflow":
        raise SystemExit(f"{path}: expected a folded mobilenet-ssd-tensorflow")
    network = MobileNetSSD(1 + classes, "tensorflow", float(metadata["architecture.width"]), folded=True)
    with torch.no_grad():
        for name, parameter in network.named_parameters():
            if name.startswith("class") and parameter.ndim == 4:
                parameter.normal_(0, 0.01)
            elif name.startswith("class"):
                parameter.fill_(-3.9)
                parameter[:: 1 + classes] = 0
            else:
                values = torch.from_numpy(tensors[name])
                parameter.copy_(values.permute(0, 3, 1, 2) if values.ndim == 4 else values)
    return network, metadata


def store(path: Path, network: nn.Module, metadata: dict[str, str], classes: list[str]) -> None:
    tensors = {name: value.detach().float() for name, value in network.named_parameters()}
    write_safetensors(
        path, {name: (v.permute(0, 2, 3, 1) if v.ndim == 4 else v).numpy() for name, v in tensors.items()},
        metadata | {"labels": "\n".join(classes), "provenance.trained": f"by PyTorch {torch.__version__}"})


def targets(item: Sample) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Labels [1917] (0 background, -1 counts nowhere) and offsets [1917, 4] (y, x, height, width)."""
    labels, offsets = numpy.zeros(len(ANCHORS), int), numpy.zeros((len(ANCHORS), 4), numpy.float32)
    real = ~item.ignored
    taken = numpy.zeros(len(ANCHORS), bool)
    if real.any():
        boxes = item.boxes[real]
        both = overlaps(boxes, ANCHORS)
        owner, best = both.argmax(axis=0), both.max(axis=0)
        forced = numpy.zeros(len(ANCHORS), bool)
        for truth in numpy.argsort(-both.max(axis=1), kind="stable"):
            anchor = int(numpy.where(forced, -1, both[truth]).argmax())
            forced[anchor], owner[anchor] = True, truth
        taken = forced | (best >= POSITIVE)
        labels[(best >= NEGATIVE) & ~taken] = -1
        labels[taken] = item.labels[real][owner[taken]]
        own, anchors = boxes[owner[taken]], ANCHORS[taken]
        centre = ((own[:, :2] + own[:, 2:]) / 2 - anchors[:, :2]) / (0.1 * anchors[:, 2:])
        extent = numpy.log((own[:, 2:] - own[:, :2]) / anchors[:, 2:]) / 0.2
        offsets[taken] = numpy.concatenate([centre[:, ::-1], extent[:, ::-1]], axis=1)
    if item.ignored.any():
        boxes = item.boxes[item.ignored]
        both = overlaps(boxes, ANCHORS)
        sums = area(boxes)[:, None] + ANCHORS[:, 2:].prod(axis=1)
        covered = both / (1 + both) * sums / ANCHORS[:, 2:].prod(axis=1)
        near = (both > IGNORED_OVERLAP) | (covered > IGNORED_COVERAGE)
        near |= (both == both.max(axis=1, keepdims=True)) & (both > 0)
        labels[near.any(axis=0) & ~taken] = -1
    return labels, offsets


def loss_of(rows: tuple[Tensor, Tensor], labels: Tensor, offsets: Tensor) -> Tensor:
    """Sigmoid cross-entropy of positives and the hardest negatives, smooth L1 of positives, over the positives."""
    logits, boxes = rows[0].float()[..., 1:], rows[1].float()
    positive = labels > 0
    wanted = functional.one_hot(labels.clamp(min=0), logits.shape[-1] + 1)[..., 1:].float()
    entropy = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none").sum(-1)
    background = torch.where(labels == 0, entropy.detach(), -1)
    order = background.argsort(dim=1, descending=True)
    places = torch.empty_like(order).scatter_(1, order, torch.arange(order.shape[1]).expand_as(order))
    count = (NEGATIVES * positive.sum(1)).clamp(min=LEAST_NEGATIVES)
    chosen = positive | ((places < count[:, None]) & (labels == 0))
    box = functional.smooth_l1_loss(boxes[positive], offsets[positive], reduction="sum")
    return (entropy[chosen].sum() + BOX_WEIGHT * box) / max(int(positive.sum()), 1)


def batches(
    pictures: list[Picture], batch: int, steps: int, seed: int, pool: ThreadPoolExecutor
) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    """Pixels [n, 3, 300, 300], labels, offsets; each epoch has every picture once, in another order."""
    order: list[int] = []
    shuffles = numpy.random.default_rng(seed)

    def make(job: tuple[int, int]) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
        item = sample(pictures[job[0]], SIZE, numpy.random.default_rng((seed, job[1])))
        pixels = (item.pixels.astype(numpy.float32) - 127.5) * numpy.float32(1 / 127.5)
        return pixels, *targets(item)

    for step in range(steps):
        while len(order) < batch:
            order += shuffles.permutation(len(pictures)).tolist()
        made = list(pool.map(make, [(index, step * batch + place) for place, index in enumerate(order[:batch])]))
        del order[:batch]
        pixels, labels, offsets = (torch.from_numpy(numpy.stack(parts)) for parts in zip(*made))
        yield pixels.permute(0, 3, 1, 2), labels, offsets


def rate_share(step: int, steps: int) -> float:
    warm_up = min(200, max(1, steps // 10))
    if step < warm_up:
        return (step + 1) / warm_up
    place = (step - warm_up) / max(steps - 1 - warm_up, 1)
    return 0.01 + 0.99 * (1 + math.cos(math.pi * place)) / 2


def train(network: MobileNetSSD, pictures: list[Picture], options: argparse.Namespace) -> tuple[float, float]:
    """Seconds of all steps and the mean loss of the last ten; leaves the averaged weights in the network."""
    if options.backbone_rate == 0:
        network.backbone.requires_grad_(False)
    layout = torch.contiguous_format if options.form == "plain" else torch.channels_last
    network.to(memory_format=layout)
    groups = []
    for is_backbone, factor in ((True, options.backbone_rate), (False, 1.0)):
        for is_weight in (True, False):
            own = [p for name, p in network.named_parameters() if p.requires_grad
                   and name.startswith("backbone") == is_backbone and (p.ndim == 4) == is_weight]
            if own:
                groups.append({"params": own, "weight_decay": 0.02 if is_weight else 0.0, "factor": factor})
    optimizer = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.99))
    trained = [p for p in network.parameters() if p.requires_grad]
    averages = [p.detach().clone() for p in trained]
    last: list[float] = []
    started = time.perf_counter()
    with ThreadPoolExecutor(options.threads) as pool:
        for step, batch in enumerate(batches(pictures, options.batch, options.steps, options.seed, pool)):
            with torch.autocast("cpu", torch.bfloat16, enabled=options.form == "bf16"):
                rows = network(batch[0].contiguous(memory_format=layout))
            total = loss_of(rows, *batch[1:])
            optimizer.zero_grad()
            total.backward()
            nn.utils.clip_grad_norm_(trained, CLIP)
            for group in optimizer.param_groups:
                group["lr"] = options.rate * rate_share(step, options.steps) * group["factor"]
            optimizer.step()
            torch._foreach_lerp_(averages, [p.detach() for p in trained], 1 - min(0.998, (2 + step) / (11 + step)))
            last = [*last[-9:], float(total.detach())]
            if (step + 1) % 20 == 0:
                speed = (step + 1) * options.batch / (time.perf_counter() - started)
                print(f"step {step + 1}/{options.steps}  loss {sum(last) / len(last):.2f}  {speed:.1f} pictures/s",
                      file=sys.stderr, flush=True)
    seconds = time.perf_counter() - started
    with torch.no_grad():
        for parameter, average in zip(trained, averages):
            parameter.copy_(average)
    return seconds, sum(last) / len(last)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True, help="VOC folder with the lists train and val")
    parser.add_argument("--from", dest="start", type=Path, required=True, help="float model of `ocellus import`")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--form", choices=("plain", "channels_last", "bf16"), default="channels_last")
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--backbone-rate", type=float, default=1.0)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    began = time.perf_counter()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    cv2.setNumThreads(1)
    libraries = resident_megabytes()
    pictures, classes = read(options.data, "train")
    network, metadata = load(options.start, len(classes))
    before = resident_megabytes()
    seconds, loss = train(network, pictures, options)
    store(options.out, network, metadata, classes)
    print(json.dumps({
        "engine": f"PyTorch {torch.__version__} {options.form}", "pictures": len(pictures), "classes": classes,
        "steps": options.steps, "batch": options.batch, "threads": options.threads, "last_loss": loss,
        "images_per_second": options.steps * options.batch / seconds, "training_s": seconds,
        "whole_s": time.perf_counter() - began, "rss_of_libraries_mb": libraries, "rss_before_training_mb": before,
        "peak_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


if __name__ == "__main__":
    main()

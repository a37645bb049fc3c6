"""Matching and the MultiBox loss (SSD, arXiv 1512.02325; landmarks as in RetinaFace, arXiv 1905.00641) in PyTorch.

Written with torch 2.15.0, numpy 2.4.6. Definitions, all in units of the input:

- An anchor is positive when its best truth overlaps it by IoU >= 0.35; it takes that truth. All others are negative.
- Each truth keeps its best anchor whatever the overlap. What happens between equals, or when two truths share a best
  anchor, is left open: `Targets.margin` is then 0, and such pictures are no reference.
- Class loss: cross-entropy of positives against their class, and of the hardest negatives against background 0: in each
  picture the min(3 * positives, negatives) of largest loss. A picture without positives has none.
- Box and landmark loss: smooth-L1 with beta 1, summed over the 4 or 10 numbers of each positive; no landmark loss where
  the truth has none.
- Each sum over the batch is divided by the batch's positives (at least 1), of the landmark loss too.
- Total = class + 2 * box + landmark.
- Offsets: (truth centre - anchor centre) / (0.1 * anchor size), log(truth size / anchor size) / 0.2.
"""
from dataclasses import dataclass

import numpy
import torch
from torch import Tensor
from torch.nn import functional

from training_pictures import Truth

THRESHOLD = 0.35


@dataclass
class Targets:
    """Of one picture: labels [a], boxes [a, 4], landmarks [a, 10], hasLandmarks [a], and the nearest decision.

    `margin` is how far, in IoU, the closest decision was from falling the other way.
    """
    labels: numpy.ndarray
    boxes: numpy.ndarray
    landmarks: numpy.ndarray
    has_landmarks: numpy.ndarray
    margin: float


def overlaps(truths: numpy.ndarray, anchors: numpy.ndarray) -> numpy.ndarray:
    """IoU [t, a] of corner boxes [t, 4] with anchors [a, 4] given as centre and size."""
    low = numpy.maximum(truths[:, None, :2], anchors[None, :, :2] - anchors[None, :, 2:] / 2)
    high = numpy.minimum(truths[:, None, 2:], anchors[None, :, :2] + anchors[None, :, 2:] / 2)
    both = numpy.clip(high - low, 0, None).prod(axis=2)
    areas = (truths[:, 2:] - truths[:, :2]).prod(axis=1)[:, None] + anchors[:, 2:].prod(axis=1)[None]
    return both / (areas - both)


def match(truths: list[Truth], anchors: numpy.ndarray, size: int) -> Targets:
    count = len(anchors)
    targets = Targets(
        numpy.zeros(count, numpy.int64), numpy.zeros((count, 4)), numpy.zeros((count, 10)),
        numpy.zeros(count, bool), 1.0)
    if not truths:
        return targets
    boxes = numpy.array([truth.box for truth in truths], numpy.float64) / size
    shared = overlaps(boxes, anchors)
    owner, best = shared.argmax(axis=0), shared.max(axis=0)
    forced = shared.argmax(axis=1)
    positive = best >= THRESHOLD
    margins = [float(numpy.abs(best - THRESHOLD).min())]
    if len(truths) > 1:  # who owns a positive anchor
        ranked = numpy.sort(shared, axis=0)
        margins += (ranked[-1] - ranked[-2])[positive].tolist()
    if len(set(forced.tolist())) < len(truths):  # who comes first would matter
        margins.append(0.0)
    for index, anchor in enumerate(forced):
        ranked_row = numpy.sort(shared[index])
        if not (positive[anchor] and owner[anchor] == index):  # keeping the best anchor changes something
            margins.append(float(ranked_row[-1] - ranked_row[-2]))
        owner[anchor], positive[anchor] = index, True
    centre, extent = (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]
    for anchor in numpy.flatnonzero(positive):
        truth, place, sides = truths[owner[anchor]], anchors[anchor, :2], anchors[anchor, 2:]
        targets.labels[anchor] = truth.label
        targets.boxes[anchor, :2] = (centre[owner[anchor]] - place) / (0.1 * sides)
        targets.boxes[anchor, 2:] = numpy.log(extent[owner[anchor]] / sides) / 0.2
        if truth.points is not None:
            points = numpy.array(truth.points, numpy.float64) / size
            targets.landmarks[anchor] = ((points - place) / (0.1 * sides)).reshape(-1)
            targets.has_landmarks[anchor] = True
    targets.margin = min(margins)
    return targets


def losses(rows: tuple[Tensor, ...], batch: list[Targets]) -> tuple[Tensor, Tensor, Tensor, int]:
    """Class, box and landmark loss of the batch, each divided by the positives, and their number."""
    scores, boxes = rows[0], rows[1]
    labels = torch.from_numpy(numpy.stack([targets.labels for targets in batch]))
    positive = labels > 0
    count = int(positive.sum())
    entropy = functional.cross_entropy(scores.flatten(0, 1), labels.flatten(), reduction="none").view(labels.shape)
    chosen = positive.clone()
    for index in range(len(batch)):
        negatives = torch.nonzero(~positive[index]).flatten()
        order = torch.sort(entropy[index, negatives].detach(), descending=True, stable=True).indices
        chosen[index, negatives[order[: 3 * int(positive[index].sum())]]] = True

    def smooth(values: Tensor, wanted: list[numpy.ndarray], where: Tensor) -> Tensor:
        target = torch.from_numpy(numpy.stack(wanted)).to(values.dtype)
        return functional.smooth_l1_loss(values[where], target[where], reduction="sum", beta=1.0)

    box = smooth(boxes, [targets.boxes for targets in batch], positive)
    landmark = torch.zeros((), dtype=scores.dtype)
    if len(rows) > 2:
        pointed = torch.from_numpy(numpy.stack([targets.has_landmarks for targets in batch]))
        landmark = smooth(rows[2], [targets.landmarks for targets in batch], pointed)
    divisor = max(count, 1)
    return entropy[chosen].sum() / divisor, box / divisor, landmark / divisor, count

"""RetinaFace on MobileNetV1 x0.25 in PyTorch 2.15.0: network, priors and decoding, no files and no pictures.

After Deng et al., "RetinaFace: Single-stage Dense Face Localisation in the Wild" (2019), with the SSH context
module of Najibi et al. (2017). Module names follow the published state_dict so that it loads strictly.
This variant has plain ReLU everywhere; the more common one has leaky ReLU in neck and SSH.

The network with a wide stem is Ocellus' own: twice the channels at strides 2 and 4, and the finest level of the pyramid
smoothed by a depthwise convolution and one of 1x1.
"""
from collections import OrderedDict
from pathlib import Path

import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional

MEAN_BGR = (104, 117, 123)
STEPS = (8, 16, 32)
SIZES = ((10, 20), (32, 64), (128, 256))
VARIANCES = (0.1, 0.2)


def convolution(inputs: int, outputs: int, kernel: int, stride: int = 1, activation: bool = True) -> nn.Sequential:
    layers = [
        nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=False), nn.BatchNorm2d(outputs)]
    return nn.Sequential(*layers, *([nn.ReLU()] if activation else []))


def separable(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, inputs, 3, stride, padding=1, groups=inputs, bias=False), nn.BatchNorm2d(inputs), nn.ReLU(),
        nn.Conv2d(inputs, outputs, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU())


class Body(nn.Module):
    """Three stages that end at 64, 128 and 256 channels: 38, 19 and 10 cells wide for 300 pixels."""

    def __init__(self, early: int = 1) -> None:
        super().__init__()
        self.stage1 = nn.Sequential(
            convolution(3, 8 * early, 3, stride=2), separable(8 * early, 16 * early, 1),
            separable(16 * early, 32 * early, 2), separable(32 * early, 32 * early, 1), separable(32 * early, 64, 2),
            separable(64, 64, 1))
        self.stage2 = nn.Sequential(separable(64, 128, 2), *[separable(128, 128, 1) for _ in range(5)])
        self.stage3 = nn.Sequential(separable(128, 256, 2), separable(256, 256, 1))


class Pyramid(nn.Module):
    """Top-down feature pyramid; upsampling is nearest and to the lower level's size, never by 2."""

    def __init__(self, separable: bool = False) -> None:
        super().__init__()
        self.output1, self.output2, self.output3 = (convolution(c, 64, 1) for c in (64, 128, 256))
        self.merge1, self.merge2 = convolution(64, 64, 1 if separable else 3), convolution(64, 64, 3)
        if separable:
            depthwise = nn.Conv2d(64, 64, 3, padding=1, groups=64, bias=False)
            self.merge1 = nn.Sequential(OrderedDict(depthwise=depthwise, **self.merge1._modules))

    def forward(self, taps: list[Tensor]) -> list[Tensor]:
        level1, level2, level3 = self.output1(taps[0]), self.output2(taps[1]), self.output3(taps[2])
        level2 = self.merge2(level2 + functional.interpolate(level3, size=level2.shape[2:], mode="nearest"))
        level1 = self.merge1(level1 + functional.interpolate(level2, size=level1.shape[2:], mode="nearest"))
        return [level1, level2, level3]


class Context(nn.Module):
    """SSH: three fields of view, concatenated 32 + 16 + 16, then one ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.conv3X3 = convolution(64, 32, 3, activation=False)
        self.conv5X5_1 = convolution(64, 16, 3)
        self.conv5X5_2 = convolution(16, 16, 3, activation=False)
        self.conv7X7_2 = convolution(16, 16, 3)
        self.conv7x7_3 = convolution(16, 16, 3, activation=False)

    def forward(self, level: Tensor) -> Tensor:
        shared = self.conv5X5_1(level)
        wide = self.conv7x7_3(self.conv7X7_2(shared))
        return functional.relu(torch.cat([self.conv3X3(level), self.conv5X5_2(shared), wide], dim=1))


class Head(nn.Module):
    def __init__(self, values: int) -> None:
        super().__init__()
        self.values = values
        self.conv1x1 = nn.Conv2d(64, 2 * values, 1)

    def forward(self, level: Tensor) -> Tensor:
        return self.conv1x1(level).permute(0, 2, 3, 1).reshape(level.shape[0], -1, self.values)


class RetinaFace(nn.Module):
    """[n, 3, h, w] BGR minus the mean -> class logits [n, a, 2], boxes [n, a, 4], landmarks [n, a, 10]."""

    def __init__(self, wide_stem: bool = False) -> None:
        super().__init__()
        self.body, self.fpn = Body(early=2 if wide_stem else 1), Pyramid(separable=wide_stem)
        self.ssh1, self.ssh2, self.ssh3 = Context(), Context(), Context()
        self.ClassHead = nn.ModuleList(Head(2) for _ in range(3))
        self.BboxHead = nn.ModuleList(Head(4) for _ in range(3))
        self.LandmarkHead = nn.ModuleList(Head(10) for _ in range(3))

    def nodes(self, pixels: Tensor) -> dict[str, Tensor]:
        """The intermediate tensors worth looking at when two implementations disagree."""
        stage1 = self.body.stage1(pixels)
        stage2 = self.body.stage2(stage1)
        stage3 = self.body.stage3(stage2)
        levels = self.fpn([stage1, stage2, stage3])
        contexts = [ssh(level) for ssh, level in zip((self.ssh1, self.ssh2, self.ssh3), levels)]
        named = {"stage1": stage1, "stage2": stage2, "stage3": stage3}
        named |= {f"fpn{i + 1}": level for i, level in enumerate(levels)}
        return named | {f"ssh{i + 1}": context for i, context in enumerate(contexts)}

    def rows(self, nodes: dict[str, Tensor]) -> tuple[Tensor, Tensor, Tensor]:
        contexts = [nodes["ssh1"], nodes["ssh2"], nodes["ssh3"]]
        heads = (self.ClassHead, self.BboxHead, self.LandmarkHead)
        return tuple(torch.cat([h(c) for h, c in zip(head, contexts)], dim=1) for head in heads)

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return self.rows(self.nodes(pixels))


def load(path: Path) -> RetinaFace:
    """The published weights; a missing, unexpected or mis-sized key is an error."""
    network = RetinaFace()
    network.load_state_dict(torch.load(path, map_location="cpu", weights_only=True), strict=True)
    return network.eval()


def priors(size: int = 300) -> numpy.ndarray:
    """[a, 4] centre x, centre y, width, height in units of the input; rows, then columns, then sizes."""
    rows = []
    for step, sizes in zip(STEPS, SIZES):
        cells = -(-size // step)
        rows += [
            ((column + 0.5) * step / size, (row + 0.5) * step / size, side / size, side / size)
            for row in range(cells) for column in range(cells) for side in sizes]
    return numpy.array(rows, numpy.float64)


def decode(
    logits: numpy.ndarray, boxes: numpy.ndarray, landmarks: numpy.ndarray, anchors: numpy.ndarray
) -> tuple[numpy.ndarray, numpy.ndarray, numpy.ndarray]:
    """Scores [a], corner boxes [a, 4] and points [a, 5, 2] in units of the input."""
    scores = 1 / (1 + numpy.exp(logits[:, 0] - logits[:, 1]))
    centre = anchors[:, :2] + boxes[:, :2] * VARIANCES[0] * anchors[:, 2:]
    half = anchors[:, 2:] * numpy.exp(boxes[:, 2:] * VARIANCES[1]) / 2
    points = anchors[:, None, :2] + landmarks.reshape(-1, 5, 2) * VARIANCES[0] * anchors[:, None, 2:]
    return scores, numpy.concatenate([centre - half, centre + half], axis=1), points

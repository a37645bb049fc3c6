"""Five points of a face from a square around it: the network, the squares, and what may befall them in training.

Written with torch 2.15.0, numpy 2.4.6, opencv-python-headless 5.0.0.93. Residual blocks after He et al., "Deep residual
learning for image recognition" (2016). Points are in pixels of the picture, shape [5, 2]: left eye, right eye, nose,
left and right corner of the mouth as seen in the picture. The network answers with their offsets from the square's
middle, in quarters of its side: [n, 10].
"""
import math
import random

import cv2
import numpy
import torch
from torch import Tensor, nn

SIDE = 96
MIRRORED = [1, 0, 2, 4, 3]
FILL = (104, 117, 123)
SLACK = 1.15  # side of the square over the longer one of the box


def convolution(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs))


class Block(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(convolution(inputs, outputs, stride), nn.ReLU(), convolution(outputs, outputs))
        self.shortcut: nn.Module = nn.Identity()
        if inputs != outputs or stride != 1:
            self.shortcut = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.layers(x) + self.shortcut(x))


class PointNetwork(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.trunk = nn.Sequential(
            convolution(3, 24, 2), nn.ReLU(), Block(24, 32, 2), Block(32, 32, 1), Block(32, 64, 2), Block(64, 64, 1),
            Block(64, 128, 2), Block(128, 128, 1), nn.Conv2d(128, 160, 1), nn.ReLU())
        self.offsets = nn.Sequential(nn.Dropout(0.3), nn.Linear(160 * (SIDE // 16) ** 2, 10))
        nn.init.normal_(self.offsets[1].weight, std=0.001)
        nn.init.zeros_(self.offsets[1].bias)

    def forward(self, x: Tensor) -> Tensor:
        return self.offsets(self.trunk(x).flatten(1))


def square(box: numpy.ndarray) -> tuple[numpy.ndarray, float]:
    """Middle and side of the square around a box of left, top, width, height."""
    return box[:2] + box[2:] / 2, SLACK * max(box[2:])


def crop(picture: numpy.ndarray, middle: numpy.ndarray, side: float, degrees: float) -> tuple[numpy.ndarray, numpy.ndarray]:
    """The square turned by an angle, SIDE pixels wide, and the matrix [2, 3] from the picture to it."""
    scale = SIDE / side
    matrix = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), degrees, scale)
    matrix[:, 2] += SIDE / 2 - numpy.asarray(middle)
    if scale < 0.6:
        picture = cv2.GaussianBlur(picture, (0, 0), 0.35 / scale)
    return cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderValue=FILL), matrix


def transformed(points: numpy.ndarray, matrix: numpy.ndarray) -> numpy.ndarray:
    return points @ matrix[:, :2].T + matrix[:, 2]


def network_input(pixels: numpy.ndarray) -> Tensor:
    """Bytes [n, SIDE, SIDE, 3] as the network wants them."""
    return ((torch.from_numpy(pixels).float() - 128) / 64).permute(0, 3, 1, 2).contiguous(memory_format=torch.channels_last)


def distorted(pixels: numpy.ndarray, points: numpy.ndarray, rng: random.Random) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Coarser now and then, mirrored, of other light, grey, partly hidden."""
    pixels = pixels.astype(numpy.float32)
    if rng.random() < 0.3:
        small = int(SIDE * rng.uniform(0.35, 1))
        pixels = cv2.resize(cv2.resize(pixels, (small, small), interpolation=cv2.INTER_AREA), (SIDE, SIDE))
    if rng.random() < 0.5:
        pixels, points = pixels[:, ::-1], mirrored(points)
    pixels = (pixels - 128) * rng.uniform(0.6, 1.4) + 128 + rng.uniform(-35, 35)
    if rng.random() < 0.15:
        pixels = pixels.mean(2, keepdims=True).repeat(3, 2)
    if rng.random() < 0.3:
        width, height = (int(rng.uniform(0.1, 0.4) * SIDE) for _ in range(2))
        left, top = rng.randrange(SIDE - width), rng.randrange(SIDE - height)
        pixels = pixels.copy()
        pixels[top:top + height, left:left + width] = rng.uniform(0, 255)
    return pixels.clip(0, 255), points


def mirrored(points: numpy.ndarray) -> numpy.ndarray:
    """Points [..., 5, 2] of a square whose left is its right."""
    points = points[..., MIRRORED, :].copy()
    points[..., 0] = SIDE - 1 - points[..., 0]
    return points


def training_sample(picture: numpy.ndarray, box: numpy.ndarray, points: numpy.ndarray,
                    rng: random.Random) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Pixels [SIDE, SIDE, 3] and what the network should answer [10]."""
    middle, side = square(box)
    side *= math.exp(rng.uniform(-0.2, 0.2))
    middle = middle + [rng.gauss(0, 0.06) * side, rng.gauss(0, 0.06) * side]
    pixels, matrix = crop(picture, middle, side, rng.gauss(0, 12))
    pixels, points = distorted(pixels, transformed(points, matrix), rng)
    return pixels, (points - SIDE / 2).ravel() / SIDE * 4

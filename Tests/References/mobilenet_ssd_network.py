"""MobileNet-SSD at 300x300 in PyTorch 2.15.0: both layouts that trained weights exist for, under our parameter names.

After Liu et al., "SSD" (arXiv 1512.02325) on MobileNetV1 (arXiv 1704.04861). `caffe`: ReLU, one zero around, epsilon
1e-5; `tensorflow`: ReLU6, output size ceil(size / stride) with the odd zero right and below, epsilon 1e-3. `width`
scales the channels of all layers but the heads; `folded` networks have biases in the place of batch normalization.
"""
from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional

SEPARABLE = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
EXTRAS = [(256, 512), (128, 256), (128, 256), (64, 128)]
ANCHORS_PER_CELL = (3, 6, 6, 6, 6, 6)


class Convolution(nn.Conv2d):
    """Convolution, its batch normalization (folded: its bias), its activation."""

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, groups: int, layout: str, folded: bool = False
    ) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=folded)
        self.tensorflow = layout == "tensorflow"
        epsilon = 1e-3 if self.tensorflow else 1e-5
        self.normalization = nn.Identity() if folded else nn.BatchNorm2d(outputs, eps=epsilon)

    def padding_of(self, size: int) -> tuple[int, int]:
        kernel, stride = self.kernel_size[0], self.stride[0]
        if not self.tensorflow:
            return kernel // 2, kernel // 2
        total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
        return total // 2, total - total // 2

    def by_taps(self, padded: Tensor) -> Tensor:
        """A depthwise convolution as a sum over its taps: PyTorch's own in double takes half a minute a step."""
        kernel, stride = self.kernel_size[0], self.stride[0]
        height, width = ((side - kernel) // stride * stride + 1 for side in padded.shape[2:])
        return sum(
            self.weight[:, 0, row, column, None, None]
            * padded[:, :, row:row + height:stride, column:column + width:stride]
            for row in range(kernel) for column in range(kernel))

    def forward(self, value: Tensor) -> Tensor:
        padded = functional.pad(value, self.padding_of(value.shape[3]) + self.padding_of(value.shape[2]))
        is_slow = self.groups > 1 and padded.dtype == torch.float64
        result = self.normalization(self.by_taps(padded) if is_slow else super().forward(padded))
        return functional.relu6(result) if self.tensorflow else functional.relu(result)


class Separable(nn.Module):
    def __init__(self, inputs: int, outputs: int, stride: int, block: Callable[..., Convolution]) -> None:
        super().__init__()
        self.depthwise = block(inputs, inputs, 3, stride, inputs)
        self.pointwise = block(inputs, outputs, 1, 1, 1)

    def forward(self, value: Tensor) -> Tensor:
        return self.pointwise(self.depthwise(value))


class Extra(nn.Module):
    def __init__(self, inputs: int, reduced: int, expanded: int, block: Callable[..., Convolution]) -> None:
        super().__init__()
        self.reduce = block(inputs, reduced, 1, 1, 1)
        self.expand = block(reduced, expanded, 3, 2, 1)

    def forward(self, value: Tensor) -> Tensor:
        return self.expand(self.reduce(value))


class MobileNetSSD(nn.Module):
    """[n, 3, 300, 300] -> class logits [n, 1917, classes] (column 0 the background), boxes [n, 1917, 4]."""

    def __init__(self, classes: int, layout: str, width: float = 1.0, folded: bool = False) -> None:
        super().__init__()
        block = partial(Convolution, layout=layout, folded=folded)

        def scaled(full: int) -> int:
            return max(8, int(full * width))

        self.backbone = nn.Module()
        channels, taps = scaled(32), []
        self.backbone.conv0 = block(3, channels, 3, 2, 1)
        for index, (outputs, stride) in enumerate(SEPARABLE, start=1):
            setattr(self.backbone, f"conv{index}", Separable(channels, scaled(outputs), stride, block))
            channels = scaled(outputs)
            taps += [channels] if index in (11, 13) else []
        for index, (reduced, expanded) in enumerate(EXTRAS, start=2):
            setattr(self, f"extra{index}", Extra(channels, scaled(reduced), scaled(expanded), block))
            channels = scaled(expanded)
            taps.append(channels)
        for kind, columns in (("class", classes), ("box", 4)):
            for index, (tap, anchors) in enumerate(zip(taps, ANCHORS_PER_CELL)):
                setattr(self, f"{kind}{index}", nn.Conv2d(tap, anchors * columns, 1))
        self.classes = classes

    def forward(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        value, taps = self.backbone.conv0(pixels), []
        for index in range(1, len(SEPARABLE) + 1):
            value = getattr(self.backbone, f"conv{index}")(value)
            taps += [value] if index in (11, 13) else []
        for index in range(2, 2 + len(EXTRAS)):
            value = getattr(self, f"extra{index}")(value)
            taps.append(value)

        def rows(kind: str, columns: int) -> Tensor:
            maps = [getattr(self, f"{kind}{index}")(tap) for index, tap in enumerate(taps)]
            return torch.cat(
                [m.permute(0, 2, 3, 1).reshape(len(m), m.shape[2] * m.shape[3] * m.shape[1] // columns, columns)
                 for m in maps], dim=1)

        return rows("class", self.classes), rows("box", 4)

"""The two benchmark networks as ONNX: RetinaFace-MobileNet0.25 at 300 and MobileNet-SSD 300 with 21 classes.

RetinaFace comes from Tests/References/retinaface_network.py (torch 2.15.0) with normalization folded; without the
published weights it is seeded, which changes no time. MobileNet-SSD has the layers of the well-known Caffe network
and seeded weights; they are also written as .safetensors ([O, H, W, I]) so that `ocellus bench` times the same.
"""
import sys
from pathlib import Path

import numpy
import torch
from torch import nn

from graph_builder import GraphBuilder

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Tests" / "References"))
from retinaface_network import RetinaFace, load  # noqa: E402
from safetensors_file import write_safetensors  # noqa: E402

# (outputs, stride) of MobileNetV1's 13 separable convolutions, and (reduced, expanded) of the four extra levels.
SEPARABLE = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
EXTRAS = [(256, 512), (128, 256), (128, 256), (64, 128)]
ANCHORS_PER_CELL = (3, 6, 6, 6, 6, 6)
CLASSES = 21
# Trained detectors call nearly all anchors background. Without that a photograph has more than 200 detections and decoding
# takes more than twice as long; with it there are about a hundred.
BACKGROUND_BIAS = 8


def folded(convolution: nn.Conv2d, normalization: nn.BatchNorm2d) -> tuple[numpy.ndarray, numpy.ndarray]:
    """Weights and bias that do both."""
    factor = normalization.weight / torch.sqrt(normalization.running_var + normalization.eps)
    weight = convolution.weight * factor[:, None, None, None]
    return weight.detach().numpy(), (normalization.bias - normalization.running_mean * factor).detach().numpy()


def build_retinaface(path: Path, weights: Path | None) -> int:
    """Writes class, box and landmark rows; returns the multiply-accumulates of a picture."""
    torch.manual_seed(1)
    network = load(weights) if weights else RetinaFace().eval()
    builder = GraphBuilder("retinaface")

    def run(block: nn.Sequential, value: str) -> str:
        layers = list(block)
        for index, layer in enumerate(layers):
            if isinstance(layer, nn.Sequential):
                value = run(layer, value)
            elif isinstance(layer, nn.Conv2d):
                relu = index + 2 < len(layers) and isinstance(layers[index + 2], nn.ReLU)
                value = builder.convolution(value, *folded(layer, layers[index + 1]), layer.stride[0], relu)
        return value

    taps, value = [], "input"
    for stage in (network.body.stage1, network.body.stage2, network.body.stage3):
        value = run(stage, value)
        taps.append(value)
    fpn = network.fpn
    level1, level2, level3 = (run(b, tap) for b, tap in zip((fpn.output1, fpn.output2, fpn.output3), taps))
    level2 = run(fpn.merge2, builder.add(level2, builder.upsampled(level3, level2)))
    level1 = run(fpn.merge1, builder.add(level1, builder.upsampled(level2, level1)))
    contexts = []
    for level, ssh in zip((level1, level2, level3), (network.ssh1, network.ssh2, network.ssh3)):
        shared = run(ssh.conv5X5_1, level)
        wide = run(ssh.conv7x7_3, run(ssh.conv7X7_2, shared))
        contexts.append(
            builder.relu(builder.concatenated([run(ssh.conv3X3, level), run(ssh.conv5X5_2, shared), wide])))
    outputs = []
    for heads in (network.ClassHead, network.BboxHead, network.LandmarkHead):
        rows = []
        for head, context in zip(heads, contexts):
            parameters = [part.detach().numpy() for part in (head.conv1x1.weight, head.conv1x1.bias)]
            rows.append(builder.rows(builder.convolution(context, *parameters, relu=False), head.values))
        outputs.append(builder.concatenated(rows))
    builder.write(path, outputs)
    return builder.multiply_accumulates


def mobilenet_ssd_weights(seed: int) -> dict[str, numpy.ndarray]:
    """Normal weights of variance 2 / fan-in, so that no activation dies or explodes; [O, H, W, I]."""
    generator = numpy.random.default_rng(seed)
    tensors: dict[str, numpy.ndarray] = {}

    def layer(name: str, outputs: int, kernel: int, inputs: int) -> None:
        deviation = numpy.sqrt(2 / (kernel * kernel * inputs))
        weight = generator.normal(0, deviation, (outputs, kernel, kernel, inputs))
        tensors[f"{name}.weight"] = weight.astype(numpy.float32)
        tensors[f"{name}.bias"] = generator.normal(0, 0.05, outputs).astype(numpy.float32)

    layer("backbone.conv0", 32, 3, 3)
    channels, taps = 32, []
    for index, (outputs, _) in enumerate(SEPARABLE, start=1):
        layer(f"backbone.conv{index}.depthwise", channels, 3, 1)
        layer(f"backbone.conv{index}.pointwise", outputs, 1, channels)
        channels = outputs
        taps += [channels] if index in (11, 13) else []
    for index, (reduced, expanded) in enumerate(EXTRAS, start=2):
        layer(f"extra{index}.reduce", reduced, 1, channels)
        layer(f"extra{index}.expand", expanded, 3, reduced)
        channels = expanded
        taps.append(channels)
    for index, (tap, anchors) in enumerate(zip(taps, ANCHORS_PER_CELL)):
        layer(f"box{index}", anchors * 4, 1, tap)
        layer(f"class{index}", anchors * CLASSES, 1, tap)
        tensors[f"class{index}.bias"][::CLASSES] += BACKGROUND_BIAS
    return tensors


def build_mobilenet_ssd(onnx_path: Path, safetensors_path: Path, metadata: dict[str, str], seed: int = 7) -> int:
    """Writes both files (outputs: class rows [1917, 21], box rows [1917, 4]); returns the multiply-accumulates."""
    tensors = mobilenet_ssd_weights(seed)
    builder = GraphBuilder("mobilenet-ssd")

    def run(name: str, value: str, stride: int = 1, relu: bool = True) -> str:
        weight = numpy.ascontiguousarray(tensors[f"{name}.weight"].transpose(0, 3, 1, 2))
        return builder.convolution(value, weight, tensors[f"{name}.bias"], stride, relu)

    value, taps = run("backbone.conv0", "input", 2), []
    for index, (_, stride) in enumerate(SEPARABLE, start=1):
        value = run(f"backbone.conv{index}.depthwise", value, stride)
        value = run(f"backbone.conv{index}.pointwise", value)
        taps += [value] if index in (11, 13) else []
    for index in range(2, 6):
        value = run(f"extra{index}.expand", run(f"extra{index}.reduce", value), 2)
        taps.append(value)
    outputs = [
        builder.concatenated([
            builder.rows(run(f"{kind}{index}", tap, relu=False), values) for index, tap in enumerate(taps)])
        for kind, values in (("class", CLASSES), ("box", 4))]
    builder.write(onnx_path, outputs)
    write_safetensors(safetensors_path, tensors, {"seed": str(seed)} | metadata)
    return builder.multiply_accumulates

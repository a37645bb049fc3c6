"""Float ncnn models in ncnn's own int8 format, which its tools would write: PyPI's ncnn 1.0.20261020 has none and reads no QDQ.

Convolutions alone become int8, as in ncnn: weights by output channel, 127 / largest; activations by blob, 127 / largest
seen on the pixels given. A convolution whose result goes to int8 convolutions only hands on int8 (scale term + 100),
otherwise float. Everything else stays as pnnx 20261020 wrote it. File format: ncnn's wiki, "param and model file
structure"; a weight's tag 0x000D4B38 says int8, padded to four bytes.
"""
import struct
from pathlib import Path

import numpy

KINDS = {"Convolution": 2, "ConvolutionDepthWise": 1}  # int8 scale terms: one scale an output channel
INT8_TAG = 0x000D4B38


class Layer:
    """A line of the .param file."""

    def __init__(self, line: str) -> None:
        parts = line.split()
        self.kind, self.name = parts[:2]
        inputs, outputs = int(parts[2]), int(parts[3])
        self.inputs = parts[4:4 + inputs]
        self.outputs = parts[4 + inputs:4 + inputs + outputs]
        self.settings = dict(item.split("=", 1) for item in parts[4 + inputs + outputs:])

    def number(self, key: int) -> int:
        return int(self.settings.get(str(key), "0"))

    def line(self) -> str:
        settings = [f"{key}={value}" for key, value in self.settings.items()]
        return " ".join(
            [self.kind, self.name, str(len(self.inputs)), str(len(self.outputs)), *self.inputs, *self.outputs, *settings])


def largest(parameters: Path, blobs: list[str], pixels: numpy.ndarray) -> dict[str, float]:
    """The largest absolute value of each blob on `pixels` [1, 3, h, w], by the float model."""
    import ncnn
    network = ncnn.Net()
    network.opt.lightmode = False  # keeps blobs for the next extraction
    network.opt.use_fp16_storage = network.opt.use_fp16_arithmetic = network.opt.use_bf16_storage = False
    if network.load_param(str(parameters)) or network.load_model(str(parameters.with_suffix(".bin"))):
        raise SystemExit(f"{parameters}: ncnn cannot load it")
    extractor = network.create_extractor()
    extractor.input("in0", ncnn.Mat(pixels[0]))
    return {blob: float(numpy.abs(numpy.array(extractor.extract(blob)[1])).max()) for blob in blobs}


def quantize_for_ncnn(source: Path, target: Path, pixels: numpy.ndarray) -> None:
    """`source` and `target` end in .ncnn.param; the .bin files lie beside them."""
    lines = source.read_text().splitlines()
    layers = [Layer(line) for line in lines[2:] if line.strip()]
    weights = source.with_suffix(".bin").read_bytes()
    users: dict[str, list[Layer]] = {}
    for layer in layers:
        for blob in layer.inputs:
            users.setdefault(blob, []).append(layer)

    def takers(blob: str) -> list[Layer]:
        """Who reads a blob, seen through Split."""
        direct = users.get(blob, [])
        return [taker for layer in direct for taker in
                ([t for output in layer.outputs for t in takers(output)] if layer.kind == "Split" else [layer])]

    convolutions = [layer for layer in layers if layer.kind in KINDS]
    ranges = largest(source, sorted({layer.inputs[0] for layer in convolutions}), pixels)
    place, content = 0, bytearray()
    for layer in layers:
        if layer.kind not in KINDS:
            continue
        count, outputs = layer.number(6), layer.number(0)
        if struct.unpack_from("<I", weights, place)[0] != 0:
            raise SystemExit(f"{source}: weights of {layer.name} are not single precision")
        values = numpy.frombuffer(weights, "<f4", count, place + 4).reshape(outputs, -1)
        place += 4 + 4 * count
        bias = weights[place:place + 4 * outputs] if layer.number(5) else b""
        place += len(bias)
        scales = 127 / numpy.maximum(numpy.abs(values).max(axis=1), 1e-20)
        integers = numpy.clip(numpy.rint(values * scales[:, None]), -127, 127).astype(numpy.int8).tobytes()
        content += struct.pack("<I", INT8_TAG) + integers + bytes(-len(integers) % 4) + bias
        content += scales.astype("<f4").tobytes() + struct.pack("<f", 127 / max(ranges[layer.inputs[0]], 1e-20))
        next_layers = takers(layer.outputs[0])
        integer_result = bool(next_layers) and all(taker.kind in KINDS for taker in next_layers)
        if integer_result:
            content += struct.pack("<f", 127 / max(ranges[next_layers[0].inputs[0]], 1e-20))
        layer.settings["8"] = str(KINDS[layer.kind] + (100 if integer_result else 0))
    if place != len(weights):
        raise SystemExit(f"{source}: {len(weights) - place} bytes of weights belong to layers other than convolutions")
    target.write_text("\n".join([*lines[:2], *(layer.line() for layer in layers)]) + "\n")
    target.with_suffix(".bin").write_bytes(bytes(content))

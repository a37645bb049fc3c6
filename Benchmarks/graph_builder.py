"""Builds ONNX graphs (onnx 1.23.2, opset 17) from NumPy weights, counting multiply-accumulates and keeping shapes.

It knows the few operations of the two benchmark networks and nothing about them.
"""
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper


class GraphBuilder:
    """NCHW values by name; weights are [O, I / groups, height, width], as ONNX has them."""

    def __init__(self, name: str, size: int = 300) -> None:
        self.name, self.nodes, self.initializers = name, [], []
        self.shapes: dict[str, tuple[int, ...]] = {"input": (1, 3, size, size)}
        self.multiply_accumulates = 0

    def constant(self, value: numpy.ndarray) -> str:
        name = f"constant{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(value, name))
        return name

    def node(self, kind: str, inputs: list[str], shape: tuple[int, ...], **attributes: object) -> str:
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        self.shapes[output] = shape
        return output

    def convolution(
        self, value: str, weight: numpy.ndarray, bias: numpy.ndarray, stride: int = 1, relu: bool = True
    ) -> str:
        """Padding k // 2 on every side; depthwise when a filter sees one of several channels."""
        _, channels, height, width = self.shapes[value]
        outputs, inputs, kernel, _ = weight.shape
        pad = kernel // 2
        shape = (1, outputs, (height + 2 * pad - kernel) // stride + 1, (width + 2 * pad - kernel) // stride + 1)
        self.multiply_accumulates += weight.size * shape[2] * shape[3]
        parameters = [self.constant(part.astype(numpy.float32)) for part in (weight, bias)]
        result = self.node(
            "Conv", [value, *parameters], shape, kernel_shape=[kernel] * 2, strides=[stride] * 2, pads=[pad] * 4,
            group=channels // inputs)
        return self.relu(result) if relu else result

    def relu(self, value: str) -> str:
        return self.node("Relu", [value], self.shapes[value])

    def add(self, first: str, second: str) -> str:
        return self.node("Add", [first, second], self.shapes[first])

    def upsampled(self, value: str, like: str) -> str:
        """Nearest, to the height and width of `like`."""
        shape = (*self.shapes[value][:2], *self.shapes[like][2:])
        sizes = self.constant(numpy.array(shape, numpy.int64))
        return self.node(
            "Resize", [value, "", "", sizes], shape, mode="nearest", nearest_mode="floor",
            coordinate_transformation_mode="asymmetric")

    def concatenated(self, values: list[str]) -> str:
        shape = list(self.shapes[values[0]])
        shape[1] = sum(self.shapes[value][1] for value in values)
        return self.node("Concat", values, tuple(shape), axis=1)

    def rows(self, value: str, values_per_row: int) -> str:
        """[1, c, h, w] -> [1, h·w·c / values, values]: cells in reading order, then the anchors of a cell."""
        _, channels, height, width = self.shapes[value]
        moved = self.node("Transpose", [value], (1, height, width, channels), perm=[0, 2, 3, 1])
        count = height * width * channels // values_per_row
        target = self.constant(numpy.array([1, count, values_per_row], numpy.int64))
        return self.node("Reshape", [moved, target], (1, count, values_per_row))

    def write(self, path: Path, outputs: list[str]) -> None:
        def described(name: str) -> onnx.ValueInfoProto:
            return helper.make_tensor_value_info(name, TensorProto.FLOAT, self.shapes[name])

        graph = helper.make_graph(
            self.nodes, self.name, [described("input")], [described(name) for name in outputs], self.initializers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.checker.check_model(model)
        onnx.save(model, str(path))

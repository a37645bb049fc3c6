"""The benchmark's networks from ONNX to TensorFlow Lite: float as graph_builder.py writes them, int8 as we export QDQ.

Written with onnx 1.23.2, onnxruntime 1.32.0. Numbers stay what they are: weights and biases are the same integers,
bytes become int8 by taking 128 off value and zero point. Two things TensorFlow Lite wants otherwise: values are NHWC
(the transpositions before the rows vanish), and head convolutions give int8, not float, so that the rows of one output
share a scale, from the range that ONNX Runtime sees on `pixels`; a DEQUANTIZE ends each output.
"""
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper

from tflite_writer import TFLiteWriter


class Converter:
    """One graph; `convert` writes the file."""

    def __init__(self, source: Path, pixels: numpy.ndarray) -> None:
        model = onnx.shape_inference.infer_shapes(onnx.load(str(source)))
        self.graph, self.writer = model.graph, TFLiteWriter()
        self.constants = {item.name: numpy_helper.to_array(item) for item in self.graph.initializer}
        self.shapes = {
            value.name: [d.dim_value for d in value.type.tensor_type.shape.dim]
            for value in [*self.graph.value_info, *self.graph.input, *self.graph.output]}
        self.users: dict[str, list[onnx.NodeProto]] = {}
        for node in self.graph.node:
            for name in node.input:
                self.users.setdefault(name, []).append(node)
        self.makers = {node.output[0]: node for node in self.graph.node}
        self.outputs = [output.name for output in self.graph.output]
        self.integer = self.graph.input[0].type.tensor_type.elem_type == onnx.TensorProto.UINT8
        self.values: dict[str, int] = {}  # ONNX name -> tensor
        self.formats: dict[str, tuple[float, int]] = {}  # scale and zero point of int8
        if self.integer:
            self.head_formats(model, pixels)

    def head_formats(self, model: onnx.ModelProto, pixels: numpy.ndarray) -> None:
        """One format for all rows of an output."""
        import onnxruntime
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        for name, rows in zip(self.outputs, session.run(None, {self.graph.input[0].name: pixels})):
            low, high = min(0.0, float(rows.min())), max(0.0, float(rows.max()))
            scale = (high - low) / 255
            waiting = [name]
            while waiting:
                value = waiting.pop()
                self.formats[value] = (scale, round(-128 - low / scale))
                if self.makers[value].op_type != "Conv":
                    waiting += [item for item in self.makers[value].input if item in self.makers]

    def layout(self, name: str) -> tuple[int, ...]:
        shape = self.shapes[name]
        return (shape[0], shape[2], shape[3], shape[1]) if len(shape) == 4 else tuple(shape)

    def format_of(self, name: str, default: tuple[float, int] | None = None) -> tuple[float, int] | None:
        """Of a value's bytes: those its QuantizeLinear gives it, the head's, or `default`."""
        for user in self.users.get(name, []):
            if user.op_type == "QuantizeLinear":
                return float(self.constants[user.input[1]]), int(self.constants[user.input[2]]) - 128
        return self.formats.get(name, default)

    def result(self, node: onnx.NodeProto, name: str, like: str | None = None) -> int:
        """A tensor for what `node` gives, under `name`."""
        shape = self.layout(name)
        if not self.integer:
            made = self.writer.tensor(name, shape, "float32")
        else:
            format = self.format_of(name, self.formats.get(like) if like else None)
            if format is None:
                raise SystemExit(f"{node.op_type} {name}: no scale is known")
            self.formats[name] = format
            made = self.writer.tensor(name, shape, "int8", format[0], format[1])
        self.values[name] = made
        return made

    def constant(self, name: str, values: numpy.ndarray, kind: str) -> int:
        return self.writer.tensor(name, values.shape, kind, data=values)

    def parameter(self, name: str) -> tuple[numpy.ndarray, numpy.ndarray | None]:
        """A constant, and its scales when it comes out of DequantizeLinear."""
        if name in self.constants:
            return self.constants[name], None
        maker = self.makers[name]
        return self.constants[maker.input[0]], self.constants[maker.input[1]]

    def convolution(self, node: onnx.NodeProto) -> None:
        options = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
        source, stride, pads = node.input[0], options["strides"][0], options["pads"]
        (weight, scales), (bias, bias_scales) = (self.parameter(name) for name in node.input[1:3])
        depthwise = options.get("group", 1) > 1
        ordered = weight.transpose(1, 2, 3, 0) if depthwise else weight.transpose(0, 2, 3, 1)
        kind = "int8" if self.integer else "float32"
        w = self.writer.tensor(node.input[1], ordered.shape, kind, scales, 0, 3 if depthwise else 0, ordered)
        b = self.writer.tensor(node.input[2], bias.shape, "int32" if self.integer else kind, bias_scales, 0, 0, bias)
        x, shape = self.values[source], self.layout(source)
        # SAME puts the odd pixel right and below: other paddings need an operator of their own.
        total = max((-(-shape[1] // stride) - 1) * stride + weight.shape[2] - shape[1], 0)
        same = [total // 2] * 2 + [total - total // 2] * 2 == list(pads)
        if not same and any(pads):
            around = numpy.array([[0, 0], [pads[0], pads[2]], [pads[1], pads[3]], [0, 0]], numpy.int32)
            padded = (1, shape[1] + pads[0] + pads[2], shape[2] + pads[1] + pads[3], shape[3])
            format = self.formats.get(source, (None, 0))
            y = self.writer.tensor(f"{source}.padded", padded, kind, format[0], format[1])
            self.writer.operator("PAD", [x, self.constant(f"{node.output[0]}.pads", around, "int32")], [y])
            x = y
        users = self.users.get(node.output[0], [])
        fused = len(users) == 1 and users[0].op_type == "Relu"
        name = users[0].output[0] if fused else node.output[0]
        self.writer.operator(
            "DEPTHWISE_CONV_2D" if depthwise else "CONV_2D", [x, w, b], [self.result(node, name)],
            padding=0 if same else 1, strideH=stride, strideW=stride, fusedActivationFunction=1 if fused else 0,
            **({"depthMultiplier": 1} if depthwise else {}))

    def node(self, node: onnx.NodeProto) -> None:
        kind, output = node.op_type, node.output[0]
        if kind == "Conv":
            return self.convolution(node)
        if kind in ("QuantizeLinear", "DequantizeLinear", "Transpose") or (kind == "Relu" and output in self.values):
            if node.input[0] in self.values:  # the same tensor by another name
                self.values.setdefault(output, self.values[node.input[0]])
                if node.input[0] in self.formats:
                    self.formats.setdefault(output, self.formats[node.input[0]])
            return
        if kind == "Concat":
            axis = onnx.helper.get_attribute_value(node.attribute[0])
            for name in node.input:
                if name in self.constants:  # the frame around the picture
                    frame = self.constants[name].transpose(0, 2, 3, 1).astype(numpy.int16) - 128
                    self.values[name] = self.writer.tensor(name, frame.shape, "int8", 1.0, -128, 0, frame.astype(numpy.int8))
            inputs = [self.values[name] for name in node.input]
            moved = (0, 3, 1, 2)[axis] if len(self.shapes[output]) == 4 else axis
            like = next(name for name in node.input if name not in self.constants)
            self.writer.operator("CONCATENATION", inputs, [self.result(node, output, like)], axis=moved)
        elif kind == "Add":
            inputs = [self.values[name] for name in node.input]
            self.writer.operator("ADD", inputs, [self.result(node, output)])
        elif kind == "Relu":
            self.writer.operator("RELU", [self.values[node.input[0]]], [self.result(node, output, node.input[0])])
        elif kind == "Resize":
            size = numpy.array(self.shapes[output][2:], numpy.int32)
            inputs = [self.values[node.input[0]], self.constant(f"{output}.size", size, "int32")]
            self.writer.operator("RESIZE_NEAREST_NEIGHBOR", inputs, [self.result(node, output, node.input[0])])
        elif kind == "Reshape":
            shape = numpy.array(self.shapes[output], numpy.int32)
            inputs = [self.values[node.input[0]], self.constant(f"{output}.shape", shape, "int32")]
            self.writer.operator("RESHAPE", inputs, [self.result(node, output, node.input[0])], newShape=shape)
        else:
            raise SystemExit(f"{kind} {output}: the converter to TensorFlow Lite does not know it")

    def convert(self, target: Path) -> None:
        source = self.graph.input[0].name
        if self.integer:
            self.formats[source] = (1.0, -128)
        self.values[source] = self.writer.tensor(
            source, self.layout(source), *(("int8", 1.0, -128) if self.integer else ("float32",)))
        for node in self.graph.node:
            self.node(node)
        outputs = []
        for name in self.outputs:
            outputs.append(self.values[name])
            if self.integer:
                outputs[-1] = self.writer.tensor(f"{name}.real", self.layout(name), "float32")
                self.writer.operator("DEQUANTIZE", [self.values[name]], [outputs[-1]])
        self.writer.write(target, [self.values[source]], outputs)


def convert_for_litert(source: Path, pixels: numpy.ndarray) -> None:
    """Writes NAME.tflite beside NAME.onnx."""
    Converter(source, pixels).convert(source.with_suffix(".tflite"))

"""Writes TensorFlow Lite files by the schema classes that ai-edge-litert 2.3.0 ships (flatbuffers 25.12.19); no TensorFlow.

It knows tensors and operators, not networks. Tensors are NHWC.
"""
from pathlib import Path

import flatbuffers
import numpy
from ai_edge_litert import schema_py_generated as schema

TYPES = {"float32": 0, "int32": 2, "int8": 9}
# Operator: its number, the version that takes int8, the name of its options.
OPERATORS = {
    "ADD": (0, 2, "Add"), "CONCATENATION": (2, 2, "Concatenation"), "CONV_2D": (3, 3, "Conv2D"),
    "DEPTHWISE_CONV_2D": (4, 3, "DepthwiseConv2D"), "DEQUANTIZE": (6, 2, "Dequantize"), "RELU": (19, 2, None),
    "RESHAPE": (22, 1, "Reshape"), "PAD": (34, 2, "Pad"),
    "RESIZE_NEAREST_NEIGHBOR": (97, 2, "ResizeNearestNeighbor")}


class TFLiteWriter:
    def __init__(self) -> None:
        self.buffers, self.tensors, self.operators = [schema.BufferT()], [], []
        self.codes: list[str] = []

    def tensor(
        self, name: str, shape: tuple[int, ...], kind: str, scales: numpy.ndarray | None = None, zero_point: int = 0,
        axis: int = 0, data: numpy.ndarray | None = None
    ) -> int:
        """The index of a new tensor; `data` makes it a constant."""
        made = schema.TensorT()
        made.name, made.shape, made.type, made.buffer = name.encode(), numpy.array(shape, numpy.int32), TYPES[kind], 0
        if scales is not None:
            quantization = schema.QuantizationParametersT()
            quantization.scale = numpy.atleast_1d(numpy.asarray(scales, numpy.float32))
            quantization.zeroPoint = numpy.full(len(quantization.scale), zero_point, numpy.int64)
            quantization.quantizedDimension = axis
            made.quantization = quantization
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = numpy.frombuffer(numpy.ascontiguousarray(data, kind).tobytes(), numpy.uint8)
            made.buffer = len(self.buffers)
            self.buffers.append(buffer)
        self.tensors.append(made)
        return len(self.tensors) - 1

    def operator(self, kind: str, inputs: list[int], outputs: list[int], **options: object) -> None:
        """`options` are fields of the operator's options in the schema."""
        made = schema.OperatorT()
        if kind not in self.codes:
            self.codes.append(kind)
        made.opcodeIndex = self.codes.index(kind)
        made.inputs, made.outputs = numpy.array(inputs, numpy.int32), numpy.array(outputs, numpy.int32)
        name = OPERATORS[kind][2]
        if name:
            made.builtinOptionsType = getattr(schema.BuiltinOptions, f"{name}Options")
            made.builtinOptions = getattr(schema, f"{name}OptionsT")()
            for key, value in options.items():
                setattr(made.builtinOptions, key, value)
        self.operators.append(made)

    def write(self, path: Path, inputs: list[int], outputs: list[int]) -> None:
        graph = schema.SubGraphT()
        graph.tensors, graph.operators = self.tensors, self.operators
        graph.inputs, graph.outputs = numpy.array(inputs, numpy.int32), numpy.array(outputs, numpy.int32)
        model = schema.ModelT()
        model.version, model.subgraphs, model.buffers, model.operatorCodes = 3, [graph], self.buffers, []
        for kind in self.codes:
            code = schema.OperatorCodeT()
            number, version, _ = OPERATORS[kind]
            code.builtinCode, code.deprecatedBuiltinCode, code.version = number, min(number, 127), version
            model.operatorCodes.append(code)
        builder = flatbuffers.Builder(1 << 20)
        builder.Finish(model.Pack(builder), b"TFL3")
        path.write_bytes(bytes(builder.Output()))

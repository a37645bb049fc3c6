"""Makes Tests/OcellusImportTests/Fixtures and Goldens.swift: small model files from seeded random numbers, and what the
libraries that own the formats read in them.

    python3 Tests/References/import_goldens.py [FOLDER WITH REAL MODEL FILES]

Made with Python 3.11, numpy 2.4.6, torch 2.15.0, safetensors 0.8.0, flatbuffers 25.12.19, ai-edge-litert 2.3.0,
onnx 1.23.2. Without the folder the numbers of the real files are left out.
"""

import io
import json
import os
import struct
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import flatbuffers
import numpy as np
import onnx
import safetensors
import safetensors.torch
import torch
from ai_edge_litert.interpreter import Interpreter

TESTS = Path(__file__).resolve().parent.parent / "OcellusImportTests"
FIXTURES = TESTS / "Fixtures"
out = []


def number(value):
    if isinstance(value, float):
        # The shortest text that reads back as the same Float.
        return repr(float(str(np.float32(value))))
    return str(value)


def entry(name, tensor):
    values = tensor.detach().float().reshape(-1).tolist()
    return f'        Golden("{name}", {list(tensor.shape)}, [{", ".join(number(v) for v in values)}]),'


def table(title, entries):
    out.append(f"    static let {title}: [Golden] = [")
    out.extend(entry(name, tensor) for name, tensor in entries)
    out.append("    ]")


# --- PyTorch ---------------------------------------------------------------------------------------------------------
torch.manual_seed(7)
shared = torch.randn(4, 6)
state = OrderedDict()
state["conv.weight"] = torch.randn(4, 3, 2, 2)
state["conv.bias"] = torch.nn.Parameter(torch.randn(4))
state["depthwise.weight"] = torch.randn(4, 1, 3, 3)
state["bn.num_batches_tracked"] = torch.tensor(41)
state["half"] = torch.randn(3, 2).half()
state["bfloat"] = torch.randn(5).bfloat16()
state["double"] = torch.randn(2, 2).double()
state["transposed"] = shared.t()
state["slice"] = shared[1:3, ::2]
state["channels_last"] = torch.randn(1, 3, 2, 2).contiguous(memory_format=torch.channels_last)
state["empty"] = torch.zeros(0, 3)
state["short"] = torch.tensor([-5, 300], dtype=torch.int16)
state["int"] = torch.tensor([-70000, 70000], dtype=torch.int32)
state["char"] = torch.tensor([-128, 127], dtype=torch.int8)
state["byte"] = torch.tensor([0, 255], dtype=torch.uint8)
state["bool"] = torch.tensor([True, False])
state._metadata = OrderedDict([("", {"version": 1})])


def save(value, name, **options):
    torch.save(value, FIXTURES / name, **options)


FIXTURES.mkdir(exist_ok=True)
save(state, "legacy.pth", _use_new_zipfile_serialization=False)
save(state, "legacy_protocol4.pth", _use_new_zipfile_serialization=False, pickle_protocol=4)
save(state, "zip.pth")
wrapped = OrderedDict((f"module.{key}", state[key]) for key in ["conv.weight", "conv.bias"])
best = torch.tensor(0.5)
save({"epoch": 3, "state_dict": wrapped, "best": best, "lr": 0.1}, "wrapped.pth", pickle_protocol=4)
save({"model": wrapped, "optimizer": {"step": [1, 2]}}, "wrapped_legacy.pth", _use_new_zipfile_serialization=False)
table("stateDictionary", [(k, v) for k, v in torch.load(FIXTURES / "zip.pth", weights_only=True).items()])


class Hostile:
    def __reduce__(self):
        return os.system, ("true",)


save({"conv.weight": Hostile()}, "hostile.pth")
save({"conv.weight": Hostile()}, "hostile_legacy.pth", _use_new_zipfile_serialization=False)
save({"a": torch.randn(3).expand(100000, 3)}, "expanded.pth")
with zipfile.ZipFile(FIXTURES / "wrapped.pth") as source:
    with zipfile.ZipFile(FIXTURES / "deflated.pth", "w", zipfile.ZIP_DEFLATED) as target:
        for item in source.namelist():
            target.writestr(zipfile.ZipInfo(item), source.read(item), zipfile.ZIP_DEFLATED)

# --- safetensors -----------------------------------------------------------------------------------------------------
mixed = {
    "f32": torch.randn(2, 3), "f16": torch.tensor([1.5, -0.0, 6e-8, 65504, float("inf"), 1e-5]).half(),
    "bf16": torch.randn(3).bfloat16(), "f64": torch.randn(2).double(), "i8": torch.tensor([-128, 5, 127], dtype=torch.int8),
    "u8": torch.tensor([0, 255], dtype=torch.uint8), "i16": torch.tensor([-300, 300], dtype=torch.int16),
    "i32": torch.tensor([[-70000], [70000]], dtype=torch.int32), "i64": torch.tensor([-5, 1 << 40]),
    "bool": torch.tensor([True, False]), "scalar": torch.tensor(2.5), "empty": torch.zeros(0, 3),
}
safetensors.torch.save_file(mixed, FIXTURES / "mixed.safetensors", {"format": "pt", "label": "Gesicht ü \"x\" \\ 😀\n"})
read = safetensors.torch.load_file(FIXTURES / "mixed.safetensors")
table("mixed", [(k, read[k]) for k in mixed if k != "f16"])
out.append("    static let mixedHalves: [UInt32] = [" + ", ".join(
    hex(struct.unpack("<I", struct.pack("<f", v))[0]) for v in read["f16"].float().tolist()) + "]")

# --- ONNX: names as an exporter gives them, constants in another order than they are used in ---------------------------
def build_onnx(name, kind=onnx.TensorProto.FLOAT):
    random = np.random.default_rng(13)
    used = {"17": random.standard_normal((3, 1, 3, 3)), "18": random.standard_normal(3),
            "head.weight": random.standard_normal((2, 3, 1, 1)), "factor": random.standard_normal(())}
    used = {key: value.astype(np.float32) for key, value in used.items()}
    raw = [onnx.numpy_helper.from_array(used[key], key) for key in ("factor", "head.weight", "17")]
    listed = onnx.helper.make_tensor("18", kind, [3], used["18"])
    sizes = onnx.numpy_helper.from_array(np.array([1, -1, 2], np.int64), "sizes")
    unused = onnx.numpy_helper.from_array(np.ones(2, np.float32), "unused")
    node = onnx.helper.make_node
    graph = onnx.helper.make_graph(
        [node("Conv", ["image", "17", "18"], ["a"], group=3, pads=[1, 1, 1, 1]),
         node("Conv", ["a", "head.weight"], ["b"]), node("Mul", ["b", "factor"], ["c"]),
         node("Reshape", ["c", "sizes"], ["rows"])],
        "small", [onnx.helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, [1, 3, 4, 4])],
        [onnx.helper.make_tensor_value_info("rows", onnx.TensorProto.FLOAT, [1, 16, 2])],
        [sizes, unused, *raw, listed])
    onnx.save(onnx.helper.make_model(graph, ir_version=8, opset_imports=[onnx.helper.make_opsetid("", 13)]), FIXTURES / name)
    return [(key, torch.from_numpy(np.asarray(value))) for key, value in used.items()]


table("onnx", build_onnx("small.onnx"))
build_onnx("half.onnx", onnx.TensorProto.FLOAT16)

# --- TensorFlow Lite, by the field numbers of schema.fbs --------------------------------------------------------------
def build_tflite(detection):
    """A small graph; with `detection`, one operator more that LiteRT cannot load without options of its own."""
    builder = flatbuffers.Builder(4096)

    def vector(values, size, prepend):
        builder.StartVector(size, len(values), size)
        for value in reversed(values):
            prepend(value)
        return builder.EndVector()

    def ints(values):
        return vector(values, 4, builder.PrependInt32)

    def tables(values):
        return vector(values, 4, builder.PrependUOffsetTRelative)

    def record(fields):
        """A table from (field number, kind, value), value an offset when kind is 'o'."""
        builder.StartObject(16)
        for index, kind, value in fields:
            if kind == "o":
                builder.PrependUOffsetTRelativeSlot(index, value, 0)
            else:
                getattr(builder, {"b": "PrependUint8Slot", "i": "PrependInt32Slot", "u": "PrependUint32Slot"}[kind])(index, value, 0)
        return builder.EndObject()

    random = np.random.default_rng(11)
    buffers = [record([])]
    tensors = []
    constants = []

    def tensor(name, shape, kind, data=None, scales=(), zeros=(), axis=0):
        buffer = 0
        if data is not None:
            builder.StartVector(1, data.nbytes, 16)
            builder.head -= data.nbytes
            builder.Bytes[builder.head:builder.head + data.nbytes] = data.tobytes()
            builder.vectorNumElems = data.nbytes
            content = builder.EndVector()
            buffer = len(buffers)
            buffers.append(record([(0, "o", content)]))
        text = builder.CreateString(name)
        sizes = ints(shape)
        fields = [(0, "o", sizes), (1, "b", kind), (2, "u", buffer), (3, "o", text)]
        if scales:
            scale = vector(list(scales), 4, builder.PrependFloat32)
            zero = vector(list(zeros), 8, builder.PrependInt64)
            fields.append((4, "o", record([(2, "o", scale), (3, "o", zero), (6, "i", axis)])))
        tensors.append(record(fields))
        if data is not None:
            constants.append((name, shape, data, scales, zeros, axis))
        return len(tensors) - 1

    INT32, UINT8, INT8, FLOAT = 2, 3, 9, 0
    prefix = "FeatureExtractor/MobilenetV1/MobilenetV1/"
    t = [
        tensor("image", [1, 4, 4, 3], INT8, None, [0.0078125], [-1]),
        tensor(prefix + "Conv2d_0/weights_quant/FakeQuantWithMinMaxVars", [2, 3, 3, 3], INT8,
               random.integers(-127, 128, (2, 3, 3, 3), dtype=np.int8), [0.013, 0.0271], [0, 0], 0),
        tensor("unnamed_bias", [2], INT32, random.integers(-9000, 9000, 2, dtype=np.int32), [0.0001015625, 0.00021171875], [0, 0], 0),
        tensor(prefix + "Conv2d_0/Relu6", [1, 1, 2, 2], INT8, None, [0.0235], [-128]),
        tensor(prefix + "Conv2d_1_depthwise/weights", [1, 3, 3, 2], INT8,
               random.integers(-127, 128, (1, 3, 3, 2), dtype=np.int8), [0.011, 0.02], [0, 0], 3),
        tensor(prefix + "Conv2d_1_depthwise/depthwise_Fold_bias", [2], INT32,
               random.integers(-9000, 9000, 2, dtype=np.int32), [0.0002585, 0.00047], [0, 0], 0),
        tensor(prefix + "Conv2d_1_depthwise/Relu", [1, 1, 2, 2], INT8, None, [0.05], [-128]),
        tensor("anchors", [3, 4], UINT8, random.integers(0, 256, (3, 4), dtype=np.uint8), [0.00645], [7]),
        tensor("shape", [2], INT32, np.array([1, 4], np.int32)),
        tensor("plain", [2], FLOAT, np.array([0.5, -3], np.float32)),
        tensor("boxes", [1, 4], INT8, None, [0.05], [-128]),
    ]

    def operator(code, inputs, outputs, kind=0, options=None):
        i, o = ints(inputs), ints(outputs)
        fields = [(0, "u", code), (1, "o", i), (2, "o", o)]
        if options is not None:
            fields += [(3, "b", kind), (4, "o", record(options))]
        return record(fields)

    operators = [
        operator(0, [0, 1, 2], [3], 1, [(0, "b", 1), (1, "i", 1), (2, "i", 2), (3, "b", 3)]),
        operator(1, [3, 4, 5], [6], 2, [(0, "b", 0), (1, "i", 1), (2, "i", 1), (3, "i", 1), (4, "b", 1)]),
        operator(2, [6, 8], [10]),
    ]
    if detection:
        operators.append(operator(3, [10, -1, 7], []))
    custom = builder.CreateString("TFLite_Detection_PostProcess")
    codes = tables([
        record([(0, "b", 3), (3, "i", 3)]), record([(0, "b", 4)]), record([(0, "b", 22), (3, "i", 22)]),
        record([(0, "b", 32), (1, "o", custom), (3, "i", 32)]),
    ])
    tensorList, operatorList, bufferList = tables(tensors), tables(operators), tables(buffers)
    inputs, outputs = ints([0]), ints([10])
    subgraph = record([(0, "o", tensorList), (1, "o", inputs), (2, "o", outputs), (3, "o", operatorList)])
    subgraphs = tables([subgraph])
    builder.Finish(record([(0, "u", 3), (1, "o", codes), (2, "o", subgraphs), (4, "o", bufferList)]), b"TFL3")
    return bytes(builder.Output()), constants


content, constants = build_tflite(True)
(FIXTURES / "small.tflite").write_bytes(content)


def real(data, scales, zeros, axis):
    """real = scale · (q - zero point) along an axis."""
    values = data.astype(np.float64)
    if len(scales):
        shape = [1] * data.ndim
        shape[axis if len(scales) > 1 else 0] = len(scales)
        scales = np.asarray(scales, np.float32).astype(np.float64).reshape(shape)
        values = scales * (values - np.asarray(zeros, np.float64).reshape(shape))
    return values.astype(np.float32)


table("tfliteConstants", [
    (name, torch.from_numpy(real(data.reshape(shape), scales, zeros, axis)))
    for name, shape, data, scales, zeros, axis in constants])
interpreter = Interpreter(model_content=build_tflite(False)[0])
interpreter.allocate_tensors()
details = {d["name"]: d for d in interpreter.get_tensor_details()}
for name, shape, data, scales, zeros, axis in constants:
    seen = details[name]
    assert list(seen["shape"]) == shape
    q = seen["quantization_parameters"]
    assert np.allclose(q["scales"], scales) and list(q["zero_points"]) == list(zeros)
    assert len(scales) < 2 or q["quantized_dimension"] == axis
    assert (interpreter.get_tensor(seen["index"]) == data.reshape(shape)).all()
print("small.tflite: LiteRT reads the same")

# --- real files, when they are at hand ----------------------------------------------------------------------------------
if len(sys.argv) > 1:
    folder = Path(sys.argv[1])
    out.append("    /// Name, sizes and sum (in double precision) of every 20th tensor.")
    out.append("    static let realFiles: [RealFile] = [")

    def sums(file, entries):
        out.append(f'        RealFile("{file}", {len(entries)}, [')
        for name, values in entries[::20]:
            total = float(values.astype(np.float64).sum())
            out.append(f'            ("{name}", {[int(s) for s in values.shape]}, {total!r}),')
        out.append("        ]),")

    for file in ["retinaface_mobilenet0.25_300.pth", "mobilenetV1X0.25_pretrain.tar", "ultraface_rfb_320.pth"]:
        content = torch.load(folder / file, map_location="cpu", weights_only=True)
        content = content.get("state_dict", content)
        sums(file, [(k.removeprefix("module."), v.double().numpy()) for k, v in content.items()])
    for file in ["coco_ssd_mobilenet_v1_1.0_quant.tflite", "mobilenet_v1_0.25_128_quant.tflite"]:
        interpreter = Interpreter(str(folder / file))
        entries = []
        for d in interpreter.get_tensor_details():
            try:
                data = interpreter.get_tensor(d["index"])
            except ValueError:
                continue  # computed: it has no numbers before the first run
            q = d["quantization_parameters"]
            entries.append((d["name"], real(data, q["scales"], q["zero_points"], q["quantized_dimension"])))
        sums(file, entries)
    out.append("    ]")
else:
    out.append("    static let realFiles: [RealFile] = []")

lines = [
    "// Written by Tests/References/import_goldens.py; do not edit. What torch, safetensors, ONNX and LiteRT read in the",
    "// fixtures: numpy " + np.__version__ + ", torch " + torch.__version__.split("+")[0] + ", safetensors "
    + safetensors.__version__ + ", ai-edge-litert 2.3.0, onnx " + onnx.__version__ + ".",
    "// swift-format-ignore-file",
    "",
    "/// An array's name, sizes and values.",
    "struct Golden: Sendable {",
    "    let name: String",
    "    let dimensions: [Int]",
    "    let values: [Float]",
    "",
    "    init(_ name: String, _ dimensions: [Int], _ values: [Float]) {",
    "        (self.name, self.dimensions, self.values) = (name, dimensions, values)",
    "    }",
    "}",
    "",
    "/// A file outside the repository: its number of arrays, and the sums of some.",
    "struct RealFile: Sendable {",
    "    let name: String",
    "    let count: Int",
    "    let sums: [(name: String, dimensions: [Int], sum: Double)]",
    "",
    "    init(_ name: String, _ count: Int, _ sums: [(name: String, dimensions: [Int], sum: Double)]) {",
    "        (self.name, self.count, self.sums) = (name, count, sums)",
    "    }",
    "}",
    "",
    "enum Goldens {",
] + out + ["}", ""]
(TESTS / "Goldens.swift").write_text("\n".join(lines))

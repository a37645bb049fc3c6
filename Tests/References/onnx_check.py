"""Checks exported ONNX files: onnx.checker, ONNX Runtime against numbers that do not come from ONNX, fused operators.

    onnx_check.py face.onnx --golden Tests/Goldens/retinaface_formula.safetensors
    onnx_check.py FOLDER            every NAME.onnx in it against the rows in NAME.safetensors beside it

The folder is what the Swift tests write where OCELLUS_ONNX_CASES names one: `image` is what goes in, the other tensors
are what our executors make of it, all NHWC. Goldens hold every n-th row for the formula's picture.
Written with onnx 1.23.2, onnxruntime 1.32.0, openvino 2026.4.1, numpy 2.4.6. Exit status 1: something differs.
"""
import argparse
import collections
import json
import struct
import sys
import tempfile
from pathlib import Path

import numpy
import onnx
import onnxruntime

from reference_common import formula_pixels

TYPES = {"F32": "<f4", "U8": "u1", "I8": "i1", "I32": "<i4"}
# Names of a golden's tensors and of the outputs they belong to.
GOLDEN_NAMES = {"class": "scores", "box": "boxes", "landmark": "landmarks"}


def read_safetensors(path: Path) -> dict[str, numpy.ndarray]:
    data = path.read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8:8 + length])
    header.pop("__metadata__", None)
    body = data[8 + length:]
    return {
        name: numpy.frombuffer(body[slice(*entry["data_offsets"])], TYPES[entry["dtype"]]).reshape(entry["shape"])
        for name, entry in header.items()}


def normalised(pixels: numpy.ndarray, metadata: dict[str, str]) -> numpy.ndarray:
    """[height, width, 3] bytes in the network's channel order -> what the model's input wants, NCHW."""
    if metadata["input.values"] != "pixel":
        mean, scale = (numpy.array(metadata[f"input.{key}"].split(), numpy.float32) for key in ("mean", "scale"))
        pixels = (pixels.astype(numpy.float32) - mean) * scale
    return numpy.ascontiguousarray(pixels.transpose(2, 0, 1)[None])


def run_openvino(path: Path, image: numpy.ndarray, names: list[str]) -> list[numpy.ndarray]:
    import openvino

    # By default OpenVINO computes in bfloat16 where the processor can.
    compiled = openvino.Core().compile_model(str(path), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    result = compiled({"image": image})
    return [result[name] for name in names]


def optimised_operators(path: Path) -> collections.Counter:
    """How often each operator stands in the graph that ONNX Runtime makes of the file."""
    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = str(Path(folder) / "optimised.onnx")
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        return collections.Counter(node.op_type for node in onnx.load(options.optimized_model_filepath).graph.node)


def arranged(value: numpy.ndarray, expected: numpy.ndarray) -> numpy.ndarray:
    """An output as our values lie: pictures back to NHWC, rows of a golden every n-th."""
    if expected.ndim == 2:
        step = -(-value.shape[1] // expected.shape[0])
        return value[0, ::step]
    return value.transpose(0, 2, 3, 1) if value.ndim == 4 else value.reshape(expected.shape)


def check(path: Path, golden: Path | None, engine: str, tolerance: float) -> tuple[bool, str]:
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    metadata = {entry.key: entry.value for entry in model.metadata_props}
    if golden:
        tensors = {GOLDEN_NAMES[name]: tensor for name, tensor in read_safetensors(golden).items()}
        image = normalised(formula_pixels(), metadata)
    else:
        tensors = read_safetensors(path.with_suffix(".safetensors"))
        image = numpy.ascontiguousarray(tensors.pop("image").transpose(0, 3, 1, 2))
        if metadata.get("input.values") == "pixel":
            image = image.astype(numpy.uint8)
    names = [output.name for output in model.graph.output]
    if sorted(names) != sorted(tensors):
        return False, f"outputs {names}, expected {sorted(tensors)}"
    if engine == "openvino":
        found = run_openvino(path, image, names)
    else:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        found = session.run(names, {"image": image})
    good, texts = True, []
    for name, value in zip(names, found):
        expected = tensors[name]
        difference = numpy.abs(arranged(value, expected) - expected)
        largest = float(numpy.abs(expected).max()) or 1.0
        good &= bool(difference.max() <= tolerance * largest)
        texts.append(f"{name} mean {difference.mean():.2g} max {difference.max():.2g} of {largest:.3g}")
    return good, "; ".join(texts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", type=Path, nargs="+", help="ONNX files, or folders of them")
    parser.add_argument("--golden", type=Path, help="rows of the formula's picture")
    parser.add_argument("--engine", choices=["onnxruntime", "openvino"], default="onnxruntime")
    parser.add_argument("--tolerance", type=float, default=1e-4, help="relative to an output's largest value")
    parser.add_argument("--operators", action="store_true", help="count ONNX Runtime's operators after its fusions")
    options = parser.parse_args()
    files = [file for path in options.paths for file in (sorted(path.glob("*.onnx")) if path.is_dir() else [path])]
    failures = 0
    for file in files:
        good, text = check(file, options.golden, options.engine, options.tolerance)
        failures += not good
        print(f"{'ok  ' if good else 'FAIL'} {file.stem}: {text}")
        if options.operators:
            print("     " + ", ".join(f"{count} {kind}" for kind, count in sorted(optimised_operators(file).items())))
    print(f"{len(files)} files, {failures} differ")
    sys.exit(1 if failures or not files else 0)


if __name__ == "__main__":
    main()

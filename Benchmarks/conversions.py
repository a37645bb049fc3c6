"""The formats other engines want, written beside a benchmark network's ONNX file. Runs in the main process, before timing.

LiteRT: onnx_to_tflite.py. ncnn: float by pnnx 20261020, int8 from that by ncnn_int8.py, since ncnn reads no QDQ.
"""
import subprocess
from pathlib import Path

import numpy

# What the networks want of a byte: (x - mean) * factor. The int8 ONNX files do it inside, ncnn's input is float.
NORMALIZATION = {"retinaface": ((104, 117, 123), 1.0), "mobilenet_ssd": ((127.5,) * 3, 0.007843)}


def convert_for_ncnn(model: Path) -> None:
    """ONNX -> ncnn by pnnx, weights kept in single precision."""
    finished = subprocess.run(
        ["pnnx", model.name, "inputshape=[1,3,300,300]f32", "fp16=0"], cwd=model.parent, capture_output=True, text=True)
    if finished.returncode:
        raise SystemExit(f"pnnx cannot convert {model}:\n{finished.stderr[-2000:]}")


def prepare(engines: list[str], model: Path, source: Path, pixels: numpy.ndarray) -> None:
    """Everything `engines` need for `model`, whose float form is `source`; pixels are bytes when `model` is int8."""
    if "LiteRT" in engines:
        from onnx_to_tflite import convert_for_litert
        convert_for_litert(model, pixels)
    if "ncnn" in engines and model == source:
        convert_for_ncnn(model)
    elif "ncnn" in engines:
        from ncnn_int8 import quantize_for_ncnn
        mean, factor = NORMALIZATION[source.stem]
        normalized = ((pixels - numpy.reshape(mean, (3, 1, 1))) * factor).astype(numpy.float32)
        numpy.save(model.with_suffix(".npy"), normalized)
        quantize_for_ncnn(source.with_suffix(".ncnn.param"), model.with_suffix(".ncnn.param"), normalized)

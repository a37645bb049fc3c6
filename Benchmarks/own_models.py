"""Our own model files of the benchmark's networks, and the same networks in int8 for us and for the other engines.

Everything is made by the command itself: import, quantize (calibrated on a folder of pictures), export to ONNX as QDQ.
"""
import subprocess
from pathlib import Path


def run(command: str, *arguments: str) -> None:
    finished = subprocess.run([command, *arguments], capture_output=True, text=True)
    if finished.returncode != 0:
        raise SystemExit(f"{command} {' '.join(arguments)}: {finished.stderr.strip()}")


def imported(command: str, weights: Path) -> str:
    """A model file of our own beside `weights` or in the build folder."""
    target = weights.with_suffix(".model.safetensors")
    run(command, "import", str(weights), "--out", str(target))
    return str(target)


def quantized(command: str, model: str, pictures: Path) -> tuple[str, Path]:
    """The int8 model file and its ONNX file."""
    stem = model.removesuffix(".model.safetensors")
    target, onnx = stem + ".int8.safetensors", Path(stem + ".int8.onnx")
    # Random weights lose more than trained ones: the benchmark wants the work, not the accuracy.
    run(command, "quantize", model, "--data", str(pictures), "--out", target, "--images", "40", "--force")
    run(command, "export", target, "--to", "onnx", "--precision", "int8", "--out", str(onnx))
    return target, onnx

"""MobileNet-SSD 300 for our command and for ncnn, from the two files that peers.py writes. Speed does not depend on
their weights, which are seeded random numbers."""
import subprocess
from pathlib import Path


def prepare(ocellus: str, onnx: Path) -> tuple[Path, Path]:
    """Our model file and ncnn's .param, made beside `onnx` from it and from the .safetensors of the same name."""
    own, parameters = onnx.with_suffix(".model.safetensors"), onnx.with_suffix(".ncnn.param")
    if not own.exists():
        weights = onnx.with_suffix(".safetensors")
        subprocess.run([ocellus, "import", str(weights), "--out", str(own)], check=True, stdout=subprocess.DEVNULL)
    if not parameters.exists():
        subprocess.run(["pnnx", onnx.name, "inputshape=[1,3,300,300]f32", "fp16=0"], cwd=onnx.parent, check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return own, parameters

"""Writes and reads .safetensors files of float tensors. Needs numpy alone (2.4.6 was used): Benchmarks use it too."""
import json
import struct
from pathlib import Path

import numpy


def write_safetensors(path: Path, tensors: dict[str, numpy.ndarray], metadata: dict[str, str]) -> None:
    """float32 tensors in the order given; header padded to 8 bytes, metadata values are text."""
    header: dict[str, object] = {"__metadata__": metadata}
    blobs: list[bytes] = []
    offset = 0
    for name, tensor in tensors.items():
        blob = numpy.ascontiguousarray(tensor, dtype="<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [offset, offset + len(blob)]}
        blobs.append(blob)
        offset += len(blob)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def read_safetensors(path: Path) -> tuple[dict[str, numpy.ndarray], dict[str, str]]:
    """Float tensors by name, each a copy, and the metadata."""
    content = path.read_bytes()
    start = 8 + struct.unpack("<Q", content[:8])[0]
    header = json.loads(content[8:start])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        if entry["dtype"] != "F32":
            raise ValueError(f"{path}: {name} is {entry['dtype']}, expected F32")
        first, last = entry["data_offsets"]
        tensors[name] = numpy.frombuffer(content[start + first:start + last], "<f4").reshape(entry["shape"]).copy()
    return tensors, metadata

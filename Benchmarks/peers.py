"""Times Ocellus beside other engines on the same networks, interleaved in one run on one machine.

Every engine has a process of its own, pinned to the same cores, and only one runs at a time. A round gives each engine
some warm-up runs and some timed ones; the ratio is the median over rounds of an engine's median / the first one's, so
that a noisy minute hits all alike. What is timed: 300x300 input in memory -> raw head rows. Before timing, all outputs
are compared. `--ocellus PATH` adds our own command through `ocellus bench --json`, whose time is of a whole detection: a
640x480 picture resized, the network, decoding and suppression. `--int8 PICTURES` then does the same in int8: the
networks quantised by our command on those pictures and exported as QDQ.
"""
import argparse
import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from pathlib import Path

import numpy

from contestants import Ocellus, Peer
from conversions import prepare
from engines import ENGINES
from own_models import imported, quantized

BUILD = Path(__file__).resolve().parents[1] / ".build-benchmarks"
SHARED = Path(__file__).resolve().parents[2] / "shared"


def machine() -> str:
    """Processor, cores, load before the run, and system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith(("model name", "Hardware", "Model"))]
    load = os.getloadavg()[0]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()} " \
        f"{platform.release()}, load {load:.1f} before the run"


def agreement(peers: list[Peer], tolerance: float) -> str:
    """Largest difference from the first engine's output, relative to that output's largest value."""
    first, parts = peers[0].outputs, []
    for peer in peers[1:]:
        errors = [numpy.abs(b - a).max() / numpy.abs(a).max() for a, b in zip(first, peer.outputs, strict=True)]
        parts.append(f"{peer.name}: {max(errors):.1e}")
        if not max(errors) < tolerance:
            raise SystemExit(f"{peer.name} disagrees with {peers[0].name} by {max(errors):.2e}: nothing to compare")
    return "; ".join(parts)


def measure(entries: list[Peer | Ocellus], rounds: int, warm_up: int, runs: int) -> list[str]:
    """Markdown rows: name, median of medians, least, ratio to the first."""
    results: list[list[tuple[float, float]]] = [[] for _ in entries]
    for turn in range(rounds):
        for index in ((turn + shift) % len(entries) for shift in range(len(entries))):
            time.sleep(0.05)  # lets the last engine's spinning workers go to sleep
            results[index].append(entries[index].round(warm_up, runs))
    rows = []
    for entry, timed in zip(entries, results):
        ratio = statistics.median(mine[0] / first[0] for mine, first in zip(timed, results[0]))
        median, least = statistics.median(mine[0] for mine in timed), min(mine[1] for mine in timed)
        rows.append(f"| {entry.name} | {median:.2f} | {least:.2f} | {ratio:.2f} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--shared", type=Path, default=SHARED, help="for the published face weights; may be missing")
    parser.add_argument("--build", type=Path, default=BUILD, help="where models are written")
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--cpus", type=int, nargs="+", default=sorted(os.sched_getaffinity(0)), help="cores to pin to")
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--warm-up", type=int, default=3)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--ocellus", help="the built command")
    parser.add_argument("--int8", type=Path, metavar="PICTURES", help="also in int8, calibrated on this folder")
    parser.add_argument("--metadata", type=Path, help="JSON object of text for the .safetensors header")
    parser.add_argument("--models-only", action="store_true", help="write the models and stop")
    options = parser.parse_args()

    from networks import build_mobilenet_ssd, build_retinaface  # torch stays out of the engines' processes
    options.build.mkdir(parents=True, exist_ok=True)
    face, ssd = options.build / "retinaface.onnx", options.build / "mobilenet_ssd.onnx"
    weights = options.shared / "models" / "retinaface_mobilenet0.25_300.pth"
    metadata = json.loads(options.metadata.read_text()) if options.metadata else {}
    counts = {
        face: build_retinaface(face, weights if weights.exists() else None),
        ssd: build_mobilenet_ssd(ssd, ssd.with_suffix(".safetensors"), metadata)}
    if options.models_only:
        return

    own: dict[Path, str] = {}
    if options.ocellus:
        own[ssd] = imported(options.ocellus, ssd.with_suffix(".safetensors"))
        if weights.exists():
            copy = options.build / weights.name
            copy.write_bytes(weights.read_bytes())
            own[face] = imported(options.ocellus, copy)
    random = numpy.random.default_rng(3)
    pixels = {  # what each network expects: BGR minus the mean, and (x - 127.5) / 127.5
        face: random.uniform(-110, 130, (1, 3, 300, 300)).astype(numpy.float32),
        ssd: random.uniform(-1, 1, (1, 3, 300, 300)).astype(numpy.float32)}
    print(f"{machine()}. {options.rounds} rounds of {options.runs} runs.")
    for model, count in counts.items():
        compare(options, model, model, own.get(model), count, pixels[model], 1e-3)
        if options.int8 and model in own:
            integers, onnx = quantized(options.ocellus, own[model], options.int8)
            levels = random.integers(0, 256, (1, 3, 300, 300), numpy.uint8)
            # Engines round their integers each in its own way.
            compare(options, onnx, model, integers, count, levels, 0.5)


def compare(
    options: argparse.Namespace, model: Path, source: Path, own: str | None, count: int, pixels: numpy.ndarray,
    tolerance: float
) -> None:
    """Prints one table for each number of threads; `source` is the float form of `model`, or itself."""
    precision = "float" if model == source else "int8"
    prepare(options.engines, model, source, pixels)
    for threads in options.threads:
        cpus = options.cpus[-threads:]
        peers = [Peer(name, model, threads, cpus, pixels) for name in options.engines]
        print(f"\n{model.stem}, {precision}, {count / 1e6:.1f} M multiply-accumulates, {threads} thread(s). "
              f"Largest difference from {peers[0].name}: {agreement(peers, tolerance)}\n")
        entries: list[Peer | Ocellus] = list(peers)
        if own:
            entries.append(Ocellus(options.ocellus, own, precision, threads, cpus))
        rows = measure(entries, options.rounds, options.warm_up, options.runs)
        print("\n".join(["| engine | median ms | least ms | ratio |", "|---|---:|---:|---:|", *rows]), flush=True)
        for entry in entries:
            entry.stop()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    sys.exit(main())

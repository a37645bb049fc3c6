"""Times Ocellus beside other engines on the same networks, interleaved in one run on one machine.

Every engine has a process of its own, pinned to the same cores, and only one runs at a time. A round gives each engine
some warm-up runs and some timed ones; the ratio is the median over rounds of an engine's median / the first one's, so
that a noisy minute hits all alike. What is timed: 300x300 float input in memory -> raw head rows, single precision.
Before timing, all outputs are compared. `--ocellus PATH` adds our own command through `ocellus bench --json`.
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
from engines import ENGINES, convert_for_ncnn

BUILD = Path(__file__).resolve().parents[1] / ".build-benchmarks"
SHARED = Path(__file__).resolve().parents[2] / "shared"


def machine() -> str:
    """Processor, cores, load before the run, and system."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith(("model name", "Hardware", "Model"))]
    load = os.getloadavg()[0]
    return f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()} " \
        f"{platform.release()}, load {load:.1f} before the run"


def agreement(peers: list[Peer]) -> str:
    """Largest difference from the first engine's output, relative to that output's largest value."""
    first, parts = peers[0].outputs, []
    for peer in peers[1:]:
        errors = [numpy.abs(b - a).max() / numpy.abs(a).max() for a, b in zip(first, peer.outputs, strict=True)]
        parts.append(f"{peer.name}: {max(errors):.1e}")
        if not max(errors) < 1e-3:
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
    parser.add_argument("--ocellus-face", default="face", help="model of the face network: a name or a file")
    parser.add_argument("--ocellus-ssd", help="default: the .safetensors written here")
    parser.add_argument("--ocellus-precision", nargs="+", default=["float"])
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
    if "ncnn" in options.engines:
        for model in counts:
            convert_for_ncnn(model)

    own = {face: options.ocellus_face, ssd: options.ocellus_ssd or str(ssd.with_suffix(".safetensors"))}
    pixels = {  # what each network expects: BGR minus the mean, and (x - 127.5) / 127.5
        face: numpy.random.default_rng(3).uniform(-110, 130, (1, 3, 300, 300)).astype(numpy.float32),
        ssd: numpy.random.default_rng(3).uniform(-1, 1, (1, 3, 300, 300)).astype(numpy.float32)}
    print(f"{machine()}. {options.rounds} rounds of {options.runs} runs, single precision, raw head rows.")
    for model, count in counts.items():
        for threads in options.threads:
            cpus = options.cpus[-threads:]
            peers = [Peer(name, model, threads, cpus, pixels[model]) for name in options.engines]
            print(f"\n{model.stem}, {count / 1e6:.1f} M multiply-accumulates, {threads} thread(s), cores {cpus}. "
                  f"Largest difference from {peers[0].name}: {agreement(peers)}\n")
            entries: list[Peer | Ocellus] = list(peers)
            if options.ocellus:
                entries += [
                    Ocellus(options.ocellus, own[model], precision, threads, cpus)
                    for precision in options.ocellus_precision]
            rows = measure(entries, options.rounds, options.warm_up, options.runs)
            print("\n".join(["| engine | median ms | least ms | ratio |", "|---|---:|---:|---:|", *rows]), flush=True)
            for entry in entries:
                entry.stop()


if __name__ == "__main__":
    multiprocessing.set_start_method("spawn")
    sys.exit(main())

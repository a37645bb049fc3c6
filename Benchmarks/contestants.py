"""What peers.py times: another engine in a process of its own, or our own command; `round` gives milliseconds.

It neither compares nor prints. Standard library and numpy 2.4.6 alone; the engines are in engines.py.
"""
import importlib.metadata
import json
import multiprocessing
import os
import statistics
import subprocess
import time
from multiprocessing.connection import Connection
from pathlib import Path

import numpy

from engines import ENGINES, PACKAGES


def serve(engine: str, model: Path, threads: int, cpus: list[int], pixels: numpy.ndarray, pipe: Connection) -> None:
    """The process of one engine: sends its outputs, then a list of milliseconds for each (warm-up, runs) it is sent."""
    os.sched_setaffinity(0, cpus)
    loaded = ENGINES[engine](model, threads, pixels)
    pipe.send([numpy.array(output, copy=True) for output in loaded.run()])
    while (request := pipe.recv()) is not None:
        warm_up, runs = request
        for _ in range(warm_up):
            loaded.run()
        times = []
        for _ in range(runs):
            start = time.perf_counter()
            loaded.run()
            times.append((time.perf_counter() - start) * 1000)
        pipe.send(times)


class Peer:
    """Another engine in its process."""

    def __init__(self, name: str, model: Path, threads: int, cpus: list[int], pixels: numpy.ndarray) -> None:
        self.name = f"{name} {importlib.metadata.version(PACKAGES[name])}"
        self.pipe, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(
            target=serve, args=(name, model, threads, cpus, pixels, theirs), daemon=True)
        self.process.start()
        self.outputs: list[numpy.ndarray] = self.pipe.recv()

    def round(self, warm_up: int, runs: int) -> tuple[float, float]:
        """Median and least milliseconds."""
        self.pipe.send((warm_up, runs))
        times = self.pipe.recv()
        return statistics.median(times), min(times)

    def stop(self) -> None:
        self.pipe.send(None)
        self.process.join()


class Ocellus:
    """Our own command: a process a round, which warms up by itself."""

    def __init__(self, command: str, model: str, precision: str, threads: int, cpus: list[int]) -> None:
        self.name, self.cpus = f"Ocellus {precision}", cpus
        self.arguments = [
            command, "bench", "--model", model, "--precision", precision, "--threads", str(threads), "--json"]

    def round(self, warm_up: int, runs: int) -> tuple[float, float]:
        finished = subprocess.run(
            self.arguments, capture_output=True, text=True, check=True,
            preexec_fn=lambda: os.sched_setaffinity(0, self.cpus))
        report = json.loads(finished.stdout)
        self.name = f"Ocellus {report['precision']} ({report['kernels']})"
        return report["median_ms"], report["min_ms"]

    def stop(self) -> None:
        pass

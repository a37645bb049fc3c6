"""Measures a live detector from outside: frames go into its standard input at a camera's rate, lines come out.

Every contestant is a process that reads YUYV frames and prints a line for each: `ocellus live -`, and the programs of
this folder for OpenCV's FaceDetectorYN (YuNet) and for ncnn's MobileNet-SSD. They take turns, each for some seconds a
round, and get the same frames. Two numbers: the time from the moment the last byte of a frame is in the pipe to the
moment its line is read, and the processor time that the process used for a frame. One thread each. The second hardly
depends on what else the machine does, the first does.
"""
import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy
from PIL import Image

from network import prepare

WIDTH, HEIGHT = 640, 480
HERE = Path(__file__).resolve().parent


def yuyv(path: Path) -> bytes:
    """The middle of a picture at 640x480, as a camera would send it (BT.601, limited range)."""
    picture = Image.open(path).convert("RGB")
    scale = max(WIDTH / picture.width, HEIGHT / picture.height)
    size = max(WIDTH, round(picture.width * scale)), max(HEIGHT, round(picture.height * scale))
    picture = picture.resize(size, Image.Resampling.BICUBIC)
    left, top = (picture.width - WIDTH) // 2, (picture.height - HEIGHT) // 2
    pixels = numpy.asarray(picture.crop((left, top, left + WIDTH, top + HEIGHT)), dtype=float)
    red, green, blue = (pixels[..., index] for index in range(3))
    luma = 16 + (65.481 * red + 128.553 * green + 24.966 * blue) / 255
    u = 128 + (-37.797 * red - 74.203 * green + 112 * blue) / 255
    v = 128 + (112 * red - 93.786 * green - 18.214 * blue) / 255
    frame = numpy.empty((HEIGHT, WIDTH, 2))
    frame[..., 0] = luma
    frame[:, 0::2, 1] = (u[:, 0::2] + u[:, 1::2]) / 2
    frame[:, 1::2, 1] = (v[:, 0::2] + v[:, 1::2]) / 2
    return numpy.clip(numpy.rint(frame), 0, 255).astype(numpy.uint8).tobytes()


def processor_seconds(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run(command: list[str], frames: list[bytes], rate: float, warm_up: int, count: int) -> tuple[list[float], float]:
    """Milliseconds for each of `count` frames that was searched, and milliseconds of processor time for one of them."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    lines: dict[int, float] = {}

    def read() -> None:
        while line := process.stdout.readline():
            moment = time.perf_counter()
            # Ours may skip frames when there is no time; the others search each of them.
            lines[json.loads(line)["frame"] if line.startswith(b"{") else len(lines)] = moment

    reader = threading.Thread(target=read)
    reader.start()
    written, start, used = [], time.perf_counter(), 0.0
    try:
        for index in range(warm_up + count):
            if index == warm_up:
                # The first frames also wait for models to be loaded.
                deadline = time.perf_counter() + 60
                while index - 1 not in lines and time.perf_counter() < deadline:
                    time.sleep(0.01)
                start, used = time.perf_counter() - index / rate, processor_seconds(process.pid)
            time.sleep(max(0.0, start + index / rate - time.perf_counter()))
            process.stdin.write(frames[index % len(frames)])
            process.stdin.flush()
            written.append(time.perf_counter())
        while len(written) - 1 not in lines and process.poll() is None:
            time.sleep(0.005)
        used = processor_seconds(process.pid) - used
        process.stdin.close()
    except (BrokenPipeError, FileNotFoundError):
        raise SystemExit(f"{command[0]} ended early:\n{process.stderr.read().decode()}")
    reader.join()
    process.wait()
    times = [(lines[index] - written[index]) * 1000 for index in range(warm_up, len(written)) if index in lines]
    return times, used * 1000 / len(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--ocellus", required=True, help="the built command")
    parser.add_argument("--model", action="append", default=[], help="a face model of ours; may be repeated")
    parser.add_argument("--yunet", type=Path, help="face_detection_yunet or yunet_n_320_320 (.onnx)")
    parser.add_argument("--ssd", type=Path, help="mobilenet_ssd.onnx as 'Benchmarks/run.sh --models-only' writes it")
    parser.add_argument("--pictures", type=Path, required=True, help="a folder of pictures")
    parser.add_argument("--rate", type=float, default=15)
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=6, help="measured, a round and contestant")
    options = parser.parse_args()
    pictures = sorted(path for path in options.pictures.rglob("*") if path.suffix.lower() in (".jpg", ".png"))[:40]
    if not pictures:
        raise SystemExit(f"{options.pictures}: no pictures")
    frames = [yuyv(path) for path in pictures]

    def ours(model: str, *more: str) -> list[str]:
        return [options.ocellus, "live", "-", "--model", model, "--size", f"{WIDTH}x{HEIGHT}", "--format", "yuyv",
                "--json", *more]

    contestants = [(f"ocellus, {Path(model).stem}", ours(model)) for model in options.model]
    if options.yunet:
        program = [sys.executable, str(HERE / "opencv_yunet.py"), str(options.yunet)]
        contestants += [(f"OpenCV YuNet, {width} wide", [*program, str(width)]) for width in (320, 640)]
    if options.ssd:
        ssd, parameters = prepare(options.ocellus, options.ssd)
        contestants.append(("ocellus, MobileNet-SSD", ours(str(ssd), "--threshold", "0.99")))
        contestants.append(("ncnn MobileNet-SSD, without decoding",
                            [sys.executable, str(HERE / "ncnn_ssd.py"), str(parameters)]))
    results: dict[str, list[tuple[list[float], float]]] = {name: [] for name, _ in contestants}
    name = next((line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines()
                 if line.startswith("model name")), platform.machine())
    print(f"{name}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the run; {len(frames)} frames of "
          f"{WIDTH}x{HEIGHT} YUYV at {options.rate:g} a second, {options.rounds} rounds of {options.seconds:g} s.\n")
    for turn in range(options.rounds):
        for shift in range(len(contestants)):
            name, command = contestants[(turn + shift) % len(contestants)]
            results[name].append(run(command, frames, options.rate, 20, round(options.rate * options.seconds)))
    count = round(options.rate * options.seconds) * options.rounds
    print(f"| | 10 of 100 | median ms | 90 of 100 | skipped | CPU ms a frame | of a core at {options.rate:g} fps |\n"
          "|---|---|---|---|---|---|---|")
    for name, rounds in results.items():
        times = sorted(value for values, _ in rounds for value in values)
        low, high = times[len(times) // 10], times[len(times) * 9 // 10]
        processor = statistics.median(cost for _, cost in rounds)
        print(f"| {name} | {low:.1f} | {statistics.median(times):.1f} | {high:.1f} | {count - len(times)} | "
              f"{processor:.1f} | {processor * options.rate / 10:.1f} % |")


if __name__ == "__main__":
    main()

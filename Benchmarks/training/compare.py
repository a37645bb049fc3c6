"""Training throughput and peak memory of PyTorch and of Ocellus, interleaved in one run on one machine: Markdown tables.

Each measurement is a process of its own, pinned to --cpus; only one runs at a time, and every round measures everyone
once, so that a noisy minute hits all alike. Ratios are medians over rounds of throughput / that of the fastest form of
PyTorch in the same round. Standard library alone; PyTorch runs in pytorch_training.py.

Ours comes in by `--ocellus PATH`: `ocellus bench --training --architecture NAME --batch 8 --threads 2 --json` has to
print one line with `images_per_second`, `peak_rss_mb` and, if it likes, `engine`. `--ours NETWORK=ARGUMENTS` puts other
arguments in the place of those, for example  --ours "retinaface=bench --training --model face.safetensors --json".
"""
import argparse
import json
import os
import platform
import shlex
import statistics
import subprocess
import sys
from pathlib import Path

PYTORCH = Path(__file__).with_name("pytorch_training.py")
ARCHITECTURES = {"retinaface": "retinaface-mobilenet0.25", "mobilenet_ssd": "mobilenet-ssd"}


def machine() -> str:
    """Processor, cores, system, load before the run."""
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    names = [line.split(":")[1].strip() for line in lines if line.startswith(("model name", "Hardware", "Model"))]
    return (f"{names[0] if names else platform.machine()}, {os.cpu_count()} cores, {platform.system()} "
            f"{platform.release()}, load {os.getloadavg()[0]:.1f} before the run")


def measure(arguments: list[str], cpus: list[int]) -> dict:
    """The line of JSON that the process prints last."""
    quiet = os.environ | {"OMP_WAIT_POLICY": "PASSIVE"}
    finished = subprocess.run(
        arguments, capture_output=True, text=True, env=quiet, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
    if finished.returncode != 0:
        raise SystemExit(f"{shlex.join(arguments)}: {finished.stderr.strip()[-2000:]}")
    return json.loads(finished.stdout.strip().splitlines()[-1])


def compare(entries: dict[str, list[str]], rounds: int, cpus: list[int]) -> list[str]:
    """Rows: engine, pictures/s, ratio to the fastest PyTorch of the round, peak memory, its ratio to that form's."""
    results: dict[str, list[dict]] = {name: [] for name in entries}
    names = list(entries)
    for turn in range(rounds):
        for name in names[turn % len(names):] + names[: turn % len(names)]:
            results[name].append(measure(entries[name], cpus))
    theirs = [name for name in names if name.startswith("PyTorch")]
    fastest = [max((results[name][turn] for name in theirs), key=lambda result: result["images_per_second"])
               for turn in range(rounds)]
    rows = []
    for name, measured in results.items():
        speed = statistics.median(result["images_per_second"] for result in measured)
        memory = max(result["peak_rss_mb"] for result in measured)
        ratio = statistics.median(
            result["images_per_second"] / best["images_per_second"] for result, best in zip(measured, fastest))
        share = memory / max(best["peak_rss_mb"] for best in fastest)
        before = measured[0].get("rss_before_mb")
        held = f"{before:.0f}" if before is not None else ""
        rows.append(f"| {measured[0].get('engine', name)} | {speed:.1f} | {ratio:.2f} | {memory:.0f} | {share:.2f} | {held} |")
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--networks", nargs="+", choices=list(ARCHITECTURES), default=list(ARCHITECTURES))
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=6)
    parser.add_argument("--cpus", type=int, nargs="+", default=sorted(os.sched_getaffinity(0)), help="cores to pin to")
    parser.add_argument("--forms", nargs="+", default=["plain", "channels_last", "bf16"], help="of PyTorch")
    parser.add_argument("--frozen-backbone", action="store_true", help="PyTorch alone; tell ours by --ours")
    parser.add_argument("--ocellus", help="the built command")
    parser.add_argument("--ours", action="append", default=[], metavar="NETWORK=ARGUMENTS")
    options = parser.parse_args()
    cpus = options.cpus[-options.threads:]
    own = dict(item.split("=", 1) for item in options.ours)
    print(f"{machine()}. Batch {options.batch}, {options.threads} thread(s), {options.rounds} rounds of {options.steps} "
          f"steps{', backbone frozen' if options.frozen_backbone else ''}.")
    for network in options.networks:
        common = ["--batch", str(options.batch), "--threads", str(options.threads)]
        entries = {
            f"PyTorch {form}": [
                sys.executable, str(PYTORCH), network, "--form", form, "--steps", str(options.steps), *common,
                *(["--frozen-backbone"] if options.frozen_backbone else [])]
            for form in options.forms}
        if options.ocellus:
            default = ["bench", "--training", "--architecture", ARCHITECTURES[network], *common, "--json"]
            entries["Ocellus"] = [
                options.ocellus, *(shlex.split(own[network]) if network in own else default)]
        print(f"\n{network}\n\n| engine | pictures/s | of the fastest PyTorch | peak MB | of its memory | before the first step MB |"
              "\n|---|---:|---:|---:|---:|---:|")
        print("\n".join(compare(entries, options.rounds, cpus)), flush=True)


if __name__ == "__main__":
    sys.exit(main())

#!/bin/sh
# Times `ocellus live` beside OpenCV's and ncnn's detectors on the same frames: makes a virtual environment, then runs
# latency.py with the arguments given, for example
#     Benchmarks/live/run.sh --ocellus .build/release/ocellus --model face.safetensors --pictures photographs
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.build-benchmarks/live-venv"
if [ ! -x "$venv/bin/python" ]; then
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --requirement "$root/Benchmarks/live/requirements.txt"
    # Converts the network for ncnn; it needs torch only for what is not used here.
    "$venv/bin/pip" install --quiet --no-deps pnnx==20261020
fi
PATH="$venv/bin:$PATH" exec "$venv/bin/python" "$root/Benchmarks/live/latency.py" "$@"

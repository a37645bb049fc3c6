#!/bin/sh
# Times training beside PyTorch: makes a virtual environment, then runs compare.py with the arguments given, for example
#   Benchmarks/training/run.sh --ocellus .build/release/ocellus
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
venv="$root/.build-benchmarks/training-venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$root/Benchmarks/training/requirements.txt"
exec "$venv/bin/python" "$root/Benchmarks/training/compare.py" "$@"

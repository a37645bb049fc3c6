#!/bin/sh
# Times Ocellus beside other engines: makes a virtual environment, then runs peers.py with the arguments given,
# for example  Benchmarks/run.sh --ocellus .build/release/ocellus
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
venv="$root/.build-benchmarks/venv"
[ -x "$venv/bin/python" ] || python3 -m venv "$venv"
"$venv/bin/pip" install --quiet --requirement "$root/Benchmarks/requirements.txt"
PATH="$venv/bin:$PATH" exec "$venv/bin/python" "$root/Benchmarks/peers.py" "$@"

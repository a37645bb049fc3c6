#!/bin/sh
# `make demo`: finds the face in a photograph of Grace Hopper and writes the picture with its box into demo/.
# MODEL: a model file; empty: the RetinaFace weights beside the repository are imported. COMMAND: the ocellus command.
set -eu

command=${COMMAND:-.build/release/ocellus}
model=${MODEL:-}
weights=${OCELLUS_SHARED:-../shared}/models/retinaface_mobilenet0.25_300.pth
picture=$(dpkg -L python-matplotlib-data 2> /dev/null | grep '/grace_hopper\.jpg$' | head -n 1 || true)

if [ -z "$picture" ]; then
    echo "demo: no photograph: install the Debian package python-matplotlib-data" >&2
    exit 1
fi
mkdir -p demo
if [ -z "$model" ]; then
    if [ ! -f "$weights" ]; then
        echo "demo: no model: this version has none built in, and there is no $weights to import:" \
            "run make demo MODEL=FILE with a model file, such as ocellus import writes" >&2
        exit 1
    fi
    model=demo/face.safetensors
    "$command" import "$weights" --out "$model"
fi
"$command" detect "$picture" --model "$model" --annotate demo
echo "demo: the picture with its boxes:"
ls demo/*hopper*

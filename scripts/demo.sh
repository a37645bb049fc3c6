#!/bin/sh
# `make demo`: finds the face in a photograph of Grace Hopper and writes the picture with its box into demo/.
# MODEL: a model file instead of the one inside the library. COMMAND: the ocellus command.
set -eu

command=${COMMAND:-.build/release/ocellus}
model=${MODEL:-face}
picture=$(dpkg -L python-matplotlib-data 2> /dev/null | grep '/grace_hopper\.jpg$' | head -n 1 || true)

if [ -z "$picture" ]; then
    echo "demo: no photograph: install the Debian package python-matplotlib-data" >&2
    exit 1
fi
mkdir -p demo
"$command" detect "$picture" --model "$model" --annotate demo
echo "demo: the picture with its boxes:"
ls demo/*hopper*

#!/bin/sh
# Installs the Debian packages that building, testing and the demo need, and only those that are missing.
set -eu

# Building: pictures, linking the library. Tests: consumers and examples; a kernel with test cameras in QEMU; libraries
# that cameras load. Demo: a photograph of a face.
packages="libjpeg-dev libpng-dev libopenblas-dev libexpat1-dev zlib1g-dev libxml2-dev libv4l-dev pkg-config binutils gcc g++ cmake valgrind make python-matplotlib-data \
    libturbojpeg0 libv4lconvert0 qemu-system-x86 busybox-static cpio kmod"

if ! command -v dpkg-query > /dev/null; then
    echo "dependencies: this is no Debian system: make sure that it has the like of: $packages" >&2
    exit 0
fi

missing=""
for package in $packages; do
    # A virtual package counts as installed when something provides it.
    dpkg-query -W -f '${Status}\n' "$package" 2> /dev/null | grep -q '^install ok installed' && continue
    dpkg-query -W -f '${Status} ${Provides}\n' | grep '^install ok installed' \
        | grep -qE "[ ,]$package( |,|\$)" && continue
    missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo > /dev/null; then
        echo "dependencies: missing:$missing: become root and run: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "dependencies: installing$missing"
# Package lists may be absent or old: try without, then with fresh ones.
install="$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing"
$install || { $as_root apt-get update -q && $install; } || {
    echo "dependencies: apt-get could not install$missing: install them by hand, then run make again" >&2
    exit 1
}

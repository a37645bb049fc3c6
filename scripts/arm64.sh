#!/bin/sh
# libocellus for aarch64 Linux, built and tested on a machine of another kind.
#   scripts/arm64.sh        builds build/arm64/libocellus.so.0: Embedded Swift for bare metal, linked with a Linux libc
#   scripts/arm64.sh test   builds it, then runs the kernel tests and detection in qemu as processors without and with
#                           SDOT and I8MM, and compares what is found with the native library (build/lib, `make lib`)
# MODEL: model files to detect with, float or int8; empty: the RetinaFace weights beside the repository are imported
# and quantised. PICTURE: a binary PPM picture; empty: the portrait among the goldens. COMMAND: the ocellus command.
set -eu

layers="OcellusTensor OcellusImage OcellusCamera OcellusNetwork OcellusDetection OcellusQuantization OcellusModels Ocellus OcellusBoundary OcellusC"
modules="CKernels CSystem CCamera CFaceModel"
processors="cortex-a53 cortex-a76 max"
out=build/arm64
action=${1:-build}
root=$(pwd)
command=${COMMAND:-.build/release/ocellus}
weights=${OCELLUS_SHARED:-../shared}/models/retinaface_mobilenet0.25_300.pth
headers=/usr/aarch64-linux-gnu/include
# Swift's own clang, as in the native build: threads.c needs a compiler that knows Swift's calling convention.
clang="${CLANG:-clang} --target=aarch64-linux-gnu"

fail() {
    echo "arm64: $*" >&2
    exit 1
}

# needs PROGRAM-OR-FILE PACKAGE
needs() {
    command -v "$1" > /dev/null || [ -e "$1" ] || missing="$missing $2"
}

check_packages() {
    missing=""
    needs aarch64-linux-gnu-gcc gcc-aarch64-linux-gnu
    needs $headers/stdlib.h libc6-dev-arm64-cross
    [ "$action" = build ] || needs qemu-aarch64-static qemu-user-static
    [ -z "$missing" ] || fail "missing packages: install them with: apt-get install$missing"
}

build_c() {
    for target in $modules; do
        mkdir -p "$out/modules/$target" "$out/$target"
        printf 'module %s {\n    umbrella "%s"\n    export *\n}\n' $target "$root/Sources/$target/include" \
            > "$out/modules/$target/module.modulemap"
        for source in Sources/$target/*.c; do
            $clang -fPIC -O2 -ffp-contract=off -ffunction-sections -ISources/$target/include \
                -c "$source" -o "$out/$target/$(basename "$source" .c).o"
        done
    done
}

build_swift() {
    mkdir -p $out/swift
    maps=""
    for module in $modules; do maps="$maps -Xcc -fmodule-map-file=$out/modules/$module/module.modulemap"; done
    for layer in $layers; do
        swiftc -target aarch64-none-none-elf -enable-experimental-feature Embedded -swift-version 6 -wmo -Osize \
            -parse-as-library -package-name ocellus -module-name "$layer" -module-cache-path $out/cache \
            -I $out/swift -I include -Xcc -isystem -Xcc $headers -Xcc -fPIC -Xfrontend -function-sections $maps \
            -emit-module -emit-module-path "$out/swift/$layer.swiftmodule" \
            -c -o "$out/swift/$layer.o" $(find Sources/"$layer" -name '*.swift' | sort)
    done
}

build_library() {
    rm -rf $out
    build_c
    build_swift
    library=$out/libocellus.so.0
    objects=""
    for module in $modules; do objects="$objects $out/$module/*.o"; done
    echo '{ global: ocellus_*; local: *; };' > $out/exports.map
    aarch64-linux-gnu-gcc -shared -o $library -Wl,-soname,libocellus.so.0 -Wl,--version-script=$out/exports.map \
        -Wl,--gc-sections -Wl,--no-undefined -Wl,-z,relro,-z,now,-z,noexecstack -Wl,-z,text -Wl,--strip-all \
        $out/swift/*.o $objects -Wl,--as-needed -lm
    ln -sf libocellus.so.0 $out/libocellus.so
    echo "$library: $(stat -c %s $library) bytes, needs" \
        $(aarch64-linux-gnu-readelf --dynamic $library | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
}

# emulate PROCESSOR PROGRAM ARGUMENT...
emulate() {
    processor=$1
    shift
    qemu-aarch64-static -cpu "$processor" -L /usr/aarch64-linux-gnu "$@"
}

# The very objects of the library, so that the test is of what will be used.
test_kernels() {
    for name in float int8 resample; do
        aarch64-linux-gnu-gcc -O2 -ffp-contract=off -ISources/CKernels/include \
            Tests/Kernels/${name}_kernels_test.c $out/CKernels/*.o -lm -o $out/${name}_kernels_test
        for processor in $processors; do
            if emulate "$processor" $out/${name}_kernels_test > $out/log; then
                echo "$name kernels on $processor: right: $(paste -s -d ';' $out/log)"
            else
                echo "$name kernels on $processor: WRONG: $(paste -s -d ';' $out/log)"
                failures=$((failures + 1))
            fi
        done
    done
}

# Leaves the picture in $picture and the models in $models.
prepare_detection() {
    [ -e build/lib/libocellus.so ] || fail "no native library to compare with: run make lib"
    for source in examples/detect.c Tests/LibraryTests/Programs/print_detections.c; do
        name=$(basename "$source" .c)
        aarch64-linux-gnu-gcc -O2 -Iinclude "$source" -L$out -locellus -Wl,-rpath,"$root/$out" -o "$out/$name"
        ${CC:-cc} -O2 -Iinclude "$source" -Lbuild/lib -locellus -Wl,-rpath,"$root/build/lib" -o "$out/$name-native"
    done
    picture=${PICTURE:-}
    if [ -z "$picture" ]; then
        picture=$out/portrait.ppm
        ${CC:-cc} -O2 Tests/LibraryTests/Programs/write_ppm.c $(pkg-config --cflags --libs libpng) -o $out/write_ppm
        $out/write_ppm Tests/Goldens/retinaface_input_portrait.png $picture
    fi
    models=${MODEL:-}
    if [ -z "$models" ]; then
        [ -f "$weights" ] || fail "no model, and there is no $weights to import: run with MODEL='FILE ...'"
        [ -x "$command" ] || fail "no $command to import a model with: run make build, or with MODEL='FILE ...'"
        "$command" import "$weights" --out $out/float.safetensors > $out/log || fail "$(cat $out/log)"
        "$command" quantize $out/float.safetensors --data Tests/Goldens --out $out/int8.safetensors > $out/log \
            || fail "$(cat $out/log)"
        models="$out/float.safetensors $out/int8.safetensors"
    fi
}

# close_by EXPECTED FOUND: whether two files have as many lines and words and no number differs by more than 0.01.
close_by() {
    [ "$(wc -lw < "$1")" = "$(wc -lw < "$2")" ] && paste -d ' ' "$1" "$2" | awk '{
        for (i = 1; i <= NF / 2; i++) { d = $i - $(NF / 2 + i); if (d > 0.01 || d < -0.01) bad = 1 } } END { exit bad }'
}

# chosen PROCESSOR: the kernels that the library must choose there; otherwise others than meant would be tested.
chosen() {
    case $1 in
        cortex-a53) echo "NEON" ;;
        cortex-a76) echo "NEON SDOT" ;;
        *) echo "NEON I8MM" ;;
    esac
}

# The example must print the native text. All numbers of an int8 model must be the native ones in every digit; those of
# a float model may differ by a hundredth of a pixel, because a sum of floats depends on the order that a kernel takes.
test_detection() {
    for model in $models; do
        $out/detect-native "$model" "$picture" > $out/expected
        $out/print_detections-native "$model" "$picture" > $out/expected-digits 2> $out/kernels
        count=$(wc -l < $out/expected-digits)
        echo "$model, native ($(cat $out/kernels)): $count objects; the example: $(paste -s -d ';' $out/expected)"
        [ "$count" -ge 5 ] || fail "$model finds $count objects in $picture: too few to compare; take another picture"
        for processor in $processors; do
            emulate "$processor" $out/detect "$model" "$picture" > $out/found || true
            emulate "$processor" $out/print_detections "$model" "$picture" > $out/digits 2> $out/kernels || true
            if ! grep -q ", $(chosen "$processor")\$" $out/kernels; then
                verdict="WRONG: expected the kernels $(chosen "$processor")"
            elif ! cmp -s $out/expected $out/found; then
                verdict="WRONG: the example prints: $(paste -s -d ';' $out/found)"
            elif cmp -s $out/expected-digits $out/digits; then
                verdict="the same in all digits"
            elif grep -q '^float' $out/kernels && close_by $out/expected-digits $out/digits; then
                verdict="the same but for rounding"
            else
                verdict="WRONG: other numbers, or another number of objects"
            fi
            echo "$model on $processor ($(head -n 1 $out/kernels)): $verdict"
            case $verdict in WRONG*) failures=$((failures + 1)) ;; esac
        done
    done
}

case $action in
    build | test) ;;
    *) fail "usage: scripts/arm64.sh [test], in the root of the repository" ;;
esac
[ -f include/ocellus.h ] || fail "run this in the root of the repository"
check_packages
build_library
if [ "$action" = test ]; then
    failures=0
    test_kernels
    prepare_detection
    test_detection
    [ $failures = 0 ] || fail "$failures of the runs above are wrong"
    echo "arm64: all the same"
fi

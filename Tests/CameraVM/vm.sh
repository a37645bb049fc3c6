#!/bin/bash
# A Linux kernel with camera drivers that need no camera (vivid, v4l2loopback), in QEMU. No root, no disk image.
#   vm.sh kernel           fetches the kernel and builds v4l2loopback, once, into $VM_KERNEL
#   vm.sh run FOLDER       boots it and runs FOLDER/start.sh in it as root, with busybox's tools in PATH. FOLDER is
#                          mounted at /exchange in the guest, for reading and writing. What start.sh prints comes out at the
#                          end; its exit status is this script's, 124 after more than VM_LIMIT seconds (500).
# Debian packages: qemu-system-x86 busybox-static cpio kmod; for `kernel` gcc and make, too.
set -euo pipefail
export PATH=$PATH:/usr/sbin:/sbin
VM_KERNEL=${VM_KERNEL:-build/camera-vm}

fail() {
    echo "camera-vm: $*" >&2
    exit 125
}

# The newest kernel of the Debian release, its headers for one module more, and that module.
fetch_kernel() {
    [ -e "$VM_KERNEL/vmlinuz" ] && return
    mkdir -p "$(dirname "$VM_KERNEL")"
    local folder image release headers
    folder=$(realpath -m "$VM_KERNEL").new
    rm -rf "$folder"
    mkdir -p "$folder/files"
    image=$(kernel_package)
    if [ -z "$image" ]; then
        [ "$(id -u)" = 0 ] && apt-get update -q >&2 && image=$(kernel_package)
        [ -n "$image" ] || fail "apt knows no linux-image-amd64: run apt-get update"
    fi
    release=${image#linux-image-}
    headers=$(apt-cache depends "linux-headers-$release" \
        | awk '/Depends: linux-(headers-.*-common|kbuild)/ { print $2 }')
    # shellcheck disable=SC2086 # the headers are several packages
    download "$folder/files" "$image" "linux-headers-$release" $headers v4l2loopback-dkms \
        || fail "cannot download the kernel: run apt-get update, and see that there is a network"
    for package in "$folder"/files/*.deb; do dpkg-deb -x "$package" "$folder/files"; done
    build_loopback "$folder/files" "$release" >&2
    mkdir "$folder/modules"
    mv "$folder/files/boot/vmlinuz-$release" "$folder/vmlinuz"
    keep_modules "$folder/files" "$release" "$folder/modules"
    rm -rf "$folder/files"
    mv "$folder" "$VM_KERNEL"
}

# keep_modules FILES RELEASE TARGET: those that are needed, and in `list` the order in which to load them.
keep_modules() {
    local module
    depmod -b "$1" "$2"
    for module in virtio_pci 9p 9pnet_virtio vivid v4l2loopback; do
        modprobe --dirname "$1" --set-version "$2" --show-depends "$module" || fail "the kernel has no module $module"
    done | awk '$1 == "insmod" && !seen[$2]++ { print $2 }' | while read -r module; do
        cp "$module" "$3/"
        basename "$module" >> "$3/list"
    done
}

kernel_package() { apt-cache depends linux-image-amd64 2> /dev/null | awk '/Depends: linux-image-/ { print $2; exit }'; }

# download FOLDER PACKAGE...: lists of packages may be old: as root, once more with fresh ones.
download() {
    local folder=$1
    shift
    (cd "$folder" && apt-get download -q "$@" >&2) && return
    [ "$(id -u)" = 0 ] && apt-get update -q >&2 && (cd "$folder" && apt-get download -q "$@" >&2)
}

# build_loopback FILES RELEASE: the headers expect to lie in /usr/src.
build_loopback() {
    local files=$1 release=$2 source
    source=$(echo "$files"/usr/src/v4l2loopback-*)
    sed -i "s|/usr/src/|$files/usr/src/|g" "$files/usr/src/linux-headers-$release/Makefile"
    make -s -C "$files/usr/src/linux-headers-$release" M="$source" modules
    install -D -m 644 "$source/v4l2loopback.ko" "$files/lib/modules/$release/extra/v4l2loopback.ko"
    strip --strip-debug "$files/lib/modules/$release/extra/v4l2loopback.ko"
}

# The first file system: busybox, the modules, and a first process that starts start.sh.
pack() {
    local root=$1
    mkdir -p "$root"/{bin,dev,proc,sys,tmp,exchange}
    cp "$(command -v busybox)" "$root/bin/busybox"
    cp -r "$VM_KERNEL/modules" "$root/modules"
    cat > "$root/init" <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
export PATH=/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mkdir -p /dev/shm
mount -t tmpfs tmpfs /dev/shm
# start.sh loads the camera drivers itself, with the options that it needs.
while read -r module; do
    case $module in vivid.ko | v4l2loopback.ko) ;; *) insmod /modules/$module ;; esac
done < /modules/list
mount -t 9p -o trans=virtio,version=9p2000.L,msize=262144 exchange /exchange
cd /exchange
sh ./start.sh < /dev/null > /exchange/.output 2>&1
echo $? > /exchange/.status
sync
poweroff -f
INIT
    chmod +x "$root/init"
    (cd "$root" && find . | cpio --quiet -o -H newc) > "$root.cpio"
}

run() {
    local folder work accelerator=tcg processor=max code=0
    folder=$(realpath "$1")
    [ -f "$folder/start.sh" ] || fail "there is no $folder/start.sh"
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    pack "$work/root"
    rm -f "$folder/.status" "$folder/.output"
    # A /dev/kvm on a machine without vmx or svm does not boot this kernel.
    if [ -w /dev/kvm ] && grep -qwE 'vmx|svm' /proc/cpuinfo; then accelerator=kvm processor=host; fi
    timeout --foreground "${VM_LIMIT:-500}" qemu-system-x86_64 -accel "$accelerator" -cpu "$processor" -smp 2 -m 768 \
        -nodefaults -no-user-config -display none -no-reboot -kernel "$VM_KERNEL/vmlinuz" -initrd "$work/root.cpio" \
        -append 'console=ttyS0 quiet panic=-1 rdinit=/init' -serial "file:$work/console" \
        -virtfs "local,path=$folder,mount_tag=exchange,security_model=none" < /dev/null || code=$?
    cat "$folder/.output" || true
    if [ ! -s "$folder/.status" ]; then
        tail -n 40 "$work/console" >&2
        [ "$code" = 124 ] && fail_with 124 "no end after ${VM_LIMIT:-500} s"
        fail "the guest ended without a result"
    fi
    exit "$(cat "$folder/.status")"
}

fail_with() {
    echo "camera-vm: $2" >&2
    exit "$1"
}

for program in qemu-system-x86_64 busybox cpio modprobe; do
    command -v $program > /dev/null || fail "there is no $program: apt-get install qemu-system-x86 busybox-static cpio kmod"
done
case ${1:-} in
    kernel) fetch_kernel ;;
    run)
        fetch_kernel
        run "${2:?a folder}"
        ;;
    *) fail "usage: vm.sh kernel | vm.sh run FOLDER" ;;
esac

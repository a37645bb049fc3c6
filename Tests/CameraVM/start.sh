# Runs in the guest, in the shared folder: programs are in bin, libraries in lib, pictures for the loopback device in
# pictures; what is captured goes to out. Each section prints what the tests read.
libraries=$(pwd)/lib
run() { "$libraries/ld.so" --library-path "$libraries" "bin/$@"; }
say() { echo "# $* ($(cut -d ' ' -f 1 /proc/uptime) s)"; }
mkdir -p out

# Camera 0 has an output and a metadata node beside it; camera 5 speaks the multi-planar interface alone.
insmod /modules/vivid.ko n_devs=2 node_types=0x20101,0x1 multiplanar=1,2 num_inputs=1,1 input_types=0,0 \
    num_outputs=1,1 output_types=1,1 vid_cap_nr=0,5 vid_out_nr=1,-1 meta_cap_nr=2,-1
insmod /modules/v4l2loopback.ko video_nr=10 exclusive_caps=0
until [ -e /dev/video10 ] && [ -e /dev/video5 ]; do usleep 10000; done

say formats
for device in 0 5; do
    run control /dev/video$device "OSD Text Mode" 2
done
for format in RGB3 BGR3 AR24 XR24 BGR4 AB24 XB24 GREY YUYV YVYU UYVY VYUY NV12 NV21 NV16 YU12 YV12 RGBP; do
    run capture /dev/video0 320 180 $format 2 out/$format
done
for format in NV12 YUYV; do run capture /dev/video5 320 180 $format 2 out/multiplanar-$format; done

say opening
run opening /dev/video0 /dev/video1 /dev/video2

say loopback
for format in YUYV MJPG; do
    size=$(cat pictures/$format.size)
    run feed /dev/video10 $size $format 50 pictures/*.$format &
    feeder=$!
    usleep 500000
    run capture /dev/video10 $size $format 8 out/loopback-$format
    kill $feeder
    wait $feeder 2> /dev/null
done

say faults
for fault in flagged qbuf dropped; do run faults $fault /dev/video0; done
run control /dev/video0 "Percentage of Dropped Buffers" 0
for fault in fatal-error disconnect reqbufs-on-return streamon-on-return unbind; do run faults $fault /dev/video0; done

# A writer that dies without a word and another one that comes after it.
size=$(cat pictures/YUYV.size)
feed() { run feed /dev/video10 $size YUYV 50 pictures/*.YUYV & echo $! > /tmp/feeder; }
feed
usleep 500000
cat > writer-dies.sh <<'EOF'
kill $(cat /tmp/feeder)
sleep 3
libraries=$(pwd)/lib
"$libraries/ld.so" --library-path "$libraries" bin/feed /dev/video10 $(cat pictures/YUYV.size) YUYV 50 pictures/*.YUYV &
echo $! > /tmp/feeder
EOF
run faults writer-dies /dev/video10
kill $(cat /tmp/feeder)

# Whole frames and frames cut short, in turn.
mkdir -p cut
for format in YUYV MJPG; do
    first=$(ls pictures/*.$format | head -n 1)
    head -c $(($(stat -c %s "$first") / 2)) "$first" > cut/half.$format
    run feed /dev/video10 $(cat pictures/$format.size) $format 50 "$first" cut/half.$format &
    feeder=$!
    usleep 500000
    echo : > cut-$format.sh
    run faults cut-$format /dev/video10
    kill $feeder
    wait $feeder 2> /dev/null
done

# The driver goes and comes back with another number for the same camera.
cat > another-number.sh <<'EOF'
echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind
sleep 1
rmmod vivid
insmod /modules/vivid.ko n_devs=1 node_types=0x1 num_inputs=1 input_types=0 vid_cap_nr=7
EOF
run faults another-number /dev/video0
say end

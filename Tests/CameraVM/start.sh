# Runs in the guest, in the shared folder: programs are in bin, libraries in lib, pictures for the loopback device in
# pictures; what is captured goes to out. Each section prints what the tests read.
cp -r bin lib pictures /tmp/ # into memory: the shared folder is slow
run() { /tmp/lib/ld.so --library-path /tmp/lib "/tmp/bin/$@"; }
say() { echo "# $* ($(cut -d ' ' -f 1 /proc/uptime) s)"; }

# feed FORMAT FILE...: in the background, until stop_feeding; returns when the first frame was written.
feed() {
    format=$1
    shift
    rm -f /tmp/feeding
    /tmp/lib/ld.so --library-path /tmp/lib /tmp/bin/feed /dev/video10 $(cat pictures/$format.size) $format 50 "$@" &
    echo $! > /tmp/feeder
    until [ -e /tmp/feeding ]; do usleep 10000; done
}
stop_feeding() { kill $(cat /tmp/feeder); }
mkdir -p out

# Camera 0 has an output and a metadata node beside it; camera 5 speaks the multi-planar interface alone.
insmod /modules/vivid.ko n_devs=2 node_types=0x20101,0x1 multiplanar=1,2 num_inputs=1,1 input_types=0,0 \
    num_outputs=1,1 output_types=1,1 vid_cap_nr=0,5 vid_out_nr=1,-1 meta_cap_nr=2,-1
insmod /modules/v4l2loopback.ko video_nr=10 exclusive_caps=0
until [ -e /dev/video10 ] && [ -e /dev/video5 ]; do usleep 10000; done

say formats
for device in 0 5; do run control /dev/video$device "OSD Text Mode" 2; done
run capture /dev/video0 320 180 2 out/ \
    RGB3 BGR3 AR24 XR24 BGR4 AB24 XB24 GREY YUYV YVYU UYVY VYUY NV12 NV21 NV16 YU12 YV12 RGBP
run capture /dev/video5 320 180 2 out/multiplanar- NV12 YUYV

say opening
run opening /dev/video0 /dev/video1 /dev/video2

say loopback
for format in YUYV MJPG; do
    feed $format /tmp/pictures/?.$format
    run capture /dev/video10 $(cat pictures/$format.size) 8 out/loopback- $format
    stop_feeding
done

say faults
for fault in flagged qbuf dropped; do run faults $fault /dev/video0 3; done
run control /dev/video0 "Percentage of Dropped Buffers" 0
for fault in fatal-error disconnect reqbufs-on-return streamon-on-return unbind; do run faults $fault /dev/video0 10; done

# A writer that dies without a word, and another one that comes after it.
{
    sed -n '/^feed() {/,/^}/p' start.sh
    echo 'kill $(cat /tmp/feeder)'
    echo 'sleep 4'
    echo 'feed YUYV /tmp/pictures/?.YUYV'
} > /tmp/writer-dies.sh
feed YUYV /tmp/pictures/?.YUYV
run faults writer-dies /dev/video10 10
stop_feeding

# Whole frames and frames cut short, in turn.
echo : > /tmp/cut-YUYV.sh
echo : > /tmp/cut-MJPG.sh
for format in YUYV MJPG; do
    head -c $(($(stat -c %s pictures/0.$format) / 2)) pictures/0.$format > /tmp/half.$format
    feed $format /tmp/pictures/0.$format /tmp/half.$format
    run faults cut-$format /dev/video10 2
    stop_feeding
done

# The driver goes and comes back with another number for the same camera.
cat > /tmp/another-number.sh << 'EOF'
echo vivid.0 > /sys/bus/platform/drivers/vivid/unbind
sleep 1
rmmod vivid
insmod /modules/vivid.ko n_devs=1 node_types=0x1 num_inputs=1 input_types=0 vid_cap_nr=7
EOF
run faults another-number /dev/video0 10
say end

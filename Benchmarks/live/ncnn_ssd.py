"""A contestant of latency.py: MobileNet-SSD 300 in ncnn on YUYV frames from standard input, a line for each.

The network only, up to its head rows: decoding and suppression are left out, in ncnn's favour.

    python ncnn_ssd.py mobilenet_ssd.ncnn.param        (ncnn, opencv-python-headless; see requirements.txt)
"""
import sys

import cv2
import ncnn
import numpy

WIDTH, HEIGHT = 640, 480

cv2.setNumThreads(1)
network = ncnn.Net()
network.opt.num_threads = 1
network.load_param(sys.argv[1])
network.load_model(sys.argv[1].replace(".param", ".bin"))
names = network.output_names()
while len(bytes_of_frame := sys.stdin.buffer.read(WIDTH * HEIGHT * 2)) == WIDTH * HEIGHT * 2:
    frame = numpy.frombuffer(bytes_of_frame, numpy.uint8).reshape(HEIGHT, WIDTH, 2)
    picture = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_YUY2)
    pixels = ncnn.Mat.from_pixels_resize(picture, ncnn.Mat.PixelType.PIXEL_BGR, WIDTH, HEIGHT, 300, 300)
    pixels.substract_mean_normalize([127.5] * 3, [1 / 127.5] * 3)
    extractor = network.create_extractor()
    extractor.input("in0", pixels)
    print([float(numpy.array(extractor.extract(name)[1])[0, 0]) for name in names], flush=True)

"""A contestant of latency.py: OpenCV's FaceDetectorYN on YUYV frames from standard input, a line for each.

What a program around cv2.VideoCapture does with each frame: YUYV to BGR as its V4L2 backend does, resize, detect.

    python opencv_yunet.py yunet_n_320_320.onnx WIDTH        (opencv-python-headless; see requirements.txt)
"""
import sys

import cv2
import numpy

WIDTH, HEIGHT = 640, 480

cv2.setNumThreads(1)
width = int(sys.argv[2])
size = width, HEIGHT * width // WIDTH
detector = cv2.FaceDetectorYN.create(sys.argv[1], "", size, 0.6, 0.3, 200)
while len(bytes_of_frame := sys.stdin.buffer.read(WIDTH * HEIGHT * 2)) == WIDTH * HEIGHT * 2:
    frame = numpy.frombuffer(bytes_of_frame, numpy.uint8).reshape(HEIGHT, WIDTH, 2)
    picture = cv2.cvtColor(frame, cv2.COLOR_YUV2BGR_YUY2)
    if width != WIDTH:
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    _, faces = detector.detect(picture)
    print([] if faces is None else (faces * (WIDTH / width)).round(1).tolist(), flush=True)

"""Resized and converted pictures by OpenCV, for OcellusImageTests.

Usage: python image_goldens.py > ../OcellusImageTests/Fixtures/image_goldens.txt
OpenCV rounds to 8 bits and interpolates with 11-bit weights: compare within about one level.
Format: a comment line with versions, then for each golden a line `name width height` and a line of numbers.
"""

import cv2
import numpy as np


def picture(width, height):
    """The tests make the same one: `TestPicture`."""
    y, x, c = np.mgrid[0:height, 0:width, 0:3]
    return ((x * 7 + y * 13 + c * 29 + (x * y) % 31 * 3) & 255).astype(np.uint8)


def plane(width, height):
    y, x = np.mgrid[0:height, 0:width]
    # 16 and more: below nominal black OpenCV clips luma before it adds colour, BT.601 does not.
    return (16 + (x * 37 + y * 91 + (x * y) % 17 * 5) % 240).astype(np.uint8)


def put(name, pixels):
    print(name, pixels.shape[1], pixels.shape[0])
    print(*pixels.reshape(-1))


print(f"# image_goldens.py: OpenCV {cv2.__version__}, numpy {np.__version__}")
source = picture(50, 37)
for width, height in [(50, 37), (40, 30), (61, 53), (25, 19), (127, 20)]:
    put("linear", cv2.resize(source, (width, height), interpolation=cv2.INTER_LINEAR))
for width, height in [(13, 9), (20, 15), (7, 18), (1, 1)]:
    put("area", cv2.resize(source, (width, height), interpolation=cv2.INTER_AREA))
# 64 bytes a row of a formula, read as YUYV and as NV12.
put("yuyv", cv2.cvtColor(plane(64, 32).reshape(32, 32, 2), cv2.COLOR_YUV2RGB_YUY2))
put("nv12", cv2.cvtColor(plane(64, 48), cv2.COLOR_YUV2RGB_NV12))

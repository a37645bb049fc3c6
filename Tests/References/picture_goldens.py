"""Small picture files of every kind and their pixels as Pillow decodes them, for OcellusFilesTests.

Usage: python picture_goldens.py ../OcellusFilesTests/Fixtures
Writes NAME.jpg/.png/.ppm/.pgm and beside each NAME.EXT.txt: a comment with versions, width, height, then RGB numbers.
"""

import io
import sys
from pathlib import Path

import numpy as np
import PIL
from PIL import Image, ImageOps, features

folder = Path(sys.argv[1])
width, height = 32, 24
y, x = np.mgrid[0:height, 0:width]
rgb = np.stack([x * 8, y * 10, 255 - x * 4 - y * 4], axis=-1).clip(0, 255).astype(np.uint8)
grey = (x * 5 + y * 4).astype(np.uint8)
alpha = ((x * 16 + y * 3) & 255).astype(np.uint8)
versions = f"# picture_goldens.py: Pillow {PIL.__version__}, libjpeg-turbo {features.version_feature('libjpeg_turbo')}"


def over_white(image):
    """As the definition says, in whole numbers, rounded."""
    pixels = np.asarray(image.convert("RGBA")).astype(int)
    colour, a = pixels[..., :3], pixels[..., 3:]
    return ((colour * a + 255 * (255 - a) + 127) // 255).astype(np.uint8)


def put(name, pixels):
    lines = [versions, f"{pixels.shape[1]} {pixels.shape[0]}"]
    lines += [" ".join(str(v) for v in row.reshape(-1)) for row in pixels]
    (folder / f"{name}.txt").write_text("\n".join(lines) + "\n")


def save(name, image, expected=None, **options):
    image.save(folder / name, **options)
    if expected is None:
        expected = over_white(Image.open(folder / name))
    put(name, expected)


picture = Image.fromarray(rgb)
save("colour.jpg", picture, quality=95)
save("progressive.jpg", picture, quality=90, progressive=True)
save("grey.jpg", Image.fromarray(grey), quality=95)
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[0x0112] = orientation
    name = f"orientation{orientation}.jpg"
    picture.save(folder / name, quality=95, subsampling=0, exif=exif)
    put(name, np.asarray(ImageOps.exif_transpose(Image.open(folder / name))))
# Pillow inverts Adobe CMYK on reading; to RGB by the plain rule (255 - c) * (255 - k) / 255.
cmyk = Image.fromarray(np.stack([x * 8, y * 10, 255 - x * 8, (x + y) * 2], axis=-1).astype(np.uint8), mode="CMYK")
cmyk.save(folder / "cmyk.jpg", quality=95)
decoded = 255 - np.asarray(Image.open(folder / "cmyk.jpg")).astype(int)
put("cmyk.jpg", ((decoded[..., :3] * decoded[..., 3:] + 127) // 255).astype(np.uint8))

save("colour.png", picture)
save("grey.png", Image.fromarray(grey))
save("palette.png", picture.quantize(16))
palette = picture.quantize(16)
palette.info["transparency"] = 3
save("palette-transparent.png", palette, transparency=3)
save("bits1.png", Image.fromarray(grey > 100))
save("alpha.png", Image.fromarray(np.dstack([rgb, alpha])))
save("grey-alpha.png", Image.fromarray(np.dstack([grey, alpha]), mode="LA"))
wide = (grey.astype(np.uint16) * 257 + (x * 7).astype(np.uint16) % 100).clip(0, 65535).astype(np.uint16)
save("grey16.png", Image.fromarray(wide), np.repeat(((wide.astype(int) * 255 + 32767) // 65535)[..., None], 3, 2))

save("colour.ppm", picture)
save("grey.pgm", Image.fromarray(grey))
header = f"P6\n# sixteen bits\n{width} {height}\n65535\n".encode()
deep = rgb.astype(np.uint16) * 257 + 60
deep = np.minimum(deep.astype(int), 65535)
(folder / "deep.ppm").write_bytes(header + deep.astype(">u2").tobytes())
put("deep.ppm", ((deep * 255 + 32767) // 65535).astype(np.uint8))


def interlaced(pixels):
    """Adam7, written by hand: Pillow does not write it."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for row in pixels[y0::dy, x0::dx]:
            rows += b"\0" + row.tobytes()
    head = struct.pack(">IIBBBBB", pixels.shape[1], pixels.shape[0], 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


(folder / "interlaced.png").write_bytes(interlaced(rgb))
put("interlaced.png", np.asarray(Image.open(io.BytesIO(interlaced(rgb)))))

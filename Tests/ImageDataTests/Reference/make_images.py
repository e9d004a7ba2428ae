"""Makes the small images beside this script, and images.json with the luminance of each.

PNG files are written chunk by chunk, so that libpng is not checked against itself.
Needs NumPy and, for the JPEG and WebP files, Pillow.
"""

import json
import struct
import zlib
from pathlib import Path

import numpy as np
from PIL import Image

FOLDER = Path(__file__).parent
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
HEIGHT, WIDTH = 5, 7


def chunk(kind, data):
    return (struct.pack(">I", len(data)) + kind + data
            + struct.pack(">I", zlib.crc32(kind + data)))


def write_png(name, samples, bits, colour_type, palette=None, tag=b""):
    """`samples`: [height, width * channels] integers of `bits` bits."""
    height, width = HEIGHT, WIDTH
    rows = []
    for row in samples:
        if bits == 16:
            data = row.astype(">u2").tobytes()
        elif bits == 8:
            data = row.astype(np.uint8).tobytes()
        else:
            digits = "".join(format(int(v), f"0{bits}b") for v in row)
            digits += "0" * (-len(digits) % 8)
            data = bytes(int(digits[i:i + 8], 2) for i in range(0, len(digits), 8))
        rows.append(b"\0" + data)
    png = b"\x89PNG\r\n\x1a\n"
    png += chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, bits, colour_type, 0, 0, 0))
    png += tag
    if palette is not None:
        png += chunk(b"PLTE", palette.astype(np.uint8).tobytes())
    png += chunk(b"IDAT", zlib.compress(b"".join(rows), 9)) + chunk(b"IEND", b"")
    (FOLDER / name).write_bytes(png)


def to_light(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(colours):
    """`colours`: [height, width, 1 or 3] sRGB values in 0…1; both readings of them."""
    def weigh(values):
        return values[..., 0] if values.shape[-1] == 1 else values @ WEIGHTS
    return {"gamma": np.ravel(weigh(colours)).round(5).tolist(),
            "linear": np.ravel(weigh(to_light(colours))).round(5).tolist()}


rng = np.random.default_rng(1)
expected = {}


def random(top, *shape):
    return rng.integers(0, top + 1, size=(HEIGHT, WIDTH, *shape))


grey = random(255, 1)
write_png("grey8.png", grey.reshape(HEIGHT, -1), 8, 0)
expected["grey8.png"] = luminance(grey / 255)

grey = random(1, 1)
write_png("grey1.png", grey.reshape(HEIGHT, -1), 1, 0)
expected["grey1.png"] = luminance(grey / 1)

grey = random(65535, 1)
write_png("grey16.png", grey.reshape(HEIGHT, -1), 16, 0)
expected["grey16.png"] = luminance(grey / 65535)

colour = random(255, 3)
write_png("colour8.png", colour.reshape(HEIGHT, -1), 8, 2)
expected["colour8.png"] = luminance(colour / 255)

colour = random(65535, 3)
write_png("colour16.png", colour.reshape(HEIGHT, -1), 16, 2)
expected["colour16.png"] = luminance(colour / 65535)

palette = rng.integers(0, 256, size=(16, 3))
index = random(15, 1)
write_png("palette4.png", index.reshape(HEIGHT, -1), 4, 3, palette)
expected["palette4.png"] = luminance(palette[index[..., 0]] / 255)

# On black: value × alpha.
colour = random(255, 4)
write_png("alpha8.png", colour.reshape(HEIGHT, -1), 8, 6)
expected["alpha8.png"] = luminance(np.round(colour[..., :3] * colour[..., 3:] / 255) / 255)

# A gamma tag, which is passed over.
grey = random(65535, 1)
write_png("tagged16.png", grey.reshape(HEIGHT, -1), 16, 0,
          tag=chunk(b"gAMA", struct.pack(">I", 100000)))
expected["tagged16.png"] = luminance(grey / 65535)

# Smooth pictures, which JPEG keeps; the decoded values are Pillow's.
y, x = np.mgrid[0:12, 0:10] / 10
smooth = np.stack([255 * (0.5 + 0.4 * np.sin(3 * x + y)), 255 * x, 100 + 90 * y], -1)
photograph = Image.fromarray(smooth.clip(0, 255).astype(np.uint8))
for name, image, options in [
    ("colour.jpg", photograph, {}),
    ("progressive.jpg", photograph, {"progressive": True}),
    ("grey.jpg", photograph.convert("L"), {}),
    ("inks.jpg", photograph.convert("CMYK"), {}),
]:
    image.save(FOLDER / name, quality=85, optimize=True, subsampling=0, **options)
    if name != "inks.jpg":
        decoded = np.asarray(Image.open(FOLDER / name), dtype=float)
        expected[name] = luminance(decoded.reshape(12, 10, -1) / 255)

# On black, as PNG.
opaque = Image.fromarray(random(255, 3).astype(np.uint8))
transparent = random(255, 4)
for name, image, values in [
    ("colour.webp", opaque, np.asarray(opaque)),
    ("alpha.webp", Image.fromarray(transparent.astype(np.uint8), "RGBA"),
     np.round(transparent[..., :3] * transparent[..., 3:] / 255)),
]:
    image.save(FOLDER / name, lossless=True, exact=True)
    expected[name] = luminance(values / 255)

(FOLDER / "images.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")

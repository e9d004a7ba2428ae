"""Makes photographs.json: TIFF files of many kinds and turned images (base64), and their pixels.

Needs Pillow (turned images, compressed TIFF) and tifffile (all other TIFF).
"""

import base64
import io
import json
from pathlib import Path

import numpy as np
import tifffile
from PIL import Image, ImageOps

FOLDER = Path(__file__).parent
WEIGHTS = np.array([0.2126, 0.7152, 0.0722])
HEIGHT, WIDTH = 19, 21
rng = np.random.default_rng(4)


def to_light(value):
    return np.where(value <= 0.04045, value / 12.92, ((value + 0.055) / 1.055) ** 2.4)


def luminance(values):
    return values @ WEIGHTS if values.ndim == 3 else values


def entry(data, pages, is_encoded=True):
    """`pages`: each [height, width] or [height, width, 3], on 0…1 if encoded for the eye."""
    return {
        "file": base64.b64encode(data).decode(),
        "sizes": [list(page.shape[:2]) for page in pages],
        "gamma": [np.ravel(luminance(page)).round(5).tolist() for page in pages],
        "linear": [np.ravel(luminance(to_light(page) if is_encoded else page)).round(5).tolist()
                   for page in pages],
    }


def tiff(array, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, array, **options)
    return file.getvalue()


def pillow(image, kind, **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def integers(dtype, *shape):
    return rng.integers(0, np.iinfo(dtype).max, size=shape, dtype=dtype, endpoint=True)


cases = {}
for dtype in ["u1", "u2", "u4"]:
    top = np.iinfo(dtype).max
    grey = integers(dtype, HEIGHT, WIDTH)
    colour = integers(dtype, HEIGHT, WIDTH, 3)
    for order in "<>":
        cases[f"grey {order}{dtype}"] = entry(tiff(grey, byteorder=order), [grey / top])
    cases[f"colour {dtype}"] = entry(tiff(colour, photometric="rgb"), [colour / top])
    planes = np.ascontiguousarray(colour.transpose(2, 0, 1))
    cases[f"planes {dtype}"] = entry(
        tiff(planes, photometric="rgb", planarconfig="separate"), [colour / top])
    cases[f"tiles {dtype}"] = entry(tiff(grey, tile=(16, 16)), [grey / top])
    cases[f"inverted {dtype}"] = entry(tiff(grey, photometric="miniswhite"), [1 - grey / top])

grey = rng.normal(size=(HEIGHT, WIDTH))
for dtype in ["f2", "f4", "f8"]:
    stored = grey.astype(dtype)
    cases[f"grey {dtype}"] = entry(tiff(stored), [stored.astype(float)], is_encoded=False)
cases["predicted f4"] = entry(
    tiff(grey.astype("f4"), rowsperstrip=4), [grey.astype("f4").astype(float)], is_encoded=False)

stack = integers("u1", 5, HEIGHT, WIDTH)
cases["stack"] = entry(tiff(stack, photometric="minisblack"), list(stack / 255))

image = Image.fromarray(integers("u1", HEIGHT, WIDTH, 3))
for compression in ["tiff_lzw", "tiff_adobe_deflate", "packbits"]:
    cases[compression] = entry(
        pillow(image, "TIFF", compression=compression), [np.asarray(image) / 255])
palette = image.quantize(16)
cases["palette"] = entry(pillow(palette, "TIFF"), [np.asarray(palette.convert("RGB")) / 255])
bilevel = image.convert("1")
cases["bilevel"] = entry(pillow(bilevel, "TIFF"), [np.asarray(bilevel).astype(float)])
opaque = Image.merge("RGBA", [*image.split(), Image.fromarray(integers("u1", HEIGHT, WIDTH))])
cases["transparent"] = entry(pillow(opaque, "TIFF"), [np.asarray(image) / 255])

# Smooth, so that JPEG keeps it.
y, x = np.mgrid[0:8, 0:11] / 11
smooth = Image.fromarray((255 * (0.5 + 0.2 * np.sin(3 * x + y) + 0.2 * x)).astype("u1"))
for orientation in range(1, 9):
    exif = Image.Exif()
    exif[274] = orientation
    for kind in ["JPEG", "PNG", "TIFF"]:
        options = {"tiffinfo": {274: orientation}} if kind == "TIFF" else {"exif": exif}
        data = pillow(smooth, kind, **options)
        seen = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        cases[f"turned {orientation} {kind}"] = entry(data, [np.asarray(seen) / 255])

(FOLDER / "photographs.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")

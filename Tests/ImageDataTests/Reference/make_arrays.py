"""Makes arrays.json: .npy and .npz files as NumPy writes them (base64), and the numbers in them."""

import base64
import io
import json
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent
rng = np.random.default_rng(2)
SHAPE = (3, 4, 5)


def saved(array):
    file = io.BytesIO()
    np.save(file, array)
    return base64.b64encode(file.getvalue()).decode()


def numbers(dtype):
    if dtype.kind == "f":
        values = rng.normal(size=SHAPE)
        # Halves: also numbers below the smallest normal one, zero, and the largest.
        values[0, 0] = [0, 3e-6, -2e-7, 65504, -1]
        return values.astype(dtype)
    if dtype.kind == "b":
        return rng.integers(0, 2, size=SHAPE).astype(dtype)
    limits = np.iinfo(dtype)
    values = rng.integers(max(limits.min, -(2**53)), min(limits.max, 2**53), size=SHAPE)
    return values.astype(dtype)


npy = {}
for code in "b1 u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8".split():
    for order in "<>" if code[1] != "1" else "|":
        array = numbers(np.dtype(order + code))
        for layout in "CF":
            npy[f"{order}{code} {layout}"] = {
                "npy": saved(np.asarray(array, order=layout)),
                "values": array.astype(float).ravel().tolist()}

refused = {
    "objects": saved(np.array([None, "a"], dtype=object)),
    "complex": saved(np.zeros((2, 2), complex)),
    "text": saved(np.array(["a", "b"])),
    "records": saved(np.zeros(3, dtype=[("x", "f4"), ("y", "i4")])),
}


def archived(save, **arrays):
    file = io.BytesIO()
    save(file, **arrays)
    return base64.b64encode(file.getvalue()).decode()


images = rng.normal(size=(4, 6, 5)).astype("f4")
labels = np.arange(4)
npz = {
    "stored": archived(np.savez, images=images, labels=labels),
    "deflated": archived(np.savez_compressed, images=images, labels=labels),
    "values": images.ravel().tolist(),
}

(FOLDER / "arrays.json").write_text(
    json.dumps({"npy": npy, "refused": refused, "npz": npz}, separators=(",", ":")) + "\n")

"""Makes the MATLAB files beside this script, and matlab.json with the numbers in them.

Needs SciPy and, for version 7.3 (HDF5), h5py. Images are [height, width, N], as in IMAGES.mat.
"""

import json
from pathlib import Path

import h5py
import numpy as np
import scipy.io

FOLDER = Path(__file__).parent
rng = np.random.default_rng(3)
images = rng.normal(size=(6, 5, 4))
contents = {
    "IMAGES": images,
    "single": images.astype("f4"),
    "bytes": rng.integers(0, 256, size=(6, 5, 4)).astype("u1"),
    "words": rng.integers(-30000, 30000, size=(6, 5, 4)).astype("i2"),
    "whole": np.round(images * 100),
    "mask": images > 0,
}
others = {
    "name": "olshausen",
    "cell": np.array([[1, "a"]], dtype=object),
    "struct": {"a": 1.0},
    "waves": images[:, :, 0] + 1j,
    "scalar": 7.0,
}

scipy.io.savemat(FOLDER / "v5.mat", contents | others)
scipy.io.savemat(FOLDER / "v7.mat", contents | others, do_compression=True)
scipy.io.savemat(FOLDER / "one.mat", {"IMAGES": images, "scalar": 7.0, "name": "olshausen"})


def write_text(data, name, text):
    """An attribute of MATLAB's own text type: null-terminated, but without room for the null."""
    kind = h5py.h5t.C_S1.copy()
    kind.set_size(len(text))
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    attribute = h5py.h5a.create(data.id, name.encode(), kind, space)
    attribute.write(np.array(text, dtype=f"S{len(text)}"), mtype=kind)


def save_v73(path, arrays, **options):
    """As MATLAB does: a user block of 512 bytes, and HDF5 with the axes in reverse."""
    with h5py.File(path, "w", userblock_size=512) as file:
        for name, array in arrays.items():
            kind = {"f8": "double", "f4": "single", "u1": "uint8", "i2": "int16", "b1": "logical"}
            code = array.dtype.str[1:]
            stored = array.astype("u1") if code == "b1" else array
            data = file.create_dataset(name, data=stored.T, **options)
            write_text(data, "MATLAB_class", kind[code].encode())
            if code == "b1":
                data.attrs["MATLAB_int_decode"] = np.int32(1)
    header = b"MATLAB 7.3 MAT-file, Platform: GLNXA64, Created on: Mon Jan  1 00:00:00 2024 HDF5"
    header = header.ljust(116) + bytes(8) + b"\x00\x02IM"
    with open(path, "r+b") as file:
        file.write(header)


save_v73(FOLDER / "v73.mat", contents)
save_v73(FOLDER / "v73-deflated.mat", contents, compression="gzip", chunks=(2, 5, 3))

# As Python's packages write it: texts padded with nulls, and what is not MATLAB's at all.
with h5py.File(FOLDER / "python.h5", "w") as file:
    file["images"] = images.transpose(2, 0, 1)
    file["mask"] = images.transpose(2, 0, 1) > 0
    file["half"] = images.transpose(2, 0, 1).astype("f2")
    file["text"] = "olshausen"
with h5py.File(FOLDER / "python.mat", "w", userblock_size=512) as file:
    for name in ["IMAGES", "data/images"]:
        file.create_dataset(name, data=images.T).attrs["MATLAB_class"] = np.bytes_("double")
    file["data"].attrs["MATLAB_class"] = np.bytes_("struct")
    file["waves"] = images[:, :, 0] + 1j
with open(FOLDER / "python.mat", "r+b") as file:
    file.write(b"MATLAB 7.3 MAT-file, by hdf5storage".ljust(116) + bytes(8) + b"\x00\x02IM")

expected = {
    name: [np.asarray(array[:, :, n], float).ravel().round(7).tolist() for n in range(4)]
    for name, array in contents.items()}
(FOLDER / "matlab.json").write_text(json.dumps(expected, separators=(",", ":")) + "\n")

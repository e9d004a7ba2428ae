"""scikit-image and SciPy on loading: decodes a folder of photographs and whitens them.

Olshausen and Field's filter on the cosine transform of the luminance, in float32. Answers every
line with seconds.

Usage: photographs.py THREADS FOLDER
"""

import concurrent.futures
import functools
import os
import pathlib
import sys
import time

import numpy as np
import scipy.fft
import skimage.color
import skimage.io

CUTOFF = 0.4


@functools.cache
def response(height, width):
    vertical = np.arange(height)[:, None] / (2 * height)
    horizontal = np.arange(width) / (2 * width)
    frequency = np.hypot(vertical, horizontal)
    return (frequency * np.exp(-((frequency / CUTOFF) ** 4))).astype(np.float32)


def whitened(file):
    image = skimage.io.imread(file).astype(np.float32) / 255
    if image.ndim == 3:
        image = skimage.color.rgb2gray(image)
    spectrum = scipy.fft.dctn(image, overwrite_x=True)
    spectrum *= response(*image.shape)
    return scipy.fft.idctn(spectrum, overwrite_x=True)


def main():
    threads, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
    files = sorted(file for file in folder.rglob("*") if file.suffix.lower() in (".jpg", ".png"))
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    # Decoder and transform let go of the interpreter's lock.
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        print("ready", file=answers)
        for _ in sys.stdin:
            start = time.perf_counter()
            images = list(pool.map(whitened, files))
            print(time.perf_counter() - start, file=answers)
            del images


if __name__ == "__main__":
    main()

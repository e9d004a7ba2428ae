"""Writes gabor.json: filters of classical sparse coding and SciPy's Gabor fits to them.

    python3 make_gabor.py FOLDER        # photographs, for example BSDS500's train folder

The filters are learned from whitened patches (Olshausen & Field's filter) by FISTA and gradient
steps on the dictionary with unit norm: 70 after 2,000 updates, and 30 unfinished ones after 60.
Each is fitted by scipy.optimize.least_squares from 40 random starts, within the bounds that the
package uses and with derivatives by finite differences. The best R² is kept.
"""

import json
import pathlib
import sys

import numpy as np
import scipy
from PIL import Image
from scipy import optimize

SIDE, LATENTS = 12, 169
rng = np.random.default_rng(0)


def whiten(image):
    """f·exp(−(f/0.4)⁴), the border cut."""
    fy, fx = (np.fft.fftfreq(n) for n in image.shape)
    f = np.hypot(fy[:, None], fx[None])
    response = f * np.exp(-((f / 0.4) ** 4))
    return np.fft.ifft2(np.fft.fft2(image) * response).real[8:-8, 8:-8]


def patches(folder, per_image=300):
    found = []
    for file in sorted(pathlib.Path(folder).rglob("*.jpg")):
        image = whiten(np.log1p(np.asarray(Image.open(file).convert("L"), float)))
        for _ in range(per_image):
            y, x = (rng.integers(n - SIDE) for n in image.shape)
            found.append(image[y : y + SIDE, x : x + SIDE].ravel())
    x = np.array(found)
    x -= x.mean(1, keepdims=True)
    variance = x.var(1)
    x = x[variance > 0.1 * variance.mean()]
    return x / x.std()


def sparse_coding(x, updates, batch=200, weight=1.0):
    """Yields the dictionary after each update."""
    phi = rng.standard_normal((LATENTS, SIDE * SIDE))
    phi /= np.linalg.norm(phi, axis=1, keepdims=True)
    usage = np.full(LATENTS, 0.1)
    for update in range(updates):
        chosen = x[rng.integers(len(x), size=batch)]
        gram, drive = phi @ phi.T, chosen @ phi.T
        lipschitz = np.linalg.eigvalsh(gram)[-1]
        z = y = np.zeros((batch, LATENTS))
        t = 1.0
        for _ in range(60):
            step = y - (y @ gram - drive) / lipschitz
            step = np.sign(step) * np.maximum(abs(step) - weight / lipschitz, 0)
            t_next = (1 + np.sqrt(1 + 4 * t * t)) / 2
            y, z, t = step + (t - 1) / t_next * (step - z), step, t_next
        usage = 0.99 * usage + 0.01 * (z**2).mean(0)
        rate = 0.5 if update < 0.8 * updates else 0.15
        phi += rate * (z.T @ (chosen - z @ phi) / batch) / (usage[:, None] + 0.01)
        phi /= np.linalg.norm(phi, axis=1, keepdims=True)
        yield phi


def gabor(p, x, y):
    cx, cy, across, along, angle, frequency, a, b, offset = p
    dx, dy = x - cx, y - cy
    u = dx * np.cos(angle) + dy * np.sin(angle)
    v = dy * np.cos(angle) - dx * np.sin(angle)
    envelope = np.exp(-(u**2) / (2 * across**2) - v**2 / (2 * along**2))
    wave = 2 * np.pi * frequency * u
    return envelope * (a * np.cos(wave) + b * np.sin(wave)) + offset


def best_r_squared(w, starts=40):
    y, x = (c.ravel().astype(float) for c in np.mgrid[:SIDE, :SIDE])
    low = [0, 0, 0.5, 0.5, -np.inf, 0, -np.inf, -np.inf, -np.inf]
    high = [SIDE - 1, SIDE - 1, SIDE, SIDE, np.inf, np.sqrt(0.5), np.inf, np.inf, np.inf]
    total = ((w - w.mean()) ** 2).sum()
    best = -np.inf
    for _ in range(starts):
        start = [
            *rng.uniform(1, SIDE - 2, 2), *rng.uniform(1, 4, 2), rng.uniform(0, np.pi),
            rng.uniform(0.02, 0.45), *rng.normal(0, 0.2, 2), 0.0,
        ]
        fit = optimize.least_squares(
            lambda p: gabor(p, x, y) - w, start, bounds=(low, high), x_scale=
            [1, 1, 1, 1, 0.3, 0.05, 0.2, 0.2, 0.05], max_nfev=200)
        best = max(best, 1 - 2 * fit.cost / total)
    return best


x = patches(sys.argv[1])
filters = []
for update, phi in enumerate(sparse_coding(x, 2000), start=1):
    if update == 60:
        filters.extend(phi[:30].copy())
    if update == 2000:
        filters.extend(phi[:70].copy())
filters = np.array(filters).round(3)
r_squared = [round(best_r_squared(w), 5) for w in filters]
target = pathlib.Path(__file__).with_name("gabor.json")
target.write_text(json.dumps({
    "scipy": scipy.__version__, "side": SIDE, "filters": filters.tolist(), "rSquared": r_squared,
}) + "\n")
print(np.quantile(r_squared[:30], [0.1, 0.5, 0.9]), np.quantile(r_squared[30:], [0.1, 0.5, 0.9]))

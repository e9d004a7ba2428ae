"""scikit-learn, SPAMS or PyTorch on sparse coding inference: the lasso for 10,000 patches, λ = 1.

Answers lines "atoms file" with seconds, as svae-bench serve-codes does; the codes go into the file.

Usage: codes.py sklearn|spams|torch|torch-100 THREADS FOLDER
"""

import os
import pathlib
import sys
import time

import numpy as np

SPARSITY = 1.0
PIXELS = 144
PATCHES = 10_000

# The mean relative duality gap that every method has to reach.
TOLERANCE = 1e-6


def load(folder, name):
    file = pathlib.Path(folder) / f"{name}.f32"
    return np.fromfile(file, dtype=np.float32).reshape(-1, PIXELS)


def sklearn_codes(patches, dictionary, threads):
    """Coordinate descent on the Gram matrix; each thread takes its share of the patches.

    In double precision: in single the solver does not reach the gap. Its tolerance is relative to
    ‖x‖²/2, a little more than the objective.
    """
    from joblib import Parallel, delayed
    from sklearn.linear_model import Lasso

    patches, dictionary = patches.astype(float), dictionary.astype(float)
    gram = dictionary @ dictionary.T

    def share(rows):
        lasso = Lasso(
            alpha=SPARSITY / PIXELS, fit_intercept=False, precompute=gram, tol=0.9 * TOLERANCE,
            max_iter=10_000)
        return lasso.fit(dictionary.T, rows.T).coef_

    shares = np.array_split(patches, threads)
    return np.concatenate(
        Parallel(n_jobs=threads, prefer="threads")(delayed(share)(rows) for rows in shares))


def spams_codes(patches, dictionary, threads):
    """Least angle regression: exact up to rounding."""
    import spams

    codes = spams.lasso(
        np.asfortranarray(patches.T), D=np.asfortranarray(dictionary.T), lambda1=SPARSITY, mode=2,
        numThreads=threads)
    return codes.T.toarray()


def torch_codes(patches, dictionary, threads):
    """FISTA with adaptive restart for all patches at once.

    In single precision as far as that leads, which is a gap of about 1.5e-6, then in double.
    """
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    with torch.inference_mode():
        codes = None
        for precision, goal in [(torch.float32, 10 * TOLERANCE), (torch.float64, TOLERANCE)]:
            x = torch.from_numpy(patches).to(precision)
            filters = torch.from_numpy(dictionary).to(precision)
            codes = fista(x, filters, codes, goal)
        return codes.numpy()


def torch_codes_100(patches, dictionary, threads):
    """100 iterations in single precision, as is often made do with."""
    import torch

    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    with torch.inference_mode():
        return fista(torch.from_numpy(patches), torch.from_numpy(dictionary), limit=100).numpy()


def fista(x, filters, start=None, goal=None, limit=None):
    """Until the mean relative gap, looked at every 20 iterations, is at most `goal`; or `limit`
    iterations."""
    import torch

    gram, target = filters @ filters.T, x @ filters.T
    step = float(1 / torch.linalg.eigvalsh(gram)[-1])
    z = torch.zeros_like(target) if start is None else start.to(x.dtype)
    point, momentum = z, torch.ones(len(x), 1, dtype=x.dtype)
    while limit or relative_gaps(x, filters, z).mean() > goal:
        for _ in range(limit or 20):
            gradient = torch.addmm(target, point, gram, alpha=-1)
            new = torch.nn.functional.softshrink(
                torch.add(point, gradient, alpha=step), step * SPARSITY)
            difference = new - z
            uphill = ((point - new) * difference).sum(1, keepdim=True) > 0
            momentum.masked_fill_(uphill, 1)
            next_momentum = (1 + torch.sqrt(1 + 4 * momentum**2)) / 2
            point = torch.addcmul(new, (momentum - 1) / next_momentum, difference)
            z, momentum = new, next_momentum
        if limit:
            break
    return z


def relative_gaps(x, filters, z):
    """(primal − dual)/primal of each row, for NumPy arrays and torch tensors alike."""
    primal, dual = bounds(x, filters, z)
    return (primal - dual) / primal


def bounds(x, filters, z):
    """The objective of each row, and the dual's, which is below its minimum."""
    residual = x - z @ filters
    # The residual, scaled until it is feasible for the dual.
    largest = abs(residual @ filters.T).max(1)
    largest = getattr(largest, "values", largest)
    scale = (SPARSITY / (largest + 1e-30)).clip(max=1)
    energy = (residual**2).sum(1)
    primal = energy / 2 + SPARSITY * abs(z).sum(1)
    dual = scale * (residual * x).sum(1) - scale**2 * energy / 2
    return primal, dual


def main():
    method, threads, folder = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    patches = load(folder, "patches")
    encode = {
        "sklearn": sklearn_codes, "spams": spams_codes, "torch": torch_codes,
        "torch-100": torch_codes_100,
    }[method]
    print("ready", file=answers)
    for line in sys.stdin:
        atoms, file = line.split()
        dictionary = load(folder, f"dictionary-{atoms}")
        start = time.perf_counter()
        codes = encode(patches, dictionary, threads)
        seconds = time.perf_counter() - start
        np.asarray(codes, dtype=np.float32).tofile(file)
        print(seconds, file=answers)


if __name__ == "__main__":
    main()

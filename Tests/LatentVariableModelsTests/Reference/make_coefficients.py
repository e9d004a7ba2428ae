"""Fits the approximations in Sources/CKernels/math.h and prints their coefficients and errors.

Minimax rational fits by Lawson's reweighting of the linearised least-squares problem; needs NumPy
and SciPy. Coefficients are printed from the constant upward.
"""

import numpy as np
from scipy import special


def nodes(low, high, count=4000):
    angles = np.pi * (np.arange(count) + 0.5) / count
    return (low + high) / 2 + (high - low) / 2 * np.cos(angles)


def fit(function, points, degree, denominator=0, relative=True):
    """p/q ≈ function with q(0) = 1: the largest error, p and q."""
    target = function(points)
    scale = 1 / np.abs(target) if relative else np.ones_like(target)
    weights, q, best = np.ones_like(points), np.ones_like(points), None
    for _ in range(1200):
        row = np.sqrt(weights) * scale / q
        numerator = np.vander(points, degree + 1, increasing=True)
        lower = -target[:, None] * np.vander(points, denominator + 1, increasing=True)[:, 1:]
        system = np.concatenate([numerator, lower], axis=1) * row[:, None]
        norms = np.linalg.norm(system, axis=0)
        solution = np.linalg.lstsq(system / norms, target * row, rcond=None)[0] / norms
        top, bottom = solution[: degree + 1], np.r_[1, solution[degree + 1 :]]
        q = np.polyval(bottom[::-1], points)
        errors = np.abs(np.polyval(top[::-1], points) / q - target) * scale
        if best is None or errors.max() < best[0]:
            best = errors.max(), top, bottom
        weights *= np.sqrt(errors / errors.max() + 1e-12)
        weights /= weights.sum()
    return best


def report(name, result):
    error, top, bottom = result
    print(f"{name}: error {error:.1e}")
    print("  p", ", ".join(f"{c:.9e}f" for c in top))
    if len(bottom) > 1:
        print("  q", ", ".join(f"{c:.9e}f" for c in bottom))


def erf_over_root(u):
    """erf(√u)/√u"""
    return special.erf(np.sqrt(u)) / np.sqrt(u)


def log1p_rest(f):
    """(log(1 + f) − f + f²/2)/f³"""
    small = np.abs(f) < 0.05
    g = np.where(small, 1.0, f)
    series = sum((-1) ** k * np.where(small, f, 0) ** k / (k + 3) for k in range(14))
    return np.where(small, series, (np.log1p(g) - g + g * g / 2) / g**3)


def exp_rest(r):
    """(eʳ − 1 − r)/r²"""
    return sum(r**k / special.factorial(k + 2) for k in range(20))


def residue(t):
    """w(x) = 1/(eˣE₁(x)) − x at x = 1/t − 1, by its continued fraction."""
    x = 1 / t - 1
    tail = np.zeros_like(x)
    for k in range(400, 0, -1):
        tail = k * k / (x + 2 * k + 1 - tail)
    return 1 - tail


def entire(x):
    """eˣ(E₁(x) + ln x)"""
    series = sum(-((-x) ** k) / (k * special.factorial(k)) for k in range(1, 40))
    return np.exp(x) * (series - np.euler_gamma)


if __name__ == "__main__":
    half = np.log(2) / 2 + 1e-3
    report("exp", fit(exp_rest, nodes(-half, half), 4))
    report("log", fit(log1p_rest, nodes(np.sqrt(0.5) - 1, np.sqrt(2) - 1), 7))
    report("erf", fit(erf_over_root, nodes(0, 16), 5, 5))
    report("eˣ, 0…1", fit(np.exp, nodes(0, 1), 6))
    report("eˣ(E₁ + ln x), 0…1", fit(entire, nodes(0, 1), 7, relative=False))
    report("w(1/t − 1), t in 0…½", fit(residue, nodes(0, 0.5), 4, 3))

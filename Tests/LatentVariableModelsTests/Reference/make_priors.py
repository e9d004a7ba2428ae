"""Writes priors.json: log densities, scores and special functions by SciPy, for the tests.

Run in this folder: python3 make_priors.py
"""

import json

import numpy as np
from scipy import integrate, special, stats

SCALES = [0.11, 1.0, 3.0]
POINTS = [-40.0, -3.0, -1.0, -0.2, -0.011, 0.002, 0.03, 0.3, 0.9, 1.7, 5.0, 60.0]
DEGREES = 3.0
FLOOR = 1e-3
SPARSITY, RATIO = 0.1, 0.1


def horseshoe_peak(u):
    return special.exp1(u * u / 2) * np.exp(u * u / 2) / np.sqrt(2 * np.pi**3)


def horseshoe_mass():
    """The mass of the density whose peak is cut off flat at FLOOR."""
    inside, _ = integrate.quad(horseshoe_peak, 0, FLOOR, epsabs=1e-15, epsrel=1e-12)
    return 1 + 2 * (FLOOR * horseshoe_peak(FLOOR) - inside)


def horseshoe(z, s):
    u = np.maximum(np.abs(z) / s, FLOOR)
    x = u * u / 2
    # Beyond x = 50 the asymptotic series has double precision, and exp(x) does not overflow.
    scaled = np.where(
        x < 50,
        special.exp1(np.minimum(x, 50)) * np.exp(np.minimum(x, 50)),
        sum((-1) ** k * special.factorial(k) / np.maximum(x, 1) ** (k + 1) for k in range(25)),
    )
    return np.log(scaled) - 0.5 * np.log(2 * np.pi**3) - np.log(s) - np.log(horseshoe_mass())


def horseshoe_score(z, s):
    u = z / s
    x = u * u / 2
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = special.exp1(x) * np.exp(x)
        direct = u - u / (x * scaled)
    series = -2 / u * (1 - 1 / x + 3 / x**2 - 13 / x**3 + 71 / x**4 - 461 / x**5)
    return np.where(np.abs(u) < FLOOR, 0, np.where(x < 300, direct, series) / s)


def spike_and_slab(z, s):
    shares = [
        np.log(SPARSITY) + stats.norm.logpdf(z, scale=s),
        np.log(1 - SPARSITY) + stats.norm.logpdf(z, scale=RATIO * s),
    ]
    return np.logaddexp(*shares)


def spike_and_slab_score(z, s):
    total = spike_and_slab(z, s)
    slab = np.exp(np.log(SPARSITY) + stats.norm.logpdf(z, scale=s) - total)
    return -z / s**2 * (slab + (1 - slab) / RATIO**2)


PRIORS = {
    "laplace": (lambda z, s: stats.laplace.logpdf(z, scale=s), lambda z, s: -np.sign(z) / s),
    "gaussian": (lambda z, s: stats.norm.logpdf(z, scale=s), lambda z, s: -z / s**2),
    "cauchy": (
        lambda z, s: stats.cauchy.logpdf(z, scale=s),
        lambda z, s: -2 * z / (s**2 + z**2),
    ),
    "student-t": (
        lambda z, s: stats.t.logpdf(z, DEGREES, scale=s),
        lambda z, s: -(DEGREES + 1) * z / (DEGREES * s**2 + z**2),
    ),
    "horseshoe": (horseshoe, horseshoe_score),
    "smooth-spike-and-slab": (spike_and_slab, spike_and_slab_score),
}

if __name__ == "__main__":
    z = np.array(POINTS)
    priors = [
        {
            "prior": name,
            "scale": s,
            "z": POINTS,
            "logDensity": list(map(float, log_density(z, s))),
            "score": list(map(float, score(z, s))),
        }
        for name, (log_density, score) in PRIORS.items()
        for s in SCALES
    ]
    x = np.array([1e-12, 1e-6, 0.01, 0.3, 0.99, 1.0, 1.01, 1.5, 2.0, 4.0, 9.0, 30.0, 41.0, 300.0])
    document = {
        "priors": priors,
        "exponentialIntegral": {
            "x": list(map(float, x)),
            "value": list(map(float, special.exp1(x))),
            "scaled": list(map(float, special.exp1(x) * np.exp(x))),
        },
    }
    with open("priors.json", "w") as file:
        json.dump(document, file, indent=1)
        file.write("\n")

"""Writes statistics.json: Student's t, paired t-tests and assignments, from SciPy."""

import json
import pathlib

import numpy as np
import scipy
from scipy import optimize, special, stats

rng = np.random.default_rng(0)

quantiles = [
    {"probability": p, "degreesOfFreedom": n, "quantile": float(stats.t.ppf(p, n))}
    for p in (0.001, 0.025, 0.3, 0.5, 0.9, 0.95, 0.975, 0.995, 0.99999)
    for n in (1, 2, 3, 4, 9, 30, 1000)
]
incomplete_betas = [
    {"a": a, "b": b, "x": x, "value": float(special.betainc(a, b, x))}
    for a in (0.5, 1.0, 2.5, 40.0)
    for b in (0.5, 3.0, 60.0)
    for x in (0.0, 1e-6, 0.1, 0.5, 0.9, 0.999, 1.0)
]
tests = []
for n, shift in ((2, 0.5), (3, 1.0), (5, 0.0), (10, 2.0), (40, 0.2)):
    first = rng.normal(10 + shift, 1, n)
    second = rng.normal(10, 1, n)
    result = stats.ttest_rel(first, second)
    interval = stats.t.interval(0.95, n - 1, first.mean(), stats.sem(first))
    tests.append({
        "first": first.tolist(),
        "second": second.tolist(),
        "t": float(result.statistic),
        "p": float(result.pvalue),
        "cohensD": float((first - second).mean() / (first - second).std(ddof=1)),
        "low": float(interval[0]),
        "high": float(interval[1]),
    })
assignments = []
for rows, columns in ((1, 1), (3, 3), (5, 8), (30, 30), (40, 55), (100, 100)):
    # Rounded costs have ties; the total is what must agree.
    costs = rng.normal(0, 1, (rows, columns)).round(2 if rows < 50 else 4)
    r, c = optimize.linear_sum_assignment(costs)
    assignments.append({
        "rows": rows, "columns": columns, "costs": costs.ravel().tolist(),
        "total": float(costs[r, c].sum()), "columnsOfRows": c.tolist(),
    })
# A large one, whose costs both sides make alike: a hash of their place.
n = 1024
hashes = np.arange(n * n, dtype=np.uint32) * np.uint32(2654435761)
hashes ^= hashes >> np.uint32(16)
hashes *= np.uint32(2246822519)
hashes ^= hashes >> np.uint32(13)
costs = (hashes / 2.0**32).reshape(n, n)
r, c = optimize.linear_sum_assignment(costs)
large = {"size": n, "columnsOfRows": c.tolist(), "total": float(costs[r, c].sum())}

target = pathlib.Path(__file__).with_name("statistics.json")
target.write_text(json.dumps({
    "scipy": scipy.__version__, "quantiles": quantiles, "incompleteBetas": incomplete_betas,
    "tests": tests, "assignments": assignments, "largeAssignment": large,
}) + "\n")

"""The work that every peer does, and the protocol by which turns.py lets it run.

One training step of the sparse coding VAE: forward, backward, Adam, projection of the decoder's
filters onto unit norm. Laplace prior, Gaussian posterior with its closed-form divergence, Gaussian
likelihood, one sample of z, float32. The cases are those of svae-bench's TrainingCase.swift.
"""

import dataclasses
import math
import os
import sys
import time

import numpy as np

PRIOR_SCALE = 0.2
NOISE_VARIANCE = math.exp(2 * -0.7)
LOG_SCALE_RANGE = (-7.0, 4.0)
LEARNING_RATE = 1e-3
PATCHES = 65_536


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    batch: int
    pixels: int
    latents: int
    trunk: tuple
    # Widths of the two branches; without, one layer leads from the trunk to both heads.
    mean: tuple = ()
    log_scale: tuple = ()


def natural(batch):
    return Case("natural", batch, 144, 169, (128,), (256, 256), (512, 512))


def wide(batch):
    return Case("wide", batch, 144, 169, (1024, 1024))


CASES = {
    f"{case.name} {case.batch}": case
    for case in [
        natural(32),
        natural(128),
        natural(1024),
        wide(128),
        wide(1024),
        Case("mnist", 128, 784, 784, (512, 512)),
    ]
}


def layers(case):
    """(inputs, outputs) of the trunk, of the branches (mean, log scale), or of the joint head."""
    widths = (case.pixels, *case.trunk)
    trunk = list(zip(widths, widths[1:]))
    if not case.mean:
        return trunk, None, (widths[-1], 2 * case.latents)
    branches = []
    for branch in (case.mean, case.log_scale):
        widths_of_branch = (widths[-1], *branch, case.latents)
        branches.append(list(zip(widths_of_branch, widths_of_branch[1:])))
    return trunk, branches, None


def patches(case):
    """Standard normal numbers in place of patches: time does not depend on what the numbers are."""
    random = np.random.default_rng(1)
    return random.standard_normal((PATCHES, case.pixels), dtype=np.float32)


def shuffled_batches(case):
    """Row numbers of all batches of an epoch, [batches, batch]."""
    order = np.random.default_rng(2).permutation(PATCHES)
    return order[: PATCHES // case.batch * case.batch].reshape(-1, case.batch)


def serve(make_step):
    """Answers lines "name batch seconds" with steps per second, until there are no more.

    `make_step(case)` returns a function that does some steps, to their end, and returns how many.
    """
    # What a framework prints goes to the error stream: the answers have this one for themselves.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    steps = {}
    print("ready", file=answers)
    for line in sys.stdin:
        name, batch, seconds = line.split()
        key = f"{name} {batch}"
        if key not in steps:
            steps[key] = make_step(CASES[key])
            for _ in range(3):
                steps[key]()
        step, count, start = steps[key], 0, time.perf_counter()
        while True:
            count += step()
            elapsed = time.perf_counter() - start
            if elapsed >= float(seconds):
                break
        print(count / elapsed, file=answers)

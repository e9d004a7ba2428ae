"""PyTorch on log p(x): annealed importance sampling as the authors of the sparse coding VAE set it up.

From the prior, at equal steps of the inverse temperature, 16 chains a patch, by Hamiltonian Monte
Carlo of ten leapfrog steps with gradients from autograd; the step is one for all chains and
temperatures, and sought beforehand, so that 65 % of the trajectories are accepted. (Geadah, Barello,
Greenidge, Charles & Pillow 2024, github.com/vgeadah/SVAE: 100 temperatures.)

Answers lines "temperatures file" with seconds; log p(x) of each patch goes into the file.

Usage: likelihood.py THREADS FOLDER
"""

import math
import pathlib
import sys
import time

import numpy as np
import torch

PIXELS = 144
CHAINS = 16
LEAPFROG_STEPS = 10
PRIOR_SCALE = 1.0
NOISE_SCALE = math.exp(-2)
ACCEPTANCE = 0.65


def load(folder, name):
    file = pathlib.Path(folder) / f"{name}.f32"
    return torch.from_numpy(np.fromfile(file, dtype=np.float32).reshape(-1, PIXELS))


class Sampler:
    def __init__(self, filters, patches):
        self.filters = filters
        self.patches = patches.repeat_interleave(CHAINS, dim=0)
        self.prior = torch.distributions.Laplace(0.0, PRIOR_SCALE)

    def log_likelihood(self, codes):
        noise = torch.distributions.Normal(codes @ self.filters, NOISE_SCALE)
        return noise.log_prob(self.patches).sum(dim=1)

    def log_density(self, codes, beta):
        return self.prior.log_prob(codes).sum(dim=1) + beta * self.log_likelihood(codes)

    def slope(self, codes, beta):
        codes = codes.detach().requires_grad_(True)
        (slope,) = torch.autograd.grad(self.log_density(codes, beta).sum(), codes)
        return slope

    def transition(self, codes, beta, step):
        momenta = torch.randn_like(codes)
        start = self.log_density(codes, beta) - momenta.square().sum(dim=1) / 2
        moved, p = codes, momenta + step / 2 * self.slope(codes, beta)
        for index in range(1, LEAPFROG_STEPS + 1):
            moved = moved + step * p
            p = p + (step if index < LEAPFROG_STEPS else step / 2) * self.slope(moved, beta)
        end = self.log_density(moved, beta) - p.square().sum(dim=1) / 2
        accepted = torch.rand_like(start) < torch.exp(end - start)
        return torch.where(accepted[:, None], moved, codes), accepted.float().mean().item()

    def run(self, temperatures, step):
        """log p(x) of each patch, and the rate of acceptance."""
        codes = self.prior.sample((len(self.patches), len(self.filters)))
        weights, acceptance = torch.zeros(len(self.patches)), 0.0
        betas = torch.linspace(0, 1, temperatures + 1)
        for before, beta in zip(betas, betas[1:]):
            with torch.no_grad():
                weights += (beta - before) * self.log_likelihood(codes)
            codes, rate = self.transition(codes, beta, step)
            acceptance += rate / temperatures
        found = torch.logsumexp(weights.reshape(-1, CHAINS), dim=1) - math.log(CHAINS)
        return found, acceptance

    def find_step(self):
        """By halving intervals of log ε, on a short run."""
        low, high = math.log(1e-4), math.log(1.0)
        for _ in range(8):
            middle = (low + high) / 2
            _, acceptance = self.run(20, math.exp(middle))
            low, high = (middle, high) if acceptance > ACCEPTANCE else (low, middle)
        return math.exp((low + high) / 2)


def main():
    threads, folder = int(sys.argv[1]), sys.argv[2]
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    sampler = Sampler(load(folder, "filters"), load(folder, "patches"))
    step = sampler.find_step()
    print("ready", flush=True)
    for line in sys.stdin:
        temperatures, file = line.split(maxsplit=1)
        start = time.perf_counter()
        found, _ = sampler.run(int(temperatures), step)
        seconds = time.perf_counter() - start
        found.numpy().astype(np.float32).tofile(file.strip())
        print(seconds, flush=True)


if __name__ == "__main__":
    main()

"""PyTorch on the training step: eager, or through torch.compile.

Usage: train_torch.py eager|compile THREADS [bf16]
"""

import math
import sys

import workload

MODE, THREADS = sys.argv[1], int(sys.argv[2])
PRECISION = sys.argv[3] if len(sys.argv) > 3 else "float32"

import torch
from torch import nn
from torch.nn import functional as F

torch.set_num_threads(THREADS)
torch.set_flush_denormal(True)
torch.manual_seed(1)


def stack(layers):
    modules = []
    for inputs, outputs in layers:
        modules += [nn.Linear(inputs, outputs), nn.ReLU()]
    return nn.Sequential(*modules[:-1])


class SparseVAE(nn.Module):
    def __init__(self, case):
        super().__init__()
        trunk, branches, head = workload.layers(case)
        self.trunk = nn.Sequential(stack(trunk), nn.ReLU())
        self.branches = nn.ModuleList(stack(branch) for branch in branches or [])
        self.head = nn.Linear(*head) if head else None
        self.decoder = nn.Linear(case.latents, case.pixels)
        self.project()

    @torch.no_grad()
    def project(self):
        self.decoder.weight.div_(torch.linalg.vector_norm(self.decoder.weight, dim=0, keepdim=True))

    def posterior(self, x):
        h = self.trunk(x)
        if self.head is not None:
            return self.head(h).chunk(2, dim=1)
        return self.branches[0](h), self.branches[1](h)

    def forward(self, x):
        """-ELBO, nats per patch."""
        with torch.autocast("cpu", torch.bfloat16, enabled=PRECISION == "bf16"):
            mean, log_scale = self.posterior(x)
        mean, log_scale = mean.float(), log_scale.float().clamp(*workload.LOG_SCALE_RANGE)
        scale = log_scale.exp()
        z = mean + scale * torch.randn_like(mean)
        with torch.autocast("cpu", torch.bfloat16, enabled=PRECISION == "bf16"):
            reconstruction = self.decoder(z)
        error = (reconstruction.float() - x).square().sum()
        ratio = mean / (math.sqrt(2) * scale)
        s = workload.PRIOR_SCALE
        divergence = (
            mean / s * torch.erf(ratio)
            + scale * (math.sqrt(2 / math.pi) / s) * torch.exp(-ratio.square())
            - log_scale
        ).sum()
        constant = mean.shape[1] * (math.log(2 * s) - 0.5 * math.log(2 * math.pi) - 0.5)
        constant += x.shape[1] * 0.5 * math.log(2 * math.pi * workload.NOISE_VARIANCE)
        return (error / (2 * workload.NOISE_VARIANCE) + divergence) / x.shape[0] + constant


def make_step(case):
    model = SparseVAE(case)
    optimizer = torch.optim.Adam(model.parameters(), lr=workload.LEARNING_RATE, fused=True)
    data = torch.from_numpy(workload.patches(case))
    batches = list(torch.from_numpy(workload.shuffled_batches(case)))
    objective, project = model, model.project
    if MODE == "compile":
        objective = torch.compile(model, dynamic=False)
        project = torch.compile(model.project, dynamic=False)
    position = 0

    def step():
        nonlocal position
        x = data[batches[position]]
        position = (position + 1) % len(batches)
        optimizer.zero_grad(set_to_none=True)
        objective(x).backward()
        optimizer.step()
        project()
        return 1

    return step


workload.serve(make_step)

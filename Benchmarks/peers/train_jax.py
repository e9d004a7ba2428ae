"""JAX on the training step: jit, with many steps in one lax.scan.

Usage: train_jax.py. XLA starts as many threads as this process may use processors: see taskset(1).
"""

import math
import sys

import workload


import jax
import jax.numpy as jnp
from jax import lax

# Threefry, the default, is several times slower on processors.
jax.config.update("jax_default_prng_impl", "rbg")

# Steps in one call: about a tenth of a second.
SCANNED = {32: 64, 128: 32, 1024: 8}


def dense(key, inputs, outputs):
    bound = 1 / math.sqrt(inputs)
    weight_key, bias_key = jax.random.split(key)
    return {
        "weight": jax.random.uniform(weight_key, (inputs, outputs), minval=-bound, maxval=bound),
        "bias": jax.random.uniform(bias_key, (outputs,), minval=-bound, maxval=bound),
    }


def project(parameters):
    filters = parameters["decoder"]["weight"]
    norms = jnp.sqrt(jnp.sum(jnp.square(filters), axis=1, keepdims=True))
    return {**parameters, "decoder": {**parameters["decoder"], "weight": filters / norms}}


def initial(case, key):
    trunk, branches, head = workload.layers(case)
    keys = iter(jax.random.split(key, 32))
    parameters = {
        "trunk": [dense(next(keys), *layer) for layer in trunk],
        "branches": [[dense(next(keys), *layer) for layer in branch] for branch in branches or []],
        "head": dense(next(keys), *head) if head else None,
        "decoder": dense(next(keys), case.latents, case.pixels),
    }
    return project(parameters)


def linear(layer, x):
    return x @ layer["weight"] + layer["bias"]


def posterior(parameters, x):
    for layer in parameters["trunk"]:
        x = jax.nn.relu(linear(layer, x))
    if parameters["head"] is not None:
        return jnp.split(linear(parameters["head"], x), 2, axis=1)
    heads = []
    for branch in parameters["branches"]:
        h = x
        for layer in branch[:-1]:
            h = jax.nn.relu(linear(layer, h))
        heads.append(linear(branch[-1], h))
    return heads


def objective(parameters, x, key):
    """-ELBO, nats per patch."""
    mean, log_scale = posterior(parameters, x)
    log_scale = jnp.clip(log_scale, *workload.LOG_SCALE_RANGE)
    scale = jnp.exp(log_scale)
    z = mean + scale * jax.random.normal(key, mean.shape)
    error = jnp.sum(jnp.square(linear(parameters["decoder"], z) - x))
    ratio = mean / (math.sqrt(2) * scale)
    s = workload.PRIOR_SCALE
    divergence = jnp.sum(
        mean / s * lax.erf(ratio)
        + scale * (math.sqrt(2 / math.pi) / s) * jnp.exp(-jnp.square(ratio))
        - log_scale
    )
    constant = mean.shape[1] * (math.log(2 * s) - 0.5 * math.log(2 * math.pi) - 0.5)
    constant += x.shape[1] * 0.5 * math.log(2 * math.pi * workload.NOISE_VARIANCE)
    return (error / (2 * workload.NOISE_VARIANCE) + divergence) / x.shape[0] + constant


def adam(parameters, gradients, first, second, t, beta1=0.9, beta2=0.999, epsilon=1e-8):
    first = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
    second = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
    rate = workload.LEARNING_RATE / (1 - beta1**t)
    correction = 1 / jnp.sqrt(1 - beta2**t)
    parameters = jax.tree.map(
        lambda w, m, v: w - rate * m / (jnp.sqrt(v) * correction + epsilon),
        parameters, first, second)
    return parameters, first, second


def make_step(case):
    data = jnp.asarray(workload.patches(case))
    rows = workload.shuffled_batches(case)
    count = SCANNED[case.batch]
    chunks = [jnp.asarray(rows[i : i + count]) for i in range(0, len(rows) - count + 1, count)]

    def one(state, rows):
        parameters, first, second, t, key = state
        key, subkey = jax.random.split(key)
        t = t + 1
        loss, gradients = jax.value_and_grad(objective)(parameters, data_of(rows), subkey)
        parameters, first, second = adam(parameters, gradients, first, second, t)
        return (project(parameters), first, second, t, key), loss

    def data_of(rows):
        return jnp.take(data, rows, axis=0, mode="clip")

    steps = jax.jit(lambda state, rows: lax.scan(one, state, rows), donate_argnums=0)
    parameters = initial(case, jax.random.key(1))
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    state = (parameters, zeros, jax.tree.map(jnp.copy, zeros), jnp.float32(0), jax.random.key(2))
    position = 0

    def step():
        nonlocal state, position
        state, losses = steps(state, chunks[position])
        position = (position + 1) % len(chunks)
        losses.block_until_ready()
        return count

    return step


workload.serve(make_step)

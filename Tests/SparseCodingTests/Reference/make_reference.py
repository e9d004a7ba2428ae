"""Makes the reference of the solvers' tests with scikit-learn.

    python3 make_reference.py FOLDER-OF-PHOTOGRAPHS

Writes, beside this script, all little-endian float32 and row-major:
  patches.bin      [48, 144]   whitened by f·exp(−(f/0.4)⁴), mean removed, unit variance
  dictionary.bin   [169, 144]  unit-norm filters learned on such patches
  learning.bin     [2000, 64]  int8: whitened 8×8 patches to learn from, in units of learningScale
  reference.json   shapes, λ, and scikit-learn's objective ½‖x − Φᵀz‖² + λ‖z‖₁ of every patch and,
                   in the mean over the patches, after its MiniBatchDictionaryLearning
"""

import json
import pathlib
import sys

import numpy as np
import sklearn
from PIL import Image
from sklearn.decomposition import MiniBatchDictionaryLearning, sparse_encode

SIZE, ATOMS, PATCHES, SPARSITY = 12, 169, 48, 1.0
LEARNING_SIZE, LEARNING_ATOMS, LEARNING_PATCHES, LEARNING_SCALE = 8, 100, 2000, 1 / 16
LEARNING_BATCH, LEARNING_PASSES = 50, 5


def whitened(image):
    fy, fx = np.fft.fftfreq(image.shape[0])[:, None], np.fft.fftfreq(image.shape[1])[None]
    f = np.hypot(fx, fy)
    return np.fft.ifft2(np.fft.fft2(image - image.mean()) * f * np.exp(-((f / 0.4) ** 4))).real


def sample(folder, count, size, generator):
    files = sorted(pathlib.Path(folder).rglob("*.jpg"))
    patches = []
    for file in files:
        image = whitened(np.asarray(Image.open(file).convert("L"), np.float64) / 255)
        for _ in range(count // len(files)):
            y = generator.integers(8, image.shape[0] - size - 8)
            x = generator.integers(8, image.shape[1] - size - 8)
            patches.append(image[y : y + size, x : x + size].ravel())
    patches = generator.permutation(np.array(patches))
    patches -= patches.mean(1, keepdims=True)
    return patches / patches.std()


def objectives(patches, dictionary, codes):
    residual = patches - codes @ dictionary
    return 0.5 * (residual**2).sum(1) + SPARSITY * np.abs(codes).sum(1)


def learn(folder):
    """Patches in whole units, and the mean objective of scikit-learn's dictionary on them."""
    patches = sample(folder, LEARNING_PATCHES, LEARNING_SIZE, np.random.default_rng(1))
    whole = np.clip(np.rint(patches / LEARNING_SCALE), -127, 127).astype(np.int8)
    x = whole.astype(np.float64) * LEARNING_SCALE
    values = []
    for seed in range(3):
        learner = MiniBatchDictionaryLearning(
            LEARNING_ATOMS, alpha=SPARSITY, fit_algorithm="lars", batch_size=LEARNING_BATCH,
            max_iter=LEARNING_PASSES, max_no_improvement=None, tol=0, random_state=seed)
        phi = learner.fit(x).components_
        phi = phi / np.linalg.norm(phi, axis=1, keepdims=True)
        codes = sparse_encode(x, phi, algorithm="lasso_lars", alpha=SPARSITY)
        values.append(float(objectives(x, phi, codes).mean()))
    return whole, min(values)


def main():
    here = pathlib.Path(__file__).parent
    patches = sample(sys.argv[1], 20_000, SIZE, np.random.default_rng(0))
    learner = MiniBatchDictionaryLearning(
        ATOMS, alpha=SPARSITY, fit_algorithm="cd", batch_size=200, max_iter=5, random_state=0,
        transform_algorithm="lasso_cd", transform_alpha=SPARSITY)
    dictionary = learner.fit(patches).components_
    dictionary = (dictionary / np.linalg.norm(dictionary, axis=1, keepdims=True)).astype("<f4")
    chosen = patches[:PATCHES].astype("<f4")
    x, phi = chosen.astype(np.float64), dictionary.astype(np.float64)
    objective = {}
    for name, positive in [("lasso", False), ("nonnegative", True)]:
        by_method = [
            objectives(x, phi, sparse_encode(
                x, phi, algorithm=method, alpha=SPARSITY, max_iter=100_000, positive=positive))
            for method in ("lasso_lars", "lasso_cd")]
        objective[name] = np.minimum(*by_method).tolist()
    pursuit = sparse_encode(x, phi, algorithm="omp", n_nonzero_coefs=10)
    patch_error = (0.5 * ((x - pursuit @ phi) ** 2).sum(1)).tolist()
    whole, learned = learn(sys.argv[1])
    whole.tofile(here / "learning.bin")
    chosen.tofile(here / "patches.bin")
    dictionary.tofile(here / "dictionary.bin")
    (here / "reference.json").write_text(json.dumps({
        "madeWith": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
        "patches": PATCHES, "pixels": SIZE * SIZE, "atoms": ATOMS, "sparsity": SPARSITY,
        "objectives": objective, "pursuitAtoms": 10, "pursuitErrors": patch_error,
        "learning": {
            "patches": LEARNING_PATCHES, "pixels": LEARNING_SIZE**2, "atoms": LEARNING_ATOMS,
            "scale": LEARNING_SCALE, "batch": LEARNING_BATCH, "passes": LEARNING_PASSES,
            "objective": learned}}, indent=1))


main()

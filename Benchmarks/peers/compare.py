"""Times swift-svae and its peers on the same work, in turn, and prints the ratios.

See turns.py for how. The tables: training steps of the VAE, the same in bfloat16, sparse coding
inference, log p(x) and, where there are photographs, loading.
"""

import argparse
import os
import pathlib
import sys
import tempfile

import numpy as np

import codes
import workload
from turns import OURS, Rounds, Runner, print_header, print_row

HERE = pathlib.Path(__file__).resolve().parent
# Turns of sparse coding that last longer are taken once.
LONG_SECONDS = 5
BENCH = HERE.parent / ".build/release/svae-bench"


def compare_training(options):
    print("Training steps per second, and ours over the best peer in float32: medians of rounds.\n")
    commands = {
        OURS: [BENCH, "serve", "--threads"],
        "torch eager": [sys.executable, HERE / "train_torch.py", "eager"],
        "torch.compile": [sys.executable, HERE / "train_torch.py", "compile"],
        "JAX": [sys.executable, HERE / "train_jax.py"],
    }
    time_steps(
        {name: (lambda n, c=command: [*c, n]) for name, command in commands.items()}, options)


def compare_mixed(options):
    print("\nThe same with products in bfloat16; torch under autocast.\n")
    torch = [sys.executable, HERE / "train_torch.py"]
    commands = {
        OURS: lambda n: [BENCH, "serve", "--threads", n, "--precision", "mixed"],
        "torch eager": lambda n: [*torch, "eager", n, "bf16"],
        "torch.compile": lambda n: [*torch, "compile", n, "bf16"],
    }
    time_steps(commands, options)


def time_steps(commands, options):
    """A table of steps per second; `commands` gives each runner's command for a number of threads."""
    print_header("case", "threads", *commands, "ratio", "rounds disturbed")
    for threads in options.threads:
        runners = {
            name: Runner(name, command(threads), threads) for name, command in commands.items()
        }
        for case in workload.CASES:
            if options.filter not in case:
                continue
            for runner in runners.values():
                runner.run(case, 0.1)
            turns = {
                name: lambda runner=runner: runner.run(case, options.seconds)
                for name, runner in runners.items()
            }
            rounds = Rounds(turns, options.rounds, options.retries)
            print_row(
                case.replace(" ", " batch "), threads,
                *(f"{rounds.rate(name):.1f}" for name in turns),
                f"**{rounds.ratio([name for name in turns if name != OURS]):.2f}**",
                rounds.disturbance)
        for runner in runners.values():
            runner.close()


def compare_codes(options):
    print(
        "\nSparse coding: patches per second, and ours over each peer: medians of rounds. The "
        "relative duality gap and the objective are means over the patches, in double precision "
        "from the codes.\n")
    peers = {
        "scikit-learn": "sklearn", "SPAMS": "spams", "torch FISTA": "torch",
        "torch FISTA, 100 steps": "torch-100",
    }
    print_header(
        "atoms", "threads", "method", "patches/s", "ours over it", "gap", "objective",
        "rounds disturbed")
    for threads in options.threads:
        with tempfile.TemporaryDirectory() as folder:
            ours = [BENCH, "serve-codes", "--threads", threads, folder]
            runners = {OURS: Runner(OURS, ours, threads)}
            for name, method in peers.items():
                command = [sys.executable, HERE / "codes.py", method, threads, folder]
                runners[name] = Runner(name, command, threads)
            for atoms in (169, 400):
                compare_methods(options, runners, folder, atoms, threads)
            for runner in runners.values():
                runner.close()


def compare_methods(options, runners, folder, atoms, threads):
    first = {name: quality_of_codes(runner, folder, atoms) for name, runner in runners.items()}

    def turn(runner):
        seconds, others = runner.run(atoms, "/dev/null")
        return codes.PATCHES / seconds, others

    # What takes many seconds is timed once: what else happens in them evens out.
    turns = {
        name: lambda runner=runner: turn(runner)
        for name, runner in runners.items() if first[name][0] < LONG_SECONDS
    }
    rounds = Rounds(turns, min(5, options.rounds), options.retries)
    for name in runners:
        seconds, gap, objective = first[name]
        if name in turns:
            rate, disturbance = rounds.rate(name), rounds.disturbance
            ratio = rounds.ratio([name])
        else:
            rate, disturbance = codes.PATCHES / seconds, "once"
            ratio = rounds.rate(OURS) / rate
        print_row(
            atoms, threads, name, f"{rate:.0f}", "" if name == OURS else f"**{ratio:.1f}**",
            f"{gap:.1e}", f"{objective:.6f}", disturbance)


def photographs():
    """Where the tests look, too."""
    data = os.environ.get("SVAE_DATA") or HERE.parents[1] / "../shared/data"
    return pathlib.Path(data).resolve() / "bsds500/train"


def quality_of_codes(runner, folder, atoms):
    """Seconds, and how exact the codes are, in double precision: mean relative gap, mean
    objective."""
    file = pathlib.Path(folder) / "codes.f32"
    seconds, _ = runner.run(atoms, file)
    z = np.fromfile(file, dtype=np.float32).reshape(-1, atoms).astype(float)
    x = codes.load(folder, "patches").astype(float)
    filters = codes.load(folder, f"dictionary-{atoms}").astype(float)
    primal, dual = codes.bounds(x, filters, z)
    return seconds, ((primal - dual) / primal).mean(), primal.mean()


def compare_likelihood(options):
    print(
        "\nlog p(x) of 32 patches by annealed importance sampling, 16 chains each: patches per "
        "second, and ours over the peer at its authors' 100 temperatures. −log p(x) is the mean "
        "over patches, in expectation too large: less is closer.\n")
    peer = "torch, as published"
    print_header(
        "method", "temperatures", "threads", "patches/s", "ours over it", "−log p(x), nats",
        "rounds disturbed")
    for threads in options.threads:
        with tempfile.TemporaryDirectory() as folder:
            ours = [BENCH, "serve-likelihood", "--threads", threads, folder]
            runners = {OURS: Runner(OURS, ours, threads)}
            command = [sys.executable, HERE / "likelihood.py", threads, folder]
            runners[peer] = Runner(peer, command, threads)
            file = pathlib.Path(folder) / "found.f32"

            def turn(name, temperatures):
                seconds, others = runners[name].run(temperatures, file)
                return 32 / seconds, others

            for temperatures in (100, 500):
                turns = {
                    OURS: lambda: turn(OURS, temperatures), peer: lambda: turn(peer, 100)}
                found = {}
                for name, warm_up in turns.items():
                    warm_up()
                    found[name] = -np.fromfile(file, dtype=np.float32).mean()
                rounds = Rounds(turns, min(5, options.rounds), options.retries)
                for name in turns:
                    print_row(
                        name, temperatures if name == OURS else 100, threads,
                        f"{rounds.rate(name):.2f}",
                        "" if name == OURS else f"**{rounds.ratio([peer]):.1f}**",
                        f"{found[name]:.2f}", rounds.disturbance)
            for runner in runners.values():
                runner.close()


def compare_loading(options):
    folder = options.photographs
    if not folder.is_dir():
        print("\nLoading is left out: no photographs. Name a folder with --photographs.")
        return
    print("\nDecoding and whitening photographs: seconds for all, medians of rounds.\n")
    peer = "scikit-image"
    print_header("threads", OURS, peer, "ratio of rates", "rounds disturbed")
    for threads in options.threads:
        runners = {
            OURS: Runner(OURS, [BENCH, "serve-photographs", "--threads", threads, folder], threads),
            peer: Runner(peer, [sys.executable, HERE / "photographs.py", threads, folder], threads),
        }

        def turn(runner):
            seconds, others = runner.run("all")
            return 1 / seconds, others

        turns = {name: lambda runner=runner: turn(runner) for name, runner in runners.items()}
        for warm_up in turns.values():
            warm_up()
        rounds = Rounds(turns, options.rounds, options.retries)
        print_row(
            threads, *(f"{1 / rounds.rate(name):.3f}" for name in turns),
            f"**{rounds.ratio([peer]):.2f}**", rounds.disturbance)
        for runner in runners.values():
            runner.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4, help="length of a window of training")
    parser.add_argument("--retries", type=int, default=5, help="of a round that was disturbed")
    parser.add_argument("--filter", default="", help="only training cases whose name contains this")
    parser.add_argument(
        "--photographs", type=pathlib.Path, default=photographs(),
        help="folder for the table of loading; default bsds500/train in the data folder")
    parser.add_argument("--tables", nargs="+", choices=TABLES, default=list(TABLES))
    options = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("compare.py keeps runners to their processors, which only Linux can do")
    for table in options.tables:
        TABLES[table](options)


TABLES = {
    "training": compare_training,
    "mixed": compare_mixed,
    "codes": compare_codes,
    "likelihood": compare_likelihood,
    "loading": compare_loading,
}

if __name__ == "__main__":
    main()

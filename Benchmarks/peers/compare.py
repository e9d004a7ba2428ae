"""Times swift-svae and its peers on the same training steps, in turn, and prints the ratios.

All runners stay alive side by side and take turns in short windows of time, so that whatever else
the machine does meets all of them alike; a ratio is the median of the rounds' ratios. A round in
which other processes took part of the processors' time is done again, a few times.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import workload

HERE = pathlib.Path(__file__).resolve().parent
OURS = "swift-svae"
TICKS = os.sysconf("SC_CLK_TCK")

# Share of the processors' time that others may take in a window.
DISTURBANCE = 0.05


def commands(threads, bf16):
    """The command line of each runner."""
    python = [sys.executable]
    peers = {
        OURS: [HERE.parent / ".build/release/svae-bench", "serve", "--threads", threads],
        "torch eager": [*python, HERE / "train_torch.py", "eager", threads],
        "torch.compile": [*python, HERE / "train_torch.py", "compile", threads],
        "JAX": [*python, HERE / "train_jax.py"],
    }
    if bf16:
        peers["torch eager bf16"] = [*peers["torch eager"], "bf16"]
        peers["torch.compile bf16"] = [*peers["torch.compile"], "bf16"]
    return peers


class Runner:
    """A process that trains when it is told to, on given processors."""

    def __init__(self, name, command, processors):
        self.name = name
        self.processors = processors
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [str(word) for word in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=self.log, text=True, bufsize=1,
            preexec_fn=lambda: os.sched_setaffinity(0, processors))
        self.answer()

    def answer(self):
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise SystemExit(f"{self.name} failed:\n{self.log.read().decode()[-2000:]}")
        return line

    def run(self, case, seconds):
        """Steps per second, and the share of its processors' time that others took."""
        start, busy, own = time.perf_counter(), self.busy_seconds(), self.own_seconds()
        print(case, seconds, file=self.process.stdin)
        rate = float(self.answer())
        elapsed = time.perf_counter() - start
        others = self.busy_seconds() - busy - (self.own_seconds() - own)
        return rate, others / elapsed / len(self.processors)

    def own_seconds(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def busy_seconds(self):
        """Time that the runner's processors spent on anything but waiting."""
        busy = 0
        for line in pathlib.Path("/proc/stat").read_text().splitlines():
            name, *fields = line.split()
            if name.startswith("cpu") and name[3:].isdigit() and int(name[3:]) in self.processors:
                user, nice, system, _, _, interrupt, soft_interrupt, stolen = map(int, fields[:8])
                busy += user + nice + system + interrupt + soft_interrupt + stolen
        return busy / TICKS

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def one_round(runners, case, seconds, retries):
    """Each runner's steps per second, and whether others disturbed the last attempt."""
    for attempt in range(retries + 1):
        rates, disturbed = {}, False
        for runner in runners:
            rates[runner.name], share = runner.run(case, seconds)
            disturbed |= share > DISTURBANCE
            if disturbed and attempt < retries:
                time.sleep(1)
                break
        else:
            return rates, disturbed


def measure(threads, options):
    """A row of the table for each case."""
    processors = set(sorted(os.sched_getaffinity(0))[:threads])
    runners = [
        Runner(name, command, processors)
        for name, command in commands(threads, options.bf16).items()
    ]
    for case in workload.CASES:
        if options.filter not in case:
            continue
        for runner in runners:
            print(f"preparing {runner.name}, {case}, threads {threads}", file=sys.stderr)
            runner.run(case, 0.1)
        rounds, disturbances = [], 0
        for _ in range(options.rounds):
            rates, disturbed = one_round(runners, case, options.seconds, options.retries)
            rounds.append(rates)
            disturbances += disturbed
        yield case, rounds, disturbances
    for runner in runners:
        runner.close()


def ratio(rates):
    """Ours over the best peer of the same precision."""
    return rates[OURS] / max(
        rate for name, rate in rates.items() if name != OURS and "bf16" not in name)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--seconds", type=float, default=0.4, help="length of a window")
    parser.add_argument("--retries", type=int, default=5, help="of a round that was disturbed")
    parser.add_argument("--filter", default="", help="only the cases whose name contains this")
    parser.add_argument("--bf16", action="store_true", help="also torch with bf16 autocast")
    options = parser.parse_args()
    if sys.platform != "linux":
        raise SystemExit("compare.py keeps runners to their processors, which only Linux can do")

    names = list(commands(1, options.bf16))
    print("Training steps per second, and ours over the best peer of each round: medians.\n")
    print("| case | threads | " + " | ".join(names) + " | ratio | rounds disturbed |")
    print("|---|" + "---:|" * (len(names) + 3))
    for threads in options.threads:
        for case, rounds, disturbances in measure(threads, options):
            rates = [statistics.median(rates[name] for rates in rounds) for name in names]
            cells = [f"{rate:.1f}" for rate in rates]
            cells.append(f"**{statistics.median(map(ratio, rounds)):.2f}**")
            cells.append(f"{disturbances} of {len(rounds)}")
            name, batch = case.split()
            print(f"| {name} batch {batch} | {threads} | " + " | ".join(cells) + " |", flush=True)


if __name__ == "__main__":
    main()

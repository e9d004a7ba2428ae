"""Runners that stay alive side by side and take turns in short windows of time.

Whatever else the machine does then meets all of them alike; a ratio is the median of the rounds'
ratios. A round in which other processes took part of the processors' time is done again, a few
times.
"""

import os
import pathlib
import statistics
import subprocess
import tempfile
import time

OURS = "swift-svae"
TICKS = os.sysconf("SC_CLK_TCK")

# Share of the processors' time that others may take in a window.
DISTURBANCE = 0.05


class Runner:
    """A process that works when it is told to, on as many processors as it has threads.

    It says "ready", and then answers each line with a number.
    """

    def __init__(self, name, command, threads):
        self.name = name
        self.processors = processors = set(sorted(os.sched_getaffinity(0))[:threads])
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

    def run(self, *words):
        """The answer, and the share of the processors' time that others took meanwhile."""
        start, busy, own = time.perf_counter(), self.busy_seconds(), self.own_seconds()
        print(*words, file=self.process.stdin)
        number = float(self.answer())
        elapsed = time.perf_counter() - start
        others = self.busy_seconds() - busy - (self.own_seconds() - own)
        return number, others / elapsed / len(self.processors)

    def own_seconds(self):
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text()
        fields = text.rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS

    def busy_seconds(self):
        """Time that the processors spent on anything but waiting."""
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


class Rounds:
    """Rates of all runners, round by round."""

    def __init__(self, turns, count, retries):
        """`turns` gives, by a runner's name, what makes it work once and returns its rate and the
        share of time that others took."""
        self.rates, self.disturbed = [], 0
        for _ in range(count):
            rates, disturbed = self.one(turns, retries)
            self.rates.append(rates)
            self.disturbed += disturbed

    @staticmethod
    def one(turns, retries):
        for attempt in range(retries + 1):
            rates, disturbed = {}, False
            for name, turn in turns.items():
                rates[name], share = turn()
                disturbed |= share > DISTURBANCE
                if disturbed and attempt < retries:
                    time.sleep(1)
                    break
            else:
                return rates, disturbed

    def rate(self, name):
        return statistics.median(rates[name] for rates in self.rates)

    def ratio(self, peers):
        """Ours over the best of `peers`."""
        return statistics.median(
            rates[OURS] / max(rates[peer] for peer in peers) for rates in self.rates)

    @property
    def disturbance(self):
        return f"{self.disturbed} of {len(self.rates)}"


def print_row(*cells):
    print("| " + " | ".join(map(str, cells)) + " |", flush=True)


def print_header(*cells):
    print_row(*cells)
    print("|---|" + "---:|" * (len(cells) - 1), flush=True)

# SPDX-License-Identifier: Apache-2.0
"""One run of a program under torture, and what may never come out of it."""
import concurrent.futures
import itertools
import os
import re
import signal
import subprocess
from pathlib import Path

LIVE, DEAD = "127.0.0.1", "127.0.0.9"
LIMIT_S = 20
FULL = bool(os.environ.get("TORTURE_FULL"))
NUMBERS = itertools.count()


def campaign_only(test):
    """Too long for a sample: such a test is not even there without TORTURE_FULL."""
    return test if FULL else None


# What each program may say of a host that answers, or does not: never this.
WRONG = [
    re.compile(rf"^no reply from {re.escape(LIVE)}\b", re.M),
    re.compile(rf"^\d+ bytes from {re.escape(DEAD)}\b", re.M),
    re.compile(rf"^{re.escape(LIVE)} is unreachable", re.M),
    re.compile(rf"^{re.escape(DEAD)} is alive", re.M),
    re.compile(rf"^{re.escape(LIVE)} : \[\d+\], timed out", re.M),
    re.compile(rf"^{re.escape(DEAD)} : \[\d+\], \d+ bytes", re.M),
    re.compile(r"WRONG"),
]


class Outcome:
    """What a run has left behind."""

    def __init__(self, argv, rc, out, err, report=""):
        self.argv, self.rc, self.out, self.err, self.report = argv, rc, out, err, report

    @property
    def calls(self):
        found = re.findall(r"^calls (\d+)", self.report, re.M)
        return int(found[-1]) if found else 0

    @property
    def live(self):
        return sum(map(int, re.findall(r" live (\d+)$", self.report, re.M)))

    def faults(self):
        """Why this run is a bad one: crashed, hung, silent about a failure, a wrong answer."""
        faults = [f"wrong: {match[0]}" for match in (p.search(self.out + "\n" + self.err)
                                                     for p in WRONG) if match]
        if self.rc is None:
            faults.append("hung")
        elif self.rc < 0 or self.rc >= 128:
            faults.append(f"ended by signal {-self.rc if self.rc < 0 else self.rc - 128}")
        elif self.rc == 4 and not self.err:
            faults.append("failed without a word")
        return faults

    def __repr__(self):
        return (f"<{' '.join(map(str, self.argv))} rc={self.rc}\n--- stdout\n{self.out[-1500:]}"
                f"--- stderr\n{self.err[-1500:]}--- report\n{self.report[-1500:]}>")


def run(argv, env=None, report=None, limit=LIMIT_S, stdout=subprocess.PIPE, text=None,
        preexec_fn=None):
    """Runs it to its end."""
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C", **(env or {})}
    # A session of its own: strace does not take what it traces along when it is killed.
    with subprocess.Popen(argv, env=environment, text=True, errors="backslashreplace",
                          start_new_session=True, stdout=stdout, preexec_fn=preexec_fn,
                          stderr=subprocess.PIPE,
                          stdin=subprocess.PIPE if text else subprocess.DEVNULL) as process:
        try:
            out, err = process.communicate(text, timeout=limit)
            rc = process.returncode
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
            rc = None
    told = ""
    if report and Path(report).exists():
        told = Path(report).read_text()
        Path(report).unlink()
    return Outcome(argv, rc, out or "", err or "", told)


def in_parallel(function, items, at_a_time=os.cpu_count() or 1):
    """[function(item)], a few at a time, in order."""
    with concurrent.futures.ThreadPoolExecutor(at_a_time) as pool:
        return list(pool.map(function, items))


def sample(numbers, most):
    """All of them in the full campaign, else most of them, spread evenly."""
    numbers = list(numbers)
    if FULL or len(numbers) <= most:
        return numbers
    return [numbers[i * len(numbers) // most] for i in range(most)]

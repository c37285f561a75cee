# SPDX-License-Identifier: Apache-2.0
"""Every system call fails once with each errno that it knows, and some from the nth on.

TORTURE_SEED chooses which of its calls fails in the sample.
"""
import errno
import json
import os
import random
import re

import pytest

import errnos
import runs
from runs import DEAD, LIVE

# {targets} is a list of some, {own} a path that only one run has.
LINES = [
    f"multiping -c 3 -i 2ms -t 2s {LIVE} ::1",
    "multiping -q -c 2 -i 2ms -t 2s ok.test dead.test",
    f"multiping -o json --threads 2 -c 2 -i 2ms -t 2s {LIVE} ::1 127.0.0.2",
    f"multiping --ping-socket -w 2 -c 2 -i 2ms -t 2s {LIVE} ::1",
    f"multiping -c 2 -i 2ms -t 50ms {LIVE} {DEAD}",
    "multiping --sweep -t 2s --no-progress 127.0.0.1/29",
    "multiping --sweep -t 2s --no-progress --resume {own} 127.0.0.1/29",
    "multiping -q -c 2 -i 2ms -t 2s @{targets}",
    "multiping --doctor",
    f"fping -c 2 -p 10 -t 500 -s {LIVE} ::1",
    "fping -n -r 0 -t 500 ok.test dead.test localhost",
    "embedder pull ok.test",
    "embedder run ok.test",
    "embedder workers ok.test",
    "embedder threads ok.test",
    "embedder once ok.test",
]
LIMIT_S = 15
MOST = int(os.environ.get("TORTURE_MOST", "16"))  # occurrences tried of one call and errno
SEED = int(os.environ.get("TORTURE_SEED", "1"))


class Run:
    """A run and what its supervisor says."""

    def __init__(self, programs, directory, line, call="all", name=None, at="0"):
        report = directory / f"report{next(runs.NUMBERS)}"
        own = report.with_suffix(".own")
        self.what = f"{call} {name} {at}"
        self.line = line
        number = getattr(errno, name) if name else 0
        argv = [str(programs.syscalls), str(report), call, str(number), str(at)]
        argv += programs.argv(line.format(own=own, targets=directory / "targets"))
        self.outcome = runs.run(argv, report=report, limit=LIMIT_S)
        self.report = self.outcome.report
        self.left_behind = [path.name for path in directory.glob(f"{own.name}*")]
        for name in self.left_behind:
            (directory / name).unlink()

    @property
    def calls(self):
        return {call: int(n) for call, n in re.findall(r"^call (\S+) (\d+)$", self.report, re.M)}

    @property
    def has_failed(self):
        return re.search(r"^failed [1-9]", self.report, re.M)

    @property
    def mute(self):
        """Whether it was the words about a failure that failed."""
        return self.what.startswith("write/stderr")

    @property
    def is_unread(self):
        """Whether the reader of the output is gone, which fping takes for his leave."""
        return self.line.startswith("fping") and "stdout EPIPE" in self.what

    @property
    def left_open(self):
        """What is open at the end. A close() that fails has closed all the same, but not here."""
        left = re.findall(r"^open (\d+)", self.report, re.M)
        spared = re.findall(r"^descriptor (\d+)", self.report, re.M)
        return [fd for fd in left if not (self.what.startswith("close") and fd in spared)]

    def __repr__(self):
        return f"{self.what}: {self.outcome}"


def objects(out):
    return [json.loads(line) for line in out.splitlines()]


def json_faults(run):
    """Sums and verdicts of -o json."""
    faults = []
    try:
        told = objects(run.outcome.out)
    except ValueError:
        return [] if run.outcome.rc == 4 else ["no JSON"]
    for each in told:
        parts = ("received", "lost", "unreachable", "unknown", "send_errors", "canceled")
        if each["type"] in ("summary", "total") and \
                each["sent"] != sum(each.get(part, 0) for part in parts):
            faults.append("the counters do not add up")
        if each.get("lost") or each.get("verdict") == "lost":
            faults.append("wrong: lost")
    return faults


def faults_of(run, good):
    """What is wrong with it, as a list."""
    outcome, faults = run.outcome, run.outcome.faults()
    if run.mute:
        faults = [fault for fault in faults if fault != "failed without a word"]
    if "-o json" in run.line:
        faults += json_faults(run)
    if DEAD not in run.line and re.search(r"lost [1-9]|, timed out", outcome.out):
        faults.append("wrong: lost")
    if outcome.rc is not None and not run.report:
        faults.append("no report")
    words = outcome.err or "--doctor" in run.line or re.search(r"\bunknown( outcome|\"?:? ?[1-9])", outcome.out)
    if outcome.rc not in (None, good.outcome.rc) and not words and not run.mute:
        faults.append("another exit status without a word")
    if outcome.rc is not None and outcome.rc > 4 and outcome.rc < 128:
        faults.append("an exit status that is none")
    if outcome.rc == good.outcome.rc and not words and not run.is_unread and not run.mute and \
            outcome.out.count("\n") != good.outcome.out.count("\n"):
        faults.append("lines are missing")
    if outcome.rc is not None and run.left_open:
        faults.append("descriptors left open")
    if outcome.rc == 0 and run.left_behind or \
            any(name.endswith(".new") for name in run.left_behind):
        faults.append("files left behind")
    return faults


def occurrences(n):
    """Which of n calls fail: all, or the first ones and some of the others."""
    if n <= MOST:
        return range(1, n + 1)
    first = MOST // 2
    return [*range(1, first + 1), *random.Random(SEED).sample(range(first + 1, n + 1), first)]


def is_spared(line, call, at):
    """What fails for reasons that are not ours, or are documented."""
    # getaddrinfo() itself crashes: nss_database.c of glibc 2.36
    if line.startswith("fping -n"):
        return call in ("brk", "mmap")
    # It calls lost what it cannot know after ten more pings: see its manual page.
    return line.startswith("fping") and call == "recvmmsg" and at.endswith("+")


def campaign(line, calls):
    """(call, errno, at) of a line's calls."""
    once = [(call, name, str(at)) for call, name in errnos.pairs(errnos.ERRNOS, calls)
            for at in occurrences(calls[call])]
    for_good = [(call, name, f"{at}+") for call, name in errnos.pairs(errnos.FOR_GOOD, calls)
                for at in occurrences(calls[call])]
    return [plan for plan in once + for_good if not is_spared(line, plan[0], plan[2])]


@pytest.fixture(scope="module")
def good(programs, directory, names):
    """{line: its run without faults}"""
    if not programs.syscalls.exists():
        pytest.skip("not with sanitizers, nor without libseccomp")
    (directory / "targets").write_text(f"{LIVE}\n::1\n")
    told = {line: Run(programs, directory, line) for line in LINES}
    for run in told.values():
        assert not faults_of(run, run), run
    return told


@pytest.fixture(scope="module")
def plans(good):
    """{line: [(call, errno, at)]}: all of them, or each errno of each call with some line."""
    told = {line: campaign(line, run.calls) for line, run in good.items()}
    if runs.FULL:
        return told
    choices, chance = {}, random.Random(SEED)
    for line, plan in told.items():
        for call, name, at in plan:
            choices.setdefault((call, name, at[-1] == "+"), []).append((line, (call, name, at)))
    chosen = [chance.choice(choices[key]) for key in sorted(choices)]
    return {line: [plan for of, plan in chosen if of == line] for line in LINES}


def test_each_call_is_known(good):
    """None may be forgotten in the tables."""
    calls = {call for run in good.values() for call in run.calls}
    forgotten = sorted(calls - set(errnos.ERRNOS) - set(errnos.NEVER))
    assert not forgotten


@pytest.mark.parametrize("line", LINES)
def test_calls(programs, directory, good, plans, line):
    done = runs.in_parallel(lambda plan: Run(programs, directory, line, *plan), plans[line])
    bad = [(run, faults_of(run, good[line])) for run in done if faults_of(run, good[line])]
    hit = sum(1 for run in done if run.has_failed)
    told = "\n".join(f"{run.what}: {faults}" for run, faults in bad)
    print(f"{line}: {len(done)} runs, {hit} with a failed call, {len(bad)} bad\n{told}")
    assert hit or not done, "no call has failed"
    assert not bad, f"{len(bad)} of {len(done)}:\n{told}\n{[run for run, _ in bad[:3]]}"

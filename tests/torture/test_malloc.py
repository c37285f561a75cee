# SPDX-License-Identifier: Apache-2.0
"""Every allocation fails once, all from the nth on, and all large ones from there on."""
import itertools

import pytest

import runs
from runs import DEAD, LIVE

LINES = [
    f"multiping -c 2 -i 2ms -t 50ms {LIVE} {DEAD}",
    f"multiping -c 2 -i 2ms -t 2s --percentiles -q {LIVE} ::1 localhost",
    "multiping -c 1 -t 2s ok.test dead.test",
    f"multiping -A 2 -t 50ms {LIVE} {DEAD}",
    f"multiping -w 2 -c 2 -i 2ms -t 50ms {LIVE} {DEAD}",
    f"multiping --threads 2 -c 2 -i 2ms -t 50ms {LIVE} {DEAD}",
    f"multiping --ping-socket -c 2 -i 2ms -t 50ms {LIVE} {DEAD}",
    f"fping -r 1 -t 50 {LIVE} {DEAD}",
    f"fping -c 2 -p 10 -t 50 -s {LIVE} {DEAD}",
    f"fping -C 2 -p 10 -t 50 -q {LIVE} ::1",
    "fping -n -r 0 -t 500 ok.test dead.test localhost",
    "fping -g 127.0.0.1/29 -t 50 -a",
    f"fping -J -c 1 -t 50 {LIVE} {DEAD}",
    "embedder pull ok.test",
    "embedder run ok.test",
    "embedder workers ok.test",
    "embedder threads ok.test",
    "embedder once ok.test",
]
NAMES, WITH_THREADS = "-n", 16
SAMPLE = 8  # allocations per line and mode


def torture(programs, directory, line, at, further=False, above=None):
    report = directory / f"report{next(runs.NUMBERS)}"
    env = {"LD_PRELOAD": str(programs.malloc_shim), "TORTURE_REPORT": str(report)}
    if at:
        env["TORTURE_AT"] = str(at)
    if further:
        env["TORTURE_FROM"] = "1"
    if above:
        env["TORTURE_ABOVE"] = str(above)
    if NAMES in line or "localhost" in line:
        env["TORTURE_SPARE"] = "1"  # getaddrinfo() itself crashes: nss_database.c of glibc 2.36
    return runs.run(programs.argv(line), env, report)


def check(outcome, expected):
    """What is wrong with it, as a list."""
    faults = outcome.faults()
    if not outcome.report:
        faults.append("no report")
    # Threads that are still looking names up keep what they need until the program ends: one
    # block if all lookups have been heard, theirs as well if it ends before.
    if outcome.live > (1 if NAMES in outcome.argv and outcome.rc != 4 else
                       WITH_THREADS if NAMES in outcome.argv else 0):
        faults.append(f"{outcome.live} blocks leaked")
    if outcome.rc in (1, 2, 4) and outcome.rc != expected.rc and not outcome.err:
        faults.append("another exit code without a word")
    if outcome.rc == 0 and expected.rc != 0:
        faults.append("success where there can be none")
    return faults


@pytest.mark.parametrize("further", [False, True], ids=["once", "from there on"])
@pytest.mark.parametrize("line", LINES)
def test_malloc(programs, directory, names, line, further):
    if not programs.malloc_shim.exists():
        pytest.skip("not with sanitizers")
    good = torture(programs, directory, line, 0)
    assert good.calls > 10 and not check(good, good), good
    # A few more than were counted: threads do not always do the same.
    numbers = runs.sample(range(1, good.calls + 10), SAMPLE)
    outcomes = runs.in_parallel(lambda at: torture(programs, directory, line, at, further), numbers)
    bad = [(at, check(outcome, good), outcome) for at, outcome in zip(numbers, outcomes)
           if check(outcome, good)]
    assert not bad, f"{len(bad)} of {len(numbers)}: allocations {[at for at, _, _ in bad]}: {bad[:3]}"


# Bytes, from what a line of output takes to the tables of targets and probes. A limit on memory
# (ulimit -v, a cgroup) is met by the large ones first, while all else goes on.
LARGE = [1000, 10_000, 60_000, 130_000, 200_000, 300_000]


@pytest.mark.parametrize("line", LINES)
def test_large(programs, directory, names, line):
    if not programs.malloc_shim.exists():
        pytest.skip("not with sanitizers")
    good = torture(programs, directory, line, 0)
    tries = runs.sample(itertools.product(LARGE, range(1, good.calls + 10)), 3 * SAMPLE)
    outcomes = runs.in_parallel(lambda t: torture(programs, directory, line, t[1], above=t[0]),
                                tries)
    bad = [(t, check(outcome, good), outcome) for t, outcome in zip(tries, outcomes)
           if check(outcome, good)]
    assert not bad, f"{len(bad)} of {len(tries)}: above, from {[t for t, _, _ in bad]}: {bad[:3]}"

# SPDX-License-Identifier: Apache-2.0
"""What a machine may lack for good: descriptors, the right to change ids."""
import errno

import pytest

import runs
from runs import LIVE

FEW = [
    f"multiping -q -c 1 -t 2s {LIVE}",
    "multiping -q -c 1 -t 2s ::1",
    f"multiping --ping-socket -q -c 1 -t 2s {LIVE} ::1",
    f"fping -c 1 -t 2000 {LIVE}",
    "fping -q -c 1 -t 2000 ::1",
    "embedder once ok.test",
]


@pytest.mark.parametrize("line", FEW)
def test_descriptors(programs, names, line):
    """Any number of them is enough, or somebody says what is missing; never a loss."""
    outcomes = {n: runs.run(["prlimit", f"--nofile={n}", *programs.argv(line)])
                for n in range(3, 41)}
    assert outcomes[40].rc == 0, outcomes[40]
    bad = {n: o for n, o in outcomes.items()
           if o.faults() or (o.rc != 0 and not o.err.strip())
           or ("1/0/100%" in o.err and "Too many open files" not in o.err)}
    assert not bad, bad


def refuse(programs, directory, call, name, at, line):
    report = directory / f"report{next(runs.NUMBERS)}"
    number = str(getattr(errno, name))
    return runs.run([str(programs.syscalls), str(report), call, number, at, *programs.argv(line)])


def has_syscalls(programs):
    if not programs.syscalls.exists():
        pytest.skip("not with sanitizers, nor without libseccomp")


@pytest.mark.parametrize("call", ["setresuid", "setresgid"])
def test_nothing_to_give_up(programs, directory, call):
    has_syscalls(programs)
    seen = refuse(programs, directory, call, "EPERM", "1+", f"multiping -c 1 -t 2s {LIVE}")
    assert seen.rc == 0 and not seen.faults(), seen

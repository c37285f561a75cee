# SPDX-License-Identifier: Apache-2.0
"""10,000 names, 10 % of them dead, 10 % slow, answers that change, and hosts beside them.

The figures asked for are: first ping within 50 ms, all good names pinged within 2 s, no jitter on
the hosts. They are printed; what is asserted holds on a busy machine, too, and fails where one
slow name holds up others.
"""
import pytest

import crowd
import runs

NAMES = 10000
SLOW_S = 5
SECONDS = 6.5  # until after all the dead ones have come to their end at once


@pytest.fixture(scope="module")
def crowd_file(directory):
    path = directory / "crowd"
    names = [f"n{number}.test" for number in range(NAMES)]
    path.write_text("\n".join(crowd.HOSTS + names) + "\n")
    return path


@pytest.mark.parametrize("line", ["multiping -q -i 1s @{}", "fping -q -l -i 0.01 -p 1000 -f {}"],
                         ids=["multiping", "fping"])
def test_crowd(programs, crowd_file, line, capsys):
    program = str(programs.embedder[0]).replace("torture_library", "torture_crowd")
    argv = programs.argv(line.format(crowd_file))
    seen = crowd.watch(program, NAMES, argv, 12 if runs.FULL else SECONDS)
    figures = seen.figures(NAMES)
    with capsys.disabled():
        print(f"\n{line.split()[0]}: {figures}")
    assert seen.rc in (0, 1, 2) or seen.rc == -2, figures  # -2: as fping ends before it knows all
    good = seen.good()
    assert len(good) == NAMES * 8 // 10, figures
    assert good[-1] < SLOW_S - 0.5, figures
    assert not [number for number in seen.first if number % 10 == 0], "a dead name was pinged"
    for times in seen.hosts.values():
        assert len(times) >= int(SECONDS) - 1, figures
    # A busy machine delays by tenths of a second, a host that waits for names by seconds.
    assert abs(sorted(seen.gaps())[len(seen.gaps()) // 2] - 1) < 0.3, figures

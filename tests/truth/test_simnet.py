# SPDX-License-Identifier: Apache-2.0
"""What the simulated network itself can do: ./dev truth -s -k rate prints it."""
import os
from pathlib import Path

import pytest

ENOUGH = 50_000  # requests a second; docs/reliability.md has what a quiet machine makes of it
# Addresses that answer at once; weather, most of which is held back for its time.
RANGES = {"at once": ["10.1.0.0,5000", "fd00:1::,5000"],
          "weather": ["10.64.0.0,5000", "fd00:40::,5000"]}


def cpu_s(pid):
    fields = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("what", RANGES)
def test_rate_on_one_core_with_the_ledger(world, what):
    """By processor time, so that a busy machine does not matter."""
    before = cpu_s(world.simnet.pid)
    outcome = world.census(*RANGES[what], count=20, interval_ms=0, window=2, timeout_ms=900)
    used = cpu_s(world.simnet.pid) - before
    rate = outcome["requests"] / used
    print(f"\nsimnet, {what}: {rate:,.0f} echo requests a second of one core, with the ledger")
    assert outcome.rc == 0 and rate > ENOUGH, (used, outcome)

# SPDX-License-Identifier: Apache-2.0
"""Floods of forged replies: none is believed, and what they drown is unknown, never lost."""
import subprocess

import pytest

from clients import SECONDS, every_kind
from truth_fixtures import BUILD, Outcome, die_with_parent

PINGER = {4: "10.0.0.1", 6: "fd00::1"}
# 50 hosts that never answer, then 50 that do, and the weather.
DEAD = {4: "10.20.0.0", 6: "fd00:14::"}
RANGES = {4: ["10.20.0.0,50", "10.1.0.0,50", "10.64.0.0,100"],
          6: ["fd00:14::,50", "fd00:1::,50", "fd00:40::,100"]}


class Spoofer:
    """A flood under way, from within the pinger's own namespace: nothing on the way limits it."""

    def __init__(self, world, family, *args):
        argv = [BUILD / "tests/faults/spoof", "--to", PINGER[family], "--from", DEAD[family],
                "--hosts", "50", "--seqs", "60", "--seconds", str(SECONDS + 1), *args]
        self.proc = subprocess.Popen(world.space.argv([str(arg) for arg in argv]), text=True,
                                     stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        world.children.append(self.proc)
        assert self.proc.stdout.readline() == "started\n"

    def outcome(self):
        out, _ = self.proc.communicate(timeout=60)
        assert self.proc.returncode == 0
        return Outcome(0, out)


@every_kind()
@pytest.mark.parametrize("knows", [False, True], ids=["blind", "knows"])
def test_forged_replies(world, kind, family, knows):
    count = SECONDS * 10
    spoofer = Spoofer(world, family, *(["--ledger", world.ledger] if knows else []))
    outcome = world.census(*RANGES[family], count=count, interval_ms=100, timeout_ms=400,
                           socket_kind=kind, undecided_max_ppm=1_000_000)
    flood = spoofer.outcome()
    print(flood, outcome)
    assert flood["sent"] > SECONDS * 10_000 and flood["refused"] == 0, flood
    assert outcome.rc == 0, outcome
    assert outcome["false_alive"] == outcome["false_lost"] == outcome["wrong"] == 0, outcome
    if not knows:
        return
    assert flood["known"] > outcome["probes"] // 2, flood
    # The flood did arrive: for each forgery there is a count of its own.
    assert outcome["mismatches"] > outcome["probes"] // 10, outcome

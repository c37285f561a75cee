# SPDX-License-Identifier: Apache-2.0
"""Time that we did not see, and clocks that jump: no host is called lost for it."""
import time

import pytest

from conftest import BUILD

HOSTS = ["10.21.0.0,10000", "fd00:15::1,10000"]


def wait_for_requests(world, n):
    deadline = time.monotonic() + 60
    while world.stats()["requests"] < n:
        assert time.monotonic() < deadline
        time.sleep(0.002)


@pytest.mark.parametrize("seconds", [0.01, 0.3, 5])
@pytest.mark.parametrize("interval_ms", [0, 1000], ids=["unpaced", "paced"])
def test_stopped(world, seconds, interval_ms):
    """20,000 hosts, all alive, answer while this process cannot read."""
    running = world.start(*HOSTS, count=3, interval_ms=interval_ms, window=1, timeout_ms=1000,
                          undecided_max_ppm=1_000_000)
    wait_for_requests(world, 25000)
    running.stop(seconds)
    outcome = running.outcome()
    assert outcome["false_lost"] == outcome["wrong"] == outcome["missing"] == 0, outcome
    assert outcome["lost"] == 0, outcome
    # All of them have answered: what is unknown the kernel has dropped, one by one.
    assert outcome["unknown_drop"] == outcome["rx_drops"], outcome


@pytest.mark.parametrize("hosts", ["10.22.0.0,2000", "fd00:16::1,2000"], ids=["v4", "v6"])
def test_stopped_with_bad_packets_among_the_replies(world, hosts):
    """
    An ICMP error ends a read early while replies wait behind it, and a wrong checksum may: they
    are read before any deadline is judged.
    """
    running = world.start(hosts, count=1, interval_ms=0, window=1, timeout_ms=1000,
                          undecided_max_ppm=1_000_000)
    wait_for_requests(world, 2000)
    running.stop(1.5)
    outcome = running.outcome()
    spoilt = outcome["probes"] - outcome["replies"]
    assert outcome["wrong"] == outcome["missing"] == outcome["rx_drops"] == 0, outcome
    assert 120 < spoilt < 400, outcome
    assert outcome["lost"] + outcome["unknown_stall"] + outcome["unreachable"] == spoilt, outcome


@pytest.mark.parametrize("step_s", [3600, -3600])
def test_wall_clock_steps(world, step_s):
    """RTT, timeouts and schedule live by another clock."""
    env = {"LD_PRELOAD": str(BUILD / "tests/truth/step.so"), "STEP_S": str(step_s),
           "STEP_AFTER_MS": "1500"}
    outcome = world.census("10.21.0.1,2000", "fd00:15::1,2000", "10.20.0.1,200", count=15,
                           interval_ms=200, timeout_ms=900, env=env)
    assert outcome.rc == 0 and outcome["wrong"] == 0, outcome
    assert outcome["requests"] == outcome["probes"], outcome
    assert outcome["lost"] + outcome["unknown_stall"] >= 200 * 15, outcome
    # Stamps of sending are interpolated; a busy machine makes them a little late.
    assert 95_000 <= outcome["rtt_min_us"] and outcome["rtt_max_us"] <= 900_000, outcome

# SPDX-License-Identifier: Apache-2.0
"""Every verdict is what the ledger of the simulated network says, probe by probe.

TRUTH_PROBES: how many probes the weather is tried with (default a million).
TRUTH_SEED: of the first million; each has its own (default 1000).
"""
import os

import pytest

PROBES = int(os.environ.get("TRUTH_PROBES", 1_000_000))
SEED = int(os.environ.get("TRUTH_SEED", 1000))
ROUND = 1_000_000
RAW, PING = 1, 2
KINDS = {"raw": RAW, "ping": PING}


# Quotes that only the quoted IP header betrays: ping sockets get to see no more of it than the
# destination. P of class 13: other source; for IPv6 a wrong version; for IPv4 a fragment.
UNSEEN_BY_PING_SOCKETS = {"10.13.6.9,1", "fd00:d:6::9,1", "fd00:d:a::9,1", "10.13.14.9,1"}


def agrees(outcome):
    """The truth, the whole truth; what is unknown is no lie but must stay an exception."""
    return outcome.rc == 0 and outcome["wrong"] == 0 and outcome["false_alive"] == 0


@pytest.mark.parametrize("number", range(max(1, PROBES // ROUND)))
def test_weather(world, number):
    """25,000 hosts of both families with all that befalls packets."""
    world.begin(seed=SEED + number)
    per_host = max(1, min(PROBES, ROUND) // 25000)
    outcome = world.census("10.64.0.1,12500", "fd00:40::1,12500", count=per_host,
                           interval_ms=400, timeout_ms=900)
    print(outcome)
    assert agrees(outcome), outcome
    arrived = outcome["requests"] + outcome["send_errors"] + world.device_drops()
    assert arrived == outcome["probes"], (arrived, outcome)
    assert outcome["replies"] > outcome["probes"] // 2 and outcome["lost"] and outcome[
        "unreachable"] and outcome["mismatches"] and outcome["duplicates"], outcome


@pytest.mark.parametrize("kind", KINDS)
def test_weather_by_kind(world, kind):
    outcome = world.census("10.100.0.1,1000", "fd00:50::1,1000", count=20, interval_ms=200,
                           timeout_ms=900, socket_kind=KINDS[kind])
    assert agrees(outcome), outcome
    assert outcome["unreachable"] and outcome["mismatches"], outcome


def directed(*rows):
    """A range of one host for each P of a class, for both families."""
    ranges = []
    for f, p_values in rows:
        for p in p_values:
            ranges += [f"10.{f}.{p}.9,1", f"fd00:{f:x}:{p:x}::9,1"]
    return ranges


@pytest.mark.parametrize("kind", KINDS)
def test_directed(world, kind):
    """Every class that its address directs; 15 and 16 have tests of their own."""
    outcome = world.census(*directed(
        (1, [0]), (2, [0, 30, 100, 150]), (3, [0, 1, 9]), (4, [10]), (5, [0, 3, 30, 100]),
        (6, range(4)), (7, range(16)), (8, range(16)), (9, [0]), (10, range(3)),
        (11, range(4)), (12, [0, 1]), (14, [0, 7, 250]), (18, [0, 30, 100]), (19, range(4)),
        (20, [0]), (21, [0])), count=20, interval_ms=100, timeout_ms=600,
        socket_kind=KINDS[kind])
    assert agrees(outcome), outcome
    assert outcome["requests"] == outcome["probes"], outcome


@pytest.mark.parametrize("kind", KINDS)
def test_shortened(world, kind):
    """A reply is one as long as it holds the proof, and says what it lacks or has too much."""
    outcome = world.census(*directed((23, [0, 7, 8, 15, 16, 55, 56, 100]), (7, [6])), count=10,
                           interval_ms=100, timeout_ms=500, socket_kind=KINDS[kind])
    assert agrees(outcome), outcome
    families = 2
    assert outcome["lost"] == outcome["mismatches"] == families * 2 * 10, outcome
    assert outcome["truncated"] == families * 4 * 10, outcome
    assert outcome["longer"] == families * 10, outcome


@pytest.mark.parametrize("kind", KINDS)
def test_quotes(world, kind):
    """ICMP errors are believed if, and only if, what they quote is ours."""
    hosts = [host for host in directed((13, range(17)))
             if kind == "raw" or host not in UNSEEN_BY_PING_SOCKETS]
    outcome = world.census(*hosts, count=10, interval_ms=100, timeout_ms=500,
                           socket_kind=KINDS[kind])
    assert agrees(outcome), outcome
    assert outcome["unreachable"] == 2 * 5 * 10, outcome


def test_every_type_and_code_v4(world):
    """All 65,536 on raw sockets: those that are errors are attributed, the others nobody's."""
    outcome = world.census("10.17.0.0,65536", count=1, interval_ms=4000, timeout_ms=2000)
    assert agrees(outcome), outcome
    assert outcome["unreachable"] + outcome["unknown_stall"] >= 3 * 256, outcome


def test_every_type_and_code_v6(world):
    outcome = world.census(*[f"fd00:11:{kind:x}::,256" for kind in range(256)], count=1,
                           interval_ms=4000, timeout_ms=2000)
    assert agrees(outcome), outcome
    assert outcome["unreachable"] + outcome["unknown_stall"] >= 4 * 256, outcome


def test_every_error_that_ping_sockets_get(world):
    """The kernel keeps time exceeded in reassembly and codes that no RFC knows to itself."""
    outcome = world.census("10.17.3.0,16", "10.17.11.0,1", "10.17.12.0,3", "fd00:11:1::,7",
                           "fd00:11:2::,1", "fd00:11:3::,1", "fd00:11:4::,4", count=5,
                           interval_ms=100, timeout_ms=500, socket_kind=PING)
    assert agrees(outcome), outcome
    assert outcome["unreachable"] == outcome["probes"], outcome


def test_rate_limit_and_storm(world):
    outcome = world.census("10.15.3.1,1", "fd00:f:3::1,1", "10.16.0.1,1", "fd00:10::1,1",
                           count=20, interval_ms=100, timeout_ms=500)
    assert agrees(outcome), outcome
    assert outcome["duplicates"] >= 2 * 19 * 99, outcome


def test_outage_and_restore(world):
    running = world.start("10.1.0.1,500", "fd00:1::1,500", count=30, interval_ms=100,
                          timeout_ms=400)
    while world.stats()["requests"] < 5000:
        pass
    assert world.order("outage 10.1.0.0/24") == "ok"
    while world.stats()["requests"] < 15000:
        pass
    assert world.order("restore") == "ok"
    outcome = running.outcome()
    assert agrees(outcome) and outcome["lost"], outcome

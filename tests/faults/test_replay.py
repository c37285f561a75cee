# SPDX-License-Identifier: Apache-2.0
"""Recorded replies, sent again and again: late or double at most, never a host that answers."""
import sys
import time
from pathlib import Path

import pytest

from clients import RAW, SECONDS, every_kind, seed_for_id
from command import wait_until
from recorder import RECORD, records

RECORDER = Path(__file__).parent / "recorder.py"
ID = 4711
HOSTS = {4: "10.78.6.1,20", 6: "fd78::6:1,20"}
SILENCE = """
table inet silence {
    counter asked { }
    chain pre {
        type filter hook prerouting priority -400; policy accept;
        icmp type echo-request counter name asked drop
        icmpv6 type echo-request counter name asked drop
    }
}
"""


@pytest.fixture
def silence(lab):
    """silence() makes all hosts stop to answer."""
    begun = []

    def begin():
        lab.b.nft(SILENCE)
        begun.append(True)
    yield begin
    if begun:
        lab.b.nft("delete table inet silence")


def capture(lab, clients, name):
    path = lab.dir / name
    proc = clients.popen(lab.a, [sys.executable, RECORDER, "capture", "mpa", path])
    assert proc.stdout.readline() == "ready\n"
    return proc, path


def only_replies(proc, path):
    """Ends the capture and keeps what came in."""
    proc.communicate(timeout=10)
    frames = [record for record in records(path) if not record[1]]
    with open(path, "wb") as file:
        for when, outgoing, frame in frames:
            file.write(RECORD.pack(when, outgoing, len(frame)) + frame)
    return len(frames)


def replay(lab, clients, path, times):
    return clients.popen(lab.b, [sys.executable, RECORDER, "replay", "mpb", path, times])


@every_kind()
def test_of_the_same_run(lab, clients, silence, kind, family):
    """The hosts answer ten probes and die; from then on their answers are replayed."""
    recorder, path = capture(lab, clients, "same")
    run = clients.census(lab.a, HOSTS[family], count=30, interval_ms=50, timeout_ms=300,
                         socket_kind=kind)
    time.sleep(0.5)
    silence()
    recorded = only_replies(recorder, path)
    replayer = replay(lab, clients, path, 100)
    outcome = run.outcome()
    replayer.communicate(timeout=30)
    assert recorded > 50, recorded
    assert outcome["replies"] <= recorded and outcome["replies"] + outcome["lost"] + outcome[
        "unknown_stall"] + outcome["unknown_drop"] == outcome["probes"], outcome
    assert outcome["lost"] > 0 and outcome["duplicates"] + outcome["mismatches"] + outcome[
        "late"] > recorded, (recorded, outcome)


@pytest.mark.parametrize("family", [4, 6])
def test_of_an_earlier_process(lab, clients, silence, family):
    """With the same id and the same numbers; only its key was another one."""
    recorder, path = capture(lab, clients, "earlier")
    first = clients.census(lab.a, HOSTS[family], count=10, interval_ms=100, timeout_ms=300,
                           socket_kind=RAW, seed=seed_for_id(ID, 1)).outcome()
    recorded = only_replies(recorder, path)
    assert first["replies"] == first["probes"] == recorded, (recorded, first)
    silence()
    replayer = replay(lab, clients, path, 20 * SECONDS)
    outcome = clients.census(lab.a, HOSTS[family], count=10, interval_ms=100, timeout_ms=300,
                             socket_kind=RAW, seed=seed_for_id(ID, 2)).outcome()
    replayer.communicate(timeout=60)
    assert outcome["replies"] == outcome["late"] == outcome["duplicates"] == 0, outcome
    assert outcome["mismatches"] + outcome["foreign"] > recorded, outcome
    assert wait_until(lambda: lab.b.counters()["asked"] == outcome["probes"]), outcome

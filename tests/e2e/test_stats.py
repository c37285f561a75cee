# SPDX-License-Identifier: Apache-2.0
"""What --stats tells: outages, runs of losses, and what changes."""
import re
import signal

import pytest

from command import wait_until
from formats import read_json


def block(lab, host):
    lab.b.run("ip", "route", "add", "blackhole", host)


def unblock(lab, host):
    lab.b.run("ip", "route", "del", "blackhole", host, check=False)


@pytest.fixture
def outage(lab, start, arrived):
    """A host that answers, is silent for ten probes, and answers again."""
    host = "10.88.0.77"

    def begin(*args):
        run = start("-i", "50ms", "-t", "200ms", *args, host)
        assert wait_until(lambda: arrived["got4"] >= 5), run.result(None)
        block(lab, host)
        silent_from = arrived["got4"]
        assert wait_until(lambda: arrived["got4"] >= silent_from + 10)
        unblock(lab, host)
        open_from = arrived["got4"]
        assert wait_until(lambda: arrived["got4"] >= open_from + 10)
        run.signal(signal.SIGINT)
        return run.wait()

    yield begin
    unblock(lab, host)


def test_an_outage(outage):
    result = outage("-o", "json", "--stats", "-q")
    summary = read_json(result.out)[0]
    first, = summary["outage_list"]
    lost = summary["lost"] + summary["unreachable"]
    assert summary["outages"] == 1 and not summary["down"] and lost >= 10, result
    assert first["probes"] == summary["loss_run_max"] == lost and summary["loss_runs"] == 1
    # Probes leave every 50 ms, later ones if the machine is busy.
    assert first["seconds"] == summary["outage_s"] == summary["outage_longest_s"]
    assert first["seconds"] >= 0.045 * lost


def test_an_outage_for_people(outage):
    result = outage("--stats")
    assert re.search(r"\n  losses in 1 run, the longest of \d+ probes\n"
                     r"  outage since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z for [\d.]+ m?s, "
                     r"\d+ probes\n", result.out), result
    assert re.search(r"\n  jitter \d+\.\d{3} ms \(RFC 3550\)\n", result.out), result
    assert "p50/p90/p95/p99 = " in result.out


def test_an_outage_that_lasts(ping):
    result = ping("--stats", "-c", "3", "-i", "20ms", "-t", "100ms", "10.79.0.1")
    assert re.search(r"outage since \S+ which lasts, by now for [\d.]+ m?s, 3 probes\n",
                     result.out), result


def test_nothing_to_tell(ping):
    """Without --stats the summary is as it always was; with it there is no line without news."""
    plain = ping("-c", "2", "-i", "10ms", "10.78.0.1").out.splitlines()
    assert len(plain) == 4
    extra = [line for line in ping("--stats", "-c", "2", "-i", "10ms", "10.78.0.1").out.splitlines()
             if line.startswith("  ")]
    assert len(extra) == 1 and extra[0].startswith("  jitter ")


def test_ttl_changes(lab, start, arrived):
    """A reply that takes another way comes with another TTL."""
    run = start("--stats", "-o", "json", "-q", "-i", "20ms", "10.88.0.5")
    assert wait_until(lambda: arrived["got4"] >= 5)
    lab.b.nft("add table ip mpttl\n"
              "add chain ip mpttl out { type filter hook postrouting priority 0; }\n"
              "add rule ip mpttl out icmp type echo-reply ip ttl set 17\n")
    seen = arrived["got4"]
    try:
        assert wait_until(lambda: arrived["got4"] >= seen + 5)
    finally:
        lab.b.run("nft", "delete", "table", "ip", "mpttl", check=False)
    seen = arrived["got4"]
    assert wait_until(lambda: arrived["got4"] >= seen + 5)
    run.signal(signal.SIGINT)
    summary = read_json(run.wait().out)[0]
    assert summary["ttl_changes"] == 2 and summary["reply_ttl_before"] == 17, summary
    assert summary["reply_ttl"] == 63


def test_an_address_that_changes(start, dns, arrived):
    dns.set("move.test", A=["10.78.0.21"], ttl=0)
    run = start("--stats", "-o", "json", "-r", "-i", "50ms", "move.test")
    assert wait_until(lambda: arrived["got4"] >= 3)
    dns.set("move.test", A=["10.78.0.22"], ttl=0)
    assert wait_until(lambda: "10.78.0.22" in run.stdout())
    run.signal(signal.SIGINT)
    summary = next(item for item in read_json(run.wait().out) if item["type"] == "summary")
    assert summary["address_changes"] == 1 and summary["address_before"] == "10.78.0.21"
    assert summary["address"] == "10.78.0.22"


def test_signal_quit_tells_of_the_outage_so_far(start, arrived):
    run = start("--stats", "-q", "-i", "20ms", "-t", "50ms", "10.79.0.3")
    assert wait_until(lambda: arrived["got4"] >= 10)
    run.signal(signal.SIGQUIT)
    assert wait_until(lambda: "which lasts" in run.stdout()), run.result(None)
    assert run.alive()
    run.signal(signal.SIGINT)
    run.wait()

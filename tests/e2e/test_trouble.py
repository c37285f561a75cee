# SPDX-License-Identifier: Apache-2.0
"""Trouble of our own is told once when it begins and once when it is over, for all hosts."""
import re
import signal

import pytest

from command import wait_until
from lab import sh
from test_many import hosts4, target_file

BEGIN = re.compile(r"multiping: sending fails: (?P<why>[^(]+) \((?P<who>.+)\)")
END = re.compile(r"multiping: sending works again after [\d.]+ m?s of: (?P<why>[^(]+) "
                 r"\((?P<targets>\d+) targets?, (?P<probes>\d+) probes? not sent\)")
NETWORK_DOWN = "Network is unreachable"


def begins(text):
    return [match for match in map(BEGIN.fullmatch, text.splitlines()) if match]


def ends(text):
    return [match for match in map(END.fullmatch, text.splitlines()) if match]


def packets_from(link):
    return int(link.run("cat", "/sys/class/net/mpt/statistics/rx_packets"))


@pytest.fixture
def link(lab):
    """A namespace whose only link can be pulled, with a host behind it that owns 10.8/16."""
    near, far = lab.space("near"), lab.space("far")
    sh("ip", "link", "add", "mpt", "netns", near.name, "type", "veth", "peer", "name", "mpu",
       "netns", far.name)
    far.ip("link set mpu up\naddr add 10.9.0.2/24 dev mpu\nroute add local 10.8.0.0/16 dev lo")
    near.up = lambda: near.ip("link set mpt up\nroute replace 10.8.0.0/16 via 10.9.0.2")
    near.ip("addr add 10.9.0.1/24 dev mpt")
    near.up()
    yield near
    for space in (near, far):
        lab.spaces.remove(space)
        space.remove()


@pytest.mark.parametrize("workers", [[], ["-w", "2"]], ids=["", "workers"])
@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["lines", "quiet"])
def test_a_dead_link_is_told_once_for_a_thousand_hosts(command, link, lab, quiet, workers):
    hosts = hosts4(1000, "10.8")
    run = command.start(link, *quiet, *workers, "-i", "500ms", target_file(lab, "trouble", hosts))
    link.ip("link set mpt down")
    assert wait_until(lambda: begins(run.stderr())), run.result(None)
    link.up()
    assert wait_until(lambda: ends(run.stderr())), run.result(None)
    before = packets_from(link)
    # A round of answers and half of the next: those of the first have been read by then.
    assert wait_until(lambda: packets_from(link) - before >= 1500), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    (begin,), (end,) = begins(result.err), ends(result.err)
    assert begin["why"] == end["why"] == NETWORK_DOWN, result
    assert len(result.err.splitlines()) == 2 and NETWORK_DOWN not in result.out, result
    total = result.report.total
    assert total.errors == int(end["probes"]) >= int(end["targets"]) > 0, result
    assert total.errors == sum(host.errors for host in result.report.summaries)
    # What was on its way when the link went down is gone with it; nothing after that is lost.
    assert all(host.lost + host.unknown <= 1 for host in result.report.summaries), result
    assert total.received > 0


def test_all_targets_or_the_one(command, fresh_space):
    one = command.run(fresh_space, "-c", "3", "-i", "10ms", "10.1.1.1")
    assert one.err == f"multiping: sending fails: {NETWORK_DOWN} (10.1.1.1)\n" and one.rc == 1
    assert one.report.probes == [] and one.report.of("10.1.1.1").errors == 3
    all_of_them = command.run(fresh_space, "-c", "30", "-i", "20ms", "10.1.1.1", "10.1.1.2")
    assert all_of_them.err == f"multiping: sending fails: {NETWORK_DOWN} (all 2 targets)\n"
    v6 = command.run(fresh_space, "-c", "1", "fd11::1")
    assert v6.err == f"multiping: sending fails: {NETWORK_DOWN} (fd11::1)\n"


@pytest.mark.parametrize("args", [["-c", "1"], ["-A", "3", "-t", "10ms"], ["-c", "2", "-i", "0"]],
                         ids=" ".join)
def test_a_short_run_tells_before_it_ends(command, fresh_space, lab, args):
    hosts = hosts4(300, "10.8")
    result = command.run(fresh_space, "-q", *args, target_file(lab, "trouble", hosts))
    begin, = begins(result.err)
    assert len(result.err.splitlines()) == 1 and result.report.total.errors >= 300, result
    assert begin["who"].startswith("all 300") or "more" in begin["who"], result


def test_each_cause_for_itself(ping):
    """Two hosts that a firewall refuses and one without a route do not speak for the others."""
    result = ping("-q", "-c", "5", "-i", "100ms", "10.83.0.1", "10.83.0.2", "10.84.0.1",
                  "10.78.0.1", "10.78.0.2")
    told = [(match["why"], match["who"]) for match in begins(result.err)]
    assert told.count((NETWORK_DOWN, "10.84.0.1")) == 1, result
    assert any(why == "Operation not permitted" and "and 1 more" in who for why, who in told)
    assert len(told) == len(result.err.splitlines()) <= 3, result
    assert result.report.total.received == 10, result


def test_what_flaps_is_told_more_and_more_rarely(command, fresh_space):
    """Twelve times up and down within a few seconds."""
    run = command.start(fresh_space, "-q", "-i", "5ms", "10.1.1.1")
    for _ in range(12):
        before = fresh_space_sent(run, fresh_space)
        fresh_space.ip("route add local 10.1.1.1 dev lo")
        assert wait_until(lambda n=before: fresh_space_sent(run, fresh_space) > n + 10)
        fresh_space.ip("route del local 10.1.1.1 dev lo")
    run.signal(signal.SIGINT)
    result = run.wait()
    assert 1 <= len(begins(result.err)) <= 3 and len(ends(result.err)) <= 2, result
    assert result.report.total.received > 100, result


def fresh_space_sent(run, space):
    """Echo requests that have left, from the kernel's own count."""
    assert run.alive(), run.result(None)
    text = space.run("cat", "/proc/net/snmp")
    names, values = [line.split() for line in text.splitlines() if line.startswith("Icmp:")]
    return int(values[names.index("OutEchos")])

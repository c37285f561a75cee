# SPDX-License-Identifier: Apache-2.0
"""Links, addresses, routes and interfaces that go and come back while hosts are pinged."""
import re
import signal
import time
from pathlib import Path

import pytest

from clients import KINDS, OPTION, SECONDS, every_kind
from command import wait_until
from wire import HOSTS

FLAPS = 5 * SECONDS
INTERVAL_MS = 50
# What takes it away; up() brings back all of it.
FAULTS = {
    "link down": "link set mpt down",
    "address removed": "-4 addr flush dev mpt\n-6 addr flush dev mpt",
    "route removed": "route del 10.8.0.0/16\n-6 route del fd08::/64",
    "route unreachable": "route replace unreachable 10.8.0.0/16\n"
                         "-6 route add unreachable fd08::/64 metric 1",
    "interface deleted": "link del mpt",
}


def begins(run):
    return run.stderr().count("sending fails: ")


def ends(run):
    return run.stderr().count("sending works again ")


def replies(run):
    return run.stdout().count(" bytes from ")


def descriptors(pid):
    return len(list(Path("/proc", str(pid), "fd").iterdir()))


def program_pid(run):
    """That of the command itself: ip netns exec has become it."""
    assert wait_until(lambda: "multiping" in Path("/proc", str(run.pid), "comm").read_text())
    return run.pid


# Without an address Linux keeps its IPv6 routes and sends from whatever is left, even from ::1.
NO_FAULTS = {("address removed", 6)}


@pytest.mark.parametrize("fault,kind,family", [
    (fault, OPTION[kind], family) for fault in FAULTS for kind, family in KINDS
    if (fault, family) not in NO_FAULTS])
def test_named_and_recovered(command, link, fault, kind, family):
    run = command.start(link.near, kind, "-i", f"{INTERVAL_MS}ms", *HOSTS[family])
    assert wait_until(lambda: "icmp_seq=3 " in run.stdout()), run.result(None)
    link.near.ip(FAULTS[fault])
    assert wait_until(lambda: begins(run)), run.result(None)
    link.up()
    assert wait_until(lambda: ends(run)), run.result(None)
    before = replies(run)
    assert wait_until(lambda: replies(run) > before + 40), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    print(result.err)
    # One line about it when it began and one when it was over, for 20 hosts; perhaps another
    # errno on the way.
    assert len(result.err.splitlines()) <= 4, result
    for host in result.report.summaries:
        assert host.errors > 0 and host.received > 4, result
        # What was under way is gone with the link.
        assert host.lost + host.unknown <= 1 + 300 // INTERVAL_MS, result


@every_kind()
@pytest.mark.parametrize("bound", [["-I", "mpt"], ["-S", "{source}"]], ids=["interface", "source"])
def test_bound_to_what_is_deleted_and_made_again(command, link, bound, kind, family):
    """It has another index then, and its name; the source is not there for a while."""
    source = {4: "10.9.0.1", 6: "fd09::1"}[family]
    run = command.start(link.near, OPTION[kind], *[word.format(source=source) for word in bound],
                        "-i", f"{INTERVAL_MS}ms", *HOSTS[family])
    assert wait_until(lambda: "icmp_seq=3 " in run.stdout()), run.result(None)
    link.near.ip(FAULTS["interface deleted"])
    assert wait_until(lambda: begins(run)), run.result(None)
    link.up()
    assert wait_until(lambda: ends(run)), run.result(None)
    before = replies(run)
    assert wait_until(lambda: replies(run) > before + 40), run.result(None)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


@pytest.mark.parametrize("fault,kind", [("link down", "--raw"),
                                        ("interface deleted", "--ping-socket")])
def test_many_flaps_leak_no_descriptor(command, link, kind, fault):
    run = command.start(link.near, kind, "-q", "-i", f"{INTERVAL_MS}ms", *HOSTS[4], *HOSTS[6])
    pid = program_pid(run)
    assert wait_until(lambda: link.far.run("cat", "/proc/net/snmp").split().count("Icmp:"))
    time.sleep(0.2)
    before = descriptors(pid)
    for _ in range(FLAPS):
        link.near.ip(FAULTS[fault])
        time.sleep(0.06)
        link.up()
        time.sleep(0.06)
    assert descriptors(pid) == before
    run.signal(signal.SIGINT)
    result = run.wait()
    total = result.report.total
    print(result.err)
    assert total.errors > 0 and total.received > 0, result
    assert all(re.match("multiping: sending (fails|works)", line)
               for line in result.err.splitlines())
    assert len(result.err.splitlines()) < 12, result

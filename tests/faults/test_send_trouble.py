# SPDX-License-Identifier: Apache-2.0
"""What the system will not send is an error of ours, with its errno, and no host is lost for it."""
import re
import signal

import pytest

from clients import OPTION, PING, every_kind
from command import wait_until
from wire import HOSTS, RANGES

COUNT = 10
DROP = """
table inet refuse {{
    chain out {{
        type filter hook output priority 0; policy accept;
        ip daddr 10.8.0.0/16 {0}
        ip6 daddr fd08::/64 {0}
    }}
}}
"""


def unroutable(kind):
    return f"route replace {kind} 10.8.0.0/16\n-6 route add {kind} fd08::/64 metric 1"


# What is done, and what sending says then; by family where they differ.
TROUBLE = {
    "EPERM": ("Operation not permitted", lambda near: near.nft(DROP.format("drop"))),
    "ENETUNREACH": ("Network is unreachable",
                    lambda near: near.ip("route del 10.8.0.0/16\n-6 route del fd08::/64")),
    "EHOSTUNREACH": ("No route to host", lambda near: near.ip(unroutable("unreachable"))),
    "EACCES": ("Permission denied", lambda near: near.ip(unroutable("prohibit"))),
    "EINVAL": ("Invalid argument", lambda near: near.ip(unroutable("blackhole"))),
}


@every_kind()
@pytest.mark.parametrize("trouble", TROUBLE)
def test_the_errno_is_the_verdict(command, link, trouble, kind, family):
    words, begin = TROUBLE[trouble]
    begin(link.near)
    result = command.run(link.near, OPTION[kind], "-c", str(COUNT), "-i", "20ms", "-t", "300ms",
                         *HOSTS[family])
    total = result.report.total
    if (trouble, kind, family) == ("EPERM", PING, 6):
        # Linux reports such a send as done: see docs/reliability.md.
        assert total.unknown == total.sent and "(send drop)" in result.out, result
        return
    assert total.errors == total.sent == COUNT * 20, result
    # Once; twice where a busy machine let the first host wait for the others.
    assert result.rc == 1 and len(result.err.splitlines()) <= 2 and words in result.err, result


@every_kind()
def test_rejected_by_our_own_firewall(command, link, kind, family):
    """An ICMP error of this machine's own, or an error of the send: either is an answer."""
    link.near.nft(DROP.format("reject"))
    result = command.run(link.near, OPTION[kind], "-q", "-c", str(COUNT), "-i", "20ms",
                         "-t", "300ms", *HOSTS[family])
    total = result.report.total
    assert total.errors + total.unreachable == total.sent == COUNT * 20, result


@every_kind()
def test_message_too_long_for_a_while(command, link, kind, family):
    """The MTU shrinks below the probes' size, and grows again."""
    run = command.start(link.near, OPTION[kind], "-i", "50ms", "-s", "1400", "--df",
                        *HOSTS[family])
    assert wait_until(lambda: "icmp_seq=3 " in run.stdout()), run.result(None)
    link.near.ip("link set mpt mtu 1300")
    assert wait_until(lambda: "fails: Message too long" in run.stderr()), run.result(None)
    link.near.ip("link set mpt mtu 1500")
    assert wait_until(lambda: "works again" in run.stderr()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert len(result.err.splitlines()) == 2 and result.rc == 0, result
    assert result.report.total.errors > 0 and result.report.total.lost == 0, result


@every_kind()
def test_a_full_queue_is_waited_for(link, clients, kind, family):
    """ENOBUFS, over and over: 1,000 probes in a burst through 1,275 a second."""
    # A probe that waits for its neighbour's address would be dropped later, without a word.
    known = clients.census(link.near, RANGES[family], count=1, socket_kind=kind).outcome()
    assert known["replies"] == known["probes"], known
    link.near.run("tc", "qdisc", "add", "dev", "mpt", "root", "tbf", "rate", "1mbit", "burst",
                  "4kb", "limit", "4kb")
    outcome = clients.census(link.near, RANGES[family], count=50, interval_ms=0, window=50,
                             timeout_ms=2000, socket_kind=kind).outcome()
    stats = link.near.run("tc", "-s", "qdisc", "show", "dev", "mpt")
    dropped = int(re.search(r"dropped (\d+)", stats)[1])
    assert dropped > 100, stats
    assert outcome["lost"] == 0, (stats, outcome)
    if (kind, family) == (PING, 6):
        assert outcome["replies"] + outcome["unknown_sent"] == outcome["probes"], outcome
    else:
        assert outcome["replies"] == outcome["probes"], (stats, outcome)

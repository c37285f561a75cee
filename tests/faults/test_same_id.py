# SPDX-License-Identifier: Apache-2.0
"""Other pingers with our id ping the same hosts, and their replies reach us as well.

The hosts answer requests of any size but ours: to us they are dead, to all others alive.
"""
import re

import pytest

from clients import RAW, SECONDS, every_kind, seed_for_id
from command import wait_until
from lab import sh

ID = 1  # that of fping in a process namespace of its own
OURS, OTHER = 56, 90  # bytes of payload
RULES = f"""
table inet deaf {{
    chain pre {{
        type filter hook prerouting priority -400; policy accept;
        icmp type echo-request meta length {20 + 8 + OURS} drop
        icmpv6 type echo-request meta length {40 + 8 + OURS} drop
    }}
}}
"""
HOSTS = {4: ("10.78.5.1", 8), 6: ("fd78::5:1", 8)}
CLEAR = "delete table inet deaf"


@pytest.fixture
def deaf(lab):
    lab.b.nft(RULES)
    yield
    lab.b.nft(CLEAR)


def hosts(family):
    first, n = HOSTS[family]
    head, last = re.fullmatch(r"(.*[.:])(\w+)", first).groups()
    return [f"{head}{int(last) + i}" for i in range(n)]


def ping_socket_id(space, family):
    """The id that the kernel has given to the only ping socket there."""
    def read():
        text = space.run("cat", "/proc/net/icmp" if family == 4 else "/proc/net/icmp6")
        return [int(line.split()[1].rpartition(":")[2], 16) for line in text.splitlines()[1:]]
    ident, = wait_until(read)
    return ident


def foreign_pingers(clients, space, family, ident, kind):
    """
    Our own library, ping and fping with our id, 20 times a second. fping cannot be told its id,
    and ping would open a ping socket of the same id, which then gets all replies and ours none.
    """
    first, n = HOSTS[family]
    count = (SECONDS + 1) * 20
    own = clients.census(space, f"{first},{n}", seed=seed_for_id(ident, 1), count=count,
                         interval_ms=50, timeout_ms=500, payload=OTHER, socket_kind=RAW)
    fping = clients.popen(space, ["unshare", "--pid", "--fork", "fping", f"-{family}", "-q", "-b",
                                  OTHER, "-i", "1", "-p", "50", "-c", count, *hosts(family)])
    same = ["-e", ident] if kind == RAW else []
    pings = [clients.popen(space, ["ping", f"-{family}", "-q", *same, "-s", OTHER, "-i", "0.05",
                                   "-c", count, host]) for host in hosts(family)[:2]]
    return own, fping, pings


def assert_they_are_answered(own, fping, pings):
    """Else the test would show nothing."""
    outcome = own.outcome()
    assert outcome["replies"] == outcome["probes"], outcome
    _, text = fping.communicate(timeout=30)
    assert len(re.findall(r"xmt/rcv/%loss = (\d+)/\1/0%", text)) == 8, text
    for ping in pings:  # it takes whatever has its id, and the figures are accordingly
        out, err = ping.communicate(timeout=30)
        assert int(re.search(r"(\d+) received", out)[1]) > 0, out + err


@pytest.fixture
def twin(lab):
    """Another namespace with A's addresses, behind B as well: B's answers come to both."""
    space = lab.space("twin")
    mac = sh("ip", "netns", "exec", lab.a.name, "cat", "/sys/class/net/mpa/address").strip()
    sh("ip", "link", "add", "mpt", "netns", space.name, "address", mac, "type", "veth",
       "peer", "name", "mpu", "netns", lab.b.name)
    lab.b.ip("link set mpu up")
    lab.b.sysctl("net.ipv4.conf.all.rp_filter", "0")
    lab.b.sysctl("net.ipv4.conf.mpu.rp_filter", "0")
    gateway = lab.b.run("cat", "/sys/class/net/mpu/address").strip()
    space.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    space.ip(f"""addr add 10.77.0.1/32 dev mpt
                 addr add fd77::1/128 dev mpt nodad
                 link set mpt up
                 route add 10.77.0.2 dev mpt
                 route add default via 10.77.0.2
                 -6 route add fd77::2 dev mpt
                 -6 route add default via fd77::2
                 neigh replace 10.77.0.2 lladdr {gateway} dev mpt
                 neigh replace fd77::2 lladdr {gateway} dev mpt""")
    lab.b.nft("""table netdev cross {
        chain out {
            type filter hook egress device "mpb" priority 0;
            icmp type echo-reply dup to "mpu"
            icmpv6 type echo-reply dup to "mpu"
        }
    }""")
    yield space
    lab.b.nft("delete table netdev cross")
    lab.spaces.remove(space)
    space.remove()


def ours(clients, space, kind, family):
    first, n = HOSTS[family]
    return clients.census(space, f"{first},{n}", seed=seed_for_id(ID), count=SECONDS * 20,
                          interval_ms=50, timeout_ms=300, payload=OURS, socket_kind=kind)


def assert_dead(outcome):
    assert outcome.rc == 0 and outcome["replies"] == outcome["late"] == outcome[
        "duplicates"] == 0, outcome
    assert outcome["lost"] + outcome["unknown_stall"] == outcome["probes"], outcome
    # Those with our id and the payload of others did come by.
    assert outcome["mismatches"] + outcome["foreign"] > SECONDS * 50, outcome


def try_beside(lab, clients, other_space, kind, family):
    run = ours(clients, lab.a, kind, family)
    ident = ID if kind == RAW else ping_socket_id(lab.a, family)
    others = foreign_pingers(clients, other_space, family, ident, kind)
    assert_dead(run.outcome())
    assert_they_are_answered(*others)


@every_kind()
def test_in_the_same_namespace(lab, clients, deaf, kind, family):
    try_beside(lab, clients, lab.a, kind, family)


@every_kind()
def test_in_another_namespace(lab, clients, deaf, twin, kind, family):
    """Both have the same address; each gets the replies to the other one."""
    try_beside(lab, clients, twin, kind, family)

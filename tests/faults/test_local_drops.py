# SPDX-License-Identifier: Apache-2.0
"""What this machine drops below the socket is not the hosts' loss, and does not hide theirs."""
import signal
import sys
import time
from pathlib import Path

import pytest

from clients import OPTION, RAW, every_kind
from command import wait_until
from lab import sh
from wire import HOSTS

HERE = Path(__file__).parent
COUNT = 8
SILENCE = """
table inet silence {
    chain pre {
        type filter hook prerouting priority -300; policy accept;
        ip daddr 10.8.9.0/24 drop
        ip6 daddr fd08::9:0/112 drop
    }
}
"""
DEAD = {4: "10.8.9.1", 6: "fd08::9:1"}


@pytest.fixture
def space(lab, link):
    """Where the far hosts 10.8.9.0/24 and fd08::9:0/112 are dead."""
    link.far.nft(SILENCE)
    return link.near


@pytest.fixture
def other(lab, link):
    """A second wire beside the first one, to 10.18.0.0/16 and fd18::/64."""
    sh("ip", "link", "add", "mpo", "netns", link.near.name, "type", "veth", "peer", "name", "mpp",
       "netns", link.far.name)
    link.far.ip("link set mpp up\naddr add 10.19.0.2/24 dev mpp")
    link.near.ip("link set mpo up\naddr add 10.19.0.1/24 dev mpo")
    link.near.ip("route add 10.18.0.0/16 via 10.19.0.2")
    return link


def verdicts(result, host):
    """Of its probes in order of their numbers: r reply, l lost, L link, D drop, e error."""
    found = {}
    for line in result.out.splitlines():
        if f"{host}: icmp_seq=" not in line:
            continue
        seq = int(line.split("icmp_seq=")[1].split()[0])
        found[seq] = ("r" if " bytes from " in line else "l" if line.startswith("no reply") else
                      "L" if "(link)" in line else "D" if "drop)" in line else "e")
    return "".join(found[seq] for seq in sorted(found))


# What takes a link away, from one device of the near side to one of the far side.
GOES = {
    "carrier lost": lambda link, near, far: link.far.ip(f"link set {far} down"),
    "set down": lambda link, near, far: link.near.ip(f"link set {near} down"),
    "down and up again": lambda link, near, far: link.near.ip(
        f"link set {near} down\nlink set {near} up"),
    "deleted": lambda link, near, far: link.near.ip(f"link del {near}"),
    "moved": lambda link, near, far: link.near.ip(f"link set {near} netns {link.far.name}"),
}


@every_kind()
@pytest.mark.parametrize("bound", [[], ["-I", "mpt"]], ids=["routed", "bound"])
@pytest.mark.parametrize("how", GOES)
def test_what_is_out_when_the_link_goes_is_unknown(command, link, space, how, bound, kind, family):
    run = command.start(space, OPTION[kind], *bound, "-c", "1", "-t", "1500ms", DEAD[family])
    time.sleep(0.5)
    GOES[how](link, "mpt", "mpu")
    result = run.wait()
    assert verdicts(result, DEAD[family]) == "L", result


@pytest.mark.parametrize("user", [False, True], ids=["raw", "ordinary user"])
def test_while_there_is_no_carrier(command, link, space, user):
    link.far.ip("link set mpu down")
    result = command.run(space, "-c", "3", "-i", "100ms", "-t", "200ms", *HOSTS[4][:2], user=user)
    assert result.report.total.unknown == result.report.total.sent == 6, result
    assert result.out.count("(link)") == 6, result


def test_without_proc(command, link, space):
    """Links are seen without it; the backlog is not."""
    link.far.ip("link set mpu down")
    result = command.run(space, argv=space.argv([
        "unshare", "-m", "sh", "-c", 'umount -l /proc && exec "$@"', "sh", str(command.binary),
        "-c", "2", "-i", "100ms", "-t", "200ms", HOSTS[4][0]]))
    assert verdicts(result, HOSTS[4][0]) == "LL", result


@pytest.mark.parametrize("how", GOES)
def test_another_link_that_goes_is_no_excuse(command, link, space, other, how):
    run = command.start(space, "-c", "1", "-t", "1500ms", DEAD[4])
    time.sleep(0.5)
    GOES[how](link, "mpo", "mpp")
    result = run.wait()
    assert verdicts(result, DEAD[4]) == "l", result


@pytest.fixture
def tun(lab, link, clients):
    """A TUN device whose peer answers for 10.28.0.0/16, and can be stopped."""
    peer = clients.popen(link.near, [sys.executable, HERE / "tun_peer.py", "mpn", "20"])
    assert peer.stdout.readline() == "up\n"
    link.near.ip("addr add 10.29.0.1/24 dev mpn\nroute add 10.28.0.0/16 dev mpn")
    return peer


def tx_dropped(space, device):
    return int(space.run("cat", f"/sys/class/net/{device}/statistics/tx_dropped"))


@pytest.mark.parametrize("interval", ["20ms", "100ms"])
def test_a_peer_that_stops(command, link, tun, interval):
    """Its queue overflows: what it swallows is unknown, and nothing is lost."""
    hosts = [f"10.28.0.{i}" for i in range(1, 21)]
    run = command.start(link.near, "-i", interval, "-t", "1s", *hosts, HOSTS[4][0])
    assert wait_until(lambda: "icmp_seq=3 " in run.stdout())
    before = tx_dropped(link.near, "mpn")
    tun.send_signal(signal.SIGSTOP)
    time.sleep(0.5)
    tun.send_signal(signal.SIGCONT)
    time.sleep(1.5)
    run.signal(signal.SIGINT)
    result = run.wait()
    dropped = tx_dropped(link.near, "mpn") - before
    assert dropped > 0 and result.report.total.lost == 0, (dropped, result)
    assert "(send drop)" in result.out and result.report.total.unknown >= dropped, result


FOREIGN = """
import socket, time
s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
s.bind(("mpu", 0))
for _ in range(2000):
    s.send(b"\\xff" * 6 + b"\\2\\0\\0\\0\\0\\1" + b"\\x88\\xb5" + bytes(60))
    time.sleep(0.02)
"""


def test_foreign_frames_excuse_nobody(command, link, space, clients):
    """They move rx_dropped for ever."""
    path = "/sys/class/net/mpt/statistics/rx_dropped"
    clients.popen(link.far, [sys.executable, "-c", FOREIGN])
    before = int(space.run("cat", path))
    assert wait_until(lambda: int(space.run("cat", path)) > before)
    before = int(space.run("cat", path))
    result = command.run(space, "-c", str(COUNT), "-i", "100ms", "-t", "300ms", DEAD[4],
                         HOSTS[4][0])
    assert int(space.run("cat", path)) > before
    assert verdicts(result, DEAD[4]) == "l" * COUNT, result
    assert verdicts(result, HOSTS[4][0]) == "r" * COUNT, result


BURST = """
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 22)
s.setblocking(False)
for _ in range(int(sys.argv[1])):
    for _ in range(60):
        try:
            s.sendto(bytes(1000), ("10.9.0.2", 9))
        except OSError:
            pass
    time.sleep(0.02)
"""


def qdisc_drops(space, device):
    text = space.run("tc", "-s", "qdisc", "show", "dev", device, "root")
    return int(text.split("(dropped ")[1].split(",")[0])


def test_a_queue_that_always_drops_hides_no_dead_host(command, space, other, clients):
    """Another program keeps it full. Hosts behind another link are not excused at all."""
    space.run("tc", "qdisc", "add", "dev", "mpt", "root", "tbf", "rate", "8mbit", "burst", "4kb",
              "limit", "16kb")
    clients.popen(space, [sys.executable, "-c", BURST, 1000])
    assert wait_until(lambda: qdisc_drops(space, "mpt") > 0)
    result = command.run(space, "-c", str(COUNT), "-i", "400ms", "-t", "300ms", DEAD[4],
                         *HOSTS[4][:5], "10.18.0.1")
    dead = verdicts(result, DEAD[4])
    assert set(dead) == {"D", "l"} and dead[-1] == "l" and dead.count("D") <= 3, result
    assert set(verdicts(result, "10.18.0.1")) == {"l"}, result


def test_drops_of_long_ago_excuse_nobody(command, link, space):
    """While all answer nobody asks for the counters; a loss later on is one."""
    space.run("tc", "qdisc", "add", "dev", "mpt", "root", "tbf", "rate", "8mbit", "burst", "4kb",
              "limit", "16kb")
    run = command.start(space, "-c", "10", "-i", "300ms", "-t", "200ms", HOSTS[4][0])
    assert wait_until(lambda: "icmp_seq=1 " in run.stdout())
    before = qdisc_drops(space, "mpt")
    space.run(sys.executable, "-c", BURST, "1")
    assert qdisc_drops(space, "mpt") > before
    assert wait_until(lambda: "icmp_seq=5 " in run.stdout())
    link.far.nft("table inet late { chain pre { type filter hook prerouting priority -300;\n"
                 "ip daddr 10.8.0.0/16 drop\n}\n}\n")
    result = run.wait()
    assert verdicts(result, HOSTS[4][0])[-3:] == "lll", result


def test_few_descriptors(command, link, space):
    """Then links are not watched, and everything else goes on."""
    argv = ["prlimit", "--nofile=14", str(command.binary), "-c", "2", "-i", "100ms", "-t", "200ms"]
    result = command.run(space, argv=space.argv([*argv, DEAD[4], HOSTS[4][0]]))
    assert verdicts(result, DEAD[4]) == "ll", result
    assert verdicts(result, HOSTS[4][0]) == "rr", result

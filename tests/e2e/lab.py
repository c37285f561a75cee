# SPDX-License-Identifier: Apache-2.0
"""The network that the tests run in: namespaces of their own, nothing outside is ever reached.

    A (pinger) 10.77.0.1 fd77::1 ---- 10.77.0.2 fd77::2 B (peer, router) 10.87.0.1 ---- C
                                                               MTU 1400 behind B

What a destination does follows from its network:

    10.78.0.0/16  fd78::/64   B itself, every address answers
    10.79.0.0/24  fd79::/64   black hole: B drops in silence
    10.80.0.0/24  fd80::/64   B says host (address) unreachable
    10.81.0.0/24  fd81::/64   B says administratively prohibited
    10.83.0.0/24  fd83::/64   A's own firewall refuses: EPERM
    10.84.0.0/24  fd84::/64   A has no route: ENETUNREACH
    10.88.0.0/24  fd88::/64   C, one router further away
    10.90.0.0/16  fd90::/64   nobody, unless responder.py answers for them
"""
import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

PREFIX = "mpe2e-"
NETNS_ETC = Path("/etc/netns")

RULES_A = """
table inet mpe2e {
    counter sent4 { }
    counter sent6 { }
    counter marked { }
    chain out {
        type filter hook output priority 0; policy accept;
        icmp type echo-request counter name sent4
        icmpv6 type echo-request counter name sent6
        meta mark 77 counter name marked
        ip daddr 10.83.0.0/24 drop
        ip6 daddr fd83::/64 drop
    }
}
"""

# Refused here and not by routes: for those Linux sends no more than five errors in a row.
RULES_B = """
table inet mpe2e {
    counter got4 { }
    counter got6 { }
    counter dscp { }
    counter second_source { }
    chain pre {
        type filter hook prerouting priority -300; policy accept;
        icmp type echo-request counter name got4
        icmpv6 type echo-request counter name got6
        icmp type echo-request ip dscp 46 counter name dscp
        icmpv6 type echo-request ip6 dscp 46 counter name dscp
        icmp type echo-request ip saddr 10.77.0.5 counter name second_source
        icmpv6 type echo-request ip6 saddr fd77::5 counter name second_source
        ip daddr 10.90.0.0/16 drop
        ip6 daddr fd90::/64 drop
        ip daddr 10.80.0.0/24 reject with icmp type host-unreachable
        ip daddr 10.81.0.0/24 reject with icmp type admin-prohibited
    }
}
"""

LINKS_A = """
addr add 10.77.0.1/24 dev mpa
addr add 10.77.0.5/24 dev mpa
addr add fd77::1/64 dev mpa nodad
addr add fd77::5/64 dev mpa nodad preferred_lft 0
route add default via 10.77.0.2
-6 route add default via fd77::2
route add throw 10.84.0.0/24
-6 route add throw fd84::/64
"""

LINKS_B = """
addr add 10.77.0.2/24 dev mpb
addr add fd77::2/64 dev mpb nodad
addr add 10.87.0.1/24 dev mpd
addr add fd87::1/64 dev mpd nodad
route add local 10.78.0.0/16 dev lo
-6 route add local fd78::/64 dev lo
route add blackhole 10.79.0.0/24
-6 route add blackhole fd79::/64
-6 route add unreachable fd80::/64
-6 route add prohibit fd81::/64
route add 10.88.0.0/24 via 10.87.0.2
-6 route add fd88::/64 via fd87::2
"""

LINKS_C = """
addr add 10.87.0.2/24 dev mpc
addr add fd87::2/64 dev mpc nodad
route add default via 10.87.0.1
-6 route add default via fd87::1
route add local 10.88.0.0/24 dev lo
-6 route add local fd88::/64 dev lo
"""

HOSTS = """127.0.0.1 localhost
::1 localhost ip6-localhost
10.78.0.7 peer-b
10.78.0.8 dual-b
fd78::8 dual-b
fd78::9 only6-b
"""


def sh(*argv, text=None, check=True):
    """Runs one administrative command; its complaint becomes the exception's text."""
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=30)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


class Netns:
    """One network namespace with loopback up, and its own files in /etc."""

    def __init__(self, label):
        self.name = f"{PREFIX}{os.getpid()}-{label}"
        self.etc = NETNS_ETC / self.name
        self.etc.mkdir(parents=True, exist_ok=True)
        (self.etc / "hosts").write_text(HOSTS)
        (self.etc / "resolv.conf").write_text("nameserver 127.0.0.1\n")
        (self.etc / "nsswitch.conf").write_text("hosts: files dns\n")
        sh("ip", "netns", "add", self.name)
        self.sysctl("net.ipv6.conf.default.accept_dad", "0")
        self.sysctl("net.ipv6.conf.all.accept_dad", "0")
        self.ip("link set lo up")

    def argv(self, argv):
        return ["ip", "netns", "exec", self.name, *argv]

    def run(self, *argv, text=None, check=True):
        return sh(*self.argv(argv), text=text, check=check)

    def ip(self, batch):
        """Runs lines of ip(8) arguments; those for IPv6 begin with -6."""
        for line in filter(None, (line.strip() for line in batch.splitlines())):
            sh("ip", "-netns", self.name, *line.split())

    def nft(self, rules):
        self.run("nft", "-f", "-", text=rules)

    def sysctl(self, key, value):
        self.run("sysctl", "-q", "-w", f"{key}={value}")

    def counters(self):
        """The packets that each named nft counter has seen."""
        listing = json.loads(self.run("nft", "-j", "list", "counters"))
        items = [entry["counter"] for entry in listing["nftables"] if "counter" in entry]
        return {item["name"]: item["packets"] for item in items}

    def raw_sockets(self):
        """How many raw sockets the namespace holds: (IPv4, IPv6)."""
        text = [self.run("cat", f"/proc/net/{name}") for name in ("raw", "raw6")]
        return tuple(len(lines.splitlines()) - 1 for lines in text)

    def remove(self):
        sh("ip", "netns", "del", self.name, check=False)
        shutil.rmtree(self.etc, ignore_errors=True)
        if NETNS_ETC.exists() and not any(NETNS_ETC.iterdir()):
            NETNS_ETC.rmdir()


class Lab:
    """The three namespaces and a directory that every user may read."""

    def __init__(self):
        self.spaces = []
        self.dir = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.dir.chmod(0o755)
        self.a = self.space("a")
        self.b = self.space("b")
        self.c = self.space("c")
        self._wire()

    def space(self, label):
        space = Netns(label)
        self.spaces.append(space)
        return space

    def _wire(self):
        a, b, c = self.a, self.b, self.c
        for left, left_dev, right, right_dev in ((a, "mpa", b, "mpb"), (b, "mpd", c, "mpc")):
            sh("ip", "link", "add", left_dev, "netns", left.name, "type", "veth",
               "peer", "name", right_dev, "netns", right.name)
            left.ip(f"link set {left_dev} up")
            right.ip(f"link set {right_dev} up")
        a.ip(LINKS_A)
        b.ip(LINKS_B)
        c.ip(LINKS_C)
        b.ip("link set mpd mtu 1400")
        c.ip("link set mpc mtu 1400")
        a.nft(RULES_A)
        b.nft(RULES_B)
        a.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        for key in ("net.ipv4.ip_forward", "net.ipv6.conf.all.forwarding"):
            b.sysctl(key, "1")
        b.sysctl("net.ipv4.icmp_ratelimit", "0")
        b.sysctl("net.ipv6.icmp.ratelimit", "0")

    def remove(self):
        for space in self.spaces:
            space.remove()
        shutil.rmtree(self.dir, ignore_errors=True)


def remove_stale():
    """Takes away what a run left behind that was killed: its process no longer exists."""
    for line in sh("ip", "netns", "list").splitlines():
        name = line.split()[0]
        owner = name.removeprefix(PREFIX).split("-")[0]
        if name.startswith(PREFIX) and owner.isdigit() and not Path("/proc", owner).exists():
            sh("ip", "netns", "del", name, check=False)
            shutil.rmtree(NETNS_ETC / name, ignore_errors=True)


def why_not():
    """The reason why no lab can be built here, or None."""
    if os.geteuid() != 0:
        return "needs root to make network namespaces"
    missing = [tool for tool in ("ip", "nft", "setpriv", "sysctl") if not shutil.which(tool)]
    if missing:
        return f"needs {', '.join(missing)}"
    return None

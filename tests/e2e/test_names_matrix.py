# SPDX-License-Identifier: Apache-2.0
"""What is pinged by a name is what getaddrinfo() gives for it, first or all.

A cell is a name in a setup (hosts file, nsswitch.conf, resolv.conf, gai.conf, routes), a family
option and a personality, first or all addresses; getaddrinfo() is asked in the same namespaces.
Every 15th setup is tried; all 175 of them, 98,700 cells, with NAMES_MATRIX=all in the environment.
"""
import json
import os
import re
import shutil
import subprocess
import sys

import pytest

from conftest import HERE, end_helper, start_helper

FAMILIES = {"0": [], "4": ["-4"], "6": ["-6"]}

STOCK = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\n"
HOSTS = {
    "stock": STOCK,
    "shared": "127.0.0.41 one.test shared.test\n127.0.0.42 two.test shared.test\n" + STOCK,
    "localhost": "127.0.0.2 db.localhost\n127.0.0.3\tDB3.LocalHost\tlocalhost.\n" + STOCK,
    "both": "10.78.9.1 dual.test nx.test\n2a00:1::9 dual.test\n10.9.0.77 dual.test www\n"
            "fd00::5 nx.test # not.test\n#10.78.9.3 v4.test\n",
    "odd": "10.78.09.1 v4.test\n127.1 v6.test\n::ffff:10.78.9.4 mapped.test nx.test\n"
           "::1 loop.test\nfe80::5%lo zone.test\n10.78.9.5 h\xf6st.test a..b _x.test -x.test\n"
           "\t 10.78.9.6   Spaces.test \r\n10.78.9.7\n10.78.9.8 last.test",
    "crossed": "::1 one.test\n127.0.0.5 one.test\n::1 two.test\n10.78.9.2 TWO.TEST two.test\n",
    "none": None,
    "empty": "",
}
NSSWITCH = {
    "files dns": "hosts: files dns\n",
    "dns files": "passwd: files\nhosts:\tdns files\n",
    "files": "hosts: files\n",
    "dns": "hosts: dns # files\n",
    "not found": "hosts: files [NOTFOUND=return] dns\n",
    "unavailable": "hosts: dns [!UNAVAIL=return] files\n",
    "continue": "hosts: files [SUCCESS=continue] dns\n",
    "merge": "hosts: files [SUCCESS=merge] dns\n",
    "modules": "hosts: files nosuch [NOTFOUND=return] dns myhostname\n",
    "twice": "hosts: dns\nhosts: files\n",
    "no line": "passwd: files\n",
    "none": None,
}
SERVER = "nameserver 127.0.0.1\n"
RESOLV = {
    "plain": SERVER,
    "search": "search a.test b.test\n" + SERVER,
    "ndots 2": SERVER + "search b.test a.test c.test\noptions ndots:2 timeout:2 attempts:1\n",
    "ndots 0": SERVER + "search a.test\noptions ndots:0\n",
    "domain": "domain a.test\n" + SERVER,
    "both": "search x.test\ndomain b.test\n" + SERVER,
    "two": "nameserver 127.0.0.9\n" + SERVER + "options rotate\n",
    "refused": "nameserver 127.0.0.9\n",
    "missing": None,
    "empty": "",
    "no-aaaa": SERVER + "options no-aaaa\n",
    "inet6": SERVER + "options inet6 edns0 trust-ad single-request\n",
    "tcp": SERVER + "options use-vc\n",
    "indented": " nameserver 127.0.0.9\n" + SERVER,
    "sorted": SERVER + "sortlist 10.9.0.0/255.255.255.0\n",
    "short": "nameserver 127.1\nsearch\n",
    "root": SERVER + "search . a.test\n",
}
GAI = {
    "usual": None,
    "comment": "# precedence ::ffff:0:0/96 100\n",
    "ip4 first": "precedence ::ffff:0:0/96 100\n",
    "labels": "label 2a00:1::/32 99\nlabel ::/0 1\nprecedence 2a00:1::/32 5\nprecedence ::/0 40\n"
              "precedence ::ffff:0:0/96 10\n",
}
IP4 = "addr add 10.9.0.2/24 dev mpm\nroute add default via 10.9.0.1\n"
IP6 = "addr add 2a00:9::2/64 dev mpm nodad\n-6 route add default via 2a00:9::1\n"
ROUTES = {
    "loopback": "",
    "ip4": IP4,
    "ip6": IP6,
    "dual": IP4 + IP6,
    "local": IP4 + "addr add fd00::2/64 dev mpm nodad\n-6 route add default via fd00::9\n",
    "old": IP4 + IP6.replace("nodad", "nodad preferred_lft 0"),
    "holes": IP4 + IP6 + "-6 route add unreachable 2a00:1::/32\nroute add prohibit 10.78.0.5/32\n",
}
ZONE = {
    "v4.test": {"A": ["10.78.0.1"]},
    "v6.test": {"AAAA": ["2a00:1::1"]},
    "dual.test": {"A": ["10.78.0.2"], "AAAA": ["2a00:1::2"]},
    "multi4.test": {"A": ["10.78.0.5", "10.9.0.7", "127.0.0.3", "10.9.0.3", "169.254.0.3"]},
    "multi6.test": {"AAAA": ["2a00:1::5", "fd00::1", "2a00:9::7", "::1", "2002:a4e::1"]},
    "many.test": {"A": ["10.78.0.5", "10.78.0.6"], "AAAA": ["2a00:1::6", "2a00:2::5"]},
    "local.test": {"A": ["10.78.0.8"], "AAAA": ["fd00::8"]},
    "old.test": {"A": ["10.78.0.8"], "AAAA": ["2001::8"]},
    "loop.dns.test": {"A": ["127.0.0.8"], "AAAA": ["2a00:1::8"]},
    "empty.test": {"A": []},
    "servfail.test": {"rcode": 2},
    "refused.test": {"rcode": 5},
    "alias.test": {"CNAME": "dual.test"},
    "dangling.test": {"CNAME": "empty.test"},
    "www.a.test": {"A": ["10.78.0.11"]},
    "www.b.test": {"AAAA": ["2a00:1::11"], "A": ["10.78.0.12"]},
    "deep.www.a.test": {"A": ["10.78.0.13"]},
    "alias.a.test": {"CNAME": "empty.test"},
    "alias.b.test": {"A": ["10.78.0.14"]},
    "hollow.b.test": {"A": []},
    "hollow.a.test": {"A": ["10.78.0.15"]},
    "failing.a.test": {"rcode": 2},
    "failing.b.test": {"A": ["10.78.0.16"]},
    "db.localhost": {"A": ["10.78.0.17"]},
    "x.onion": {"A": ["10.78.0.18"]},
    "a_b.test": {"A": ["10.78.0.19"]},
    "mdns.local": {"A": ["10.78.0.20"]},
}
NAMES = [name for name in ZONE if not name.startswith(("hollow.", "failing."))] + [
    "localhost", "LOCALHOST", "localhost.", "ip6-localhost", "db3.localhost", "www", "deep.www",
    "alias", "hollow", "failing", "V4.Test", "v4.test.", "www.", "nx.test", "one.test", "two.test",
    "shared.test", "mapped.test", "loop.test", "zone.test", "_x.test", "spaces.test", "last.test",
    "not.test"]


def setups():
    """(hosts, nsswitch.conf, resolv.conf, gai.conf, routes): each with each that matters to it."""
    for hosts in HOSTS:
        for nsswitch in NSSWITCH:
            yield hosts, nsswitch, "plain", "usual", "dual"
    for resolv in RESOLV:
        for routes in ("dual", "ip4"):
            yield "stock", "files dns", resolv, "usual", routes
        yield "shared", "dns files", resolv, "usual", "ip6"
    for gai in GAI:
        for routes in ROUTES:
            yield "both", "files dns", "search", gai, routes


ALL = list(setups())
CHOSEN = ALL if os.environ.get("NAMES_MATRIX") == "all" else ALL[::15]


class Cell:
    """The network of a set of routes, a name server there, and a helper with an /etc of its own."""

    def __init__(self, lab, routes):
        self.space = lab.space(f"m-{routes}")
        self.space.ip("link add mpm type veth peer name mpn\nlink set mpn up\nlink set mpm up\n"
                      + ROUTES[routes])
        self.dir = lab.dir / f"matrix-{routes}"
        etc = self.dir / "etc"
        etc.mkdir(parents=True)
        zone = self.dir / "zone"
        zone.write_text(json.dumps(ZONE))
        self.dns = start_helper(self.space, "dns_server.py", zone, self.dir / "log")
        argv = self.space.argv(["unshare", "-m", sys.executable, str(HERE / "names_cell.py"),
                                str(etc)])
        self.helper = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        assert self.helper.stdout.readline() == b"ready\n"

    def ask(self, **question):
        self.helper.stdin.write(json.dumps(question).encode() + b"\n")
        self.helper.stdin.flush()
        return json.loads(self.helper.stdout.readline())

    def end(self, lab):
        end_helper(self.helper)
        end_helper(self.dns)
        lab.spaces.remove(self.space)
        self.space.remove()
        shutil.rmtree(self.dir)


@pytest.fixture(scope="module")
def cells(lab):
    made = {}

    def cell(routes):
        if routes not in made:
            made[routes] = Cell(lab, routes)
        return made[routes]

    yield cell
    for entry in made.values():
        entry.end(lab)


@pytest.fixture(scope="module")
def programs(command, lab):
    link = lab.dir / "matrix" / "fping"
    link.parent.mkdir()
    link.symlink_to(command.binary)
    return command.binary, link


def pinged(out):
    """What each name of a run with -o json was pinged at, [] for those that did not resolve."""
    found = {}
    for line in out.splitlines():
        entry = json.loads(line)
        if entry["type"] == "summary":
            address = entry.get("address")
            found.setdefault(entry["target"], []).extend([address] if address else [])
    return found


def pinged_by_fping(err):
    found = {}
    for name, address in re.findall(r"^(\S+) \((\S+)\) *: ", err, re.MULTILINE):
        found.setdefault(name, []).append(address)
    return found


def runs(multiping, fping, family):
    own = [str(multiping), "-q", "-o", "json", "-c", "1", "-t", "20ms", *FAMILIES[family]]
    fpings = [str(fping), "-q", "-n", "-A", "-C", "1", "-t", "20", "-r", "0", *FAMILIES[family]]
    return [[*own, *NAMES], [*own, "--all-addresses", *NAMES],
            [*fpings, *NAMES], [*fpings, "-m", *NAMES]]


def meant(addresses, family):
    """As multiping takes them: a mapped address is the IPv4 address in it, and none of IPv6."""
    plain = [address.removeprefix("::ffff:") if "." in address else address
             for address in addresses]
    return [address for address in plain if family != "6" or ":" in address]


def differences(family, system, results):
    """The cells of four runs that are not as the system says, and how many there are."""
    first, every = pinged(results[0][1]), pinged(results[1][1])
    fping, fpings = pinged_by_fping(results[2][2]), pinged_by_fping(results[3][2])
    wrong = []
    for name in NAMES:
        right = system[name][family]
        own = meant(right, family)
        for what, got, wanted in (
                ("first", first.get(name), own[:1]),
                ("all", sorted(every.get(name, ["?"])), sorted(own)),
                ("fping", fping.get(name, []), right[:1]),
                ("fping -m", sorted(set(fpings.get(name, []))), sorted(right))):
            if got != wanted:
                said = [line for result in results for line in result[2].splitlines()
                        if f"{name}:" in line]
                wrong.append(f"{name} -{family} {what}: {got}, getaddrinfo: {right} {said}")
    return wrong


@pytest.mark.parametrize("setup", CHOSEN, ids=", ".join)
def test_names_matrix(cells, programs, setup):
    hosts, nsswitch, resolv, gai, routes = setup
    files = {"hosts": HOSTS[hosts], "nsswitch.conf": NSSWITCH[nsswitch], "gai.conf": GAI[gai],
             "resolv.conf": RESOLV[resolv], "host.conf": "multi on\n"}
    commands = [argv for family in FAMILIES for argv in runs(*programs, family)]
    answer = cells(routes).ask(files=files, names=NAMES, runs=commands)
    wrong = []
    for i, family in enumerate(FAMILIES):
        wrong += differences(family, answer["system"], answer["runs"][4 * i:4 * i + 4])
    assert not wrong, f"{len(wrong)} of {len(NAMES) * len(commands)} cells:\n" + "\n".join(wrong)

# SPDX-License-Identifier: Apache-2.0
"""--doctor: finds what would stop or spoil pings, and names the command that mends it."""
import re
import subprocess
from pathlib import Path

import pytest

SCRIPT = 'while [ $# -gt 1 ] && [ "$1" != -- ]; do mount --bind "$2" "$1"; shift 2; done; ' \
    'shift; exec "$@"'


class Findings:
    """The report, by subject."""

    def __init__(self, result):
        self.result = result
        self.grades, self.words, self.fixes = {}, {}, {}
        subject = None
        *lines, empty, self.end = result.out.splitlines()
        assert empty == "", result
        for line in lines:
            found = re.fullmatch(r"(ok|note|warn|FAIL) +(.*?): (.*)", line)
            if line.startswith("      fix: "):
                self.fixes[subject] = line[11:]
            else:
                assert found, line
                subject = found[2]
                self.grades[subject], self.words[subject] = found[1], found[3]
        count = {grade: list(self.grades.values()).count(grade) for grade in ("FAIL", "warn", "note")}
        assert re.fullmatch(f"{count['FAIL']} failures?, {count['warn']} warnings?, "
                            f"{count['note']} notes?", self.end), result

    def bad(self):
        return {subject for subject, grade in self.grades.items() if grade in ("warn", "FAIL")}


@pytest.fixture
def doctor(command, fresh_space):
    """doctor(fakes={path: text}, …) runs it in a namespace of its own, with some files of the
    kernel replaced."""
    def run(fakes=None, user=False, prefix=(), outside=False):
        argv = []
        for i, (path, text) in enumerate((fakes or {}).items()):
            fake = command.dir / f"fake{i}"
            fake.write_text(text)
            argv += [path, str(fake)]
        program = command.argv(fresh_space, ["--doctor"], user)
        at = program.index(fresh_space.name) + 1
        program[at:at] = ["sh", "-c", SCRIPT, "sh", *argv, "--", *prefix]
        if outside:
            program[:at] = ["unshare", "--mount"]
        return Findings(command.run(fresh_space, argv=program))
    return run


HARMLESS = {
    "/proc/sys/net/ipv4/ping_group_range": "0\t2147483647\n",
    "/sys/devices/system/clocksource/clocksource0/current_clocksource": "tsc\n",
    "/sys/devices/system/clocksource/clocksource0/available_clocksource": "tsc hpet acpi_pm\n",
    "/proc/stat": "cpu  10 0 10 100 0 0 0 0 0 0\n",
}


def test_nothing_is_in_the_way(doctor):
    found = doctor(HARMLESS)
    assert found.bad() == set() and found.result.rc == 0, found.result
    assert found.words["raw sockets"] == "IPv4 yes, IPv6 yes"
    assert found.grades["127.0.0.1"] == found.grades["::1"] == "ok"
    assert found.words["other pingers"] == "none"
    assert not found.fixes or found.grades["ping sockets"] == "note"


def test_no_permission_at_all(doctor):
    found = doctor(user=True)
    assert found.result.rc == 3, found.result
    assert {"raw sockets", "ping sockets"} <= found.bad()
    assert found.fixes["raw sockets"].startswith("sudo setcap cap_net_raw+p /")
    assert "ping_group_range = 0 2147483647" in found.words["ping sockets"]
    assert "ping sockets" not in found.fixes, "one fix for one trouble"
    assert "range is 1 0, this process has group 65534" in found.words["ping sockets"]
    assert "127.0.0.1" not in found.grades


def test_the_command_that_mends_it_does(doctor, fresh_space):
    fix = doctor(user=True).words["ping sockets"]
    value = re.search(r"net\.ipv4\.ping_group_range = (\d+ \d+)", fix)[1]
    fresh_space.sysctl("net.ipv4.ping_group_range", value)
    found = doctor(user=True)
    assert found.grades["ping sockets"] == "ok" and found.grades["raw sockets"] == "note"
    assert found.grades["127.0.0.1"] == "ok", found.result
    assert found.result.rc != 3


def test_a_container_without_the_capability(doctor):
    found = doctor(prefix=["setpriv", "--bounding-set=-net_raw", "--inh-caps=-net_raw"], user=True)
    assert "bounding set no" in found.words["CAP_NET_RAW"], found.result
    assert "--cap-add NET_RAW" in found.fixes["raw sockets"]


def test_no_new_privs(doctor):
    found = doctor(prefix=["setpriv", "--no-new-privs"], user=True)
    assert "no_new_privs on" in found.words["CAP_NET_RAW"], found.result
    assert "AmbientCapabilities" in found.fixes["raw sockets"]


@pytest.mark.parametrize("path, text, subject, fix", [
    ("/proc/sys/net/core/rmem_max", "212992\n", "receive buffer", "net.core.rmem_max="),
    ("/proc/sys/net/core/wmem_default", "4096\n", "send buffer", "net.core.wmem_default="),
    ("/proc/sys/net/ipv4/icmp_ratemask", "6169\n", "IPv4 rate limit", "icmp_ratemask=6168"),
    ("/proc/sys/net/ipv6/icmp/ratemask", "0-1,3-127,129\n", "IPv6 rate limit", "ratemask=0-1,3-127"),
    ("/proc/sys/net/ipv4/icmp_echo_ignore_all", "1\n", "IPv4 echo", "echo_ignore_all=0"),
    ("/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n", "clock source",
     "clocksource"),
])
def test_limits(doctor, path, text, subject, fix):
    found = doctor({**HARMLESS, path: text}, prefix=["setpriv", "--bounding-set=-net_admin",
                                                     "--inh-caps=-net_admin"])
    assert found.bad() == {subject}, found.result
    assert fix in found.fixes[subject] and found.result.rc == 1


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
def test_small_neighbour_table(doctor, family):
    """Outside of the namespace: only the first one has this limit."""
    path = f"/proc/sys/net/{family}/neigh/default/gc_thresh3"
    subject = f"IP{family[2:]} neighbour table"
    if not Path(path).exists():
        pytest.skip("a container of its own: no such limit to be seen")
    found = doctor({**HARMLESS, path: "128\n"}, outside=True)
    assert found.grades[subject] == "warn" and found.result.rc == 1, found.result
    assert f"net.{family}.neigh.default.gc_thresh3=" in found.fixes[subject]


def test_the_firewall_of_loopback(doctor, fresh_space):
    fresh_space.nft("table inet t { chain in { type filter hook input priority 0; "
                    "icmp type echo-reply drop; }; }")
    found = doctor(HARMLESS)
    assert found.bad() == {"127.0.0.1"} and found.result.rc == 1, found.result
    assert "nft list ruleset" in found.fixes["127.0.0.1"]


def test_one_trouble_has_one_fix(doctor, fresh_space):
    fresh_space.ip("link set lo down")
    found = doctor(HARMLESS)
    assert found.bad() == {"127.0.0.1", "::1"} and found.result.out.count("link set lo up") == 1
    for report in (found, doctor(user=True), doctor(user=True, prefix=["setpriv", "--no-new-privs"])):
        fixes = [line for line in report.result.out.splitlines() if line.startswith("      fix: ")]
        assert len(fixes) == len(set(fixes)), report.result


def test_ipv6_is_off(doctor, fresh_space):
    fresh_space.sysctl("net.ipv6.conf.all.disable_ipv6", "1")
    fresh_space.sysctl("net.ipv6.conf.lo.disable_ipv6", "1")
    found = doctor(HARMLESS)
    assert "disable_ipv6=0" in found.fixes["IPv6"], found.result
    assert "::1" not in found.grades and found.result.rc == 0


def test_another_pinger(doctor, command, fresh_space):
    other = command.start(fresh_space, "-i", "1s", "127.0.0.1", "::1")
    try:
        assert other.alive()
        while fresh_space.raw_sockets() != (1, 1):
            assert other.alive()
        found = doctor(HARMLESS)
    finally:
        other.kill()
    assert found.bad() == {"another pinger"} and found.result.rc == 1, found.result
    assert f"(process {other.pid})" in found.words["another pinger"]
    assert f"kill {other.pid}" in found.fixes["another pinger"]


def test_another_pinger_that_only_root_may_see(doctor, command, fresh_space):
    fresh_space.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    other = command.start(fresh_space, "-i", "1s", "127.0.0.1")
    try:
        while fresh_space.raw_sockets()[0] != 1:
            assert other.alive()
        found = doctor(user=True)
    finally:
        other.kill()
    assert "1 ICMP socket" in found.words["other pingers"], found.result
    assert found.fixes["other pingers"] == "sudo ss -apw"


def test_output_that_cannot_be_written(command, fresh_space):
    with open("/dev/full", "wb") as full:
        result = command.run(fresh_space, "--doctor", stdout=full)
    assert result.rc == 4 and "write error" in result.err, result


def test_it_changes_nothing_and_needs_nobody(command, fresh_space):
    """It reads, and ends by itself, also without standard input."""
    result = command.run(fresh_space, "--doctor", stdin=subprocess.DEVNULL)
    assert result.rc in (0, 1) and result.err == "", result


@pytest.mark.parametrize("args,says", [
    (["10.78.0.1"], '"10.78.0.1"'), (["-c", "3"], "-c"), (["--sweep"], "--sweep"),
    (["--nonsense"], "--nonsense"), (["-o", "json"], "-o"), (["--", "-x"], '"-x"'),
])
@pytest.mark.parametrize("first", [True, False])
def test_what_it_would_ignore_is_refused(command, fresh_space, args, says, first):
    line = ["--doctor", *args] if first or args[0] == "--" else [*args, "--doctor"]
    result = command.run(fresh_space, *line)
    assert result.rc == 2 and result.out == "" and result.err.count("\n") == 1, result
    assert says in result.err


def test_what_cannot_be_read_is_not_known(command, fresh_space):
    argv = command.argv(fresh_space, ["--doctor"])
    at = argv.index(str(command.binary))
    hidden = ["unshare", "-m", "sh", "-c", 'mount -t tmpfs none /proc/sys/net && exec "$@"', "sh"]
    result = command.start(fresh_space, argv=argv[:at] + hidden + argv[at:]).wait()
    for subject in ("receive buffer", "send buffer", "IPv4 rate limit", "IPv6 rate limit", "IPv6",
                    "IPv4 echo", "IPv6 echo", "connection tracking", "IPv4 neighbour table"):
        assert f"note  {subject}: not known: /proc/sys/net" in result.out, result


@pytest.mark.parametrize("path,subjects", [
    ("/proc/sys/net/ipv6/icmp/ratemask", ["IPv6 rate limit"]),
    ("/proc/sys/net/ipv4/icmp_ratemask", ["IPv4 rate limit"]),
    ("/proc/sys/net/ipv6/conf/lo/disable_ipv6", ["IPv6"]),
    ("/proc/net/raw", ["other pingers"]), ("/proc/self/status", ["CAP_NET_RAW"]), ("/proc/stat", ["virtual machine steal"]),
    ("/proc/sys/net/ipv6/icmp/echo_ignore_all", ["IPv6 echo"]),
    ("/proc/sys/net/core/rmem_max", ["receive buffer"]),
    ("/sys/devices/system/clocksource/clocksource0/current_clocksource", ["clock source"]),
])
def test_a_file_that_cannot_be_read(command, fresh_space, path, subjects):
    """Reading it fails, as it does at the beginning of a process's memory."""
    argv = command.argv(fresh_space, ["--doctor"])
    at = argv.index(str(command.binary))
    hide = f'mount --bind /proc/$$/mem {path.replace("/proc/self", "/proc/$$")}'
    if path.startswith("/proc/net/"): # whose files are found anew each time: all of them are gone
        hide = "mount -t tmpfs none /proc/$$/net"
    hide = ["unshare", "-m", "sh", "-c", f'{hide} && exec "$@"', "sh"]
    result = command.start(fresh_space, argv=argv[:at] + hide + argv[at:]).wait()
    for subject in subjects:
        assert f"note  {subject}: not known: {path} cannot be read" in result.out, result

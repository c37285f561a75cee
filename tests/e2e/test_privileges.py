# SPDX-License-Identifier: Apache-2.0
"""Who may ping, with which socket, and what is left of the privileges while it runs."""
import os
import re
import shutil
import signal
import subprocess

import pytest

from command import wait_until
from lab import sh

CAPS = ("CapInh", "CapPrm", "CapEff", "CapAmb")


def status_of(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return dict(line.rstrip("\n").split(":\t", 1) for line in file)


def assert_powerless(pid, bounding=False):
    """Nothing is left; of the bounding set only where the program may change it: root's."""
    status = status_of(pid)
    names = CAPS + ("CapBnd",) * bounding
    assert {name: int(status[name], 16) for name in names} == dict.fromkeys(names, 0)
    assert status["NoNewPrivs"] == "1"
    assert status["Seccomp"] == "2"  # a filter; ./dev installs libseccomp to have it built


@pytest.mark.parametrize("args", [["127.0.0.1"], ["::1"], ["localhost", "ip6-localhost"],
                                  ["-m", "127.0.0.1"], ["-w", "2", "127.0.0.1"],
                                  ["--mark", "77", "127.0.0.1"]], ids=" ".join)
def test_root_keeps_nothing(start, args):
    pace = [] if "-m" in args else ["-i", "50ms"]
    run = start(*pace, *args, stdin=subprocess.PIPE)
    if "-m" in args:
        run.proc.stdin.write(b"\n")
        run.proc.stdin.flush()
    hosts = [arg for arg in args if arg[0] != "-" and not arg.isdigit()]
    assert wait_until(lambda: all(f"from {host}" in run.stdout() for host in hosts)), \
        run.result(None)
    assert_powerless(run.pid, bounding=True)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


def test_every_thread_is_powerless(start):
    run = start("-w", "3", "-i", "50ms", "127.0.0.1")
    assert wait_until(lambda: "bytes from" in run.stdout()), run.result(None)
    for thread in os.listdir(f"/proc/{run.pid}/task"):
        assert_powerless(f"{run.pid}/task/{thread}", bounding=True)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "10.78.0.1", "fd78::1"])
def test_anybody_with_a_ping_socket(ping, host):
    result = ping("-c", "3", "-i", "1ms", host, user=True)
    assert result.rc == 0 and result.report.total.received == 3, result


def test_anybody_is_powerless(start):
    run = start("-i", "50ms", "127.0.0.1", user=True)
    assert wait_until(lambda: "bytes from" in run.stdout()), run.result(None)
    assert_powerless(run.pid)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


@pytest.mark.parametrize("hosts", [["127.0.0.1"], ["::1"], ["127.0.0.1", "::1"]], ids=" ".join)
@pytest.mark.parametrize("kind", [[], ["--raw"], ["--ping-socket"]], ids=str)
def test_neither_is_allowed(command, fresh_space, hosts, kind):
    """One message, which names the ways out."""
    result = command.run(fresh_space, *kind, "-c", "1", *hosts, user=True)
    assert result.rc == 3 and result.out == "", result
    assert result.err.startswith("multiping: ") and result.err.count("multiping: ") == 1
    if not kind:
        for way in ("root", "setcap", "sysctl", "ping_group_range"):
            assert way in result.err, result


def test_raw_is_refused_to_anybody(ping):
    result = ping("--raw", "-c", "1", "127.0.0.1", user=True)
    assert result.rc == 3 and result.out == "", result


def test_root_without_ping_sockets_uses_raw_ones(command, fresh_space):
    assert command.run(fresh_space, "-c", "1", "127.0.0.1", "::1").rc == 0
    assert command.run(fresh_space, "--ping-socket", "-c", "1", "127.0.0.1").rc == 3


@pytest.fixture(scope="module")
def capable(command):
    """A copy of the program with cap_net_raw in its permitted set, for anybody."""
    if not shutil.which("setcap") or not shutil.which("ldconfig"):
        pytest.skip("needs setcap and ldconfig")

    binary = command.public / "capable"
    shutil.copy(command.public / "multiping", binary)
    binary.chmod(0o755)
    sh("setcap", "cap_net_raw+p", str(binary))
    # The loader takes nothing from the environment here, but it trusts its cache.
    conf, cache = command.public / "ld.so.conf", command.public / "ld.so.cache"
    conf.write_text(f"{command.public}\n/usr/local/lib\n")
    sh("ldconfig", "-X", "-f", str(conf), "-C", str(cache))
    cache.chmod(0o644)
    return binary, cache


def run_capable(command, space, capable, *args):
    binary, cache = capable
    line = command.argv(space, args, user=True, binary=binary)
    at = line.index("setpriv")
    mount = ["unshare", "-m", "sh", "-c",
             f'mount --bind {cache} /etc/ld.so.cache && exec "$@"', "sh"]
    return command.start(space, argv=line[:at] + mount + line[at:])


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
def test_file_capability(command, fresh_space, capable, host):
    """Raw sockets for anybody, and nothing is left of the capability afterwards."""
    run = run_capable(command, fresh_space, capable, "-i", "50ms", host)
    assert wait_until(lambda: "bytes from" in run.stdout() or not run.alive()), run.result(None)
    assert run.alive(), run.result(None)
    assert sum(fresh_space.raw_sockets()) == 1
    assert_powerless(run.pid)
    assert re.match(r"(\d+)\s+\1\s+\1\s+\1", status_of(run.pid)["Uid"])
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


FPING = ["-l", "-p", "50", "127.0.0.1"]


@pytest.fixture(scope="module")
def as_fping(command):
    """The command and its copy with the capability, under the name of fping."""
    directory = command.public / "as-fping"
    directory.mkdir(exist_ok=True)
    directory.chmod(0o755)

    def link(binary):
        path = directory / f"fping-{binary.name}"
        path.unlink(missing_ok=True)
        path.symlink_to(binary)
        return path
    return link


def assert_fping_powerless(run, bounding=False, hosts=1):
    """While it runs, and then all its hosts have answered."""
    def answered():
        return {line.split()[0] for line in run.stdout().splitlines() if " bytes, " in line}

    assert wait_until(lambda: len(answered()) == hosts or not run.alive()), run.result(None)
    assert run.alive(), run.result(None)
    assert_powerless(run.pid, bounding)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


def test_fping_of_root(start, lab, as_fping, command):
    argv = [str(as_fping(command.binary)), *FPING]
    assert_fping_powerless(start(argv=lab.a.argv(argv)), bounding=True)


def test_fping_with_names(start, lab, as_fping, command, dns):
    """Its lookups load modules of the C library's while the filter is on."""
    argv = [str(as_fping(command.binary)), "-l", "-p", "50", "ok.test", "localhost"]
    assert_fping_powerless(start(argv=lab.a.argv(argv)), bounding=True, hosts=2)


def test_fping_of_anybody(lab, command, as_fping):
    binary = as_fping(command.public / "multiping")
    assert_fping_powerless(command.start(lab.a, *FPING, user=True,
                                         argv=command.argv(lab.a, FPING, True, binary)))


def test_fping_with_file_capability(command, fresh_space, capable, as_fping):
    binary, cache = capable
    run = run_capable(command, fresh_space, (as_fping(binary), cache), *FPING)
    assert_fping_powerless(run)

# SPDX-License-Identifier: Apache-2.0
"""Very many probes and very many hosts: nothing is lost, one socket per family."""
import pytest

from command import wait_until


def hosts4(n, network="127.1"):
    return [f"{network}.{i // 250}.{i % 250 + 1}" for i in range(n)]


def target_file(lab, name, hosts):
    path = lab.dir / name
    path.write_text("".join(f"{host}\n" for host in hosts))
    path.chmod(0o644)
    return f"@{path}"


def assert_none_lost(result, sent, targets):
    total = result.report.total
    assert (total.sent, total.received, total.lost, total.unknown, total.errors) \
        == (sent, sent, 0, 0, 0), result
    assert result.rc == 0 and result.err == "", result
    assert total.counts["targets"] == len(result.report.summaries) == targets


@pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
@pytest.mark.parametrize("options", [["-i", "0"], ["-i", "0", "-W", "1000"], ["-f"],
                                     ["-i", "0", "--ping-socket"]], ids=" ".join)
def test_ten_thousand_probes(ping, host, options):
    result = ping("-q", "-c", "10000", *options, host, timeout=20)
    assert_none_lost(result, 10000, 1)


def test_ten_thousand_lines(ping):
    report = ping("-c", "10000", "-i", "0", "127.0.0.1", timeout=20).report
    assert [line.seq for line in report.lines("reply")] == list(range(10000))


@pytest.mark.parametrize("user", [False, True], ids=["root", "nobody"])
def test_a_thousand_hosts_at_once(ping, lab, user):
    file = target_file(lab, "thousand", hosts4(1000))
    result = ping("-q", "-c", "5", "-i", "200ms", file, user=user)
    assert_none_lost(result, 5000, 1000)


def test_a_thousand_hosts_on_the_command_line(ping):
    assert_none_lost(ping("-q", "-c", "1", *hosts4(1000, "10.78")), 1000, 1000)


def test_ten_thousand_hosts_twice(ping, lab):
    file = target_file(lab, "ten-thousand", hosts4(10000))
    assert_none_lost(ping("-q", "-c", "2", "-i", "2s", file, timeout=20), 20000, 10000)


def test_ten_thousand_hosts_once(ping, lab):
    file = target_file(lab, "ten-thousand-b", hosts4(10000, "10.78"))
    assert_none_lost(ping("-c", "1", "-q", file, timeout=20), 10000, 10000)


def test_two_thousand_dead_among_the_living(ping, lab):
    """Exactly the dead are lost."""
    alive, dead = hosts4(1000, "10.78"), [f"10.79.0.{i}" for i in range(1, 251)]
    result = ping("-q", "-c", "2", "-i", "500ms", "-t", "1s",
                  target_file(lab, "mixed", alive + dead))
    total = result.report.total
    assert (total.received, total.lost, total.unknown) == (2000, 500, 0), result
    assert all(result.report.of(host).lost == 2 for host in dead) and result.rc == 1


@pytest.mark.parametrize("kind", ["--raw", "--ping-socket"])
def test_one_socket_per_family(start, lab, kind):
    """A thousand hosts, one raw socket for IPv4 and one for IPv6, and none afterwards."""
    hosts = hosts4(500, "10.78") + [f"fd78::1:{i:x}" for i in range(500)]
    run = start(kind, "-q", "-c", "0", "-i", "1s", target_file(lab, "both", hosts))
    expected = (1, 1) if kind == "--raw" else (0, 0)
    protocols = ("icmp", "icmp6") if kind == "--ping-socket" else ("raw", "raw6")

    def sockets():
        text = [open(f"/proc/{run.pid}/net/{name}").read() for name in protocols]
        return [len(lines.splitlines()) - 1 for lines in text] == [1, 1]

    assert wait_until(sockets), lab.a.raw_sockets()
    assert lab.a.raw_sockets() == expected
    assert wait_until(lambda: lab.a.counters()["sent6"] > 0)
    assert sockets() and lab.a.raw_sockets() == expected
    run.signal(2)
    total = run.wait().report.total
    assert total.lost == total.errors == 0 and total.received > 0
    assert lab.a.raw_sockets() == (0, 0)


def test_one_family_needs_one_socket(start, lab):
    run = start("--raw", "-q", "-i", "100ms", "127.0.0.1")
    assert wait_until(lambda: lab.a.raw_sockets()[0] == 1)
    assert lab.a.raw_sockets() == (1, 0)
    run.signal(2)
    assert run.wait().rc == 0 and lab.a.raw_sockets() == (0, 0)


def test_rate_caps_all_targets_together(start, lab, arrived):
    """No more than the rate allows; a burst at the start may come on top."""
    run = start("-q", "-i", "10ms", "--rate", "100", *hosts4(50, "10.78"))
    assert wait_until(lambda: arrived["got4"] >= 100)
    run.signal(2)
    result = run.wait()
    assert result.report.total.lost == 0 and result.rc == 0, result
    assert result.report.total.sent < 50 * 100, result


def test_window_bounds_what_is_out(start, lab, arrived):
    """To a black hole only a window full of probes leaves while none has a verdict."""
    run = start("-q", "-i", "0", "-W", "50", "-t", "30s", "10.79.0.1")
    assert wait_until(lambda: arrived["got4"] >= 50)
    run.signal(2)
    result = run.wait()
    assert arrived["got4"] == 50 and result.report.total.canceled == 50, result

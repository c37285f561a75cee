# SPDX-License-Identifier: Apache-2.0
"""Names: from the hosts file and from a name server that lies, sleeps or says no."""
import signal

import pytest

from command import wait_until


@pytest.mark.parametrize("name,address", [
    ("peer-b", "10.78.0.7"), ("localhost", "::1"), ("dual-b", "fd78::8"),
    ("only6-b", "fd78::9"), ("ok.test", "10.78.0.1"), ("ok6.test", "fd78::1"),
    ("dual.test", "fd78::2"),
])
def test_a_name_is_shown_with_its_address(ping, dns, name, address):
    result = ping("-c", "2", "-i", "1ms", name)
    assert result.rc == 0 and result.err == "", result
    assert [(line.host, line.addr) for line in result.report.lines("reply")] \
        == [(name, address)] * 2
    assert result.report.of(name).addr == address and result.report.of(name).received == 2


@pytest.mark.parametrize("option,address", [("-4", "10.78.0.2"), ("-6", "fd78::2")])
def test_family_of_a_dual_name(ping, dns, option, address):
    result = ping("-c", "1", option, "dual.test")
    assert result.rc == 0 and result.report.of("dual.test").addr == address, result


@pytest.mark.parametrize("option,name", [("-4", "ok6.test"), ("-6", "ok.test"),
                                         ("-6", "peer-b"), ("-4", "only6-b")])
def test_no_address_of_the_wanted_family(ping, dns, arrived, option, name):
    result = ping("-c", "1", option, name)
    assert result.rc == 2 and name in result.err and "cannot resolve" in result.err, result
    assert arrived["got4"] == arrived["got6"] == 0


@pytest.mark.parametrize("name", ["nx.test", "servfail.test", "empty.test", "foo.test"])
def test_a_name_that_does_not_resolve(ping, dns, left, name):
    result = ping("-c", "2", "-i", "10ms", name, timeout=19)
    assert result.rc == 2, result
    assert any(line.startswith(f"cannot resolve {name}:") or
               line.startswith(f"multiping: cannot resolve {name}:")
               for line in result.err.splitlines()), result
    assert left["sent4"] == left["sent6"] == 0 and dns.queries(name) > 0


def test_no_server_at_all(command, fresh_space):
    """Nothing listens on port 53 there."""
    result = command.run(fresh_space, "-c", "1", "ok.test", timeout=19)
    assert result.rc == 2 and "cannot resolve ok.test" in result.err, result


def test_good_names_go_on_beside_bad_ones(ping, dns):
    result = ping("-c", "3", "-i", "10ms", "nx.test", "ok.test", "127.0.0.1")
    assert result.rc == 2 and "cannot resolve nx.test" in result.err, result
    assert result.report.of("ok.test").received == 3
    assert result.report.of("127.0.0.1").received == 3


@pytest.mark.parametrize("name", ["silent.test", "slow.test"])
def test_a_slow_name_delays_nobody(start, dns, arrived, name):
    """Thirty probes to the other host come in while the name has no address yet."""
    dns.set("slow.test", A=["10.78.0.3"], delay=3600)
    run = start("-i", "20ms", name, "10.78.0.1")
    assert wait_until(lambda: arrived["got4"] >= 30, 4), run.result(None)
    assert "cannot resolve" not in run.stderr() and run.alive()
    run.signal(signal.SIGINT)
    result = run.wait(5)
    summary = result.report.of("10.78.0.1")
    assert summary.received >= 30 and summary.lost == 0, result


def test_a_slow_name_is_pinged_in_the_end(ping, dns):
    result = ping("-c", "3", "-i", "10ms", "slow.test", "127.0.0.1")
    assert result.rc == 0 and result.report.of("slow.test").received == 3, result
    kinds = [line.host for line in result.report.lines("reply")]
    assert kinds.index("127.0.0.1") < kinds.index("slow.test")


def test_a_thousand_names(ping, dns, lab):
    names = [f"host{i}.test" for i in range(1000)]
    for i, name in enumerate(names):
        dns.names[name] = {"A": [f"10.78.{i // 250}.{i % 250 + 1}"]}
    dns.set("last.test", A=["10.78.9.9"])
    path = lab.dir / "names"
    path.write_text("\n".join([*names, "last.test"]) + "\n")
    result = ping("-q", "-c", "1", f"@{path}", timeout=19)
    assert result.rc == 0 and result.report.total.received == 1001, result


def test_an_address_asks_nobody(ping, dns):
    before = dns.log.read_text()
    ping("-c", "1", "127.0.0.1", "::1", "10.78.0.1")
    assert dns.log.read_text() == before


@pytest.mark.parametrize("option", ["-r1", "--re-resolve=1", "-r"])
def test_a_name_that_moves(start, dns, arrived, option):
    """Looked up again, the name takes its probes to the new address."""
    dns.set("moving.test", A=["10.78.1.1"])
    run = start(option, "-i", "50ms", "moving.test")
    assert wait_until(lambda: "(10.78.1.1)" in run.stdout()), run.result(None)
    dns.set("moving.test", A=["10.78.1.2"])
    assert wait_until(lambda: "(10.78.1.2)" in run.stdout()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    addresses = [line.addr for line in result.report.lines("reply")]
    assert addresses == sorted(addresses) and result.report.total.lost == 0, result


def test_a_name_that_stays_is_asked_once(ping, dns):
    before = dns.queries("ok.test")
    ping("-c", "5", "-i", "10ms", "-4", "ok.test")
    assert dns.queries("ok.test") == before + 1


def test_re_resolve_every_nth_probe(ping, dns):
    before = dns.queries("ok.test")
    result = ping("-r3", "-4", "-c", "9", "-i", "20ms", "ok.test")
    assert result.report.of("ok.test").received == 9, result
    assert dns.queries("ok.test") - before == 3


def test_a_name_that_vanishes_is_pinged_on(start, dns):
    """Its last address goes on, which is said once, as is the end of it."""
    dns.set("moving.test", A=["10.78.1.1"])
    run = start("-r1", "-i", "50ms", "moving.test")
    assert wait_until(lambda: "(10.78.1.1)" in run.stdout()), run.result(None)
    dns.set("moving.test", rcode=3)
    assert wait_until(lambda: "cannot look up again: no such name (moving.test)" in run.stderr()), \
        run.result(None)
    dns.set("moving.test", A=["10.78.1.2"])
    assert wait_until(lambda: "(10.78.1.2)" in run.stdout()), run.result(None)
    assert wait_until(lambda: "names can be looked up again" in run.stderr()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert len(result.err.splitlines()) == 2, result
    summary = result.report.of("moving.test")
    assert summary.lost == 0 and summary.received == summary.sent > 20, result


def test_a_dead_server_paces_nobody(start, dns):
    """With -r the interval is kept while lookups wait for their time-out of 5 s."""
    dns.set("still.test", A=["10.78.1.3"])
    run = start("-r1", "-4", "-i", "100ms", "-o", "json", "still.test")
    assert wait_until(lambda: run.stdout().count('"reply"') >= 5), run.result(None)
    dns.set("still.test", silent=True)
    assert wait_until(lambda: '"event":"stale"' in run.stdout()), run.result(None)
    lines = run.stdout().split('"event":"stale"')[0].count('"reply"')
    assert lines > 40, lines  # 5 s of 50 probes, and those before
    dns.set("still.test", A=["10.78.1.3"])
    assert wait_until(lambda: run.stdout().count('"event":"resolved"') == 2), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert result.err.count("\n") == 2 and '"lost":0' in result.out, result


def test_a_name_that_comes_later(start, dns):
    """It is looked up again after 1 and 2 s, which is said once."""
    dns.set("later.test", rcode=3)
    before = dns.queries("later.test")
    run = start("-4", "-i", "100ms", "later.test", "10.78.0.1")
    assert wait_until(lambda: dns.queries("later.test") - before >= 2), run.result(None)
    dns.set("later.test", A=["10.78.1.4"])
    assert wait_until(lambda: "(10.78.1.4)" in run.stdout()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert result.err.count("cannot resolve later.test: no such name") == 1, result
    assert result.report.of("later.test").received > 0


@pytest.mark.parametrize("more", [[], ["-r"], ["-q"], ["-o", "json"]])
def test_nothing_resolves(ping, dns, more):
    """A run without end has nothing to wait for where nothing can be pinged at the start."""
    result = ping(*more, "nx.test", "foo.test", timeout=10)
    assert result.rc == 2 and result.err.count("cannot resolve") == 2, result


def test_one_family_is_silent(ping, dns):
    """No answer for IPv6 does not keep a host from being pinged by IPv4."""
    dns.set("half.test", A=["10.78.1.5"], silent=["AAAA"])
    dns.set("halves.test", A=["10.78.1.6", "10.78.1.7"], silent=["AAAA"])
    result = ping("-c", "1", "half.test", "halves.test", timeout=10)
    assert result.rc == 0 and result.report.of("half.test").addr == "10.78.1.5", result


def test_another_server_while_it_runs(start, dns, lab):
    """resolv.conf is replaced, as a network manager does."""
    path = lab.a.etc / "resolv.conf"
    usual = path.read_text()
    dns.set("new.test", A=["10.78.1.8"])
    try:
        path.write_text("nameserver 127.0.0.77\n")
        run = start("-i", "50ms", "new.test", "10.78.0.1")
        assert wait_until(lambda: "cannot resolve new.test" in run.stderr()), run.result(None)
        path.write_text(usual)
        assert wait_until(lambda: "(10.78.1.8)" in run.stdout()), run.result(None)
    finally:
        path.write_text(usual)


def test_each_lookup_asks(start, dns):
    """Nothing is remembered, however long the server says that it may be."""
    dns.set("asked.test", A=["10.78.1.9"], ttl=3600)
    before = dns.queries("asked.test")
    result = start("-4", "-r1", "-c", "8", "-i", "200ms", "asked.test").wait()
    # On a busy machine one may still be under way when the next would begin.
    assert result.rc == 0 and 6 <= dns.queries("asked.test") - before <= 8, result


def test_a_user_may_ask_the_system(command, lab, dns):
    """Threads with getaddrinfo() work in the filter of system calls and without privileges."""
    path = lab.a.etc / "nsswitch.conf"
    usual = path.read_text()
    try:
        path.write_text("hosts: nosuch files dns\n")
        result = command.run(lab.a, "-c", "1", "ok.test", "peer-b", user=True)
    finally:
        path.write_text(usual)
    assert result.rc == 0 and result.report.of("ok.test").addr == "10.78.0.1", result


@pytest.mark.parametrize("name", ["silent.test", "slow.test"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_during_the_lookup(start, dns, left, name, number):
    before = dns.queries(name)
    run = start("-c", "1", name)
    assert wait_until(lambda: dns.queries(name) > before), run.result(None)
    run.signal(number)
    result = run.wait(5)
    assert result.rc != 0 and left["sent4"] == 0, result
    assert result.report.total.sent == result.report.total.received == 0


def test_fping_does_not_wait_for_a_name(start, lab, command, dns):
    """It is pinged when it is known, and everybody else before."""
    name = lab.dir / "fping"
    name.symlink_to(command.binary)
    result = start(argv=lab.a.argv([str(name), "slow.test", "10.78.0.2"])).wait()
    assert result.out.splitlines() == ["10.78.0.2 is alive", "slow.test is alive"], result

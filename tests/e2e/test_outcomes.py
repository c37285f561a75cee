# SPDX-License-Identifier: Apache-2.0
"""Every fate of a probe, the same on raw and on ping sockets, for root and for anybody."""
import pytest

COUNT = 3
MODES = {
    "raw": {"args": ["--raw"]},
    "ping": {"args": ["--ping-socket"]},
    "nobody": {"args": [], "user": True},
}
# What becomes of every probe to a network: the counter that must show them all.
FATES = {78: "received", 79: "lost", 80: "unreachable", 81: "unreachable", 83: "errors",
         84: "errors", 88: "received"}
# Send errors have no lines: see test_trouble.py.
KINDS = {"received": "reply", "lost": "lost", "unreachable": "error", "unknown": "unknown"}
# Where Linux does not tell: an IPv6 ping socket reports a send that the firewall refused as
# done. Its count of discarded packets has moved, that is all; any probe may have been one.
UNTOLD = {(mode, 6, network): "unknown" for mode in ("ping", "nobody") for network in (79, 83)}
REASONS = {
    (4, 80): "Destination Host Unreachable",
    (4, 81): "prohibited|filtered",
    (6, 80): "No route",
    (6, 81): "prohibited",
    (4, 83): "Operation not permitted",
    (6, 83): "Operation not permitted",
    (4, 84): "Network is unreachable",
    (6, 84): "Network is unreachable",
}


def fate_of(mode, family, network):
    return UNTOLD.get((mode, family, network), FATES[network])


def host_in(family, network):
    return f"10.{network}.0.1" if family == 4 else f"fd{network}::1"


@pytest.fixture(scope="module", params=[(mode, family) for mode in MODES for family in (4, 6)],
                ids=lambda param: f"{param[0]}-v{param[1]}")
def matrix(request, lab, command):
    """One run with a host of every fate at once."""
    mode, family = request.param
    hosts = [host_in(family, network) for network in FATES]
    options = dict(MODES[mode])
    result = command.run(lab.a, *options.pop("args"), "-c", str(COUNT), "-i", "100ms",
                         "-t", "800ms", *hosts, **options)
    return mode, family, result


@pytest.mark.parametrize("network", FATES)
def test_the_verdict(matrix, network):
    mode, family, result = matrix
    host, fate = host_in(family, network), fate_of(mode, family, network)
    summary = result.report.of(host)
    expected = dict.fromkeys(("received", "lost", "unknown", "errors", "unreachable"), 0)
    expected[fate] = COUNT
    assert {name: getattr(summary, name) for name in expected} == expected, result
    assert summary.sent == COUNT and summary.late == summary.mismatches == 0
    # What never left is no loss: there is nothing to have a share of.
    assert summary.loss == {"received": 0, "errors": None, "unknown": None}.get(fate, 100)


@pytest.mark.parametrize("network", FATES)
def test_a_line_for_every_probe(matrix, network):
    mode, family, result = matrix
    host, fate = host_in(family, network), fate_of(mode, family, network)
    if fate == "errors":
        assert result.err.count(f"({host})") == 1 and host not in {
            line.host for line in result.report.probes}, result
        assert REASONS[family, network] in result.err
        return
    lines = result.report.lines(KINDS[fate], host)
    assert sorted(line.seq for line in lines) == list(range(COUNT)), result
    told = (mode, family, network) not in UNTOLD
    wanted = REASONS.get((family, network), "").lower().split("|") if told else [""]
    assert all(any(word in line.note.lower() for word in wanted) for line in lines), result


def test_the_router_is_named(matrix):
    _, family, result = matrix
    router = "10.77.0.2" if family == 4 else "fd77::2"
    assert {line.host for line in result.report.lines("error")} == {router}, result


def test_exit_status_and_total(matrix):
    mode, family, result = matrix
    total = result.report.total
    fates = [fate_of(mode, family, network) for network in FATES]
    assert result.rc == 1 and len(result.err.splitlines()) == fates.count("errors"), result
    assert total.sent == COUNT * len(FATES)
    for fate in [*KINDS, "errors"]:
        assert getattr(total, fate) == COUNT * fates.count(fate), (fate, result)


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("networks,status", [
    ((78,), 0), ((78, 88), 0), ((79,), 1), ((80,), 1), ((83,), 1), ((84,), 1), ((78, 79), 1),
])
def test_exit_status(ping, family, networks, status):
    hosts = [host_in(family, network) for network in networks]
    result = ping("-q", "-c", "1", "-t", "300ms", *hosts)
    assert result.rc == status, result


def test_a_host_that_answers_once_is_up(ping, responder):
    """One answer is enough for exit status 0, the losses are in the summary."""
    result = ping("-c", "3", "-i", "50ms", "-t", "300ms", "10.90.9.77")
    summary = result.report.of("10.90.9.77")
    assert (summary.received, summary.lost, result.rc) == (1, 2, 0), result


@pytest.mark.parametrize("host", ["10.0.0.1", "fd00::1"])
def test_no_network_at_all(command, fresh_space, host):
    """Without any route each probe is a send error, never a loss."""
    result = command.run(fresh_space, "-c", "4", "-i", "10ms", host)
    summary = result.report.of(host)
    assert (summary.errors, summary.lost, result.rc) == (4, 0, 1), result


@pytest.mark.parametrize("host", ["192.0.2.0", "198.51.100.0", "203.0.113.0"])
def test_addresses_for_documentation_are_lost(ping, lab, host):
    """B has no route to them and says so: that is an answer about the way, not a loss."""
    summary = ping("-c", "4", "-i", "10ms", "-t", "500ms", host).report.of(host)
    assert summary.sent == 4 and summary.received == 0
    assert summary.unreachable + summary.lost == 4


def test_timeout_of_zero_waits_for_ever(start):
    run = start("-c", "1", "-t", "0", "10.79.0.1")
    with pytest.raises(AssertionError, match="still running"):
        run.wait(2)


def test_attempts_stop_at_the_first_reply(ping, arrived):
    result = ping("-A", "3", "--backoff", "1.5", "-t", "100ms", "10.78.0.1", "10.79.0.1")
    assert result.report.of("10.78.0.1").sent == result.report.of("10.78.0.1").received == 1
    assert result.report.of("10.79.0.1").lost == 3 and result.rc == 1, result
    assert arrived["got4"] == 4

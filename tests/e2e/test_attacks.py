# SPDX-License-Identifier: Apache-2.0
"""Replies that are none: see ATTACKS in responder.py. Nothing of it makes a host alive."""
import json

import pytest

COUNT = 4
MODES = {"raw": ["--raw"], "ping": ["--ping-socket"]}
# attack: (verdict of all probes, side counter and its value, exit status)
EXPECTED = {
    1: ("received", {}, 0),
    2: ("lost", {"mismatches": COUNT}, 1),
    3: ("lost", {}, 1),
    4: ("lost", {"mismatches": COUNT}, 1),
    5: ("lost", {"mismatches": COUNT}, 1),
    6: ("received", {"duplicates": 2 * COUNT}, 0),
    8: ("lost", {"mismatches": COUNT}, 1),
    10: ("lost", {"mismatches": COUNT}, 1),
    11: ("lost", {"mismatches": COUNT}, 1),
    12: ("lost", {"mismatches": 0}, 1),
    13: ("lost", {}, 1),
    14: ("lost", {}, 1),
    15: ("received", {}, 0),
    16: ("unreachable", {}, 1),
    17: ("received", {"truncated": COUNT, "mismatches": 0}, 0),
    20: ("received", {"longer": COUNT, "mismatches": 0}, 0),
}


def host_of(family, attack):
    return f"10.90.{attack}.1" if family == 4 else f"fd90::{attack}:1"


@pytest.fixture(scope="module", params=[(mode, family) for mode in MODES for family in (4, 6)],
                ids=lambda param: f"{param[0]}-v{param[1]}")
def attacked(request, lab, command, responder):
    """One run against all attackers at once, beside an honest host."""
    mode, family = request.param
    hosts = [host_of(family, attack) for attack in EXPECTED]
    result = command.run(lab.a, *MODES[mode], "-c", str(COUNT), "-i", "200ms", "-t", "500ms",
                         *hosts)
    return family, result


@pytest.mark.parametrize("attack", EXPECTED)
def test_verdicts(attacked, attack):
    family, result = attacked
    verdict, extras, _ = EXPECTED[attack]
    summary = result.report.of(host_of(family, attack))
    expected = dict.fromkeys(("received", "lost", "unknown", "errors", "unreachable"), 0)
    expected[verdict] = COUNT
    assert {name: getattr(summary, name) for name in expected} == expected, result
    assert {name: getattr(summary, name) for name in extras} == extras, result
    if attack not in (6, 15):
        assert summary.duplicates == 0 and summary.late == 0


@pytest.mark.parametrize("attack", EXPECTED)
def test_exactly_one_verdict_line_per_probe(attacked, attack):
    family, result = attacked
    host = host_of(family, attack)
    verdict = EXPECTED[attack][0]
    kind = {"received": "reply", "lost": "lost", "unreachable": "error"}[verdict]
    lines = [line.seq for line in result.report.lines(kind, host)
             if "DUP" not in line.note or kind != "reply"]
    assert sorted(lines) == list(range(COUNT)), result


def test_no_host_of_the_quotes_is_blamed(attacked):
    """An error about another destination or another id is nobody's."""
    family, result = attacked
    for attack in (13, 14):
        assert result.report.lines("error", host_of(family, attack)) == [], result


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", [4, 6])
def test_late_replies_change_nothing(ping, responder, mode, family):
    """They come 700 ms after probes that were given up after 200 ms."""
    host = host_of(family, 7)
    result = ping(*MODES[mode], "-c", "6", "-i", "300ms", "-t", "200ms", host)
    summary = result.report.of(host)
    assert (summary.sent, summary.received, summary.lost, result.rc) == (6, 0, 6, 1), result
    assert 1 <= summary.late <= 6 and summary.rtt is None


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", [4, 6])
def test_a_replay_is_no_reply(ping, responder, mode, family):
    """The first answer, sent again as it was and with the new number in it."""
    host = host_of(family, 9) + ("1" if mode == "raw" else "2")
    result = ping(*MODES[mode], "-c", "5", "-i", "50ms", "-t", "400ms", host)
    summary = result.report.of(host)
    assert (summary.received, summary.lost) == (1, 4), result
    assert (summary.duplicates, summary.mismatches) == (4, 4), result


@pytest.mark.parametrize("attack", [2, 4, 5, 8, 10, 11])
def test_exit_status_of_a_forgery_alone(ping, responder, attack):
    result = ping("-q", "-c", "2", "-i", "50ms", "-t", "300ms", host_of(4, attack))
    assert result.rc == EXPECTED[attack][2] == 1, result


@pytest.mark.parametrize("family", [4, 6])
def test_a_spoilt_last_byte(ping, responder, family):
    """The proof is right and the rest is not: whatever it is called, it has one verdict."""
    summary = ping("-c", "3", "-i", "50ms", "-t", "300ms", host_of(family, 18)).report.of(
        host_of(family, 18))
    assert summary.sent == 3 and summary.received + summary.lost == 3
    assert summary.received == 0 or summary.mismatches == 0


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("family", [4, 6])
def test_large_probes_to_hosts_that_cut_their_replies(ping, responder, mode, family):
    """As large public hosts do, at 64 bytes of ICMP."""
    host = host_of(family, 19)
    result = ping(*MODES[mode], "-s", "100", "-c", "4", "-i", "50ms", "-t", "500ms", host)
    summary = result.report.of(host)
    assert (summary.received, summary.loss, summary.truncated, result.rc) == (4, 0, 4, 0), result
    lines = result.report.lines("reply", host)
    assert [(line.bytes, line.note) for line in lines] == [(64, "(truncated)")] * 4, result


@pytest.mark.parametrize("family", [4, 6])
def test_marks_in_machine_formats(command, lab, responder, family):
    cut, longer, plain = (host_of(family, attack) for attack in (19, 20, 1))
    out = command.run(lab.a, "-o", "json", "-s", "100", "-c", "2", "-i", "50ms", cut, longer,
                      plain).raw_out.decode()
    records = [json.loads(line) for line in out.splitlines()]
    marks = {(r["target"], r.get("truncated"), r.get("longer"))
             for r in records if r["type"] == "verdict"}
    assert marks == {(cut, True, None), (longer, None, True), (plain, None, None)}, out
    sums = {(r["target"], r["truncated"], r["longer"]) for r in records if r["type"] == "summary"}
    assert sums == {(cut, 2, 0), (longer, 0, 2), (plain, 0, 0)}, out


def test_rtt_comes_from_our_clock(ping, responder):
    """What a host writes into its reply never becomes a time."""
    times = [line.time_ms for line in ping("-c", "3", "-i", "10ms", "10.90.1.1")
             .report.lines("reply")]
    assert len(times) == 3 and all(0 < time < 5000 for time in times)

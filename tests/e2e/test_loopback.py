# SPDX-License-Identifier: Apache-2.0
"""Hosts that answer at once: every probe is answered, counted and shown exactly once."""
import pytest

HOSTS = ["127.0.0.1", "127.0.0.2", "::1", "localhost"]


@pytest.mark.parametrize("interval", ["0", "1ns", "1us", "100us", "1ms", "20ms"])
@pytest.mark.parametrize("count", [1, 2, 5, 10, 20])
def test_counts_are_exact(ping, count, interval):
    result = ping("-c", str(count), "-i", interval, *HOSTS)
    assert result.rc == 0 and result.err == "", result
    report = result.report
    for host in HOSTS:
        summary = report.of(host)
        assert (summary.sent, summary.received) == (count, count), result
        assert summary.lost == summary.unknown == summary.errors == 0 and summary.loss == 0
        assert sorted(line.seq for line in report.lines("reply", host) if line.host == host) \
            == list(range(count)), result
    assert len(report.probes) == count * len(HOSTS)
    assert (report.total.sent, report.total.received) == (4 * count, 4 * count)
    assert report.total.counts["targets"] == 4


@pytest.mark.parametrize("host", HOSTS)
def test_one_host_with_the_default_interval(ping, host):
    result = ping("-c", "2", host)
    assert result.rc == 0, result
    assert [line.seq for line in result.report.lines("reply", host)] == [0, 1]


def test_the_same_host_many_times(ping):
    """Targets with one address are kept apart by their ids, whatever name they go by."""
    result = ping("-c", "5", "-i", "1ms", "127.0.0.1", "127.0.0.1", "localhost", "-4")
    assert result.rc == 0, result
    assert [item.received for item in result.report.summaries] == [5, 5, 5]
    assert result.report.total.duplicates == result.report.total.mismatches == 0


def test_the_fields_of_a_reply(ping):
    line, = ping("-c", "1", "-s", "100", "10.88.0.1").report.probes
    assert (line.kind, line.host, line.seq, line.bytes, line.ttl) \
        == ("reply", "10.88.0.1", 0, 108, 63)
    assert 0 < line.time_ms < 1000


def test_rtt_summary_agrees_with_the_lines(ping):
    report = ping("-c", "10", "-i", "10ms", "10.78.0.1").report
    times = [line.time_ms for line in report.lines("reply")]
    low, mean, high, mdev = report.of("10.78.0.1").rtt
    # The lines show four digits at most.
    assert low == pytest.approx(min(times), rel=0.01, abs=0.002)
    assert high == pytest.approx(max(times), rel=0.01, abs=0.002)
    assert mean == pytest.approx(sum(times) / len(times), rel=0.01, abs=0.002)
    assert 0 <= mdev <= high - low + 0.002


def test_quiet_leaves_only_the_summary(ping):
    result = ping("-q", "-c", "3", "-i", "1ms", "127.0.0.1", "::1")
    assert result.rc == 0 and result.report.probes == []
    assert len(result.report.summaries) == 2 and result.report.total.received == 6


def test_workers_and_buffer_change_nothing(ping):
    for workers in ("0", "1", "2"):
        result = ping("-w", workers, "-b", "16", "-c", "50", "-i", "1ms", *HOSTS)
        assert result.rc == 0 and result.report.total.received == 200, result
        assert len(result.report.lines("reply")) == 200


def test_random_delay_still_sends_all(ping):
    result = ping("-d", "-c", "3", "-i", "200ms", *HOSTS)
    assert result.rc == 0 and result.report.total.received == 12, result


def test_help_and_version_go_to_stdout(ping):
    for option, word in (("--help", "--interval"), ("--version", "multiping")):
        result = ping(option)
        assert result.rc == 0 and word in result.out and result.err == "", result

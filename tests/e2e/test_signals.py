# SPDX-License-Identifier: Apache-2.0
"""Signals: ends, reports and stops in the middle of the work."""
import re
import signal
import time

import pytest

from command import wait_until
from test_many import hosts4, target_file


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("host,status", [("10.78.0.1", 0), ("10.79.0.1", 1)])
def test_the_end_by_signal_has_a_summary(start, arrived, number, host, status):
    run = start("-i", "50ms", "-t", "200ms", host)
    assert wait_until(lambda: arrived["got4"] >= 8), run.result(None)
    run.signal(number)
    result = run.wait()
    summary = result.report.of(host)
    assert result.rc == status and result.err == "", result
    assert len(result.report.totals) == 1 and summary.sent >= 8
    assert summary.sent == summary.received + summary.lost + summary.canceled


def test_what_is_out_at_the_end_is_no_loss(start, arrived):
    run = start("-i", "50ms", "-t", "30s", "10.79.0.1")
    assert wait_until(lambda: arrived["got4"] >= 5), run.result(None)
    run.signal(signal.SIGINT)
    summary = run.wait().report.of("10.79.0.1")
    assert summary.lost == 0 and summary.canceled == summary.sent >= 5


def test_interrupted_before_the_first_verdict(start, arrived):
    run = start("-t", "30s", "10.79.0.1")
    assert wait_until(lambda: arrived["got4"] == 1), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert result.rc == 1 and result.report.total.canceled == 1, result


def test_sigquit_reports_and_goes_on(start, arrived):
    run = start("-q", "-c", "0", "-i", "20ms", "10.78.0.1", "10.78.0.2")
    totals = re.compile("^total: ", re.MULTILINE)

    def reports():
        return len(totals.findall(run.stdout() + run.stderr()))

    for round_number in (1, 2):
        assert wait_until(lambda n=round_number: arrived["got4"] >= 20 * n), run.result(None)
        run.signal(signal.SIGQUIT)
        assert wait_until(lambda n=round_number: reports() == n), run.result(None)
        assert run.alive()
    assert wait_until(lambda: arrived["got4"] >= 60), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert result.rc == 0 and result.report.total.lost == 0, result
    assert reports() == 3 and result.report.total.received >= 59


@pytest.mark.parametrize("kind", ["--raw", "--ping-socket"])
@pytest.mark.parametrize("timeout", ["100ms", "1s"])
def test_stopped_while_the_replies_come_in(start, lab, arrived, kind, timeout):
    """300 ms without us, three times: not one live host is called lost."""
    hosts = hosts4(2000, "10.78")
    run = start(kind, "-q", "-c", "8", "-i", "250ms", "-t", timeout,
                target_file(lab, "stopped", hosts))
    for sent in (1500, 6000, 11000):
        assert wait_until(lambda n=sent: arrived["got4"] >= n), run.result(None)
        run.signal(signal.SIGSTOP)
        time.sleep(0.3)
        run.signal(signal.SIGCONT)
    total = run.wait(19).report.total
    assert total.sent == 16000 and total.lost == total.errors == 0
    assert total.received + total.unknown == 16000 and total.received >= 8000


def test_many_signals_disturb_nothing(start, arrived):
    """SIGQUIT is the only one with work to do; the others that are harmless stay so."""
    run = start("-q", "-c", "100", "-i", "10ms", "10.78.0.1")
    assert wait_until(lambda: arrived["got4"] >= 1)
    for _ in range(50):
        for number in (signal.SIGWINCH, signal.SIGCONT, signal.SIGURG, signal.SIGCHLD):
            run.signal(number)
        time.sleep(0.005)
    result = run.wait()
    assert result.rc == 0 and result.report.total.received == 100, result


def test_a_second_interrupt_is_not_needed_nor_harmful(start, arrived):
    run = start("-q", "-i", "10ms", "10.78.0.1")
    assert wait_until(lambda: arrived["got4"] >= 5)
    for _ in range(3):
        run.signal(signal.SIGINT)
    result = run.wait(5)
    assert result.rc in (0, -signal.SIGINT, 130), result

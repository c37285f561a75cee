# SPDX-License-Identifier: Apache-2.0
"""The cap on the rate, by the kernel's own stamps of what left: it holds in any second."""
import signal
import sys
import time
from pathlib import Path

import pytest

from clients import SECONDS
from command import wait_until
from recorder import records
from wire import HOSTS

RECORDER = Path(__file__).parent / "recorder.py"
SLACK = 32  # packets on top of the cap, in any window


def most_in_a_second(times):
    """The largest number of events in any window of a second."""
    first = most = 0
    for last, when in enumerate(times):
        while when - times[first] >= 1:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_the_window_itself():
    assert most_in_a_second([0, 0.5, 0.99, 1.0, 1.2, 1.49]) == 5
    assert most_in_a_second([]) == 0


UNPACED, PACED, PING = ["-i", "0"], ["-i", "1ms"], ["-i", "0", "--ping-socket"]


@pytest.mark.parametrize("rate,pace", [(50, PACED), (10000, UNPACED)] + (SECONDS > 1) * [
    (50, PING), (1000, UNPACED), (1000, PING), (10000, PACED)])
def test_never_above_the_cap(command, link, lab, clients, rate, pace):
    """Stopped for 20 ms, 300 ms and more than a second, and resumed."""
    path = lab.dir / "departures"
    recorder = clients.popen(link.near, [sys.executable, RECORDER, "capture", "mpt", path])
    assert recorder.stdout.readline() == "ready\n"
    run = command.start(link.near, "-q", *pace, "--rate", str(rate), *HOSTS[4], *HOSTS[6])
    assert wait_until(lambda: path.stat().st_size > 10_000), run.result(None)
    for _ in range(SECONDS):
        for stop_s in (0.02, 0.3, 1.2):
            time.sleep(0.2)
            run.signal(signal.SIGSTOP)
            time.sleep(stop_s)
            run.signal(signal.SIGCONT)
    time.sleep(0.5)
    run.signal(signal.SIGINT)
    result = run.wait()
    _, err = recorder.communicate(timeout=60)
    assert recorder.returncode == 0, err
    times = sorted(when for when, outgoing, _ in records(path) if outgoing)
    print(rate, pace, len(times), most_in_a_second(times))
    assert len(times) == result.report.total.sent - result.report.total.errors, result
    assert most_in_a_second(times) <= rate + SLACK

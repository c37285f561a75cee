# SPDX-License-Identifier: Apache-2.0
"""--threads: the same results from several threads, each with sockets of its own."""
import os
import signal
import subprocess

import pytest

from command import wait_until
from test_privileges import assert_powerless

HOSTS = [f"127.3.0.{i}" for i in range(1, 31)] + ["::1", "10.78.0.1", "fd78::1", "localhost"]
WAYS = {"2": ["--threads", "2"], "4": ["--threads", "4"], "2, workers": ["--threads", "2", "-w", "2"],
        "workers": ["-w", "2"]}


@pytest.fixture(params=WAYS.values(), ids=WAYS.keys())
def way(request):
    return request.param


def test_threads_change_nothing(ping, way):
    result = ping(*way, "-c", "20", "-i", "2ms", *HOSTS)
    assert result.rc == 0 and result.err == "", result
    assert [item.host for item in result.report.summaries] == HOSTS
    assert result.report.total.received == 20 * len(HOSTS)
    assert len(result.report.lines("reply")) == 20 * len(HOSTS)
    for host in HOSTS:
        seqs = [line.seq for line in result.report.lines("reply") if line.host == host]
        assert seqs == list(range(20)), host


def test_flood_and_window(ping, way):
    for pace in (["-f"], ["-i", "0", "-W", "100"]):
        result = ping(*way, "-q", *pace, "-c", "500", *HOSTS[:8])
        assert result.rc == 0 and result.report.total.received == 4000, result


def test_attempts(ping, way):
    result = ping(*way, "-A", "2", "-t", "100ms", "127.3.0.1", "127.3.0.2", "10.79.0.1")
    assert result.rc == 1, result
    assert result.report.total.received == 2
    assert result.report.of("10.79.0.1").counts["sent"] == 2


@pytest.mark.parametrize("quiet", [[], ["-q"]], ids=["", "quiet"])
def test_by_hand(ping, way, quiet):
    """It ends by itself when what the last press has asked for is settled."""
    result = ping(*way, *quiet, "-m", *HOSTS[:10], text=b"\n\n\n")
    assert result.rc == 0 and result.report.total.received == 30, result
    assert len(result.report.probes) == (0 if quiet else 30)


def test_from_standard_input(ping, way):
    text = "".join(f"127.4.{i // 250}.{i % 250 + 1}\n" for i in range(2000)).encode()
    result = ping(*way, "-q", "-c", "1", "-", text=text)
    assert result.rc == 0 and result.report.total.received == 2000, result


def test_as_it_comes(start, way):
    run = start(*way, "-i", "20ms", "-", stdin=subprocess.PIPE)
    for host in HOSTS[:5]:
        run.proc.stdin.write(f"{host}\n".encode())
        run.proc.stdin.flush()
        assert wait_until(lambda: f"bytes from {host}:" in run.stdout()), run.result(None)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 0


def test_one_socket_per_family_and_thread(start, lab):
    run = start("--threads", "3", "-i", "20ms", *HOSTS)
    assert wait_until(lambda: all(f"bytes from {host}" in run.stdout()
                                  for host in HOSTS)), run.result(None)
    assert lab.a.raw_sockets() == (3, 3)
    run.signal(signal.SIGINT)
    assert run.wait().rc in (0, 1)  # not every host may have been asked yet
    assert lab.a.raw_sockets() == (0, 0)


@pytest.mark.parametrize("user", [False, True], ids=["root", "user"])
def test_every_thread_is_powerless(start, user):
    run = start("--threads", "2", "-w", "2", "-i", "20ms", *HOSTS[:10], user=user)
    assert wait_until(lambda: all(f"bytes from {host}:" in run.stdout()
                                  for host in HOSTS[:10])), run.result(None)
    threads = os.listdir(f"/proc/{run.pid}/task")
    assert len(threads) >= 5
    for thread in threads:
        assert_powerless(f"{run.pid}/task/{thread}", bounding=not user)
    run.signal(signal.SIGINT)
    assert run.wait().rc in (0, 1)  # not every host may have been asked yet


@pytest.mark.parametrize("value", ["0", "65", "-1", "x", ""])
def test_bad_numbers(ping, value):
    result = ping("--threads", value, "127.0.0.1")
    assert result.rc == 2 and "--threads" in result.err, result

# SPDX-License-Identifier: Apache-2.0
"""The reader of the output itself: what it takes, and that it takes nothing else."""
import pytest

from parse import Report

TEXT = """64 bytes from 127.0.0.1: icmp_seq=0 ttl=64 time=0.021 ms
64 bytes from localhost (127.0.0.1): icmp_seq=1 ttl=64 time=12 ms
no reply from 192.0.2.1: icmp_seq=3 timeout=1 s
From 10.0.0.1: icmp_seq=1 Destination Host Unreachable (10.9.9.9)
late reply from 10.9.9.9: icmp_seq=0 time=1234 ms (after its verdict)
unknown outcome for 10.9.9.9: icmp_seq=2 (receive drop)
wrong reply for localhost (127.0.0.1): icmp_seq=4 (wrong source) from 10.0.0.9
localhost (127.0.0.1): sent 5, received 4, lost 1, unknown 0, errors 0, 20% loss, \
min/avg/max/mdev = 0.021/0.030/0.040/0.001 ms
10.9.9.9: sent 2, received 0, lost 0, unknown 0, errors 0, unreachable 2, 100% loss
total: 2 targets, sent 7, received 4, lost 1, unknown 0, errors 0, unreachable 2, 42.9% loss
"""


def test_every_kind_of_line():
    report = Report(TEXT)
    assert [line.kind for line in report.probes] \
        == ["reply", "reply", "lost", "error", "late", "unknown", "wrong reply"]
    assert report.probes[1].host == "localhost" and report.probes[1].addr == "127.0.0.1"
    assert report.lines("error", "10.9.9.9")[0].host == "10.0.0.1"
    assert report.of("127.0.0.1").counts \
        == {"sent": 5, "received": 4, "lost": 1, "unknown": 0, "errors": 0}
    assert report.of("localhost").rtt == (0.021, 0.030, 0.040, 0.001)
    assert report.of("10.9.9.9").unreachable == 2 and report.of("10.9.9.9").late == 0
    assert report.total.counts["targets"] == 2 and report.total.loss == 42.9


@pytest.mark.parametrize("line", [
    "64 bytes from 127.0.0.1: icmp_seq=0 ttl=64",
    "warning: something odd",
    "127.0.0.1: sent 5, received 4, surprise 1",
    "64 bytes from 127.0.0.1: icmp_seq=x ttl=64 time=1 ms",
])
def test_unknown_lines_are_refused(line):
    with pytest.raises(ValueError):
        Report(line + "\n")

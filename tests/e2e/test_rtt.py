# SPDX-License-Identifier: Apache-2.0
"""Round-trip times beside what packet sockets at both ends of the link saw.

Whatever the load, no RTT is shorter than what the kernel's stamps leave possible. How exact they
are is printed (pytest -s) and measured by ./dev bench, for that depends on the machine.
"""
import json
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

from command import die_with_parent

CAPTURE = Path(__file__).parent / "capture.py"
SLACK_NS = 10_000
# Between the packet socket's stamp of a request and the driver's, by which we go, the processor may
# be taken away; of so many in a hundred, on a machine that is not idle.
DRIVER_LATE_PERCENT = 10


class Capture:
    def __init__(self, space, interface, output):
        self.output = output
        self.process = subprocess.Popen(
            space.argv([sys.executable, str(CAPTURE), interface, str(output)]),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self.process.stdout.readline() == b"ready\n"

    def end(self):
        """{(address, seq): (request_ns, reply_ns)} of what was answered."""
        self.process.stdin.close()
        assert self.process.stdout.read() == b"dropped 0\n"
        assert self.process.wait(10) == 0
        lines = [line.split() for line in self.output.read_text().splitlines()]
        return {(address, int(seq)): (int(request), int(reply))
                for seq, address, request, reply in lines}


def verdicts(done):
    assert done.rc == 0, done
    events = [json.loads(line) for line in done.out.splitlines()]
    return [e for e in events if e["type"] == "verdict"]


def show(rate, errors, below):
    ordered = sorted(abs(e) for e in errors)
    print(f"\n{rate} a second: median error {statistics.median(ordered) / 1000:.2f} us, p99 "
          f"{ordered[len(ordered) * 99 // 100] / 1000:.2f} us, {below} of {len(errors)} more than "
          f"{SLACK_NS // 1000} us below the sender's capture")


@pytest.mark.parametrize("hosts", [200, 2000])
def test_no_rtt_is_shorter_than_the_capture_shows(lab, ping, hosts):
    captures = [Capture(lab.a, "mpa", lab.dir / "capture-a"),
                Capture(lab.b, "mpb", lab.dir / "capture-b")]
    targets = "\n".join(f"10.78.{i // 250}.{i % 250 + 1}" for i in range(hosts))
    events = verdicts(ping("-o", "json", "-c", "5", "-i", "200ms", "-t", "5s", "-",
                           text=targets.encode(), timeout=60))
    at_a, at_b = (capture.end() for capture in captures)
    assert len(events) == 5 * hosts and all(e["verdict"] == "reply" for e in events)
    errors, below = [], 0
    for e in events:
        key = e["address"], e["seq"]
        request_ns, reply_ns = at_a[key]
        error = e["rtt_ns"] - (reply_ns - request_ns)
        assert e["rtt_ns"] > 0, e
        # It cannot have left after the peer had it.
        assert e["rtt_ns"] >= reply_ns - at_b[key][0] - SLACK_NS, (e, at_a[key], at_b[key])
        if e["sent_stamp"] != "kernel":
            assert error >= -SLACK_NS, (e, at_a[key])
        errors.append(error)
        below += error < -SLACK_NS
    show(5 * hosts, errors, below)
    assert below <= len(errors) * DRIVER_LATE_PERCENT / 100

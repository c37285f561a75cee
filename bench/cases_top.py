# SPDX-License-Identifier: Apache-2.0
"""What the live view costs: its drawing thread, and the whole process with it and without."""
import fcntl
import os
import signal
import struct
import subprocess
import termios
import threading
import time

from cases_command import program
from lab import BASES
from registry import case
from report import Row

ROWS, COLUMNS = 50, 160
START_S, MEASURED_S = 2, 3
FRAMES_PER_S = 5


class Pty:
    """A terminal that takes all that it is sent, and counts it."""

    def __init__(self):
        self.bytes = 0
        self.master, self.slave = os.openpty()
        size = struct.pack("HHHH", ROWS, COLUMNS, 0, 0)
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, size)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        try:
            while data := os.read(self.master, 65536):
                self.bytes += len(data)
        except OSError:
            return  # the other side is closed


def cpu_s(pid):
    """Seconds that the first thread of a process has run, and all others together."""
    spent = {}
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat", encoding="ascii") as file:
            spent[int(task)] = int(file.read().split()[0]) / 1e9
    return spent.pop(pid), sum(spent.values())


def watch(bench, argv, terminal):
    """Percent of a core: the engine's thread, the others; bytes a second to the terminal."""
    stdout = terminal.slave if terminal else subprocess.DEVNULL
    env = {**os.environ, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    with subprocess.Popen(
            ["ip", "netns", "exec", bench.lab.path("lo"), program(bench), *argv], env=env,
            stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE) as process:
        time.sleep(START_S)
        started, before = time.monotonic(), cpu_s(process.pid)
        sent = terminal.bytes if terminal else 0
        time.sleep(MEASURED_S)
        after, passed_s = cpu_s(process.pid), time.monotonic() - started
        sent = terminal.bytes - sent if terminal else 0
        process.send_signal(signal.SIGTERM)
        process.communicate()
    share = [100 * (b - a) / passed_s for a, b in zip(before, after)]
    return share[0], share[1], sent / passed_s


def rows_for(bench, targets, runs=None):
    hosts = bench.targets_file(BASES["lo", 4], targets)
    sides = bench.interleave(runs, on=lambda: watch(bench, ["--top", f"@{hosts}"], Pty()),
                             off=lambda: watch(bench, ["-q", f"@{hosts}"], None))
    what = f"live view of {targets:,} hosts at one ping a second, {COLUMNS}x{ROWS}: "
    return [
        Row("top", what + "drawing, % of a core", [view for _, view, _ in sides["on"]],
            reach=("ours", "<=", 10)),
        Row("top", what + "the rest, % of a core", [engine for engine, _, _ in sides["on"]],
            [("without view", [engine for engine, _, _ in sides["off"]])]),
        Row("top", what + "bytes a frame to the terminal",
            [sent / FRAMES_PER_S for _, _, sent in sides["on"]]),
    ]


@case("top", "the live view: what drawing costs, beside the same pings without it")
def top(bench):
    return rows_for(bench, 10000) + rows_for(bench, 100000, 3)

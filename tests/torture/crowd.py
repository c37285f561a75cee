# SPDX-License-Identifier: Apache-2.0
"""Runs a command against the crowd of names (crowd.c) and says when it pinged whom."""
import signal
import subprocess
import time

from command import die_with_parent

HOSTS = [f"127.3.0.{i}" for i in range(1, 11)]


class Seen:
    """When each name was pinged first, and each host at all: seconds after the start."""

    def __init__(self, text, start_ns, rc):
        self.rc = rc
        self.queries, self.first, self.hosts = 0, {}, {}
        for line in text.splitlines():
            kind, *numbers = line.split()
            numbers = [int(n) for n in numbers]
            if kind == "queries":
                self.queries = numbers[0]
            elif kind == "ping":
                self.first[numbers[0]] = (numbers[1] - start_ns) / 1e9
            elif kind == "host":
                self.hosts.setdefault(numbers[0], []).append((numbers[1] - start_ns) / 1e9)

    def good(self):
        """When the names were pinged first that are answered at once, in order of time."""
        return sorted(at for number, at in self.first.items() if is_good(number))

    def figures(self, names):
        good, gaps = self.good(), self.gaps()
        return (f"first ping {min(times[0] for times in self.hosts.values()):.3f} s, "
                f"{len(good)} of {names * 8 // 10} good names pinged, the last at "
                f"{good[-1] if good else 0:.3f} s, time between pings of hosts "
                f"{gaps[0]:.4f} to {gaps[-1]:.4f} s, {self.queries} queries, rc {self.rc}")

    def gaps(self):
        """The time between two pings of a host, for all hosts."""
        return sorted(b - a for times in self.hosts.values() for a, b in zip(times, times[1:]))


def is_good(number):
    return number % 10 > 1


def watch(program, names, argv, seconds):
    """Runs the command line for so long, then interrupts it."""
    with subprocess.Popen([program, str(names)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True, preexec_fn=die_with_parent) as server:
        assert server.stdout.readline() == "ready\n"
        start_ns = time.time_ns()
        with subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, preexec_fn=die_with_parent) as run:
            time.sleep(seconds)
            run.send_signal(signal.SIGINT)
            try:
                run.wait(10)
            finally:
                run.kill()
        out, _ = server.communicate(timeout=30)
    return Seen(out, start_ns, run.returncode)

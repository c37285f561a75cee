# SPDX-License-Identifier: Apache-2.0
"""Fixtures: a namespace whose only network is simnet, and the census that pings it.

TRUTH_BUILD names the build directory (default: build).
"""
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "e2e"))

import lab as lab_module  # noqa: E402
from command import die_with_parent  # noqa: E402

lab_module.PREFIX = "mptruth-"
BUILD = Path(os.environ.get("TRUTH_BUILD", HERE.parent.parent / "build")).resolve()


def pytest_configure(config):
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=3))


class Outcome(dict):
    """What a census has printed: numbers by name, and remarks."""

    def __init__(self, rc, text):
        lines = text.splitlines()
        super().__init__((name, int(value)) for name, value in
                         (line.split() for line in lines
                          if line != "started" and not line.startswith("#")))
        self.rc = rc
        self.remarks = [line for line in lines if line.startswith("#")]

    def __repr__(self):
        return f"rc={self.rc} {dict.__repr__(self)}\n" + "\n".join(self.remarks)


class Census:
    """A census under way."""

    def __init__(self, proc):
        self.proc = proc
        line = proc.stdout.readline()
        assert line == "started\n", line + proc.stderr.read()

    def signal(self, number):
        self.proc.send_signal(number)

    def stop(self, seconds):
        """Keeps it from running for so long."""
        self.signal(signal.SIGSTOP)
        time.sleep(seconds)
        self.signal(signal.SIGCONT)

    def outcome(self, timeout=200):
        try:
            out, err = self.proc.communicate(timeout=timeout)
        finally:
            self.kill()
        assert self.proc.returncode in (0, 1), out + err
        return Outcome(self.proc.returncode, out)

    def kill(self):
        if self.proc.poll() is None:
            self.proc.kill()
            self.proc.wait()


class World:
    """A namespace with simnet in it."""

    def __init__(self, directory, seed=1, records=1 << 21):
        self.space = lab_module.Netns("world")
        self.space.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        self.dir = directory
        self.seed = seed
        self.records = records
        self.simnet = None
        self.children = []
        self.begin()

    @property
    def ledger(self):
        return self.dir / "ledger"

    @property
    def control(self):
        return self.dir / "control"

    def begin(self, seed=None):
        """Starts simnet (again), with an empty ledger."""
        self.end()
        self.seed = self.seed if seed is None else seed
        argv = [BUILD / "tests/simnet/simnet", "--seed", self.seed, "--ledger", self.ledger,
                "--records", self.records, "--control", self.control]
        self.simnet = subprocess.Popen(self.space.argv([str(arg) for arg in argv]),
                                       stdout=subprocess.PIPE, preexec_fn=die_with_parent)
        assert self.simnet.stdout.readline() == b"ready\n"

    def end(self):
        if self.simnet:
            self.simnet.terminate()
            self.simnet.wait(10)
            self.simnet.stdout.close()
        self.simnet = None

    def order(self, line):
        with socket.socket(socket.AF_UNIX) as control:
            control.connect(str(self.control))
            control.send(line.encode() + b"\n")
            return control.recv(1024).decode().strip()

    def stats(self):
        words = self.order("stats").split()
        return dict(zip(words[::2], map(int, words[1::2])))

    def device_drops(self):
        """Requests that the kernel has dropped in front of simnet, because it was too slow."""
        link, = json.loads(self.space.run("ip", "-j", "-s", "link", "show", "simnet0"))
        return link["stats64"]["tx"]["dropped"]

    def start(self, *ranges, env=None, **options):
        argv = [str(BUILD / "tests/truth/census"), "--ledger", str(self.ledger), "--control",
                str(self.control)]
        for name, value in options.items():
            argv += [f"--{name.replace('_', '-')}", str(value)]
        proc = subprocess.Popen(self.space.argv([*argv, *ranges]), text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env={**os.environ, **(env or {})}, preexec_fn=die_with_parent)
        self.children.append(proc)
        return Census(proc)

    def census(self, *ranges, timeout=200, env=None, **options):
        return self.start(*ranges, env=env, **options).outcome(timeout)

    def remove(self):
        for proc in self.children:
            if proc.poll() is None:
                proc.kill()
                proc.wait()
        self.end()
        self.space.remove()


@pytest.fixture(scope="session")
def root():
    reason = lab_module.why_not()
    if reason:
        pytest.skip(reason)
    lab_module.remove_stale()


@pytest.fixture(scope="module")
def one_world(root):
    with tempfile.TemporaryDirectory(prefix="mptruth-") as directory:
        made = World(Path(directory))
        try:
            yield made
        finally:
            made.remove()


@pytest.fixture
def world(one_world):
    """With a ledger that holds nothing yet."""
    one_world.begin()
    return one_world

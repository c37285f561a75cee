# SPDX-License-Identifier: Apache-2.0
"""Runs the multiping command inside a namespace and never leaves one behind."""
import ctypes
import itertools
import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

from parse import Report

NOBODY = 65534
PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent():
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_until(condition, timeout=15.0, step=0.02):
    """Polls until the condition holds; its last value."""
    deadline = time.monotonic() + timeout
    while True:
        value = condition()
        if value or time.monotonic() > deadline:
            return value
        time.sleep(step)


class Result:
    """What a finished run has left: exit status and both streams."""

    def __init__(self, argv, rc, out, err):
        self.argv = argv
        self.rc = rc
        self.raw_out = out
        self.raw_err = err
        self.out = out.decode("utf-8", "backslashreplace")
        self.err = err.decode("utf-8", "backslashreplace")

    @property
    def report(self):
        return Report(self.out)

    def __repr__(self):
        return (f"<{' '.join(self.argv)[:500]}\n rc={self.rc}\n--- stdout\n{self.out[-3000:]}"
                f"\n--- stderr\n{self.err[-3000:]}>")


class Running:
    """A run under way. Its streams go to files, so that it never waits for the test."""

    def __init__(self, argv, env, out_path, err_path, popen_args):
        self.argv = argv
        self.out_path = out_path
        self.err_path = err_path
        with open(out_path, "wb") as out, open(err_path, "wb") as err:
            streams = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": err}
            streams.update(popen_args)
            self.proc = subprocess.Popen(argv, env=env, preexec_fn=die_with_parent, **streams)

    @property
    def pid(self):
        return self.proc.pid

    def stdout(self):
        return self.out_path.read_text("utf-8", "backslashreplace")

    def stderr(self):
        return self.err_path.read_text("utf-8", "backslashreplace")

    def signal(self, number):
        self.proc.send_signal(number)

    def alive(self):
        return self.proc.poll() is None

    def wait(self, timeout=15.0):
        """Waits for the end. A run that outlasts its time is killed and fails the test."""
        try:
            self.proc.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running after {timeout} s: {self.result(None)}") from None
        return self.result(self.proc.returncode)

    def result(self, rc):
        return Result(self.argv, rc, self.out_path.read_bytes(), self.err_path.read_bytes())

    def kill(self):
        if self.alive():
            self.proc.kill()
        self.proc.wait(10)


class Command:
    """The program under test; run() waits for it, start() does not."""

    def __init__(self, binary, directory):
        self.binary = binary
        self.dir = directory
        self.public = directory / "public"
        self.numbers = itertools.count()
        self.children = []
        self._publish()

    def _publish(self):
        """Copies program and library to where every user may read them."""
        self.public.mkdir(mode=0o755)
        shutil.copy(self.binary, self.public / "multiping")
        listing = subprocess.run(["ldd", self.binary], capture_output=True, text=True, check=True)
        for path in re.findall(r"=> (/\S*libmultiping\S*)", listing.stdout):
            shutil.copy(path, self.public / Path(path).name)
        for path in self.public.iterdir():
            path.chmod(0o755)

    def argv(self, space, args, user=False, binary=None):
        """The whole command line; user: without any privilege, as nobody."""
        prefix, program = [], binary or self.binary
        if user:
            ids = [f"--reuid={NOBODY}", f"--regid={NOBODY}"]
            prefix = ["setpriv", *ids, "--clear-groups", "--inh-caps=-all", "--pdeathsig=KILL"]
            program = binary or self.public / "multiping"
        return space.argv([*prefix, str(program), *args])

    def environment(self, user):
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
        env.update((k, v) for k, v in os.environ.items() if k.endswith("SAN_OPTIONS"))
        if user:
            env["LD_LIBRARY_PATH"] = str(self.public)
        return env

    def start(self, space, *args, user=False, argv=None, **popen_args):
        base = self.dir / f"run{next(self.numbers)}"
        argv = argv or self.argv(space, args, user)
        child = Running(argv, self.environment(user), base.with_suffix(".out"),
                        base.with_suffix(".err"), popen_args)
        self.children.append(child)
        return child

    def run(self, space, *args, timeout=15.0, text=None, **start_args):
        if text is None:
            return self.start(space, *args, **start_args).wait(timeout)
        source = self.dir / f"in{next(self.numbers)}"
        source.write_bytes(text)
        with open(source, "rb") as stdin:
            return self.start(space, *args, stdin=stdin, **start_args).wait(timeout)

    def end_all(self):
        for child in self.children:
            child.kill()
        self.children.clear()

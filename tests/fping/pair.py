# SPDX-License-Identifier: Apache-2.0
"""Runs a command line under the name of fping, ours or Debian's, and masks what time does."""
import os
import re
import signal
import subprocess
import time
from pathlib import Path

from command import die_with_parent

DEBIAN = Path("/usr/bin/fping")

MASKS = [
    (r"^((?: \[<- \S+\])*)\[\d{10}\.\d{5}\] ", r"\1[EPOCH] "),
    (r"^\[\d\d:\d\d:\d\d\]$", "[CLOCK]"),
    (r"\b\d+(\.\d+)?(e[+-]\d+)? ms\b", "T ms"),
    (r"\(\d+(\.\d+)? avg,", "(T avg,"),
    (r"min/avg/max = \d+(\.\d+)?/\d+(\.\d+)?/\d+(\.\d+)?", "min/avg/max = T/T/T"),
    (r"^ +\d+\.\d{3} sec \(elapsed real time\)", " T sec (elapsed real time)"),
    (r'"(rtt|rttMin|rttAvg|rttMax|elapsed)": [\d.]+', r'"\1": T'),
    (r'"timestamp": "\d{10}\.\d{5}"', '"timestamp": "EPOCH"'),
    (r'"time": \d{10},', '"time": EPOCH,'),
    (r"^SET (min|avg|max) = \d+$", r"SET \1 = T"),
    (r"(Originate|Receive|Transmit|Localreceive)=\d+", r"\1=T"),
    (r'"(originate|receive|transmit|localreceive)": \d+', r'"\1": T'),
    (r"(?<=[\[ ])\d+\.\d+(?=[,\]])(?=.*\]\}\}$)", "T"),
    (r"\[\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d", "[DATE"),
    (r'"timestamp": "[^"]*\d\d:\d\d:\d\d', '"timestamp": "DATE'),
    (r"^\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\]", "[DATE]"),
]
TIMES = re.compile(r"^(\S+(?: \(\S+\))?\s*:)((?: (?:-|\d+(?:\.\d+)?))+)$")


def mask_line(line):
    times = TIMES.match(line)
    if times:
        return times[1] + re.sub(r"\d+(\.\d+)?", "T", times[2])
    for pattern, text in MASKS:
        line = re.sub(pattern, text, line)
    return line


def mask(text):
    return "\n".join(mask_line(line) for line in text.split("\n"))


class Done:
    """What a run has left."""

    def __init__(self, argv, rc, out, err):
        self.argv, self.rc, self.out, self.err = argv, rc, out, err

    @property
    def masked(self):
        return self.rc, mask(self.out), mask(self.err or "")

    def __repr__(self):
        return (f"<{' '.join(self.argv)[:300]}\n rc={self.rc}\n--- stdout\n{self.out[-4000:]}"
                f"\n--- stderr\n{(self.err or '')[-4000:]}>")


class Fping:
    """One of the two programs, called by its plain name from the front of PATH."""

    def __init__(self, lab, label, binary):
        self.lab = lab
        self.dir = lab.dir / label
        self.dir.mkdir()
        for name in ("fping", "fping6", "multiping-fping"):
            (self.dir / name).symlink_to(binary)
        self.running = []

    def popen(self, *args, space=None, name="fping", merged=False, user=False, env=None,
              stdin=subprocess.DEVNULL, **popen_args):
        argv = (space or self.lab.a).argv(self.unprivileged(user) + [name, *map(str, args)])
        environment = dict(os.environ, PATH=f"{self.dir}:{os.environ['PATH']}", TZ="UTC",
                           LC_ALL="C", **(env or {}))
        popen_args.setdefault("stdout", subprocess.PIPE)
        popen_args.setdefault("stderr", subprocess.STDOUT if merged else subprocess.PIPE)
        process = subprocess.Popen(argv, stdin=stdin, env=environment,
                                   preexec_fn=die_with_parent, **popen_args)
        self.running.append(process)
        return process

    @staticmethod
    def unprivileged(user):
        if not user:
            return []
        return ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
                "--bounding-set=-all", "--inh-caps=-all"]

    def run(self, *args, text=None, timeout=30, signals=(), **popen_args):
        """signals: (seconds, number) to send on the way."""
        process = self.popen(*args, stdin=subprocess.DEVNULL if text is None else
                             subprocess.PIPE, **popen_args)
        for delay, number in signals:
            time.sleep(delay)
            self.signal(process, number)
        data = None if text is None else text if isinstance(text, bytes) else text.encode()
        try:
            out, err = process.communicate(data, timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            out, err = process.communicate()
            raise AssertionError(f"did not end: {process.args} {out!r} {err!r}") from None
        self.running.remove(process)
        decode = (lambda data: data.decode("utf-8", "backslashreplace") if data else "")
        return Done(process.args, process.returncode, decode(out), decode(err))

    @staticmethod
    def signal(process, number):
        os.kill(process.pid, number)  # ip netns exec becomes the program itself

    def end_all(self):
        for process in self.running:
            process.kill()
            process.wait()
        self.running.clear()


INTERRUPT, QUIT = signal.SIGINT, signal.SIGQUIT

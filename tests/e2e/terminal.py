# SPDX-License-Identifier: Apache-2.0
"""A terminal for programs that draw on one: a real pseudo-terminal, read into a screen by pyte."""
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import termios
import threading
import time

import pyte

KEYS = {
    "up": "\x1bOA", "down": "\x1bOB", "right": "\x1bOC", "left": "\x1bOD", "enter": "\r",
    "esc": "\x1b", "home": "\x1bOH", "end": "\x1bOF", "pgup": "\x1b[5~", "pgdn": "\x1b[6~",
    "del": "\x1b[3~", "tab": "\t", "f1": "\x1bOP", "f6": "\x1b[17~", "f10": "\x1b[21~",
    "backspace": "\x7f", "space": " ",
}
SPARKS = "▁▂▃▄▅▆▇█"


class Screen(pyte.Screen):
    """With what ncurses uses and pyte leaves out: REP, SU and SD."""

    last = " "

    def draw(self, data):
        super().draw(data)
        self.last = data[-1:] or self.last

    def repeat(self, count=1):
        super().draw(self.last * (count or 1))

    def _at_top(self, change, count):
        row = self.cursor.y
        self.cursor.y = self.margins.top if self.margins else 0
        change(count or 1)
        self.cursor.y = row

    def scroll_up(self, count=1):
        self._at_top(self.delete_lines, count)

    def scroll_down(self, count=1):
        self._at_top(self.insert_lines, count)


class Stream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "b": "repeat", "S": "scroll_up", "T": "scroll_down"}
    events = pyte.ByteStream.events | {"repeat", "scroll_up", "scroll_down"}


class Terminal:
    """Runs argv on a pseudo-terminal of its own, which is its controlling one."""

    def __init__(self, argv, env, rows=24, cols=80, stdin=None, stderr=None):
        self.rows, self.cols = rows, cols
        self.screen = Screen(cols, rows)
        self.stream = Stream(self.screen)
        self.raw = b""
        self.reading = True
        self.lock = threading.Lock()
        self.master, slave = os.openpty()
        self.name = os.ttyname(slave)
        self._size(rows, cols)
        self.found = termios.tcgetattr(slave)
        self.slave = slave
        self.proc = subprocess.Popen(
            argv, env=env, stdin=slave if stdin is None else stdin, stdout=slave,
            stderr=slave if stderr is None else stderr, preexec_fn=self._lead)
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _lead(self):
        os.setsid()
        fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

    def _size(self, rows, cols):
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, cols, 0, 0))

    def _read(self):
        while True:
            if not self.reading:
                time.sleep(0.02)
                continue
            try:
                if not select.select([self.master], [], [], 0.1)[0]:
                    continue
                data = os.read(self.master, 65536)
            except (OSError, ValueError):
                return
            with self.lock:
                self.raw += data
                self.stream.feed(data)

    def pause(self, paused=True):
        """Stops reading what is written, as a slow line would."""
        self.reading = not paused

    def send(self, *keys):
        for key in keys:
            os.write(self.master, KEYS.get(key, key).encode())

    def click(self, row, col, button=0):
        self.send(f"\x1b[<{button};{col + 1};{row + 1}M", f"\x1b[<{button};{col + 1};{row + 1}m")

    def resize(self, rows, cols):
        with self.lock:
            self.rows, self.cols = rows, cols
            self.screen.resize(rows, cols)
            self._size(rows, cols)

    def lines(self):
        with self.lock:
            return [line.rstrip() for line in self.screen.display]

    def text(self):
        return "\n".join(self.lines())

    def cell(self, row, col):
        """The character there, with its colours."""
        with self.lock:
            return self.screen.buffer[row][col]

    def bytes_written(self):
        with self.lock:
            return len(self.raw)

    def wait_for(self, pattern, timeout=10.0):
        """Waits until a regular expression is found on the screen; the match."""
        wanted = re.compile(pattern, re.MULTILINE)
        return self.wait_until(lambda: wanted.search(self.text()), timeout, pattern)

    def wait_gone(self, pattern, timeout=10.0):
        wanted = re.compile(pattern, re.MULTILINE)
        self.wait_until(lambda: not wanted.search(self.text()), timeout, f"no {pattern}")

    def wait_until(self, condition, timeout=10.0, what="it"):
        deadline = time.monotonic() + timeout
        while True:
            value = condition()
            if value:
                return value
            if time.monotonic() > deadline:
                state = self.proc.poll()
                raise AssertionError(f"{what}: not within {timeout} s (status {state}):\n"
                                     f"{self.text()}")
            time.sleep(0.02)

    def signal(self, number):
        os.kill(self.proc.pid, number)

    def wait(self, timeout=10.0):
        """The exit status; all that was written is on the screen then."""
        status = self.proc.wait(timeout)
        time.sleep(0.2)
        return status

    def modes(self):
        return termios.tcgetattr(self.slave)

    def restored(self):
        """Whether the terminal is as it was found: its modes, and what was sent it last."""
        raw = self.raw
        return (self.modes() == self.found and raw.rfind(b"\x1b[?1049l") > raw.rfind(b"\x1b[?1049h")
                and not raw.rfind(b"\x1b[?25l") > raw.rfind(b"\x1b[?25h")
                and not raw.rfind(b"\x1b[?1006;1000h") > raw.rfind(b"\x1b[?1006;1000l"))

    def after(self):
        """What was written after the view had left."""
        text = self.raw[self.raw.rfind(b"\x1b[?1049l"):].decode("utf-8", "replace")
        return re.sub(r"\x1b(\[[^a-zA-Z]*[a-zA-Z]|.)", "", text).replace("\r", "")

    def kill(self):
        if self.proc.poll() is None:
            self.proc.send_signal(signal.SIGKILL)
        self.proc.wait(10)
        for fd in (self.master, self.slave):
            try:
                os.close(fd)
            except OSError:
                pass
        self.reader.join(2)

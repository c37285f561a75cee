# SPDX-License-Identifier: Apache-2.0
"""Streams in every bad state, and what leaves the machine in the meantime."""
import array
import fcntl
import itertools
import os
import re
import select
import socket
import struct
import subprocess
import termios
import time
from pathlib import Path

from command import die_with_parent

PIPE_BYTES = 4096  # as small as pipes get
SO_RCVBUFFORCE, SO_TIMESTAMPNS, PACKET_OUTGOING, ETH_P_IP = 33, 35, 4, 0x0800
ENVIRONMENT = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
HOSTS = (f"127.1.{i >> 8}.{i & 255}" for i in itertools.count(1))  # one for each run


class Probes:
    """The echo requests that leave through loopback, with the kernel's stamps."""

    def __init__(self):
        self.socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.socket.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("lo", 3))
        self.socket.setblocking(False)
        self.by_host = {}

    def of(self, host):
        """When each probe to the host left, in seconds since 1970."""
        self._read()
        return self.by_host.get(host, [])

    def _read(self):
        while True:
            try:
                frame, control, _, address = self.socket.recvmsg(64, 64)
            except BlockingIOError:
                return
            if address[2] == PACKET_OUTGOING and frame[12:14] == b"\x08\x00" and frame[34] == 8:
                sec, nsec = struct.unpack("qq", control[0][2])
                host = socket.inet_ntoa(frame[30:34])
                self.by_host.setdefault(host, []).append(sec + nsec / 1e9)


def gaps(times, since, until):
    """The intervals between those in a span of time, sorted, in seconds."""
    inside = [at for at in times if since <= at < until]
    return sorted(b - a for a, b in zip(inside, inside[1:]))


class Piped:
    """A program that writes into small pipes, which are read only on request."""

    def __init__(self, argv, both=False, filled=False):
        """both: standard error goes where standard output goes. filled: there is no room in it."""
        self.argv = argv
        self.out, write_end = os.pipe()
        fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, PIPE_BYTES)
        self.filling = os.write(write_end, bytes(PIPE_BYTES)) if filled else 0
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=write_end, env=ENVIRONMENT,
            stderr=write_end if both else subprocess.PIPE, preexec_fn=die_with_parent)
        os.close(write_end)
        os.set_blocking(self.out, False)
        self.err = None if both else self.process.stderr
        self.data = b""

    @property
    def text(self):
        """What has been read of what the program has written."""
        return self.data[self.filling:].decode()

    def waiting(self):
        """Bytes in the pipe."""
        number = array.array("i", [0])
        fcntl.ioctl(self.out, termios.FIONREAD, number)
        return number[0]

    def read(self, size):
        """Takes a little; whether the end has not been reached."""
        try:
            data = os.read(self.out, size)
        except BlockingIOError:
            return True
        self.data += data
        return bool(data)

    def read_all(self, limit_s=20):
        fcntl.fcntl(self.out, fcntl.F_SETPIPE_SZ, 1 << 20)  # fewer turns on a busy machine
        deadline = time.monotonic() + limit_s
        while self.read(1 << 20):
            assert time.monotonic() < deadline, f"{self.argv}: the output does not end"
            select.select([self.out], [], [], 1)
        return self.text

    def wait_until_blocked(self, number):
        """Until the program keeps a signal back, to take it when it looks."""
        deadline = time.monotonic() + 10
        while not int(re.search(r"SigBlk:\s(\S+)", Path(
                f"/proc/{self.process.pid}/status").read_text())[1], 16) >> (number - 1) & 1:
            assert time.monotonic() < deadline, f"{self.argv} has not begun"
            time.sleep(0.01)

    def wait(self, limit_s=20):
        """The exit status; None if it had to be killed."""
        try:
            return self.process.wait(limit_s)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return None

    def errors(self):
        return self.err.read().decode() if self.err else ""

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.out)
        if self.err:
            self.err.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

# SPDX-License-Identifier: Apache-2.0
"""The tests of the Python binding run in a network namespace of their own."""
import ctypes
import os
import subprocess
import sys
from pathlib import Path

CLONE_NEWNET = 0x40000000

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "python"))


def pytest_configure():
    """Before anything is imported that could open a socket."""
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot make a network namespace: not root?")
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    # 192.0.2.7 is there for the kernel and answers nothing: for probes without a reply.
    for command in (
        "link add sink type veth peer name hole", "addr add 192.0.2.1/24 dev sink",
        "link set sink up", "link set hole up",
        "neigh add 192.0.2.7 lladdr 02:00:00:00:00:07 dev sink",
    ):
        subprocess.run(["ip", *command.split()], check=True)
    Path("/proc/sys/net/ipv4/ping_group_range").write_text("1 0", encoding="ascii")

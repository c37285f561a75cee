# SPDX-License-Identifier: Apache-2.0
"""The place for the torture: this very process moves into namespaces of its own.

    127.0.0.0/8, ::1     answer
    127.0.0.9, ::9       answer nothing: the firewall drops what goes there
    192.0.2.0/24         no route

Names are asked of 127.0.0.1:53, where the test puts a server.
"""
import ctypes
import os
import subprocess
import tempfile
from pathlib import Path

CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000
MS_BIND, MS_REC, MS_PRIVATE = 0x1000, 0x4000, 0x40000
_libc = ctypes.CDLL(None, use_errno=True)

RULES = """
table inet torture {
    chain in {
        type filter hook input priority 0; policy accept;
        ip daddr 127.0.0.9 drop
        ip6 daddr ::9 drop
    }
}
"""
FILES = {
    "resolv.conf": "nameserver 127.0.0.1\n",
    "nsswitch.conf": "hosts: files dns\n",
    "hosts": "127.0.0.1 localhost\n::1 localhost ip6-localhost\n",
}


def _call(function, *args):
    if function(*args) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def sh(*argv, text=None):
    subprocess.run(argv, input=text, text=True, check=True, capture_output=True, timeout=30)


def why_not():
    """The reason why this cannot be done here, or None."""
    if os.geteuid() != 0:
        return "needs root to make namespaces"
    return None


def enter():
    """From now on all that this process does, and its children do, stays in here."""
    _call(_libc.unshare, CLONE_NEWNS | CLONE_NEWNET)
    _call(_libc.mount, b"none", b"/", None, MS_REC | MS_PRIVATE, None)
    directory = Path(tempfile.mkdtemp(prefix="mptorture-"))
    directory.chmod(0o755)
    for name, text in FILES.items():
        own = directory / name
        own.write_text(text)
        _call(_libc.mount, os.fsencode(own), os.fsencode(f"/etc/{name}"), None, MS_BIND, None)
    sh("ip", "link", "set", "lo", "up")
    sh("ip", "-6", "addr", "add", "::9/128", "dev", "lo", "nodad")
    sh("sysctl", "-q", "-w", "net.ipv4.ping_group_range=0 2147483647")
    sh("nft", "-f", "-", text=RULES)
    return directory

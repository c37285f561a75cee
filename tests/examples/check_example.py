# SPDX-License-Identifier: Apache-2.0
"""An example pings this host, says so, and ends by itself; bad names do not hold it up.

usage: check_example.py PROGRAM
"""
import re
import socket
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "arch"))
import tap  # pylint: disable=wrong-import-position

HOSTS = ["127.0.0.1", "::1", "localhost"]
TIME = re.compile(r"\d+\.\d{3} ms")
# Not a name at all, which is seen without asking any server.
NO_HOST = "no..host"
# How often each program pings.
REPLIES = {"quickstart": 4, "once": 1}
REPLIES_USUAL = 3


def may_ping():
    """Whether an ICMP socket can be opened here, of either kind."""
    for kind in (socket.SOCK_RAW, socket.SOCK_DGRAM):
        try:
            socket.socket(socket.AF_INET, kind, socket.IPPROTO_ICMP).close()
            return True
        except PermissionError:
            continue
    return False


def run(program, *hosts):
    return subprocess.run(
        [program, *hosts], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=50,
        check=False,
    )


def check(program):
    name = Path(program).name
    replies = REPLIES.get(name, REPLIES_USUAL)

    done = run(program, *HOSTS)
    tap.ok(done.returncode == 0, f"{name} succeeds", done.returncode, done.stderr)
    tap.ok(done.stderr == "", f"{name} has nothing to complain about", done.stderr)
    for host in HOSTS:
        # Where it stands as the host, not as the address behind a name.
        said = re.compile(rf"(^|from ){re.escape(host)}(: | is | \()")
        lines = [line for line in done.stdout.splitlines()
                 if said.search(line) and TIME.search(line)]
        tap.ok(len(lines) == replies, f"{name}: {replies} replies of {host}", done.stdout)

    done = run(program, NO_HOST, "127.0.0.1")
    times = TIME.findall(done.stdout)
    tap.ok(len(times) == replies, f"{name}: a bad name does not hurt the others", done.stdout)
    tap.ok(NO_HOST in done.stdout, f"{name} says so of the bad name", done.stdout)
    tap.ok(run(program).returncode == 0, f"{name} without hosts ends at once")


def main():
    if may_ping():
        check(sys.argv[1])
    else:
        tap.skip("neither raw nor ping sockets are allowed here")
    tap.done()


main()

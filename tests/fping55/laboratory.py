# SPDX-License-Identifier: Apache-2.0
"""The network, the lists and the two programs that are compared."""
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TESTS = HERE.parent
sys.path[:0] = [str(TESTS / "fping"), str(TESTS / "e2e")]

import lab as lab_module  # noqa: E402
from command import die_with_parent  # noqa: E402
from icmp_errors import RULES  # noqa: E402
from pair import Fping  # noqa: E402
from rows_targets import FILES  # noqa: E402


class Fping55:
    """fping 5.5 beside its own C library, started by its own loader."""

    def __init__(self, lab, root):
        self.dir = lab.dir / "theirs"
        self.dir.mkdir()
        shutil.copy(root / "usr/bin/fping", self.dir / "program")
        loader = next((root / "usr/lib").glob("*/ld-linux*"))
        for name in (loader.name, "libc.so.6", "libresolv.so.2", "libm.so.6"):
            shutil.copy(loader.parent / name, self.dir / name)
        self.loader = self.dir / loader.name

    def command(self, row, args):
        argv = [self.loader, "--argv0", row.name, "--library-path", self.dir, self.dir / "program"]
        return as_user(row, self.loader, [*argv, *args])


class Ours:
    def __init__(self, lab, binary):
        self.program = lab.dir / "fping"
        for name in ("fping", "fping6"):  # setpriv finds it by its name
            (lab.dir / name).symlink_to(binary)

    def command(self, row, args):
        return as_user(row, self.program, [row.name, *args])


def as_user(row, executable, argv):
    """What a worker needs to start the program, with the rights that the row asks for."""
    argv = [str(word) for word in argv]
    if row.user:
        argv = [*Fping.unprivileged(True), *argv]
        executable = shutil.which("setpriv")
    return {"executable": str(executable), "argv": argv}


class Lane:
    """A worker in each namespace; one pair of runs at a time."""

    def __init__(self, lab):
        self.lab = lab
        self.workers = {}
        self.environment = {"PATH": f"{lab.lab.dir}:{os.environ['PATH']}", "TZ": "UTC",
                            "LC_ALL": "C"}

    def _worker(self, space):
        if space not in self.workers:
            argv = self.lab.spaces[space].argv([sys.executable, "-B", str(HERE / "worker.py")])
            self.workers[space] = subprocess.Popen(argv, stdin=subprocess.PIPE, text=True,
                                                   stdout=subprocess.PIPE)
            assert self.workers[space].stdout.readline() == "ready\n", "no worker"
        return self.workers[space]

    def run(self, row, merged, timeout):
        """(status, stdout, stderr) of theirs and of ours."""
        args = [arg.replace("{dir}", str(self.lab.dir)) for arg in row.args]
        commands = [program.command(row, args) for program in (self.lab.theirs, self.lab.ours)]
        request = {"commands": commands, "text": row.text, "merged": merged, "timeout": timeout,
                   "signals": row.signals, "env": {**self.environment, **dict(row.env)}}
        worker = self._worker(row.space)
        worker.stdin.write(json.dumps(request) + "\n")
        worker.stdin.flush()
        return json.loads(worker.stdout.readline())

    def remove(self):
        for worker in self.workers.values():
            worker.stdin.close()
            worker.wait(30)


class Laboratory:
    def __init__(self, binary, root):
        lab_module.remove_stale()
        self.lab = lab = lab_module.Lab()
        self.helper = None
        self.spaces = {"a": lab.a, "no sockets": lab.space("n"), "no IPv6": lab.space("v")}
        self.spaces["no IPv6"].sysctl("net.ipv6.conf.all.disable_ipv6", "1")
        self.spaces["no IPv6"].sysctl("net.ipv4.ping_group_range", "0 2147483647")
        self.spaces["no sockets"].sysctl("net.ipv4.ping_group_range", "1 0")
        lab.b.nft(RULES)
        lab.b.ip("addr add fe80::10/64 dev mpb nodad\naddr add fe80::11/64 dev mpb nodad")
        self.ours = Ours(lab, binary)
        self.theirs = Fping55(lab, root)
        self._write_lists()
        self._answer_with_errors()

    def _write_lists(self):
        self.dir = self.lab.dir / "lists"
        (self.dir / "directory").mkdir(parents=True)
        for name, text in FILES.items():
            (self.dir / name).write_text(text)
        (self.dir / "unreadable").write_text(FILES["plain"])
        (self.dir / "unreadable").chmod(0)

    def _answer_with_errors(self):
        argv = self.lab.b.argv(["env", f"PYTHONPATH={TESTS / 'e2e'}", sys.executable, "-B",
                                str(HERE / "icmp_errors.py"), "mpb"])
        self.helper = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       preexec_fn=die_with_parent)
        assert self.helper.stdout.readline() == b"ready\n", "nobody answers with ICMP errors"

    def remove(self):
        if self.helper:
            self.helper.stdin.close()
            self.helper.wait(5)
        self.lab.remove()

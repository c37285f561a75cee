# SPDX-License-Identifier: Apache-2.0
"""
The census without a ledger: a foreign user of the library that counts verdicts.

FAULT_SECONDS: how long each flood lasts (default 1, and then not all combinations are tried).
"""
import os
import subprocess

import pytest

from truth_fixtures import BUILD, Census, die_with_parent

SECONDS = int(os.environ.get("FAULT_SECONDS", 1))
RAW, PING = 1, 2
OPTION = {RAW: "--raw", PING: "--ping-socket"}
# ./dev faults tries every socket kind with every family, ./dev test each of them once.
KINDS = [(RAW, 4), (PING, 6)] if SECONDS == 1 else [(RAW, 4), (RAW, 6), (PING, 4), (PING, 6)]


def every_kind():
    """A test with kind and family as arguments."""
    return pytest.mark.parametrize("kind,family", KINDS, ids=[
        f"{'raw' if kind == RAW else 'ping'}-{family}" for kind, family in KINDS])


# The library's seed decides which id is its first: seed * GOLDEN >> 48.
GOLDEN = 0x9e3779b97f4a7c15
INVERSE = pow(GOLDEN, -1, 1 << 64)


def seed_for_id(ident, which=0):
    """A seed that makes raw sockets begin with this id; others of the same id have other keys."""
    seed = ((ident << 48) + 0x123456789abc + which) * INVERSE % (1 << 64)
    assert seed * GOLDEN % (1 << 64) >> 48 == ident
    return seed


class Clients:
    """Starts them, and lets none survive."""

    def __init__(self):
        self.children = []

    def census(self, space, *ranges, **options):
        argv = [str(BUILD / "tests/truth/census")]
        for name, value in options.items():
            argv += [f"--{name.replace('_', '-')}", str(value)]
        return Census(self.popen(space, [*argv, *ranges]))

    def popen(self, space, argv, **args):
        streams = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        proc = subprocess.Popen(space.argv([str(arg) for arg in argv]), text=True,
                                preexec_fn=die_with_parent, **{**streams, **args})
        self.children.append(proc)
        return proc

    def end(self):
        for proc in self.children:
            if proc.poll() is None:
                proc.kill()
            proc.communicate()

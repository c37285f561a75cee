# SPDX-License-Identifier: Apache-2.0
"""Fixtures. TORTURE_BUILD names the build directory (default: build), MULTIPING the command;
with TORTURE_FULL the whole campaign is run, else a sample of it."""
import json
import os
import signal
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "e2e")]

import space  # noqa: E402
from command import die_with_parent  # noqa: E402

BUILD = Path(os.environ.get("TORTURE_BUILD", HERE.parent.parent / "build")).resolve()


def pytest_configure(config):
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=3))


@pytest.fixture(scope="session")
def directory():
    reason = space.why_not()
    if reason:
        pytest.skip(reason)
    made = space.enter()
    yield made
    shutil.rmtree(made, ignore_errors=True)


class Programs:
    """The programs under test, as lists to put arguments behind."""

    def __init__(self, directory):
        binary = Path(os.environ.get("MULTIPING", BUILD / "cli" / "multiping")).resolve()
        assert binary.exists(), f"{binary}: build it first, or set MULTIPING"
        fping = directory / "multiping-fping"
        fping.symlink_to(binary)
        self.multiping, self.fping = [str(binary)], [str(fping)]
        self.embedder = [str(BUILD / "tests" / "torture" / "torture_library")]
        self.host = [str(BUILD / "tests" / "torture" / "torture_host")]
        self.syscalls = BUILD / "tests" / "torture" / "torture_syscalls"
        self.malloc_shim = BUILD / "tests" / "torture" / "torture_malloc.so"

    def argv(self, line):
        """From "multiping -c 1 HOST"."""
        name, *args = line.split()
        return [*getattr(self, name), *args]


@pytest.fixture(scope="session")
def programs(directory):
    return Programs(directory)


@pytest.fixture(scope="module")
def names(directory):
    """A name server with a few names."""
    zone = {"ok.test": {"A": ["127.0.0.1"]}, "dead.test": {"rcode": 3}}
    (directory / "zone").write_text(json.dumps(zone))
    argv = [sys.executable, str(HERE.parent / "e2e" / "dns_server.py"), str(directory / "zone"),
            str(directory / "queries")]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          preexec_fn=die_with_parent) as server:
        assert server.stdout.readline() == b"ready\n"
        yield
        server.stdin.close()

# SPDX-License-Identifier: Apache-2.0
"""Fixtures. MULTIPING names the command under test (default: build/cli/multiping)."""
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
E2E = HERE.parent / "e2e"
sys.path[:0] = [str(HERE), str(E2E)]  # the laboratory is that of the command's own tests

import lab as lab_module  # noqa: E402
from command import die_with_parent  # noqa: E402
from pair import DEBIAN, Fping  # noqa: E402

DEFAULT_BINARY = HERE.parent.parent / "build" / "cli" / "multiping"


def pytest_configure(config):
    # So that the namespaces are removed as well when somebody ends the run.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=3))


@pytest.fixture(scope="session")
def lab():
    reason = lab_module.why_not()
    if reason:
        pytest.skip(reason)
    lab_module.remove_stale()
    made = None
    try:
        made = lab_module.Lab()
        yield made
    finally:
        if made:
            made.remove()


@pytest.fixture(scope="session")
def binary(lab):
    path = Path(os.environ.get("MULTIPING", DEFAULT_BINARY)).resolve()
    assert path.exists(), f"{path}: build it first, or set MULTIPING"
    return path


@pytest.fixture(scope="session")
def ours_session(lab, binary):
    return Fping(lab, "ours", binary)


@pytest.fixture
def ours(ours_session):
    yield ours_session
    ours_session.end_all()


@pytest.fixture(scope="session")
def theirs_session(lab):
    assert DEBIAN.exists(), "install Debian's fping"
    return Fping(lab, "theirs", DEBIAN)


@pytest.fixture
def theirs(theirs_session):
    yield theirs_session
    theirs_session.end_all()


@pytest.fixture(scope="session")
def responder(lab):
    argv = lab.b.argv([sys.executable, str(E2E / "responder.py"), "mpb"])
    helper = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              preexec_fn=die_with_parent)
    assert helper.stdout.readline() == b"ready\n", "the responder did not start"
    yield helper
    helper.stdin.close()
    helper.stdout.close()
    helper.wait(5)

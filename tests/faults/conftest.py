# SPDX-License-Identifier: Apache-2.0
"""Fixtures of ../truth (simnet and its census) and of ../e2e (namespaces, the command)."""
import importlib.util
import signal
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).parent.parent
sys.path[:0] = [str(TESTS / "e2e"), str(TESTS / "truth")]


def load(name, path):
    """A conftest.py by another name, since every directory has one."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


truth = load("truth_fixtures", TESTS / "truth" / "conftest.py")
e2e = load("e2e_fixtures", TESTS / "e2e" / "conftest.py")
import clients as clients_module  # noqa: E402  they need what was loaded above
import wire  # noqa: E402

truth.lab_module.PREFIX = "mpfault-"

root, one_world, world = truth.root, truth.one_world, truth.world
lab, command, no_child_survives = e2e.lab, e2e.command, e2e.no_child_survives
ping, start, fresh_space = e2e.ping, e2e.start, e2e.fresh_space


def pytest_configure(config):
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("terminated", returncode=3))


@pytest.fixture
def clients():
    made = clients_module.Clients()
    yield made
    made.end()


@pytest.fixture
def link(lab):
    made = wire.Link(lab)
    yield made
    for space in (made.near, made.far):
        lab.spaces.remove(space)
        space.remove()

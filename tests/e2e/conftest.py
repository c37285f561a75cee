# SPDX-License-Identifier: Apache-2.0
"""Fixtures. MULTIPING names the command under test (default: build/cli/multiping)."""
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import lab as lab_module  # noqa: E402
from command import Command, die_with_parent  # noqa: E402

HERE = Path(__file__).parent
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
def command(lab):
    binary = Path(os.environ.get("MULTIPING", DEFAULT_BINARY)).resolve()
    assert binary.exists(), f"{binary}: build it first, or set MULTIPING"
    made = Command(binary, lab.dir)
    yield made
    made.end_all()


@pytest.fixture(autouse=True)
def no_child_survives(request):
    """Ends what the test has started, whatever became of the test."""
    yield
    if "command" in request.fixturenames:
        request.getfixturevalue("command").end_all()


@pytest.fixture
def ping(lab, command):
    """ping(args…) runs the command in namespace A."""
    def run(*args, **kwargs):
        return command.run(lab.a, *args, **kwargs)
    return run


@pytest.fixture
def start(lab, command):
    """start(args…) begins a run in namespace A and leaves it running."""
    def begin(*args, **kwargs):
        return command.start(lab.a, *args, **kwargs)
    return begin


def start_helper(space, script, *args):
    """Starts a helper script in a namespace and waits until it says that it is ready."""
    argv = space.argv([sys.executable, str(HERE / script), *map(str, args)])
    helper = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                              preexec_fn=die_with_parent)
    assert helper.stdout.readline() == b"ready\n", f"{script} did not start"
    return helper


def end_helper(helper):
    helper.stdin.close()
    helper.stdout.close()
    try:
        status = helper.wait(5)
    except subprocess.TimeoutExpired:
        helper.kill()
        status = helper.wait(5)
    assert status == 0, f"{helper.args[-1]}: the helper did not live to the end"


class Dns:
    """The test's name server; set() changes what it answers from the next query on."""

    def __init__(self, lab):
        self.zone = lab.dir / "zone.json"
        self.log = lab.dir / "queries"
        self.log.touch()
        self.names = {}
        self._write()

    def _write(self):
        fresh = self.zone.with_suffix(".new")
        fresh.write_text(json.dumps(self.names))
        fresh.replace(self.zone)

    def set(self, name, **entry):
        self.names[name] = entry
        self._write()

    def queries(self, name):
        return sum(line.split()[0] == name for line in self.log.read_text().splitlines())


@pytest.fixture(scope="session")
def dns_process(lab):
    dns = Dns(lab)
    helper = start_helper(lab.a, "dns_server.py", dns.zone, dns.log)
    yield dns
    end_helper(helper)


@pytest.fixture
def dns(dns_process):
    dns_process.set("ok.test", A=["10.78.0.1"])
    dns_process.set("ok6.test", AAAA=["fd78::1"])
    dns_process.set("dual.test", A=["10.78.0.2"], AAAA=["fd78::2"])
    dns_process.set("slow.test", A=["10.78.0.3"], delay=1.5)
    dns_process.set("silent.test", silent=True)
    dns_process.set("servfail.test", rcode=2)
    dns_process.set("empty.test", A=[])
    return dns_process


@pytest.fixture(scope="session")
def responder(lab):
    helper = start_helper(lab.b, "responder.py", "mpb")
    yield helper
    end_helper(helper)


@pytest.fixture
def fresh_space(lab):
    """A namespace of the test's own, with nothing but loopback."""
    space = lab.space("own")
    yield space
    lab.spaces.remove(space)
    space.remove()


class Counted:
    """How many packets an nft counter of a namespace has seen since it was made."""

    def __init__(self, space):
        self.space = space
        self.before = space.counters()

    def __getitem__(self, name):
        return self.space.counters()[name] - self.before[name]


@pytest.fixture
def arrived(lab):
    """Echo requests that came to B: arrived["got4"], arrived["got6"]."""
    return Counted(lab.b)


@pytest.fixture
def left(lab):
    """Echo requests that A has sent, to whomever: left["sent4"], left["sent6"]."""
    return Counted(lab.a)

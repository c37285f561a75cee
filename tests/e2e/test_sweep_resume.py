# SPDX-License-Identifier: Apache-2.0
"""multiping --sweep --resume: a sweep goes on from where it was stopped, whatever stopped it."""
import os
import signal

import pytest

from command import wait_until
from test_sweep import swept, net


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_resume(start, ping, lab, number):
    """Wherever it is stopped, no address is left out; by Ctrl-C none is told twice either."""
    path, found = lab.dir / f"state-{number}", []
    args = ["--sweep", "-t", "200ms", "--retries", "0", "--resume", str(path),
            "10.78.0.0/24", "10.79.0.0/24", "fd78::/120"]
    for _ in range(2):
        run = start(*args, "--rate", "100")
        have = len(found)
        assert wait_until(lambda: len(run.stdout().splitlines()) > 40), run.result(None)
        if number == signal.SIGKILL:
            before = path.stat().st_mtime_ns
            assert wait_until(lambda b=before: path.stat().st_mtime_ns > b)
        run.signal(number)
        result = run.wait()
        assert path.exists() and not path.with_suffix(".new").exists()
        found += [line.split()[0] for line in result.out.splitlines()
                  if not line.startswith("total")]
        assert len(found) > have
    result = ping(*args, "--rate", "0")
    sweep = swept(result)
    found += sweep.alive
    want = set(net("10.78.0", 1, 254)) | {f"fd78::{n:x}" if n else "fd78::" for n in range(256)}
    assert set(found) == want and result.rc == 0, want - set(found)
    assert sweep.targets == 764 and sweep.counts["alive"] == 510, result
    assert sweep.counts["lost"] + sweep.counts["unknown"] == 254 and not path.exists()
    if number == signal.SIGINT:
        assert len(found) == 510


def test_resume_keeps_the_order(ping, start, lab):
    path = lab.dir / "state-order"
    args = ["--sweep", "--max-inflight", "1", "--seed", "9", "10.78.0.0/26"]
    whole = swept(ping(*args, "--rate", "0")).alive
    run = start(*args, "--resume", str(path), "--rate", "40")
    assert wait_until(lambda: len(run.stdout().splitlines()) > 10)
    run.signal(signal.SIGINT)
    first = swept(run.wait()).alive
    rest = ping("--sweep", "--max-inflight", "1", "10.78.0.0/26", "--resume", str(path))
    assert first + swept(rest).alive == whole


@pytest.fixture
def stopped(start, lab):
    """The state of a sweep that was stopped, and its arguments."""
    path = lab.dir / "state-stopped"
    args = ["--sweep", "--rate", "50", "--seed", "3", "--resume", str(path)]
    run = start(*args, "10.78.0.0/24")
    assert wait_until(lambda: len(run.stdout().splitlines()) > 2)
    run.signal(signal.SIGINT)
    assert run.wait().rc == 1
    yield path
    path.unlink(missing_ok=True)


@pytest.mark.parametrize("args", [
    ["10.78.1.0/24"], ["10.78.0.0/25"], ["10.78.0.0/24", "10.78.9.9"],
    ["10.78.0.0/24", "--seed", "4"], ["10.78.0.0/24", "--shard", "1/2"],
    ["10.78.0.0/24", "--in-order"], ["10.78.0.0/24", "--unique"], ["10.78.0.0/24", "-4"],
])
def test_resume_with_other_arguments(ping, stopped, left, args):
    before = stopped.read_bytes()
    result = ping("--sweep", "--resume", str(stopped), *args)
    assert result.rc == 2 and result.out == "" and result.err.count("\n") == 1, result
    assert "--resume" in result.err and stopped.read_bytes() == before and left["sent4"] == 0


def test_resume_at_another_rate(ping, stopped):
    result = ping("--sweep", "--rate", "0", "--resume", str(stopped), "10.78.0.0/24")
    assert result.rc == 0 and swept(result).counts["alive"] == 254, result


@pytest.mark.parametrize("damage", [
    lambda text: text[:-1], lambda text: text[:50], lambda text: text + b"x",
    lambda text: text.replace(b"next ", b"next 9"), lambda text: os.urandom(500),
    lambda text: text.replace(b"alive ", b"alive -"), lambda text: b"10.78.0.1\n" * 5,
])
def test_a_damaged_state(ping, stopped, left, damage):
    stopped.write_bytes(damage(stopped.read_bytes()))
    result = ping("--sweep", "--resume", str(stopped), "10.78.0.0/24")
    assert result.rc == 2 and "damaged" in result.err and result.err.count("\n") == 1, result
    assert left["sent4"] == 0 and stopped.exists(), "what is not understood is left alone"


def test_an_empty_state_is_a_beginning(ping, lab):
    """As mktemp makes it."""
    path = lab.dir / "empty-state"
    path.touch()
    result = ping("--sweep", "--resume", str(path), "10.78.0.0/29")
    assert result.rc == 0 and swept(result).counts["alive"] == 6 and not path.exists(), result


def test_a_link_to_the_state_is_followed(ping, stopped, lab):
    link = lab.dir / "state-link"
    link.symlink_to(stopped)
    result = ping("--sweep", "--resume", str(link), "--rate", "0", "10.78.0.0/24")
    assert result.rc == 0 and swept(result).counts["alive"] == 254, result
    assert link.is_symlink() and not stopped.exists()
    link.unlink()


def test_two_sweeps_with_one_state(start, ping, lab, arrived):
    path = lab.dir / "shared-state"
    run = start("--sweep", "--rate", "50", "--resume", str(path), "10.78.0.0/24")
    for sent in (5, 80):  # the file has been replaced by then
        assert wait_until(lambda n=sent: arrived["got4"] >= n), run.result(None)
        result = ping("--sweep", "--resume", str(path), "10.78.0.0/24")
        assert result.rc == 2 and result.out == "", result
        assert result.err == f"multiping: --resume {path}: another sweep is using it\n"
    run.signal(signal.SIGINT)
    assert swept(run.wait()).counts["alive"] >= 80


@pytest.mark.parametrize("kind,says", [("directory", "directory"), ("pipe", "no regular file"),
                                       ("device", "no regular file")])
def test_what_is_no_state_file(ping, lab, left, kind, says):
    path = lab.dir / f"state-{kind}"
    if kind == "directory":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        path = "/dev/null"
    result = ping("--sweep", "--resume", str(path), "10.78.0.1")
    assert result.rc == 2 and says in result.err and result.err.count("\n") == 1, result
    assert left["sent4"] == 0


def test_a_state_of_another_version_or_of_somebody_else(ping, stopped, left):
    """Left as it is, with one line that says why."""
    text = stopped.read_bytes()
    stopped.write_bytes(text.replace(b"multiping sweep 1\n", b"multiping sweep 2\n"))
    result = ping("--sweep", "--resume", str(stopped), "10.78.0.0/24")
    assert result.rc == 2 and "no state of a sweep" in result.err, result
    assert result.err.count("\n") == 1 and stopped.read_bytes() != text
    stopped.write_bytes(text)
    stopped.parent.chmod(0o755)
    stopped.chmod(0o600)
    result = ping("--sweep", "--resume", str(stopped), "10.78.0.0/24", user=True)
    assert result.rc in (2, 3) and result.out == "", result
    assert result.err.count("\n") == 1 or result.rc == 3, result
    assert stopped.read_bytes() == text and left["sent4"] == 0

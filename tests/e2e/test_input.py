# SPDX-License-Identifier: Apache-2.0
"""Targets from files and from standard input, and pings sent by hand."""
import os
import pty
import signal
import subprocess
import time

import pytest

from command import wait_until

FORMS = {
    "plain": b"10.78.0.1\n10.78.0.2\n",
    "no newline at the end": b"10.78.0.1\n10.78.0.2",
    "comments": b"# two hosts\n10.78.0.1 # the first\n#10.79.0.1\n\n   \n10.78.0.2\n",
    "CRLF": b"10.78.0.1\r\n\r\n# x\r\n10.78.0.2\r\n",
    "the longest line": b"10.78.0.1".rjust(4096) + b"\n10.78.0.2\n",
    "blanks around": b"  10.78.0.1\t\n\t10.78.0.2  \n",
}


@pytest.mark.parametrize("text", FORMS.values(), ids=FORMS.keys())
def test_a_file_of_targets(ping, lab, text):
    path = lab.dir / "targets"
    path.write_bytes(text)
    for args, stdin in (([f"@{path}"], None), (["-"], text)):
        result = ping("-c", "2", "-i", "1ms", *args, text=stdin)
        assert result.rc == 0, result
        assert [item.host for item in result.report.summaries] == ["10.78.0.1", "10.78.0.2"]
        assert result.report.total.received == 4


def test_files_and_hosts_together(ping, lab):
    first, second = lab.dir / "first", lab.dir / "second"
    first.write_text("10.78.0.1\n")
    second.write_text("10.78.0.2\nfd78::2\n")
    result = ping("-c", "1", "127.0.0.1", f"@{first}", "::1", f"@{second}", "-",
                  text=b"10.78.0.3\n")
    assert result.rc == 0 and result.report.total.counts["targets"] == 6, result
    assert result.report.total.received == 6


@pytest.mark.parametrize("text", [b"", b"# nothing\n\n"])
def test_an_empty_file_has_no_targets(ping, lab, text):
    path = lab.dir / "empty"
    path.write_bytes(text)
    for args, stdin in (([f"@{path}"], None), (["-"], text)):
        result = ping("-c", "1", *args, text=stdin)
        assert result.rc == 2 and result.err.startswith("multiping: "), result


def test_a_file_is_not_executed_nor_taken_for_options(ping, lab, left):
    path = lab.dir / "options"
    path.write_text("--help\n")
    result = ping("-c", "1", f"@{path}")
    assert result.rc == 2 and "--interval" not in result.out, result
    assert left["sent4"] == 0


def test_stdin_is_pinged_as_it_comes(start, arrived):
    """The first target is pinged while the list is still being written."""
    run = start("-c", "2", "-i", "10ms", "-", stdin=subprocess.PIPE)
    for number in (1, 2):
        run.proc.stdin.write(b"10.78.0.%d\n" % number)
        run.proc.stdin.flush()
        assert wait_until(lambda n=number: arrived["got4"] == 2 * n), run.result(None)
    assert run.alive()
    run.proc.stdin.close()
    result = run.wait(5)
    assert result.rc == 0 and result.report.total.received == 4, result


def test_a_pipe_as_a_file_is_pinged_as_it_comes(start, lab, arrived):
    """Like standard input; the host behind it on the command line has to wait for its end."""
    path = lab.dir / "pipe"
    os.mkfifo(path)
    run = start("-c", "2", "-i", "10ms", f"@{path}", "10.78.0.3")
    with open(path, "wb", buffering=0) as pipe:
        for number in (1, 2):
            pipe.write(b"10.78.0.%d\n" % number)
            assert wait_until(lambda n=number: arrived["got4"] == 2 * n), run.result(None)
        assert run.alive()
    result = run.wait(5)
    assert result.rc == 0 and result.report.total.received == 6, result
    assert [item.host for item in result.report.summaries] == [f"10.78.0.{n}" for n in (1, 2, 3)]


def test_a_run_ends_by_signal_while_its_list_goes_on(start, lab, arrived):
    path = lab.dir / "endless"
    os.mkfifo(path)
    run = start("-i", "10ms", f"@{path}", "10.78.0.3")
    with open(path, "wb", buffering=0) as pipe:
        pipe.write(b"10.78.0.1\n")
        assert wait_until(lambda: arrived["got4"] >= 2), run.result(None)
        run.signal(signal.SIGINT)
        result = run.wait(5)
    assert result.rc == 0 and result.report.total.counts["targets"] == 1, result


LONG = [f"10.78.{n // 250}.{n % 250 + 1}" for n in range(8000)]  # some 95 KB


@pytest.mark.parametrize("mode", [["-f"], ["-i", "100ms"], ["-f", "--threads", "2"]], ids=" ".join)
def test_a_long_file_keeps_its_order(ping, lab, mode):
    path = lab.dir / "long"
    path.write_text("\n".join(LONG))
    result = ping("-q", "-c", "1", *mode, "fd78::1", f"@{path}", "10.78.99.1", "-",
                  text=b"10.78.99.2\n", timeout=20)
    assert result.rc == 0 and result.err == "", result
    assert [item.host for item in result.report.summaries] \
        == ["fd78::1", *LONG, "10.78.99.1", "10.78.99.2"]
    assert result.report.total.received == len(LONG) + 3


def test_a_mistake_late_in_a_long_file(ping, lab, left):
    """By then others have been pinged: they are reported, and what follows is not read."""
    path = lab.dir / "long-and-wrong"
    path.write_text("\n".join([*LONG, "10.78.0.1 site", "10.78.99.9"]))
    result = ping("-q", "-f", "-c", "1", f"@{path}", "10.78.99.1")
    assert result.rc == 2 and f"{path}:{len(LONG) + 1}: " in result.err, result
    assert result.err.count("\n") == 1 and 0 < left["sent4"] <= len(LONG)
    assert [item.host for item in result.report.summaries] == LONG
    assert result.report.total.sent == left["sent4"]


def test_a_mistake_in_a_short_file_is_met_before_the_first_probe(ping, lab, left):
    path = lab.dir / "short-and-wrong"
    path.write_text("\n".join([*LONG[:4000], "10.78.0.1 site"]))
    result = ping("-f", "-c", "1", f"@{path}")
    assert result.rc == 2 and result.out == "" and result.err.count("\n") == 1, result
    assert left["sent4"] == 0


def test_a_terminal_as_stdin_is_left_alone(lab, command):
    """Without - or -m nothing is read from it."""
    master, slave = pty.openpty()
    os.write(master, b"10.79.0.1\n")
    run = command.start(lab.a, "-c", "3", "-i", "10ms", "10.78.0.1", stdin=slave)
    assert run.wait().report.total.counts["targets"] == 1
    os.close(slave)
    os.close(master)


def enter(run, arrived, times, per_enter):
    """Presses Enter and waits until the probes of each press have come in."""
    for number in range(1, times + 1):
        run.proc.stdin.write(b"\n")
        run.proc.stdin.flush()
        assert wait_until(lambda n=number: arrived["got4"] >= n * per_enter), run.result(None)


def test_manual_mode(start, arrived):
    """Enter sends one probe to every target, the clock none."""
    run = start("-m", "10.78.0.1", "10.78.0.2", stdin=subprocess.PIPE)
    time.sleep(0.3)
    assert arrived["got4"] == 0
    enter(run, arrived, 3, 2)
    time.sleep(0.3)
    assert arrived["got4"] == 6
    run.proc.stdin.close()
    result = run.wait(5)
    assert result.rc == 0 and result.report.total.received == 6, result
    assert result.report.of("10.78.0.1").received == result.report.of("10.78.0.2").received == 3


def test_manual_mode_many_lines_at_once(ping, arrived):
    result = ping("-m", "10.78.0.1", text=b"\n" * 50)
    assert result.rc == 0 and result.report.of("10.78.0.1").received == 50, result
    assert arrived["got4"] == 50


def test_manual_mode_with_a_count(start, arrived):
    """After the last probe nobody needs to press anything."""
    run = start("-m", "-c", "2", "10.78.0.1", stdin=subprocess.PIPE)
    enter(run, arrived, 2, 1)
    result = run.wait(5)
    assert result.rc == 0 and result.report.total.received == 2, result


def test_manual_mode_ends_by_signal(start, arrived):
    run = start("-m", "10.78.0.1", stdin=subprocess.PIPE)
    enter(run, arrived, 1, 1)
    assert wait_until(lambda: "bytes from" in run.stdout())
    run.signal(signal.SIGINT)
    assert run.wait(5).report.total.received == 1


def test_manual_mode_on_a_terminal(lab, command, arrived):
    master, slave = pty.openpty()
    run = command.start(lab.a, "-m", "10.78.0.1", stdin=slave)
    for number in (1, 2):
        os.write(master, b"\n")
        assert wait_until(lambda n=number: arrived["got4"] == n), run.result(None)
    os.write(master, b"\x04")
    result = run.wait(5)
    os.close(slave)
    os.close(master)
    assert result.rc == 0 and result.report.total.received == 2, result


def test_labels_are_no_targets(ping, lab):
    path = lab.dir / "labelled"
    path.write_text('10.78.0.1 site=fra rack=12 # first\n10.78.0.2\tnote="two words"\n10.78.0.3\n')
    result = ping("-c", "1", f"@{path}")
    assert result.rc == 0 and result.report.total.counts["targets"] == 3, result


@pytest.mark.parametrize("line", ["10.78.0.1 10.78.0.2", "10.78.0.1 site", "10.78.0.1 a=1 a=2",
                                  '10.78.0.1 a="open', "10.78.0.1 1a=x"])
def test_what_is_no_label_is_refused(ping, lab, left, line):
    path = lab.dir / "mislabelled"
    path.write_text(f"# a comment\n{line}\n")
    result = ping("-c", "1", f"@{path}")
    assert result.rc == 2 and f"{path}:2: " in result.err and result.err.count("\n") == 1, result
    assert left["sent4"] == 0

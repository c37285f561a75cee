# SPDX-License-Identifier: Apache-2.0
"""Standard streams that are closed, full, slow or gone."""
import fcntl
import os
import signal
import subprocess
import time

import pytest

from command import wait_until


def in_shell(command, space, script, *args):
    """Starts the command with redirections that only a shell can make."""
    line = command.argv(space, args)
    at = line.index(str(command.binary))
    return command.start(space, argv=line[:at] + ["sh", "-c", script, "sh"] + line[at:])


def test_stdout_closed(lab, command, left):
    """Nobody would ever see the result: that is a failure of the system."""
    result = in_shell(command, lab.a, 'exec "$@" >&-', "-c", "2", "-i", "10ms",
                      "127.0.0.1").wait()
    assert result.rc == 4 and result.err.startswith("multiping: "), result


def test_stdout_full(lab, command):
    result = in_shell(command, lab.a, 'exec "$@" >/dev/full', "-c", "2", "-i", "10ms",
                      "127.0.0.1").wait()
    assert result.rc == 4 and result.err.startswith("multiping: "), result
    assert "No space left" in result.err and result.err.count("\n") == 1


def test_stdout_full_and_quiet(lab, command):
    """The summary alone does not fit either."""
    result = in_shell(command, lab.a, 'exec "$@" >/dev/full', "-q", "-c", "1",
                      "127.0.0.1").wait()
    assert result.rc == 4 and "No space left" in result.err, result


def test_the_reader_has_enough(lab, command, arrived):
    """Like `| head -1`: the command ends by itself when nobody reads any more."""
    read_end, write_end = os.pipe()
    run = command.start(lab.a, "-c", "0", "-i", "20ms", "10.78.0.1", stdout=write_end)
    os.close(write_end)
    assert b"bytes from" in os.read(read_end, 65536)
    os.close(read_end)
    result = run.wait(5)
    assert result.rc != 0, result
    assert result.rc == -signal.SIGPIPE or len(result.err.splitlines()) <= 1, result


def slow_pipe():
    """A pipe that holds 4 KiB, about sixty lines."""
    read_end, write_end = os.pipe()
    fcntl.fcntl(write_end, fcntl.F_SETPIPE_SZ, 4096)
    return read_end, write_end


def test_a_reader_that_sleeps_delays_no_probe(lab, command, arrived):
    """500 probes leave while not one line is read; afterwards nothing has got lost."""
    read_end, write_end = slow_pipe()
    run = command.start(lab.a, "-c", "500", "-i", "5ms", "10.78.0.1", stdout=write_end)
    os.close(write_end)
    assert wait_until(lambda: arrived["got4"] == 500, 12), (arrived["got4"], run.result(None))
    with open(read_end, "rb") as pipe:
        text = pipe.read().decode()
    assert run.wait().rc == 0
    assert "10.78.0.1: sent 500, received 500, lost 0" in text


def test_interrupted_while_nobody_reads(lab, command, arrived):
    """A full pipe does not keep the command alive for ever."""
    read_end, write_end = slow_pipe()
    run = command.start(lab.a, "-i", "5ms", "10.78.0.1", stdout=write_end)
    os.close(write_end)
    assert wait_until(lambda: arrived["got4"] >= 200, 12), run.result(None)
    run.signal(signal.SIGINT)
    with open(read_end, "rb") as pipe:
        text = pipe.read().decode()
    assert run.wait(5).rc == 0 and "total: 1 target" in text


def test_stderr_closed(lab, command):
    result = in_shell(command, lab.a, 'exec "$@" 2>&-', "-c", "2", "-i", "10ms",
                      "127.0.0.1").wait()
    assert result.rc == 0 and result.report.total.received == 2, result
    result = in_shell(command, lab.a, 'exec "$@" 2>&-', "--nonsense").wait()
    assert result.rc == 2 and result.out == "", result


def test_stdin_closed(lab, command):
    result = in_shell(command, lab.a, 'exec "$@" <&-', "-c", "2", "-i", "10ms",
                      "127.0.0.1").wait()
    assert result.rc == 0 and result.report.total.received == 2, result


def test_all_streams_closed(lab, command, arrived):
    """No socket may end up as descriptor 0, 1 or 2 and take what is meant for a stream."""
    run = in_shell(command, lab.a, 'exec "$@" <&- >&- 2>&-', "-c", "3", "-i", "10ms",
                   "10.78.0.1")
    assert run.wait().rc == 4
    assert arrived["got4"] <= 3


def test_lines_come_as_they_happen(lab, command):
    """Into a pipe too: a line is not kept back until a block is full."""
    run = command.start(lab.a, "-c", "0", "-i", "100ms", "10.78.0.1", stdout=subprocess.PIPE)
    for seq in range(3):
        assert f"icmp_seq={seq} ".encode() in run.proc.stdout.readline()
    assert run.alive()
    run.signal(signal.SIGINT)
    run.proc.stdout.read()
    run.proc.stdout.close()
    assert run.wait().rc == 0


@pytest.mark.parametrize("locale", ["C", "C.UTF-8", "de_DE.UTF-8", "xx_YY"])
def test_numbers_do_not_follow_the_locale(lab, command, locale):
    run = in_shell(command, lab.a, f'LC_ALL={locale} exec "$@"', "-c", "1", "-i", "0.5",
                   "127.0.0.1")
    result = run.wait()
    assert result.rc == 0 and result.report.total.received == 1, result


def test_a_reader_that_never_reads(start, left):
    """The run waits for it, but an interrupt means that nobody wants to any more."""
    reader, writer = os.pipe()
    run = start("-c", "30", "-i", "1ms", "127.0.0.1-127.0.0.100", stdout=writer)
    os.close(writer)
    assert wait_until(lambda: left["sent4"] == 3000)
    time.sleep(0.5)
    assert run.alive()
    run.signal(signal.SIGINT)
    result = run.wait()
    os.close(reader)
    assert result.rc == 4 and "nobody reads the output" in result.err, result


LIMITED = {
    "text": ["-c", "2000", "-i", "0"],
    "json": ["-c", "2000", "-i", "0", "-o", "json"],
    "sweep": ["--sweep", "--rate", "0", "127.1.0.0/22"],
    "prom": ["-c", "1", "-o", "prom", "127.1.0.0/24"],
}


@pytest.mark.parametrize("args", LIMITED.values(), ids=LIMITED)
def test_a_file_that_may_not_grow(lab, command, args):
    """RLIMIT_FSIZE: its signal would end the process without a word."""
    path = lab.dir / "limited"
    script = f'exec prlimit --fsize=4096 "$@" >{path}'
    result = in_shell(command, lab.a, script, *args, "127.0.0.1").wait()
    assert result.rc == 4 and result.err == "multiping: write error: File too large\n", result
    assert path.stat().st_size <= 4096


def test_a_state_file_that_may_not_grow(lab, command):
    path = lab.dir / "limited-state"
    result = in_shell(command, lab.a, 'exec prlimit --fsize=160 "$@"', "--sweep", "--resume",
                      str(path), "127.1.0.0/28").wait()
    assert result.rc == 4 and f"{path}: File too large" in result.err, result
    assert result.err.count("\n") == 1 and not path.with_suffix(".new").exists()


WITHOUT_THREADS = {
    "text": ["-c", "3", "-i", "10ms", "127.0.0.1"],
    "json": ["-c", "1", "-o", "json", "127.0.0.1", "127.0.0.2", "127.0.0.3"],
    "many": ["-c", "1", "127.1.0.0/20"],
    "sweep": ["--sweep", "--rate", "0", "127.1.0.0/24"],
    "errors": ["-c", "3", "-i", "10ms", "10.84.0.1"],
}


def without_threads(command, space, script, *args):
    """As somebody who may not have one thread more."""
    line = command.argv(space, args, True)
    at = line.index(str(command.public / "multiping"))
    script = f'exec prlimit --nproc=1 "$@" {script}'
    return command.start(space, user=True, argv=line[:at] + ["sh", "-c", script, "sh"] + line[at:])


@pytest.mark.parametrize("args", WITHOUT_THREADS.values(), ids=WITHOUT_THREADS)
def test_without_a_thread_to_write(lab, command, args):
    def shown(result):
        return sorted(line.split("=")[0].split(" 0.")[0] for line in result.out.splitlines())

    alone = without_threads(command, lab.a, "", *args).wait()
    usual = command.run(lab.a, *args, user=True)
    assert (alone.rc, len(shown(alone))) == (usual.rc, len(shown(usual))), alone
    assert len(alone.err.splitlines()) == len(usual.err.splitlines()), alone


def test_without_a_thread_and_nobody_reads(lab, command):
    """The pings go on, and a signal ends it as soon as with a thread."""
    read_end, write_end = slow_pipe()
    line = command.argv(lab.a, ["-c", "0", "-i", "1ms", "127.0.0.1"], True)
    at = line.index(str(command.public / "multiping"))
    run = command.start(lab.a, user=True, stdout=write_end,
                        argv=line[:at] + ["prlimit", "--nproc=1"] + line[at:])
    os.close(write_end)
    time.sleep(1)
    run.signal(signal.SIGINT)
    result = run.wait(10)
    os.close(read_end)
    assert result.rc == 4 and "nobody reads" in result.err, result

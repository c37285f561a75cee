# SPDX-License-Identifier: Apache-2.0
"""The live view through a pseudo-terminal: screens, keys, signals, and what is left behind."""
import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from terminal import SPARKS, Terminal
from view import FAST, UTF8, leave, top  # noqa: F401


def row_of(terminal, host):
    """The number of the line that begins with the host, or None."""
    for number, line in enumerate(terminal.lines()):
        if re.match(rf"{re.escape(host)}\b", line):
            return number
    return None


def hosts_in_order(terminal):
    return re.findall(r"^(\d+\.\d+\.\d+\.\d+)\b", terminal.text(), re.MULTILINE)


def test_start_and_quit(top):
    view = top(*FAST, "10.78.0.1", "10.78.0.2")
    view.wait_for(r"^multiping  2 up  0 lossy  0 down")
    view.wait_for(rf"^10\.78\.0\.1 +up +0 +\d+ .*[{SPARKS}]{{5}}")
    lines = view.lines()
    assert lines[2].startswith("Host") and lines[2].endswith("Last pings")
    assert lines[23].startswith("F1Help F2Table F3Wall F4Filter") and "F10Quit" in lines[23]
    status, report = leave(view)
    assert status == 0
    assert report.of("10.78.0.1").received >= 5 and report.total.lost == 0


def test_worst_first_and_losses(top):
    view = top(*FAST, "10.78.0.1", "10.79.0.1", "10.80.0.1")
    view.wait_for(r"^10\.79\.0\.1 +down .*!!!!!!!$")
    view.wait_for(r"^10\.80\.0\.1 +unrch .*UUUUUUU$")
    assert hosts_in_order(view)[-1] == "10.78.0.1"
    lost = view.cell(row_of(view, "10.79.0.1"), 79)
    good = view.cell(row_of(view, "10.78.0.1"), 79)
    assert lost.data == "!" and good.data in SPARKS and lost.fg != good.fg
    status, report = leave(view)
    assert status == 1 and report.of("10.79.0.1").lost >= 7


def test_sort(top):
    view = top(*FAST, "10.78.0.3", "10.78.0.1", "10.78.0.2")
    view.wait_for("^10.78.0.2 +up")
    view.send(">")
    view.wait_for(r"by Host \(up\)")
    view.wait_until(lambda: hosts_in_order(view) == ["10.78.0.1", "10.78.0.2", "10.78.0.3"])
    view.send("I")
    view.wait_until(lambda: hosts_in_order(view) == ["10.78.0.3", "10.78.0.2", "10.78.0.1"])
    view.send("<")
    view.wait_for("by worst first")


def test_mouse(top):
    view = top(*FAST, "10.78.0.1", "10.78.0.2", "10.78.0.3")
    view.wait_for("^10.78.0.3 +up")
    view.click(2, 1)
    view.wait_for(r"by Host \(up\)")
    view.click(5, 3)
    view.wait_until(lambda: view.cell(5, 0).reverse)
    view.click(5, 3)
    view.wait_for(r"^ 10\.78\.0\.3$")
    view.click(1, 9)  # the tab of the wall
    view.wait_for("<1 .*more ms")
    view.click(23, 75)  # F10
    assert view.wait() == 0 and view.restored()


def test_filter(top):
    view = top(*FAST, "10.78.0.1", "10.78.0.2", "10.79.0.1")
    view.wait_for("^10.79.0.1 +down")
    view.send("/", "state=do", "backspace", "o", "wn")
    view.wait_for("^Filter.*: state=down$")
    view.send("enter")
    view.wait_for(r"filter: state=down \(1\)")
    assert hosts_in_order(view) == ["10.79.0.1"]
    view.send("esc")
    view.wait_gone("filter:")
    view.send("/", "rtt>5", "enter")
    view.wait_for("no figure goes by the name rtt")


def test_detail(top, lab):
    view = top(*FAST, "10.78.0.1", "10.79.0.1")
    view.wait_for("^10.79.0.1 +down")
    view.send("enter")
    view.wait_for(r"^ 10\.79\.0\.1$")
    view.wait_for(r"^ down for \d+\.\ds, never seen")
    view.wait_for("down: no reply to 3 probes")
    view.send("right")
    view.wait_for(r"^ 10\.78\.0\.1$")
    view.wait_for(r"^ up for .*last reply .* ago")
    view.wait_for(r"p50 \d.*p95 \d.*p99 \d.*TTL 64")
    view.wait_for(r"^ +from ms +replies +events")
    view.wait_for(rf"^ +\d+\.\d+ +\d+ +[{SPARKS}]")
    view.send("esc")
    view.wait_for("^Host")


def test_wall(top, lab):
    hosts = lab.dir / "wall"
    hosts.write_text("".join(f"10.78.{net}.{i}\n" for net in (0, 1) for i in range(1, 101))
                     + "10.79.0.1\n")
    view = top(*FAST, f"@{hosts}")
    view.wait_for("200 up .* 1 down")
    view.send("w")
    view.wait_for(r"^10\.78\.0\.1 +█{64}$")
    view.wait_for(r"^10\.78\.0\.65 +█{36}$")
    view.wait_for(r"^10\.79\.0\.1 +X$")
    row = row_of(view, "10.79.0.1")
    view.click(row, 16)
    view.wait_for("^10.79.0.1 down +loss 100%")
    view.send("up", "enter")
    view.wait_for(r"^ 10\.78\.1\.65$")


def test_groups(top, lab):
    hosts = lab.dir / "groups"
    hosts.write_text('10.78.0.1 site=fra\n10.78.0.2 site="new york"\n10.79.0.1 site="new york"\n')
    view = top(*FAST, f"@{hosts}")
    view.wait_for("^10.79.0.1 +down")
    view.send("g")
    view.wait_for(r"^new york +2 +1 +0 +1 +\d")
    view.send("G")
    view.wait_for(r"^10\.79\.0\.0/24 +1 +0 +0 +1 +100 ")
    view.send("G", "G", "G")
    view.wait_for("by site")
    view.send("enter")
    view.wait_for(r"filter: site=new\?york \(2\)")


def test_events_and_columns(top):
    view = top(*FAST, "10.78.0.1", "10.80.0.1")
    view.wait_for("^10.80.0.1 +unrch")
    view.send("j")
    view.wait_for("StDev")
    view.send("jj")
    view.wait_for("RunMx")
    view.send("e")
    view.wait_for(r"^\d\d:\d\d:\d\d +10\.80\.0\.1 +.*says 10\.77\.0\.2")


def test_help(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.send("?")
    view.wait_for("F1 +[?] +h +this help")
    view.send("end")
    view.wait_for("Mouse: click")
    view.send("esc")
    view.wait_for("^Host")


def test_resize(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.resize(40, 120)
    view.wait_until(lambda: view.lines()[39].startswith("F1Help"))
    view.wait_for("Last pings$")
    assert len(view.lines()[2]) == 120
    view.resize(20, 60)
    view.wait_for("too small: 60x20, needs 80x24")
    view.resize(24, 80)
    view.wait_for("^10.78.0.1 +up")
    assert leave(view)[0] == 0


def test_freeze_and_reset(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for(r"^10\.78\.0\.1 +up +0 +(\d+)")
    view.send("space")
    view.wait_for("FROZEN")
    time.sleep(0.3)  # until the rest of the frame that says so is there
    before = view.lines()[3]
    time.sleep(0.6)
    assert view.lines()[3] == before
    view.send("space")
    view.wait_gone("FROZEN")
    view.wait_until(lambda: view.lines()[3] != before)
    sent = int(view.wait_for(r"^10\.78\.0\.1 +up +0 +(\d+)")[1])
    view.wait_until(lambda: int(view.wait_for(r"^10\.78\.0\.1 +\w+ +\S+ +(\d+)")[1]) > sent + 10)
    view.send("r")
    view.wait_for(r"^10\.78\.0\.1 +up +0 +\d ")
    status, report = leave(view)
    assert status == 0 and report.of("10.78.0.1").sent > sent + 10


def test_add_and_remove(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.send("a", "10.78.0.77", "enter")
    view.wait_for("^10.78.0.77 +up")
    view.send("a", "two words", "enter")
    view.wait_for("blank in a target")
    view.send("a", "10.78.1.8-10.78.1.9", "enter")
    view.wait_for("^10.78.1.8 +up")
    view.wait_for("^10.78.1.9 +up")
    view.send(">", "home", "d")
    view.wait_for(r"^Remove\? \(y/n\) 10\.78\.0\.1")
    view.send("y")
    view.wait_for("^10.78.0.1 +gone")
    status, report = leave(view)
    assert status == 0 and report.of("10.78.0.77").received > 0
    assert report.of("10.78.0.1").received > 0


def test_list_from_a_pipe(top):
    read_end, write_end = os.pipe()
    view = top(*FAST, "-", stdin=read_end)
    os.close(read_end)
    os.write(write_end, b"10.78.0.1\n10.78.0.2 site=fra\n")
    view.wait_for("^10.78.0.2 +up")
    os.write(write_end, b"10.78.0.3\n")
    view.wait_for("^10.78.0.3 +up")
    os.close(write_end)
    status, report = leave(view)
    assert status == 0 and report.of("10.78.0.3").received > 0


def test_bad_line_from_a_pipe(top):
    read_end, write_end = os.pipe()
    view = top(*FAST, "-", stdin=read_end)
    os.close(read_end)
    os.write(write_end, b"10.78.0.1\n-x\n")
    os.close(write_end)
    assert view.wait() == 2 and view.restored()
    assert "no target begins with -" in view.after()


def test_counted(top):
    """The view stays when all is done, until somebody leaves it."""
    view = top(*FAST, "-c", "3", "10.78.0.1")
    view.wait_for("all done")
    status, report = leave(view)
    assert status == 0 and report.of("10.78.0.1").sent == 3


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signals_end_it(top, number):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.signal(number)
    assert view.wait() == 0 and view.restored()
    assert "total: 1 target" in view.after()


def test_ctrl_c(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    assert leave(view, "\x03")[0] == 0


def test_hangup(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.signal(signal.SIGHUP)
    assert view.wait() == 0 and view.restored()


def test_terminal_goes_away(top):
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    os.close(view.slave)
    os.close(view.master)
    assert view.proc.wait(10) in (4, -signal.SIGHUP)


def is_stopped(pid):
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "T"


def test_suspend(top, lab, command):
    """Ctrl-Z and fg, in a shell that knows of jobs."""
    view = top(argv=lab.a.argv(["bash", "--norc", "--noprofile", "-i"]), env={"PS1": "PROMPT "})
    view.wait_for("^PROMPT $|^PROMPT$")
    view.send(f"{command.binary} --top -i 50ms -t 100ms 10.78.0.1", "enter")
    view.wait_for("^10.78.0.1 +up")
    view.send("\x1a")
    view.wait_for("Stopped")
    assert view.raw.rfind(b"\x1b[?1049l") > view.raw.rfind(b"\x1b[?1049h")
    view.send("stty -a | grep -o '[-]*icanon'", "enter")
    view.wait_for("^icanon")
    with view.lock:
        view.screen.reset()
    view.send("fg", "enter")
    view.wait_for("^10.78.0.1 +up")
    view.wait_until(lambda: view.lines()[23].startswith("F1Help"))
    view.send("q")
    view.wait_for("^total: 1 target")
    view.send("echo status $?", "enter")
    view.wait_for("^status 0")


def test_stopped_and_continued(top):
    """SIGSTOP cannot be seen coming; afterwards the screen is drawn anew."""
    view = top(*FAST, "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.signal(signal.SIGSTOP)
    view.wait_until(lambda: is_stopped(view.proc.pid))
    with view.lock:
        view.screen.reset()
    view.signal(signal.SIGCONT)
    view.wait_for("^10.78.0.1 +up")
    assert leave(view)[0] == 0


def test_hanging_terminal_delays_no_probe(top, lab):
    """Nobody reads the terminal: pings go on as before, and a signal still ends it all."""
    view = top("-i", "20ms", "10.78.0.1-10.78.0.45", rows=50, cols=200)
    view.wait_for("^10.78.0.1 +up")
    view.pause()
    view.wait_until(lambda: thread_states(view.proc.pid), 15, "the view hangs")
    before = lab.b.counters()["got4"]
    time.sleep(1)
    sent = lab.b.counters()["got4"] - before
    assert sent >= 45 * 40, sent
    view.signal(signal.SIGTERM)
    time.sleep(0.1)
    view.pause(False)
    assert view.wait(10) == 0 and view.restored()


def thread_states(pid):
    """Whether a thread of the process waits in a write to a terminal."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            if "tty" in (task / "wchan").read_text() or "n_tty" in (task / "stack").read_text():
                return True
        except OSError:
            pass
    return False


def test_hanging_terminal_and_signal(top):
    """Nobody will ever read: it ends all the same."""
    view = top("-i", "20ms", "10.78.0.1-10.78.0.45", rows=50, cols=200)
    view.wait_for("^10.78.0.1 +up")
    view.pause()
    view.wait_until(lambda: thread_states(view.proc.pid), 15, "the view hangs")
    view.signal(signal.SIGTERM)
    time.sleep(0.5)
    view.signal(signal.SIGTERM)
    assert view.proc.wait(10) == 130
    assert view.modes() == view.found


def test_stopped_output_and_signal(top):
    """Ctrl-S, then a signal."""
    view = top("-i", "20ms", "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    view.send("\x13")
    time.sleep(0.5)
    view.signal(signal.SIGTERM)
    assert view.wait() == 0 and view.restored()


def test_no_terminal(lab, command):
    result = command.run(lab.a, "--top", "10.78.0.1")
    assert result.rc == 2 and result.out == ""
    assert result.err.count("\n") == 1 and "--top" in result.err


@pytest.mark.parametrize("term, wanted", [
    ("dumb", "cannot place its cursor"), ("", "TERM does not say"), (None, "TERM does not say"),
    ("no-such-terminal\x1b[31m", "nothing is known about it"),
])
def test_terminals_that_cannot(top, term, wanted):
    view = top("10.78.0.1", env={"TERM": term})
    assert view.wait() == 2
    assert wanted in view.raw.decode() and b"\x1b" not in view.raw
    assert view.modes() == view.found


def test_ascii_and_no_color(top):
    view = top(*FAST, "--ascii", "10.78.0.1", "10.79.0.1", env={"NO_COLOR": "1"})
    view.wait_for("^10.79.0.1 +down .*!!!!!$")
    view.wait_for(r"^10\.78\.0\.1 +up .*[_.,\-=+*#]{5}$")
    assert all(byte < 0x80 for byte in view.raw)
    assert not re.search(rb"\x1b\[[0-9;]*(3[0-8]|4[0-8])[0-9;]*m", view.raw)
    view.send("w")
    view.wait_for(r"^10\.78\.0\.1 +[.:\-=+*]X$")


def test_no_utf8_locale(top):
    view = top(*FAST, "10.78.0.1", env={"LC_ALL": "C"})
    view.wait_for(r"^10\.78\.0\.1 +up .*[_.,\-=+*#]{5}$")
    assert all(byte < 0x80 for byte in view.raw)


def test_palettes(top):
    colors = set()
    for palette in ("normal", "safe"):
        view = top(*FAST, "--palette", palette, "10.79.0.1")
        view.wait_for("^10.79.0.1 +down .*!!!!!$")
        colors.add(view.cell(3, 79).fg)
        leave(view)
    assert len(colors) == 2 and "default" not in colors


def test_other_terminals(top):
    for term in ("linux", "vt100", "screen", "tmux-256color", "xterm"):
        view = top(*FAST, "10.78.0.1", env={"TERM": term})
        view.wait_for("^10.78.0.1 +up")
        view.send("q")
        assert view.wait() == 0 and view.modes() == view.found, term


@pytest.mark.parametrize("args, wanted", [
    (["--top", "-m"], "exclude each other"), (["--top", "-w", "2"], "exclude each other"),
    (["--ascii"], "needs --top"), (["--palette", "safe"], "needs --top"),
    (["--top", "--palette", "red"], "palette"),
])
def test_wrong_usage(lab, command, args, wanted):
    result = command.run(lab.a, *args, "10.78.0.1")
    assert result.rc == 2 and wanted in result.err


def test_without_privileges(lab, command):
    """An ordinary user, ping sockets, and the filter of system calls."""
    argv = command.argv(lab.a, ["--top", *FAST, "10.78.0.1"], user=True)
    view = Terminal(argv, {**command.environment(True), **UTF8})
    try:
        view.wait_for("^10.78.0.1 +up")
        assert leave(view)[0] == 0
    finally:
        view.kill()


def test_tmux(lab, command):
    """A terminal that answers, as people use it."""
    tmux = ["tmux", "-L", f"multiping-{os.getpid()}", "-f", "/dev/null"]
    if subprocess.run(["which", "tmux"], capture_output=True).returncode != 0:
        pytest.skip("no tmux")
    argv = command.argv(lab.a, ["--top", *FAST, "10.78.0.1"])
    env = {**command.environment(False), "LC_ALL": "C.UTF-8"}
    subprocess.run([*tmux, "new-session", "-d", "-x", "100", "-y", "30", *argv, ";",
                    "set", "-g", "remain-on-exit", "on"], env=env, check=True)
    try:
        def shown():
            return subprocess.run([*tmux, "capture-pane", "-p"], capture_output=True, text=True,
                                  env=env).stdout
        deadline = time.monotonic() + 10
        while not re.search("^10.78.0.1 +up", shown(), re.M) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert re.search("^10.78.0.1 +up", shown(), re.M), shown()
        subprocess.run([*tmux, "send-keys", "q"], env=env, check=True)
        while "total: 1 target" not in shown() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert "total: 1 target" in shown()
    finally:
        subprocess.run([*tmux, "kill-server"], env=env, capture_output=True)

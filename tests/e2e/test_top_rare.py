# SPDX-License-Identifier: Apache-2.0
"""The live view with a wheel, a very wide terminal, statistics, and errors that go elsewhere."""
import signal

from view import FAST, leave, top  # noqa: F401


def test_mouse_wheel(top):
    view = top(*FAST, "10.78.0.1-10.78.0.60")
    view.wait_for("^multiping  60 up")
    view.send(">")
    view.wait_for(r"by Host \(up\)(.|\n)*^10\.78\.0\.1 ")
    for _ in range(15):
        view.click(5, 3, button=65)
    view.wait_gone(r"^10\.78\.0\.1 ")
    for _ in range(15):
        view.click(5, 3, button=64)
    view.wait_for(r"^10\.78\.0\.1 ")
    assert leave(view)[0] == 0


def test_a_very_wide_terminal(top):
    """Wider than what is handed to ncurses at once."""
    view = top(*FAST, "10.78.0.1", cols=300)
    view.wait_for("^10.78.0.1 +up")
    heads, tabs = view.lines()[2], view.lines()[23]
    assert len(heads) == 300 and heads.endswith("Last pings") and "F10Quit" in tabs
    assert leave(view)[0] == 0


def test_what_is_there_already(top):
    view = top(*FAST, "--unique", "--exclude", "10.78.0.9", "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    for host in ("10.78.0.1", "10.78.0.9"):
        view.send("a", host, "enter")
        view.wait_for(f"{host}: is excluded, or there already")
    assert leave(view)[1].total.counts["targets"] == 1


def test_statistics_and_a_verdict_on_all(top):
    """The summary is that of a run without a view."""
    view = top(*FAST, "--stats", "--fail-if", "loss>50%", "10.78.0.1", "10.79.0.1")
    view.wait_for("^10.79.0.1 +down")
    view.send("q")
    assert view.wait() == 1 and "outage since" in view.after(), view.after()
    view = top(*FAST, "--fail-if", "loss>50%", "10.78.0.1")
    view.wait_for("^10.78.0.1 +up")
    assert leave(view)[0] == 0


def test_errors_that_go_elsewhere(top, lab):
    """They are not shown in the view, nor is the file they go to touched."""
    path = lab.dir / "errors-of-the-view"
    with open(path, "wb") as errors:
        view = top(*FAST, "10.78.0.1", "10.84.0.1", stderr=errors)
    view.wait_for("^10.78.0.1 +up")
    view.proc.send_signal(signal.SIGQUIT)  # prints a summary elsewhere; over a view it would not do
    view.send("c")
    view.wait_for("colour-blind")
    status, report = leave(view)
    assert report.of("10.78.0.1").received > 0 and "total" not in path.read_text()

# SPDX-License-Identifier: Apache-2.0
"""The live view on a terminal of its own."""
import pytest

from parse import Report
from terminal import Terminal

UTF8 = {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
FAST = ("-i", "50ms", "-t", "100ms")


@pytest.fixture
def top(lab, command):
    """top(args…) starts the view on a terminal of its own in namespace A."""
    if not _has_view(command, lab):
        pytest.skip("built without ncursesw")
    made = []

    def begin(*args, env=None, argv=None, **kwargs):
        merged = {**command.environment(False), **UTF8, **(env or {})}
        merged = {key: value for key, value in merged.items() if value is not None}
        made.append(Terminal(argv or command.argv(lab.a, ["--top", *args]), merged, **kwargs))
        return made[-1]
    yield begin
    for terminal in made:
        terminal.kill()


def _has_view(command, lab):
    return "not in this build" not in command.run(lab.a, "--top", "127.0.0.1").err


def leave(terminal, key="q"):
    """Leaves the view: the exit status and the summary."""
    terminal.send(key)
    status = terminal.wait()
    assert terminal.restored(), terminal.raw[-300:]
    return status, Report(terminal.after())

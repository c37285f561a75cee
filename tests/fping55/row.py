# SPDX-License-Identifier: Apache-2.0
"""A command line to compare, and how it is written down."""
import shlex
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Row:
    args: tuple
    text: str = None     # standard input
    name: str = "fping"  # argv[0]
    space: str = "a"     # see laboratory.py
    user: bool = False   # as an ordinary user
    env: tuple = ()      # (name, value)
    signals: tuple = ()  # (seconds after the last, number)
    group: str = field(default="", compare=False)

    def __str__(self):
        notes = [f"{key}={value!r}" for key, value, usual in (
            ("text", self.text, None), ("space", self.space, "a"), ("user", self.user, False),
            ("env", self.env, ()), ("signals", self.signals, ())) if value != usual]
        return " ".join([shlex.join([self.name, *self.args]), *(f"[{note}]" for note in notes)])


def rows(group, lines, **settings):
    """Rows from lines of words, quoted as for a shell, or from lists of words."""
    for line in lines:
        args = tuple(shlex.split(line) if isinstance(line, str) else map(str, line))
        yield Row(args, group=group, **settings)

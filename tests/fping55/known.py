# SPDX-License-Identifier: Apache-2.0
"""Command lines that differ from fping 5.5 on purpose: the manual's DIFFERENCES tell of each."""
import re
import signal

NUMBERS = r"nan|inf|4294967296|0b1|--seqmap-timeout[= ]'?(-?0|0\.0001)'? "
LAST = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff"


ERRORS = ("10.80.", "10.81.", "10.91.", "10.88.", "fd80:", "fd81:", "fd91:", "fd88:")  # routers answer
UNSENT = ("10.83.", "10.84.", "fd83:", "fd84:")  # never leave: their fate is known at once


def _names(row, words):
    return any(word in f"{row.args} {row.text}" for word in words)


def _flag(row, letter, name):
    return any(re.fullmatch(f"-[a-zA-Z]*{letter}|--{name}", word) for word in row.args)


def _at_once(row):
    """The fate of some pings is known when they are to leave."""
    return _names(row, UNSENT) or "-I" in row.args or (row.user and "--icmp-timestamp" in row.args)


def _stamped_by_signals(row):
    """Two snapshots between two events are one in 5.5, which also sends once more at the end."""
    return ([number for _, number in row.signals].count(signal.SIGQUIT) > 1 or _at_once(row)
            or _flag(row, "s", "stats"))


def _sizes(row):
    return [int(word) for before, word in zip(row.args, row.args[1:])
            if before in ("-b", "--size") and word.isdecimal()]


def _binds_twice(row):
    return "-I" in row.args and ("-S" in row.args or (row.user and row.args.count("-I") > 1))


# (heading in the manual, whether it tells of the row)
RULES = [
    ("Mapped addresses", lambda row: "::ffff:" in f"{row.args} {row.text}"),
    ("Ranges", lambda row: LAST in str(row)),
    ("Numbers", lambda row: re.search(NUMBERS, str(row))),
    ("Lists", lambda row: row.text and "\0" in row.text),
    ("Time", lambda row: row.signals and _stamped_by_signals(row)),
    ("Time", lambda row: "-i 0 " in str(row) and _names(row, UNSENT)),
    ("Data", lambda row: _flag(row, "R", "random") and any(size % 2 for size in _sizes(row))),
    ("ICMP errors", lambda row: row.user and _names(row, ERRORS)),
    ("Sizes", lambda row: row.user and any(size > 120 for size in _sizes(row))),
    ("Path MTU", lambda row: "-M -b 1390" in str(row)),
    ("Privileges", lambda row: "unreadable" in str(row) and not row.user),
    ("Interface and source", _binds_twice),
    ("Interface and source", lambda row: "255.255.255.255" in str(row) and re.search(
        r" -S| --src", str(row))),
]


def heading(row):
    """The manual's heading for the row, or None."""
    return next((title for title, tells in RULES if tells(row)), None)


def missing_headings(manual):
    """Headings that the manual does not have."""
    differences = manual.split("# DIFFERENCES", 1)[1]
    return [title for title, _ in RULES if f"\n{title}\n\t" not in differences]

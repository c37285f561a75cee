# SPDX-License-Identifier: Apache-2.0
"""Command lines that differ from fping 5.5 on purpose: the manual's DIFFERENCES tell of each."""
import re
import signal

NUMBERS = r"nan|inf|4294967296|0b1|--seqmap-timeout[= ]'?(-?0|0\.0001)'? "
LAST = "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fff"


def _stamped_by_signals(row):
    """Two snapshots between two events are one in 5.5, which also sends once more at the end."""
    return [number for _, number in row.signals].count(signal.SIGQUIT) > 1 or "-s" in row.args


# (heading in the manual, whether it tells of the row)
RULES = [
    ("Mapped addresses", lambda row: "::ffff:" in f"{row.args} {row.text}"),
    ("Ranges", lambda row: LAST in str(row)),
    ("Numbers", lambda row: re.search(NUMBERS, str(row))),
    ("Lists", lambda row: row.text and "\0" in row.text),
    ("Time", lambda row: row.signals and _stamped_by_signals(row)),
    ("ICMP errors", lambda row: row.user and "10.80.0.1" in row.args),
    ("Path MTU", lambda row: "-M -b 1390" in str(row)),
    ("Privileges", lambda row: "unreadable" in str(row) and not row.user),
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

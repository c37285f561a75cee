# SPDX-License-Identifier: Apache-2.0
"""The command itself, with all that it prints, beside fping printing the same."""
import os
import re

from lab import BASES
from registry import case
from report import Row

PINGS = 60000
MILLION = 1000000


def program(bench):
    return os.path.join(bench.command, "multiping")


def multiping(bench, namespace, argv, **watch):
    result = bench.run(namespace, [program(bench), *argv], **watch)
    match = re.search(r"^total: .*received (\d+)", result.out, re.MULTILINE)
    result.answered = int(match[1]) if match else 0
    return result


def fping_lines(bench, namespace, argv):
    """fping with a line per reply."""
    result = bench.run(namespace, ["fping", *argv])
    result.answered = result.out.count(" bytes, ")
    return result


def rows_for(bench, targets):
    namespace, base, rounds = bench.lab.path("lo"), BASES["lo", 4], PINGS // targets
    hosts = bench.targets_file(base, targets)
    ours = ["-f", "-c", rounds, f"@{hosts}"]
    fping = ["-i", "0", "-p", "1", "-t", "500", "-c", rounds, "-f", hosts]
    results = bench.interleave(
        quiet=lambda: multiping(bench, namespace, ["-q", *ours]),
        quiet_fping=lambda: bench.fping(namespace, fping),
        lines=lambda: multiping(bench, namespace, ours),
        lines_fping=lambda: fping_lines(bench, namespace, fping))
    us = {name: [r.process_us() for r in runs] for name, runs in results.items()}
    what = f"command, IPv4 lo, {targets:,} targets x {rounds}: us CPU per ping, "
    return [
        Row("command", what + "summary only", us["quiet"], [("fping", us["quiet_fping"])]),
        Row("command", what + "a line per reply", us["lines"], [("fping", us["lines_fping"])]),
    ]


@case("command", "the multiping command over loopback, printing its results")
def command(bench):
    return [row for targets in (1000, 60000) for row in rows_for(bench, targets)]


@case("command-million", "the multiping command with 1,000,000 targets from a file")
def command_million(bench):
    namespace = bench.lab.path("lo")
    argv = ["-q", "-f", "-c", "1", f"@{bench.targets_file(BASES['lo', 4], MILLION)}"]
    first = [multiping(bench, namespace, argv, iface="lo", until_first=1)
             for _ in range(bench.runs)]
    whole = multiping(bench, namespace, argv)
    what = "command, 1M targets from a file: "
    return [
        Row("command-million", what + "seconds from exec to first packet",
            [r.first_s for r in first], reach=("ours", "<=", 0.2)),
        Row("command-million", what + "peak MB", [whole.maxrss_mb], reach=("ours", "<=", 100),
            note="one run"),
        Row("command-million", what + "replies", [whole.answered],
            reach=("ours", ">=", MILLION), note="one run"),
        Row("command-million", what + "seconds from exec to the end", [whole.wall_s],
            note="one run"),
    ]

# SPDX-License-Identifier: Apache-2.0
"""Runs every command line under fping 5.5 and under ours, and tells of each that differs.

compare.py OURS ROOT [--only WORD] [--jobs N] [--made-up N --seed N]: ROOT is where fping 5.5 and
its C library have been unpacked. Both streams apart, then both in one pipe where both have
something to say; exit status, order and every byte but times.
"""
import argparse
import difflib
import queue
import re
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import known
import rows_options
import rows_outcomes
import rows_random
import rows_suite
import rows_targets
from laboratory import Laboratory, Lane
from pair import mask

MANUAL = Path(__file__).parents[2] / "docs/man/multiping-fping.1.scd"
TRIES = 4  # a difference that is not there each time is this machine's, not the programs'
PATIENCE_S = 20


def all_rows(options):
    rows = dict.fromkeys(row for module in (rows_options, rows_targets, rows_outcomes, rows_suite)
                         for row in module.all_rows())
    rows |= dict.fromkeys(rows_random.all_rows(options.made_up, options.seed))
    return [row for row in rows if options.only in row.group or options.only in str(row)]


def run(lane, row, merged):
    """What both have left of a run: status and streams, with times masked."""
    return [(rc, *(without_help(mask(text).replace(str(lane.lab.dir), "DIR")) for text in streams))
            for rc, *streams in lane.run(row, merged, PATIENCE_S)]


def without_help(text):
    """The help text is worded differently."""
    return re.sub(r"(?ms)^(Usage: .*?\n)\nProbing options:\n.*", r"\1", text)


def without_delay(done):
    """Behind an object about a name, 5.5's buffer holds back whatever follows on standard output."""
    return [done[0], *(sorted(stream.split("\n"), key=lambda line: line.startswith("{"))
                       if '{"warning": ' in stream else stream for stream in done[1:])]


stopped = []  # not empty: somebody wants this to end


def compare(lane, row):
    """[theirs, ours] for each way of reading that differs: with the streams apart, and as one."""
    found = []
    for merged in (False, True):
        if stopped:
            break
        both = run(lane, row, merged)
        if both[0] != both[1] and (not merged or without_delay(both[0]) != without_delay(both[1])):
            found.append(both)
        if not all(stream.strip() for stream in both[0][1:]):
            break  # where one stream is empty there is no order of two
    return found


def compare_all(lab, rows, jobs, watch=False):
    lanes = queue.SimpleQueue()
    differing = []

    def one(row):
        lane = lanes.get()
        try:
            return compare(lane, row)
        finally:
            lanes.put(lane)

    for _ in range(jobs):
        lanes.put(Lane(lab))
    with ThreadPoolExecutor(jobs) as pool:
        for row, found in zip(rows, pool.map(one, rows)):
            if found:
                differing.append((row, found))
            if found and watch:
                print(show(row, found), file=sys.stderr, flush=True)
    for _ in range(jobs):
        lanes.get().remove()
    return differing


def settle(lab, differing):
    """Those that differ in each of some more tries, which are made alone."""
    for _ in range(TRIES - 1):
        rows = [row for row, _ in differing]
        differing = compare_all(lab, rows, 2)
    return differing


def show(row, found):
    lines = [f"## {row.group}: {row}"]
    for both in found[:1]:
        texts = [f"status {rc}\n--stdout\n{out}\n--stderr\n{err}".split("\n") for rc, out, err in both]
        lines += list(difflib.unified_diff(*texts, "5.5", "ours", lineterm="", n=20))[2:]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("ours", type=lambda path: Path(path).resolve())
    parser.add_argument("root", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--jobs", type=int, default=6)
    parser.add_argument("--made-up", type=int, default=500, help="command lines of chance")
    parser.add_argument("--seed", type=int, default=1, help="which chance")
    parser.add_argument("--watch", action="store_true", help="show what differs at once")
    options = parser.parse_args()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.append(True))
    missing = known.missing_headings(MANUAL.read_text())
    if missing:
        parser.error(f"the manual's DIFFERENCES do not have: {', '.join(missing)}")
    rows, started = all_rows(options), time.monotonic()
    lab = None
    try:
        lab = Laboratory(options.ours, options.root)
        differing = settle(lab, compare_all(lab, rows, options.jobs, options.watch))
    finally:
        if lab:
            lab.remove()
    meant = [(row, known.heading(row)) for row, _ in differing if known.heading(row)]
    wrong = [(row, found) for row, found in differing if not known.heading(row)]
    for row, found in wrong:
        print(show(row, found), end="\n\n")
    for row, heading in meant:
        print(f"# meant ({heading}): {row}")
    print(f"{len(rows)} command lines, split and merged, in {time.monotonic() - started:.0f} s: "
          f"{len(meant)} differ as the manual says, {len(wrong)} otherwise")
    return 1 if wrong or stopped else 0


if __name__ == "__main__":
    sys.exit(main())

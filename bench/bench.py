#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures ours, the floor and the peers side by side. Run it by ./dev bench."""
import argparse
import os
import signal
import sys
import tempfile
import time

import cases_speed  # noqa: F401  the cases register themselves
import cases_command  # noqa: F401
import cases_scale  # noqa: F401
import cases_truth  # noqa: F401
import cases_fping  # noqa: F401
import cases_threads  # noqa: F401
import cases_top  # noqa: F401
from lab import Lab
from measure import Bench
from registry import CASES
from report import print_table, write_json


def parse():
    parser = argparse.ArgumentParser(prog="./dev bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="cases to run; default: all")
    parser.add_argument("--list", action="store_true", help="list the cases and exit")
    parser.add_argument("--runs", type=int, default=5, help="of everything (default 5)")
    parser.add_argument("--programs", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--command", help=argparse.SUPPRESS)
    parser.add_argument("--json", required=True, help=argparse.SUPPRESS)
    args = parser.parse_args()
    for name in args.names:
        if name not in CASES:
            parser.error(f"no case {name}; --list names them")
    return args


def list_cases():
    width = max(map(len, CASES))
    for name, (about, _, _) in CASES.items():
        print(f"{name:{width}}  {about}")


def run_case(bench, name):
    """The rows of a case; what goes wrong in one case must not cost the others."""
    started = time.monotonic()
    try:
        rows = CASES[name][1](bench)
    except (RuntimeError, OSError, ValueError, ZeroDivisionError, KeyError) as error:
        print(f"bench: {name}: {error!r}", file=sys.stderr)
        return None
    print(f"bench: {name}: {time.monotonic() - started:.0f} s", file=sys.stderr)
    return rows


def interrupt(*_):
    raise KeyboardInterrupt


def main():
    args = parse()
    if args.list:
        list_cases()
        return 0
    signal.signal(signal.SIGTERM, interrupt)
    started, rows, failed, load = time.monotonic(), [], 0, os.getloadavg()[0]
    try:
        with tempfile.TemporaryDirectory(prefix="mpbench-") as directory, \
                Lab(args.programs) as lab:
            bench = Bench(lab, directory, args.runs, args.command)
            for name in args.names or CASES:
                why_not = CASES[name][2] and CASES[name][2](bench)
                if why_not:
                    print(f"bench: {name}: left out: {why_not}", file=sys.stderr)
                    continue
                made = run_case(bench, name)
                rows += made or []
                failed += made is None
    except KeyboardInterrupt:
        print("bench: interrupted: the cases so far:", file=sys.stderr)
        failed = 130
    print_table(rows)
    write_json(args.json, rows, time.monotonic() - started, load)
    print(f"bench: {time.monotonic() - started:.0f} s; the same is in {args.json}; load before: "
          f"{load:.1f} on {os.cpu_count()} cores", file=sys.stderr)
    return min(failed, 130)


if __name__ == "__main__":
    sys.exit(main())

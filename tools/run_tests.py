# SPDX-License-Identifier: Apache-2.0
"""Runs test suites of a meson build directory, counts their TAP points, shows what failed.

    run_tests.py --label gcc --results FILE --suite unit [--suite sim] BUILD_DIR [-- PREFIX...]

Each suite gives one line on stdout and appends "passed failed skipped" to the results file.
A program that crashes, runs out of time or ends without its plan has at least one failed
point. PREFIX is put before the command of every test.
"""
import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

POINT = re.compile(r"(not )?ok\b[^#]*(?:#\s*(SKIP|TODO)\b)?", re.IGNORECASE)
PLAN = re.compile(r"1\.\.(\d+)\b")
LOG_DIR = "test-logs"
SHOWN_LINES = 60


class Outcome:
    """The points of one program."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0
        self.faults = []

    def fault(self, text):
        """A failure that no point of the program tells of."""
        self.failed += 1
        self.faults.append(text)


def count_points(output, outcome):
    """Counts the points in TAP output; returns the number that was planned, None without."""
    planned = None
    for line in output.splitlines():
        plan = PLAN.match(line)
        point = POINT.match(line)
        if plan:
            planned = int(plan.group(1))
        elif line.startswith("Bail out!"):
            outcome.fault(line)
        elif point and (point.group(2) or "").upper() == "SKIP":
            outcome.skipped += 1
        elif point and point.group(1) and not point.group(2):
            outcome.failed += 1
        elif point:
            outcome.passed += 1
    return planned


def judge(output, exit_code, timeout_s):
    """What a program's output and exit code say together."""
    outcome = Outcome()
    planned = count_points(output, outcome)
    points = outcome.passed + outcome.failed + outcome.skipped
    if exit_code in (124, 137):
        outcome.fault(f"killed, or did not end within {timeout_s} s")
    elif planned is None:
        outcome.fault(f"ended without a plan, exit code {exit_code}")
    elif planned != points:
        outcome.fault(f"planned {planned} points but made {points}")
    elif exit_code != 0 and outcome.failed == 0:
        outcome.fault(f"exit code {exit_code} although all points passed")
    return outcome


def run_test(test, prefix, build_dir):
    """Runs one program; its output ends up in a log file."""
    timeout_s = int(test["timeout"]) or 300
    variables = [f"{key}={value}" for key, value in test["env"].items()]
    # timeout(1) and not our own clock: it can also end what runs as another user.
    command = prefix + ["timeout", "-k", "10", str(timeout_s), "env"] + variables + test["cmd"]
    log = build_dir / LOG_DIR / f"{suite_of(test)}-{re.sub(r'[^A-Za-z0-9_.-]', '_', test['name'])}.log"
    with open(log, "w", encoding="utf-8") as out:
        done = subprocess.run(
            command, cwd=test["workdir"] or build_dir, stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, check=False,
        )
    output = log.read_text(encoding="utf-8", errors="replace")
    return test, judge(output, done.returncode, timeout_s), log


def suite_of(test):
    """The suite's name without that of the project."""
    return test["suite"][0].split(":")[-1] if test["suite"] else ""


def show_failure(test, outcome, log):
    """The program's output without the points that passed."""
    lines = [
        line for line in log.read_text(encoding="utf-8", errors="replace").splitlines()
        if not re.match(r"ok\b", line)
    ]
    print(f"--- {suite_of(test)}/{test['name']}: {outcome.failed} failed")
    if len(lines) > SHOWN_LINES:
        half = SHOWN_LINES // 2
        lines = lines[:half] + [f"... {len(lines) - SHOWN_LINES} lines more ..."] + lines[-half:]
    print("\n".join(lines + [f"# {fault}" for fault in outcome.faults] + [f"# all of it: {log}"]))


def run_all(tests, prefix, build_dir):
    """Runs the programs, those that bear it side by side; yields them as they end."""
    together = [test for test in tests if test["is_parallel"]]
    alone = [test for test in tests if not test["is_parallel"]]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        jobs = [pool.submit(run_test, test, prefix, build_dir) for test in together]
        for job in concurrent.futures.as_completed(jobs):
            yield job.result()
    for test in alone:
        yield run_test(test, prefix, build_dir)


def run_suite(suite, tests, options, prefix):
    """Runs one suite, prints its line, returns (passed, failed, skipped)."""
    started = time.monotonic()
    passed = failed = skipped = 0
    for test, outcome, log in run_all(tests, prefix, options.build_dir):
        passed += outcome.passed
        failed += outcome.failed
        skipped += outcome.skipped
        if outcome.failed:
            show_failure(test, outcome, log)
    if not tests:
        failed = 1
        print(f"--- {suite}: the build knows no test of this suite")
    text = f"{options.label} {suite}: {passed} passed, {failed} failed"
    if skipped:
        text += f", {skipped} skipped"
    programs = f"{len(tests)} program{'s' if len(tests) != 1 else ''}"
    print(f"{text} ({programs}, {time.monotonic() - started:.0f} s)", flush=True)
    return passed, failed, skipped


def parse_arguments():
    arguments, prefix = sys.argv[1:], []
    if "--" in arguments:
        prefix = arguments[arguments.index("--") + 1:]
        arguments = arguments[: arguments.index("--")]
    parser = argparse.ArgumentParser()
    parser.add_argument("--label", required=True)
    parser.add_argument("--results", required=True, type=Path)
    parser.add_argument("--suite", action="append", required=True)
    parser.add_argument("build_dir", type=Path)
    return parser.parse_args(arguments), prefix


def main():
    options, prefix = parse_arguments()
    (options.build_dir / LOG_DIR).mkdir(exist_ok=True)
    known = json.loads((options.build_dir / "meson-info" / "intro-tests.json").read_text())
    for suite in options.suite:
        tests = [test for test in known if suite_of(test) == suite]
        counts = run_suite(suite, tests, options, prefix)
        with open(options.results, "a", encoding="utf-8") as results:
            results.write("{} {} {}\n".format(*counts))


main()

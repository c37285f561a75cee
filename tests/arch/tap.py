# SPDX-License-Identifier: Apache-2.0
"""Test Anything Protocol for the checks in this directory, see ../tap.h."""
import sys

_points = 0
_failed = 0


def ok(passed, text, *details):
    """One test point; the details are shown if it failed."""
    global _points, _failed
    _points += 1
    _failed += not passed
    print(f"{'ok' if passed else 'not ok'} {_points} - {text}")
    if not passed:
        for line in "\n".join(str(detail) for detail in details).splitlines():
            print("# " + line)
    sys.stdout.flush()


def skip(text):
    """One test point that could not be tried here."""
    global _points
    _points += 1
    print(f"ok {_points} # SKIP {text}", flush=True)


def done():
    """Prints the plan and ends the program."""
    print(f"1..{_points}", flush=True)
    sys.exit(1 if _failed else 0)

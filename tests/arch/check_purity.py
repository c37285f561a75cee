# SPDX-License-Identifier: Apache-2.0
"""The engine is sans-IO: its archives need nothing but memory, strings and maths.

usage: check_purity.py ARCHIVE...
"""
import re
import subprocess
import sys

import tap

ALLOWED = re.compile(
    r"""(
        mem(cpy|set|move|cmp|chr) | str(len|n?cmp|n?chr|rchr)
      | __(mem|str)\w+_chk
      | malloc | calloc | realloc | reallocarray | free | qsort
      | sqrt | ldexp | frexp | log2? | exp2? | pow | floor | ceil | l?l?round
      | __assert_fail | __stack_chk_fail | abort
      | _GLOBAL_OFFSET_TABLE_
    )$""",
    re.VERBOSE,
)


def symbols(archive, *options):
    """The names that nm prints for an archive."""
    out = subprocess.run(
        ["nm", "-P", *options, archive], check=True, capture_output=True, text=True
    ).stdout
    return {line.split()[0] for line in out.splitlines() if line and not line.endswith(":")}


def main():
    archives = sys.argv[1:]
    defined = set()
    for archive in archives:
        defined |= symbols(archive, "--defined-only", "--extern-only")
        wanted = symbols(archive, "--undefined-only") - defined
        foreign = sorted(name for name in wanted if not ALLOWED.match(name))
        name = archive.rsplit("/", 1)[-1]
        tap.ok(len(defined) > 0, f"{name} defines something")
        tap.ok(not foreign, f"{name} calls nothing of the system", *foreign)
    tap.done()


main()

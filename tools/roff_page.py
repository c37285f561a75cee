# SPDX-License-Identifier: Apache-2.0
"""Makes a manual page of scdoc's source; one with tables says so in its first line.

usage: roff_page.py SCDOC <PAGE.scd >PAGE

man(1) asks tbl for the tables of a page that begins with '\\" t; scdoc (1.11) does not write that
line, and Debian's lintian calls the tables of a page without it an error.
"""
import subprocess
import sys


def main():
    page = subprocess.run([sys.argv[1]], stdin=sys.stdin, capture_output=True, text=True)
    sys.stderr.write(page.stderr)
    if page.returncode:
        sys.exit(page.returncode)
    if "\n.TS\n" in page.stdout:
        sys.stdout.write("'\\\" t\n")
    sys.stdout.write(page.stdout)


main()

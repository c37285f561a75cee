# SPDX-License-Identifier: Apache-2.0
"""The library exports exactly what its headers declare and its map lists.

usage: check_exports.py LIBRARY MAP INCLUDE_DIR
"""
import re
import subprocess
import sys
from pathlib import Path

import tap


def exported(library):
    """The functions that a program linking the library can see."""
    out = subprocess.run(
        ["nm", "-D", "-P", "--defined-only", library], check=True, capture_output=True, text=True
    ).stdout
    rows = [line.split() for line in out.splitlines()]
    return {row[0].split("@")[0] for row in rows if row[1] != "A"}


def without_comments(path):
    return re.sub(r"/\*.*?\*/", " ", Path(path).read_text(), flags=re.DOTALL)


def declared(include_dir):
    """The functions marked MPING_API."""
    names = set()
    for header in sorted(Path(include_dir).rglob("*.h")):
        for found in re.finditer(r"^MPING_API\b([^;{]*?)(\w+)\(", without_comments(header), re.M):
            names.add(found.group(2))
    return names


def mapped(map_file):
    """The names in the global sections of the version script."""
    names = set()
    for section in re.findall(r"global:(.*?)local:", without_comments(map_file), re.DOTALL):
        names |= set(re.findall(r"(\w+);", section))
    return names


def main():
    library, map_file, include_dir = sys.argv[1:]
    lib, api, listed = exported(library), declared(include_dir), mapped(map_file)

    tap.ok(len(api) > 0, "the headers declare functions")
    tap.ok(all(name.startswith("mping_") for name in api), "all of them are called mping_*")
    for what, missing in (
        ("all that is declared is in the map", api - listed),
        ("all that is in the map is declared", listed - api),
        ("all that is declared is exported", api - lib),
        ("all that is exported is declared", lib - api),
    ):
        tap.ok(not missing, what, *sorted(missing))
    tap.done()


main()

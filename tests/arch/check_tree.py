# SPDX-License-Identifier: Apache-2.0
"""The build knows every source file, and the README shows the example that is tested.

usage: check_tree.py ROOT BUILD_DIR
"""
import json
import re
import sys
from pathlib import Path

import tap

FOLDERS = ("base", "lib", "app", "cli", "examples", "tests/unit", "tests/api", "tests/sim",
           "tests/simnet", "tests/truth")


def compiled(build_dir):
    """The source files that some target compiles."""
    commands = json.loads((build_dir / "compile_commands.json").read_text())
    return {(Path(row["directory"]) / row["file"]).resolve() for row in commands}


def quickstart(readme):
    """The code between the markers."""
    found = re.search(
        r"<!-- examples/quickstart.c -->\n```c\n(.*?)```\n<!-- end -->", readme, re.DOTALL
    )
    return found.group(1) if found else ""


def main():
    root, build_dir = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
    known = compiled(build_dir)
    optional = {root / "examples" / name for name in ("libuv.c", "libev.c")}
    # The live view, or what stands in its place where there is no ncursesw.
    optional |= {root / "cli" / "top" / f"{name}.c" for name in (
        "aside", "leave", "none", "screen", "painter", "signals", "top")}
    for folder in FOLDERS:
        files = set((root / folder).rglob("*.c")) - optional
        forgotten = sorted(str(path.relative_to(root)) for path in files - known)
        tap.ok(files and not forgotten, f"all of {folder} is built", *forgotten)

    example = (root / "examples" / "quickstart.c").read_text()
    tap.ok(
        quickstart((root / "README.md").read_text()) == example,
        "the README's quick start is examples/quickstart.c",
    )
    tap.done()


main()

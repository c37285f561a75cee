# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone, in C and in C++, without a warning.

usage: check_headers.py INCLUDE_DIR
"""
import shutil
import subprocess
import sys
from pathlib import Path

import tap

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef", "-Werror"]
MODES = [("c", "c99"), ("c", "c17"), ("c++", "c++17")]


def can_compile(compiler, language):
    """gcc and clang compile C++ only if that half of them is installed."""
    probe = subprocess.run(
        [compiler, "-fsyntax-only", "-x", language, "-"], input="int x;", capture_output=True,
        text=True, check=False,
    )
    return probe.returncode == 0


def check(compiler, language, standard, include_dir, header):
    done = subprocess.run(
        [compiler, f"-std={standard}", *WARNINGS, "-fsyntax-only", f"-I{include_dir}",
         "-x", language, "-"],
        input=f"#include <multiping/{header.name}>\n" * 2 + "extern int not_empty;\n",
        capture_output=True, text=True, check=False,
    )
    what = f"{header.name} as {standard} with {compiler}"
    tap.ok(done.returncode == 0, what, done.stderr)


def main():
    include_dir = Path(sys.argv[1])
    compilers = [name for name in ("gcc", "clang") if shutil.which(name)]
    tap.ok(compilers, "there is a compiler")
    for compiler in compilers:
        for language, standard in MODES:
            if not can_compile(compiler, language):
                tap.skip(f"{compiler} has no {language} here")
                continue
            for header in sorted((include_dir / "multiping").glob("*.h")):
                check(compiler, language, standard, include_dir, header)
    tap.done()


main()

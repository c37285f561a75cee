# SPDX-License-Identifier: Apache-2.0
"""Each public header compiles alone, and a program that uses them all, in C and in C++, without
a warning.

usage: check_headers.py INCLUDE_DIR
"""
import shutil
import subprocess
import sys
from pathlib import Path

import tap

WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Wundef", "-Werror"]
MODES = [("c", "c99"), ("c", "c17"), ("c++", "c++17")]

PROGRAM = """
#include <multiping/multiping.h>

static void on_event(const struct mping_event *event, void *user)
{
    uint64_t *verdicts = (uint64_t *)user;

    *verdicts += (MPING_EVENTS_VERDICTS & MPING_EVENT_BIT(event->type)) != 0;
}

int main(void)
{
    uint64_t verdicts = 0;
    struct mping_target_opts opts;
    struct mping_event event;

    mping_target_opts_init(&opts, sizeof(opts));
    opts.flags = MPING_FLAG_DF | MPING_FLAG_HISTOGRAM;
    opts.events = MPING_EVENTS_DEFAULT;
    opts.interval_ns = MPING_INTERVAL_MANUAL;
    opts.first_delay_ns = MPING_DELAY_SPREAD;
    opts.callback = on_event;
    opts.user = &verdicts;
    if (mping_ping(mping_default(), "localhost", &opts) == MPING_ERESOLVE)
        return 1;
    return mping_once(0, "localhost", 0, &event) == MPING_OK && verdicts ? 0 : 1;
}
"""


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


def check_program(compiler, language, standard, include_dir):
    done = subprocess.run(
        [compiler, f"-std={standard}", *WARNINGS, "-fsyntax-only", f"-I{include_dir}",
         "-x", language, "-"],
        input=PROGRAM, capture_output=True, text=True, check=False,
    )
    tap.ok(done.returncode == 0, f"a program as {standard} with {compiler}", done.stderr)


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
            check_program(compiler, language, standard, include_dir)
    tap.done()


main()

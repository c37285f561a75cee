# SPDX-License-Identifier: Apache-2.0
"""A foreign program builds and runs against an installation by what pkg-config says.

usage: check_installed.py BUILD_DIR INCLUDE_DIR COMPILER...
"""
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

PROGRAM = r"""
#include <multiping/multiping.h>
#include <stdio.h>

int main(void)
{
    printf("%s %x\n", mping_version_string(), (unsigned)mping_version());
    return 0;
}
"""


def run(*command, env=None):
    """Runs a command; returns whether it succeeded, and what it printed."""
    done = subprocess.run(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, check=False,
    )
    return done.returncode == 0, done.stdout.strip()


def header_version(include_dir):
    """The version as text and as the number that mping_version() returns, in hex."""
    text = (include_dir / "multiping" / "version.h").read_text()
    string = re.search(r'VERSION_STRING "([^"]+)"', text).group(1)
    parts = [int(n) for n in re.findall(r"VERSION_(?:MAJOR|MINOR|PATCH) (\d+)", text)]
    return string, f"{parts[0] << 16 | parts[1] << 8 | parts[2]:x}"


def environment(stage):
    """For pkg-config to see what was installed below the stage, and nothing else of ours."""
    pc_files = list(stage.rglob("libmultiping.pc"))
    env = dict(os.environ, PKG_CONFIG_SYSROOT_DIR=str(stage))
    if pc_files:
        env["PKG_CONFIG_PATH"] = str(pc_files[0].parent)
    return env


def build_and_run(stage, env, compiler, static, want):
    """One point for building the program, one for what it says."""
    kind = "static" if static else "shared"
    lib_dir = next(stage.rglob("libmultiping.a")).parent
    _, cflags = run("pkg-config", "--cflags", "libmultiping", env=env)
    # --static names the same -lmultiping: the archive is taken where it is asked for.
    _, libs = run("pkg-config", *(["--static"] if static else []), "--libs", "libmultiping", env=env)
    if static:
        libs = libs.replace("-lmultiping", "-l:libmultiping.a")
    # The libraries it needs are the system's own and not below the stage.
    libs = libs.replace(f"-L{stage}/usr/lib", "-L/usr/lib")
    (stage / "program.c").write_text(PROGRAM)
    program = str(stage / f"program-{kind}")
    built, said = run(
        *compiler, "-o", program, str(stage / "program.c"), *cflags.split(), f"-L{lib_dir}",
        *libs.split(),
    )
    tap.ok(built, f"a program links the {kind} library by pkg-config", cflags, libs, said)
    ran, said = run(program, env=dict(os.environ, LD_LIBRARY_PATH="" if static else str(lib_dir)))
    tap.ok(ran and said == want, f"and runs with the {kind} library", said)


def check_command(stage, version):
    """The installed command finds its library by itself, wherever it was moved to."""
    commands = [path for path in stage.rglob("bin/multiping") if path.is_file()]
    tap.ok(len(commands) == 1, "the command is installed", *commands)
    for command in commands:
        env = {key: value for key, value in os.environ.items() if key != "LD_LIBRARY_PATH"}
        ran, said = run(str(command), "--version", env=env)
        tap.ok(ran and version in said, "the command finds its library", said)


def check(stage, build_dir, include_dir, compiler):
    meson = "/usr/bin/meson" if os.access("/usr/bin/meson", os.X_OK) else "meson"
    installed, said = run(
        meson, "install", "--no-rebuild", "-C", str(build_dir), "--destdir", str(stage)
    )
    tap.ok(installed, "it installs", said)
    wanted = {path.name for path in (include_dir / "multiping").glob("*.h")}
    found = {path.name for path in stage.rglob("include/multiping/*.h")}
    tap.ok(wanted == found, "with all public headers", *(wanted ^ found))

    version, number = header_version(include_dir)
    env = environment(stage)
    _, said = run("pkg-config", "--modversion", "libmultiping", env=env)
    tap.ok(said == version, "pkg-config tells the version of the headers", said)
    build_and_run(stage, env, compiler, static=False, want=f"{version} {number}")
    build_and_run(stage, env, compiler, static=True, want=f"{version} {number}")
    check_command(stage, version)


def main():
    build_dir, include_dir = Path(sys.argv[1]), Path(sys.argv[2])
    stage = Path(tempfile.mkdtemp(prefix="multiping-installed-"))
    try:
        check(stage.resolve(), build_dir, include_dir, sys.argv[3:])
    finally:
        shutil.rmtree(stage)
    tap.done()


main()

# SPDX-License-Identifier: Apache-2.0
"""The simulation makes the same trace whatever compiled it: gcc and clang, with and without
optimisation and sanitizers, to the last bit of each packet and event.

usage: check_determinism.py ROOT
"""
import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import tap

BUILDS = {
    "gcc -O0": ["gcc", "-O0"],
    "gcc -O3": ["gcc", "-O3"],
    "clang -O3": ["clang", "-O3"],
    "clang -O1, sanitizers": ["clang", "-O1", "-fsanitize=address,undefined"],
}
# One seed of each kind of scenario, but for the one with 300,000 probes: first, number.
SEEDS = [(0, 22), (51, 5)]


def sources(root):
    """All that the simulation is made of."""
    files = [root / "lib/io/wall_clock.c"]
    for directory in ("base", "lib/core", "tests/sim"):
        files += sorted((root / directory).glob("*.c"))
    return [str(file) for file in files]


def trace(root, directory, name):
    """What the simulation prints when built in that way: a point and a hash for each seed."""
    program = Path(directory) / name.replace(" ", "_")
    include = [f"-I{root / path}" for path in ("include", ".", "lib", "tests")]
    subprocess.run(
        [*BUILDS[name], "-w", "-std=c17", "-D_GNU_SOURCE", *include, *sources(root),
         "-o", str(program), "-lm"],
        check=True,
    )
    plain = [] if subprocess.run(["setarch", "-R", "true"], check=False,
                                 stderr=subprocess.DEVNULL).returncode else ["setarch", "-R"]
    lines = []
    for first, n in SEEDS:
        command = [*plain, str(program), "--seed", str(first), "--seeds", str(n), "--probes",
                   "600", "--verbose"]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        lines += (done.stdout + done.stderr).splitlines()
    return lines


def main():
    root = Path(sys.argv[1])
    names = [name for name in BUILDS if shutil.which(BUILDS[name][0])]
    with tempfile.TemporaryDirectory() as directory:
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            traces = list(pool.map(lambda name: trace(root, directory, name), names))
    hashes = sum("trace hash" in line for line in traces[0])
    tap.ok(hashes == sum(n for _, n in SEEDS), f"{names[0]}: a hash for each seed",
           *traces[0][-20:])
    for name, lines in zip(names[1:], traces[1:]):
        other = [pair for pair in zip(traces[0], lines) if pair[0] != pair[1]]
        tap.ok(traces[0] == lines, f"{name}: the same traces as {names[0]}", *other[:4])
    for name in BUILDS:
        if name not in names:
            tap.skip(f"{name}: not here")
    tap.done()


main()

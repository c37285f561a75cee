# SPDX-License-Identifier: Apache-2.0
"""Sums up what the tests have reached and says whether it is enough.

    coverage.py [--html DIRECTORY] ROOT BUILD_DIR

Prints lines and branches by directory, then what lib/core lacks, line by line. Exits with 1
below the limits.
"""
import argparse
import json
import subprocess
import sys
from pathlib import Path

# Part of the tree, least lines and branches in percent.
LIMITS = [("lib/core/", 100.0, 98.0), ("", 90.0, 0.0)]


class Share:
    """How much of something has been reached."""

    def __init__(self):
        self.covered = self.total = 0

    def add(self, covered):
        self.covered += bool(covered)
        self.total += 1

    def percent(self):
        return 100.0 * self.covered / self.total if self.total else 100.0

    def __str__(self):
        return f"{self.percent():6.2f} % of {self.total:5}"


def gcovr(root, build, *options):
    """Runs gcovr over the library and the command."""
    command = ["gcovr", "--root", root, "--filter", f"{root}/base/",
               "--filter", f"{root}/lib/", "--filter", f"{root}/app/",
               "--filter", f"{root}/cli/",
               "--exclude", f"{root}/app/process/sandbox_gen.c",  # runs while the command is built
               "--exclude-unreachable-branches", "--gcov-ignore-parse-errors", *options, str(build)]
    done = subprocess.run(command, check=False, cwd=build, capture_output=True, text=True)
    if done.returncode:
        sys.exit(done.stderr[-4000:])


def read(root, build):
    """{file: [(line number, count, branches)]} from gcovr's own JSON."""
    out = Path(build) / "coverage.json"
    gcovr(root, build, "--json", "-o", str(out))
    files = {}
    for file in json.loads(out.read_text())["files"]:
        name = file.get("file") or file["filename"]
        lines = {}
        for line in file["lines"]:
            if line.get("gcovr/noncode") or line.get("gcovr/excluded"):
                continue
            count, branches = lines.get(line["line_number"], (0, []))
            branches = branches or [0] * len(line["branches"])
            for i, branch in enumerate(line["branches"][:len(branches)]):
                branches[i] += branch["count"]
            lines[line["line_number"]] = (count + line["count"], branches)
        files[name] = lines
    return files


def share(files, prefix):
    """Lines and branches of all files whose names begin so."""
    lines, branches = Share(), Share()
    for name, content in files.items():
        if not name.startswith(prefix):
            continue
        for count, counts in content.values():
            lines.add(count)
            for branch in counts:
                branches.add(branch)
    return lines, branches


def show_missing(files, prefix):
    """What has not been reached, file by file."""
    for name, content in sorted(files.items()):
        if not name.startswith(prefix):
            continue
        lines = [str(n) for n, (count, _) in sorted(content.items()) if not count]
        partly = [str(n) for n, (count, branches) in sorted(content.items())
                  if count and not all(branches)]
        if lines or partly:
            print(f"  {name}: lines {','.join(lines) or '-'}; branches {','.join(partly) or '-'}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--html")
    parser.add_argument("root")
    parser.add_argument("build")
    options = parser.parse_args()
    files = read(options.root, options.build)
    if options.html:
        Path(options.html).mkdir(exist_ok=True)
        gcovr(options.root, options.build, "--html-details", options.html + "/index.html")
    directories = sorted({name.rsplit("/", 1)[0] + "/" for name in files})
    print(f"{'':16} {'lines':>17} {'branches':>17}")
    for prefix in directories + [""]:
        lines, branches = share(files, prefix)
        print(f"{prefix or 'all':16} {lines} {branches}")
    enough = True
    for prefix, lines_min, branches_min in LIMITS:
        lines, branches = share(files, prefix)
        if lines.percent() < lines_min or branches.percent() < branches_min:
            enough = False
            print(f"{prefix or 'all'}: wanted are {lines_min} % of the lines and "
                  f"{branches_min} % of the branches")
            if prefix:
                show_missing(files, prefix)
    return 0 if enough else 1


sys.exit(main())

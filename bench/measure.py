# SPDX-License-Identifier: Apache-2.0
"""Runs one program once in one namespace and says what it did and what it cost."""
import json
import os
import re
import subprocess
import time

SECONDS = 480  # then one run of everything has to do


class Result:
    """What bench_watch told about a run, and what the program printed."""

    def __init__(self, watch, out, err):
        self.watch = watch
        self.out = out
        self.err = err
        self.exit = watch["exit"]
        self.wall_s = watch["wall_us"] / 1e6
        self.cpu_us = watch["user_us"] + watch["sys_us"]
        self.user_s = watch["user_us"] / 1e6
        self.maxrss_mb = watch["maxrss_kib"] * 1024 / 1e6
        self.first_s = watch["first_us"] / 1e6 if watch["first_us"] >= 0 else None
        self.said = {}
        self.answered = 0

    def process_us(self):
        """Processor time of the whole process per answered ping."""
        return self.cpu_us / self.answered

    def loop_us(self):
        """The same from the first ping to the last, without start and end."""
        return self.said["cpu_ns"] / 1000 / self.answered

    def rate(self):
        return self.answered / self.wall_s


class Bench:
    """Knows where everything is; the programs and peers to choose from."""

    def __init__(self, lab, directory, runs, command=None):
        self.lab = lab
        self.directory = directory  # for files
        self.programs = lab.programs
        self.runs = runs
        self.cores = os.cpu_count()
        self.enough_at = time.monotonic() + SECONDS
        self.command = command  # the directory of multiping, if it is built

    def file(self, name):
        return os.path.join(self.directory, name)

    def targets_file(self, base, n):
        """A file with n addresses, one a line; made once."""
        path = self.file(f"targets-{base.replace(':', '_')}-{n}")
        if not os.path.exists(path):
            with open(path, "w", encoding="ascii") as file:
                if ":" in base:
                    head, low = base.rsplit("::", 1)
                    first = int(low.replace(":", ""), 16) if low.count(":") == 0 else \
                        (int(low.split(":")[0], 16) << 16) + int(low.split(":")[1], 16)
                    file.writelines(f"{head}::{a >> 16:x}:{a & 0xffff:x}\n"
                                    for a in range(first, first + n))
                else:
                    a, b, c, d = map(int, base.split("."))
                    first = a << 24 | b << 16 | c << 8 | d
                    file.writelines(f"{a >> 24}.{a >> 16 & 255}.{a >> 8 & 255}.{a & 255}\n"
                                    for a in range(first, first + n))
        return path

    def run(self, namespace, argv, **watch):
        """Runs argv; watch: options of bench_watch."""
        options = {"stdout": self.file("stdout"), "stderr": self.file("stderr"), **watch}
        flags = [x for key, value in options.items()
                 for x in ("--" + key.replace("_", "-"), str(value))]
        done = subprocess.run(
            ["ip", "netns", "exec", namespace, f"{self.programs}/bench_watch", *flags, "--",
             *map(str, argv)],
            capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{argv[0]}: {done.stderr.strip()}")
        with open(options["stdout"], encoding="utf-8", errors="replace") as out, \
                open(options["stderr"], encoding="utf-8", errors="replace") as err:
            return Result(json.loads(done.stdout), out.read(), err.read())

    def own(self, program, namespace, watch=None, **options):
        """Runs one of the programs of the bench that print JSON."""
        flags = [x for key, value in options.items()
                 for x in ("--" + key.replace("_", "-"), value)]
        result = self.run(namespace, [f"{self.programs}/bench_{program}", *flags],
                          **(watch or {}))
        if result.exit == 0:
            result.said = json.loads(result.out)
            result.answered = result.said.get("received", 0)
        elif not watch or not watch.get("until_first"):
            raise RuntimeError(f"{program}: {result.err.strip()}")
        return result

    def ours(self, namespace, **options):
        return self.own("ours", namespace, **options)

    def floor(self, namespace, **options):
        return self.own("floor", namespace, **options)

    def fping(self, namespace, argv, program="fping", **watch):
        """fping with -q -s; any exit code will do: it depends on the hosts."""
        result = self.run(namespace, [program, "-q", "-s", *argv], **watch)
        match = re.search(r"(\d+) ICMP Echo Replies received", result.err)
        result.answered = int(match[1]) if match else 0
        match = re.search(r"(\d+) alive", result.err)
        result.said["alive"] = int(match[1]) if match else 0
        match = re.search(r"(\d+) ICMP Echos sent", result.err)
        result.said["sent"] = int(match[1]) if match else 0
        return result

    def interleave(self, runs=None, **sides):
        """
        Runs every side in turn; a dict of lists of results. When the time for all of the bench
        is up, which takes a very busy machine, one run of each has to do.
        """
        results = {name: [] for name in sides}
        for n in range(runs or self.runs):
            if n and time.monotonic() > self.enough_at:
                break
            for name, side in sides.items():
                results[name].append(side())
        return results

# SPDX-License-Identifier: Apache-2.0
"""The same command lines for fping and for multiping called by its name."""
import os

from lab import BASES
from registry import case
from report import Row

SWEEP = 60000


def ours(bench):
    return os.path.join(bench.command or "", "multiping-fping")


def why_not(bench):
    return None if os.access(ours(bench), os.X_OK) else "there is no multiping-fping"


def both(bench, namespace, argv, runs=None):
    results = bench.interleave(runs=runs,
                               ours=lambda: bench.fping(namespace, argv, program=ours(bench)),
                               fping=lambda: bench.fping(namespace, argv))
    return results["ours"], results["fping"]


def cpu_row(name, what, sides, limit, floor=None):
    return Row(name, f"fping {what}: us CPU per answered ping",
               [r.process_us() for r in sides[0]],
               [("fping", [r.process_us() for r in sides[1]])],
               [r.loop_us() for r in floor] if floor else None, reach=("fping", "<=", limit))


@case("fping-sweep", "fping -i 0 over 60,000 hosts", why_not)
def sweep(bench):
    argv = ["-i", "0", "-f", bench.targets_file(BASES["lo", 4], SWEEP)]
    return [cpu_row("fping-sweep", "-i 0, 60,000 hosts", both(bench, bench.lab.path("lo"), argv),
                    0.65)]


@case("fping-count", "fping -c 6 -p 1 over 10,000 hosts", why_not)
def count(bench):
    argv = ["-i", "0", "-c", "6", "-p", "1", "-f", bench.targets_file(BASES["lo", 4], 10000)]
    return [cpu_row("fping-count", "-c 6 -p 1, 10,000 hosts",
                    both(bench, bench.lab.path("lo"), argv), 0.65)]


@case("fping-paced", "fping -i 0.1 over 10,000 hosts", why_not)
def paced(bench):
    argv = ["-i", "0.1", "-f", bench.targets_file(BASES["lo", 4], 10000)]
    return [cpu_row("fping-paced", "-i 0.1, 10,000 hosts",
                    both(bench, bench.lab.path("lo"), argv), 0.3)]


@case("fping-dead", "fping over 131,070 dead hosts", why_not)
def dead(bench):
    """Debian's fping can do no more than 16,383 with four tries; both are shown per host."""
    namespace, base = bench.lab.path("ifb"), BASES["ifb", 4]
    flags = ["-i", "0", "-t", "50", "-B", "1.5", "-f"]
    many = [bench.fping(namespace, [*flags, bench.targets_file(base, 131070)],
                        program=ours(bench)) for _ in range(bench.runs)]
    few = both(bench, namespace, [*flags, bench.targets_file(base, 16000)])
    return [
        Row("fping-dead", "fping 16,000 dead hosts, 4 tries: user CPU s",
            [r.user_s for r in few[0]], [("fping", [r.user_s for r in few[1]])],
            reach=("fping", "<=", 0.1)),
        Row("fping-dead", "fping 131,070 dead hosts, 4 tries: user CPU s",
            [r.user_s for r in many], reach=("ours", "<=", 1.4)),
    ]


@case("fping-smokeping", "fping -C 20 -q -B1 -r1 -i10 over 200 hosts, as SmokePing calls it",
      why_not)
def smokeping(bench):
    """Pings leave 10 ms apart and each takes a wake-up: the floor does this and nothing else."""
    base = BASES["lo", 4]
    argv = ["-C", "20", "-B1", "-r1", "-i10", "-f", bench.targets_file(base, 200)]
    floor = [bench.floor(bench.lab.path("lo"), base=base, targets=200, rate=100, seconds=10)]
    rows = [cpu_row("fping-smokeping", "-C 20 -B1 -r1 -i10, 200 hosts",
                    both(bench, bench.lab.path("lo"), argv, runs=1), 0.3, floor)]
    argv = ["-C", "20", "-B1", "-r1", "-i10", "-f", bench.targets_file(BASES["tun", 4], 50)]
    sides = both(bench, bench.lab.tun(delay_us=3000), argv, runs=1)
    return rows + [cpu_row("fping-smokeping", "the same, 50 hosts 3 ms away", sides, 0.3)]


@case("fping-bursts", "fping -i 0 over 60,000 live hosts that answer in bursts", why_not)
def bursts(bench):
    namespace, base = bench.lab.tun(delay_us=1000, burst_us=50000), BASES["tun", 4]
    argv = ["-i", "0", "-r", "0", "-t", "1000", "-f", bench.targets_file(base, SWEEP)]
    sides = both(bench, namespace, argv)
    return [Row("fping-bursts", "fping -i 0 -r 0, 60,000 live hosts in bursts: called dead",
                [SWEEP - r.said["alive"] for r in sides[0]],
                [("fping", [SWEEP - r.said["alive"] for r in sides[1]])],
                reach=("ours", "<=", 0), ratio=False)]

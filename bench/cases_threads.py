# SPDX-License-Identifier: Apache-2.0
"""Two threads against one, over loopback, where the kernel's echo runs on the same cores."""
from concurrent.futures import ThreadPoolExecutor

from cases_speed import check
from lab import BASES
from registry import case
from report import Row

TARGETS, COUNT = 1000, 300


def loop_rate(result):
    return result.answered * 1e9 / result.said["wall_ns"]


def rows_for(bench, silent, what):
    namespace = bench.lab.path("lo")

    def ours(threads):
        return check(bench.ours(namespace, base=BASES["lo", 4], targets=TARGETS, count=COUNT,
                                threads=threads, silent=silent), TARGETS * COUNT)

    results = bench.interleave(one=lambda: ours(1), two=lambda: ours(2))
    one, two = results["one"], results["two"]
    what = f"{TARGETS:,} targets unpaced over loopback, {what}: "
    return [
        Row("threads", what + "pings/s with 2 threads", [loop_rate(r) for r in two],
            [("1 thread", [loop_rate(r) for r in one])], reach=("1 thread", ">=", 1.6)),
        Row("threads", what + "us CPU per ping with 2 threads", [r.loop_us() for r in two],
            [("1 thread", [r.loop_us() for r in one])]),
    ]


def floors(bench):
    """What the machine gives: two bare loops in two processes, beside one."""
    namespace = bench.lab.path("lo")

    def floor(base):
        files = {name: bench.file(f"{name}-{base}") for name in ("stdout", "stderr")}
        result = bench.floor(namespace, backend="raw4", base=base, targets=TARGETS,
                             pings=TARGETS * COUNT, watch=files)
        return loop_rate(check(result, TARGETS * COUNT))

    def both():
        with ThreadPoolExecutor(2) as pool:
            return sum(pool.map(floor, ("127.1.0.0", "127.2.0.0")))

    results = bench.interleave(one=lambda: floor("127.1.0.0"), two=both)
    return Row("threads", "two bare loops in two processes: pings/s together", results["two"],
               [("one bare loop", results["one"])])


@case("threads", "two threads against one, over loopback")
def threads(bench):
    return (rows_for(bench, 1, "statistics only") + rows_for(bench, 0, "a callback per ping")
            + [floors(bench)])

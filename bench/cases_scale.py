# SPDX-License-Identifier: Apache-2.0
"""Many targets: memory, start, dead hosts, the engine alone, the steady state."""
import re

from lab import BASES
from registry import case
from report import Row

MILLION = 1000000
DEAD_HOSTS = 131072


@case("million", "1,000,000 targets from a file, one probe each")
def million(bench):
    """Added in slices with mping_process() between them, as docs/embedding.md says, and at once."""
    namespace = bench.lab.path("lo")
    targets = bench.targets_file(BASES["lo", 4], MILLION)
    start = {"iface": "lo", "until_first": 1}
    sliced = {"file": targets, "slice": 1000}
    results = bench.interleave(
        sliced=lambda: bench.own("ours", namespace, watch=start, **sliced),
        at_once=lambda: bench.own("ours", namespace, watch=start, file=targets),
        fping=lambda: bench.run(namespace, ["fping", "-q", "-i", "0", "-r", "0", "-f", targets],
                                **start))
    whole = bench.interleave(
        runs=1, sliced=lambda: bench.ours(namespace, **sliced),
        at_once=lambda: bench.ours(namespace, file=targets))
    what = "1M targets from a file, library, "
    rows = []
    for how, words in (("sliced", "added by thousands: "), ("at_once", "all added first: ")):
        rows += [
            Row("million", what + words + "seconds from exec to first packet",
                [r.first_s for r in results[how]],
                [("fping", [r.first_s for r in results["fping"]])], reach=("ours", "<=", 0.2)),
            Row("million", what + words + "peak MB", [r.maxrss_mb for r in whole[how]],
                [("fping at its first packet", [r.maxrss_mb for r in results["fping"]])],
                reach=("ours", "<=", 100), note="one run"),
            Row("million", what + words + "replies", [r.answered for r in whole[how]],
                reach=("ours", ">=", MILLION), note="one run"),
            Row("million", what + words + "seconds from exec to the end",
                [r.wall_s for r in whole[how]], note="one run"),
        ]
    return rows


@case("flat", "10,000 targets, 1,000 probes each: does memory grow?")
def flat(bench):
    namespace, base = bench.lab.path("lo"), BASES["lo", 4]
    some, many = (bench.ours(namespace, base=base, targets=10000, count=count, timeout_ms=100)
                  for count in (50, 1000))
    return [
        Row("flat", "10,000 targets: peak MB at -c 1000 over that at -c 50",
            [many.maxrss_mb / some.maxrss_mb], reach=("ours", "<=", 1.02),
            note=f"{many.maxrss_mb:.1f} MB, one run"),
        Row("flat", "10,000 targets, -c 1000: us CPU per ping, process", [many.process_us()],
            note="one run"),
    ]


@case("dead", "131,072 dead hosts, 4 tries with growing timeouts, into a black hole")
def dead(bench):
    namespace, base = bench.lab.path("ifb"), BASES["ifb", 4]
    fping = ["-i", "0", "-r", "3", "-t", "50", "-B", "1.5", "-f"]

    def ours(targets):
        result = bench.ours(namespace, base=base, targets=targets, attempts=4, timeout_ms=50,
                            backoff_pct=150)
        if result.said["lost"] != 4 * targets:
            raise RuntimeError(f"not all lost: {result.said}")
        return result

    results = bench.interleave(
        ours=lambda: ours(DEAD_HOSTS),
        few=lambda: ours(16000),
        fping=lambda: bench.fping(namespace, [*fping, bench.targets_file(base, 16000)]))
    return [
        Row("dead", "131,072 dead hosts, 4 tries: user CPU s",
            [r.user_s for r in results["ours"]], reach=("ours", "<=", 0.6)),
        Row("dead", "131,072 dead hosts, 4 tries: wall s", [r.wall_s for r in results["ours"]]),
        Row("dead", "16,000 dead hosts, 4 tries: user CPU s", [r.user_s for r in results["few"]],
            [("fping", [r.user_s for r in results["fping"]])],
            note="more than 16,383 hosts stop fping"),
    ]


@case("core", "the engine alone over a network in memory")
def core(bench):
    namespace = bench.lab.path("lo")
    sizes = {"1k": 1000, "100k": 100000, "1M": MILLION}

    def run(targets, paced):
        return bench.own("core", namespace, targets=targets, probes=MILLION, paced=paced)

    rows = []
    for paced, how in ((0, "unpaced"), (1, "paced")):
        results = bench.interleave(**{
            name: lambda n=targets, p=paced: run(n, p) for name, targets in sizes.items()})
        ns = {name: [r.loop_us() * 1000 for r in runs] for name, runs in results.items()}
        rows += [Row("core", f"engine alone, {how}, {name} targets: ns per probe", ns[name],
                     reach=("ours", "<=", 300) if name == "1M" else None) for name in sizes]
        rows.append(Row("core", f"engine alone, {how}: 1M targets over 1k",
                        [a / b for a, b in zip(ns["1M"], ns["1k"])], reach=("ours", "<=", 1.3)))
        for part, what in (("network", "the network, not counted"),
                           ("clock", "clock reads, counted")):
            rows.append(Row("core", f"engine alone, {how}, 1M targets, {what}: ns per probe",
                            [r.said[f"{part}_ns"] / r.answered for r in results["1M"]]))
    huge = run(10 * MILLION, 0)
    rows.append(Row("core", "engine alone, unpaced, 10M targets: ns per probe",
                    [huge.loop_us() * 1000], note="one run"))
    rows.append(Row("core", "engine alone, 10M targets: peak bytes per target",
                    [huge.maxrss_mb / 10], note="one run"))
    return rows


def calls_of(bench, namespace, count):
    """All system calls of a run over 1,000 targets, and its pings."""
    summary = bench.file("strace")
    result = bench.run(namespace, [
        "strace", "-f", "-c", "-o", summary, f"{bench.programs}/bench_ours", "--targets", "1000",
        "--base", BASES["lo", 4], "--count", count])
    with open(summary, encoding="ascii") as file:
        match = re.search(r"^100\.00\s+\S+\s+(?:\S+\s+)?(\d+)\s+(?:\d+\s+)?total$", file.read(),
                          re.MULTILINE)
    if result.exit or not match:
        raise RuntimeError(f"strace: {result.err.strip()}")
    return int(match[1])


@case("calls", "system calls per ping at full rate, counted by strace")
def calls(bench):
    namespace = bench.lab.path("lo")
    values = []
    for _ in range(bench.runs):
        few, many = (calls_of(bench, namespace, count) for count in (10, 60))
        values.append((many - few) / 50000)
    return [Row("calls", "unpaced IPv4 lo, 1,000 targets: system calls per ping", values,
                reach=("ours", "<=", 0.1))]

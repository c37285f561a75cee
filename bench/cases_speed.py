# SPDX-License-Identifier: Apache-2.0
"""What a ping costs: as fast as possible, and at given rates."""
import json

from lab import BASES, GATEWAY_MAC, SOURCE4
from registry import case
from report import Row

PINGS = 60000
# More than fping can take: what is measured is the loop, over a table of that size.
MANY_TARGETS, MANY_PINGS = 1000000, 200000
PACED_TARGETS = 100000


def fping_flags(family, base, bench, targets, rounds):
    flags = [f"-{family}", "-i", "0", "-t", "500", "-f", bench.targets_file(base, targets)]
    return flags + (["-c", rounds, "-p", "1"] if rounds > 1 else ["-r", "0"])


def check(result, pings):
    """A loss on a path without loss is worth a line of its own: results must be right."""
    if result.said.get("lost") or result.answered + result.said.get("unknown", 0) < pings:
        raise RuntimeError(f"only {result.answered} of {pings} answered: {result.said}")
    return result


def unpaced_rows(bench, path, family, targets):
    namespace, base = bench.lab.path(path), BASES[path, family]
    common = {"backend": f"raw{family}", "base": base, "targets": targets}
    rounds = PINGS // targets
    results = bench.interleave(
        ours=lambda: check(bench.ours(namespace, count=rounds, **common), PINGS),
        floor=lambda: check(bench.floor(namespace, pings=PINGS, **common), PINGS),
        fping=lambda: bench.fping(namespace, fping_flags(family, base, bench, targets, rounds)))
    ours, floor, fping = results["ours"], results["floor"], results["fping"]
    name, what = f"unpaced-{path}{family}", f"unpaced IPv{family} {path}, {targets:,} targets: "
    return [
        Row(name, what + "us CPU per ping, loop", [r.loop_us() for r in ours],
            floor=[r.loop_us() for r in floor],
            reach=("floor", "<=", 1.15 if family == 4 else 1.2)),
        Row(name, what + "us CPU per ping, process", [r.process_us() for r in ours],
            [("fping", [r.process_us() for r in fping])], [r.process_us() for r in floor]),
        Row(name, what + "pings/s", [r.rate() for r in ours],
            [("fping", [r.rate() for r in fping])], [r.rate() for r in floor],
            reach=("fping", ">=", 1.5)),
    ]


def many_row(bench, path, family):
    namespace = bench.lab.path(path)
    common = {"backend": f"raw{family}", "base": BASES[path, family], "targets": MANY_TARGETS,
              "pings": MANY_PINGS}
    results = bench.interleave(ours=lambda: bench.ours(namespace, count=1, **common),
                               floor=lambda: bench.floor(namespace, **common))
    return Row(f"unpaced-{path}{family}",
               f"unpaced IPv{family} {path}, {MANY_TARGETS:,} targets: us CPU per ping, loop",
               [r.loop_us() for r in results["ours"]],
               floor=[r.loop_us() for r in results["floor"]],
               reach=("floor", "<=", 1.15 if family == 4 else 1.2))


def unpaced(bench, path, family):
    rows = []
    for targets in (1000, 10000, 60000):
        rows += unpaced_rows(bench, path, family, targets)
    return rows + [many_row(bench, path, family)]


@case("unpaced-lo4", "60,000 pings as fast as possible over loopback, IPv4")
def unpaced_lo4(bench):
    return unpaced(bench, "lo", 4)


@case("unpaced-veth4", "the same to a second namespace, IPv4")
def unpaced_veth4(bench):
    return unpaced(bench, "veth", 4)


@case("unpaced-lo6", "60,000 pings as fast as possible over loopback, IPv6")
def unpaced_lo6(bench):
    return unpaced(bench, "lo", 6)


@case("unpaced-veth6", "the same to a second namespace, IPv6")
def unpaced_veth6(bench):
    return unpaced(bench, "veth", 6)


def write_zmap_files(bench):
    """zmap must reach 10.0.0.0/8 and nothing else: the blocklist says so once more."""
    with open(bench.file("zmap-blocklist"), "w", encoding="ascii") as file:
        file.writelines(f"{net}.0.0.0/8\n" for net in range(256) if net != 10)
    with open(bench.file("zmap.conf"), "w", encoding="ascii"):
        pass


def zmap(bench, namespace):
    output = bench.file("zmap-output")
    result = bench.run(namespace, [
        "zmap", "-q", "-v", "0", "--disable-syslog", "-C", bench.file("zmap.conf"),
        "-b", bench.file("zmap-blocklist"), "-M", "icmp_echoscan", "-i", "mpb0", "-S", SOURCE4,
        "-G", GATEWAY_MAC, "-n", PINGS, "-r", "0", "-T", "1", "-c", "1", "-o", output,
        "10.0.0.0/8"])
    with open(output, encoding="ascii") as file:
        result.answered = sum(1 for line in file if line[0].isdigit())
    return result


@case("zmap", "60,000 targets once over veth, beside zmap")
def beside_zmap(bench):
    namespace, base = bench.lab.path("veth"), BASES["veth", 4]
    write_zmap_files(bench)
    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=PINGS),
        floor=lambda: bench.floor(namespace, base=base, targets=PINGS, pings=PINGS),
        zmap=lambda: zmap(bench, namespace))
    sides = [[r.process_us() for r in results[name]] for name in ("ours", "zmap", "floor")]
    answers = [[r.answered for r in results[name]] for name in ("ours", "zmap", "floor")]
    return [
        Row("zmap", "sweep IPv4 veth, 60,000 targets: us CPU per answered ping, process",
            sides[0], [("zmap", sides[1])], sides[2]),
        Row("zmap", "sweep IPv4 veth, 60,000 targets: answers seen", answers[0],
            [("zmap", answers[1])], answers[2]),
    ]


@case("oping", "1,000 targets, 2 rounds a second apart, beside oping")
def beside_oping(bench):
    namespace, base, targets, rounds = bench.lab.path("lo"), BASES["lo", 4], 1000, 2
    flags = ["oping", "-c", rounds, "-i", "1", "-f", bench.targets_file(base, targets)]

    def oping():
        result = bench.run(namespace, flags)
        result.answered = result.out.count(" bytes from ")
        return result

    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=targets, count=rounds,
                                interval_us=1000000),
        floor=lambda: bench.floor(namespace, base=base, targets=targets, pings=targets * rounds,
                                  rate=targets),
        oping=oping)
    sides = [[r.process_us() for r in results[name]] for name in ("ours", "oping", "floor")]
    return [Row("oping", "1,000 targets once a second, IPv4 lo: us CPU per ping, process",
                sides[0], [("oping", sides[1])], sides[2])]


@case("go-ping", "1,000 targets, 2 rounds a second apart, beside the Go library go-ping")
def beside_goping(bench):
    namespace, base, targets, rounds = bench.lab.path("lo"), BASES["lo", 4], 1000, 2
    argv = [f"{bench.programs}/bench_goping", rounds, 1000, 1000, bench.targets_file(base, targets)]

    def goping():
        result = bench.run(namespace, argv)
        result.said = json.loads(result.out)
        result.answered = result.said["received"]
        return result

    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=targets, count=rounds,
                                interval_us=1000000),
        goping=goping)
    ours, peer = results["ours"], results["goping"]
    what = "1,000 targets once a second, IPv4 lo: "
    return [
        Row("go-ping", what + "us CPU per ping, process", [r.process_us() for r in ours],
            [("go-ping", [r.process_us() for r in peer])]),
        Row("go-ping", what + "% of the probes not answered",
            [100 - r.answered * 100 / (targets * rounds) for r in ours],
            [("go-ping", [100 - r.answered * 100 / (targets * rounds) for r in peer])],
            ratio=False),
        Row("go-ping", what + "peak MB", [r.maxrss_mb for r in ours],
            [("go-ping", [r.maxrss_mb for r in peer])]),
    ]


def loop_rate(result):
    return result.said["sent"] * 1e9 / result.said["wall_ns"]


def within(rates, asked):
    """How far from the asked rate, in percent of it: what has to be small."""
    return [abs(rate - asked) * 100 / asked for rate in rates]


def paced_rows(bench, rate):
    namespace, base = bench.lab.path("lo"), BASES["lo", 4]
    pings = min(rate, 10000)
    fping = [f"-i{1000 / rate}", "-r", "0", "-t", "500", "-f", bench.targets_file(base, pings)]
    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=PACED_TARGETS, count=0, rate=rate,
                                seconds=1),
        floor=lambda: bench.floor(namespace, base=base, targets=PACED_TARGETS, rate=rate,
                                  seconds=1),
        fping=lambda: bench.fping(namespace, fping))
    ours, floor, peer = results["ours"], results["floor"], results["fping"]
    what = f"paced {rate:,}/s over {PACED_TARGETS:,} targets: "
    return [
        Row("paced", what + "% off the rate", within([loop_rate(r) for r in ours], rate),
            [("fping", within([r.rate() for r in peer], rate))],
            within([loop_rate(r) for r in floor], rate), reach=("ours", "<=", 1),
            ratio=False),
        Row("paced", what + "us CPU per ping, loop", [r.loop_us() for r in ours],
            [("fping, process", [r.process_us() for r in peer])], [r.loop_us() for r in floor],
            reach=("ours", "<=", 9) if rate == 5000 else None),
    ]


def scheduled_rows(bench, rate):
    namespace, base = bench.lab.path("lo"), BASES["lo", 4]
    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=rate, count=0,
                                interval_us=1000000, warm_up=1, seconds=1),
        floor=lambda: bench.floor(namespace, base=base, targets=rate, rate=rate, seconds=1))
    ours, floor = results["ours"], results["floor"]
    what = f"{rate:,} targets once a second: "
    return [
        Row("scheduled", what + "% off the rate", within([loop_rate(r) for r in ours], rate),
            floor=within([loop_rate(r) for r in floor], rate), reach=("ours", "<=", 1),
            ratio=False),
        Row("scheduled", what + "us CPU per ping, loop", [r.loop_us() for r in ours],
            floor=[r.loop_us() for r in floor]),
    ]


@case("paced", "1,000 to 100,000 pings/s by the engine's cap, over 100,000 targets")
def paced(bench):
    return [row for rate in (1000, 5000, 20000, 50000, 100000)
            for row in paced_rows(bench, rate)]


@case("scheduled", "1,000 and 50,000 targets, each pinged once a second")
def scheduled(bench):
    return [row for rate in (1000, 50000) for row in scheduled_rows(bench, rate)]

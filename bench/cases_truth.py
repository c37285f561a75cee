# SPDX-License-Identifier: Apache-2.0
"""Whether the answers are right under load, and how right the times are."""
import struct

from lab import BASES
from registry import case
from report import Row

SWEEP = 60000
RECORD = struct.Struct("=16sIIq")
SENT = 1  # else: a reply that came in
ENOUGH = 500  # replies for a percentile


@case("bursts", "60,000 hosts behind a TUN device that answers in bursts of 50 ms")
def bursts(bench):
    namespace, base = bench.lab.tun(delay_us=1000, burst_us=50000), BASES["tun", 4]
    results = bench.interleave(
        ours=lambda: bench.ours(namespace, base=base, targets=SWEEP),
        fping=lambda: bench.fping(namespace, ["-i", "0", "-r", "0", "-t", "1000", "-f",
                                              bench.targets_file(base, SWEEP)]))
    ours, fping = results["ours"], results["fping"]
    return [
        Row("bursts", "60,000 live hosts, replies in bursts: called dead",
            [r.said["lost"] for r in ours],
            [("fping", [SWEEP - r.said["alive"] for r in fping])], reach=("ours", "<=", 0),
            ratio=False),
        Row("bursts", "60,000 live hosts, replies in bursts: unknown",
            [r.said["unknown"] for r in ours],
            note="kernel drops: " + ", ".join(str(r.said["rx_drops"]) for r in ours)),
    ]


def records(path):
    with open(path, "rb") as file:
        return RECORD.iter_unpack(file.read())


def true_rtts(path):
    """The time between request and reply by the kernel's stamps, by (address, id and seq)."""
    sent, rtts = {}, {}
    for ip, id_seq, kind, real_ns in records(path):
        key = ip[:4], id_seq
        if kind == SENT:
            sent[key] = real_ns
        elif key in sent:
            rtts[key] = real_ns - sent[key]
    return rtts


def quantile(ordered, q):
    return ordered[min(len(ordered) - 1, int(q * len(ordered)))]


def rtt_errors_us(bench, namespace, rate):
    """Median and 99th percentile of the error of our round-trip times."""
    claimed, capture = bench.file("rtts"), bench.file("capture")
    targets = 1000
    result = bench.own("ours", namespace, watch={"iface": "mpb0", "capture": capture},
                       base=BASES["tun", 4], targets=targets, count=0,
                       interval_us=targets * 1000000 // rate, seconds=1, rtt_file=claimed)
    truth = true_rtts(capture)
    errors = sorted(abs(rtt_ns - truth[ip[:4], id_seq]) / 1000
                    for ip, id_seq, _, rtt_ns in records(claimed))
    if len(errors) < ENOUGH:
        raise RuntimeError(f"{len(errors)} replies at {rate}/s: {result.said}")
    return quantile(errors, 0.5), quantile(errors, 0.99)


def rtt_rows(bench, namespace, load):
    rows = []
    for rate in (1000, 10000, 50000):
        values = [rtt_errors_us(bench, namespace, rate) for _ in range(bench.runs)]
        what = f"RTT against kernel stamps, {rate:,}/s, {load}: "
        rows += [
            Row("rtt", what + "median error us", [v[0] for v in values],
                reach=("ours", "<=", 5) if rate <= 10000 else None),
            Row("rtt", what + "p99 error us", [v[1] for v in values],
                reach=("ours", "<=", 25) if rate <= 10000 else None),
        ]
    return rows


@case("rtt", "round-trip times against the kernel's stamps, idle and with all cores busy")
def rtt(bench):
    namespace = bench.lab.tun(delay_us=500)
    rows = rtt_rows(bench, namespace, "idle")
    spinners = [bench.lab.start(namespace, ["sh", "-c", "while :; do :; done"])
                for _ in range(bench.cores)]
    try:
        return rows + rtt_rows(bench, namespace, "all cores busy")
    finally:
        for spinner in spinners:
            bench.lab.end(spinner)


@case("beside", "20 pings beside another process flooding the same machine")
def beside(bench):
    namespace = bench.lab.path("lo")
    flags = ["-c", "20", "-p", "50", "127.200.0.1"]
    flood = bench.lab.start(namespace, [f"{bench.programs}/bench_floor", "--targets", "1000",
                                        "--seconds", str(4 * bench.runs + 5)],
                            stdout=-3)
    try:
        results = bench.interleave(
            ours=lambda: bench.ours(namespace, base="127.200.0.1", count=20, interval_us=50000),
            fping=lambda: bench.fping(namespace, flags))
    finally:
        bench.lab.end(flood)
    if any(r.answered != 20 for r in results["ours"]):
        raise RuntimeError("replies are missing")
    return [Row("beside", "20 pings beside a flood: ms CPU",
                [r.cpu_us / 1000 for r in results["ours"]],
                [("fping", [r.cpu_us / 1000 for r in results["fping"]])],
                reach=("ours", "<=", 10))]

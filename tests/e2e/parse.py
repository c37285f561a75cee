# SPDX-License-Identifier: Apache-2.0
"""Reads what the command prints. A line of no known form is an error, never passed over."""
import re
from dataclasses import dataclass, field

HOST = r"(?P<host>\S+)(?: \((?P<addr>[0-9a-fA-F.:%\w-]+)\))?"
REPLY = re.compile(rf"(?P<bytes>\d+) bytes from {HOST}: icmp_seq=(?P<seq>\d+)"
                   r" ttl=(?P<ttl>\d+) time=(?P<time>\d+(?:\.\d+)?) ms(?P<note>.*)")
LOST = re.compile(rf"no reply from {HOST}: icmp_seq=(?P<seq>\d+)(?P<note>.*)")
ERROR = re.compile(rf"From {HOST}: icmp_seq=(?P<seq>\d+) (?P<note>.+) \((?P<dst>[^()]+)\)")
LATE = re.compile(rf"late reply from {HOST}: icmp_seq=(?P<seq>\d+)"
                  r" time=(?P<time>\d+(?:\.\d+)?) ms(?P<note>.*)")
UNKNOWN = re.compile(rf"unknown outcome for {HOST}: icmp_seq=(?P<seq>\d+) \((?P<note>[^()]+)\)")
WRONG = re.compile(rf"wrong reply for {HOST}: icmp_seq=(?P<seq>\d+)"
                   r" \((?P<note>[^()]+)\) from (?P<dst>\S+)")
SUMMARY = re.compile(rf"{HOST}: (?P<counts>sent \d+, received \d+.*)")
TOTAL = re.compile(r"total: (?P<targets>\d+) targets?, (?P<counts>sent \d+, received \d+.*)")
COUNT = re.compile(r"(?P<name>sent|received|lost|unknown|errors|unreachable|late|duplicates"
                   r"|mismatches|truncated|longer|pending|canceled|unresolved) (?P<n>\d+)")
LOSS = re.compile(r"(?P<n>\d+(?:\.\d+)?|-)% loss")  # - where nothing was sent
RTT = re.compile(r"min/avg/max/mdev = (?P<rtt>\d+(?:\.\d+)?(?:/\d+(?:\.\d+)?){3}) ms")


@dataclass
class Line:
    """One line about one probe."""

    kind: str
    host: str
    addr: str
    seq: int
    note: str = ""
    bytes: int = 0
    ttl: int = 0
    time_ms: float = 0.0
    dst: str = ""


@dataclass
class Summary:
    """The counters of a target, or of all; a counter that is not shown is 0."""

    host: str
    addr: str
    counts: dict = field(default_factory=dict)
    loss: float = None
    rtt: tuple = None

    def __getattr__(self, name):
        if name in ("sent", "received", "lost", "unknown", "errors", "unreachable", "late",
                    "duplicates", "mismatches", "truncated", "longer", "pending", "canceled",
                    "unresolved"):
            return self.counts.get(name, 0)
        raise AttributeError(name)


def parse_probe(line):
    for kind, pattern in (("reply", REPLY), ("lost", LOST), ("error", ERROR),
                          ("late", LATE), ("unknown", UNKNOWN),
                          ("wrong reply", WRONG)):
        match = pattern.fullmatch(line)
        if not match:
            continue
        got = match.groupdict()
        return Line(kind, got["host"], got["addr"] or got["host"], int(got["seq"]),
                    got["note"].strip(), int(got.get("bytes") or 0), int(got.get("ttl") or 0),
                    float(got.get("time") or 0), got.get("dst") or "")
    return None


def parse_summary(line):
    match = TOTAL.fullmatch(line) or SUMMARY.fullmatch(line)
    if not match:
        return None
    got = match.groupdict()
    summary = Summary(got.get("host") or "total", got.get("addr") or got.get("host") or "")
    if "targets" in got:
        summary.counts["targets"] = int(got["targets"])
    for part in got["counts"].split(", "):
        for pattern in (COUNT, LOSS, RTT):
            found = pattern.fullmatch(part)
            if found:
                break
        else:
            raise ValueError(f"not understood: {part!r} in {line!r}")
        if pattern is COUNT:
            summary.counts[found["name"]] = int(found["n"])
        elif pattern is LOSS:
            summary.loss = None if found["n"] == "-" else float(found["n"])
        else:
            summary.rtt = tuple(map(float, found["rtt"].split("/")))
    return summary


class Report:
    """Everything a run has printed on stdout."""

    def __init__(self, text):
        self.probes = []
        self.summaries = []
        self.totals = []
        for line in filter(None, text.split("\n")):
            self._take(line)

    def _take(self, line):
        summary = parse_summary(line)
        if summary is None:
            probe = parse_probe(line)
            if probe is None:
                raise ValueError(f"not understood: {line!r}")
            self.probes.append(probe)
        elif summary.host == "total":
            self.totals.append(summary)
        else:
            self.summaries.append(summary)

    @property
    def total(self):
        assert self.totals, "no total line"
        return self.totals[-1]

    def of(self, host):
        """The last summary of a target."""
        found = [item for item in self.summaries if host in (item.host, item.addr)]
        assert found, f"no summary of {host} among {[item.host for item in self.summaries][:20]}"
        return found[-1]

    def lines(self, kind, host=None):
        """The lines of a kind; of errors those about the host, whoever sent them."""
        wanted = [line for line in self.probes if line.kind == kind]
        if host is None:
            return wanted
        return [line for line in wanted if host in ((line.dst,) if line.dst
                                                    else (line.host, line.addr))]

# SPDX-License-Identifier: Apache-2.0
"""Reads the machine formats with parsers that are none of ours, or follow a specification."""
import csv
import io
import json
import re

import jsonschema

TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}(Z|[+-]\d\d:\d\d)$"}
COUNT = {"type": "integer", "minimum": 0}
NUMBER = {"type": "number", "minimum": 0}
TEXT = {"type": "string", "minLength": 1}
STAMP = {"enum": ["kernel", "user", "call"]}
RTT = {"type": "number", "exclusiveMinimum": 0}
RTTS = [f"rtt_{name}_{unit}" for name in ("min", "avg", "max", "mdev", "p50", "p90", "p95", "p99")
        for unit in ("ms", "ns")] + ["jitter_rfc3550_ms", "jitter_rfc3550_ns"]
COUNTS = ["sent", "received", "lost", "unreachable", "unknown", "send_errors", "resolve_errors",
          "canceled", "pending", "late", "duplicates", "mismatches", "truncated", "longer",
          "icmp_errors"]
HEAD = {"v": {"const": 1}, "type": {"enum": ["verdict", "event", "summary", "total"]}, "time": TIME}
WHO = {"target": TEXT, "address": TEXT,
       "labels": {"type": "object", "additionalProperties": {"type": "string"}}}
PROBE = {
    **HEAD, **WHO, "sent_time": TIME, "seq": COUNT,
    "verdict": {"enum": ["reply", "lost", "unreachable", "send_error", "resolve_error", "canceled",
                         "unknown"]},
    "event": {"enum": ["late", "duplicate", "mismatch", "icmp_error", "resolved", "stale",
                       "finished"]},
    "rtt_ms": RTT, "rtt_ns": RTT, "bytes": COUNT, "truncated": {"const": True},
    "longer": {"const": True},
    "ttl": {"type": "integer", "minimum": 0, "maximum": 255},
    "tos": {"type": "integer", "minimum": 0, "maximum": 255},
    "source": TEXT, "local": TEXT, "icmp_type": COUNT, "icmp_code": COUNT, "icmp_info": COUNT,
    "reason": TEXT, "error": {"type": "string", "pattern": "^(MPING_)?E[A-Z0-9]+$"},
    "sent_stamp": STAMP, "received_stamp": STAMP, "timeout_ms": NUMBER,
}
SUMS = {**HEAD, **dict.fromkeys(COUNTS, COUNT), "loss_percent": {**NUMBER, "maximum": 100},
        **dict.fromkeys(RTTS, NUMBER)}
OUTAGE = {
    "type": "object", "additionalProperties": False, "required": ["start", "probes", "seconds"],
    "properties": {"start": TIME, "probes": COUNT, "seconds": {"type": ["number", "null"]}},
}
OBSERVED = {
    "outages": COUNT, "outage_s": NUMBER, "outage_longest_s": NUMBER, "down": {"type": "boolean"},
    "outage_list": {"type": "array", "items": OUTAGE}, "loss_runs": COUNT,
    "loss_run_max": COUNT, "reordered": COUNT,
    "reply_ttl": COUNT, "reply_ttl_before": COUNT, "ttl_changes": COUNT, "wrong_source": COUNT,
    "wrong_source_address": TEXT, "address_changes": COUNT, "address_before": TEXT,
}
SCHEMAS = {
    "verdict": (PROBE, ["v", "type", "time", "target", "seq", "verdict"]),
    "event": (PROBE, ["v", "type", "time", "target", "event"]),
    "summary": ({**SUMS, **WHO, **OBSERVED},
                ["v", "type", "time", "target", *COUNTS]),
    "total": ({**SUMS, "targets": COUNT, "alive": COUNT, "silent": COUNT},
              ["v", "type", "time", "targets", "alive", *COUNTS]),
}
VALIDATORS = {
    kind: jsonschema.Draft7Validator({
        "type": "object", "additionalProperties": False, "properties": properties,
        "required": required,
    })
    for kind, (properties, required) in SCHEMAS.items()
}


def no_twins(pairs):
    names = [name for name, _ in pairs]
    assert len(set(names)) == len(names), f"a key twice: {names}"
    return dict(pairs)


def lines_of(text):
    assert text == "" or text.endswith("\n"), f"the last line does not end: {text[-200:]!r}"
    return text.split("\n")[:-1]


def read_json(text, check=True):
    """The objects of JSON Lines, each held against the schema of its type."""
    objects = [json.loads(line, object_pairs_hook=no_twins) for line in lines_of(text)]
    for item in objects if check else []:
        VALIDATORS[item["type"]].validate(item)
    return objects


def read_csv(text):
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert rows and all(len(row) == len(rows[0]) for row in rows), rows
    return [dict(zip(rows[0], row)) for row in rows[1:]]


class Line:
    """One point of InfluxDB's line protocol, read character by character as it is specified."""

    def __init__(self, text):
        self.text, self.at = text, 0
        self.measurement = self.word(", ")
        self.tags, self.fields = {}, {}
        while self.take(","):
            name = self.word("=")
            assert self.take("=") and name not in self.tags, text
            self.tags[name] = self.word(", ")
            assert name and self.tags[name], f"an empty tag: {text!r}"
        assert self.take(" "), text
        while True:
            name = self.word("=")
            assert name and self.take("=") and name not in self.fields, text
            self.fields[name] = self.value()
            if not self.take(","):
                break
        assert self.take(" "), text
        assert re.fullmatch(r"\d{19}", self.text[self.at:]), text
        self.time_ns = int(self.text[self.at:])

    def take(self, char):
        found = self.text[self.at:self.at + 1] == char
        self.at += found
        return found

    def word(self, ends):
        """Up to one of the ends; a backslash before comma, equals sign or blank escapes it."""
        word = ""
        while self.at < len(self.text) and self.text[self.at] not in ends:
            char = self.text[self.at]
            if char == "\\" and self.text[self.at + 1:self.at + 2] in (",", "=", " "):
                self.at += 1
                char = self.text[self.at]
            elif char in ",= ":
                raise AssertionError(f"{char!r} is not escaped: {self.text!r}")
            word += char
            self.at += 1
        return word

    def value(self):
        if self.take('"'):
            word = ""
            while not self.take('"'):
                if self.text[self.at] == "\\" and self.text[self.at + 1] in '"\\':
                    self.at += 1
                word += self.text[self.at]
                self.at += 1
            return word
        found = re.compile(r"(true|false)|(-?\d+)i|(-?\d+(?:\.\d+)?)").match(self.text, self.at)
        assert found, self.text
        self.at = found.end()
        if found[1]:
            return found[1] == "true"
        return int(found[2]) if found[2] else float(found[3])


def read_influx(text):
    points = [Line(line) for line in lines_of(text)]
    types = {}
    for point in points:
        for name, value in point.fields.items():
            known = types.setdefault((point.measurement, name), type(value))
            assert known is type(value), f"{name} changes its type: {point.text}"
    return points


PERFDATA = re.compile(r"'(?P<label>[^'=|]+)'=(?P<value>U|\d+(?:\.\d+)?(?P<unit>ms|%));"
                      r"(?P<warning>[\d.]*);(?P<critical>[\d.]*);(?P<min>\d*);(?P<max>\d*)")


def read_nagios(text):
    """State, words and performance data: {label: match}."""
    line, = lines_of(text)
    state, words, data = re.fullmatch(r"PING (OK|WARNING|CRITICAL|UNKNOWN) - ([^|]*?)(?: \|(.*))?",
                                      line).groups()
    found = {}
    rest = data or ""
    while rest:
        item = PERFDATA.match(rest, 1)
        assert rest[0] == " " and item, f"no performance data: {rest!r}"
        assert item["label"] not in found, item["label"]
        found[item["label"]] = item
        rest = rest[item.end():]
    return state, words, found

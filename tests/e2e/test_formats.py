# SPDX-License-Identifier: Apache-2.0
"""Each format as somebody else's parser reads it, hostile names included."""
import collections
import json
import os
import re
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from command import wait_until
from formats import COUNTS, read_csv, read_influx, read_json, read_nagios

MIX = ["10.78.0.1", "10.79.0.1", "10.80.0.1", "10.83.0.1", "fd78::1"]
FAST = ["-c", "3", "-i", "50ms", "-t", "400ms"]
# A list may hold all of these; what a host name cannot be is a name that does not resolve.
HOSTILE = [b'a"b,c=d\\e%sf', b"x'y|z`$(id);", b"\xff\xfebad", "h\u00e4tte\u202e".encode(), b"=,\\"]
VALUES = {"plain": "fra", "mark": 'say "hi"', "comma": "a,b=c d", "back": "\\", "end": "x\\",
          "percent": "100%s%n", "uni": "h\u00e4 \u2028", "tick": "it's", "bar": "a|b"}


def quoted(value):
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.fixture
def hostile(lab):
    """A list of one good host with labels of every kind, and of hosts that cannot be."""
    path = lab.dir / "hostile"
    labels = " ".join(f"{name}={quoted(value)}" for name, value in VALUES.items())
    path.write_bytes(b"127.0.0.1 " + labels.encode() + b" bad=\xff\n"
                     + b"".join(host + b" k=v\n" for host in HOSTILE))
    return f"@{path}"


def shown(host):
    return host.decode("utf-8", "replace")


def test_json_every_fate(ping):
    result = ping("-o", "json", *FAST, *MIX)
    objects = read_json(result.out)
    kinds = collections.Counter(item["type"] for item in objects)
    assert kinds["verdict"] == 3 * len(MIX) and kinds["summary"] == len(MIX), result
    assert kinds["total"] == 1 and objects[-1]["type"] == "total"
    fates = {item["target"]: item["verdict"] for item in objects if item["type"] == "verdict"}
    assert fates == dict(zip(MIX, ["reply", "lost", "unreachable", "send_error", "reply"]))
    assert objects[-1]["targets"] == 5 and objects[-1]["alive"] == 2 and objects[-1]["silent"] == 2


def test_json_of_a_reply(ping):
    reply = read_json(ping("-o", "json", "-c", "1", "10.78.0.1").out)[0]
    assert reply["rtt_ms"] * 1e6 == pytest.approx(reply["rtt_ns"]) and reply["rtt_ns"] > 0
    assert reply["source"] == reply["address"] == "10.78.0.1" and reply["local"] == "10.77.0.1"
    assert (reply["seq"], reply["bytes"], reply["ttl"], reply["tos"]) == (0, 64, 64, 0)
    assert reply["received_stamp"] == "kernel" and reply["sent_time"] < reply["time"]
    assert not {"reason", "error", "icmp_type", "event"} & reply.keys()


def test_json_of_an_icmp_error(ping):
    objects = read_json(ping("-o", "json", *FAST, "10.80.0.1").out)
    verdict = next(item for item in objects if item.get("verdict") == "unreachable")
    assert (verdict["source"], verdict["icmp_type"], verdict["icmp_code"]) == ("10.77.0.2", 3, 1)
    assert verdict["reason"] == "Destination Host Unreachable" and verdict["error"] == "MPING_EICMP"
    assert sum(item.get("event") == "icmp_error" for item in objects) == 3


def test_json_of_names(ping, dns):
    dns.set("gone.test", rcode=3)
    objects = read_json(ping("-o", "json", "-c", "1", "ok.test", "gone.test").out)
    by_target = {item["target"]: item for item in objects if item["type"] == "verdict"}
    assert by_target["ok.test"]["address"] == "10.78.0.1"
    assert by_target["gone.test"]["verdict"] == "resolve_error"
    assert by_target["gone.test"]["reason"] == "no such name"
    assert "address" not in by_target["gone.test"]


def test_summaries_add_up(ping):
    *targets, total = read_json(ping("-o", "json", "--summary", *FAST, *MIX).out)
    assert [item["target"] for item in targets] == MIX
    for name in COUNTS:
        assert total[name] == sum(item[name] for item in targets), name
    assert "rtt_avg_ms" not in targets[1] and targets[1]["loss_percent"] == 100
    assert "loss_percent" not in targets[3]  # nothing left, so there is no share of it


def test_hostile_json(ping, hostile):
    objects = read_json(ping("-o", "json", "-c", "1", hostile).out)
    assert {item["target"] for item in objects if "target" in item} \
        == {"127.0.0.1"} | {shown(host) for host in HOSTILE}
    labels = objects[0]["labels"] if objects[0]["target"] == "127.0.0.1" else \
        next(item["labels"] for item in objects if item["target"] == "127.0.0.1")
    assert labels == {**VALUES, "bad": "\ufffd"}


def test_hostile_csv(ping, hostile):
    for option in (None, "--summary"):
        args = [option] if option else []
        rows = read_csv(ping("-o", "csv", "-c", "1", *args, hostile).raw_out.decode())
        assert {row["target"] for row in rows} == {"127.0.0.1"} | {shown(h) for h in HOSTILE}
    fields = ",".join(f"label.{name}" for name in VALUES)
    rows = read_csv(ping("-o", "csv", "-c", "1", "-q", "--fields", fields, hostile).raw_out.decode())
    assert rows[0] == {f"label.{name}": value for name, value in VALUES.items()}
    assert set(rows[1].values()) == {""}


def test_hostile_influx(ping, hostile):
    points = read_influx(ping("-o", "influx", "-c", "1", hostile).raw_out.decode())
    good = [point for point in points if point.tags.get("target") == "127.0.0.1"]
    assert {point.measurement for point in good} == {"multiping", "multiping_probe"}
    for name, value in VALUES.items():
        # A backslash cannot stand at the end of a tag.
        assert good[0].tags[name] == (value + " " if value.endswith("\\") else value), name
    assert {point.tags.get("target") for point in points} >= {shown(h) for h in HOSTILE[:-1]}


def test_hostile_prom(ping, hostile):
    text = ping("-o", "prom", "-c", "1", hostile).raw_out.decode()
    families = {family.name: family for family in text_string_to_metric_families(text)}
    samples = families["multiping_probes_sent"].samples
    assert {sample.labels["target"] for sample in samples} \
        == {"127.0.0.1"} | {shown(host) for host in HOSTILE}
    labels = next(s.labels for s in samples if s.labels["target"] == "127.0.0.1")
    assert {name: labels[name] for name in VALUES} == VALUES


def test_hostile_nagios(ping, hostile):
    result = ping("-o", "nagios", "-c", "1", hostile)
    state, words, data = read_nagios(result.out)
    assert (state, result.rc) == ("UNKNOWN", 3) and "1 of 6 targets alive" in words, result
    known = {label for label, item in data.items() if item["value"] != "U"}
    assert len(data) == 4 * 6 and known == {f"127.0.0.1 {name}"
                                            for name in ("rta", "rtmin", "rtmax", "pl")}


def test_hostile_text_fields(ping, hostile):
    result = ping("-c", "1", "-q", "--fields", "target,label.mark,received", hostile)
    rows = [line.split("\t") for line in result.raw_out.decode().splitlines()]
    assert rows[0] == ["127.0.0.1", VALUES["mark"], "1"] and len(rows) == 1 + len(HOSTILE)
    assert rows[1][0] == 'a"b,c=d\\x5ce%sf' and rows[3][0] == r"\xff\xfebad"


def test_prom_is_a_snapshot(ping):
    text = ping("-o", "prom", "--percentiles", *FAST, *MIX, "10.78.0.1").out
    families = {family.name: family for family in text_string_to_metric_families(text)}
    for name, family in families.items():
        assert family.documentation and family.type == "gauge", name
        keys = [(s.name, tuple(sorted(s.labels.items()))) for s in family.samples]
        assert len(set(keys)) == len(keys), f"{name}: the same series twice"
    heads = re.findall(r"^# TYPE (\S+)", text, re.M)
    assert len(set(heads)) == len(heads) == len(families)

    def value(family, target, **labels):
        return [s.value for s in families[family].samples if s.labels.get("target") == target
                and all(s.labels.get(k) == v for k, v in labels.items())]

    assert value("multiping_up", "10.78.0.1") == [1, 1] and value("multiping_up", "10.79.0.1") == [0]
    assert value("multiping_up", "10.83.0.1") == []  # nobody knows
    assert value("multiping_loss_ratio", "10.79.0.1") == [1]
    assert value("multiping_probes_sent", "10.79.0.1") == [3]
    rtt = value("multiping_rtt_quantile_seconds", "fd78::1", quantile="0.5")
    assert len(rtt) == 1 and 0 < rtt[0] < 1
    assert families["multiping_targets_alive"].samples[0].value == 3


def test_influx_points(ping):
    points = read_influx(ping("-o", "influx", *FAST, *MIX).out)
    kinds = collections.Counter(point.measurement for point in points)
    assert kinds["multiping_probe"] == 3 * len(MIX) and kinds["multiping"] == len(MIX)
    assert kinds["multiping_total"] == 1
    probes = [p for p in points if p.measurement == "multiping_probe" and p.tags["target"] == MIX[0]]
    assert [p.fields["seq"] for p in probes] == [0, 1, 2]
    assert probes[0].time_ns < probes[1].time_ns and probes[0].fields["rtt_ns"] > 0


def test_influx_fields(ping):
    points = read_influx(ping("-o", "influx", "--fields", "rtt_ms,label.a", *FAST, MIX[0]).out)
    assert len(points) == 3 and all(list(point.fields) == ["rtt_ms"] for point in points)


@pytest.mark.parametrize("host,args,state,status", [
    ("10.78.0.1", [], "OK", 0),
    ("10.79.0.1", [], "CRITICAL", 2),
    ("10.83.0.1", [], "UNKNOWN", 3),
    ("10.78.0.1", ["--warning", "0.0001,100%"], "WARNING", 1),
    ("10.78.0.1", ["--warning", "avg>1h", "--critical", "avg>1ns"], "CRITICAL", 2),
    ("10.78.0.1", ["--critical", "3000.0,20%", "--warning", "1000,10.5%"], "OK", 0),
    ("10.79.0.1", ["--warning", "loss>5%"], "CRITICAL", 2),
    ("10.78.0.1", ["--critical", "alive<2"], "CRITICAL", 2),
])
def test_nagios_states(ping, host, args, state, status):
    result = ping("-o", "nagios", *FAST, *args, host)
    got, words, data = read_nagios(result.out)
    assert (got, result.rc) == (state, status), result
    assert words.startswith(f"{host}: ") and result.err.count("\n") <= 1
    assert list(data) == ["rta", "rtmin", "rtmax", "pl"]
    assert (data["rta"]["value"] != "U") == (host == "10.78.0.1")


def test_nagios_limits_are_data(ping):
    result = ping("-o", "nagios", *FAST, "--warning", "100,20%", "--critical", "avg>0.2s,loss>40%",
                  "10.78.0.1")
    _, _, data = read_nagios(result.out)
    assert (data["rta"]["warning"], data["rta"]["critical"]) == ("100", "200")
    assert (data["pl"]["warning"], data["pl"]["critical"]) == ("20", "40")
    assert data["pl"]["value"] == "0%" and data["pl"]["max"] == "100"


def test_nagios_says_what_it_does_not_know(ping, dns):
    """All labels in their places, whatever became of the targets; U is for what is not known."""
    hosts = ["10.78.0.1", "10.79.0.1", "10.83.0.1", "nowhere.test", "10.80.0.1"]
    result = ping("-o", "nagios", *FAST, *hosts)
    _, words, data = read_nagios(result.out)
    assert list(data) == [f"{host} {name}" for host in hosts
                          for name in ("rta", "rtmin", "rtmax", "pl")]
    known = [name for name, item in data.items() if item["value"] != "U"]
    assert known == [f"10.78.0.1 {name}" for name in ("rta", "rtmin", "rtmax", "pl")] \
        + ["10.79.0.1 pl", "10.80.0.1 pl"]
    assert "10.80.0.1: loss 100%, Destination Host Unreachable" in words
    assert "10.83.0.1: nothing is known of it: Operation not permitted" in words
    assert "nowhere.test: cannot be resolved: " in words


@pytest.mark.parametrize("hosts", [
    ["10.78.0.1 site=a", "10.78.0.1 site=b", "10.78.0.1"],
    ["a'b.test", "a=b.test", "a_b.test"],
])
def test_nagios_has_no_label_twice(ping, lab, hosts):
    path = lab.dir / "twice"
    path.write_text("".join(f"{host}\n" for host in hosts))
    _, _, data = read_nagios(ping("-o", "nagios", *FAST, f"@{path}").out)
    assert len(data) == 12


@pytest.mark.parametrize("args,says", [
    (["--critical", "loss>5%", "10.79.0.1"], "loss is 100%, and --critical says loss>5%"),
    (["--warning", "avg>1ns", "10.78.0.1"], "ms, and --warning says avg>1ns"),
    (["--critical", "0.0001,20%", "10.78.0.1"], "ms, and --critical says 0.0001,20%"),
    (["--critical", "alive<2", "10.78.0.1"], "alive is 1, and --critical says alive<2"),
    (["--warning", "alive<3", "10.78.0.1", "10.78.0.2"], "alive is 2, and --warning says alive<3"),
])
def test_nagios_names_the_condition(ping, args, says):
    _, words, _ = read_nagios(ping("-o", "nagios", *FAST, *args).out)
    assert words.endswith(says + ")"), words


def test_nagios_quorum(ping):
    hosts = ["10.78.0.1", "10.78.0.2", "10.79.0.1"]
    assert ping("-o", "nagios", *FAST, "--critical", "alive<2", *hosts).rc == 0
    result = ping("-o", "nagios", *FAST, "--critical", "alive<3", *hosts)
    assert result.rc == 2 and "2 of 3 targets alive" in result.out, result


@pytest.mark.parametrize("args", [["--nonsense"], ["10.78.0.1", "--critical", "loss>"],
                                  ["10.78.0.1", "-c", "x"], ["@/nonexistent"]])
def test_nagios_unknown(ping, args):
    """Whatever goes wrong, a plugin says UNKNOWN and 3."""
    result = ping("-o", "nagios", *args)
    assert result.rc == 3 and result.out.startswith("PING UNKNOWN - "), result
    assert result.err.count("\n") == 1


def test_fields_and_their_order(ping):
    result = ping("-o", "json", "--fields", "rtt_ms,target,loss_percent", *FAST, "10.79.0.1")
    objects = read_json(result.out, check=False)
    assert [list(item) for item in objects] == 3 * [["rtt_ms", "target"]] \
        + [["target", "loss_percent"], ["loss_percent"]], result
    assert objects[0]["rtt_ms"] is None and objects[-2]["loss_percent"] == 100
    result = ping("-o", "json", "--fields", "target,event", "-c", "1", "10.78.0.1")
    assert read_json(result.out, check=False) == [
        {"target": "10.78.0.1", "event": None}, {"target": "10.78.0.1", "event": "finished"},
        {"target": "10.78.0.1"}], result
    rows = read_csv(ping("-o", "csv", "--fields", "seq,verdict", *FAST, "10.78.0.1").out)
    assert [list(row.items()) for row in rows] == [[("seq", str(n)), ("verdict", "reply")]
                                                   for n in range(3)]


@pytest.mark.parametrize("args,says", [
    (["--fields", "nonsense"], 'no field "nonsense"'),
    (["--fields", "target,,seq"], 'no field ""'),
    (["--fields", "target,target"], "twice"),
    (["--fields", "loss_percent"], "--summary"),
    (["-o", "csv", "--summary", "--fields", "rtt_ms"], "without --summary"),
    (["-o", "prom", "--fields", "target"], "no place in the format prom"),
    (["-o", "nagios", "--time", "iso"], "no place in the format nagios"),
    (["-o", "influx", "--time", "iso"], "no place in the format influx"),
    (["--fail-if", "nonsense>1"], 'no metric "nonsense"'),
    (["--fail-if", "loss>5"], "a share such as 5%"),
    (["--fail-if", "p95>50"], "a time with its unit"),
    (["--fail-if", "loss>5%,"], 'no metric ""'),
    (["--fail-if", "loss"], "must stand one of"),
    (["-o", "nagios", "--warning", "100"], "100.0,20%"),
])
def test_what_cannot_be_is_told_before_the_first_packet(ping, left, args, says):
    result = ping(*args, "-c", "1", "10.78.0.1")
    assert result.rc == (3 if "nagios" in args else 2), result
    assert says in result.err and result.err.count("\n") == 1, result
    assert left["sent4"] == 0


def test_an_unknown_field_lists_those_known(ping):
    known = ping("-o", "json", "--fields", "x", "10.78.0.1").err
    names = known.split("known are ")[1].strip().split(", ")
    text = (Path(__file__).parents[2] / "docs" / "formats.md").read_text()
    text = text.split("## Fields")[1].split("An **outage**")[0]
    documented = re.findall(r"^\| `([\w.]+)` \|", text, re.M)
    assert names[0] == "label.NAME" and names[1:] == [n for n in documented if n != "label.NAME"]


@pytest.mark.parametrize("expression,status,told", [
    ("loss>5%", 1, ["10.79.0.1: loss is 100%"]),
    ("loss>=100%,avg>1h", 1, ["10.79.0.1: loss is 100%", "10.79.0.1: avg is without end"]),
    ("avg>1h", 1, ["10.79.0.1: avg is without end"]),
    ("lost>3", 0, []),
    ("lost = 3", 1, ["10.79.0.1: lost is 3"]),
    ("lost>50%", 1, ["10.79.0.1: lost is 100%"]),
    ("alive<1", 0, []),
    ("alive<2", 1, ["alive is 1"]),
    ("alive<=50%", 1, ["alive is 50%"]),
    ("dup>0,reorder>0,outage>1h", 0, []),
    ("outages>0", 1, ["10.79.0.1: outages is 1"]),
    ("p99>1ns,p50<1h", 1, ["10.78.0.1: p99", "10.78.0.1: p50", "10.79.0.1: p99"]),
])
def test_fail_if(ping, expression, status, told):
    result = ping("-q", *FAST, "--fail-if", expression, "10.78.0.1", "10.79.0.1")
    lines = result.err.splitlines()
    assert result.rc == status and len(lines) == len(told), result
    for line, text in zip(sorted(lines), sorted(told)):
        assert line.startswith(f"multiping: {text}") and "--fail-if says" in line, result


def test_fail_if_does_not_pass_what_it_cannot_know(ping):
    result = ping("-q", *FAST, "--fail-if", "loss>5%", "10.83.0.1")
    assert result.rc == 1 and "10.83.0.1: loss is not known" in result.err, result


@pytest.mark.parametrize("style,pattern", [
    ("unix", r"\[1\d{9}\.\d{9}\] 64 bytes"),
    ("iso", r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z\] 64 bytes"),
    ("local", r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}\+00:00\] 64 bytes"),
    ("relative", r"\[\d\.\d{9}\] 64 bytes"),
    ("delta", r"\[\d\.\d{9}\] 64 bytes"),
    ("none", r"64 bytes"),
])
def test_times_of_text(ping, style, pattern):
    lines = ping("--time", style, *FAST, "10.78.0.1").out.splitlines()
    assert all(re.match(pattern, line) for line in lines[:3]), lines
    assert lines[3].startswith("10.78.0.1: sent 3")


def test_times_of_json(ping):
    unix = read_json(ping("-o", "json", "--time", "unix", *FAST, "10.78.0.1").out, check=False)
    assert all(item["time"] > 1e9 for item in unix)
    delta = read_json(ping("-o", "json", "--time", "delta", *FAST, "10.78.0.1").out, check=False)
    assert sum(item["time"] for item in delta[:3]) == pytest.approx(
        delta[2]["sent_time"] + delta[2]["rtt_ns"] / 1e9, abs=1e-6)
    none = read_json(ping("-o", "json", "--time", "none", *FAST, "10.78.0.1").out, check=False)
    assert not any("time" in item for item in none)


@pytest.mark.parametrize("args", [["-o", "json"], ["-o", "csv"], ["-o", "influx"], []])
def test_default_bytes_without_colour(ping, args):
    assert b"\x1b" not in ping(*args, *FAST, *MIX).raw_out


def test_colours(lab, command):
    """On a terminal, unless told otherwise; elsewhere only if asked for."""
    def run(*args, tty=True, **env):
        space = lab.a
        line = command.argv(space, ["-c", "1", "-t", "100ms", "10.79.0.1", *args])
        line = ["env", *(f"{k}={v}" for k, v in {"TERM": "xterm", **env}.items()), *line]
        if not tty:
            return command.start(space, argv=line).wait().raw_out
        master, slave = os.openpty()
        command.start(space, argv=line, stdout=slave).wait()
        os.close(slave)
        text = os.read(master, 65536)
        os.close(master)
        return text

    assert b"\x1b[31mno reply" in run() and b"\x1b[31m10.79.0.1: sent" in run()
    assert b"\x1b" not in run(NO_COLOR="1") and b"\x1b" not in run(TERM="dumb")
    assert b"\x1b" in run(NO_COLOR="") and b"\x1b" not in run("--color", "never")
    assert b"\x1b" in run("--color", "always", NO_COLOR="1", TERM="dumb")
    assert b"\x1b" not in run(tty=False) and b"\x1b[31m" in run("--color=always", tty=False)
    assert b"\x1b" not in run("-o", "json", "--color=always", tty=False)


READERS = {"json": read_json, "csv": read_csv, "influx": read_influx}


@pytest.mark.parametrize("name", READERS)
def test_many_records(ping, name):
    result = ping("-o", name, "-c", "1000", "-i", "0", "-W", "50", "10.78.0.1", timeout=30)
    assert result.rc == 0 and len(READERS[name](result.out)) >= 1000


@pytest.mark.parametrize("name,probes", [("json", 25000), ("csv", 75000)])
def test_a_reader_that_sleeps(lab, command, arrived, name, probes):
    """All probes leave; what finds no room is dropped as whole records, and told."""
    read_end, write_end = os.pipe()
    run = command.start(lab.a, "-o", name, "-c", str(probes), "-i", "0", "-W", "50", "10.78.0.1",
                        stdout=write_end)
    os.close(write_end)
    assert wait_until(lambda: arrived["got4"] == probes, 30), (arrived["got4"], run.result(None))
    with open(read_end, "rb") as pipe:
        text = pipe.read().decode()
    records = read_json(text, check=False) if name == "json" else read_csv(text)
    result = run.wait()
    dropped = re.fullmatch(r"multiping: the reader of the output is too slow: (\d+) lines were "
                           r"dropped\n", result.err)
    assert result.rc == 4 and dropped, result
    others = {"json": 3, "csv": 0}[name]
    assert len(records) + int(dropped[1]) == probes + others


@pytest.mark.parametrize("workers", ["0", "3"])
def test_with_workers(ping, workers):
    hosts = [f"10.78.1.{n}" for n in range(1, 100)]
    objects = read_json(ping("-o", "json", "--stats", "-w", workers, "-c", "4", "-i", "20ms",
                             *hosts).out)
    assert sum(item.get("verdict") == "reply" for item in objects) == 4 * len(hosts)
    summaries = [item for item in objects if item["type"] == "summary"]
    assert [item["target"] for item in summaries] == hosts
    assert all(item["reply_ttl"] == 64 and item["outages"] == 0 for item in summaries)


ALIKE = {
    "labels in another order": (["a=1 b=2", "b=2 a=1"], 1),
    "the same in three orders": (["a=1 b=2 c=3", "c=3 a=1 b=2", "b=2 c=3 a=1"], 2),
    "names that are one here": (["a-b=1", "a.b=1", "a_b=1"], 2),
    "of those the first": (["a-b=1 a.b=2", "a.b=1 a-b=9", "a_b=1"], 2),
    "another value": (["a=1", "a=2"], 0),
    "more labels": (["a=1", "a=1 b=1", ""], 0),
    "none": ([""] * 3, 2),
    "more than are numbered at a time": (["x=y"] * 5000, 4999),
}


@pytest.mark.parametrize("labels,copies", ALIKE.values(), ids=ALIKE.keys())
def test_no_series_is_there_twice(ping, labels, copies):
    text = "".join(f"127.0.0.1 {label}\n" for label in labels).encode()
    result = ping("-c", "1", "-i", "1ms", "-o", "prom", "-", text=text)
    series = [line.split("} ")[0] for line in result.out.splitlines()
              if line.startswith("multiping_probes_sent{")]
    told = ["".join(sorted(set(re.findall(r'(\w+="[^"]*")', one)))) for one in series]
    assert len(set(told)) == len(series) == len(labels), result
    assert sum('copy="' in one for one in series) == copies, result


OPTIONS = [["-q"], ["--stats"], ["--summary"], ["--all-addresses"], ["--unique"], ["-r"], ["-w", "2"],
           ["--time", "unix"], ["--fields", "target,rtt_ms"], ["--fail-if", "loss>0%"],
           ["--summary", "--fields", "target,sent"], ["--critical", "loss>50%"],
           ["--io-threads", "2"], ["--exclude", "127.0.0.9"], ["--color", "always"], ["-0"],
           ["-s", "100"], ["--df"], ["--top"], ["--doctor"], ["--sweep"], ["--manual"], ["--flood"]]


def read_prom(text):
    assert list(text_string_to_metric_families(text)), text


@pytest.mark.parametrize("options", OPTIONS, ids=" ".join)
@pytest.mark.parametrize("name", ["text", "json", "csv", "influx", "prom", "nagios"])
def test_each_option_works_in_each_format_or_is_refused(ping, name, options):
    chosen = "--fields" in options or "--time" in options
    reads = {"json": (lambda text: list(map(json.loads, text.splitlines()))) if chosen else read_json,
             "influx": read_influx, "prom": read_prom, "nagios": read_nagios,
             "csv": None if chosen else read_csv}
    result = ping("-o", name, "-c", "2", "-i", "10ms", *options, "127.0.0.1", "::1")
    if result.err == "":
        assert result.rc == 0 and result.out.endswith("\n"), result
        if reads.get(name):
            reads[name](result.out)
        return
    assert result.err.count("\n") == 1 and result.err.startswith("multiping: "), result
    assert any(word in result.err for word in options if word.startswith("-")), result
    if name == "nagios":
        assert result.rc == 3 and result.out.startswith("PING UNKNOWN - "), result
    else:
        assert result.rc == 2 and result.out == "", result

# SPDX-License-Identifier: Apache-2.0
"""multiping --sweep: who is alive, each target once, in parts, and from where it was stopped."""
import csv
import json
import os
import pty
import re
import signal

import pytest

from command import wait_until

ALIVE = re.compile(r"(?P<host>\S+)(?: \((?P<addr>\S+)\))? (?P<ms>\d+(?:\.\d+)?) ms")
SUMS = re.compile(r"total: (\d+) targets?, (.*), (\d+\.\d{3}) s")
FATES = ("alive", "lost", "unreachable", "unknown", "send errors", "unresolved", "excluded",
         "refused")


class Sweep:
    """What a sweep has printed. A line of no known form is an error."""

    def __init__(self, text):
        lines = text.split("\n")
        assert lines.pop() == "", "the last line is complete"
        self.totals = [line for line in lines if line.startswith("total: ")]
        self.alive = []
        for line in lines:
            if line not in self.totals:
                match = ALIVE.fullmatch(line)
                assert match, line
                self.alive.append(match["addr"] or match["host"])
        match = SUMS.fullmatch(self.totals[-1])
        assert match, self.totals[-1]
        self.targets, self.elapsed_s = int(match[1]), float(match[3])
        self.counts = {}
        for part in match[2].split(", "):
            name, _, number = part.rpartition(" ")
            self.counts[name] = int(number)
        fates = sum(self.counts[name] for name in FATES)
        assert fates + self.counts.get("not done", 0) == self.targets, self.totals[-1]


def swept(result):
    return Sweep(result.out)


def net(prefix, first=1, last=14):
    return [f"{prefix}.{n}" for n in range(first, last + 1)]


def test_who_is_alive(ping, arrived):
    result = ping("--sweep", "-t", "300ms", "10.78.0.0/28", "10.79.0.0/28", "10.80.0.0/28",
                  "10.83.0.0/28", "10.84.0.0/28", "fd78::/126", "fd80::1")
    sweep = swept(result)
    assert sorted(sweep.alive) == sorted(net("10.78.0") + ["fd78::", "fd78::1", "fd78::2",
                                                           "fd78::3"]), result
    assert sweep.counts["alive"] == 18, result
    assert sweep.counts["lost"] + sweep.counts["unknown"] == 14, result  # this machine may stall
    assert sweep.counts["unreachable"] == 15 and sweep.counts["send errors"] == 28, result
    assert sweep.counts["asked"] == sweep.targets == 75 and result.rc == 0
    dead = 2 * 14 + 2 * 14
    assert dead + 14 <= arrived["got4"] < dead + 2 * 14, "one retry where there is no reply"


@pytest.mark.parametrize("args,rc", [
    (["10.78.0.1", "10.79.0.1"], 0), (["10.79.0.1"], 1), (["10.78.0.1", "none.test"], 2),
])
def test_status(ping, dns, args, rc):
    result = ping("--sweep", "-t", "100ms", "--retries", "0", *args)
    assert result.rc == rc and len(swept(result).alive) == (rc != 1), result


@pytest.mark.parametrize("retries", [0, 1, 4])
def test_retries(ping, arrived, retries):
    result = ping("--sweep", "-q", "-t", "20ms", "--retries", str(retries), "10.79.0.0/29")
    assert swept(result).counts["probes"] == arrived["got4"] == 6 * (retries + 1), result
    assert result.out.count("\n") == 1, "-q: the sums alone"


def test_backoff(ping):
    result = ping("--sweep", "--backoff", "3", "--retries", "2", "-t", "50ms", "10.79.0.1")
    assert swept(result).elapsed_s >= 0.65, result


def order(ping, *args):
    """One at a time, so that they answer in the order in which they are asked."""
    result = ping("--sweep", "--max-inflight", "1", "--rate", "0", *args)
    assert result.rc == 0, result
    return swept(result).alive


def test_order(ping):
    hosts = net("10.78.0", 1, 62)
    given = order(ping, "--in-order", "10.78.0.0/26")
    assert given == hosts
    seeded = order(ping, "--seed", "5", "10.78.0.0/26")
    assert seeded != hosts and sorted(seeded) == sorted(hosts)
    assert order(ping, "--seed", "5", "10.78.0.0/26") == seeded
    others = [order(ping, "--seed", "6", "10.78.0.0/26"), order(ping, "10.78.0.0/26"),
              order(ping, "10.78.0.0/26")]
    assert all(sorted(other) == sorted(hosts) for other in others)
    assert len({tuple(one) for one in [seeded, *others]}) == 4, "another order each time"


def test_several_ranges_are_mixed(ping):
    found = order(ping, "--seed", "1", "10.78.1.0/27", "10.78.2.0/27", "fd78::/123")
    first = [host.split(".")[2] if "." in host else "6" for host in found[:30]]
    assert len(found) == 92 and set(first) == {"1", "2", "6"}


@pytest.mark.parametrize("parts", [2, 3, 20])
def test_shards(ping, parts):
    """Disjoint and complete, whatever the seeds."""
    found = []
    for part in range(1, parts + 1):
        result = ping("--sweep", "--rate", "0", "--shard", f"{part}/{parts}", "10.78.0.0/27",
                      "fd78::/124")
        sweep = swept(result)
        assert sweep.targets in (46 // parts, 46 // parts + 1), result
        found += sweep.alive
    assert len(found) == len(set(found)) == 46


def test_names_files_and_stdin(ping, dns, lab):
    path = lab.dir / "sweep"
    path.write_text("10.78.0.0/30 site=a\nok.test site=b # names, too\n")
    result = ping("--sweep", "-0", "-", text=b"10.78.0.9\0ok6.test x=y\0")
    assert sorted(swept(result).alive) == ["10.78.0.9", "fd78::1"], result
    result = ping("--sweep", f"@{path}", "10.78.0.{7..8}", "empty.test")
    assert sorted(swept(result).alive) == ["10.78.0.1"] * 2 + ["10.78.0.2", "10.78.0.7",
                                                             "10.78.0.8"], result
    assert swept(result).counts["unresolved"] == 1 and result.rc == 2
    assert "cannot resolve empty.test" in result.err


def test_each_once(ping, arrived):
    result = ping("--sweep", "--unique", "10.78.0.0/29", "10.78.0.4-10.78.0.9", "10.78.0.2",
                  "10.78.0.1,3,5")
    assert sorted(swept(result).alive) == net("10.78.0", 1, 9), result
    assert arrived["got4"] == 9


def test_excluded(ping, dns, lab, arrived):
    path = lab.dir / "exclude"
    path.write_text("10.78.0.0/29\n")
    result = ping("--sweep", "--exclude-file", str(path), "--exclude", "10.78.0.9-10.78.0.11",
                  "10.78.0.0/28", "ok.test")
    sweep = swept(result)
    assert sorted(sweep.alive) == ["10.78.0.12", "10.78.0.13", "10.78.0.14", "10.78.0.8"], result
    assert sweep.counts["excluded"] == 11, "ok.test is 10.78.0.1"
    assert sweep.targets == 15 and arrived["got4"] == 4


REFUSED = {
    "multicast": (["224.0.0.1"], "--broadcast"),
    "multicast of IPv6": (["ff02::1"], "--broadcast"),
    "limited broadcast": (["255.255.255.255"], "--broadcast"),
    "the broadcast address here": (["10.77.0.255"], "--broadcast"),
    "class E": (["240.0.0.0/8"], "--broadcast"),
    "this network": (["0.0.0.0/24"], "--broadcast"),
    "too many public ones": (["8.0.0.0/15"], "65536"),
    "without --yes": (["8.0.0.0/15", "--exclude-file", "/dev/null"], "--yes"),
    "without a list": (["8.0.0.0/15", "--yes", "--exclude", "8.0.0.0/16"], "--exclude-file"),
    "IPv6 /64": (["2001:db8::/64"], "2^40"),
    "no part": (["--shard", "3/2", "10.78.0.1"], "I/N"),
    "part without sweep": (["--shard", "1/2", "10.78.0.1"], None),
    "count": (["-c", "3", "10.78.0.1"], "exclude each other"),
    "by hand": (["-m", "10.78.0.1"], "exclude each other"),
    "other family": (["-4", "fd78::/120"], "family"),
    "bad line": (["-"], "standard input:2: "),
    "no directory for the state": (["--resume", "/nonexistent/state", "10.78.0.1"], "--resume"),
}


@pytest.mark.parametrize("args,says", REFUSED.values(), ids=REFUSED.keys())
def test_refused(ping, left, args, says):
    sweep = [] if says is None else ["--sweep"]
    result = ping(*sweep, *args, text=b"10.78.0.1\n10.78.0.0/99\n")
    assert result.rc == (4 if "state" in args[-2:][0] else 2) and result.out == "", result
    assert result.err.count("\n") == 1 and (says or "--sweep") in result.err, result
    assert left["sent4"] == left["sent6"] == 0


def test_what_is_refused_within_a_range(ping):
    result = ping("--sweep", "--retries", "0", "-t", "100ms", "10.77.0.254-10.77.1.0")
    assert swept(result).counts["refused"] == 1 and swept(result).targets == 3, result
    allowed = swept(ping("--sweep", "--broadcast", "--retries", "0", "-t", "100ms", "10.77.0.255"))
    assert allowed.counts["lost"] + allowed.counts["unknown"] == 1, "it is really sent"


def test_public_addresses_with_yes_and_a_list(command, lab, fresh_space):
    fresh_space.ip("route add local 8.0.0.0/8 dev lo")
    path = lab.dir / "exclude"
    path.write_text("8.0.0.0/16\n8.1.0.0/17\n8.1.128.0/18\n")
    result = command.run(fresh_space, "--sweep", "-q", "--rate", "0", "--yes", "--exclude-file",
                         str(path), "8.0.0.0/15")
    assert result.rc == 0 and swept(result).counts["alive"] == 16383, result
    assert swept(result).counts["excluded"] == 131070 - 16383


def test_usual_rate(ping):
    """1,000 a second unless told otherwise: it never takes less time than that."""
    sweep = swept(ping("--sweep", "-q", "10.78.0.0/22"))
    assert sweep.counts["alive"] == 1022 and sweep.elapsed_s >= (1022 - 100) / 1000


def test_memory_stays_flat(command, fresh_space):
    fresh_space.ip("route add local 10.0.0.0/8 dev lo")
    run = command.start(fresh_space, "--sweep", "--rate", "0", "10.0.0.0/8")

    def peak_kib():
        with open(f"/proc/{run.pid}/status", encoding="ascii") as lines:
            return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))

    assert wait_until(lambda: run.out_path.stat().st_size > 3 << 20, 60), run.result(None)
    sanitized = any(name.endswith("SAN_OPTIONS") for name in os.environ)
    assert sanitized or peak_kib() < 64 << 10
    run.signal(signal.SIGINT)
    result = run.wait()
    sweep = swept(result)
    assert len(sweep.alive) == len(set(sweep.alive)) == sweep.counts["alive"] > 100000
    assert result.rc == 1 and sweep.targets == 16777214 and sweep.counts["not done"] > 0


def test_sigquit_tells_how_far_it_is(start):
    run = start("--sweep", "--rate", "50", "--in-order", "10.78.0.0/24")
    assert wait_until(lambda: "10.78.0.5 " in run.stdout())
    run.signal(signal.SIGQUIT)
    assert wait_until(lambda: "total: 254 targets" in run.stdout())
    run.signal(signal.SIGTERM)
    sweep = swept(run.wait())
    assert len(sweep.totals) == 2 and sweep.counts["not done"] > 0


def terminal(command, lab, *args, both):
    """Runs on a terminal: what it shows there."""
    master, slave = pty.openpty()
    streams = {"stdout": slave, "stderr": slave} if both else {"stderr": slave}
    run = command.start(lab.a, *args, **streams)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(master)
    return run.wait(), seen.decode()


def screen(text):
    """The lines that are left standing."""
    lines = []
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = []
        for part in line.split("\r"):
            cells[:len(part)] = part
        lines.append("".join(cells).rstrip())
    return lines


@pytest.mark.parametrize("both", [False, True])
def test_progress_on_a_terminal(command, lab, both):
    args = ["--sweep", "--rate", "100", "-t", "300ms", "10.78.0.0/25", "10.79.0.0/28"]
    result, seen = terminal(command, lab, *args, both=both)
    shown = [part for part in seen.split("\r") if "; done " in part]
    assert 3 <= len(shown) <= 5 * swept_seconds(result, seen), seen
    assert all(len(part.split("\n")[0]) < 80 for part in shown)
    assert re.search(r"\d:\d\d \d+%.* left\); done \d+ of 140; sent [\d.]+/s; alive \d+; drops 0",
                     seen), seen
    left = [line for line in screen(seen) if line]
    assert not any("; done " in line for line in left), "it is taken away"
    if both:
        assert len(swept_lines(left)) == 126 and left[-1].startswith("total: 140 targets")


def swept_seconds(result, seen):
    text = result.out or seen
    return float(re.search(r", (\d+\.\d+) s\r?\n", text)[1])


def swept_lines(lines):
    return [line for line in lines if ALIVE.fullmatch(line)]


def test_no_progress(command, ping, lab):
    args = ["--sweep", "--rate", "100", "10.78.0.0/26"]
    assert ping(*args).err == "", "not to a file"
    _, seen = terminal(command, lab, *args, "--no-progress", both=False)
    assert seen == ""


def test_output_lost(start, lab):
    with open("/dev/full", "wb") as full:
        run = start("--sweep", "10.78.0.0/24", stdout=full)
        result = run.wait()
    assert result.rc == 4 and "write error" in result.err, result


def test_output_lost_keeps_the_state(start, ping, lab):
    """What nobody has seen is asked again."""
    path = lab.dir / "state-lost"
    with open("/dev/full", "wb") as full:
        assert start("--sweep", "--resume", str(path), "10.78.0.0/24", stdout=full).wait().rc == 4
    assert path.exists()
    result = ping("--sweep", "--resume", str(path), "10.78.0.0/24")
    assert len(swept(result).alive) == 254 and not path.exists()


def test_formats(ping, lab):
    """Other formats tell of all that were asked, and have their own record of the sums."""
    path = lab.dir / "labelled"
    path.write_text("10.78.0.0/30 site=a\n10.79.0.1\n10.80.0.1\n10.83.0.1\n")
    args = ["--sweep", "-t", "100ms", "--exclude", "10.78.0.2", "-o", "json", f"@{path}"]
    records = [json.loads(line) for line in ping(*args).out.splitlines()]
    verdicts = {record["target"]: record["verdict"] for record in records[:-1]}
    assert len(records) == 5 and records[-1]["type"] == "total" and records[-1]["targets"] == 5
    assert verdicts["10.78.0.1"] == "reply" and records[-1]["alive"] == 1, records
    assert verdicts["10.80.0.1"] == "unreachable" and verdicts["10.83.0.1"] == "send_error"
    assert verdicts["10.79.0.1"] in ("lost", "unknown"), verdicts
    assert [r["labels"] for r in records if r.get("target") == "10.78.0.1"] == [{"site": "a"}]
    rows = ping(*[arg.replace("json", "csv") for arg in args]).out.splitlines()
    assert len(rows) == 5 and rows[0].startswith("type,time,target")
    for name in ("prom", "nagios"):
        assert ping("--sweep", "-o", name, "10.78.0.1").rc in (2, 3)


@pytest.mark.parametrize("output", ["json", "csv"])
def test_alive_by_a_late_reply_is_a_verdict(ping, responder, output):
    """10.90.7.0/24 answers 700 ms after the probe, within the patience of the second one."""
    host = "10.90.7.9"
    result = ping("--sweep", "-t", "500ms", "--retries", "1", "-o", output, host)
    lines = result.out.splitlines()
    if output == "csv":
        row, = csv.DictReader(lines)
        assert row["verdict"] == "reply" and row["event"] == "", result
        assert float(row["rtt_ms"]) >= 500
        return
    verdict, total = map(json.loads, lines)
    assert (verdict["type"], verdict["target"], verdict["verdict"]) == ("verdict", host, "reply")
    assert verdict["rtt_ms"] >= 500 and (total["alive"], total["silent"]) == (1, 0), result


def test_silent_are_those_who_were_asked(ping, dns):
    args = ["--sweep", "-t", "100ms", "--retries", "0", "-o", "json", "--exclude",
            "10.78.0.0/29,10.78.0.9", "10.78.0.0/28", "10.79.0.1", "10.80.0.1", "10.83.0.1",
            "ok.test", "nowhere.test"]
    total = json.loads(ping(*args).out.splitlines()[-1])
    assert total["targets"] == 19 and total["alive"] == 6
    assert total["silent"] == total["lost"] + total["unreachable"] <= 2, total
    assert total["sent"] == total["alive"] + 3 and total["send_errors"] == 1, total


@pytest.mark.parametrize("host", ["localhost", "ok.test"])
def test_a_name_that_leads_to_what_is_excluded_gets_no_probe(ping, dns, host):
    args = ["--sweep", "--exclude", "127.0.0.0/8,::1,10.78.0.0/16", host]
    sums = swept(ping(*args))
    assert (sums.counts["asked"], sums.counts["excluded"], sums.counts["probes"]) == (0, 1, 0)
    lines = ping(*args, "-o", "json").out.splitlines()
    total = json.loads(lines[0])
    assert len(lines) == 1 and (total["sent"], total["send_errors"], total["silent"]) == (0, 0, 0)


WALK = {
    "text": (r"10\.78\.0\.\d+ \d.*ms", r"total: "),
    "json": (r'{"v":1,"type":"verdict",', r'{"v":1,"type":"total",'),
    "csv": (r"verdict,", None),
    "influx": (r"multiping_probe,", r"multiping_total "),
    "fields": (r"10\.78\.0\.\d+\treply", None),
}
QUIET = {"csv": r"summary,", "fields": r"10\.78\.0\.\d+\t1"}


@pytest.mark.parametrize("quiet", ["", "-q", "--summary"])
@pytest.mark.parametrize("form", WALK)
def test_what_each_format_promises(ping, form, quiet):
    each, total = WALK[form]
    each = QUIET.get(form) if quiet else each
    args = ["-o", form] if form != "fields" else \
        ["--fields", "target,sent" if quiet else "target,verdict"]
    lines = ping("--sweep", *args, *([quiet] if quiet else []), "10.78.0.0/29").out.splitlines()
    lines = lines[1:] if form == "csv" else lines
    assert sum(bool(each and re.match(each, line)) for line in lines) == (6 if each else 0), lines
    assert len(lines) == (6 if each else 0) + (total is not None), lines
    assert total is None or re.match(total, lines[-1]), lines

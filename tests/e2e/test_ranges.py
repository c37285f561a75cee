# SPDX-License-Identifier: Apache-2.0
"""Networks of millions: pinged at once, interrupted at any moment, in little memory."""
import json
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from command import wait_until
from test_many import target_file
from view import top  # noqa: F401

MANY = "more than 1000000 targets: --sweep"
MB = 1024
STILL = ["-c", "1", "--rate", "2000"]


@pytest.fixture
def own(fresh_space):
    """Loopback answers for 10.0.0.0/8 and fd00::/8."""
    fresh_space.ip("link set lo up\nroute add local 10.0.0.0/8 dev lo\n"
                   "-6 route add local fd00::/8 dev lo\n")
    return fresh_space


@pytest.fixture
def begin(own, command):
    def start(*args, **kwargs):
        return command.start(own, *args, **kwargs)
    return start


def memory_kb(run, what="VmHWM"):
    for line in Path(f"/proc/{run.pid}/status").read_text().splitlines():
        if line.startswith(what):
            return int(line.split()[1])
    raise AssertionError(f"no {what}")


def interrupt(run, shows, number=signal.SIGINT):
    """Ends it once it shows that it pings; its peak of memory and what it left."""
    assert wait_until(lambda: shows in run.stdout()), run.result(None)
    peak = memory_kb(run)
    run.signal(number)
    return peak, run.wait()


FORMS = {
    "network": (["10.0.0.0/8"], True),
    "v6 network": (["fd00::/96"], True),
    "2^40 of v6": (["fd00::/88"], True),
    "pair": (["10.0.0.0-10.255.255.255"], True),
    "v6 pair": (["fd00::1-fd00::ffff:ffff"], True),
    "octets": (["10.0-255.0-255.*"], True),
    "braces": (["10.{0..255}.{0..255}.{1..254}"], True),
    "braces around networks": (["10.{0..15}.0.0/16"], True),
    "excluded": (["--exclude", "10.128.0.0/9,10.0.0.64/26", "10.0.0.0/8"], True),
    "unique": (["--unique", "10.0.0.0/8", "10.0.0.0/8"], True),
    "below a million": (["10.0.0.0/13"], False),
}


@pytest.mark.parametrize("args,told", FORMS.values(), ids=FORMS)
def test_each_form_is_pinged_and_interrupted_at_once(begin, args, told):
    peak, result = interrupt(begin(*STILL, *args), "bytes from")
    total = result.report.total
    assert result.rc == 1 and (MANY in result.err) == told, result
    assert len(result.err.splitlines()) == told
    assert total.received >= 1 and total.lost == 0
    # Not more of them are made than will be pinged soon.
    assert total.received <= total.counts["targets"] <= 60000 and peak < 60 * MB


def lists(lab, kind):
    path = lab.dir / "networks"
    path.write_text("".join(f"10.{i}.0.0/16 site=s{i}\n" for i in range(256)))
    return (["@" + str(path)], {}) if kind == "file" else (["-"], {"stdin": path.open("rb")})


@pytest.mark.parametrize("kind", ["file", "standard input"])
def test_lists_of_networks(lab, begin, kind):
    args, stdin = lists(lab, kind)
    peak, result = interrupt(begin(*STILL, *args, **stdin), "bytes from")
    assert result.rc == 1 and result.report.total.lost == 0, result
    assert result.report.total.counts["targets"] <= 60000 and peak < 60 * MB


ALIVE = {"text": "bytes from", "json": '"type":"verdict"', "csv": ",reply,", "influx": "reply"}
TOTALS = {"text": "total: ", "json": '"type":"total"', "influx": "multiping_total"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("output", ALIVE)
def test_without_end_in_each_format(begin, output, number):
    peak, result = interrupt(begin("--rate", "2000", "-o", output, "10.0.0.0/8"), ALIVE[output],
                             number)
    assert result.rc == 1 and peak < 200 * MB, result
    assert TOTALS.get(output, "") in result.out


@pytest.mark.parametrize("output", ["prom", "nagios"])
def test_the_summary_of_a_format_that_has_nothing_else(own, begin, output):
    run = begin(*STILL, "-o", output, "10.0.0.0/8")
    assert wait_until(lambda: MANY in run.stderr()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait()
    assert "10.0.0.1" in result.out, result.rc


def test_by_hand(begin):
    """Targets are made first, and that is interrupted like anything else."""
    run = begin("-q", "-m", "10.0.0.0/8", stdin=subprocess.PIPE)
    assert wait_until(lambda: MANY in run.stderr()), run.result(None)
    run.signal(signal.SIGINT)
    result = run.wait(60)
    assert result.rc == 1 and result.report.total.sent == 0, result.rc


def test_by_hand_for_many(begin):
    run = begin("-q", "-m", "10.0.0.0/18", stdin=subprocess.PIPE)
    run.proc.stdin.write(b"\n\n")
    run.proc.stdin.close()
    result = run.wait(60)
    total = result.report.total
    assert (result.rc, total.counts["targets"], total.sent, total.received) \
        == (0, 16382, 32764, 32764)


def test_a_pipe_that_nobody_writes_into(lab, begin):
    """By hand, too: nothing waits for it without hearing."""
    pipe = lab.dir / "silent-pipe"
    subprocess.run(["mkfifo", pipe], check=True)
    for options in ([], ["-m"]):
        run = begin("-q", *options, "10.0.0.1", f"@{pipe}", stdin=subprocess.PIPE)
        time.sleep(0.3)
        run.signal(signal.SIGINT)
        assert run.wait(5).report.total.counts["targets"] == 1


def test_all_of_them_in_order(lab, begin):
    """What is postponed comes in its turn, each once, with its labels."""
    file = target_file(lab, "mixed", ["10.2.0.0/17 site=a", "10.3.0.1 site=b", "10.3.0.2",
                                      "10.4.0.0/20 site=c"])
    result = begin("-q", "-o", "json", "-c", "1", "10.1.0.0/17", "10.9.0.1", file,
                   "10.9.0.2").wait(60)
    records = [json.loads(line) for line in result.out.splitlines()]
    seen = [(r["target"], r.get("labels", {}).get("site")) for r in records
            if r["type"] == "summary"]
    expected = [(f"10.1.{i // 256}.{i % 256}", None) for i in range(1, 32767)]
    expected += [("10.9.0.1", None)]
    expected += [(f"10.2.{i // 256}.{i % 256}", "a") for i in range(1, 32767)]
    expected += [("10.3.0.1", "b"), ("10.3.0.2", None)]
    expected += [(f"10.4.{i // 256}.{i % 256}", "c") for i in range(1, 4095)]
    expected += [("10.9.0.2", None)]
    assert seen == expected and result.rc == 0 and result.err == ""
    assert records[-1]["received"] == len(expected)


def test_unique_and_excluded(begin):
    result = begin("-q", "-c", "1", "--unique", "--exclude", "10.1.0.0/24", "10.1.0.0/17",
                   "10.1.0.0/18", "10.1.5.5").wait(60)
    assert result.rc == 0 and result.report.total.counts["targets"] == 32766 - 255, result.err


def test_a_range_that_is_refused_later_is_named(lab, begin):
    result = begin("-4", "-q", "-c", "1", "10.1.0.0/17", "fd00::/112").wait()
    assert result.rc == 2 and 'target "fd00::/112": ' in result.err, result
    file = target_file(lab, "families", ["10.1.0.0/17", "fd00::/112"])
    result = begin("-4", "-q", "-c", "1", file).wait()
    assert result.rc == 2 and 'families:2: "fd00::/112": ' in result.err, result


def test_two_signals_at_once_are_one(begin):
    """As GNU timeout sends them, or a terminal beside a wrapper."""
    run = begin("-i", "20ms", "10.0.0.1")
    assert wait_until(lambda: "bytes from" in run.stdout())
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGTERM):
        run.signal(number)
    result = run.wait()
    assert result.rc == 0 and len(result.report.totals) == 1, result


def test_under_timeout(own, command):
    argv = command.argv(own, ["-q", "-i", "10ms", "10.0.0.1"])
    at = argv.index(str(command.binary))
    result = command.start(own, argv=argv[:at] + ["timeout", "1"] + argv[at:]).wait()
    assert result.rc == 124 and len(result.report.totals) == 1, result


def test_a_second_signal_is_heard_whatever_it_does(begin):
    """While a summary is written that nobody reads."""
    run = begin("-q", *STILL, "10.0.0.0/16", stdout=subprocess.PIPE)
    assert wait_until(lambda: memory_kb(run, "VmRSS") > 3 * MB)
    run.signal(signal.SIGTERM)
    time.sleep(0.5)
    run.signal(signal.SIGTERM)
    assert run.proc.wait(2) == 130
    run.proc.stdout.close()


def end_at_once(view):
    """The terminal of the tests is too slow for so long a summary: a second signal spares it."""
    time.sleep(0.3)
    view.signal(signal.SIGTERM)
    assert view.wait() == 130 and view.restored()


def test_the_view_keeps_to_its_hundred_thousand(own, command, top):  # noqa: F811
    argv = ["--top", "-c", "1", "--rate", "20000", "10.0.0.0/8"]
    view = top(argv=command.argv(own, argv))
    view.wait_for("more than 100000 targets", 60)
    time.sleep(1)
    counts = re.match(r"multiping +(\d+) up +(\d+) lossy +(\d+) down +(\d+) other", view.text())
    assert sum(map(int, counts.groups())) == 100000
    view.signal(signal.SIGTERM)
    end_at_once(view)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_view_hears_while_it_fills(own, command, top, number):  # noqa: F811
    view = top(argv=command.argv(own, ["--top", "--rate", "1000", "10.0.0.0/8"]))
    view.wait_for("^multiping ")
    view.signal(number)
    view.wait_for(r"^10\.\d+\.\d+\.\d+: sent")
    end_at_once(view)

# SPDX-License-Identifier: Apache-2.0
"""Readers that are slow, stop for a while, or never read again: no probe waits for them, no line
is lost without a word, and whoever asks for the end gets it."""
import concurrent.futures
import contextlib
import json
import re
import signal
import time

import runs
from runs import LIVE
from streams import HOSTS, PIPE_BYTES, Piped, Probes, gaps

STOP_S, PROBES, INTERVAL_S = (5, 350, 0.02) if runs.FULL else (2, 200, 0.02)
FORMATS = [
    "multiping",
    "multiping -w 2",
    "multiping --threads 2",
    "multiping --fields target,seq,rtt_ms",
    "multiping -o json",
    "multiping -o csv",
    "multiping -o influx",
    "fping",
    "fping -D",
    "fping -J",
]
# What a line about the probe with a number looks like; fping's JSON counts from 0 as well.
SEQ = re.compile(r'icmp_seq=(\d+) |^\S+\t(\d+)\t|"seq":\s?(\d+)|^verdict(?:,[^,]*){4},(\d+),|'
                 r'[ ,]seq=(\d+)i|: \[(\d+)\], ', re.M)


def with_schedule(line, host):
    """The command line that sends PROBES probes to the host."""
    interval = "-p 20" if line.startswith("fping") else "-i 20ms"
    return f"{line} -c {PROBES} {interval} {host}"


def read_slowly(all_runs):
    """A little from each in turn, until all have ended."""
    while all_runs:
        all_runs = [run for run in all_runs if run.read(700)]
        time.sleep(0.0005)


def check_output(run, line):
    """All of it arrived, in order and only once."""
    numbers = [int(next(filter(None, found))) for found in SEQ.findall(run.text)]
    assert numbers == list(range(PROBES)), (line, numbers[:5], run.text[:300], len(numbers))
    assert run.wait() == 0, line
    told = run.errors()
    assert "lost" not in told and "dropped" not in told and "error" not in told, (line, told)


def late_ones(sorted_gaps):
    """The interval that one in ten exceeds."""
    return sorted_gaps[len(sorted_gaps) * 9 // 10]


def test_a_reader_that_stops_delays_no_probe(programs):
    """All formats at once, each of them twice: one is read as it should be."""
    probes = Probes()
    with contextlib.ExitStack() as stack:
        def start(line, filled):
            host = next(HOSTS)
            argv = programs.argv(with_schedule(line, host))
            return host, stack.enter_context(Piped(argv, filled=filled))
        stopped, read = ([start(line, filled) for line in FORMATS] for filled in (True, False))
        reader = stack.enter_context(concurrent.futures.ThreadPoolExecutor(1))
        reading = reader.submit(read_slowly, [run for _, run in read])
        time.sleep(0.3)
        since, until = time.time(), time.time() + STOP_S
        time.sleep(STOP_S)
        got = [gaps(probes.of(host), since, until) for host, _ in stopped]
        usual = [gaps(probes.of(host), since, until) for host, _ in read]
        assert all(run.waiting() == PIPE_BYTES for _, run in stopped)
        read_slowly([run for _, run in stopped])
        reading.result()
        for line, *pair in zip(FORMATS, stopped, read):
            for host, run in pair:
                check_output(run, line)
                assert len(probes.of(host)) == PROBES, line
    counts = [len(one) for one in got], [len(one) for one in usual]
    print(f"probes while nobody reads: {counts[0]}, where somebody does: {counts[1]}")
    assert sum(counts[0]) >= 0.95 * sum(counts[1]), counts
    assert all(a >= 0.8 * b for a, b in zip(*counts)), counts
    late = [late_ones(sorted(sum(all_gaps, []))) for all_gaps in (got, usual)]
    assert late[0] < late[1] + INTERVAL_S / 2, late


@runs.campaign_only
def test_lines_too_many_for_memory_are_counted(programs):
    """What nobody reads in time is dropped whole, and the last line says how much of it."""
    host, count = next(HOSTS), 40000
    probes = Probes()
    with Piped(programs.argv(f"multiping -o json -i 0 -W 64 -c {count} {host}")) as run:
        deadline = time.monotonic() + 15
        while len(probes.of(host)) < count and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.2)
        text = run.read_all()
        rc, told = run.wait(), run.errors()
    records = [json.loads(line) for line in text.splitlines()]
    dropped = re.fullmatch(r"multiping: the reader of the output is too slow: (\d+) lines were "
                           r"dropped\n", told)
    assert rc == 4 and dropped, (rc, told)
    verdicts = sum(record.get("verdict") == "reply" for record in records)
    summary, total = records[-2:]
    assert summary["sent"] == summary["received"] == total["received"] == count
    assert 1000 < verdicts < count
    assert verdicts + int(dropped[1]) in range(count, count + 3)  # and how it began and ended


ENDLESS = {
    f"multiping -i 5ms {LIVE}": 4,
    f"multiping -o json -i 5ms {LIVE}": 4,
    f"multiping -o nagios -c 3 -i 5ms {LIVE}": 3,
    f"multiping -q --fail-if loss>=0% -i 5ms {LIVE}": 4,
    "multiping --sweep 127.0.0.0/29": 4,
}


def stop_reading(programs, line, both):
    """A run whose pipe is full before it has said anything."""
    run = Piped(programs.argv(line), both, filled=True)
    time.sleep(0.5)
    return run


def end(programs, line, both, storm):
    """(exit status, messages) after one interrupt that nobody reads the answer to."""
    with stop_reading(programs, line, both) as run:
        run.process.send_signal(signal.SIGINT)
        for _ in range(100 if storm else 0):
            time.sleep(0.1)
            if run.process.poll() is not None:
                break
            for _ in range(100):
                run.process.send_signal(signal.SIGQUIT)
        return run.wait(12), run.errors()


def test_one_interrupt_ends_it_although_nobody_reads(programs):
    cases = [(line, both, storm) for line in ENDLESS
             for both, storm in ((False, False), (True, False), (False, True))]
    results = runs.in_parallel(lambda case: end(programs, *case), cases, len(cases))
    for (line, both, storm), (rc, told) in zip(cases, results):
        assert rc == ENDLESS[line], (line, both, storm, rc)
        assert both or told == "multiping: nobody reads the output: the rest of it is lost\n"


def interrupt_twice(programs, line):
    with stop_reading(programs, line, both=True) as run:
        run.process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        before = time.monotonic()
        run.process.send_signal(signal.SIGTERM)
        return run.wait(12), time.monotonic() - before


def test_a_second_interrupt_ends_it_at_once(programs):
    results = runs.in_parallel(lambda line: interrupt_twice(programs, line), ENDLESS, len(ENDLESS))
    for line, (rc, seconds) in zip(ENDLESS, results):
        assert rc == 130 and seconds < 2, (line, rc, seconds)


def interrupt_while_it_speaks(programs, line):
    with stop_reading(programs, line, both=True) as run:
        assert run.process.poll() is None, line
        run.process.send_signal(signal.SIGTERM)
        return run.wait(12)


def test_what_is_said_at_once_can_be_interrupted(programs):
    """A complaint, or a help, into a pipe that is full."""
    lines = ["multiping --nonsense", "multiping --help", "multiping --version",
             "multiping -o nagios --nonsense"]
    results = runs.in_parallel(lambda line: interrupt_while_it_speaks(programs, line), lines)
    assert all(rc in (130, -signal.SIGTERM) for rc in results), results


@runs.campaign_only
def test_a_report_is_never_cut_by_the_next(programs):
    """SIGQUIT asks for more than the output holds, and then the run ends."""
    hosts = 30000
    with Piped(programs.argv("multiping -q -o json -c 2 -i 1s 127.2.0.0-127.2.117.47")) as run:
        run.wait_until_blocked(signal.SIGQUIT)
        run.process.send_signal(signal.SIGQUIT)
        time.sleep(5)  # by then it has ended, but for its output
        text = run.read_all()
        assert run.wait() == 0 and run.errors() == ""
    assert len(text) > 20 << 20  # each more than the output holds
    kinds = [json.loads(line)["type"] for line in text.splitlines()]
    assert kinds == 2 * (hosts * ["summary"] + ["total"])

# SPDX-License-Identifier: Apache-2.0
"""Ten thousand signals a second: no crash, no wrong verdict, and the probes leave as before."""
import contextlib
import re
import signal
import subprocess
import time

import pytest

import runs
from command import die_with_parent
from streams import ENVIRONMENT, HOSTS, Probes, gaps

RATE, STORM_S = 10000, 2 if runs.FULL else 1
INTERVAL_S = 0.01
PROBES = round((STORM_S + 1) / INTERVAL_S)
HARMLESS = [signal.SIGWINCH, signal.SIGCONT, signal.SIGCHLD, signal.SIGURG]
CAUGHT = [*HARMLESS, signal.SIGALRM, signal.SIGUSR1, signal.SIGUSR2, signal.SIGQUIT]
ASKING = [signal.SIGQUIT, *HARMLESS]  # the first of them makes the command print a summary
PINGERS = {
    f"multiping -c {PROBES} -i 10ms HOST": ASKING,
    f"multiping -q -w 2 -c {PROBES} -i 10ms HOST": ASKING,
    f"multiping -o json --threads 2 -c {PROBES} -i 10ms HOST": ASKING,
    f"multiping -o csv -c {PROBES} -i 10ms HOST": ASKING,
    f"fping -c {PROBES} -p 10 HOST": ASKING,
    f"fping -q -C {PROBES} -p 10 HOST": ASKING,
    **{f"host {mode} HOST {PROBES} 10": CAUGHT
       for mode in ("run", "wait", "poll", "pull", "workers", "threads", "once")},
}


def storm(process, numbers):
    """Sends all of them in turn at RATE for STORM_S; how many were sent."""
    sent, begin = 0, time.monotonic()
    while (passed := time.monotonic() - begin) < STORM_S:
        while sent < passed * RATE:
            process.send_signal(numbers[sent % len(numbers)])
            sent += 1
        time.sleep(0.0005)
    return sent


def start(programs, directory, line, host):
    name = directory / f"storm-{host}"
    with open(f"{name}.out", "wb") as out, open(f"{name}.err", "wb") as err:
        argv = programs.argv(line.replace("HOST", host))
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                   env=ENVIRONMENT, preexec_fn=die_with_parent)
    process.name = name
    return process


def output(process):
    """Standard output and standard error, which fping's summaries go to."""
    return "".join(open(f"{process.name}.{stream}").read() for stream in ("out", "err"))


def wrong(line, host, process):
    """What is wrong with how it ended."""
    rc, text = process.returncode, output(process)
    if line.startswith("host"):
        good = re.search(rf"^probes {PROBES} answered {PROBES} signals (\d+)$", text, re.M)
        good = good and int(good[1]) > 1000
    elif line.startswith("fping -q"):
        good = re.search(rf"^{host} :(?: \d+\.\d+){{{PROBES}}}$", text, re.M)
    elif line.startswith("fping"):
        good = f"{host} : xmt/rcv/%loss = {PROBES}/{PROBES}/0%" in text
    elif "json" in line:
        good = f'"sent":{PROBES},"received":{PROBES},"lost":0,' in text
    elif "csv" in line:
        good = text.count(",reply,") == PROBES
    else:
        good = f"{host}: sent {PROBES}, received {PROBES}, lost 0, unknown 0, errors 0" in text
        good = good and text.count("total: ") > 1
    return None if rc == 0 and good else f"status {rc}: {text[-500:]}"


@pytest.mark.parametrize("line", runs.sample(PINGERS, 5))
def test_signal_storm(programs, directory, line):
    """Two runs of the same; the first is left alone, and shows what this machine does to both."""
    probes, hosts = Probes(), [next(HOSTS), next(HOSTS)]
    with contextlib.ExitStack() as stack:
        pair = [stack.enter_context(start(programs, directory, line, host)) for host in hosts]
        for host in hosts:
            while len(probes.of(host)) < 10:
                assert all(process.poll() is None for process in pair)
                time.sleep(0.01)
        since, until = time.time(), time.time() + STORM_S
        sent = storm(pair[1], PINGERS[line])
        alone, pelted = (gaps(probes.of(host), since, until) for host in hosts)
        for process in pair:
            process.wait(20)
    assert sent > 0.9 * RATE * STORM_S
    fault = wrong(line, hosts[1], pair[1])
    assert not fault, fault
    assert pair[0].returncode == 0 and all(len(probes.of(host)) == PROBES for host in hosts)
    late = [one[len(one) * 9 // 10] * 1e3 for one in (alone, pelted)]
    print(f"{sent} signals; probes {len(alone)} and {len(pelted)}; nine in ten intervals below "
          f"{late[0]:.1f} and {late[1]:.1f} ms: {line}")
    assert len(pelted) >= 0.95 * len(alone) - 2
    assert late[1] < late[0] + INTERVAL_S * 1e3 / 2

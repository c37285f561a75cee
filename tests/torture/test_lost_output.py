# SPDX-License-Identifier: Apache-2.0
"""Standard streams that are closed, full or gone: a failure, and one line that says so, exactly
where something was lost."""
import os
import re
import signal

import pytest

import runs
from runs import DEAD, LIVE

FAST = "-c 3 -i 5ms"
DOCTOR = "multiping --doctor"  # what it finds changes from one moment to the next
LINES = [
    f"multiping {FAST} {LIVE}",
    f"multiping -q {FAST} {LIVE}",
    f"multiping --fields target,rtt_ms {FAST} {LIVE}",
    f"multiping -o json {FAST} {LIVE}",
    f"multiping -o json -q {FAST} {LIVE}",
    f"multiping -o csv {FAST} {LIVE}",
    f"multiping -o csv -q {FAST} {LIVE}",
    f"multiping -o influx {FAST} {LIVE}",
    f"multiping -o prom {FAST} {LIVE}",
    f"multiping -o nagios {FAST} {LIVE}",
    f"multiping -o nagios --size 99999 {LIVE}",
    f"multiping -q --fail-if loss>=0% {FAST} {LIVE}",
    f"multiping -q --fail-if lost>5 {FAST} {LIVE} 192.0.2.1",
    f"multiping -w 2 {FAST} {LIVE}",
    "multiping -c 1 dead.test",
    "multiping --nonsense",
    f"multiping --sweep {LIVE} {DEAD} --retries 0 -t 20ms",
    f"multiping --sweep -o json {LIVE}",
    "multiping --sweep --yes -o csv 127.0.0.0/29",
    "multiping --help",
    "multiping --version",
    "multiping --completion zsh",
    DOCTOR,
    f"fping -r 0 -t 50 {LIVE} {DEAD}",
    f"fping -a {LIVE}",
    f"fping -u -r 0 -t 50 {DEAD}",
    f"fping -q {LIVE}",
    f"fping -s {LIVE}",
    f"fping -c 3 -p 10 {LIVE}",
    f"fping -C 3 -p 10 -q {LIVE}",
    f"fping -J -c 3 -p 10 {LIVE}",
    f"fping -N -Q 1 -c 2 -p 1000 {LIVE}",
    f"fping -c 2 -p 1000 -Q 1 -q {LIVE}",
    f"fping -c 1 dead.test {LIVE}",
    "fping -h",
    "fping -v",
    "fping --nonsense",
]
REASONS = {"closed": "Bad file descriptor", "full": "No space left on device",
           "gone": "Broken pipe"}
STATES = [(state if out else "", state if err else "")
          for state in REASONS for out, err in ((1, 0), (0, 1), (1, 1))]
MUST_FAIL = 4


def spoil(number, state):
    """Puts a standard stream into a state."""
    if state == "closed":
        os.close(number)
    elif state == "full":
        os.dup2(os.open("/dev/full", os.O_WRONLY), number)
    elif state == "gone":
        reader, writer = os.pipe()
        os.close(reader)
        os.dup2(writer, number)


def run(programs, line, out="", err=""):
    """Its outcome with streams in these states; "": well."""
    def spoil_both():
        spoil(1, out)
        spoil(2, err)
    return runs.run(programs.argv(line), preexec_fn=spoil_both)


def shape(text):
    """Numbers differ from one run to the next, and who has stamped a packet on a busy machine."""
    return re.sub(r"[0-9.:]+|\b(?:kernel|user|call)\b", "#", text)


def expected_status(line, good, lost_out, lost_err, gone):
    if line.startswith("fping"):
        if lost_out or lost_err:
            # Its own words about a wrong command line are no output.
            return -signal.SIGPIPE if gone else good.rc if "nonsense" in line else MUST_FAIL
        return good.rc
    if lost_out:
        return 3 if "nagios" in line else MUST_FAIL
    return MUST_FAIL if lost_err and good.rc == 0 else good.rc


def faults(line, good, bad, out, err):
    """What is wrong with a run in bad streams, beside one in good ones."""
    lost_out, lost_err = bool(out and good.out), bool(err and good.err)
    found = []
    rc = expected_status(line, good, lost_out, lost_err, "gone" in (out, err))
    if line == DOCTOR and not lost_out:
        return found
    if bad.rc != rc:
        found.append(f"exit status {bad.rc}, not {rc}")
    if not out and bad.rc != -signal.SIGPIPE and shape(bad.out) != shape(good.out):
        found.append("standard output differs")
    if err or bad.rc == -signal.SIGPIPE:
        return found
    told = [text for text in bad.err.splitlines() if "write error" in text]
    if len(told) != lost_out or lost_out and not told[0].endswith(f"write error: {REASONS[out]}"):
        found.append("it is not told, or more than once")
    others = [shape(text) for text in bad.err.splitlines() if text not in told]
    if not set(others) <= set(shape(good.err).splitlines()):
        found.append("standard error says something else")
    return found


@pytest.mark.parametrize("line", LINES)
def test_lost_output(programs, names, line):
    good, at = run(programs, line), LINES.index(line)
    states = runs.sample(STATES[at % 9:] + STATES[:at % 9], 4)  # others for each line
    outcomes = runs.in_parallel(lambda state: run(programs, line, *state), states, len(states))
    bad = [(state, faults(line, good, outcome, *state), outcome)
           for state, outcome in zip(states, outcomes) if faults(line, good, outcome, *state)]
    assert not bad, bad


def test_broken_pipe_where_sigpipe_is_blocked(programs):
    """Then it ends no fping either, and must be told."""
    def spoil_stdout():
        spoil(1, "gone")
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPIPE])
    outcome = runs.run(programs.argv(f"fping -c 1 {LIVE}"), preexec_fn=spoil_stdout)
    assert outcome.rc == MUST_FAIL and "write error: Broken pipe" in outcome.err, outcome

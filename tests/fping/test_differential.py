# SPDX-License-Identifier: Apache-2.0
"""The same command line under Debian's fping and under ours: equal but for the times.

Debian 12 has 5.1. What 5.5 does otherwise is not here but in test_golden.py, and in tests/fping55.
"""
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

from pair import INTERRUPT, QUIT, mask

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"
UNREACHABLE, PROHIBITED, REFUSED, NO_ROUTE = "10.80.0.1", "10.81.0.1", "10.83.0.1", "10.84.0.1"
FAST = "-t 60 -r 0"

ROWS = [
    # alive mode
    f"{LIVE}", f"{FAST} {LIVE} {DEAD}", f"{FAST} {DEAD} {LIVE}", f"{FAST} -a {LIVE} {DEAD}",
    f"{FAST} -u {LIVE} {DEAD}", f"{FAST} -e {LIVE} {DEAD}", f"{FAST} -a -e {LIVE}",
    f"{FAST} -u -e {LIVE} {DEAD}", f"{FAST} -q {LIVE} {DEAD}", f"{FAST} -A {LIVE} localhost",
    f"{FAST} -n 127.0.0.1 {DEAD}", f"{FAST} -d localhost peer-b", f"{FAST} -A -n 127.0.0.1",
    f"{FAST} -A -d {DEAD}", "-dA localhost", "-nA localhost peer-b", "-4 localhost", "-6 localhost",
    "-6 ::1 fd78::1", f"{FAST} fd78::1 fd79::1", "-t 50 -r 2 -B 1 " + DEAD,
    f"-t 40 -r 3 -B 1.5 -s {DEAD}", f"-t 40 -r 1 -s {LIVE} {DEAD}", f"-s -q {LIVE}",
    f"{FAST} {LIVE} {LIVE} {DEAD} {DEAD}", f"-qae {FAST} {LIVE}", f"{FAST} -D {LIVE} {DEAD}",
    f"{FAST} -m dual-b", f"{FAST} -m -A dual-b", f"{FAST} -m -A -n dual-b", "127.1 2130706434 0x7f000003",
    f"{FAST} -x 1 {LIVE} {DEAD}", f"{FAST} -x 2 {LIVE} {DEAD}", f"{FAST} -x1 -a {LIVE} {DEAD}",
    f"{FAST} -x 1 -s {LIVE} {DEAD}", f"{FAST} -o {LIVE} {DEAD}", f"-M -b 1000 {LIVE}",
    f"-b 0 {LIVE}", f"-b 1 {LIVE}", f"-b 1400 -c 1 {LIVE}", f"-b 3000 -c 1 {LIVE}",
    f"-R {LIVE}", f"-H 5 -O 0x10 {LIVE}", f"-O 16 {LIVE}", f"-S 10.77.0.5 {LIVE}",
    f"-I mpa {LIVE}", f"--src=10.77.0.5 --iface mpa {LIVE}", f"-T 5 {LIVE}",
    # ICMP errors and send errors
    f"{FAST} {UNREACHABLE}", f"{FAST} {PROHIBITED}", f"-t 60 -r 1 -B 1 {UNREACHABLE} {LIVE}",
    f"{FAST} -q {UNREACHABLE}", f"{FAST} -a {UNREACHABLE}", f"{FAST} -c 2 -p 80 {UNREACHABLE}",
    f"{FAST} -C 2 -p 80 {PROHIBITED} {LIVE}", f"{FAST} -s {UNREACHABLE}", f"-H 1 {FAST} 10.88.0.1",
    f"{REFUSED}", f"{NO_ROUTE}", f"-a {REFUSED}", f"-q {REFUSED}", f"-c 2 -p 50 {REFUSED}",
    f"-C 2 -p 50 {NO_ROUTE} {LIVE}", f"-s {REFUSED} {LIVE}", f"-r 2 {NO_ROUTE} {LIVE}",
    f"-M -b 2000 {LIVE}", f"-M -b 2000 -c 1 {LIVE}",
    # count mode
    f"-c 1 {LIVE}", f"-c 3 -p 50 {LIVE} {DEAD}", f"-c 2 -p 500 -t 200 {DEAD} {LIVE}",
    f"-C 3 -p 50 {LIVE} {DEAD}", f"-C 3 -p 50 -q {LIVE} {DEAD}", f"-c 3 -p 50 -q {LIVE} {DEAD}",
    f"-c 3 -p 50 -o {LIVE} {DEAD}", f"-c 3 -p 50 -o -q {DEAD}", f"-c 2 -p 50 -D {LIVE}",
    f"-c 2 -p 50 -s {LIVE} {DEAD}", f"-c 2 -p 50 -A -n localhost",
    f"-c 2 -p 50 -e {LIVE}", f"-C 2 -p 50 -o {LIVE}", f"-c 2 -C 3 -p 20 {LIVE}",
    f"-C 3 -c 2 -p 20 {LIVE}", f"-c 5 -p 20 -i 1 {LIVE} {LIVE2}", f"-c2 -p50 ::1 {LIVE}",
    f"-c 3 -p 20 -t 200 {DEAD} {LIVE}", f"-r 5 -c 1 -t 30 {DEAD}", f"-B1 -r1 -C 4 -q -p 30 {LIVE} {DEAD}",
    f"-c 3 -p 400 -Q 1 {LIVE} {DEAD}", f"-c 3 -p 400 -Q 1 -o -s {LIVE}", f"-c 3 -p 20 -Q 0 {LIVE}",
    f"-C 3 -p 400 -Q 1 {LIVE}", f"-e -q -c 3 -p 50 -t 50 -O 0 {LIVE}", f"-b 56 -c 1 {LIVE}",
    f"-c 12 -p 20 -q {LIVE}", f"-c 2 -p 40.5 -i 0.5 {LIVE} {LIVE2}",
    # options
    "-Z", "--foo", "--foo=3", "--alive=3", "--count", "-c", "-cq 127.0.0.1", "-Q", "-qc", "--nam 127.0.0.1",
    "-4 -6 127.0.0.1", "-4 -4 127.0.0.1", "-6 -6 ::1", "-a -u 127.0.0.1", "-c 1 -l 127.0.0.1", "-n -d 127.0.0.1",
    "-B 0.9 127.0.0.1", "-B 5.1 127.0.0.1", "-H 256 127.0.0.1", "-S bla 127.0.0.1", "-S 10.9.9.9 127.0.0.1",
    "-S fd99::1 ::1", "-f /nope", "-4 ::1", "-6 127.0.0.1", "-4 ::1 127.0.0.1", "127.0.0.1 -q -a", "-- -a",
    "127.0.0.1 -- 127.0.0.2", "--size=100 --count 2 --period=30 127.0.0.1", "-C2 -p30 --quiet 127.0.0.1",
    # names that are none (the resolver of the namespace does not answer)
    "nosuch.invalid", "-q nosuch.invalid", "nosuch.invalid 127.0.0.1", "127.0.0.1 nosuch.invalid 127.0.0.2",
    "-c 1 nosuch.invalid 127.0.0.1", "-x 1 nosuch.invalid 127.0.0.1", "-s -q nosuch.invalid 127.0.0.1",
    # -g
    "-g 127.0.0.0/30", "-g 127.0.0.0/31", "-g 127.0.0.1/32", "-g 127.0.0.9/29", "-g 127.0.0.1 127.0.0.3",
    "-g 127.0.0.3 127.0.0.3", "-g 127.0.0.5 127.0.0.1", "-g 127.0.0.1/33", "-g 127.0.0.1/0", "-g xxx/24",
    "-g xxx yyy", "-g 127.0.0.1 yyy", "-g -q -s 127.0.0.0/29", "-g -n 127.0.0.1 127.0.0.1",
    "-g 10.0.0.0 10.255.0.0", "-a -g 127.0.0.0/29", "-c 1 -g 127.0.0.0/30",
]


def run_both(ours, theirs, *args, **run_args):
    """Both at once: (ours, theirs)."""
    with ThreadPoolExecutor() as pool:
        jobs = [pool.submit(program.run, *args, **run_args) for program in (ours, theirs)]
        return [job.result() for job in jobs]


def assert_equal(both):
    assert without_help(both[0].masked) == without_help(both[1].masked), both[0]


def without_help(masked):
    """The help text is worded differently."""
    return tuple(re.sub(r"(?s)^(Usage: .*?\n).*", r"\1", part) if isinstance(part, str) else part
                 for part in masked)


@pytest.mark.parametrize("row", ROWS)
def test_streams(ours, theirs, row):
    """Both streams and the exit status."""
    assert_equal(run_both(ours, theirs, *row.split()))


MERGED = [
    f"-c 2 -p 50 {LIVE} {DEAD}", f"-C 2 -p 50 {LIVE}", f"{FAST} {LIVE} {UNREACHABLE} {DEAD}",
    f"-C 2 -p 60 -t 30 {UNREACHABLE} {LIVE}", "nosuch.invalid 127.0.0.1", f"-s {LIVE} {REFUSED}",
    f"-c 2 -p 50 -Q 1 -s {LIVE}", f"-c 2 -p 700 -Q 1 {LIVE}", f"{FAST} -x 1 -s {LIVE} {DEAD}",
    "-C 1 localhost", f"-c 1 -D {LIVE} {DEAD}",
]


@pytest.mark.parametrize("row", MERGED)
def test_merged_stream(ours, theirs, row):
    """One pipe for both: the order of lines is fping's."""
    assert_equal(run_both(ours, theirs, *row.split(), merged=True))


FILES = {
    "plain": "127.0.0.1\n127.0.0.2\n",
    "no last newline": "127.0.0.1\n127.0.0.2",
    "one without newline": "127.0.0.1",
    "comments and blanks": "# one\n\n   \n127.0.0.1 behind it\n\t127.0.0.2\n #x\n#127.0.0.3\n",
    "crlf": "127.0.0.1\r\n127.0.0.2\r\n",
    "duplicates": "127.0.0.1\n127.0.0.1\n",
    "names": "localhost\npeer-b\n127.0.0.1\n",
    "bad name": "nosuch.invalid\n127.0.0.1\n",
    "empty": "",
    "only comments": "#\n#\n",
}


@pytest.mark.parametrize("label", FILES)
def test_stdin(ours, theirs, label):
    for args in ([], ["-f", "-"], ["-q", "-c1"]):
        assert_equal(run_both(ours, theirs, *args, text=FILES[label]))


@pytest.mark.parametrize("label", FILES)
def test_file(lab, ours, theirs, label):
    path = lab.dir / "targets"
    path.write_text(FILES[label])
    for args in (["-f", path], ["-f", path, LIVE], ["-g", "-f", path]):
        assert_equal(run_both(ours, theirs, *args))


SIGNALED = [["-l", "-p", "200"], ["-l", "-q", "-p", "200"], ["-l", "-Q", "9", "-p", "200"],
            ["-c", "9", "-p", "200"], ["-C", "9", "-p", "200", "-q"]]


def skeleton(done):
    """The lists in the output, whatever the numbers: how far a run got is a matter of time."""
    lines = [line for line in mask(done.out).split("\n") if "], " not in line]
    return done.rc, re.sub(r"\d+/\d+/\d+%|( T| -)+$", " N", "\n".join(lines), flags=re.M)


@pytest.mark.parametrize("args", SIGNALED, ids=" ".join)
def test_signals(ours, theirs, args):
    """SIGQUIT shows the numbers so far, SIGINT ends with the usual statistics."""
    mine, other = run_both(ours, theirs, *args, LIVE, DEAD, merged=True,
                           signals=[(0.9, QUIT), (0.5, INTERRUPT)])
    assert skeleton(mine) == skeleton(other)


def test_interrupt_in_alive_mode(ours, theirs):
    assert_equal(run_both(ours, theirs, "-t", "400", LIVE, DEAD, signals=[(0.2, INTERRUPT)]))


def test_netdata(ours, theirs):
    """5.5 has no host in the titles; the rest is the same."""
    args = ["-N", "-l", "-Q", "1", "-p", "200", "-R", "-b", "56", "-i", "1", "-r", "0", "-t",
            "5000", LIVE, "peer-b"]
    mine, other = run_both(ours, theirs, *args, signals=[(2.5, INTERRUPT)])
    assert mask(mine.out) == mask(without_hosts_in_titles(other.out))
    assert mask(mine.err) == mask(other.err)


def without_hosts_in_titles(text):
    for host in (LIVE, "peer-b"):
        text = text.replace(f" for host {host}", "")
    return text


@pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
def test_fping6(ours, theirs, host):
    assert_equal(run_both(ours, theirs, host, name="fping6"))

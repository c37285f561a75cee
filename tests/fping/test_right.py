# SPDX-License-Identifier: Apache-2.0
"""Where fping is wrong or stops, and we must not: each row is a fault that fping has."""
import os
import re
import resource
import signal
import subprocess
import sys
import time

import pytest

from command import wait_until
from pair import INTERRUPT, mask

LIVE, DEAD = "10.78.0.1", "10.79.0.9"
# What responder.py does in these networks of namespace B.
RIGHT, WRONG_SOURCE, BAD_CHECKSUM, CORRUPT, EMPTY, THRICE, LATE = (
    f"10.90.{n}.1" for n in (1, 2, 3, 4, 5, 6, 7))
CUT = "10.90.17.1"
FORGED = {"wrong source": WRONG_SOURCE, "bad checksum": BAD_CHECKSUM, "corrupt": CORRUPT,
          "empty": EMPTY, "zeros": "10.90.8.1", "other code": "10.90.10.1",
          "other number": "10.90.11.1", "other id": "10.90.12.1",
          "last byte": "10.90.18.1"}


@pytest.mark.parametrize("what", FORGED)
def test_no_false_alive(ours, responder, what):
    done = ours.run("-t", "150", "-r", "0", FORGED[what])
    assert done.rc == 1 and done.out == f"{FORGED[what]} is unreachable\n", done
    done = ours.run("-C", "2", "-p", "50", "-t", "100", "-q", FORGED[what])
    assert done.err == f"{FORGED[what]} : - -\n"


def test_a_shortened_reply_that_holds_the_proof_is_one(ours, responder):
    done = ours.run("-t", "2000", "-r", "0", CUT)
    assert done.rc == 0 and done.out == f"{CUT} is alive\n", done


FORGED_TIMESTAMPS = {"wrong source": WRONG_SOURCE, "bad checksum": BAD_CHECKSUM,
                     "other time of sending": CORRUPT, "empty": EMPTY,
                     "other number": "10.90.11.1", "other id": "10.90.12.1",
                     "echo reply": "10.90.13.1", "cut": CUT}


@pytest.mark.parametrize("what", FORGED_TIMESTAMPS)
def test_no_false_timestamp(ours, responder, what):
    done = ours.run("--icmp-timestamp", "-t", "150", "-r", "0", FORGED_TIMESTAMPS[what])
    assert done.rc == 1 and done.out == f"{FORGED_TIMESTAMPS[what]} is unreachable\n", done


def test_true_timestamps_count(ours, responder):
    done = ours.run("--icmp-timestamp", "-t", "1000", RIGHT)
    assert done.rc == 0 and done.out.startswith(f"{RIGHT} is alive, timestamps: Originate="), done
    assert " Receive=3600000 Transmit=3600000 Localreceive=" in done.out


def test_true_replies_count(ours, responder):
    assert ours.run("-t", "1000", RIGHT).out == f"{RIGHT} is alive\n"
    assert ours.run("-t", "1000", "--check-source", RIGHT).rc == 0


def test_replies_that_come_three_times(ours, responder):
    """fping 5.5 prints heap memory here: -C 4 showed twelve columns."""
    done = ours.run("-C", "4", "-q", "-B1", "-r1", "-p", "100", THRICE)
    lines = mask(done.err).splitlines()
    assert lines == [f"{THRICE} : T T T T"], done
    done = ours.run("-c", "3", "-q", "-p", "100", THRICE)
    assert mask(done.err) == f"{THRICE} : xmt/rcv/%loss = 3/3/0%, min/avg/max = T/T/T\n"
    done = ours.run("-c", "2", "-p", "100", THRICE)
    assert "duplicate" not in done.err and "2/2/0%" in done.err


def test_duplicates_in_alive_mode(ours, responder):
    done = ours.run("-t", "200", "-r", "0", THRICE, DEAD)
    line = f"{THRICE} : duplicate for [0], 64 bytes, T ms\n"
    assert done.masked == (1, f"{THRICE} is alive\n{DEAD} is unreachable\n", line * 2)


def test_duplicates_do_not_hide_loss_in_loop_mode(ours, responder):
    done = ours.run("-l", "-p", "100", "-q", THRICE, signals=[(0.9, INTERRUPT)])
    sent, received = re.search(r"= (\d+)/(\d+)/0%", done.err).groups()
    assert sent == received and int(sent) <= 10, done


def test_late_replies(ours, responder):
    """0.7 s: too late for 500 ms, in time for the second try's 750 ms, as with fping."""
    assert ours.run("-t", "500", "-r", "1", LATE).out == f"{LATE} is alive\n"
    assert ours.run("-t", "500", "-r", "0", LATE).rc == 1
    assert ours.run("-t", "500", "-r", "1", "-B", "1", LATE).rc == 1
    assert ours.run("-t", "900", "-r", "0", LATE).rc == 0
    done = ours.run("-c", "2", "-p", "300", "-t", "1000", LATE)
    assert "2/2/0%" in done.err and "timed out" not in done.out


def test_same_pid(ours, lab):
    """Two with the same process id in one network: neither takes the other's replies."""
    argv = ["unshare", "--pid", "--fork", "fping", "-c", "5", "-p", "100", "-q"]
    environment = dict(os.environ, PATH=f"{ours.dir}:{os.environ['PATH']}")
    runs = [subprocess.Popen(lab.a.argv(argv + [host]), env=environment, text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            for host in (LIVE, DEAD)]
    texts = [run.communicate(timeout=20)[1] for run in runs]
    assert "5/5/0%" in texts[0] and "5/0/100%" in texts[1], texts


def test_more_than_65535_pings(ours, lab):
    """fping gives up with status 4 here, without any result."""
    done = ours.run("-q", "-s", "-i", "0", "-r", "0", "-t", "2000", "-g", "127.0.0.0/15",
                    timeout=60)
    assert done.rc == 0 and re.search(r"^ +131070 alive$", done.err, re.M), done


def test_numbers_beyond_65535(ours):
    """As many as it takes, however long that takes here."""
    process = ours.popen("-l", "-p", "0.01", "-i", "0", "-t", "1000", "127.0.0.1", text=True)
    until, lines = time.monotonic() + 60, []
    while len(lines) < 66500 and time.monotonic() < until:
        lines.append(process.stdout.readline())
    ours.signal(process, INTERRUPT)
    out = "".join(lines) + process.stdout.read()
    process.wait(20)
    found = [int(n) for n in re.findall(r"\[(\d+)\], 64", out)]
    assert found == list(range(len(found))) and len(found) > 66000, len(found)


def test_odd_sizes_of_random_data(ours):
    done = ours.run("-R", "-b", "57", "-c", "20", "-p", "5", "-q", "127.0.0.1")
    assert "20/20/0%" in done.err


def test_quick_pings_keep_their_rate(ours):
    """-i 0.1 means ten thousand a second; the time is that of the run, not of this machine."""
    done = ours.run("-q", "-s", "-r", "0", "-i", "0.1", "-g", "127.0.0.1", "127.0.39.16")
    elapsed = float(re.search(r"([\d.]+) sec", done.err)[1])
    assert elapsed >= 0.98 and "10000 alive" in done.err, done


def test_send_buffers_that_are_full(ours, lab):
    """An on-link sweep of hosts that are mostly not there: fping loses live ones to ENOBUFS."""
    lab.b.ip("addr add 10.77.0.200/24 dev mpb")
    try:
        done = ours.run("-a", "-i", "1", "-r", "0", "-t", "2000", "-g", "10.77.0.0/24")
    finally:
        lab.b.ip("addr del 10.77.0.200/24 dev mpb")
    assert {"10.77.0.2", "10.77.0.200", "10.77.0.1"} <= set(done.out.split()), done


def test_replies_missed_while_it_was_stopped(ours, lab):
    """Whether one came nobody can tell afterwards: each ping is made once more, and that counts."""
    before = lab.a.counters()["sent4"]
    hosts = [f"10.79.0.{n}" for n in range(1, 101)]
    runs = [ours.popen("-i", "1", "-r", "0", "-t", "2000", *hosts, text=True),
            ours.popen("-C", "1", "-q", "-t", "2000", DEAD, text=True)]
    assert wait_until(lambda: lab.a.counters()["sent4"] == before + 101)
    for number, seconds in ((signal.SIGSTOP, 3), (signal.SIGCONT, 0)):
        for run in runs:
            ours.signal(run, number)
        time.sleep(seconds)
    (alive, _), (_, count) = [run.communicate(timeout=20) for run in runs]
    assert alive == "".join(f"{host} is unreachable\n" for host in hosts)
    assert count == f"{DEAD} : -\n" and lab.a.counters()["sent4"] == before + 202


def test_enough_are_reachable(ours):
    """The answer is known with the first reply: nobody waits for the other host."""
    done = ours.run("-X", "1", "-r", "0", "-t", "20000", DEAD, LIVE, timeout=15)
    assert done.rc == 0 and "Enough hosts reachable" in done.out, done


def test_a_zero_timeout_is_none(ours):
    for args in (["-t", "0", LIVE], ["-p", "0", "-c", "2", LIVE]):
        assert ours.run(*args).rc == 0


def test_output_that_is_lost(ours):
    with open("/dev/full", "w") as full:
        done = ours.run("127.0.0.1", stdout=full)
    assert done.rc == 4 and "write error: No space left on device" in done.err


def test_a_closed_pipe_ends_it(ours):
    process = ours.popen("-l", "-p", "10", "127.0.0.1")
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(10) == -13


def test_a_slow_reader_does_not_disturb_the_pings(ours, lab):
    """Nobody reads for two seconds; the time stamps of the pings show no gap."""
    process = ours.popen("-l", "-p", "1", "-i", "0", "-t", "5000", "-D", LIVE)
    time.sleep(3)
    process.send_signal(INTERRUPT)
    out, _ = process.communicate(timeout=20)
    found = re.findall(r"^\[([\d.]+)\] .*\[(\d+)\], 64", out.decode(), re.M)
    assert len(out) > 65536, "the pipe was never full"
    assert [int(n) for _, n in found] == list(range(len(found)))


def test_hostile_names_stay_harmless(ours, lab):
    """A name from the network with control characters in it."""
    hosts = lab.a.etc / "hosts"
    kept = hosts.read_text()
    hosts.write_text(kept + "10.78.0.66 evil\x1b]0;x\x07name\n")
    try:
        done = ours.run("-d", "10.78.0.66")
    finally:
        hosts.write_text(kept)
    assert "\x1b" not in done.out and "\x07" not in done.out and done.rc == 0, done


def test_names_in_parallel(ours, lab):
    """Ninety names that get no answer take as long as one; the live host is not held up."""
    names = [f"silent{n}.invalid" for n in range(90)]
    sink = "import socket,time; s=socket.socket(2,2); s.bind(('127.0.0.1',53)); print(); "
    sink += "time.sleep(60)"
    server = subprocess.Popen(lab.a.argv([sys.executable, "-uc", sink]), stdout=subprocess.PIPE)
    server.stdout.readline()
    resolv = lab.a.etc / "resolv.conf"
    kept = resolv.read_text()
    resolv.write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    started = time.monotonic()
    try:
        done = ours.run(*names, LIVE, merged=True)
    finally:
        resolv.write_text(kept)
        server.kill()
        server.wait()
    lines = done.out.splitlines()
    assert lines == [f"{name}: Temporary failure in name resolution" for name in names] + \
        [f"{LIVE} is alive"], done
    assert done.rc == 2 and time.monotonic() - started < 20


def test_order_of_names(ours, lab):
    done = ours.run("peer-b", "localhost", LIVE, "dual-b")
    assert [line.split()[0] for line in done.out.splitlines()] == \
        ["peer-b", "localhost", LIVE, "dual-b"]


def test_without_privileges(ours, lab):
    """Ping sockets will do; without any, fping's own words and status."""
    assert ours.run(LIVE, user=True).masked == (0, f"{LIVE} is alive\n", "")
    lab.a.sysctl("net.ipv4.ping_group_range", "1 0")
    try:
        done = ours.run(LIVE, user=True)
        quiet = ours.run("-q", LIVE, user=True)
        help_text = ours.run("-h", user=True)
        # before and after the socket, as fping complains
        usage = ours.run("-c", "0", LIVE, user=True)
        later = [ours.run(*args, LIVE, user=True) for args in
                 (["-a", "-u"], ["-H", "256"], ["-c", "1", "-l"], ["-b", "99999"], ["-I", "nope"],
                  ["-p", "0", "-c", "1"], ["-k", "5"])]
    finally:
        lab.a.sysctl("net.ipv4.ping_group_range", "0 2147483647")
    assert done.masked == (4, "", "fping: can't create socket (must run as root?)\n")
    assert quiet.masked == done.masked
    assert usage.rc == 1 and usage.err.startswith("Usage: ")
    assert [run.masked for run in later] == [done.masked] * len(later)
    assert help_text.rc == 0


def test_safe_limits(ours):
    env = {"FPING_SAFE_LIMITS": "1"}
    risky = "fping: these options are too risky for mere mortals.\n" \
            "fping: You need -i >= 1 and -p >= 10\n"
    for args in (["-i0"], ["-p", "5", "-c1"]):
        assert ours.run(*args, LIVE, user=True, env=env).masked == (1, "", risky)
        assert ours.run(*args, LIVE, env=env).rc == 0
        assert ours.run(*args, LIVE, user=True).rc == 0
    assert ours.run("-p", "0.001", "-c1", LIVE, user=True).masked == \
        (1, "", "fping: -p must be >= 0.001\n")
    assert ours.run("-p", "0.0011", "-t", "1000", "-c1", LIVE, user=True).rc == 0


def test_very_many_targets(ours, lab, tmp_path):
    """300,000 of them, one ping each, in little memory."""
    path = lab.dir / "many"
    path.write_text("".join(f"127.{n >> 16}.{n >> 8 & 255}.{n & 255}\n"
                            for n in range(1, 300001)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    done = ours.run("-q", "-s", "-i", "0", "-r", "0", "-t", "3000", "-f", path, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert done.rc == 0 and "300000 alive" in done.err, done
    assert after < 200000 or after == before, f"{after} KiB"
    path.unlink()

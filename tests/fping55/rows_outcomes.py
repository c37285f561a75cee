# SPDX-License-Identifier: Apache-2.0
"""What may befall pings: ICMP errors, refused sockets, signals; and formats of all that."""
import signal

from row import Row, rows

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"

V4_ERRORS = [(3, code) for code in range(18)] + \
    [(4, 0), (5, 0), (5, 1), (5, 3), (11, 0), (11, 1), (12, 0), (12, 1), (12, 5)]
V6_ERRORS = [(1, code) for code in range(12)] + [(2, 0), (2, 1)] + [(3, code) for code in range(4)] + \
    [(4, code) for code in range(14)] + [(1, 255), (4, 99), (5, 0), (6, 1), (100, 2), (127, 0)]


def errors():
    for kind, code in V4_ERRORS:
        yield f"-t 250 -r 0 10.91.{kind}.{code}"
    for kind, code in V6_ERRORS:
        yield f"-t 250 -r 0 fd91::{kind}:{code}"
    for target in ("10.91.3.1", "fd91::1:3"):
        for mode in ("-c 1 -t 250", "-c 2 -p 260 -t 150", "-C 1 -q -t 250", "-t 250 -r 0 -a", "-t 250 -r 0 -u",
                     "-t 250 -r 0 -q -s", "-t 250 -r 0 -s", "-J -c 1 -t 250", "-t 250 -r 0 -A -n",
                     "-t 250 -r 1 -B 1", "-c 1 -t 250 -Q 5", "-t 250 -r 0 -x 1", "-c 1 -t 250 -D",
                     "-t 250 -r 0 -e", "-c 1 -t 250 -s -J"):
            yield f"{mode} {target}"
            yield f"{mode} {target} {LIVE}"
    yield from ("-t 250 -r 0 -H 1 10.88.0.1", "-t 250 -r 0 -H 1 fd88::1", "-t 250 -r 0 -H 2 10.88.0.1")


SENDING = ["10.83.0.1", "10.84.0.1", "fd84::1", f"10.84.0.1 {LIVE}", f"{LIVE} 10.84.0.1",
           "-M -b 2000 10.78.0.1", "-M -b 1390 10.88.0.1", "-b 65507 10.78.0.1", "-b 65507 fd78::1",
           "255.255.255.255", "224.0.0.1"]


def sending():
    for target in SENDING:
        for mode in ("-t 150 -r 0", "-t 150 -r 2 -B 1", "-t 150 -r 0 -a", "-t 150 -r 0 -q",
                     "-t 150 -r 0 -s", "-c 2 -p 160", "-C 2 -p 160 -q", "-J -c 1 -t 150",
                     "-J -s -c 1 -t 150"):
            yield f"{mode} {target}"


USER = ["", "-a", "-q", "-e", "-c 2 -p 160", "-C 2 -p 160 -q", "-J -c 1", "-i 0", "-i 0.5", "-i 1",
        "-p 0 -c 1", "-p 0.0005 -c 1", "-p 0.001 -c 1", "-p 5 -c 2", "-b 1000", "-O 16 --print-tos",
        "--print-ttl", "--print-ttl --print-tos -c 1", "-I mpa", "-I nope", "-S 10.77.0.5",
        "-S 10.9.9.9", "-H 9", "-M", "-k 5", "-R", "-s", "-x 1", "-X 1", "-D -c 1", "-A", "-n",
        "--icmp-timestamp", "-v", "-h", "-c 0", "-Z", "-f /nope", "-a -u", "-4", "-6", "-c 1 -l",
        "-H 256", "-b 99999", "--check-source", "-f /nope -a -u", "-S bla", "-B 9", "-J", "-g"]
SPACES = {"a": "10.78.0.1", "no sockets": "127.0.0.1", "no IPv6": "127.0.0.1"}


def permissions():
    for space, target in SPACES.items():
        for line in USER:
            yield from rows("ordinary user", [f"-t 150 -r 0 {line} {target}"], space=space,
                            user=True)
        yield from rows("ordinary user", ["", "-v", "-h", "--version", "--help", "-v -h", "-Z", "-c",
                                          "-q", "-4 -6", "-v x", "-h x", "x -v", "-f /nope",
                                          "-g x", "-g", "nosuch.invalid", "::1", "-6 ::1",
                                          "-q ::1", "-6 127.0.0.1", "-4 ::1"],
                        space=space, user=True)
    yield from rows("no IPv6", [f"-t 150 -r 0 {line}" for line in (
        "127.0.0.1", "::1", "-6 ::1", "-4 127.0.0.1", "-6 127.0.0.1", "127.0.0.1 ::1", "-c 1 ::1",
        "-q ::1", "localhost", "-6 localhost", "-m localhost", "-S ::1 ::1", "-I lo 127.0.0.1")],
        space="no IPv6")


INTERRUPT, QUIT, TERM, HUP = signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP


def signals():
    modes = ["-l -p 2000 -t 300", "-l -q -p 2000 -t 300", "-l -Q 9 -p 2000 -t 300",
             "-c 9 -p 2000 -t 300", "-C 9 -p 2000 -t 300", "-C 9 -p 2000 -t 300 -q",
             "-l -J -p 2000 -t 300", "-l -o -p 2000 -t 300", "-l -D -p 2000 -t 300",
             "-c 9 -J -o -s -p 2000 -t 300", "-C 9 -J -p 2000 -t 300", "-l -s -p 2000 -t 300",
             "-c 9 -a -p 2000 -t 300", "-l -u -p 2000 -t 300", "-l -x 1 -p 2000 -t 300",
             "-l -N -Q 9 -p 2000 -t 300", "-l -e -A -n -p 2000 -t 300", "-t 5000", "-t 5000 -q",
             "-t 5000 -a", "-t 5000 -s", "-t 5000 -x 2", "-c 9 -Q 9,cumulative -p 2000 -t 300",
             "-l -Q 9 -J -p 2000 -t 300", "-l -Q 9 -o -J -p 2000 -t 300"]
    for mode in modes:
        args = (*mode.split(), LIVE, DEAD)
        yield Row(args, signals=((1.0, INTERRUPT),), group="signal")
        yield Row(args, signals=((1.0, QUIT), (0.3, INTERRUPT)), group="signal")
        yield Row(args, signals=((1.0, QUIT), (0.2, QUIT), (0.2, INTERRUPT)), group="signal")
    for mode in ("-l -p 2000 -t 300", "-t 5000"):
        for number in (TERM, HUP):
            yield Row((*mode.split(), LIVE, DEAD), signals=((1.0, number),), group="signal")


REPORTS = ["-Q 1", "-Q 1,cumulative", "-Q 1 -J", "-Q 1,cumulative -J", "-Q 1 -o", "-Q 1 -N", "-Q 1 -s",
           "-Q 1 -J -s -o", "-Q 1 -N -J", "-Q 1 -D", "-Q 1 -J -D", "-Q 1 -a", "-Q 1 -x 1", "-Q 1 -q",
           "-Q 0", "-Q 0 -J", "-Q 1 -A -n", "-Q 0.7", "-Q 1.5"]


def reports():
    for report in REPORTS:
        yield f"-c 4 -p 450 -t 200 {report} {LIVE} {DEAD}"
        yield f"-C 4 -p 450 -t 200 {report} {LIVE}"
        yield f"-c 4 -p 450 -t 200 {report} {DEAD}"
    for report in ("-Q 1", "-Q 1 -J", "-Q 0.3"):
        yield f"-t 700 -r 0 {report.replace(' -J', '')} {LIVE} {DEAD}"


def silences():
    """Reports are due where no ping is, and what is due has been written when the program is killed."""
    for report in ("-Q 0.6", "-Q 0.6,cumulative", "-Q 0.6 -J", "-Q 0.6 -N", "-Q 0.6 -o -D"):
        for mode in ("-c 1 -t 2000", "-C 1 -t 2000", "-l -p 3000 -t 2500", "-c 2 -p 1700 -t 300"):
            for signals in ((), ((1.5, TERM),))[mode.startswith("-l"):]:
                yield Row((*f"{mode} {report} {DEAD}".split(), LIVE), signals=signals, group="silence")


FORMATS = ["-D", "-D --timestamp-format=ctime", "-D --timestamp-format=iso",
           "-D --timestamp-format=rfc3339", "--timestamp-format=iso", "-e", "-o", "-A", "-A -n", "-d",
           "-A -d", "-n", "--print-tos", "--print-ttl", "--print-ttl --print-tos", "--icmp-timestamp",
           "--icmp-timestamp -e", "--icmp-timestamp --print-ttl", "-O 8 --print-tos", "-s", "-s -q",
           "-x 1", "-x 9", "-X 1", "-X 9", "-b 0", "-b 1", "-b 7", "-b 1000", "-b 3000", "-R", "-R -b 3",
           "-M", "-H 3 --print-ttl", "--check-source", "-m", "-i 0", "-q", "-a", "-u"]


def formats():
    for extra in FORMATS:
        for mode in ("-t 200 -r 0", "-t 200 -r 0 -a", "-t 200 -r 0 -u", "-c 2 -p 210 -t 100",
                     "-C 2 -p 210 -t 100", "-c 2 -p 210 -t 100 -J", "-C 2 -p 210 -t 100 -J"):
            yield f"{mode} {extra} 127.0.0.1 {DEAD}"
        yield f"-t 200 -r 0 {extra} fd78::1"
        yield f"-c 1 -J {extra} fd78::1"


def names():
    """argv[0] and the environment."""
    for name in ("fping", "fping6", "/x/fping6", "./fping"):
        for line in ("-v", "-Z", "-c 0", "127.0.0.1", "::1", "-4 ::1", "-4 127.0.0.1", "-6 ::1", "-4 -6",
                     "-b 99999 ::1", "-g ::1/128", "-g 127.0.0.1/32", "-t 150 -r 0 localhost", "-S bla x"):
            if "/" not in name:
                yield from rows("name of the program", [line], name=name)
    for env in (("TZ", "Asia/Kolkata"), ("LC_ALL", "C.UTF-8"), ("LANG", "de_DE.UTF-8"),
                ("POSIXLY_CORRECT", "1"), ("COLUMNS", "10")):
        for line in (f"{LIVE} -c 1", f"-c 1 -D --timestamp-format=iso {LIVE}", f"-c 1 -Q 0 {LIVE}",
                     "-Z", "-t 0,5", f"-t 500,5 {LIVE}", "nosuch.invalid", f"-c 1 {LIVE} -D -o"):
            yield from rows("environment", [line], env=(env,))


def all_rows():
    yield from rows("ICMP error", errors())
    yield from rows("send error", sending())
    yield from permissions()
    yield from signals()
    yield from silences()
    yield from rows("report", reports())
    yield from rows("format", formats())
    yield from names()
    yield from rows("ordinary user", ["-t 150 -r 0 10.80.0.1", "-c 1 -t 150 10.80.0.1"], user=True)
    yield from rows("order", [
        *(f"{mode} -t 200 -i {gap} fd78::1 {LIVE} fd78::2 {LIVE2}" for gap in (0, 1)
          for mode in ("-r 0", "-c 2 -p 210", "-C 2 -p 210", "-J -c 1", "-r 0 -A -n")),
        f"-c 3 -p 300 -t 200 {LIVE} fd78::1 {LIVE2} fd78::2", "-c 3 -p 200 fd78::1 10.78.0.1",
        "-t 200 -r 0 -i 20 fd78::1 10.78.0.1 fd78::2 10.78.0.2", f"-t 200 -r 0 -i 50 {DEAD} {LIVE}",
        f"-t 100 -r 2 -B 2 {DEAD} {LIVE}", f"-t 100 -r 3 -B 1 {DEAD} 10.79.0.8 {LIVE}"])

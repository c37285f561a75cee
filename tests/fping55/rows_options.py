# SPDX-License-Identifier: Apache-2.0
"""Every option alone with good, bad and boundary values, and every pair of options."""
from itertools import combinations

from row import rows

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"

INTEGERS = ["0", "1", "2", "-1", "+1", " 1", "1 ", "1x", "x", "", "1.5", "0x1", "01", "1e1",
            "4294967296", "99999999999999999999"]
DECIMALS = ["0", "1", "50", "0.5", "1.5", ".5", "5.", "1e1", "0x10", "-1", "+1", " 1", "1 ", "1x",
            "x", "", "1,5", "1e", "--1", "1e400", "-0", "0.0001", "nan", "inf"]

# (letter, name, values, what else has to be there)
VALUES = [
    ("b", "size", INTEGERS + ["12", "56", "65507", "65508", "65535"], "-t 100 -r 0"),
    ("B", "backoff", DECIMALS + ["5", "5.0", "5.1", "0.9", "1.0", "0.99999", "5.00001"],
     "-t 100 -r 0"),
    ("c", "count", [v for v in INTEGERS if v not in ("4294967296",)] + ["3"], "-p 20"),
    ("C", "vcount", [v for v in INTEGERS if v not in ("4294967296",)] + ["3"], "-p 20"),
    ("H", "ttl", INTEGERS + ["64", "255", "256"], ""),
    ("i", "interval", DECIMALS, ""),
    ("O", "tos", INTEGERS + ["0x10", "0X10", "010", "08", "255", "256", "0xff", "0x100", "0b1"],
     ""),
    ("p", "period", [v for v in DECIMALS if v not in ("0", "-0", "0.0001", "nan", "inf")],
     "-c 2 -t 300"),
    ("Q", "squiet", DECIMALS[1:] + ["1,", "1,cumulative", "1,cum", "1,x,cumulative", "1cumulative",
                                    ",cumulative", "1,,"], "-c 1"),
    ("r", "retry", INTEGERS + ["3"], ""),
    ("t", "timeout", [v for v in DECIMALS if v not in ("0", "-0", "0.0001", "0.5", ".5", "1", "+1",
                                                       " 1", "1.5", "0x10", "5.", "1e1")]
     + ["500", "1e3", "0x200", "+600", " 700"], ""),
    ("x", "reachable", INTEGERS, ""),
    ("X", "fast-reachable", INTEGERS, ""),
    ("T", None, ["1", "x", "", "-1"], ""),
    (None, "seqmap-timeout", DECIMALS, ""),
    (None, "timestamp-format", ["ctime", "iso", "rfc3339", "", "epoch", "ISO", "iso ", "ctimex"],
     "-D -c 1"),
    ("S", "src", ["10.77.0.1", "10.77.0.5", "10.9.9.9", "127.0.0.1", "bla", "", " ", "10.77.0.5 ",
                  "10.77.5", "0xa4d0005", "172818437", "0.0.0.0", "::1", "::", "fd77::5",
                  "::ffff:10.77.0.5", "fe80::1%mpa", "fd77::99", "10.077.0.5", "255.255.255.255"],
     ""),
    ("I", "iface", ["mpa", "lo", "nope", "", " ", "mpa ", "averyverylonginterfacename", "mpa:0",
                    "1"], "-t 100 -r 0"),
    ("k", "fwmark", INTEGERS + ["77", "4294967295", "0x4d"], ""),
    ("f", "file", ["/nope", "", "/", "/etc/netns/nope"], ""),
]

FLAGS = ["-4", "-6", "-a", "-A", "-d", "-D", "-e", "-g", "-h", "-J", "-l", "-m", "-M", "-n", "-N",
         "-o", "-q", "-R", "-s", "-u", "-v", "--check-source", "--icmp-timestamp", "--print-tos",
         "--print-ttl"]
LONG = ["--ipv4", "--ipv6", "--alive", "--addr", "--rdns", "--timestamp", "--elapsed", "--all",
        "--dontfrag", "--name", "--netdata", "--outage", "--quiet", "--random", "--stats",
        "--unreach", "--version", "--help", "--generate", "--json", "--loop --count=1"]
EARLY = ["-k 7", "-k 7 -k 8", "-I nope", "-I lo", "-k 7 -I nope", "-I nope -k 7", "-k x"]  # as it is read
LATER = ["-Z", "-v", "-h", "-c 0", "-a -u", "-4 -6", "-b 99999", "-k x", "-S bla"]
ODD = ["-Z", "-", "--", "-- -a", "---", "--x", "--Count=1", "--coun=1", "--count1", "--count =1",
       "--alive=1", "--alive=", "-a=1", "-cx", "-c", "-qc", "-ac1", "-c1q", "-c 1q", "-qac1", "-aa",
       "-4 -6", "-6 -4", "-46", "-4 -4 -4", "-n -d", "-dn", "-n -n", "-a -u", "-ua", "-c 1 -l",
       "-l -C 1", "-J", "-J -q", "-J -l -c 1", "-v -Z", "-Z -v", "-h -Z", "-Z -h", "-c 0 -v",
       "-v -c 0", "-c 0 -h", "-a -u -v", "-H 256 -v", "-v -4 -6", "-4 -6 -v", "-h -4 -6",
       "--icmp-timestamp -6", "-6 --icmp-timestamp", "--icmp-timestamp -b 12", "-b 12 "
       "--icmp-timestamp", "--icmp-timestamp -b 12 -6", "--icmp-timestamp -4", "-v -h", "-h -v",
       "-vh", "-hv", "-S bla -v", "-v -S bla", "-I nope -v", "-f /nope -v", "-f /nope -h",
       "-I nope -h", "-B 9 -b 99999", "-b 99999 -B 9", "-H 300 -a -u", "-a -u -c 1 -l",
       "-b 65508 -a -u", "-J -a -u", "-N", "-N -c 1", "-N -l -c 1", "-N -Q 1 -c 1", "-s -J -c 1",
       "-f - -g", "-Q", "--squiet", "--squiet=", "--iface", "--src", "-k", "--timestamp-format",
       "--seqmap-timeout", "-I", "-S", "-T", "-t", "-x", "-X"]


# Which of two complaints is made.
COMPLAINTS = ["-H 300", "-a -u", "-c 1 -l", "-J", "--icmp-timestamp -b 12", "--icmp-timestamp -b 99999", "-b 99999",
              "-B 9", "-i 0.5", "-p 0.0005 -c 1", "-f /nope", "-g x", "-S 10.9.9.9", "-S fd77::99", "-I nope",
              "--icmp-timestamp -6", "-k 5"]


def complaints():
    for first, second in combinations(COMPLAINTS, 2):
        yield f"-t 100 -r 0 {first} {second}"
        yield f"-t 100 -r 0 {second} {first} {LIVE}"


def alone():
    for letter, name, values, rest in VALUES:
        for value in values:
            if letter:
                yield [*rest.split(), f"-{letter}", value, LIVE]
            if letter and value and value[0] != " ":
                yield [*rest.split(), f"-{letter}{value}", LIVE]
            if name:
                yield [*rest.split(), f"--{name}={value}", LIVE]


def pairs():
    flags = [flag for flag in FLAGS if flag not in ("-g", "-h", "-v", "-l")]
    valued = ["-b 100", "-B 1", "-H 9", "-i 5", "-I mpa", "-k 5", "-O 16", "-r 1", "-S 10.77.0.5",
              "-t 120", "-x 1", "-x 2", "-X 1", "--seqmap-timeout=100"]
    for first, second in combinations(flags + valued, 2):
        extra = "" if "-t " in first + second else "-t 100"
        retry = "" if "-r " in first + second else "-r 0"
        yield f"{extra} {retry} {first} {second} {LIVE} {DEAD}"
        yield f"{extra} -c 2 -p 200 {first} {second} {LIVE} {DEAD}"


def few_pairs():
    """-C, -Q and -l with each of the others."""
    for flag in [f for f in FLAGS if f not in ("-g", "-h", "-v", "-l")]:
        yield f"-C 2 -p 200 -t 100 {flag} {LIVE} {DEAD}"
        yield f"-C 2 -p 200 -t 100 -q {flag} {LIVE} {DEAD}"
        yield f"-c 3 -p 450 -t 250 -Q 1 {flag} {LIVE} {DEAD}"
        yield f"-c 1 -t 150 -J -s -o {flag} {LIVE} {DEAD}"


def all_rows():
    yield from rows("option alone", alone())
    yield from rows("flag alone", (f"-t 150 -r 0 {flag} {LIVE} {DEAD}" for flag in FLAGS if
                                   flag != "-l"))
    yield from rows("flag alone", (f"-t 150 -r 0 {flag} {LIVE} {DEAD}" for flag in LONG))
    yield from rows("flag without a target", FLAGS[:-4] + LONG[:-1])
    yield from rows("odd words", [f"{odd} {LIVE}" for odd in ODD] + ODD)
    for user, space in ((False, "a"), (True, "a"), (True, "no sockets"), (True, "no IPv6")):
        yield from rows("two complaints", (f"-t 100 -r 0 {words} 127.0.0.1" for first in EARLY for second in
                                           LATER for words in (f"{first} {second}", f"{second} {first}")),
                        user=user, space=space)
    yield from rows("two complaints", complaints())
    yield from rows("two complaints", complaints(), user=True)
    yield from rows("pair of options", pairs())
    yield from rows("pair with a mode", few_pairs())

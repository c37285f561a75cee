# SPDX-License-Identifier: Apache-2.0
"""What fping 5.5 prints, byte for byte but for the times; also where Debian's 5.1 differs."""
import json
import re
import select
import shlex

import pytest

from pair import INTERRUPT, QUIT, mask

LIVE, DEAD = "10.78.0.1", "10.79.0.9"
UNREACHABLE6, PROHIBITED6 = "fd80::1", "fd81::1"

# (command line, exit status, stdout, stderr)
ROWS = [
    (f"-t 50 -r 0 {LIVE} {DEAD}", 1, f"{LIVE} is alive\n{DEAD} is unreachable\n", ""),
    (f"-t 50 -r 0 -a {LIVE} {DEAD}", 1, f"{LIVE}\n", ""),
    (f"-t 50 -r 0 -u {LIVE} {DEAD}", 1, f"{DEAD}\n", ""),
    (f"-e {LIVE}", 0, f"{LIVE} is alive (T ms)\n", ""),
    ("-A -n 127.0.0.1", 0, "localhost (127.0.0.1) is alive\n", ""),
    ("-4 -A localhost", 0, "127.0.0.1 is alive\n", ""),
    (f"-q {LIVE}", 0, "", ""),
    (f"-c 2 -p 100 {LIVE} {DEAD}", 1,
     f"{LIVE} : [0], 64 bytes, T ms (T avg, 0% loss)\n"
     f"{LIVE} : [1], 64 bytes, T ms (T avg, 0% loss)\n"
     f"{DEAD} : [0], timed out (NaN avg, 100% loss)\n"
     f"{DEAD} : [1], timed out (NaN avg, 100% loss)\n",
     "\n"
     f"{LIVE} : xmt/rcv/%loss = 2/2/0%, min/avg/max = T/T/T\n"
     f"{DEAD} : xmt/rcv/%loss = 2/0/100%\n"),
    (f"-C 3 -p 50 -q {LIVE} {DEAD}", 1, "", f"{LIVE} : T T T\n{DEAD} : - - -\n"),
    (f"-c 3 -p 100 -o -q {DEAD} {LIVE}", 1, "",
     f"{DEAD} : xmt/rcv/%loss = 3/0/100%, outage(ms) = 300\n"
     f"{LIVE} : xmt/rcv/%loss = 3/3/0%, outage(ms) = 0, min/avg/max = T/T/T\n"),
    (f"-D -c 1 {LIVE}", 0, f"[EPOCH] {LIVE} : [0], 64 bytes, T ms (T avg, 0% loss)\n",
     f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"),
    (f"-c 3 -p 600 -Q 1 {LIVE}", 0, "",
     f"[CLOCK]\n{LIVE} : xmt/rcv/%loss = 2/2/0%, min/avg/max = T/T/T\n"
     f"{LIVE} : xmt/rcv/%loss = 3/3/0%, min/avg/max = T/T/T\n"),
    (f"-c 4 -p 600 -Q 1,cumulative,later {LIVE}", 0, "",
     f"[CLOCK]\n{LIVE} : xmt/rcv/%loss = 2/2/0%, min/avg/max = T/T/T\n"
     f"{LIVE} : xmt/rcv/%loss = 4/4/0%, min/avg/max = T/T/T\n"),
    (f"-s -t 50 -r 0 {LIVE} {DEAD}", 1, f"{LIVE} is alive\n{DEAD} is unreachable\n",
     "\n       2 targets\n       1 alive\n       1 unreachable\n       0 unknown addresses\n"
     "\n       1 timeouts (waiting for response)\n       2 ICMP Echos sent\n"
     "       1 ICMP Echo Replies received\n       0 other ICMP received\n"
     "\n T ms (min round trip time)\n T ms (avg round trip time)\n T ms (max round trip time)\n"
     " T sec (elapsed real time)\n\n"),
    (f"--print-ttl --print-tos -c 1 {LIVE}", 0,
     f"{LIVE} : [0], 64 bytes, T ms (T avg, 0% loss) (TOS 0) (TTL 64)\n",
     f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"),
    ("--print-ttl --print-tos fd78::1", 0, "fd78::1 is alive (TOS 0) (TTL 64)\n", ""),
    (f"-O 0x10 -H 9 --print-tos {LIVE}", 0, f"{LIVE} is alive (TOS 16)\n", ""),
    ("-6 -O 8 --print-tos fd78::1", 0, "fd78::1 is alive (TOS 8)\n", ""),
    (f"-e --print-ttl -a {LIVE}", 0, f"{LIVE} (TTL 64) (T ms)\n", ""),
    (f"-t 50 -r 0 -x 1 {LIVE} {DEAD}", 0,
     "Enough hosts reachable (required: 1, reachable: 1)\n", ""),
    (f"-t 50 -r 0 -x 2 {LIVE} {DEAD}", 1,
     "Not enough hosts reachable (required: 2, reachable: 1)\n", ""),
    # -a, -u, -x and -X choose names in alive mode; with -c and -C each ping keeps its line
    *((f"-c 1 -t 100 {option} {LIVE} {DEAD}", 1,
       f"{LIVE} : [0], 64 bytes, T ms (T avg, 0% loss)\n{DEAD} : [0], timed out (NaN avg, 100% loss)\n",
       f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"
       f"{DEAD} : xmt/rcv/%loss = 1/0/100%\n") for option in ("-a", "-u")),
    (f"-C 1 -t 100 -u -e {LIVE}", 0, f"{LIVE} : [0], 64 bytes, T ms (T avg, 0% loss)\n",
     f"\n{LIVE} : T\n"),
    (f"-c 1 -x 1 {LIVE}", 0, f"{LIVE} : [0], 64 bytes, T ms (T avg, 0% loss)\n"
     "Enough hosts reachable (required: 1, reachable: 1)\n",
     f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"),
    (f"-J -c 1 -a {LIVE}", 0,
     f'{{"resp": {{"host": "{LIVE}", "seq": 0, "size": 64, "rtt": T}}}}\n'
     f'{{"summary": {{"host": "{LIVE}", "xmt": 1, "rcv": 1, "loss": 0, "rttMin": T, "rttAvg": T, '
     '"rttMax": T}}\n', ""),
    # ICMP errors of IPv6
    (f"-t 60 -r 0 {UNREACHABLE6}", 1, f"{UNREACHABLE6} is unreachable\n",
     "ICMPv6 Destination Unreachable (No route to destination) from fd77::2 for ICMPv6 Echo "
     f"Request sent to {UNREACHABLE6}\n"),
    (f"-t 60 -r 0 {PROHIBITED6}", 1, f"{PROHIBITED6} is unreachable\n",
     "ICMPv6 Destination Unreachable (Communication with destination administratively "
     f"prohibited) from fd77::2 for ICMPv6 Echo Request sent to {PROHIBITED6}\n"),
    ("-t 60 -r 0 -H 1 fd88::1", 1, "fd88::1 is unreachable\n",
     "ICMPv6 Time Exceeded (Hop limit exceeded in transit) from fd77::2 for ICMPv6 Echo "
     "Request sent to fd88::1\n"),
    (f"-t 60 -r 0 -q {UNREACHABLE6}", 1, "", ""),
    # complaints
    ("-v", 0, "fping: Version 5.5\n", ""),
    ("--version 127.0.0.1", 0, "fping: Version 5.5\n", ""),
    ("-b 65508 127.0.0.1", 1, "",
     "fping: data size 65508 not valid, must not be larger than 65507\n"),
    ("-I nope 127.0.0.1", 1, "",
     "binding to specific interface (SO_BINDTODEVICE): No such device\n"),
    ("-J 127.0.0.1", 1, "", "fping: option -J, --json requires -c, -C, or -l\n"),
    ("--icmp-timestamp -b 12 127.0.0.1", 1, "", "fping: cannot change ICMP Timestamp size\n"),
    ("--icmp-timestamp -b 65508 127.0.0.1", 1, "",
     "fping: data size 65508 not valid, must not be larger than 65507\n"),
    ("--icmp-timestamp -b 12 -B 9 127.0.0.1", 1, "",
     "fping: backoff factor 9.0 not valid, must be between 1.0 and 5.0\n"),
    (f"--icmp-timestamp -a -c 1 {LIVE}", 0, f"{LIVE} : [0], 20 bytes, T ms (T avg, 0% loss), "
     "timestamps: Originate=T Receive=T Transmit=T Localreceive=T\n",
     f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"),
    ("-g 127.0.0.0/8", 1, "", "fping: -g parameter generates too many addresses\n"),
    ("-g 127.0.0.0 127.2.0.0", 1, "", "fping: -g parameter generates too many addresses\n"),
    ("-g 127.0.0.1 ::1", 1, "",
     "fping: can't parse address ::1: Address family for hostname not supported\n"),
    ("-g ::1 127.0.0.1", 1, "",
     "fping: can't parse address 127.0.0.1: Address family for hostname not supported\n"),
    ("-g fe80::/10%lo", 1, "", "fping: address scope must precede prefix length\n"),
    ("-g fe80::1%lo fe80::2", 1, "", "fping: different scopes for start and end addresses\n"),
    ("-g ::/64", 1, "", "fping: netmask must be between 65 and 128 (is: 64)\n"),
    ("-g ::/129", 1, "", "fping: netmask must be between 65 and 128 (is: 129)\n"),
    ("-g fd78::/100", 1, "", "fping: -g parameter generates too many addresses\n"),
    ("-g fd78::fffe fd78::1:1", 0,
     "".join(f"fd78::{last} is alive\n" for last in ("fffe", "ffff", "1:0", "1:1")), ""),
    ("-g fd78::8/127", 0, "fd78::8 is alive\nfd78::9 is alive\n", ""),
    ("-g fd78::5/126", 0, "".join(f"fd78::{n} is alive\n" for n in (4, 5, 6, 7)), ""),
    ("-g ::2 ::1", 1, "", ""),
    ("-t 300 -r 0 -a -g fd78::ffff:ffff:ffff:fffe fd78:0:0:1::", 1,
     "fd78::ffff:ffff:ffff:fffe\nfd78::ffff:ffff:ffff:ffff\n",
     "ICMPv6 Destination Unreachable (No route to destination) from fd77::2 for ICMPv6 Echo "
     "Request sent to fd78:0:0:1::\n"),
    ("-g fd78:0:0:1:: fd78::ffff:ffff:ffff:ffff", 1, "", ""),
    ("-g fd78:: fd78::1:0:0:0", 1, "", "fping: -g parameter generates too many addresses\n"),
    ("-q -g fd78:: fd78::2:0", 1, "", "fping: -g parameter generates too many addresses\n"),
    ("-g fe80::1%2 fe80::1%mpa", 1, "", "fping: different scopes for start and end addresses\n"),
    ("-g fd78::8%2 fd78::9%2", 0, "fd78::8%2 is alive\nfd78::9%2 is alive\n", ""),
    ("-A -g fd78::8%2/128", 0, "fd78::8%2 is alive\n", ""),
    ("-I nope -v", 1, "", "binding to specific interface (SO_BINDTODEVICE): No such device\n"),
    ("-v -I nope", 0, "fping: Version 5.5\n", ""),
    ("--icmp-timestamp -6 127.0.0.1", 1, "", "fping: can't specify both -4 and -6\n"),
    ("-6 --icmp-timestamp 127.0.0.1", 1, "", "fping: ICMP Timestamp is IPv4 only\n"),
    ("-S 10.9.9.9", 1, "", ""),
    ("-S 10.9.9.9 nosuch.invalid", 2, "", "nosuch.invalid: Temporary failure in name resolution\n"),
    ("-S 10.9.9.9 nosuch.invalid 127.0.0.1", 4, "",
     "nosuch.invalid: Temporary failure in name resolution\n"
     "fping: cannot bind source address : Cannot assign requested address\n"),
    # a source of each family
    *((f"-S {first} -S {second} 127.0.0.1", 4, "",
       "fping: cannot bind source address : Cannot assign requested address\n")
      for first, second in (("10.9.9.9", "fd77::5"), ("fd77::99", "10.77.0.5"))),
    ("-S 10.9.9.9 -S fd77::5 -S 10.77.0.5 127.0.0.1", 0, "127.0.0.1 is alive\n", ""),
    ("-6 ::ffff:127.0.0.1 ::1", 0, "::ffff:127.0.0.1 is alive\n::1 is alive\n", ""),
    ("-g 127.0.0.0/30/30", 1, "",
     "fping, can't parse address 127.0.0.0/30: Name or service not known\n"),
    ("-I '' 127.0.0.1", 0, "127.0.0.1 is alive\n", ""),
    ("-I mpa:0 127.0.0.1", 1, "",
     "binding to specific interface (SO_BINDTODEVICE): No such device\n"),
    ("-S ::ffff:10.77.0.5 127.0.0.1", 4, "",
     "fping: cannot bind source address : Cannot assign requested address\n"),
    ("-S fe80::1%mpa 127.0.0.1", 1, "", "fping: can't parse source address: fe80::1%mpa\n"),
    ("0.0.0.0", 0, "0.0.0.0 is alive\n", " [<- 127.0.0.1]"),
    ("-q -c 1 ::", 0, "", ":: : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"),
    # both families in the order of arrival
    ("-i 0 fd78::1 10.78.0.1 fd78::2 10.78.0.2", 0, "fd78::1 is alive\n10.78.0.1 is alive\n"
     "fd78::2 is alive\n10.78.0.2 is alive\n", ""),
    # reports are of count and loop mode
    ("-Q 0.2 -t 700 -r 0 10.79.0.9", 1, "", ""),
]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_bytes(ours, row):
    args, rc, out, err = row
    assert ours.run(*shlex.split(args)).masked == (rc, out, err)


NO_MARK = "fwmark ipv4: Operation not permitted\nfwmark ipv6: Operation not permitted\n"


@pytest.mark.parametrize("args, rc, out, err", [
    # the mark is set as it is read: before a later word is found wrong, and for each time again
    ("-k 7 -Z", 1, "", f"{NO_MARK}fping: invalid option -- 'Z'\nsee 'fping -h' for usage information\n"),
    ("-Z -k 7", 1, "", "fping: invalid option -- 'Z'\nsee 'fping -h' for usage information\n"),
    ("-k 7 -v", 0, "fping: Version 5.5\n", NO_MARK),
    ("-k 7 -k 8 127.0.0.1", 0, "127.0.0.1 is alive\n", 2 * NO_MARK),
    ("-t 150 -r 0 --icmp-timestamp 127.0.0.1", 1, "127.0.0.1 is unreachable\n",
     "127.0.0.1: error while sending ping: Invalid argument\n"),
    ("-c 1 -t 150 --icmp-timestamp 127.0.0.1", 1, "", "\n127.0.0.1 : xmt/rcv/%loss = 1/0/100%\n"),
])
def test_an_ordinary_user(ours, args, rc, out, err):
    assert ours.run(*args.split(), user=True).masked == (rc, out, err)


STRICT = ["-c 10xyz", "-c 0", "-c -1", "-c", "-t 5s", "-t -1", "-i 1x", "-i nan", "-i -1",
          "-p inf", "-p abc", "-b 56k", "-b -1", "-r 1.5", "-r -1", "-H 0", "-H x", "-O 256",
          "-O 0x100", "-O x", "-k 0", "-x 0", "-X 0", "-B x", "-Q 1whatever", "-Q -1", "-Q ,",
          "-C ''", "--seqmap-timeout=x", "--timestamp-format=epoch", "--size=1x", "-f x -g y",
          "-g", "-g 127.0.0.1", "-g 127.0.0.1 127.0.0.2 127.0.0.3", "-g 127.0.0.0/",
          "-g 127.0.0.0/x", "-g 127.0.0.0/30x", "-g 127.0.0.0/-1", "-g 127.0.0.0/0x18",
          "-g fd78::/126x", "-g 127.0.0.0/99999999999999999999"]


@pytest.mark.parametrize("args", STRICT)
def test_bad_values_show_the_help(ours, args):
    words = [word.replace("''", "") for word in args.split()] + ["127.0.0.1"]
    if args.startswith("-g"):
        words.pop()
    done = ours.run(*words)
    if args == "-c":
        words = ["-c"]
        done = ours.run("-c")
        assert (done.rc, done.err.split("\n")[0]) == \
            (1, "fping: option requires an argument -- 'c'")
        return
    assert (done.rc, done.out, done.err.split("\n")[0]) == \
        (1, "", "Usage: fping [options] [targets...]")


LOOSE = ["-B 1", "-c 1", "-i 0.5", "-t 1e2", "-O 010", "-O 0x10", "-O 255", "-r 0", "-b 65507",
         "-Q 1", "--seqmap-timeout=1000", "-T 1", "-k 1", "--check-source", "-p 0.5 -c 1"]


@pytest.mark.parametrize("args", LOOSE)
def test_good_values(ours, args):
    assert ours.run("-q", *args.split(), "127.0.0.1").rc == 0


def test_space_before_a_number(ours):
    """infping passes option and value as one word."""
    done = ours.run("-B 1", "-r0", "-O 0", "-p 10", "-c 1", "-q", LIVE)
    assert done.masked == (0, "", f"{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n")


FORMATS = {"ctime": r"\[\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4}\] ",
           "iso": r"\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000\] ",
           "rfc3339": r"\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] "}


@pytest.mark.parametrize("name", FORMATS)
def test_timestamp_formats(ours, name):
    done = ours.run("-D", f"--timestamp-format={name}", "-c", "1", LIVE)
    assert re.match(FORMATS[name] + rf"{LIVE} : \[0\], 64 bytes", done.out), done
    done = ours.run("-D", "-J", "--timestamp-format", name, "-c", "1", LIVE)
    stamp = json.loads(done.out.split("\n")[0])["resp"]["timestamp"]
    assert re.fullmatch(FORMATS[name], f"[{stamp}] "), done


NETDATA = """\
CHART fping.10_78_0_1_packets '' 'FPing Packets' packets '10.78.0.1' fping.packets line 110020 1
DIMENSION xmt sent absolute 1 1
DIMENSION rcv received absolute 1 1
BEGIN fping.10_78_0_1_packets
SET xmt = 1
SET rcv = 1
END
CHART fping.10_78_0_1_quality '' 'FPing Quality' percentage '10.78.0.1' fping.quality area 110010 1
DIMENSION returned '' absolute 1 1
BEGIN fping.10_78_0_1_quality
SET returned = 100
END
CHART fping.10_78_0_1_latency '' 'FPing Latency' ms '10.78.0.1' fping.latency area 110000 1
DIMENSION min minimum absolute 1 1000000
DIMENSION max maximum absolute 1 1000000
DIMENSION avg average absolute 1 1000000
BEGIN fping.10_78_0_1_latency
SET min = T
SET avg = T
SET max = T
END
"""


def test_netdata(ours):
    done = ours.run("-N", "-Q", "1", "-c", "2", LIVE)
    assert mask(done.out) == NETDATA
    silent = ours.run("-N", "-Q", "1", "-c", "2", "-p", "700", DEAD)
    assert "SET returned = 0\nEND\n" in silent.out and "SET min" not in silent.out


JSON = f"""\
{{"resp": {{"host": "{LIVE}", "seq": 0, "size": 64, "rtt": T}}}}
{{"timeout": {{"host": "{DEAD}", "seq": 0}}}}
"""


def test_json(ours):
    done = ours.run("-J", "-c", "1", "-t", "50", "-p", "100", LIVE, DEAD)
    assert mask(done.out) == JSON + (
        f'{{"summary": {{"host": "{LIVE}", "xmt": 1, "rcv": 1, "loss": 0, "rttMin": T, '
        '"rttAvg": T, "rttMax": T}}\n'
        f'{{"summary": {{"host": "{DEAD}", "xmt": 1, "rcv": 0, "loss": 100}}}}\n')
    assert (done.rc, done.err) == (1, "")


def test_json_of_times_outage_and_totals(ours):
    done = ours.run("-J", "-C", "2", "-p", "50", "-q", "-o", LIVE, DEAD)
    assert mask_numbers(done.out) == (f'{{"vSum": {{"host": "{LIVE}", "values": [T, T]}}}}\n'
                                      f'{{"vSum": {{"host": "{DEAD}", "values": [null, null]}}}}\n')
    done = ours.run("-J", "-c", "2", "-p", "50", "-q", "-o", "-s", DEAD)
    assert mask(done.out) == (
        f'{{"summary": {{"host": "{DEAD}", "xmt": 2, "rcv": 0, "loss": 100, "outage(ms)": 100}}}}\n'
        '{"stats": {"targets": 1, "alive": 0, "unreachable": 1, "unknownAddresses": 0, '
        '"timeouts": 2, "icmpEchosSent": 2, "icmpEchoRepliesReceived": 0, '
        '"otherIcmpReceived": 0, "rttMin": T, "rttAvg": T, "rttMax": T, "elapsed": T}}\n')


def mask_numbers(text):
    return re.sub(r"(?<=[\[ ])\d+\.\d+(?=[,\]])", "T", text)


def test_json_on_the_way(ours):
    done = ours.run("-J", "-c", "3", "-p", "600", "-Q", "1", "-D", LIVE)
    assert mask(done.out).startswith(
        f'{{"intSum": {{"time": EPOCH,"host": "{LIVE}", "xmt": 2, "rcv": 2, "loss": 0, '
        '"rttMin": T, "rttAvg": T, "rttMax": T}}\n'), done
    stamped = ours.run("-J", "-D", "-c", "1", "--print-ttl", "--print-tos", LIVE)
    assert mask(stamped.out).split("\n")[0] == (
        f'{{"resp": {{"timestamp": "EPOCH", "host": "{LIVE}", "seq": 0, "size": 64, "rtt": T, '
        '"tos": 0, "ttl": 64}}')


def test_json_of_a_bad_name(ours):
    done = ours.run("-J", "-c", "1", "nosuch.invalid", LIVE)
    first = done.out.split("\n")[0]
    why = done.err.strip().split(": ")[1]
    assert first == f'{{"warning": {{"host": "nosuch.invalid", "message": "{why}"}}}}'
    assert done.rc == 2


def test_order_of_json_warnings(ours):
    """In one pipe the lines for people come first, all of them."""
    done = ours.run("-J", "-c", "1", "nosuch.invalid", "other.invalid", LIVE, merged=True)
    assert [re.match(r'{"(warning|resp|summary)"|[a-z.]+: ', line)[0] for line in
            done.out.splitlines()] == ["nosuch.invalid: ", "other.invalid: ", '{"warning"',
                                       '{"warning"', '{"resp"', '{"summary"'], done


@pytest.mark.parametrize("args", [[], ["-J"], ["-N"]], ids=" ".join)
def test_reports_come_when_they_are_due(ours, args):
    """The next ping is a minute away: what came only with it would not be read in time."""
    process = ours.popen("-l", "-p", "60000", "-t", "100", "-Q", "1", *args, LIVE, merged=True)
    readable, _, _ = select.select([process.stdout], [], [], 30)
    assert readable, "no report within 30 s"


def test_a_snapshot_comes_when_it_is_asked_for(ours):
    process = ours.popen("-l", "-p", "60000", "-t", "100", LIVE, merged=True)
    assert b"64 bytes" in process.stdout.readline()
    ours.signal(process, QUIT)
    readable, _, _ = select.select([process.stdout], [], [], 30)
    assert readable, "no snapshot within 30 s"


def test_every_json_line_is_json(ours):
    done = ours.run("-J", "-c", "2", "-p", "300", "-s", "-D", "-o", "-Q", "0.2", LIVE, DEAD,
                    'no"such\\host', merged=False)
    keys = [list(json.loads(line)) for line in done.out.splitlines()]
    assert ["intSum"] in keys and ["summary"] in keys and ["stats"] in keys, done
    assert json.loads(done.out.splitlines()[0])["warning"]["host"] == 'no"such\\host'


def test_icmp_timestamp(ours):
    times = r"timestamps: Originate=\d+ Receive=\d+ Transmit=\d+ Localreceive=\d+"
    assert re.fullmatch(rf"{LIVE} is alive, {times}\n", ours.run("--icmp-timestamp", LIVE).out)
    assert re.fullmatch(rf"{LIVE} {times}\n", ours.run("--icmp-timestamp", "-a", LIVE).out)
    done = ours.run("--icmp-timestamp", "-c", "1", LIVE)
    assert re.match(rf"{LIVE} : \[0\], 20 bytes, [\d.]+ ms \([\d.]+ avg, 0% loss\), {times}\n",
                    done.out), done
    done = ours.run("--icmp-timestamp", "-J", "-c", "1", LIVE)
    got = json.loads(done.out.split("\n")[0])["resp"]["timestamps"]
    assert list(got) == ["originate", "receive", "transmit", "localreceive"]
    for key in got:
        assert (got[key] - got["originate"]) % 86400000 < 1000, got
    assert ours.run("--icmp-timestamp", "-6", "::1").rc == 1


def test_snapshot_and_interrupt(ours):
    done = ours.run("-l", "-p", "5000", LIVE, DEAD, "-t", "100",
                    signals=[(1.0, QUIT), (0.3, INTERRUPT)])
    assert mask(done.err) == (
        f"\n[CLOCK]\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"
        f"{DEAD} : xmt/rcv/%loss = 1/0/100%\n"
        f"\n{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"
        f"{DEAD} : xmt/rcv/%loss = 1/0/100%\n"), done


def test_snapshot_in_alive_mode(ours):
    done = ours.run("-t", "3000", "-r", "0", LIVE, DEAD,
                    signals=[(0.8, QUIT), (0.3, QUIT), (0.3, INTERRUPT)])
    first = f"{LIVE} : xmt/rcv/%loss = 1/1/0%, min/avg/max = T/T/T\n"
    nothing = " : xmt/rcv/%loss = 0/0/0%\n"
    assert done.masked == (1, f"{LIVE} is alive\n{DEAD} is unreachable\n",
                           f"\n[CLOCK]\n{first}{DEAD}{nothing}\n[CLOCK]\n{LIVE}{nothing}"
                           f"{DEAD}{nothing}")


@pytest.mark.parametrize("number", [15, 1])
def test_other_signals_kill(ours, number):
    assert ours.run("-l", LIVE, signals=[(0.5, number)]).rc == -number


def test_help(ours):
    done = ours.run("-h")
    assert (done.rc, done.err) == (0, "")
    assert done.out.startswith("Usage: fping [options] [targets...]\n\nProbing options:\n")
    assert "\n\nOutput options:\n" in done.out
    assert len(done.out) > 1024 and max(map(len, done.out.split("\n"))) <= 90
    for letter in "46abBcCdDefghHiIJklmMnNoOpqQrRsStuvxX":
        assert re.search(rf"^   -{letter}, --[a-z0-9-]+", done.out, re.M), letter
    for name in ("check-source", "icmp-timestamp", "print-tos", "print-ttl", "timestamp-format",
                 "seqmap-timeout"):
        assert re.search(rf"^       --{name}", done.out, re.M), name
    assert ours.run("-c", "1", "-h").out == done.out


def test_called_by_other_names(ours):
    assert ours.run("-v", name="multiping-fping").out == "multiping-fping: Version 5.5\n"
    assert ours.run("-4", "127.0.0.1", name="fping6").err == \
        "fping6: can't specify both -4 and -6\n"

# SPDX-License-Identifier: Apache-2.0
"""Targets of every kind in every mode: given, generated, listed."""
from row import Row, rows

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"

MODES = ["-t 150 -r 0", "-t 150 -r 0 -a", "-t 150 -r 0 -u", "-t 150 -r 0 -q -s", "-t 150 -r 0 -e -A",
         "-t 150 -r 1 -B 1 -n", "-t 150 -r 0 -d", "-t 150 -r 0 -A -d", "-c 2 -p 250 -t 150", "-C 2 -p 250 -t 150 -q",
         "-c 1 -t 150 -J", "-c 1 -t 150 -D -o", "-C 1 -t 150 -A", "-t 150 -r 0 -m", "-t 150 -r 0 -x 1"]

TARGETS = [
    LIVE, DEAD, f"{LIVE} {DEAD}", f"{DEAD} {LIVE} {LIVE2}", f"{LIVE} {LIVE}", "localhost", "peer-b",
    "dual-b", "only6-b", "10.80.0.1", "10.81.0.1", f"10.80.0.1 {LIVE}", "10.83.0.1", "10.84.0.1",
    f"10.84.0.1 {LIVE}", "fd78::1", "fd79::1", "fd80::1", "fd81::1", "fd83::1", "fd84::1",
    f"fd78::1 {LIVE}", f"{LIVE} fd78::1 fd79::1 {DEAD}", "::1", "nosuch.invalid",
    f"nosuch.invalid {LIVE}", f"{LIVE} nosuch.invalid other.invalid", "nosuch.invalid other.invalid",
    "::ffff:10.78.0.1", "::ffff:10.79.0.9", "::10.78.0.1", "10.78.1", "172818433", "0xa4e0001",
    "012.0116.0.1", "10.78.0.1.", "10.78.0.256", "10.78.0.1.5", "fe80::10%mpa", "fe80::10%2",
    "fe80::1%nope", "fe80::1%99", "fe80::10", "fd78::1%mpa", "''", "' '", "a..b", "-- -x", "'10.78.0.1 '",
    "0.0.0.0", "0", "::", "localhost.", "PEER-B", "10.78.0.1/32", "http://peer-b", "[fd78::1]",
    "show version", "version",
]

RANGES = [
    "127.0.0.0/30", "127.0.0.0/31", "127.0.0.1/32", "127.0.0.9/29", "127.0.0.0/33", "127.0.0.0/0",
    "127.0.0.0/1", "127.0.0.0/14", "127.0.0.0/-1", "127.0.0.0/", "127.0.0.0/x", "127.0.0.0/30x",
    "127.0.0.0/030", "127.0.0.0/+30", "'127.0.0.0/ 30'", "127.0.0.0/0x1e", "127.0.0.0/30/30", "/30",
    "127.0.0.0/1.5", "127.0.0.0/99999999999999999999", "127.0.0.0/4294967326", "xxx/24",
    "127.1/32", "2130706433/32", "localhost/32", "127.0.0.1", "127.0.0.1 127.0.0.3",
    "127.0.0.3 127.0.0.3", "127.0.0.5 127.0.0.1", "xxx yyy", "127.0.0.1 yyy", "xxx 127.0.0.1",
    "127.0.0.1 127.0.0.2 127.0.0.3", "127.1 127.2", "127.0.0.254 127.0.1.2", "10.0.0.0 10.255.0.0",
    "127.0.0.0 127.0.0.1 x", "127.0.0.0 127.2.0.0",
    "127.0.0.1 127.0.0.2/31", "127.0.0.1/31 127.0.0.2", "127.0.0.1 ::1", "::1 127.0.0.1",
    "fd78::8/127", "fd78::5/126", "fd78::1/128", "fd78::/64", "fd78::/65", "fd78::/110",
    "fd78::/129", "fd78::/0", "fd78::/x", "fd78::/", "fd78::/-1", "fd78::/126x", "fd78::/+126",
    "fd78::1 fd78::3", "fd78::fffe fd78::1:1", "fd78::3 fd78::1", "fd78::1 fd79::1",
    "fd78::ffff:ffff:ffff:fffe fd78:0:0:1::1", "fd78:0:0:1:: fd78::ffff:ffff:ffff:ffff",
    "fd77:ffff:ffff:ffff:ffff:ffff:ffff:fffe fd78::1", "::1 ::1", "::2 ::1",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/127", "fe80::10%mpa/127", "fe80::/127%mpa",
    "fe80::10%2 fe80::11%2", "fe80::10%mpa fe80::11%mpa", "fe80::1%mpa fe80::2%2",
    "fe80::1%mpa fe80::2%lo", "fe80::1%mpa fe80::2", "fe80::1 fe80::2%mpa", "fe80::10%2/127",
    "fe80::1%nope/127", "fe80::1%nope fe80::2%nope", "fe80::1%99/127", "fe80::1%99 fe80::2%99",
    "fe80::1%averyverylonginterfacename/127", "fd78::8%mpa/127", "fd78::8%2 fd78::9%2",
    "fd78::8%1/127", "fe80::1%/127", "fe80::10%02/127", "::ffff:127.0.0.1/127", "::ffff:127.0.0.1/128",
    "::ffff:10.78.0.1 ::ffff:10.78.0.2", "::ffff:10.78.0.0/126", "0::1/128", "FD78::A/127",
    "''", "'' ''", "' '", "'/'", "'127.0.0.1 /32'",
    "-", "127.0.0.1 ''",
]

FILES = {
    "plain": f"{LIVE}\n{LIVE2}\n", "no last newline": f"{LIVE}\n{LIVE2}", "one": LIVE,
    "comments": f"# one\n\n   \n{LIVE} behind it\n\t{LIVE2}\n #x\n#127.0.0.3\n",
    "comment behind": f"{LIVE} # {LIVE2}\n{LIVE2}#x\n", "crlf": f"{LIVE}\r\n{LIVE2}\r\n",
    "duplicates": f"{LIVE}\n{LIVE}\n", "names": f"localhost\npeer-b\n{LIVE}\n",
    "bad name": f"nosuch.invalid\n{LIVE}\n", "empty": "", "only newline": "\n", "only comments": "#\n#\n",
    "blanks": "   \n\t\n \v \f \n", "form feed": f"{LIVE}\f{LIVE2}\n", "vertical tab": f"{LIVE}\v{LIVE2}\n",
    "carriage return": f"{LIVE}\r{LIVE2}\n", "two words": f"{LIVE} {LIVE2}\n",
    "255": f"{'a' * 255}\n{LIVE}\n", "256": f"{'a' * 256}\n{LIVE}\n", "254": f"{LIVE}\n{'b' * 254}\n",
    "long second": f"{LIVE}\n{'c' * 300}\n{LIVE2}\n", "long behind": f"{LIVE} {'d' * 300}\n{LIVE2}\n",
    "long comment": f"#{'e' * 300} {LIVE}\n{LIVE2}\n", "long blanks": f"{' ' * 300}{LIVE}\n",
    "very long": "f" * 5000, "option": f"-c\n{LIVE}\n", "range": "127.0.0.0/30\n", "hash": f"#{LIVE}\n",
    "mapped": "::ffff:10.78.0.1\n", "scope": "fe80::10%2\n", "IPv6": "fd78::1\nfd79::1\n",
    "semicolon": f"{LIVE};x\n", "quotes": f'"{LIVE}"\n', "utf-8": "hôte.invalid\n",
    "NUL": f"{LIVE}\0x\n{LIVE2}\n",
}
FILE_MODES = ["-t 150 -r 0", "-q -c 1 -t 150", "-c 1 -t 150"]


def listed():
    for text in FILES.values():
        for mode in FILE_MODES:
            yield Row(tuple(mode.split()), text=text, group="list on stdin")
        yield Row(("-t", "150", "-r", "0", "-f", "-"), text=text, group="list on stdin")
    for text in (LIVE, ""):
        for args in (["-f", "-", LIVE2], ["-g", "-f", "-"], [LIVE2], ["-g"], ["-g", LIVE],
                     ["-f", "-", "-f", "-"], ["-"], ["-f"], ["--file", "-"], ["--file=-"]):
            yield Row(("-t", "150", "-r", "0", *args), text=text, group="list and targets")
    for name in ("plain", "no last newline", "crlf", "256", "directory", "unreadable"):
        for user in (False, True):
            yield Row(("-t", "150", "-r", "0", "-f", f"{{dir}}/{name}"), user=user, group="file")


def all_rows():
    for mode in MODES:
        yield from rows("target", (f"{mode} {target}" for target in TARGETS))
    for target in TARGETS:
        yield from rows("target of a family", (f"-t 150 -r 0 {family} {target}" for family in
                                               ("-4", "-6", "-4 -c 1", "-6 -J -c 1")))
    for mode in ("-t 150 -r 0", "-c 1 -t 150", "-t 150 -r 0 -A -n", "-t 150 -r 0 -q"):
        yield from rows("range", (f"{mode} -g {args}" for args in RANGES))
    for mode in ("-4", "-6"):
        yield from rows("range of a family", (f"-t 150 -r 0 {mode} -g {args}" for args in RANGES))
    yield from listed()

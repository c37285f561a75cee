# SPDX-License-Identifier: Apache-2.0
"""What the tests that come with fping ask for: its authors' own idea of its contract."""
import signal

from row import Row, rows

DEAD = "10.79.0.9"
TWO, LOCAL = "127.0.0.1 127.0.0.2", "localhost 127.0.0.1"
LINE, BUFFER = 131, 255  # lengths at which older versions read lists in parts
END = ((2.0, signal.SIGTERM),)


def command_lines():
    yield from ("127.0.0.1", "::1", "-p 100 -C3 127.0.0.1", "-h", "-v", "-Z", "-i 0 -T10 -g 127.0.0.1/29",
                "-c3 -p 9 127.0.0.1", "-H 300 127.0.0.1", "-a -u 127.0.0.1", "-c3 -l 127.0.0.1",
                "-b 65509 127.0.0.1", "-B 0.9 127.0.0.1", "-B 5.1 127.0.0.1", "-4 -6 127.0.0.1",
                "-6 -4 127.0.0.1", "-4 127.0.0.1", "-4 ::1", "-6 ::1", "-6 127.0.0.1")
    for option in ("-a", "-a --print-ttl", "--print-ttl", "--print-tos", "--print-ttl --print-tos",
                   "-a --print-tos --print-ttl", "-a --icmp-timestamp", "--icmp-timestamp", "-e", "-e -a",
                   "--check-source", "-M", "-k 256", "-R", "-n", "-d", "-A", "-A -n", "-d -n", "-n -d",
                   "-O 2", "-O 0x10", "-H 1", "-b 1000", "-i 100", "--print-srcaddr", "-X 1", "-x 1",
                   "-X 2", "-x 2", "-x 3", "-X 3", "--oiface=lo", "--oiface lo"):
        yield f"{option} {TWO}"
        yield f"{option} ::1"
        yield f"-c 2 -p 100 {option} {TWO}"
        yield f"-C 2 -p 100 {option} 127.0.0.1"
        yield f"-J -c 1 {option} 127.0.0.1"
    for option in ("-c 2", "-C 2", "-c 2 -q", "-C 5 -q", "-c 2 -a", "-c 2 -u", "-C 2 -a", "-C 2 -u",
                   "-c 2 -D", "-c 2 -D --timestamp-format=ctime", "-c 2 -D --timestamp-format=iso",
                   "-c 2 -D --timestamp-format=rfc3339", "-c 2 -D --timestamp-format",
                   "-c 2 -D --timestamp-format='%Y-%m-%d %H:%M:%S'", "-c 2 -t 200", "-c 2 -R -q"):
        yield f"-4 {option} -p 100 {LOCAL}"
        yield f"-4 {option} -p 100 -J {LOCAL}"
        yield f"{option} -p 100 -J -q {TWO}"
    yield from ("--icmp-timestamp -b 1000 127.0.0.1", "--icmp-timestamp ::1", "--icmp-timestamp -6 ::1",
                f"-t 100 -r 3 -B 2 {DEAD}", f"-t100 -p 100 -o -c 5 {DEAD}", f"-r0 -t100 -s {DEAD}",
                f"-r0 -u {DEAD} 127.0.0.1", f"-x 1 {DEAD} 127.0.0.1", f"-x 2 {DEAD} 127.0.0.1",
                f"-X 1 {DEAD} 127.0.0.1", f"-X 2 {DEAD} 127.0.0.1", "-s 127.0.0.1",
                "--quiet --interval=1 --vcount=20 --period=50 127.0.0.1 127.0.0.2",
                "-Q 1 -p 400 -c 4 127.0.0.1", "-Q 1,cumulative -p 400 -c 4 127.0.0.1",
                "-c 2 -Q 1 -N 127.0.0.1", "-c 2 -Q 1 -N -d 127.0.0.1", "-S 127.0.0.1 127.0.0.1", "-S ::1 ::1", "-S bla",
                "-q -R -c3 -p100 ::1", "nosuchname.example.com", "-t100 -p100 -C3 255.255.255.255",
                "-a -g 2001:db8:120:4161::4/64", "-J 127.0.0.1", "-J -c 1 -q host.invalid",
                "-J -c 1 -q -g 127.0.0.1/30", "-J -c 2 -Q 1 127.0.0.1", "-J -s -q -c 2 127.0.0.1",
                f"-J -C 1 {DEAD}", f"-J -c 1 {DEAD}", "-I lo 127.0.0.1", "--iface=lo 127.0.0.1",
                "-I nonexistent 127.0.0.1", "-f /does/not/exist")
    for number in "b B c C H i O p Q r t x X k".split():
        yield from (f"-{number} xxx", f"-{number} ''", f"-{number} 1x 127.0.0.1", f"-{number} xxx 127.0.0.1")


def generated():
    for family in ("", "-4 ", "-6 "):
        for targets in ("", "127.0.0.1", "127.0.0.1 127.0.0.2 127.0.0.3", "127.0.0.1 127.0.0.5",
                        "127.0.0.2 127.0.0.1", "127.0.0.1 127.255.255.254", "::1 ::1", "127.0.0.1 ::1",
                        "::1 127.0.0.1", "127.0.0.1/30", "127.0.0.2/31", "127.0.0.2/32", "127.0.0.2/33",
                        "127.0.0.2/0", "127.0.0.2/8", "::1/128", "::1/129", "::1/64", "::/127", "xxx/30", "xxx yyy"):
            yield f"{family}-t 100 -r 0 -g {targets}"


def lists():
    name = "a" * 300 + ".invalid"
    for last in ("\n", ""):
        for blanks in (0, 200, BUFFER, 400):
            yield " " * blanks + name + last
        for length, starts in ((LINE, (100, 122, 127, 131, 150)), (BUFFER, (240, 246, 251, 255, 275))):
            lines = [" " * start + f"127.0.0.{n} " + " " * (length - 9) + "host.name.invalid"
                     for n, start in enumerate(starts, 1)]
            yield "\n".join(lines) + last
    for blanks in (LINE - 19, LINE - 9, BUFFER - 19, BUFFER - 9, BUFFER - 5, 2 * BUFFER - 19, 2 * BUFFER - 9):
        yield " " * blanks + "127.0.0.1"
    yield "".join(" " * (BUFFER - 11 + n) + f"127.0.0.{n}#host.name.invalid\n" for n in (1, 2, 3))
    yield "\n".join(" " * n for n in (100, LINE, 150, BUFFER, 275, 500, 510, 550, 575))
    yield "".join(" " * (BUFFER - 11 + n) + "# this is a comment\n" for n in range(1, 12)) + \
        "#" + " " * 300 + "localhost\n" + " " * 300 + "#" + " " * 300 + "127.0.0.1\n"


def all_rows():
    yield from rows("suite", command_lines())
    yield from rows("suite", generated())
    yield from rows("suite", ("-i 0 -T10 -g 127.0.0.1/29", "-c3 -p 9 127.0.0.1", "-i 0.9 127.0.0.1",
                              "-p 9 -c 2 127.0.0.1", "-i 0 127.0.0.1"), user=True, env=(("FPING_SAFE_LIMITS", "0"),))
    yield from (Row((), text=text, group="suite") for text in lists())
    for line in ("-p 900 -l", "-p 900 -t 1500 -l", "-p 850 -l -Q 1", "-p 900 -l -q", "-p 900 -l -J"):
        yield Row((*line.split(), "127.0.0.1"), signals=END, group="suite")
    yield Row(tuple("-p 900 -l 127.0.0.1".split()), group="suite",
              signals=((2.0, signal.SIGQUIT), (2.0, signal.SIGTERM)))

# SPDX-License-Identifier: Apache-2.0
"""Command lines made up from a seed: options, targets, lists and users that nobody thought of together.

What is left out is what chance decides in both programs: events of two hosts at the same moment.
"""
import random
import signal

from row import Row

LIVE = ["10.78.0.1", "10.78.0.2", "127.0.0.1", "127.1", "localhost", "peer-b", "fd78::1", "::1", "dual-b",
        "only6-b", "10.78.0.1", "10.78.0.3"]
DEAD = ["10.79.0.9", "10.79.0.8", "fd79::1", "10.91.3.1", "10.91.11.0", "fd91::1:4", "10.84.0.1", "10.83.0.1"]
BAD = ["nosuch.invalid", "", "a..b", "10.78.0.256", "fe80::1%nope", "-", "x y", "10.78.0.1/32", "[::1]"]
RANGES = ["127.0.0.0/30", "127.0.0.1/32", "10.78.0.1 10.78.0.3", "fd78::8/126", "::1/128", "127.0.0.9/29",
          "10.78.0.3 10.78.0.1", "127.0.0.0/33", "fd78::1 fd78::2", "xxx/24", "127.0.0.1", "127.0.0.1 ::1",
          "10.78.0.0/0", "fd78::/64", "127.0.0.1 xxx", "fd78::ffff fd78::1:0", "10.79.0.8/31"]
MODES = [("", 5), ("-a", 2), ("-u", 2), ("-c 1", 2), ("-c 2", 3), ("-c 3", 2), ("-C 1", 1), ("-C 3", 3), ("-l", 2),
         ("-a -u", 0.3), ("-c 2 -l", 0.3), ("-l -C 2", 0.2), ("--count=2", 1), ("--vcount 2", 1), ("--alive", 1)]
FLAGS = ["-A", "-n", "-d", "-e", "-D", "-o", "-s", "-q", "-J", "-N", "-m", "-M", "-R", "--check-source",
         "--print-tos", "--print-ttl", "--icmp-timestamp", "-4", "-6", "--addr", "--elapsed", "--json", "--quiet",
         "--stats", "--outage", "--name", "--rdns", "--random", "--dontfrag", "--netdata", "--all", "-qs", "-eA", "-Dn"]
VALUED = ["-b 0", "-b 1", "-b 8", "-b 12", "-b 100", "-b 1400", "-B 1", "-B 2", "-H 1", "-H 5", "-H 64", "-i 0",
          "-i 1", "-i 25", "-I mpa", "-I lo", "-I nope", "-k 7", "-O 0x20", "-O 184", "-r 0", "-r 1", "-r 2",
          "-S 10.77.0.5", "-S fd77::5", "-S 10.9.9.9", "-S bla", "-x 1", "-x 2", "-X 1", "-X 3", "-T 1",
          "--seqmap-timeout=100", "--timestamp-format=iso", "--timestamp-format=ctime", "--timestamp-format rfc3339",
          "-Q 0.5", "-Q 0.5,cumulative", "--squiet=9", "-Q 0"]
WRONG = ["-c 0", "-t x", "-Z", "-H 256", "-b 65508", "-B 5.5", "--nope", "-v", "-h", "-c", "-O 256", "-p 1x", "-x 0",
         "-Q 1x", "--alive=1", "--timestamp-format=x", "-f /nope", "-r -1", "--size", "-i -1", "-k 0", "-X 1.5"]
# Far from any ping or timeout of -p 1000.
INTERRUPT = ((1.6, signal.SIGINT),)
QUIT_AND_INTERRUPT = ((0.6, signal.SIGQUIT), (1.0, signal.SIGINT))


def options(dice):
    mode = dice.choices([mode for mode, _ in MODES], [weight for _, weight in MODES])[0]
    words = [mode, *dice.sample(FLAGS, dice.choice((0, 1, 1, 2, 2, 3, 4))),
             *dice.sample(VALUED, dice.choice((0, 0, 1, 1, 2, 3)))]
    if dice.random() < 0.08:
        words.append(dice.choice(WRONG))
    words.append(f"-t {dice.choice((120, 130, 150))}")
    words.append(f"-p {1000 if mode == '-l' else dice.choice((200, 210, 400))}")
    if not any(word.startswith("-r") for word in words):
        words.append(dice.choice(("-r 0", "-r 1")))
    return words


def targets(dice):
    """One dead host at most, so that no two time out at the same moment."""
    chosen = dice.sample(LIVE, dice.choice((0, 1, 1, 2, 2, 3)))
    chosen += dice.sample(DEAD, 1) if dice.random() < 0.5 or not chosen else []
    chosen += dice.sample(BAD, 1) if dice.random() < 0.12 else []
    dice.shuffle(chosen)
    return chosen


def listed(dice, names):
    """The targets as a list, with what lists may have besides."""
    lines = []
    for name in names:
        lines += dice.choice(([], [], [""], ["# a comment"], ["  "], ["\t#x"]))
        lines.append(dice.choice(("", "", " ", "\t")) + name + dice.choice(("", "", " more", "\r", " # x")))
    return "\n".join(lines) + dice.choice(("\n", "\n", "", "\n\n"))


def row(dice):
    words, text = options(dice), None
    kind = dice.random()
    if kind < 0.6:
        operands = targets(dice)
    elif kind < 0.75:
        operands = ["-g", *dice.choice(RANGES).split()]
    else:
        text = listed(dice, targets(dice))
        operands = dice.choice(([], ["-f", "-"], ["--file=-"]))
    groups = [word.split() for word in words if word] + [[operand] for operand in operands if kind < 0.6]
    if kind < 0.6 and dice.random() < 0.5:
        dice.shuffle(groups)  # options and targets may be mixed
    elif kind >= 0.6:
        groups.append(operands)
    args = tuple(word for group in groups for word in group)
    endless = "-l" in args
    return Row(args, text=text, user=dice.random() < 0.25, group="made up",
               name=dice.choice(("fping",) * 9 + ("fping6",)),
               signals=dice.choice((INTERRUPT, QUIT_AND_INTERRUPT)) if endless else ())


def all_rows(count, seed):
    dice = random.Random(seed)
    for _ in range(count):
        yield row(dice)

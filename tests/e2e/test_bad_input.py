# SPDX-License-Identifier: Apache-2.0
"""Whatever is wrong on the command line: one line, status 2, and not one packet."""
import os
import pty
import random

import pytest

BAD = {
    "no target": [],
    "unknown long option": ["--nonsense", "127.0.0.1"],
    "unknown short option": ["-Z", "127.0.0.1"],
    "count: a word": ["-c", "x", "127.0.0.1"],
    "count: negative": ["-c", "-1", "127.0.0.1"],
    "count: empty": ["-c", "", "127.0.0.1"],
    "count: too large": ["-c", "99999999999999999999", "127.0.0.1"],
    "count: fraction": ["-c", "1.5", "127.0.0.1"],
    "count: trailing": ["-c", "5x", "127.0.0.1"],
    "count: blank": ["-c", " 5", "127.0.0.1"],
    "count: missing": ["127.0.0.1", "-c"],
    "interval: negative": ["-i", "-1", "127.0.0.1"],
    "interval: nan": ["-i", "nan", "127.0.0.1"],
    "interval: inf": ["-i", "inf", "127.0.0.1"],
    "interval: exponent": ["-i", "1e3", "127.0.0.1"],
    "interval: unit": ["-i", "5parsec", "127.0.0.1"],
    "interval: comma": ["-i", "0,5", "127.0.0.1"],
    "interval: too large": ["-i", "99999999999h", "127.0.0.1"],
    "interval: too small": ["-i", "0.0001ns", "127.0.0.1"],
    "timeout: empty": ["-t", "", "127.0.0.1"],
    "timeout: only a unit": ["-t", "ms", "127.0.0.1"],
    "size: too large": ["-s", "65508", "127.0.0.1"],
    "size: negative": ["-s", "-5", "127.0.0.1"],
    "ttl: 0": ["--ttl", "0", "127.0.0.1"],
    "ttl: 256": ["--ttl", "256", "127.0.0.1"],
    "tos: 256": ["--tos", "256", "127.0.0.1"],
    "workers: negative": ["-w", "-1", "127.0.0.1"],
    "window: 0 is none": ["-W", "65537", "127.0.0.1"],
    "attempts: a word": ["-A", "many", "127.0.0.1"],
    "backoff: below one": ["-A", "3", "--backoff", "0.5", "127.0.0.1"],
    "backoff: above five": ["-A", "3", "--backoff", "5.1", "127.0.0.1"],
    "rate: a word": ["--rate", "fast", "127.0.0.1"],
    "mark: a word": ["--mark", "red", "127.0.0.1"],
    "source: a word": ["-S", "nobody", "127.0.0.1"],
    "source: other family": ["-S", "::1", "127.0.0.1"],
    "re-resolve: a word": ["--re-resolve=x", "127.0.0.1"],
    "argument to a flag": ["--quiet=yes", "127.0.0.1"],
    "empty host": [""],
    "blank host": [" "],
    "-4 with IPv6": ["-4", "::1"],
    "-6 with IPv4": ["-6", "127.0.0.1"],
    "-4 and -6": ["-4", "-6", "localhost"],
    "raw and ping socket": ["--raw", "--ping-socket", "127.0.0.1"],
    "flood and manual": ["-f", "-m", "127.0.0.1"],
    "missing file": ["@/nonexistent/hosts"],
    "directory as file": ["@/"],
    "file without name": ["@"],
    "64 KiB name": ["a" * 65536],
    "label too long": ["a" * 64 + ".test"],
    "unknown scope of a network": ["fe80::1%nonesuch/120"],
    "unknown scope of a source": ["-S", "fe80::1%nonesuch", "127.0.0.1"],
    "good host, bad option behind": ["127.0.0.1", "-c", "x"],
}


@pytest.mark.parametrize("args", BAD.values(), ids=BAD.keys())
def test_refused(ping, dns, left, args):
    result = ping(*args)
    assert result.rc == 2 and result.out == "", result
    assert result.err.startswith("multiping: ") and result.err.endswith("\n"), result
    assert result.err.count("multiping: ") == 1
    assert left["sent4"] == left["sent6"] == 0
    assert len(result.err) < 2000, "a long argument is shortened"


def test_a_file_without_a_name_is_named(ping):
    assert ping("@").err == 'multiping: target "@": there is no file name behind it\n'


@pytest.mark.parametrize("args", [["-c", "1", "-"], ["-m", "127.0.0.1"], ["--sweep", "-"]],
                         ids=" ".join)
def test_standard_input_that_cannot_be_read(start, lab, args):
    """Refused as a file of that kind is, in all modes alike."""
    stdin = os.open(lab.dir, os.O_RDONLY)
    result = start(*args, stdin=stdin).wait()
    os.close(stdin)
    assert result.rc == 2, result
    assert result.err == "multiping: standard input: Is a directory\n"


@pytest.mark.parametrize("option", [["-c", "1"], ["--sweep"], ["-c", "1", "--exclude-file"]],
                         ids=" ".join)
def test_a_file_that_others_may_not_read(ping, lab, option):
    path = lab.dir / "of-root"
    path.write_text("127.0.0.1\n")
    path.chmod(0o600)
    args = [*option, str(path), "127.0.0.1"] if "file" in option[-1] else [*option, f"@{path}"]
    result = ping(*args, user=True)
    assert result.rc == 2 and result.out == "", result
    assert result.err == f"multiping: {path}: Permission denied\n"


HOSTILE = [
    "\x1b]0;owned\x07.test", "\x1b[2J", "a\nb.test", "a\r\nmultiping: fake", "a\tb.test",
    "\u202egnp.test", "\u200b.test", "\x7f.test", "bell\x07", "\u0085.test", "back\x08\x08.test",
]
SAFE = set(range(0x20, 0x7F)) | {0x0A}


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
@pytest.mark.parametrize("where", ["target", "option", "value", "file", "file name"])
def test_nothing_reaches_the_terminal_raw(ping, dns, lab, name, where):
    path = lab.dir / "hostile"
    path.write_text(f"{name}\n127.0.0.1\n")
    args = {"target": [name], "option": [f"--{name}"], "value": ["-c", name, "127.0.0.1"],
            "file": [f"@{path}"], "file name": [f"@/{name}"]}[where]
    result = ping("-i", "1ms", "--count=1", *args)
    assert set(result.raw_out + result.raw_err) <= SAFE, result
    assert result.rc == 2 and "multiping: fake" not in result.err.splitlines(), result


@pytest.mark.parametrize("name", [b"\xff\xfe.test", b"\xc3\x28", b"\xed\xa0\x80", b"\x9b31m"],
                         ids=ascii)
def test_invalid_utf8(ping, dns, name):
    result = ping("-c", "1", os.fsdecode(name))
    assert result.rc == 2 and set(result.raw_out + result.raw_err) <= SAFE, result


def test_names_from_the_hosts_file_are_escaped(ping, lab):
    """A line there with an escape sequence in it must not reach the terminal either."""
    hosts = lab.a.etc / "hosts"
    before = hosts.read_text()
    try:
        hosts.write_text(before + "10.78.0.66 evil\x1b]0;x\x07\n")
        result = ping("-c", "1", "evil\x1b]0;x\x07")
    finally:
        hosts.write_text(before)
    assert set(result.raw_out + result.raw_err) <= SAFE, result


@pytest.mark.parametrize("blob", [
    random.Random(7).randbytes(4096), b"\x7fELF" + bytes(4000), bytes(10000), b"a" * 200000, b"\xff" * 5000,
], ids=["random", "elf", "zeros", "one long line", "0xff"])
def test_garbage_as_a_file_of_targets(ping, dns, lab, left, blob):
    path = lab.dir / "garbage"
    path.write_bytes(blob)
    result = ping("-c", "1", "-t", "200ms", f"@{path}", timeout=19)
    assert result.rc == 2 and result.raw_err.startswith(b"multiping: "), result
    assert set(result.raw_out + result.raw_err) <= SAFE
    assert left["sent4"] == left["sent6"] == 0


def test_garbage_on_stdin(ping, dns, left):
    result = ping("-c", "1", "-", text=bytes(range(256)) * 20, timeout=19)
    assert result.rc == 2 and set(result.raw_out + result.raw_err) <= SAFE, result


def test_on_a_terminal_too(lab, command, dns):
    """A terminal gets no more than a file does."""
    master, slave = pty.openpty()
    run = command.start(lab.a, "-c", "1", "\x1b[31mred.test", stdout=slave, stderr=slave)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 4096)
        except OSError:
            break
        if not chunk:
            break
        seen += chunk
    os.close(master)
    assert run.wait().rc == 2 and b"\x1b" not in seen and b"red.test" in seen, seen

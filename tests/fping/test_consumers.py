# SPDX-License-Identifier: Apache-2.0
"""Those who call fping: each one's command line, read with its own expressions."""
import re
import subprocess
import time

import pytest

from pair import INTERRUPT

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"


def test_smokeping_self_test(ours):
    for args in (["-C", "1", "localhost"], ["-C", "1", "-6", "::1"]):
        text = ours.run(*args, merged=True).out
        found = re.search(r"bytes, ([0-9.]+)\sms\s+.*\n.*\n.*:\s+([0-9.]+)", text)
        assert found and float(found[1]) > 0, text
        assert not re.search(r"not found|only.+root", text)


def test_smokeping_features(ours):
    text = ours.run("-h", merged=True).out
    for letter in "SOk":
        assert re.search(rf"\s-{letter}[,\s]", text), letter
    assert re.search(r"Version (3.1[6-9]|[4-9])", ours.run("-v", merged=True).out)


def test_smokeping_round(ours):
    done = ours.run("-C", "5", "-q", "-B1", "-r1", "-b56", "-t200", "-i10", "-p250", "-O0",
                    "-S10.77.0.1", LIVE, DEAD, LIVE2)
    assert done.out == ""  # nobody reads that pipe
    assert done.rc in (0, 1)
    times = {}
    for line in done.err.splitlines():
        if re.match(r"^\S+\s+:\s+[-\d.]", line):
            words = line.split()
            assert words[1] == ":"
            times[words[0]] = [word for word in words[2:] if word[0].isdigit()]
    assert {host: len(found) for host, found in times.items()} == {LIVE: 5, DEAD: 0, LIVE2: 5}


def test_smokeping_continuous(ours):
    """FPingContinuous: an endless run, losses are gaps in the numbers."""
    done = ours.run("-l", "-B1", "-r1", "-p", "50.5", LIVE, DEAD, signals=[(1.5, INTERRUPT)])
    found = re.findall(r"(\S+)\s+:\s+\[(\d+)\],.+bytes,\s+([0-9.]+)\s+ms\s+\(", done.out)
    assert {host for host, _, _ in found} == {LIVE}
    assert [int(n) for _, n, _ in found] == list(range(len(found))) and len(found) > 5


def test_zabbix_options(ours):
    lines = [line.lstrip() for line in ours.run("-h", merged=True).out.splitlines()]
    assert any(line[:2] == "-S" and line[2] in " ," for line in lines)
    assert any(line[:2] == "-I" and line[2] in " ," for line in lines)


@pytest.mark.parametrize("host", [LIVE, DEAD])
def test_zabbix_interval_probe(ours, host):
    """A file with one address and no newline; is -i0 allowed?"""
    text = ours.run("-c1", "-t50", "-i0", text=host, merged=True).out
    assert len(text) < 1024
    assert re.sub(r" \[<-[^]]*\]|\s", "", text).startswith(host)


def test_zabbix_v6_probe(ours):
    assert "fd78::1" in ours.run("-6", "-c1", "-t50", "fd78::1", merged=True).out


def zabbix(text, hosts):
    """As process_fping_statistics_line() and its neighbours go about it."""
    seen = {host: set() for host in hosts}
    values = {}
    for line in text.splitlines():
        assert " error:" not in line
        host = line.split(" ")[0]
        if host not in seen or " : " not in line or "duplicate for" in line:
            continue
        rest = line[line.index(" : ") + 3:]
        found = re.match(r"\[(\d+)\],", rest)
        if found:
            if " timed out " not in line:
                seen[host].add(int(found[1]))
            continue
        tokens = rest.split(" ")
        assert all(tokens), f"more than one space: {line!r}"
        values[host] = [float(token) for k, token in enumerate(tokens)
                        if token != "-" and k in seen[host]]
    return values


def test_zabbix_batch(ours):
    hosts = [LIVE, DEAD, "peer-b"]
    text = ours.run("-C3", "-p300", "-b68", "-t200", "-i0", text="\n".join(hosts) + "\n",
                    merged=True).out
    assert {host: len(found) for host, found in zabbix(text, hosts).items()} == \
        {LIVE: 3, DEAD: 0, "peer-b": 3}


def test_zabbix_names(ours):
    text = ours.run("-C2", "-p30", "-dA", "-i0", text="peer-b", merged=True).out
    assert re.search(r"^peer-b \(10\.78\.0\.7\) : \[0\], 64 bytes", text, re.M), text


LIBRENMS = re.compile(r"(\S+)\s*: (xmt/rcv/%loss = (\d+)/(\d+)/(?:(100)%|(\d+)%, min/avg/max = "
                      r"([\d.]+)/([\d.]+)/([\d.]+))|Name or service not known|"
                      r"Temporary failure in name resolution)$")


@pytest.mark.parametrize("host,received", [(LIVE, 3), (DEAD, 0), ("nosuch.invalid", None)])
def test_librenms_single(ours, host, received):
    done = ours.run("-e", "-q" if received is not None else "-e", "-c", "3", "-p", "100", "-t",
                    "100", "-O", "0", host)
    found = LIBRENMS.search(done.err.strip())
    assert found, done
    if received is not None:
        assert (int(found[3]), int(found[4])) == (3, received)
    assert done.rc == {3: 0, 0: 1, None: 2}[received]


def test_librenms_bulk_streams(ours):
    """It reads line by line while fping is running: each line has to come at once."""
    process = ours.popen("-f", "-", "-t", "1500", "-r", "0", "-O", "0", stdin=subprocess.PIPE)
    process.stdin.write(f"{DEAD}\n{LIVE}\n".encode())
    process.stdin.close()
    first = process.stdout.readline().decode()
    assert re.match(r"^(\S+) is (alive|unreachable)$", first) and first.startswith(LIVE)
    assert process.poll() is None
    assert process.stdout.readline().decode() == f"{DEAD} is unreachable\n"
    assert process.wait(5) == 1


@pytest.mark.parametrize("size,rc", [("1000", 0), ("1472", 0), ("1473", 1), ("2000", 1)])
def test_librenms_mtu(ours, size, rc):
    assert ours.run("-q", "-r", "0", "-t", "100", "-b", size, "-M", LIVE).rc == rc


def test_netdata(ours):
    """fping.plugin: blocks of BEGIN, SET and END, on stdout."""
    done = ours.run("-N", "-l", "-Q", "1", "-p", "200", "-R", "-b", "56", "-i", "1", "-r", "0",
                    "-t", "5000", LIVE, "peer-b", signals=[(3.3, INTERRUPT)])
    blocks = re.findall(r"^BEGIN fping\.(\S+)\n((?:SET \w+ = \d+\n)*)END$", done.out, re.M)
    names = [name for name, _ in blocks]
    assert names[:6] == ["10_78_0_1_packets", "10_78_0_1_quality", "10_78_0_1_latency",
                         "peer_b_packets", "peer_b_quality", "peer_b_latency"]
    assert len(names) >= 12 and done.out.count("CHART ") == 6
    sets = [line for name, lines in blocks[6:12] for line in lines.splitlines()]
    assert "SET xmt = 5" in sets and "SET rcv = 5" in sets and "SET returned = 100" in sets


def test_pacemaker(ours):
    text = ours.run("-r", "2", "-t", "60", "-B", "1.0", LIVE, DEAD, merged=True).out
    assert text.count("is alive") == 1
    assert [line.split()[0] for line in text.splitlines() if "is unreachable" in line] == [DEAD]


def test_vaping(ours):
    """It logs and leaves out each line that is not "host : " and times: since fping 5.2 there are
    those of single pings, and an empty one, in spite of -u."""
    text = ours.run("-u", "-C5", "-p20", "-e", LIVE, DEAD, merged=True).out
    found = {}
    for line in text.splitlines():
        host, _, times = line.partition(" : ")
        if re.fullmatch(r"(-|[\d.]+)( (-|[\d.]+))*", times):
            found[host.strip()] = times.split(" ")
    assert len(found[LIVE]) == 5 and "-" not in found[LIVE] and found[DEAD] == ["-"] * 5


def test_fping_exporter(ours):
    done = ours.run("-q", "-p", "50", "-C", "3", "-i", "1", LIVE, DEAD)
    assert done.rc == 1 and done.out == ""
    for line in done.err.splitlines():
        host, _, times = line.partition(" : ")
        assert len(times.split()) == 3, line


def test_infping(ours):
    done = ours.run("-B 1", "-D", "-r0", "-O 0", "-Q 1", "-p 300", "-l", LIVE,
                    signals=[(1.8, INTERRUPT)])
    lines = [line for line in done.err.splitlines() if not re.match(r"\[\d\d:\d\d:\d\d\]", line)]
    assert lines and all(re.match(
        r"^\S+\s*: xmt/rcv/%loss = \d+/\d+/\d+%, min/avg/max = [\d.]+/[\d.]+/[\d.]+$", line)
        for line in lines), done


def test_xymon(ours):
    assert re.fullmatch(rf"{LIVE} is alive \([\d.]+ ms\)\n", ours.run("-Ae", LIVE).out)


def test_mysql_mmm(ours):
    text = ours.run("-q", "-u", "-t", "60", "-C", "1", DEAD, merged=True).out
    assert re.search(rf"{re.escape(DEAD)}.*-$", text, re.M)


def test_telegraf_and_scripts(ours):
    line = re.compile(r"^(\S+)\s*:\s*xmt/rcv/%loss\s*=\s*(\d+)/(\d+)/(\d+)%"
                      r"(?:,\s*min/avg/max\s*=\s*([\d.]+)/([\d.]+)/([\d.]+))?$", re.M)
    done = ours.run("-q", "-c", "2", "-p", "50", LIVE, DEAD)
    assert [found[0:4] for found in line.findall(done.err)] == \
        [(LIVE, "2", "2", "0"), (DEAD, "2", "0", "100")]


def test_flent(ours):
    assert "--ipv6" in ours.run("-h").out and "--timestamp" in ours.run("-h").out
    done = ours.run("-D", "-p", "50", "-c", "3", "-t", "1000", LIVE)
    found = re.findall(r"^\[(\d+\.\d+)\] .*: \[(\d+)\], 64 bytes, ([\d.]+) ms", done.out, re.M)
    stamps = [float(stamp) for stamp, _, _ in found]
    assert [n for _, n, _ in found] == ["0", "1", "2"] and abs(stamps[0] - time.time()) < 60


def test_ganeti(ours):
    for host, rc in ((LIVE, 0), (DEAD, 1), ("nosuch.invalid", 2)):
        assert ours.run("-q", "-t", "60", "-r", "0", host, stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL).rc == rc

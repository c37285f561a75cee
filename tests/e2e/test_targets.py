# SPDX-License-Identifier: Apache-2.0
"""What stands for targets: networks, ranges, braces; what is left out; every address of a name."""
import subprocess

import pytest

from command import wait_until

FORMS = {
    "10.78.0.0/29": [f"10.78.0.{n}" for n in range(1, 7)],
    "10.78.0.8/31": ["10.78.0.8", "10.78.0.9"],
    "fd78::/126": ["fd78::", "fd78::1", "fd78::2", "fd78::3"],
    "10.78.0.254-10.78.1.1": ["10.78.0.254", "10.78.0.255", "10.78.1.0", "10.78.1.1"],
    "fd78::fffe-fd78::1:0": ["fd78::fffe", "fd78::ffff", "fd78::1:0"],
    "10.78.0-1.1,3": ["10.78.0.1", "10.78.0.3", "10.78.1.1", "10.78.1.3"],
    "10.78.{0,2}.{1..2}": ["10.78.0.1", "10.78.0.2", "10.78.2.1", "10.78.2.2"],
    "web{01..03}.test": ["web01.test", "web02.test", "web03.test"],
}


def hosts(result):
    return [item.host for item in result.report.summaries]


@pytest.mark.parametrize("text", FORMS)
@pytest.mark.parametrize("where", ["operand", "file", "stdin", "NUL"])
def test_forms(ping, lab, dns, text, where):
    """Each form is understood wherever targets are read."""
    for n in (1, 2, 3):
        dns.set(f"web0{n}.test", A=[f"10.78.3.{n}"])
    path = lab.dir / "forms"
    path.write_text(f"{text} a=b # comment\n")
    args, data = {"operand": ([text], None), "file": ([f"@{path}"], None),
                  "stdin": (["-"], path.read_bytes()),
                  "NUL": (["-0", "-"], f"# none\0{text} a=b\0".encode())}[where]
    result = ping("-c", "1", "-i", "1ms", "-q", *args, text=data)
    assert result.rc == 0 and hosts(result) == FORMS[text], result


def test_nul_separated_file(ping, lab):
    path = lab.dir / "nul"
    path.write_bytes(b"10.78.0.1\0\0# 10.79.0.1\x0010.78.0.2 note=\"a b\"")
    result = ping("-c", "1", "--null", f"@{path}")
    assert result.rc == 0 and hosts(result) == ["10.78.0.1", "10.78.0.2"], result
    path.write_bytes(b"10.78.0.1\n10.78.0.2\0")
    assert ping("-c", "1", "-0", f"@{path}").rc == 2


def test_a_range_from_stdin_is_pinged_when_its_line_arrives(start, arrived):
    run = start("-c", "1", "-i", "1ms", "-", stdin=subprocess.PIPE)
    for number in (1, 2):
        run.proc.stdin.write(b"10.78.%d.0/28\n" % number)
        run.proc.stdin.flush()
        assert wait_until(lambda n=number: arrived["got4"] == 14 * n), run.result(None)
    run.proc.stdin.close()
    assert run.wait().report.total.received == 28


BAD = {
    "v6 /64": (["2001:db8::/64"], "2^40"),
    "all of v6": (["::/0"], "2^40"),
    "prefix length": (["10.78.0.0/33"], "0 to 32"),
    "prefix length of v6": (["fd78::/129"], "0 to 128"),
    "no prefix length": (["10.78.0.0/"], "0 to 32"),
    "a name with one": (["localhost/24"], "no address"),
    "backwards": (["10.78.0.9-10.78.0.1"], "ends before it begins"),
    "two families": (["10.78.0.1-fd78::1"], "different kinds"),
    "octets backwards": (["10.78.0.9-1"], "ends before it begins"),
    "octet too large": (["10.78.0.1-256"], "0 and 255"),
    "brace not closed": (["h{1..9"], "not closed"),
    "brace not opened": (["h1..9}"], "not opened"),
    "brace of nothing": (["h{x}.test"], "braces hold"),
    "braces of too much": (["h{1..9999999}{1..9999999}"], "more targets"),
    "range of the other family": (["-6", "10.78.0.0/30"], "family"),
    "exclude a name": (["--exclude", "localhost", "10.78.0.1"], "only addresses"),
    "exclude a bad network": (["--exclude", "10.0.0.0/8,10.0.0.0/33", "10.78.0.1"], "0 to 32"),
    "exclude nothing": (["--exclude", "", "10.78.0.1"], "empty"),
    "exclude braces": (["--exclude", "10.78.0.{1..2}", "10.78.0.1"], "braces"),
    "no exclude file": (["--exclude-file", "/nonexistent/x", "10.78.0.1"], "No such file"),
    "everything excluded": (["--exclude", "10.78.0.0/24", "10.78.0.0/28"], "every target"),
    "by hand with -0": (["-m", "-0", "10.78.0.1"], "exclude each other"),
}


@pytest.mark.parametrize("args,says", BAD.values(), ids=BAD.keys())
def test_refused(ping, left, args, says):
    result = ping("-c", "1", *args)
    assert result.rc == 2 and result.out == "", result
    assert result.err.count("\n") == 1 and says in result.err, result
    assert left["sent4"] == left["sent6"] == 0


def test_a_bad_line_of_an_exclude_file_stops_everything(ping, lab, left):
    path = lab.dir / "exclude"
    path.write_text("# ours\n10.0.0.0/24\n\n10.1.0.0/40 # oops\n")
    result = ping("-c", "1", "--exclude-file", str(path), "10.78.0.1")
    assert result.rc == 2 and f'{path}:4: "10.1.0.0/40": ' in result.err, result
    assert result.err.count("\n") == 1 and left["sent4"] == 0


def test_excluded_addresses_are_left_out(ping, lab, arrived):
    path = lab.dir / "exclude"
    path.write_text("10.78.0.8/29  # all eight\n10.78.0.1-10.78.0.2\n10.78.0.4,6\nfd78::2/127\n")
    result = ping("-c", "1", "-q", "-i", "1ms", "--exclude-file", str(path), "--exclude",
                  "10.78.0.3,::ffff:10.78.0.5", "10.78.0.0-17", "fd78::/126")
    assert hosts(result) == ["10.78.0.0", "10.78.0.7", "10.78.0.16", "10.78.0.17",
                             "fd78::", "fd78::1"], result
    assert arrived["got4"] == 4 and arrived["got6"] == 2


def test_a_name_that_leads_to_an_excluded_address(ping, dns, left):
    result = ping("-c", "2", "-i", "10ms", "--exclude", "10.78.0.1/32", "ok.test", "10.78.0.9")
    assert result.rc == 1 and "the address is excluded" in result.err, result
    assert result.report.of("ok.test").errors == 2
    assert result.report.of("10.78.0.9").received == 2 and left["sent4"] == 2


def test_a_name_that_moves_to_an_excluded_address(start, dns, arrived):
    dns.set("mover.test", A=["10.78.0.11"])
    run = start("-r", "-i", "20ms", "--exclude", "10.78.0.12", "mover.test")
    assert wait_until(lambda: arrived["got4"] >= 3)
    dns.set("mover.test", A=["10.78.0.12"])
    assert wait_until(lambda: "the address is excluded" in run.stderr()), run.result(None)
    dns.set("mover.test", A=["10.78.0.13"])
    assert wait_until(lambda: "(10.78.0.13)" in run.stdout()), run.result(None)
    run.signal(2)
    result = run.wait()
    assert not any(line.addr == "10.78.0.12" for line in result.report.lines("reply")), result


def test_each_target_once(ping, dns, arrived):
    result = ping("-c", "1", "-i", "1ms", "--unique", "10.78.0.1", "10.78.0.0/30", "OK.test",
                  "ok.test", "fd78::1", "fd78:0::1", "10.78.0.1", "-",
                  text=b"10.78.0.2\n10.78.0.3\nok.TEST\n")
    assert hosts(result) == ["10.78.0.1", "10.78.0.2", "OK.test", "fd78::1", "10.78.0.3"], result
    assert arrived["got4"] == 4 and arrived["got6"] == 1
    twice = ping("-c", "1", "-i", "1ms", "10.78.0.1", "10.78.0.1")
    assert twice.report.total.counts["targets"] == 2, "only on request"


def test_each_of_many_targets_once(ping, arrived):
    hosts_twice = ["10.78.0.1-10.78.7.250"] * 2
    result = ping("-q", "-c", "1", "-i", "200ms", "--unique", *hosts_twice)
    assert result.report.total.counts["targets"] == result.report.total.received == 2042, result
    assert arrived["got4"] == 2042


def test_all_addresses_of_a_name(ping, dns, arrived):
    dns.set("many.test", A=["10.78.1.1", "10.78.1.2", "10.78.1.3"], AAAA=["fd78::11", "fd78::12"])
    result = ping("-c", "2", "-i", "10ms", "--all-addresses", "many.test", "10.78.2.1", "ok.test")
    found = {item.addr for item in result.report.summaries if item.host == "many.test"}
    assert found == {"10.78.1.1", "10.78.1.2", "10.78.1.3", "fd78::11", "fd78::12"}, result
    assert result.rc == 0 and result.report.total.counts["targets"] == 7
    assert arrived["got4"] == 10 and arrived["got6"] == 4
    only4 = ping("-4", "-c", "1", "--all-addresses", "many.test", "--exclude", "10.78.1.2")
    assert {item.addr for item in only4.report.summaries} == {"10.78.1.1", "10.78.1.3"}, only4
    one = ping("-c", "1", "many.test")
    assert one.report.total.counts["targets"] == 1, "only on request"


def test_all_addresses_with_workers_and_by_hand(ping, dns):
    dns.set("many.test", A=[f"10.78.1.{n}" for n in range(1, 20)])
    result = ping("-w", "2", "-c", "3", "-i", "1ms", "--all-addresses", "many.test")
    assert result.rc == 0 and result.report.total.received == 57, result
    result = ping("-m", "--all-addresses", "many.test", text=b"\n\n")
    assert result.rc == 0 and result.report.total.received == 38, result

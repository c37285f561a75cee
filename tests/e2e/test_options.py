# SPDX-License-Identifier: Apache-2.0
"""Options that change the packets, judged by what comes out of the wire."""
import json

import pytest

BOTH = pytest.mark.parametrize("network", ["10.78.0.", "fd78::"], ids=["v4", "v6"])
KINDS = pytest.mark.parametrize("kind", ["--raw", "--ping-socket"])


@KINDS
@BOTH
@pytest.mark.parametrize("size", [0, 1, 7, 8, 15, 16, 17, 56, 1400, 8000, 65507])
def test_sizes(ping, kind, network, size):
    """Every size is answered; from 8 bytes on the whole proof comes back."""
    result = ping(kind, "-c", "3", "-i", "1ms", "-s", str(size), network + "1")
    assert result.rc == 0, result
    assert {line.bytes for line in result.report.lines("reply")} == {size + 8}
    assert result.report.total.received == 3


@KINDS
@pytest.mark.parametrize("host,router", [("10.88.0.1", "10.77.0.2"), ("fd88::1", "fd77::2")])
def test_ttl_runs_out_on_the_way(ping, kind, host, router):
    result = ping(kind, "-c", "2", "-i", "10ms", "--ttl", "1", host)
    lines = result.report.lines("error", host)
    assert result.rc == 1 and len(lines) == 2, result
    assert {line.host for line in lines} == {router}
    assert all("time" in line.note.lower() and "exceeded" in line.note.lower() for line in lines)
    assert result.report.of(host).unreachable == 2 and result.report.of(host).lost == 0
    assert ping(kind, "-c", "1", "--ttl", "2", host).rc == 0


@KINDS
@BOTH
def test_tos_is_on_the_wire(ping, kind, network, arrived):
    assert ping(kind, "-c", "3", "-i", "1ms", "--tos", "0xb8", network + "1").rc == 0
    assert arrived["dscp"] == 3
    assert ping(kind, "-c", "3", "-i", "1ms", "--tos", "184", network + "1").rc == 0
    assert arrived["dscp"] == 6
    assert ping(kind, "-c", "3", "-i", "1ms", network + "1").rc == 0
    assert arrived["dscp"] == 6


@KINDS
@BOTH
def test_mark_is_seen_by_the_firewall(ping, kind, network, left):
    assert ping(kind, "-c", "3", "-i", "1ms", "--mark", "77", network + "1").rc == 0
    assert left["marked"] == 3


@KINDS
@pytest.mark.parametrize("host,source", [("10.78.0.1", "10.77.0.5"), ("fd78::1", "fd77::5")])
def test_source_address(ping, kind, host, source, arrived):
    assert ping(kind, "-c", "2", "-i", "1ms", "-S", source, host).rc == 0
    assert arrived["second_source"] == 2


@pytest.mark.parametrize("host,source", [("10.78.0.1", "10.99.0.1"), ("fd78::1", "fd99::1")])
def test_a_source_that_is_not_ours(ping, host, source, arrived):
    result = ping("-c", "2", "-i", "1ms", "-S", source, host)
    assert result.rc == 2 and arrived["got4"] == arrived["got6"] == 0, result
    assert result.err == f"multiping: the source {source} is no address of this machine\n"


@KINDS
@BOTH
def test_interface(ping, kind, network):
    """Through the right interface it is answered, through the wrong one it is not."""
    assert ping(kind, "-c", "1", "-I", "mpa", network + "1").rc == 0
    result = ping(kind, "-c", "1", "-t", "300ms", "-I", "lo", network + "1")
    assert result.rc == 1 and result.report.total.received == 0, result


def test_an_interface_that_does_not_exist(ping, arrived):
    result = ping("-c", "1", "-I", "nonesuch", "10.78.0.1")
    assert result.rc == 2 and "nonesuch" in result.err and result.out == "", result
    assert arrived["got4"] == 0


def link_local_of_b(lab):
    links = json.loads(lab.b.run("ip", "-j", "-6", "address", "show", "dev", "mpb"))
    return next(entry["local"] for link in links for entry in link["addr_info"]
                if entry.get("scope") == "link")


@KINDS
def test_link_local(ping, lab, kind):
    address = link_local_of_b(lab)
    result = ping(kind, "-c", "3", "-i", "1ms", f"{address}%mpa")
    assert result.rc == 0 and result.report.of(f"{address}%mpa").received == 3, result
    index = lab.a.run("cat", "/sys/class/net/mpa/ifindex").strip()
    assert ping(kind, "-c", "1", f"{address}%{index}").rc == 0
    assert ping(kind, "-c", "1", "-I", "mpa", address).rc == 0


def test_link_local_with_a_wrong_scope(ping, lab):
    address = link_local_of_b(lab)
    result = ping("-c", "1", f"{address}%nonesuch")
    assert result.rc == 2 and "nonesuch" in result.err, result
    assert ping("-c", "1", "-t", "300ms", f"{address}%lo").rc == 1


@KINDS
@pytest.mark.parametrize("host,router", [("10.88.0.9", "10.77.0.2"), ("fd88::9", "fd77::2")])
def test_df_beyond_the_path(ping, kind, host, router):
    """1,448 or 1,428 bytes do not fit through 1,400: the router says so."""
    result = ping(kind, "-c", "2", "-i", "50ms", "-t", "500ms", "--df", "-s", "1400", host)
    lines = result.report.lines("error", host)
    assert result.rc == 1 and {line.host for line in lines} == {router}, result
    assert all("frag" in line.note.lower() or "too big" in line.note.lower() for line in lines)
    assert result.report.total.received == 0


@KINDS
@BOTH
def test_df_beyond_the_own_link(ping, kind, network, arrived):
    result = ping(kind, "-c", "2", "-i", "1ms", "--df", "-s", "1600", network + "1")
    assert result.rc == 1 and result.report.total.errors == 2, result
    assert f"sending fails: Message too long ({network}1)" in result.err, result
    assert arrived["got4"] == arrived["got6"] == 0


@KINDS
def test_without_df_it_is_fragmented(ping, kind):
    result = ping(kind, "-c", "2", "-i", "1ms", "-s", "1400", "10.88.0.10")
    assert result.rc == 0, result


@pytest.mark.parametrize("option", ["-c", "--count"])
def test_long_and_short_spellings(ping, option):
    value = [f"{option}=3"] if option.startswith("--") else [f"{option}3"]
    assert ping(*value, "-i1ms", "127.0.0.1").report.total.received == 3
    assert ping("127.0.0.1", option, "3", "--interval=1ms").report.total.received == 3


@pytest.mark.parametrize("interval", ["1ms", "0.001", ".001", "1000us", "0.001s"])
def test_spellings_of_a_duration(ping, interval):
    assert ping("-c", "3", "-i", interval, "-t", "2", "127.0.0.1").report.total.received == 3


@pytest.mark.parametrize("timeout,shown", [("300ms", "300 ms"), ("0.2", "200 ms")])
def test_a_loss_shows_its_timeout(ping, timeout, shown):
    line, = ping("-c", "1", "-t", timeout, "10.79.0.1").report.lines("lost")
    assert shown in line.note

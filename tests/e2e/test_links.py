# SPDX-License-Identifier: Apache-2.0
"""Addresses that mean something on a link only, broadcast addresses, and texts that others misread.

Two links, mpl0 and mpl1, with the same link-local addresses at both ends: fe80::2 here, fe80::1
there. Behind the first is fe80::10 as well, behind the second fe80::11.
"""
import pytest

from command import wait_until
from lab import Netns, sh

KINDS = ["--raw", "--ping-socket"]


@pytest.fixture(scope="module")
def links(command):
    here = Netns("links")
    there = [Netns("links0"), Netns("links1")]
    try:
        here.run("sysctl", "-qw", "net.ipv4.ping_group_range=0 2147483647")
        for i, peer in enumerate(there):
            sh("ip", "link", "add", f"mpl{i}", "netns", here.name, "type", "veth", "peer", "name",
               "mpp", "netns", peer.name)
            here.run("ip", "addr", "add", "fe80::2/64", "dev", f"mpl{i}", "nodad")
            here.run("ip", "addr", "add", f"10.9.{i}.1/24", "dev", f"mpl{i}")
            here.run("ip", "link", "set", f"mpl{i}", "addrgenmode", "none", "up")
            peer.run("ip", "link", "set", "mpp", "addrgenmode", "none", "up")
            for address in ("fe80::1/64", f"fe80::1{i}/64"):
                peer.run("ip", "addr", "add", address, "dev", "mpp", "nodad")
            peer.run("ip", "addr", "add", f"10.9.{i}.2/24", "dev", "mpp")
        for peer in there:
            assert wait_until(lambda peer=peer: "LOWER_UP" in peer.run("ip", "link", "show", "mpp"))

        def run(*args, **kwargs):
            return command.run(here, *args, **kwargs)
        run.space = here
        yield run
    finally:
        for space in [here, *there]:
            space.remove()


def addrs(result):
    return [line.addr or line.host for line in result.report.lines("reply")]


ANSWERED = {
    "the kernel's choice": (["fe80::1"], ["fe80::1%mpl0"]),
    "the link as it was named": (["fe80::11%mpl1"], ["fe80::11%mpl1"]),
    "one of this machine's own": (["fe80::2"], ["fe80::2%mpl0"]),
    "behind the interface": (["-I", "mpl1", "fe80::11"], ["fe80::11%mpl1"]),
    "where the source is": (["-S", "fe80::2%mpl1", "fe80::11"], ["fe80::11%mpl1"]),
    "a source on both links": (["-S", "fe80::2", "fe80::11%mpl1"], ["fe80::11%mpl1"]),
    "a source on both, the kernel's choice": (["-S", "fe80::2", "fe80::10"], ["fe80::10%mpl0"]),
    "once, though named twice": (["--unique", "fe80::1%mpl0", "fe80::1"], ["fe80::1%mpl0"]),
    "of each link once": (["--unique", "fe80::1", "fe80::1%mpl1"], ["fe80::1%mpl0", "fe80::1%mpl1"]),
    "looked up again": (["-r", "-c", "3", "-i", "10ms", "fe80::1"], ["fe80::1%mpl0"] * 3),
    "a range": (["fe80::10-fe80::10"], ["fe80::10%mpl0"]),
    "mapped": (["-4", "::ffff:10.9.1.2"], ["10.9.1.2"]),
    "mapped, with a source": (["-S", "::ffff:10.9.1.1", "10.9.1.2"], ["10.9.1.2"]),
    "mapped, once": (["--unique", "::ffff:10.9.1.2", "10.9.1.2"], ["10.9.1.2"]),
    "mapped, a network": (["::ffff:10.9.1.2/128"], ["10.9.1.2"]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("args,want", ANSWERED.values(), ids=ANSWERED.keys())
def test_answered(links, kind, args, want):
    result = links(kind, "-c", "1", "-t", "5s", *args)
    assert result.rc == 0 and result.err == "", result
    assert sorted(addrs(result)) == want, result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["fe80::11%mpl0", "fe80::99"])
def test_a_silent_neighbour_is_unreachable(links, kind, host):
    """The error is this machine's own, and quotes an address without its link."""
    result = links(kind, "-c", "1", "-t", "10s", host)
    assert result.rc == 1 and "unreachable" in result.out, result


@pytest.mark.parametrize("kind", KINDS)
def test_a_group_is_asked_on_its_link(links, kind):
    result = links(kind, "-c", "1", "-t", "300ms", "ff02::1%mpl1")
    assert "fe80::11%mpl1" in result.out and "%mpl0" not in result.out, result
    result = links(kind, "-c", "1", "-t", "300ms", "ff02::1")
    assert "fe80::10%mpl0" in result.out and "%mpl1" not in result.out, result


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_from_elsewhere_about_a_link_local_host(links, kind):
    result = links(kind, "-c", "2", "-i", "10ms", "--exclude", "fe80::1", "fe80::1%mpl1", "fe80::2")
    assert "fe80::1" not in addrs(result) and result.report.of("fe80::2").received == 2, result


@pytest.mark.parametrize("kind", KINDS)
def test_no_link_is_asked_for_and_found_later(command, kind):
    space = Netns("nolink")
    try:
        space.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        run = command.start(space, kind, "-i", "50ms", "fe80::2", "127.0.0.1")
        assert wait_until(lambda: "on which link? " in run.stderr()), run.result(None)
        assert run.stderr().count("\n") == 1, run.result(None)
        space.ip("""
            link add mplx type veth peer name mply
            link set mplx addrgenmode none up
            link set mply addrgenmode none up
            addr add fe80::2/64 dev mplx nodad
        """)
        assert wait_until(lambda: "(fe80::2%mplx)" in run.stdout()), run.result(None)
        run.signal(2)
        result = run.wait()
        assert result.report.of("127.0.0.1").errors == 0, result
    finally:
        space.remove()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("host", ["10.9.0.255", "255.255.255.255", "127.255.255.255"])
def test_a_broadcast_address_is_called_one(links, kind, host):
    result = links(kind, "-c", "1", host, "10.9.0.2")
    assert "broadcast address" in result.err and host in result.err, result
    assert result.report.of("10.9.0.2").received == 1, result


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", [["-c", "1"], ["--sweep"]], ids=str)
@pytest.mark.parametrize("options", [["-I", "mpl0"], ["-S", "fe80::2%mpl0"]], ids=str)
@pytest.mark.parametrize("host", ["fe80::1%mpl1", "ff02::1%mpl1"])
def test_an_address_of_another_link_is_called_one(links, kind, mode, options, host):
    if mode == ["--sweep"] and host.startswith("ff"):
        mode = ["-c", "1", "-o", "json"]
    result = links(kind, *mode, "-t", "5s", *options, host, "fe80::10%mpl0")
    assert f"the address lies on another link than the one to send by ({host})" in result.err, result
    assert result.err.count("\n") == 1 and "fe80::10" in result.out, result



@pytest.mark.parametrize("host", ["fe80::1%none", "ff02::1%none"])
@pytest.mark.parametrize("mode", [("-c", "1"), ("--sweep",)], ids=["count", "sweep"])
def test_a_link_that_is_not_there_is_its_hosts_trouble(links, mode, host):
    result = links(*mode, "-t", "1s", host, "127.0.0.1")
    assert result.rc == 2 and "127.0.0.1" in result.out, result
    assert result.err.count("\n") == 1, result
    assert f"cannot resolve {host}: there is no interface that its scope names" in result.err


@pytest.mark.parametrize("args", [["-6", "::1", "::ffff:127.0.0.1"], ["-6", "127.0.0.1", "::1"],
                                  ["-4", "::1", "127.0.0.1"], ["-S", "::1", "127.0.0.1", "::1"]],
                         ids=" ".join)
def test_a_host_of_the_other_family_is_its_own_trouble(links, args):
    result = links("-c", "1", *args)
    assert result.rc == 2 and len(result.report.lines("reply")) == 1, result
    assert "no address of the wanted family" in result.out + result.err, result


@pytest.mark.parametrize("args,alive", [
    (["fe80::1", "fe80::1%mpl0"], ["fe80::1%mpl0"]),
    (["fe80::1%mpl1", "fe80::1"], ["fe80::1%mpl0", "fe80::1%mpl1"]),
    (["fe80::1-fe80::2", "fe80::1%mpl0", "fe80::2"], ["fe80::1%mpl0", "fe80::2%mpl0"]),
    (["-I", "mpl1", "fe80::1", "fe80::1%mpl1"], ["fe80::1%mpl1"]),
    (["::", "::1", "::1-::1"], ["::1"]),
], ids=str)
def test_a_sweep_asks_each_once(links, args, alive):
    result = links("--sweep", "--unique", "-t", "5s", *args)
    assert sorted(line.split()[0] for line in result.out.splitlines()[:-1]) == alive, result
    assert f"total: {len(alive)} target" in result.out, result


@pytest.mark.parametrize("options,hosts,fate,n", [
    (["-4"], ["::1", "127.0.0.1"], "unresolved", 1),
    (["-6"], ["127.0.0.2", "::1"], "unresolved", 1),
    (["-4"], ["fd00::/120", "127.0.0.1"], "unresolved", 256),
    (["-4"], ["fd00::{1..9}", "127.0.0.1", "::1"], "unresolved", 10),
    (["-6"], ["127.0.0.1,3,5", "::1"], "unresolved", 3),
    (["-S", "127.0.0.1"], ["::1", "127.0.0.1"], "unresolved", 1),
    (["-I", "::1"], ["::1", "127.0.0.1"], "unresolved", 1),
    ([], ["224.0.0.1", "127.0.0.1"], "refused", 1),
    ([], ["255.255.255.255", "127.0.0.1"], "refused", 1),
    ([], ["ff02::1%mpl0", "127.0.0.1"], "refused", 1),
    ([], ["240.0.0.0/29", "127.0.0.1"], "refused", 6),
    ([], ["10.9.0.255", "10.9.0.2"], "refused", 1),
], ids=str)
@pytest.mark.parametrize("listed", [False, True], ids=["arguments", "list"])
def test_what_is_never_asked_does_not_stop_a_sweep(links, lab, options, hosts, fate, n, listed):
    path = lab.dir / "swept"
    path.write_text("".join(f"{host} a=b\n" for host in hosts))
    result = links("--sweep", "-t", "5s", *options, *([f"@{path}"] if listed else hosts))
    assert result.rc == 2 and "alive 1, " in result.out and f"{fate} {n}, " in result.out, result
    assert all(line.startswith("multiping: ") for line in result.err.splitlines()), result
    assert "target \"" in result.err and result.err.count("\n") <= 9, result


@pytest.mark.parametrize("args", [["-4", "::1"], ["-6", "127.0.0.1", "127.0.0.2"], ["224.0.0.1"],
                                  ["ff02::1%mpl0", "255.255.255.255"]], ids=str)
def test_a_sweep_of_nothing_that_may_be_asked_is_none(links, args):
    result = links("--sweep", *args)
    assert result.rc == 2 and result.out == "" and "target \"" in result.err, result


def test_a_large_range_of_the_other_family_is_told_once(links):
    result = links("-c", "1", "-4", "127.0.0.1", "fd00::/100", "127.0.0.2")
    assert result.rc == 2 and result.report.total.received == 2, result
    assert result.err == 'multiping: target "fd00::/100": not of the wanted address family\n'


@pytest.mark.parametrize("mode", [["-c", "1"], ["--sweep"]], ids=str)
def test_an_address_of_none_is_excluded_as_what_it_stands_for(links, mode):
    result = links(*mode, "-t", "5s", "--exclude", "::1", "::", "127.0.0.1")
    assert result.rc == 0 and "::" not in result.out and "excluded (" not in result.err, result


@pytest.mark.parametrize("args", [
    [("-S", "127.0.0.01"), "leading zero"], [("-I", "127.0.0.01"), "leading zero"],
    [("-S", "127.1"), "four numbers"], [("--exclude", "127.0.0.010"), "leading zero"],
    [("--exclude", "127.0.0.0/08"), "leading zero"], [("--exclude", "127.1-127.9"), "four octets"],
    [("--exclude", "0x7f.0.0.1"), "hexadecimal"], [("127.0.0.{008..012}",), "leading zero"],
    [("--sweep", "127.0.0.08"), "leading zero"], [("-S", "::1%lo"), "link-local"],
    [("--exclude", "fe80::1%none"), "no interface that its scope names"],
    [("--exclude", "fe80::1%0"), "no interface has the index 0"],
    [("-S", "::1."), "an IPv6 address does not end"], [("::1.",), "an IPv6 address does not end"],
    [("fe80::1%0",), "no interface has the index 0"], [("fe80::1%",), "there is no link behind its %"],
], ids=lambda args: " ".join(args[0]))
def test_what_others_misread_is_refused(links, args):
    result = links("-c", "1", *args[0], "127.0.0.1") if "--sweep" not in args[0] else links(*args[0])
    assert result.rc == 2 and result.out == "" and args[1] in result.err, result
    assert result.err.count("\n") == 1, result


def test_a_list_says_where_it_is_misread(links):
    result = links("-c", "1", "-", text=b"127.0.0.1\n127.0.0.08\n")
    assert result.rc == 2 and 'standard input:2: "127.0.0.08": ' in result.err, result


@pytest.mark.parametrize("how", ["file", "stdin", "exclude", "sweep", "null"])
def test_a_byte_order_mark_is_no_part_of_a_list(links, lab, how):
    text = b"\xef\xbb\xbf127.0.0.1 site=a\n"
    path = lab.dir / "marked"
    path.write_bytes(text.replace(b"\n", b"\0") if how == "null" else text)
    args = {"file": ["-c", "1", f"@{path}"], "stdin": ["-c", "1", "-"],
            "exclude": ["-c", "1", "--exclude-file", str(path), "127.0.0.1", "127.0.0.2"],
            "sweep": ["--sweep", f"@{path}"], "null": ["-c", "1", "-0", f"@{path}"]}[how]
    result = links(*args, text=text if how == "stdin" else None)
    assert result.rc == 0 and ("127.0.0.1" in result.out) == (how != "exclude"), result


def test_a_mark_that_is_not_permitted_is_named(links):
    result = links("-c", "1", "--mark", "7", "127.0.0.1", user=True)
    assert result.rc == 3 and result.err.count("\n") == 1, result
    assert "--mark: the firewall mark 7 needs CAP_NET_ADMIN" in result.err, result


def test_the_ranges_of_times_are_the_librarys(links):
    for option in ("-i", "-t"):
        assert links("-c", "1", option, "1000000000s", "127.0.0.1").rc == 0
        result = links("-c", "1", option, "1000000001s", "127.0.0.1")
        assert result.rc == 2 and option in result.err, result

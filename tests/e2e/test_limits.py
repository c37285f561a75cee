# SPDX-License-Identifier: Apache-2.0
"""What the system does not give: IPv6, threads. It costs the targets that need it, and says so."""
import subprocess

import pytest

from test_streams import in_shell, without_threads

NO_IPV6 = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/socket.h>
int socket(int domain, int type, int protocol)
{
    static int (*real)(int, int, int);
    if (domain == AF_INET6) {
        errno = EAFNOSUPPORT;
        return -1;
    }
    if (!real)
        real = dlsym(RTLD_NEXT, "socket");
    return real(domain, type, protocol);
}
"""
REASON = "Address family not supported by protocol"


@pytest.fixture(scope="module")
def no_ipv6(lab):
    """A kernel without IPv6, as far as a process can see it."""
    shim = lab.dir / "no_ipv6.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-xc", "-", "-o", shim, "-ldl"], check=True,
                   input=NO_IPV6.encode())
    return f'exec env LD_PRELOAD={shim} "$@"'


@pytest.mark.parametrize("hosts", [["::1"], ["::1", "::2", "fe80::1"], ["only6-b"]], ids=str)
@pytest.mark.parametrize("mode", [["-c", "1"], ["-c", "3", "-i", "10ms"], ["--ping-socket", "-c", "1"],
                                  ["-c", "1", "--threads", "2"], ["-c", "1", "-w", "2"]], ids=str)
def test_a_family_without_sockets(lab, command, no_ipv6, mode, hosts):
    result = in_shell(command, lab.a, no_ipv6, *mode, *hosts, "127.0.0.1").wait()
    if hosts == ["only6-b"]:  # as getaddrinfo() says of it there
        assert result.rc != 0 and result.report.of("127.0.0.1").received > 0, result
        return
    assert result.rc == 1 and result.report.of("127.0.0.1").received > 0, result
    assert all(result.report.of(host).errors == 1 for host in hosts), result
    assert result.err.count("\n") == 1 and f"sending fails: {REASON} (" in result.err, result


@pytest.mark.parametrize("args,text", [(["--sweep"], "send errors 1,"), (["-c", "1", "-o", "nagios"], "'::1 pl'=U"),
                                       (["-c", "1", "-o", "json"], '"verdict":"send_error"')], ids=str)
def test_a_family_without_sockets_elsewhere(lab, command, no_ipv6, args, text):
    result = in_shell(command, lab.a, no_ipv6, *args, "::1", "127.0.0.1").wait()
    assert text in result.out and REASON in result.err, result
    assert result.err.count("\n") == 1, result


@pytest.mark.parametrize("args", [["-w", "2"], ["-w", "4"], ["--threads", "2"]], ids=str)
def test_without_the_threads_that_were_asked_for(lab, command, args):
    result = without_threads(command, lab.a, "", "-c", "1", *args, "127.0.0.1").wait()
    assert result.rc == 4 and "cannot start a thread" in result.err, result
    assert "ulimit -u" in result.err and result.err.count("\n") == 1, result


def test_without_a_thread_to_look_up(lab, command):
    """nsswitch.conf sends this one to the C library."""
    nsswitch = lab.a.etc / "nsswitch.conf"
    before = nsswitch.read_text()
    try:
        nsswitch.write_text("hosts: files myhostname dns\n")
        result = without_threads(command, lab.a, "", "-c", "1", "nosuch.test", "127.0.0.1").wait()
    finally:
        nsswitch.write_text(before)
    assert result.rc == 2 and result.report.of("127.0.0.1").received == 1, result
    assert result.err == ("multiping: cannot resolve nosuch.test: no thread can be started for the "
                          "lookup (ulimit -u)\n"), result

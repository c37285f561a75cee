# SPDX-License-Identifier: Apache-2.0
"""fping's own tests, as its source package has them, under fping 5.5 and under ours.

suite.py OURS ROOT TESTS PERL: every assertion that holds for 5.5 has to hold for ours, but for those
about ff02::1, which others answer. Hosts of the Internet that the tests ask for are in a namespace.
"""
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from laboratory import Fping55, lab_module
from command import die_with_parent

TRIES = 3  # some assertions are about seconds
PATIENCE_S = 120
UNPRIVILEGED = "test-11-"  # asks for an ordinary user, and leaves a file in /tmp behind
HOSTS = lab_module.HOSTS + """8.8.8.8 dns.google
8.8.4.4 dns.google
2001:4860:4860::8888 dns.google
2001:4860:4860::8844 dns.google
203.0.113.10 www.google.com
203.0.113.11 a1.akamaitechnologies.com www.apple.com
203.0.113.12 www.france-telecom.fr
203.0.113.13 www.cloudflare.com
203.0.113.14 www.cloudflare.com
"""
SILENT = ("8.0.0.0/8", "192.0.2.0/24", "203.0.113.0/24")


def add_hosts(lab):
    """B is all hosts that have a name; of their networks it swallows the rest."""
    (lab.a.etc / "hosts").write_text(HOSTS)
    (lab.a.etc / "nsswitch.conf").write_text("hosts: files\n")
    for network in SILENT:
        lab.b.ip(f"route add blackhole {network}")
    for address in dict.fromkeys(line.split()[0] for line in HOSTS.splitlines()):
        if not address.startswith(("127.", "::1", "10.", "fd")):
            lab.b.ip(f"addr add {address}/{128 if ':' in address else 32} dev lo")


def put_theirs(lab, root):
    """5.5 as a command that pkill knows as fping: its loader is what the kernel starts."""
    theirs = Fping55(lab, root)
    (theirs.dir / "fping").symlink_to(theirs.loader)
    command = lab.dir / "5.5"
    command.mkdir()
    (command / "fping").write_text(f'#!/bin/sh\nexec {theirs.dir}/fping --argv0 fping --library-path '
                                   f'{theirs.dir} {theirs.dir}/program "$@"\n')
    (command / "fping").chmod(0o755)
    return command


def put_ours(lab, binary):
    command = lab.dir / "ours"
    command.mkdir()
    (command / "fping").symlink_to(binary)
    return command


def assertions(lab, command, perl, test):
    """{number: (whether it holds, what it says)}; processes that are killed by name are the test's."""
    argv = lab.a.argv(["unshare", "--pid", "--fork", "--kill-child", "--mount-proc", "perl", str(test)])
    done = subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE_S, cwd=test.parents[1],
                          stdin=subprocess.DEVNULL, preexec_fn=die_with_parent,
                          env={**os.environ, "PATH": f"{command}:{os.environ['PATH']}", "LC_ALL": "C",
                               "PERL5LIB": str(perl), "TZ": "UTC"})
    return {int(number): (not fails, text) for fails, number, text in
            re.findall(r"(?m)^(not )?ok (\d+)(.*)", done.stdout) if "# skip" not in text}


def compare(lab, commands, perl, test):
    """(assertions of 5.5, those that hold for it, those of them that do not for ours)"""
    for _ in range(TRIES):
        with ThreadPoolExecutor(2) as pool:
            theirs, ours = pool.map(lambda command: assertions(lab, command, perl, test), commands)
        held = {number: text for number, (holds, text) in theirs.items() if holds}
        failed = [f"{test.name} {number}{text}" for number, text in held.items()
                  if not ours.get(number, (False, ""))[0] and "ff02::1" not in text]
        if not failed:
            break
    return len(theirs), len(held), failed


def main():
    binary, root, tests, perl = (Path(argument).resolve() for argument in sys.argv[1:])
    lab_module.remove_stale()
    lab = lab_module.Lab()
    try:
        add_hosts(lab)
        commands = put_theirs(lab, root), put_ours(lab, binary)
        found = [compare(lab, commands, perl, test) for test in sorted(tests.glob("test-*.pl"))
                 if not test.name.startswith(UNPRIVILEGED)]
    finally:
        lab.remove()
    failed = [text for _, _, texts in found for text in texts]
    print("\n".join(failed), end="\n" if failed else "")
    print(f"{sum(n for n, _, _ in found)} assertions of {tests.parent.name}, of which "
          f"{sum(n for _, n, _ in found)} hold for 5.5, and {len(failed)} of these not for ours")
    return 1 if failed or not found else 0


if __name__ == "__main__":
    sys.exit(main())

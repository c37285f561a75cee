# SPDX-License-Identifier: Apache-2.0
"""The real programs that call fping, as Debian has them, with ours in fping's place."""
import re
import shutil
import subprocess
from pathlib import Path

import pytest

LIVE, LIVE2, DEAD = "10.78.0.1", "10.78.0.2", "10.79.0.9"
CHECK_FPING = Path("/usr/lib/nagios/plugins/check_fping")

SMOKEPING = """\
*** General ***
owner = nobody
contact = nobody@example.invalid
mailhost = localhost
imgcache = {dir}
imgurl = http://localhost/
datadir = {dir}
dyndir = {dir}
piddir = {dir}
cgiurl = http://localhost/
smokemail = {dir}/mail
tmail = {dir}/mail
*** Database ***
step = 300
pings = {pings}
AVERAGE 0.5 1 1008
*** Presentation ***
template = {dir}/mail
+ overview
width = 600
height = 50
range = 10h
+ detail
width = 600
height = 200
unison_tolerance = 2
"Last 3 Hours" 3h
*** Probes ***
+ FPing
binary = {binary}
hostinterval = 0.1
timeout = 0.2
*** Targets ***
probe = FPing
menu = Top
title = Top
{hosts}
"""


@pytest.fixture
def check_fping(lab, ours):
    """check_fping knows /usr/bin/fping only: ours is put there, for its eyes alone."""
    assert CHECK_FPING.exists(), "install monitoring-plugins-standard"

    def run(*args):
        script = f"mount --bind {ours.dir / 'fping'} /usr/bin/fping && exec {CHECK_FPING} \"$@\""
        argv = lab.a.argv(["sh", "-c", script, "sh", *map(str, args)])
        return subprocess.run(argv, capture_output=True, text=True, timeout=30)
    return run


def test_check_fping_ok(check_fping):
    done = check_fping("-H", LIVE, "-n", "3", "-i", "50", "-w", "100,20%", "-c", "200,60%")
    assert done.returncode == 0, done
    assert re.match(rf"FPING OK - {LIVE} \(loss=0%, rta=[\d.]+ ms\)\|loss=0%;", done.stdout), done


def test_check_fping_down(check_fping):
    done = check_fping("-H", DEAD, "-n", "2", "-i", "50", "-w", "100,20%", "-c", "200,60%")
    assert done.returncode == 2 and "CRITICAL" in done.stdout, done


def test_check_fping_options(check_fping):
    done = check_fping("-4", "-H", LIVE, "-n", "2", "-b", "100", "-T", "300", "-i", "50", "-S",
                       "10.77.0.1", "-I", "mpa")
    assert done.returncode == 0, done
    assert check_fping("-6", "-H", "fd78::1", "-n", "1").returncode == 0


def test_check_fping_bad_name(check_fping):
    assert check_fping("-H", "nosuch.invalid", "-n", "1").returncode in (2, 3)


@pytest.fixture
def smokeping(lab, ours):
    program = shutil.which("smokeping")
    assert program, "install smokeping"

    def run(hosts, pings=5):
        directory = lab.dir / "smokeping"
        directory.mkdir()
        (directory / "mail").write_text("x\n")
        blocks = "".join(f"+ host{n}\nmenu = {n}\ntitle = {n}\nhost = {host}\n"
                         for n, host in enumerate(hosts))
        config = directory / "config"
        config.write_text(SMOKEPING.format(dir=directory, binary=ours.dir / "fping",
                                           pings=pings, hosts=blocks))
        argv = lab.a.argv(["env", "LC_ALL=C", program, f"--config={config}", "--debug"])
        try:
            return subprocess.run(argv, capture_output=True, text=True, timeout=60,
                                  stdin=subprocess.DEVNULL)
        finally:
            shutil.rmtree(directory)
    return run


def test_smokeping(smokeping):
    """It takes ours for fping, starts it as its own, and stores what it has measured."""
    done = smokeping([LIVE, DEAD, LIVE2])
    text = done.stdout + done.stderr
    updates = dict(re.findall(r"RRDs::update\(\S+/(host\d)\.rrd --template \S+ \d+:(\S+)\)", text))
    assert set(updates) == {"host0", "host1", "host2"}, text
    for name, lost in (("host0", 0), ("host1", 5), ("host2", 0)):
        uptime, loss, median, *pings = updates[name].split(":")
        assert int(loss) == lost, text
        assert sum(re.fullmatch(r"[\d.]+e-0\d", ping) is not None for ping in pings) == 5 - lost
        assert (median == "U") == (lost == 5)
    assert "WARNING" not in text and "ERROR" not in text, text

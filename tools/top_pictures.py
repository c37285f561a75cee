# SPDX-License-Identifier: Apache-2.0
"""Makes the pictures of docs/top.md: captures of the live view on a simulated network.

    sudo tools/top_pictures.py ROOT BUILD_DIR

Everything runs in a network namespace of its own.
"""
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT, BUILD = (Path(argument).resolve() for argument in sys.argv[1:3])
sys.path.insert(0, str(ROOT / "tests" / "e2e"))

from terminal import Terminal  # noqa: E402

SPACE = f"mptop-{os.getpid()}"
SITES = ("fra", "ber", "ham", "muc")
# What is typed for each picture, and which options it is made with.
PICTURES = {
    "table": ((), "", 100),
    "filter": ((), "/loss>2 site=fra\r", 80),
    "detail": ((), "/host=10.72.1.1\r\r", 100),
    "wall": (("--ascii", "--palette=none"), "w", 80),
    "groups": ((), "g", 100),
    "events": ((), "e", 80),
}


def hosts():
    """Lines of a list: hosts with a weather of their own, some that lose, one that is dead."""
    for net in range(4):
        yield from (f"10.{70 + net}.1.{i} site={SITES[net]}" for i in range(1, 61))
    yield "10.20.0.9 site=ham"
    yield "10.2.10.1 site=fra"
    yield "10.8.1.7 site=muc"


def picture(space_argv, options, typed, columns, path):
    env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    argv = [*space_argv, str(BUILD / "cli" / "multiping"), "--top", "-i", "200ms", "-t", "180ms",
            *options, f"@{path}"]
    terminal = Terminal(argv, env, rows=24, cols=columns)
    try:
        time.sleep(12)
        for key in typed:
            terminal.send(key)
            time.sleep(0.3)
        time.sleep(1)
        return terminal.text()
    finally:
        terminal.kill()


def make(space_argv):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{line}\n" for line in hosts()))
        file.flush()
        return {name: picture(space_argv, *how, file.name) for name, how in PICTURES.items()}


def main():
    subprocess.run(["ip", "netns", "add", SPACE], check=True)
    try:
        subprocess.run(["ip", "-netns", SPACE, "link", "set", "lo", "up"], check=True)
        space_argv = ["ip", "netns", "exec", SPACE]
        simnet = subprocess.Popen([*space_argv, str(BUILD / "tests" / "simnet" / "simnet")],
                                  stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        time.sleep(1)
        try:
            made = make(space_argv)
        finally:
            simnet.terminate()
            simnet.wait()
    finally:
        subprocess.run(["ip", "netns", "del", SPACE], check=True)
    page = ROOT / "docs" / "top.md"
    text = page.read_text(encoding="utf-8")
    for name, screen in made.items():
        block = f"<!-- picture {name} -->\n```text\n{screen}\n```\n<!-- end -->"
        text = re.sub(rf"<!-- picture {name} -->\n.*?<!-- end -->", lambda _, b=block: b, text,
                      flags=re.DOTALL)
    page.write_text(text, encoding="utf-8")


main()

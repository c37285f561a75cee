# SPDX-License-Identifier: Apache-2.0
"""A namespace whose /etc is what a test says: names_cell.py DIRECTORY, in a mount namespace.

Reads a question a line from standard input, JSON: {"files": {"hosts": "…"}, "names": […],
"runs": [[command, …], …]}. A file that is null is missing. Answers with what getaddrinfo() itself
gives for each name and family, in a process of its own each time so that it remembers nothing,
and with what the commands have printed: {"system": {"name": {"0": […]}}, "runs": [[rc, out, err]]}.
"""
import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

NEEDED = ["passwd", "group", "ld.so.cache", "ld.so.conf"]
FAMILIES = {"0": socket.AF_UNSPEC, "4": socket.AF_INET, "6": socket.AF_INET6}
MS_BIND = 4096


def take_etc(directory):
    for name in NEEDED:
        if Path("/etc", name).exists():
            shutil.copy(Path("/etc", name), directory / name)
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(bytes(directory), b"/etc", None, MS_BIND, None) != 0:
        raise OSError(ctypes.get_errno(), "mount")


def write_files(directory, files):
    for name, text in files.items():
        path = directory / name
        if text is None:
            path.unlink(missing_ok=True)
            continue
        fresh = directory / f"{name}.new"
        fresh.write_bytes(text.encode("latin-1"))
        fresh.replace(path)


def addresses(name, family):
    """As getaddrinfo() orders them, each once."""
    try:
        # As bytes: a str would first be made an international name by Python.
        found = socket.getaddrinfo(name.encode(), None, family, socket.SOCK_DGRAM)
    except OSError:
        return []
    return list(dict.fromkeys(entry[4][0] for entry in found))


def ask_system(names):
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        answer = {name: {key: addresses(name, family) for key, family in FAMILIES.items()}
                  for name in names}
        with open(writer, "w", encoding="ascii") as pipe:
            json.dump(answer, pipe)
        os._exit(0)
    os.close(writer)
    with open(reader, encoding="ascii") as pipe:
        answer = json.load(pipe)
    os.waitpid(child, 0)
    return answer


def run(argv):
    done = subprocess.run(argv, capture_output=True, timeout=60, stdin=subprocess.DEVNULL)
    return [done.returncode, done.stdout.decode("latin-1"), done.stderr.decode("latin-1")]


def main():
    directory = Path(sys.argv[1])
    take_etc(directory)
    print("ready", flush=True)
    for line in sys.stdin:
        question = json.loads(line)
        write_files(directory, question["files"])
        answer = {"system": ask_system(question["names"]),
                  "runs": [run(argv) for argv in question["runs"]]}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

# SPDX-License-Identifier: Apache-2.0
"""Includes go one way: base <- core <- {io, resolve} <- session; base <- app <- programs, which
use the public headers of the library only; in app text <- process <- {targets, host} <- metric
<- format.

usage: check_layers.py ROOT
"""
import re
import sys
from pathlib import Path

import tap

# What each layer may include of base/ and lib/.
LAYERS = {
    "base": {"base"},
    "core": {"base", "core"},
    "io": {"base", "core", "io"},
    "resolve": {"base", "core", "resolve"},
    "session": {"base", "core", "io", "resolve", "session"},
}
# What each room of app/ may include of it.
ROOMS = {
    "text": {"text"},
    "process": {"text", "process"},
    "targets": {"text", "process", "targets"},
    "host": {"text", "process", "host"},
    "metric": {"text", "process", "targets", "host", "metric"},
    "format": {"text", "process", "targets", "host", "metric", "format"},
}
# Headers that bring in system calls, clocks or threads: not for the pure layers.
IMPURE = re.compile(r"(sys/(?!types\.h|socket\.h)|pthread|time\.h|unistd|fcntl|poll|signal|stdio)")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def includes(path):
    """The (quote, name) of each include of a file."""
    return INCLUDE.findall(path.read_text())


def sources(folder):
    return sorted(path for path in folder.rglob("*.[ch]"))


def layer_faults(path, layer):
    """What a file of a layer includes although it must not."""
    for quote, name in includes(path):
        if quote == '"' and name.split("/")[0] not in LAYERS[layer]:
            yield f'{path}: "{name}"'
        if quote == "<" and layer in ("base", "core") and IMPURE.match(name):
            yield f"{path}: <{name}>"


# Made by the build, so not in the tree.
GENERATED = {"sandbox_filter.h"}


def room_faults(path, room):
    """What a file of a room of app includes although it must not."""
    for quote, name in includes(path):
        if quote == '"' and name not in GENERATED and \
                name.split("/")[0] not in ROOMS[room] | {"base"}:
            yield f'{path}: "{name}"'


def program_faults(path, root):
    """What a program includes of the library beyond its public headers; cli stands on base, too."""
    for quote, name in includes(path):
        if name in GENERATED or (root.name == "cli" and name.split("/")[0] == "base"):
            continue
        own = (path.parent / name, root / name, root.parent / "app" / name)
        if quote == '"' and not any(own_file.is_file() for own_file in own):
            yield f'{path}: "{name}"'
        if quote == '"' and name.startswith(".."):
            yield f'{path}: "{name}"'


def main():
    root = Path(sys.argv[1])
    for layer in LAYERS:
        files = sources(root / layer if layer == "base" else root / "lib" / layer)
        faults = [fault for path in files for fault in layer_faults(path, layer)]
        tap.ok(files and not faults, f"{layer} includes only what is below it", *faults)
    for room in ROOMS:
        files = sources(root / "app" / room)
        faults = [fault for path in files for fault in room_faults(path, room)]
        tap.ok(files and not faults, f"app/{room} includes only what is below it", *faults)
    for folder in ("cli", "examples"):
        files = sources(root / folder)
        faults = [fault for path in files for fault in program_faults(path, root / folder)]
        tap.ok(files and not faults, f"{folder} includes only public and own headers", *faults)
    files = sources(root / "include")
    faults = [f"{path}: {name}" for path in files for quote, name in includes(path) if quote == '"']
    tap.ok(not faults, "public headers include each other as <multiping/...>", *faults)
    tap.done()


main()

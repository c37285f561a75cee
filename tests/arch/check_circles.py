# SPDX-License-Identifier: Apache-2.0
"""No files of a folder need each other in a circle: whoever reads one can read what it stands on
first. Who needs whom is what the objects say: a name undefined in one and defined in another.

usage: check_circles.py ARCHIVE...
"""
import re
import subprocess
import sys

import tap

DEFINED = set("TDBRVWCi")


def needs(archive):
    """For each object of an archive: the others that define what it does not."""
    listing = subprocess.run(["nm", "-P", "--extern-only", archive],
                             check=True, capture_output=True, text=True).stdout
    owner, wanted, member = {}, {}, ""
    for line in listing.splitlines():
        heading = re.match(r".*\[(.+)\]:$", line)
        if heading:
            member = heading.group(1)
            wanted[member] = set()
        elif line:
            name, kind = line.split()[:2]
            if kind in DEFINED:
                owner[name] = member
            elif kind == "U":
                wanted[member].add(name)
    return {member: {owner[name] for name in names if name in owner} - {member}
            for member, names in wanted.items()}


def circles(graph):
    """The objects that can be reached from themselves."""
    def reachable(start):
        seen, todo = set(), list(graph[start])
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                todo.extend(graph[one])
        return seen
    return sorted(member for member in graph if member in reachable(member))


def main():
    for archive in sys.argv[1:]:
        graph = needs(archive)
        found = circles(graph)
        name = archive.rsplit("/", 1)[-1]
        tap.ok(len(graph) > 1, f"{name}: its files are seen")
        tap.ok(not found, f"{name}: none of its files need each other in a circle",
               *(f"{one} needs {', '.join(sorted(graph[one] & set(found)))}" for one in found))
    tap.done()


main()

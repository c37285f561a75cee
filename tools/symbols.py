# SPDX-License-Identifier: Apache-2.0
"""Writes docs/symbols-in-versions.md from the library's version script, or checks it.

usage: symbols.py [--check] ROOT
"""
import re
import sys
from pathlib import Path

from header_text import without_comments

HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Made from lib/libmultiping.map by tools/symbols.py. -->
# Which version brought which function

Programs that use a function need at least the version beside it. What is exported stays.

| function | since |
|---|---|
"""


def versions(map_text):
    """{name: version} of everything in a global section."""
    found = {}
    for node in re.finditer(r"^MULTIPING_([\d.]+) \{(.*?)^\}", map_text, re.M | re.DOTALL):
        names = re.sub(r"\blocal:.*", "", node[2], flags=re.DOTALL)
        found.update((name, node[1]) for name in re.findall(r"(\w+);", names))
    return found


def main():
    root = Path(sys.argv[-1])
    page = root / "docs" / "symbols-in-versions.md"
    found = versions(without_comments((root / "lib" / "libmultiping.map").read_text()))
    text = HEAD + "".join(f"| `{name}` | {found[name]} |\n" for name in sorted(found))
    if "--check" not in sys.argv:
        page.write_text(text)
        return 0
    right = len(found) > 0 and page.is_file() and page.read_text() == text
    print(f"{'ok' if right else 'not ok'} 1 - docs/symbols-in-versions.md tells what the map does")
    if not right:
        print("# renew it: tools/symbols.py .")
    print("1..1")
    return 0 if right else 1


sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Fills the blocks of the README that show what is elsewhere, or checks that they are right.

    readme.py [--check] README COMMAND

A block is a fence between the lines `<!-- SOURCE -->` and `<!-- end -->`. SOURCE is the path of
a file beside the README, or `multiping ARGUMENT...`: what COMMAND prints when it is called so.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

BLOCK = re.compile(
    r"(?P<head><!-- (?P<source>[^\n]+?) -->\n```\w*\n)(?P<text>.*?)(?P<tail>```\n<!-- end -->)",
    re.DOTALL,
)


def text_of(source, root, command):
    """What belongs into the block of a source."""
    words = source.split()
    if words[0] != "multiping":
        return (root / source).read_text(encoding="utf-8")
    done = subprocess.run(
        [command, *words[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        check=True,
    )
    return done.stdout


def fill(readme, command):
    """The README's new text, and the sources whose blocks are not as they should be."""
    stale = []

    def block(found):
        text = text_of(found["source"], readme.parent, command)
        if text != found["text"]:
            stale.append(found["source"])
        return found["head"] + text + found["tail"]

    old = readme.read_text(encoding="utf-8")
    sources = [found["source"] for found in BLOCK.finditer(old)]
    return BLOCK.sub(block, old), sources, stale


def report(sources, stale):
    """One TAP point for each block; returns the exit code."""
    for number, source in enumerate(sources, 1):
        right = source not in stale
        print(f"{'ok' if right else 'not ok'} {number} - the README shows {source} as it is")
        if not right:
            print("# renew it: tools/readme.py README.md build/cli/multiping")
    print(f"1..{len(sources)}")
    return 1 if stale or not sources else 0


def main():
    parser = argparse.ArgumentParser(description="fill or check the blocks of the README")
    parser.add_argument("--check", action="store_true", help="print TAP and change nothing")
    parser.add_argument("readme", type=Path)
    parser.add_argument("command", help="the built multiping")
    options = parser.parse_args()
    text, sources, stale = fill(options.readme.resolve(), options.command)
    if options.check:
        return report(sources, stale)
    if stale:
        options.readme.write_text(text, encoding="utf-8")
        print(f"renewed: {', '.join(stale)}")
    return 0


sys.exit(main())

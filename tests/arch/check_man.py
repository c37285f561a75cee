# SPDX-License-Identifier: Apache-2.0
"""The manual has a page for each exported function and tells of each public type.

usage: check_man.py ROOT BUILD_DIR
"""
import json
import re
import sys
from pathlib import Path

import tap

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))
from header_text import Headers  # noqa: E402


def named_by(page):
    """The functions in a page's NAME section."""
    names = re.search(r"^# NAME\n\n(.*?) - ", page, re.DOTALL | re.MULTILINE)
    return re.findall(r"mping_\w+", names[1]) if names else []


def installed_pages(build_dir):
    """The pages of section 3 that the build installs."""
    plan = json.loads((build_dir / "meson-info" / "intro-installed.json").read_text())
    return {Path(target).stem for target in plan.values() if target.endswith(".3")}


def main():
    root, build_dir = Path(sys.argv[1]), Path(sys.argv[2])
    headers = Headers(root / "include")
    pages = {path.name: path.read_text() for path in (root / "docs" / "man").glob("*.3.scd.in")}
    named = [name for text in pages.values() for name in named_by(text)]

    tap.ok(pages and headers.functions, "there are pages and functions")
    missing = headers.functions.keys() - named
    tap.ok(not missing, "each function is named by a page", *sorted(missing))
    strange = set(named) - headers.functions.keys()
    tap.ok(not strange, "the pages name no function that is not there", *sorted(strange))
    twice = {name for name in named if named.count(name) > 1}
    tap.ok(not twice, "none is named twice", *sorted(twice))

    text = "".join(pages.values())
    wanted = {*headers.types, *headers.callbacks}
    untold = {name for name in wanted if not re.search(rf"^@definition .*\b{name}$", text, re.M)}
    tap.ok(not untold, "each public type is shown by a page", *sorted(untold))

    found = installed_pages(build_dir)
    if found:
        made = sorted((build_dir / "docs" / "man").glob("*.[13]"))
        silent = [page.name for page in made if (text := page.read_text()).find("\n.TS\n") >= 0
                  and not text.startswith("'\\\" t\n")]
        tap.ok(made and not silent, "pages with tables say so in their first line", *silent)
        missing = headers.functions.keys() - found
        tap.ok(not missing, "man 3 finds each function", *sorted(missing))
    else:
        tap.skip("the manual is not built here: no scdoc")
    tap.done()


main()

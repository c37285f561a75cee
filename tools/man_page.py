# SPDX-License-Identifier: Apache-2.0
"""Fills a manual page's source with what the headers and the command's --help say.

usage: man_page.py PAGE.scd.in OUTPUT.scd INCLUDE_DIR VERSION [COMMAND]

A line of the page that begins with @ is replaced:

    @definition NAME...     the declarations, as they stand in the headers
    @text NAME              the comment above the declaration
    @options                the options that COMMAND --help tells of
"""
import re
import subprocess
import sys
from pathlib import Path

from header_text import Headers

OPTION = re.compile(r"  (-\w, |    )(--[\w-]+)(\[?[ =]\S+)?(?: {2,}| ?)(.*)")
CONTINUED = re.compile(r" {20,}(\S.*)")
GROUP = re.compile(r"(\S[^:]*):")
LIST_ITEM = re.compile(r"\s*- ")


def escape(text):
    """Plain words for scdoc: nothing in them is markup."""
    return re.sub(r"([\\*_`#~\[\]|<>])", r"\\\1", text)


def literal(text):
    """Lines to be shown as they are."""
    return "```\n" + text + "\n```\n"


def paragraphs(comment):
    """A comment as text of a page: paragraphs are filled, indented ones are not."""
    blocks = []
    for block in comment.split("\n\n"):
        lines = block.splitlines()
        if any(LIST_ITEM.match(line) for line in lines):
            blocks.append(list_items(lines))
        elif all(line.startswith("  ") for line in lines):
            blocks.append(literal(block).rstrip())
        else:
            blocks.append(escape(" ".join(line.strip() for line in lines)))
    return "\n\n".join(blocks) + "\n"


def list_items(lines):
    """Lines of which some begin with a dash, as a list after its introduction."""
    head, items = [], []
    for line in lines:
        if LIST_ITEM.match(line):
            items.append(line.strip()[2:])
        elif items:
            items[-1] += " " + line.strip()
        else:
            head.append(line.strip())
    text = escape(" ".join(head)) + "\n\n" if head else ""
    return text + "\n".join("- " + escape(item) for item in items)


def option_entry(found):
    """The head of one option: its names in bold, its argument underlined."""
    short, name, argument = found[1].strip(" ,"), found[2], found[3] or ""
    head = (f"*{short}*, " if short else "") + f"*{name}*"
    if argument.startswith("[="):
        return head + f"[=_{argument[2:-1]}_]"
    return head + (f" _{argument.strip()}_" if argument else "")


def option_groups(help_text):
    """The part of the help that lists options: (group, [(head, [line of text])])."""
    groups, entries = [], None
    for line in help_text.splitlines():
        group, option = GROUP.fullmatch(line), OPTION.fullmatch(line)
        if group:
            entries = []
            groups.append((group[1], entries))
        elif option and entries is not None:
            entries.append((option_entry(option), [option[4]] if option[4] else []))
        elif entries and CONTINUED.fullmatch(line):
            entries[-1][1].append(line.strip())
        elif line:
            entries = None
    return [(group, entries) for group, entries in groups if entries]


def options(command):
    """The options of a command as sections of a page."""
    help_text = subprocess.run(
        [command, "--help"], stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    ).stdout
    groups = option_groups(help_text)
    told = len(re.findall(r"^  (?:-\w, |    )--", help_text, re.MULTILINE))
    shown = sum(len(entries) for _, entries in groups)
    if told == 0 or told != shown:
        sys.exit(f"{command} --help: {told} options, of which {shown} were understood")
    lines = []
    for group, entries in groups:
        lines += ["## " + group, ""]
        for head, text in entries:
            lines += [head, "\t" + escape(" ".join(text)), ""]
    return "\n".join(lines)


def expand(line, headers, command):
    """A line of the page, or what it asks for."""
    word, *names = line.split()
    if word == "@definition":
        if names[0] in ("struct", "enum"):
            names = [" ".join(names)]
        return literal("\n".join(headers.definition(name) for name in names))
    if word == "@text":
        return paragraphs(headers.comments[" ".join(names)])
    if word == "@options":
        return options(command)
    sys.exit(f"unknown: {line}")


def main():
    page, output, include_dir, version = sys.argv[1:5]
    command = sys.argv[5] if len(sys.argv) > 5 else None
    headers = Headers(include_dir)
    text = Path(page).read_text(encoding="utf-8").replace("@VERSION@", version)
    lines = [
        expand(line, headers, command) if re.match(r"@[a-z]", line) else line
        for line in text.splitlines()
    ]
    Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


main()

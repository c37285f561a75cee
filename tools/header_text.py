# SPDX-License-Identifier: Apache-2.0
"""What the public headers say: declarations and the comments above them, by name.

For what is made from the headers: the man pages and the Python binding.
"""
import re
from pathlib import Path

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
FUNCTION = re.compile(r"^MPING_API\b([^;{]*?\b(\w+)\([^;]*\));", re.MULTILINE)
TYPE = re.compile(r"^((?:struct|enum) \w+) \{.*?^\};", re.MULTILINE | re.DOTALL)
CALLBACK = re.compile(r"^typedef [^;]*\(\*(\w+)\)[^;]*;", re.MULTILINE)
DEFINE = re.compile(r"^#define (MPING_\w+)(?:\(\w+\))? (?:.*\\\n)*.*$", re.MULTILINE)


def _uncommented(comment):
    """The words of a comment, its frame taken away, paragraphs kept."""
    lines = [re.sub(r"^\s*\*? ?", "", line) for line in comment[2:-2].splitlines()]
    return "\n".join(line.rstrip() for line in lines).strip()


def _comment_before(text, position):
    """The comment that ends right above a declaration, "" if there is none."""
    above = text[:position]
    if not above.endswith("*/\n"):
        return ""
    return _uncommented(above[above.rindex("/*"):].rstrip())


def without_comments(text):
    return COMMENT.sub(" ", text)


class Headers:
    """All headers of a directory."""

    def __init__(self, include_dir):
        self.functions = {}  # name: prototype
        self.types = {}  # "struct x" or "enum x": definition
        self.callbacks = {}  # name: typedef
        self.defines = {}  # name: the line, or lines
        self.comments = {}  # name of any of these: what is written above it
        for path in sorted(Path(include_dir, "multiping").glob("*.h")):
            self._read(path.read_text(encoding="utf-8"))

    def _read(self, text):
        previous_end, comment = -1, ""
        for found in FUNCTION.finditer(text):
            prototype = found[1].replace("MPING_MUST_CHECK ", "").strip() + ";"
            self.functions[found[2]] = prototype
            # Functions without a blank line between them share the comment above the first.
            if found.start() != previous_end + 1:
                comment = _comment_before(text, found.start())
            self.comments[found[2]] = comment
            previous_end = found.end()
        for pattern, store in (
            (TYPE, self.types), (CALLBACK, self.callbacks), (DEFINE, self.defines),
        ):
            for found in pattern.finditer(text):
                store[found[1]] = found[0]
                self.comments[found[1]] = _comment_before(text, found.start())

    def definition(self, name):
        """The declaration of a name as it stands in its header."""
        for store in (self.functions, self.types, self.callbacks, self.defines):
            if name in store:
                return store[name]
        raise KeyError(f"no header declares {name}")

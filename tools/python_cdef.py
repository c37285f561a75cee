# SPDX-License-Identifier: Apache-2.0
"""Writes python/multiping/_cdef.py, the declarations for cffi, from the headers, or checks it.

usage: python_cdef.py [--check] ROOT
"""
import re
import sys
from pathlib import Path

from header_text import Headers, without_comments

HEAD = '''\
# SPDX-License-Identifier: Apache-2.0
# Made from include/multiping/*.h by tools/python_cdef.py.
CDEF = """
'''


def plain(text):
    """A declaration without its comments, each line without trailing blanks."""
    lines = (line.rstrip() for line in without_comments(text).splitlines())
    return "\n".join(line for line in lines if line)


def cdef(headers):
    """All of it, in an order in which each thing is declared before it is used."""
    structs = [name for name in headers.types if name.startswith("struct")]
    enums = [name for name in headers.types if name.startswith("enum")]
    parts = [
        *(f"{name};" for name in sorted({"struct mping", "struct mping_target", *structs})),
        *(headers.types[name] for name in enums),
        *headers.callbacks.values(),
        *(headers.types[name] for name in structs),
        *headers.functions.values(),
    ]
    return "\n".join(plain(part) for part in parts) + "\n"


def main():
    root = Path(sys.argv[-1])
    module = root / "python" / "multiping" / "_cdef.py"
    text = HEAD + cdef(Headers(root / "include")) + '"""\n'
    text = re.sub(r"\n{2,}", "\n", text)
    if "--check" not in sys.argv:
        module.write_text(text)
        return 0
    right = module.is_file() and module.read_text() == text
    print(f"{'ok' if right else 'not ok'} 1 - the Python binding declares what the headers do")
    if not right:
        print("# renew it: tools/python_cdef.py .")
    print("1..1")
    return 0 if right else 1


sys.exit(main())

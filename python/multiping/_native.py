# SPDX-License-Identifier: Apache-2.0
"""The C library, and its errors as exceptions."""
from __future__ import annotations

from typing import Any

from cffi import FFI  # type: ignore[import]

from ._cdef import CDEF

ffi: Any = FFI()
ffi.cdef(CDEF)
lib: Any = ffi.dlopen("libmultiping.so.0")

ADDR_TEXT_MAX = 64
NS_PER_S = 1_000_000_000


class Error(Exception):
    """What the library reports as a negative code; see enum mping_error of <multiping/error.h>."""

    def __init__(self, code: int, detail: str = "") -> None:
        self.code = code
        self.name = text(lib.mping_err_name(code))
        super().__init__(detail or text(lib.mping_strerror(code)))


class NotPermitted(Error, PermissionError):
    """Neither raw nor ping sockets are allowed; the text names the ways out."""


def text(c_string: Any) -> str:
    """A C string, which may hold anything, as text."""
    return str(ffi.string(c_string).decode(errors="replace"))


def check(result: int, engine: Any = None) -> int:
    """The result of a call, or the exception that it stands for."""
    if result >= 0:
        return result
    detail = text(lib.mping_errmsg(engine)) if engine is not None else ""
    if result == lib.MPING_EPERM:
        raise NotPermitted(result, detail)
    raise Error(result, detail)


def address_text(addr: Any) -> str | None:
    """The text of a struct mping_addr *, None where there is no address."""
    if addr.family == 0:
        return None
    room = ffi.new("char[]", ADDR_TEXT_MAX)
    return text(lib.mping_addr_format(addr, room, ADDR_TEXT_MAX))


def to_ns(seconds: float) -> int:
    return round(seconds * NS_PER_S)

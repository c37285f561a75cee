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
DURATION_MAX_S = 1_000_000_000


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
    """The result of a call, or the exception that it stands for.

    engine tells more about it: ffi.NULL of one that could not be made, None is not asked.
    """
    if result >= 0:
        return result
    detail = text(lib.mping_errmsg(engine)) if engine is not None else ""
    if result in (lib.MPING_EPERM, lib.MPING_EMARK):
        raise NotPermitted(result, detail)
    raise Error(result, detail)


def address_text(addr: Any) -> str | None:
    """The text of a struct mping_addr *, None where there is no address."""
    if addr.family == 0:
        return None
    room = ffi.new("char[]", ADDR_TEXT_MAX)
    return text(lib.mping_addr_format(addr, room, ADDR_TEXT_MAX))


def set_field(struct: Any, name: str, value: Any) -> None:
    """Sets a field; what its C type cannot hold is an Error as if the library had said so."""
    try:
        setattr(struct, name, value)
    except OverflowError:
        c_type = dict(ffi.typeof(struct[0]).fields)[name].type
        bits = 8 * ffi.sizeof(c_type)
        signed = int(ffi.cast(c_type, -1)) < 0
        low, high = (-1 << bits - 1, (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
        raise Error(lib.MPING_EINVAL,
                    f"{name} is {value}, it can be {low} to {high} at most") from None


def to_ns(name: str, seconds: float, also: str = "") -> int:
    """A duration in ns, or an Error that names it."""
    if not 0 <= seconds <= DURATION_MAX_S:
        raise Error(lib.MPING_EINVAL,
                    f"{name} is {seconds}, it can be 0 to {DURATION_MAX_S} seconds{also}")
    return round(seconds * NS_PER_S)

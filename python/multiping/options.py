# SPDX-License-Identifier: Apache-2.0
"""How a target is pinged: struct mping_target_opts with seconds instead of nanoseconds."""
from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Any

from ._native import Error, ffi, lib, set_field, text, to_ns
from .events import EventType


class Flag(enum.IntFlag):
    """enum mping_flag."""

    RAND_DELAY = 1 << 0
    RETRY_RESOLVE = 1 << 1
    RETRY_SEND = 1 << 2
    DF = 1 << 3
    SEQ_STRICT = 1 << 4
    HISTOGRAM = 1 << 5
    KEEP_ID = 1 << 6
    TIMESTAMP = 1 << 7
    TX_STAMPS = 1 << 8
    WAIT_RESOLVE = 1 << 9


def events_mask(*types: EventType) -> int:
    """The value of Options.events for these types; FINISHED always comes."""
    mask = 0
    for event_type in types:
        mask |= 1 << event_type
    return mask


@dataclass(frozen=True)
class Options:
    """The options of a target; <multiping/target.h> says more about each."""

    count: int = 0  # 0: without end
    interval: float | None = 1.0  # seconds; 0: as fast as the window allows; None: only send()
    timeout: float | None = 1.0  # seconds; None: for ever
    first_delay: float | None = None  # seconds; None: targets are spread over their interval
    window: int = 0
    attempts: int = 0
    backoff: float = 0.0
    re_resolve_every: int = 0
    resolve_timeout: float = 5.0  # seconds
    payload_bytes: int = 56
    pattern: bytes = b""
    ttl: int = 0
    tos: int = -1
    mark: int = 0
    ifindex: int = 0
    source: str = ""
    family: int = 0  # socket.AF_INET or AF_INET6; 0: either
    flags: Flag = Flag(0)
    events: int | None = None  # events_mask(); None: everything but SENT

    def to_c(self) -> Any:
        """A struct mping_target_opts *. What it points to is kept by it."""
        opts = ffi.new("struct mping_target_opts *")
        lib.mping_target_opts_init(opts, ffi.sizeof("struct mping_target_opts"))
        for name in _SAME_NAME:
            set_field(opts, name, getattr(self, name))
        opts.interval_ns = (-1 if self.interval is None
                            else to_ns("interval", self.interval, ", or None"))
        opts.timeout_ns = 0 if self.timeout is None else to_ns("timeout", self.timeout, ", or None")
        opts.first_delay_ns = (-1 if self.first_delay is None
                               else to_ns("first_delay", self.first_delay, ", or None"))
        opts.resolve_timeout_ns = to_ns("resolve_timeout", self.resolve_timeout)
        if self.source:
            source = self.source.encode()
            problem = lib.mping_addr_problem(source)
            if problem != ffi.NULL:
                raise Error(lib.MPING_EINVAL, f"source is {self.source!r}: {text(problem)}")
            result = lib.mping_addr_parse(ffi.addressof(opts, "source"), source)
            if result < 0:
                raise Error(result, f"source is {self.source!r}, it can be a numeric address")
        if self.events is not None:
            set_field(opts, "events", self.events | 1 << EventType.FINISHED)
        if self.pattern:
            pattern = ffi.from_buffer(self.pattern)
            opts.pattern, opts.pattern_bytes = pattern, len(self.pattern)
        return opts


_SAME_NAME = (
    "count", "window", "attempts", "backoff", "re_resolve_every", "payload_bytes", "ttl", "tos",
    "mark", "ifindex", "family", "flags",
)

# SPDX-License-Identifier: Apache-2.0
"""Engine and target. Events are pulled: nothing is called back from C."""
from __future__ import annotations

import asyncio
import enum
import select
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from types import TracebackType
from typing import Any, AsyncIterator, Iterator, Union

from ._native import Error, address_text, check, ffi, lib, set_field, text
from .events import Event, EventType, Stats
from .options import Options

Host = Union[str, IPv4Address, IPv6Address]
BATCH = 256  # events taken from the library at a time, 64 KiB


class SocketKind(enum.IntEnum):
    """enum mping_socket_kind."""

    AUTO = 0
    RAW = 1
    PING = 2


class Target:
    """One host being pinged. Made by Engine.add()."""

    def __init__(self, engine: Engine, key: int, host: str, c_target: Any) -> None:
        self.engine = engine
        self.host = host
        self._key = key  # what events carry as user
        self._c = c_target

    def _open(self) -> Any:
        if self._c is None:
            raise Error(lib.MPING_ECLOSED, "the target is closed")
        return self._c

    def send(self) -> None:
        """Sends one probe more; the usual way with interval=None."""
        check(lib.mping_send(self._open()), self.engine._c)

    def cancel(self) -> None:
        """Stops; what is out is reported as CANCELED, then comes FINISHED."""
        check(lib.mping_cancel(self._open()), self.engine._c)

    def stats(self, reset: bool = False) -> Stats:
        c_stats = ffi.new("struct mping_stats *")
        size = ffi.sizeof("struct mping_stats")
        check(lib.mping_target_stats(self._open(), c_stats, size, reset), self.engine._c)
        return Stats.of(c_stats)

    @property
    def address(self) -> str | None:
        """The current address, None while there is none."""
        addr = ffi.new("struct mping_addr *")
        result = lib.mping_target_addr(self._open(), addr)
        if result == lib.MPING_EAGAIN:
            return None
        check(result, self.engine._c)
        return address_text(addr)

    def close(self) -> None:
        """Gives it back; no event of it comes after this. Twice is allowed."""
        if self._c is not None:
            c_target, self._c = self._c, None
            self.engine._forget(self._key)
            lib.mping_close(c_target)

    def __repr__(self) -> str:
        return f"<Target {self.host}>"


class Engine:
    """Sockets, schedule and matching for any number of targets. Serves one thread at a time.

    Options are those of struct mping_opts, such as rate_pps=10000 or socket_kind=SocketKind.RAW.
    With io_threads=2 two threads of the engine's own send and receive, outside Python's lock.
    """

    def __init__(self, **options: int) -> None:
        opts = ffi.new("struct mping_opts *")
        lib.mping_opts_init(opts, ffi.sizeof("struct mping_opts"))
        for name, value in options.items():
            if name in ("struct_size", "workers", "buffer") or not hasattr(opts, name):
                raise TypeError(f"an Engine has no option {name}")
            set_field(opts, name, value)
        engine = ffi.new("struct mping **")
        check(lib.mping_new(engine, opts), ffi.NULL)
        self._c: Any = engine[0]
        self._targets: dict[int, Target] = {}
        self._next_key = 1
        self._active: set[int] = set()  # keys of targets without their FINISHED

    def _open(self) -> Any:
        if self._c is None:
            raise Error(lib.MPING_ECLOSED, "the engine is closed")
        return self._c

    def add(self, host: Host, options: Options | None = None, **changes: Any) -> Target:
        """Starts pinging; changes are fields of Options: add("::1", count=3, interval=0.1)."""
        engine = self._open()
        wanted = replace(options or Options(), **changes)
        opts = wanted.to_c()
        key = self._next_key
        opts.user = ffi.cast("void *", key)
        c_target = ffi.new("struct mping_target **")
        name = str(host)
        if "\0" in name:
            raise Error(lib.MPING_EINVAL, "the host has a NUL in it")
        check(lib.mping_add(engine, name.encode(), opts, c_target), engine)
        self._next_key += 1
        target = Target(self, key, name, c_target[0])
        self._targets[key] = target
        self._active.add(key)
        return target

    def _forget(self, key: int) -> None:
        self._targets.pop(key, None)
        self._active.discard(key)

    @property
    def active(self) -> int:
        """Targets whose FINISHED has not been taken yet."""
        return len(self._active)

    def next(self, limit: int = BATCH) -> list[Event]:
        """Takes up to limit events that are there, oldest first. Never waits."""
        c_events = ffi.new("struct mping_event[]", limit)
        n = check(lib.mping_next(self._open(), c_events, limit), self._c)
        events = []
        for i in range(n):
            key = int(ffi.cast("uintptr_t", c_events[i].user))
            events.append(Event(c_events, i, self._targets.get(key)))
            if c_events[i].type == EventType.FINISHED:
                self._active.discard(key)
        return events

    def fileno(self) -> int:
        """The descriptor to poll for reading; call process() when it is ready."""
        return check(lib.mping_fd(self._open()), self._c)

    def process(self) -> int:
        """Does what is due, without waiting."""
        return check(lib.mping_process(self._open(), 0), self._c)

    def wait(self, timeout: float | None = None) -> None:
        """Waits for something to do, timeout seconds at most, and does it. Signals get through."""
        poll = select.poll()
        poll.register(self.fileno(), select.POLLIN)
        poll.poll(None if timeout is None else max(0.0, timeout) * 1000)
        self.process()

    def events(self) -> Iterator[Event]:
        """All events until no target is active; targets may be added meanwhile."""
        while True:
            batch = self.next()
            yield from batch
            if not batch:
                if not self._active:
                    return
                self.wait()

    async def events_async(self) -> AsyncIterator[Event]:
        """The same for asyncio: waits by the loop's own selector. One at a time."""
        loop = asyncio.get_running_loop()
        ready = asyncio.Event()
        fd = self.fileno()
        try:
            while True:
                batch = self.next()
                for event in batch:
                    yield event
                if batch:
                    continue
                if not self._active:
                    return
                ready.clear()
                loop.add_reader(fd, ready.set)
                await ready.wait()
                loop.remove_reader(fd)
                self.process()
        finally:
            loop.remove_reader(fd)

    def open(self, family: int = 0) -> None:
        """Opens the sockets now, so that the program can give up its privileges."""
        check(lib.mping_open(self._open(), family), self._c)

    def socket_kind(self, family: int) -> SocketKind | None:
        """The kind of socket in use for a family, None while there is none."""
        result = lib.mping_socket_kind(self._open(), family)
        if result == lib.MPING_ECLOSED:
            self.fileno()  # raises if it is the engine that is closed
            return None
        return SocketKind(check(result, self._c))

    def stats(self) -> Stats:
        c_stats = ffi.new("struct mping_stats *")
        size = ffi.sizeof("struct mping_stats")
        check(lib.mping_engine_stats(self._open(), c_stats, size), self._c)
        return Stats.of(c_stats)

    def close(self) -> None:
        """Ends all targets and gives everything back. Twice is allowed."""
        if self._c is not None:
            for target in list(self._targets.values()):
                target.close()
            c_engine, self._c = self._c, None
            check(lib.mping_free(c_engine))

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()


def version() -> str:
    """The version of the C library in use."""
    return text(lib.mping_version_string())

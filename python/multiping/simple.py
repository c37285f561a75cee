# SPDX-License-Identifier: Apache-2.0
"""Many hosts in one call."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable

from ._native import lib, text
from .engine import Engine, Host, Target
from .events import EventType, Stats
from .options import Options, events_mask

# All that has to cross from C: the statistics are counted there.
_QUIET = events_mask(EventType.FINISHED)


@dataclass(frozen=True)
class Result:
    """What became of one host."""

    host: str
    address: str | None
    stats: Stats
    err: int  # why it ended early, 0 if it did not

    @property
    def alive(self) -> bool:
        """Whether it has answered."""
        return self.stats.received > 0

    @property
    def error(self) -> str:
        return text(lib.mping_strerror(self.err)) if self.err else ""


def _add_all(
    engine: Engine, hosts: Iterable[Host], options: Options | None, changes: dict[str, Any]
) -> list[Target]:
    changes = {"count": 1, "events": _QUIET, **changes} if options is None else changes
    return [engine.add(host, options, **changes) for host in hosts]


def _results(targets: list[Target], errors: dict[Target, int]) -> list[Result]:
    return [
        Result(target.host, target.address, target.stats(), errors.get(target, 0))
        for target in targets
    ]


def ping(hosts: Iterable[Host], options: Options | None = None, **changes: Any) -> list[Result]:
    """Pings all hosts at once, one probe each unless told otherwise, and returns when the last
    verdict is in: ping(["127.0.0.1", "::1"], count=3, interval=0.2)."""
    errors: dict[Target, int] = {}
    with Engine() as engine:
        targets = _add_all(engine, hosts, options, changes)
        for event in engine.events():
            if event.type == EventType.FINISHED and event.target:
                errors[event.target] = event.err
        return _results(targets, errors)


async def ping_async(
    hosts: Iterable[Host], options: Options | None = None, **changes: Any
) -> list[Result]:
    """The same within a running asyncio loop, without a thread."""
    errors: dict[Target, int] = {}
    with Engine() as engine:
        targets = _add_all(engine, hosts, options, changes)
        async for event in engine.events_async():
            if event.type == EventType.FINISHED and event.target:
                errors[event.target] = event.err
        return _results(targets, errors)

# SPDX-License-Identifier: Apache-2.0
"""Events and statistics: views of what the library copied out."""
from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, NamedTuple

from ._native import NS_PER_S, address_text, ffi, lib, text

if TYPE_CHECKING:
    from .engine import Target


class EventType(enum.IntEnum):
    """enum mping_event_type: verdicts below 16, what comes beside them, the target's life."""

    REPLY = 1
    LOST = 2
    UNREACHABLE = 3
    SEND_ERROR = 4
    RESOLVE_ERROR = 5
    CANCELED = 6
    UNKNOWN = 7
    LATE = 16
    DUPLICATE = 17
    MISMATCH = 18
    ICMP_ERROR = 19
    SENT = 32
    RESOLVED = 33
    FINISHED = 34
    STALE = 35

    @property
    def is_verdict(self) -> bool:
        return self < EventType.LATE


class Reason(enum.IntEnum):
    """enum mping_reason: why a verdict is unknown, a packet is no reply, a name has no address."""

    NONE = 0
    RX_DROP = 1
    STALL = 2
    SUSPEND = 3
    SEQ_WRAP = 4
    TX_DROP = 5
    LINK = 6
    SOURCE = 16
    CHECKSUM = 17
    PROOF = 18
    TRUNCATED = 19
    CODE = 20
    UNSENT = 21
    FOREIGN = 22
    NOT_A_NAME = 32
    NO_SUCH_NAME = 33
    NO_ADDRESS = 34
    NO_ANSWER = 35
    NO_SERVER = 36
    SERVER_FAILED = 37
    SERVER_REFUSED = 38
    NO_THREAD = 39

    def __str__(self) -> str:
        return text(lib.mping_reason_text(int(self)))


class Stamp(enum.IntEnum):
    """enum mping_stamp: where a time stamp was taken."""

    NONE = 0
    USER = 1
    KERNEL = 2
    CALL = 3


class Event:
    """One struct mping_event, which this object owns. Times are CLOCK_MONOTONIC nanoseconds."""

    __slots__ = ("_c", "_owner", "target")

    def __init__(self, c_events: Any, index: int, target: Target | None) -> None:
        self._owner = c_events  # an element does not keep its array
        self._c = c_events[index]
        self.target = target

    @property
    def type(self) -> EventType:
        return EventType(self._c.type)

    @property
    def host(self) -> str:
        """The host as it was given to add()."""
        return self.target.host if self.target else ""

    @property
    def err(self) -> int:
        return int(self._c.err)

    @property
    def error(self) -> str:
        """err in words, "" if it is 0."""
        return text(lib.mping_strerror(self._c.err)) if self._c.err else ""

    @property
    def dst(self) -> str | None:
        return address_text(ffi.addressof(self._c, "dst"))

    @property
    def src(self) -> str | None:
        return address_text(ffi.addressof(self._c, "src"))

    @property
    def peer(self) -> str | None:
        return address_text(ffi.addressof(self._c, "peer"))

    @property
    def rtt_ns(self) -> int | None:
        return None if self._c.rtt_ns < 0 else int(self._c.rtt_ns)

    @property
    def rtt(self) -> float | None:
        """The round-trip time in seconds."""
        return None if self._c.rtt_ns < 0 else float(self._c.rtt_ns / NS_PER_S)

    @property
    def reason(self) -> Reason:
        return Reason(self._c.reason)

    @property
    def truncated(self) -> bool:
        """Whether a true reply is shorter than its probe."""
        return bool(self._c.truncated)

    @property
    def longer(self) -> bool:
        """Whether a true reply carries more than its probe."""
        return bool(self._c.longer)

    @property
    def tx_stamp(self) -> Stamp:
        return Stamp(self._c.tx_stamp)

    @property
    def rx_stamp(self) -> Stamp:
        return Stamp(self._c.rx_stamp)

    count: int
    sent_ns: int
    sent_wall_ns: int
    received_ns: int
    timeout_ns: int
    icmp_bytes: int
    icmp_info: int
    icmp_type: int
    icmp_code: int
    id: int
    seq: int
    ttl: int
    tos: int
    attempt: int
    icmp_originate_ms: int
    icmp_receive_ms: int
    icmp_transmit_ms: int

    def __repr__(self) -> str:
        what = "" if self._c.rtt_ns < 0 else f" {self._c.rtt_ns / 1e6:.3f} ms"
        return f"<Event {self.type.name} {self.host} count={self._c.count}{what}>"


def _plain_field(name: str) -> property:
    return property(lambda event: int(getattr(event._c, name)))


for _name in Event.__annotations__:
    setattr(Event, _name, _plain_field(_name))


class Stats(NamedTuple):
    """struct mping_stats, field by field; times are nanoseconds."""

    sent: int
    received: int
    lost: int
    unreachable: int
    send_errors: int
    unknown: int
    canceled: int
    pending: int
    resolve_errors: int
    late: int
    duplicates: int
    mismatches: int
    icmp_errors: int
    rtt_min_ns: int
    rtt_max_ns: int
    rtt_last_ns: int
    rtt_mean_ns: float
    rtt_stddev_ns: float
    jitter_ns: float
    rtt_p50_ns: int
    rtt_p90_ns: int
    rtt_p95_ns: int
    rtt_p99_ns: int
    loss_run: int
    loss_run_max: int
    targets: int
    rx_packets: int
    rx_drops: int
    rx_malformed: int
    rx_checksum: int
    rx_foreign: int
    send_retries: int
    ids: int
    rx_capacity: int
    truncated: int
    longer: int

    @classmethod
    def of(cls, c_stats: Any) -> Stats:
        return cls(*(getattr(c_stats, name) for name in cls._fields))

# SPDX-License-Identifier: Apache-2.0
"""Ping very many hosts from one process, without a wrong answer.

    import multiping

    for result in multiping.ping(["127.0.0.1", "::1"], count=3, interval=0.2):
        print(result.host, result.alive, result.stats.rtt_mean_ns)

The binding of libmultiping, the C library, which it loads as libmultiping.so.0.
"""
from ._native import Error, NotPermitted
from .engine import Engine, Host, SocketKind, Target, version
from .events import Event, EventType, Reason, Stamp, Stats
from .options import Flag, Options, events_mask
from .simple import Result, ping, ping_async

__all__ = [
    "Engine", "Error", "Event", "EventType", "Flag", "Host", "NotPermitted", "Options", "Reason",
    "Result", "SocketKind", "Stamp", "Stats", "Target", "events_mask", "ping", "ping_async",
    "version",
]

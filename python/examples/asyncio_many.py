# SPDX-License-Identifier: Apache-2.0
"""Pings hosts from an asyncio program that has other things to do.

    python3 asyncio_many.py 127.0.0.1 127.0.0.2 ::1
"""
import asyncio
import sys

import multiping


async def other_work() -> None:
    """Stands for whatever else the program does."""
    while True:
        await asyncio.sleep(0.5)


async def main(hosts: list[str]) -> int:
    work = asyncio.create_task(other_work())
    alive = set()
    with multiping.Engine(rate_pps=10_000) as engine:
        for host in hosts:
            engine.add(host, count=3, interval=0.2)
        async for event in engine.events_async():
            if event.rtt is not None and event.type == multiping.EventType.REPLY:
                alive.add(event.host)
                print(f"{event.host}: {event.rtt * 1000:.3f} ms")
            elif event.type.is_verdict:
                print(f"{event.host}: {event.type.name.lower()}: {event.error}")
    work.cancel()
    return 0 if alive == set(hosts) else 1


sys.exit(asyncio.run(main(sys.argv[1:])))

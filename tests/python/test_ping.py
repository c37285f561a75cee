# SPDX-License-Identifier: Apache-2.0
"""The Python binding at work, in a namespace where 127/8 and ::1 answer and 192.0.2.7 does not."""
import asyncio
import gc
import ipaddress
import multiprocessing
import os
import socket
import subprocess
import sys
from collections import Counter

import pytest

import multiping
from multiping import EventType

DEAD = "192.0.2.7"


def environment(request):
    """What a Python of its own needs to find the binding, and the binding its library."""
    library = {key: os.environ[key] for key in ("LD_LIBRARY_PATH",) if key in os.environ}
    return {"PYTHONPATH": str(request.config.rootpath / "python"), **library}


def test_ping_tells_who_answers():
    results = multiping.ping(["127.0.0.1", DEAD, ipaddress.ip_address("::1")], timeout=0.2)
    assert [result.host for result in results] == ["127.0.0.1", DEAD, "::1"]
    assert [result.alive for result in results] == [True, False, True]
    assert [result.stats.sent for result in results] == [1, 1, 1]
    assert results[1].stats.lost == 1
    assert 0 < results[0].stats.rtt_min_ns < 10**9
    assert [result.error for result in results] == ["", "", ""]


def test_ping_takes_options():
    options = multiping.Options(count=5, interval=0.01, payload_bytes=1000, pattern=b"abc")
    (result,) = multiping.ping(["127.0.0.1"], options)
    assert (result.stats.sent, result.stats.received) == (5, 5)


def test_a_name_that_does_not_resolve_says_so():
    good, bad = multiping.ping(["127.0.0.1", "a..b"])
    assert good.alive and not bad.alive
    assert bad.err < 0 and bad.error and bad.address is None
    assert bad.stats.sent == 0


@pytest.mark.parametrize("io_threads", [0, 2])
def test_thousand_hosts_have_one_verdict_each(io_threads):
    hosts = [f"127.0.{i // 250}.{i % 250 + 1}" for i in range(1000)]
    with multiping.Engine(io_threads=io_threads) as engine:
        targets = {engine.add(host, count=1, timeout=5, interval=0.2) for host in hosts}
        events = list(engine.events())
        assert engine.active == 0
        assert engine.stats().received == 1000
    verdicts = Counter(event.target for event in events if event.type.is_verdict)
    assert verdicts.keys() == targets and set(verdicts.values()) == {1}
    finished = Counter(event.target for event in events if event.type == EventType.FINISHED)
    assert finished.keys() == targets and set(finished.values()) == {1}


def test_an_event_tells_all_and_outlives_the_engine():
    with multiping.Engine() as engine:
        engine.add("127.0.0.2", count=1, ttl=9, source="127.0.0.3")
        events = list(engine.events())
    gc.collect()
    reply = events[0]
    assert reply.type == EventType.REPLY and reply.host == "127.0.0.2"
    assert (reply.dst, reply.src, reply.peer) == ("127.0.0.2", "127.0.0.3", "127.0.0.2")
    assert reply.rtt_ns == reply.received_ns - reply.sent_ns
    assert reply.rtt == pytest.approx(reply.rtt_ns / 1e9)
    assert (reply.count, reply.seq, reply.icmp_bytes) == (0, 0, 64)
    assert reply.rx_stamp == multiping.Stamp.KERNEL
    assert reply.error == ""


def test_a_lost_probe_has_no_rtt():
    with multiping.Engine() as engine:
        engine.add(DEAD, count=1, timeout=0.1)
        lost, finished = engine.events()
    assert (lost.type, finished.type) == (EventType.LOST, EventType.FINISHED)
    assert lost.rtt is None and lost.rtt_ns is None and lost.peer is None
    assert lost.error


def test_manual_probes_and_cancel():
    with multiping.Engine() as engine:
        target = engine.add("127.0.0.1", interval=None)
        assert target.address == "127.0.0.1"
        target.send()
        target.send()
        while target.stats().received < 2:
            engine.wait(1)
        assert [event.type for event in engine.next()] == [EventType.REPLY] * 2
        slow = engine.add(DEAD, interval=None, timeout=None)
        slow.send()
        while slow.stats().pending < 1:
            engine.wait(1)
        slow.cancel()
        target.cancel()
        types = Counter((event.host, event.type) for event in engine.events())
        assert types == {
            (DEAD, EventType.CANCELED): 1, (DEAD, EventType.FINISHED): 1,
            ("127.0.0.1", EventType.FINISHED): 1,
        }
        with pytest.raises(multiping.Error) as error:
            target.send()
        assert error.value.name == "MPING_ECLOSED"


def test_close_ends_a_target_without_a_word():
    with multiping.Engine() as engine:
        target = engine.add(DEAD, timeout=None)
        engine.wait(0.05)
        target.close()
        target.close()
        assert list(engine.events()) == []
        with pytest.raises(multiping.Error):
            target.stats()
    engine.close()
    with pytest.raises(multiping.Error):
        engine.add("127.0.0.1")


def test_only_wanted_events_come():
    with multiping.Engine() as engine:
        engine.add("127.0.0.1", count=2, interval=0.01, events=multiping.events_mask(EventType.SENT))
        types = [event.type for event in engine.events()]
    assert types == [EventType.SENT, EventType.SENT, EventType.FINISHED]


@pytest.mark.parametrize("change, message", [
    ({"ttl": 256}, "ttl is 256, it can be 1 to 255, or 0 for the system's default"),
    ({"ttl": 1 << 40}, "ttl is 1099511627776, it can be -2147483648 to 2147483647 at most"),
    ({"tos": -2}, "tos is -2, it can be 0 to 255, or -1 for the system's default"),
    ({"interval": -1}, "interval is -1, it can be 0 to 1000000000 seconds, or None"),
    ({"interval": -1e-9}, "interval is -1e-09, it can be 0 to 1000000000 seconds, or None"),
    ({"interval": float("nan")}, "interval is nan, it can be 0 to 1000000000 seconds, or None"),
    ({"timeout": 1e30}, "timeout is 1e+30, it can be 0 to 1000000000 seconds, or None"),
    ({"first_delay": -1}, "first_delay is -1, it can be 0 to 1000000000 seconds, or None"),
    ({"resolve_timeout": 0}, "resolve_timeout_ns is 0, it can be 1 to 1000000000000000000"),
    ({"count": -1}, "count is -1, it can be 0 to 18446744073709551615 at most"),
    ({"window": 65537}, "window is 65537, it can be 0 to 65536"),
    ({"attempts": 256}, "attempts is 256, it can be 0 to 255"),
    ({"backoff": 6.0}, "backoff is 6, it can be 1 to 5, or 0 for 1"),
    ({"re_resolve_every": -1}, "re_resolve_every is -1, it can be 0 to 4294967295 at most"),
    ({"payload_bytes": 65508}, "payload_bytes is 65508, it can be 0 to 65507"),
    ({"pattern": b"x" * 257}, "pattern_bytes is 257, it can be 0 to 256"),
    ({"mark": -1}, "mark is -1, it can be 0 to 4294967295 at most"),
    ({"ifindex": 1 << 32}, "ifindex is 4294967296, it can be 0 to 4294967295 at most"),
    ({"family": 5}, "family is 5, it can be AF_UNSPEC (0), AF_INET (2) or AF_INET6 (10)"),
    ({"source": "nonsense"}, "source is 'nonsense', it can be a numeric address"),
    ({"events": 1 << 64}, "events is 18446744090889420800"),
])
def test_bad_options_raise(change, message):
    with multiping.Engine() as engine, pytest.raises(multiping.Error) as error:
        engine.add("127.0.0.1", **change)
    assert error.value.name == "MPING_EINVAL" and str(error.value).startswith(message)


@pytest.mark.parametrize("options, message", [
    ({"io_threads": 65}, "io_threads is 65, it can be 0 to 64"),
    ({"io_threads": -1}, "io_threads is -1, it can be 0 to 4294967295 at most"),
    ({"socket_kind": 3}, "socket_kind is 3, it can be 0 to 2"),
    ({"read_delay_ns": -1}, "read_delay_ns is -1, it can be 0 to 1000000000000000000"),
    ({"flags": 2}, "flags is 0x2, it can have the bits of 0x1"),
])
def test_bad_engine_options_raise(options, message):
    with pytest.raises(multiping.Error) as error:
        multiping.Engine(**options)
    assert str(error.value).startswith(message)


def test_a_host_ends_where_its_text_ends():
    with multiping.Engine() as engine, pytest.raises(multiping.Error):
        engine.add("127.0.0.1\0.test")


def child_of(engine, target):
    """What a forked child finds wrong."""
    wrong = []
    for call in (lambda: engine.add("127.0.0.1"), engine.next, engine.process, engine.fileno,
                 engine.stats, target.send, target.cancel, target.stats, lambda: target.address,
                 lambda: engine.socket_kind(socket.AF_INET)):
        try:
            wrong.append(f"no error but {call()}")
        except multiping.Error as error:
            if error.name != "MPING_ECLOSED" or "fork" not in str(error):
                wrong.append(str(error))
    engine.close()
    wrong += [result.host for result in multiping.ping(["127.0.0.1"], count=2, interval=0.01)
              if not result.alive]
    return wrong


def in_process(engine, target, queue):
    queue.put(child_of(engine, target))


def in_fork(engine, target, queue):
    pid = os.fork()
    if pid == 0:
        try:
            in_process(engine, target, queue)
            queue.close()
            queue.join_thread()
        finally:
            os._exit(0)
    os.waitpid(pid, 0)


def in_multiprocessing(engine, target, queue):
    process = multiprocessing.get_context("fork").Process(target=in_process,
                                                          args=(engine, target, queue))
    process.start()
    process.join()


@pytest.mark.parametrize("start", [in_fork, in_multiprocessing])
@pytest.mark.parametrize("io_threads", [1, 2])
def test_a_forked_child_leaves_the_engine_alone(start, io_threads):
    queue = multiprocessing.get_context("fork").Queue()
    with multiping.Engine(io_threads=io_threads) as engine:
        engine.open()
        target = engine.add("127.0.0.1", count=20, interval=0.01, timeout=5)
        engine.wait(0.05)
        start(engine, target, queue)
        assert queue.get(timeout=30) == []
        assert sum(event.type == EventType.REPLY for event in engine.events()) == 20


@pytest.mark.parametrize("misread", ["127.0.0.08", "127.0.0.010", "0x7f.1", "127.1", "2130706433",
                                     "127.0.0.1.", "1.2.3.4.5", "256.1.1.1", "::ffff:127.0.0.01"])
def test_what_others_misread_is_refused_by_name(misread):
    with multiping.Engine() as engine:
        for host, change in ((misread, {}), ("127.0.0.1", {"source": misread})):
            with pytest.raises(multiping.Error) as error:
                engine.add(host, **change)
            assert error.value.name == "MPING_EINVAL"
            assert any(word in str(error.value) for word in ("address", "leading zero"))


def test_unknown_options_raise():
    with pytest.raises(TypeError):
        multiping.Engine(workers=1)
    with multiping.Engine() as engine, pytest.raises(TypeError):
        engine.add("127.0.0.1", speed=1)


def test_asyncio_goes_on_meanwhile():
    async def main():
        ticks = 0

        async def tick():
            nonlocal ticks
            while True:
                await asyncio.sleep(0.01)
                ticks += 1

        ticking = asyncio.create_task(tick())
        results = await multiping.ping_async(["127.0.0.1", "::1", DEAD], count=2, interval=0.1,
                                             timeout=0.2)
        ticking.cancel()
        return ticks, [(result.stats.sent, result.stats.received) for result in results]

    ticks, counts = asyncio.run(main())
    assert counts == [(2, 2), (2, 2), (2, 0)]
    assert ticks > 3  # of about thirty: the machine may be busy


def test_asyncio_can_be_canceled():
    async def main():
        with multiping.Engine() as engine:
            engine.add(DEAD, timeout=None)
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(take_all(engine), 0.05)
            assert engine.active == 1
            # The loop no longer watches the engine: its descriptor can be closed.
            assert not asyncio.get_running_loop().remove_reader(engine.fileno())

    async def take_all(engine):
        async for _ in engine.events_async():
            pass

    asyncio.run(main())


def test_kind_of_socket():
    with multiping.Engine(socket_kind=multiping.SocketKind.RAW) as engine:
        assert engine.socket_kind(socket.AF_INET) is None
        engine.open(socket.AF_INET)
        assert engine.socket_kind(socket.AF_INET) == multiping.SocketKind.RAW


def test_without_permission_the_ways_out_are_told(request):
    program = (
        "import multiping\n"
        "try:\n"
        "    multiping.ping(['127.0.0.1'])\n"
        "except PermissionError as error:\n"
        "    print(error.name, error)\n"
    )
    done = subprocess.run(
        ["setpriv", "--bounding-set=-all", "--inh-caps=-all", "--reuid=65534", "--clear-groups",
         "--regid=65534", "--", sys.executable, "-c", program],
        env=environment(request), capture_output=True, text=True, check=True,
    )
    assert done.stdout.startswith("MPING_EPERM ")
    assert "ping_group_range" in done.stdout


def test_the_example_runs(request):
    example = request.config.rootpath / "python" / "examples" / "asyncio_many.py"
    done = subprocess.run(
        [sys.executable, str(example), "127.0.0.1", "::1"],
        env=environment(request),
        capture_output=True, text=True, check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" ms\n") == 6

# SPDX-License-Identifier: Apache-2.0
"""A name server for the tests: dns_server.py ZONE LOG, on 127.0.0.1:53 of its namespace.

ZONE is JSON, read again whenever it was replaced: {"name": {"A": [...], "AAAA": [...], "delay": s,
"silent": true, "rcode": n, "ttl": s, "CNAME": name}}. Names that are not in it do not exist; silent
may be a list of types that are not answered, an alias comes with the addresses of the other name.
Every query adds a line "name type" to LOG. Ends when its standard input does.
"""
import heapq
import itertools
import json
import select
import socket
import struct
import sys
import time
from pathlib import Path

TYPES = {1: "A", 28: "AAAA"}
CNAME = 5
NXDOMAIN = 3


def read_question(packet):
    """Name, type number and the bytes of the question."""
    labels, pos = [], 12
    while packet[pos]:
        labels.append(packet[pos + 1:pos + 1 + packet[pos]].decode("latin-1"))
        pos += 1 + packet[pos]
    kind = struct.unpack_from("!H", packet, pos + 1)[0]
    return ".".join(labels).lower(), kind, packet[12:pos + 5]


def record(owner, kind, ttl, data):
    return owner + struct.pack("!HHIH", kind, 1, ttl, len(data)) + data


def answer(packet, zone, name, kind, question):
    """The response to a query of that name and type."""
    entry, owner = zone.entry(name), b"\xC0\x0C"
    ttl = entry.get("ttl", 0) if entry else 0
    records, rcode = [], entry.get("rcode", 0) if entry is not None else NXDOMAIN
    if entry and "CNAME" in entry:
        target = b"".join(bytes([len(label)]) + label.encode()
                          for label in entry["CNAME"].split(".")) + b"\0"
        records.append(record(owner, CNAME, ttl, target))
        entry, owner = zone.entry(entry["CNAME"]), target
    family = socket.AF_INET6 if TYPES.get(kind) == "AAAA" else socket.AF_INET
    for address in entry.get(TYPES.get(kind, ""), []) if entry else []:
        records.append(record(owner, kind, ttl, socket.inet_pton(family, address)))
    return packet[:2] + struct.pack("!HHHHH", 0x8580 | rcode, 1, len(records), 0, 0) \
        + question + b"".join(records)


def is_silent(entry, kind):
    silent = entry.get("silent", False) if entry else False
    return TYPES.get(kind) in silent if isinstance(silent, list) else silent


class Zone:
    """The names that are known, as of the file's last replacement."""

    def __init__(self, path):
        self.path = path
        self.seen = None
        self.names = {}

    def entry(self, name):
        status = self.path.stat()
        version = status.st_ino, status.st_mtime_ns
        if version != self.seen:
            self.names = json.loads(self.path.read_text())
            self.seen = version
        return self.names.get(name)


def serve(zone, log):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 53))
    print("ready", flush=True)
    waiting, order = [], itertools.count()
    while True:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([sock, sys.stdin], [], [], patience)
        if sys.stdin in readable:
            return
        if sock in readable:
            packet, client = sock.recvfrom(4096)
            name, kind, question = read_question(packet)
            log.write(f"{name} {TYPES.get(kind, kind)}\n")
            log.flush()
            entry = zone.entry(name)
            if not is_silent(entry, kind):
                due = time.monotonic() + (entry.get("delay", 0) if entry else 0)
                reply = answer(packet, zone, name, kind, question)
                heapq.heappush(waiting, (due, next(order), reply, client))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, reply, client = heapq.heappop(waiting)
            sock.sendto(reply, client)


if __name__ == "__main__":
    with open(sys.argv[2], "a", encoding="latin-1") as log_file:
        serve(Zone(Path(sys.argv[1])), log_file)

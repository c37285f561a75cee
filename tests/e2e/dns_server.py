# SPDX-License-Identifier: Apache-2.0
"""A name server for the tests: dns_server.py ZONE LOG, on 127.0.0.1:53 of its namespace.

ZONE is JSON, read again whenever it was replaced: {"name": {"A": [...], "AAAA": [...], "delay": s,
"silent": true, "rcode": n}}. Names that are not in it do not exist. Every query adds a line
"name type" to LOG. Ends when its standard input does.
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
NXDOMAIN = 3


def read_question(packet):
    """Name, type number and the bytes of the question."""
    labels, pos = [], 12
    while packet[pos]:
        labels.append(packet[pos + 1:pos + 1 + packet[pos]].decode("latin-1"))
        pos += 1 + packet[pos]
    kind = struct.unpack_from("!H", packet, pos + 1)[0]
    return ".".join(labels).lower(), kind, packet[12:pos + 5]


def answer(packet, entry, kind, question):
    family = socket.AF_INET6 if TYPES.get(kind) == "AAAA" else socket.AF_INET
    records = b""
    addresses = entry.get(TYPES.get(kind, ""), []) if entry else []
    for address in addresses:
        data = socket.inet_pton(family, address)
        records += struct.pack("!HHHIH", 0xC00C, kind, 1, 0, len(data)) + data
    rcode = entry.get("rcode", 0) if entry is not None else NXDOMAIN
    return packet[:2] + struct.pack("!HHHHH", 0x8580 | rcode, 1, len(addresses), 0, 0) \
        + question + records


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
            if not (entry and entry.get("silent")):
                due = time.monotonic() + (entry.get("delay", 0) if entry else 0)
                reply = answer(packet, entry, kind, question)
                heapq.heappush(waiting, (due, next(order), reply, client))
        while waiting and waiting[0][0] <= time.monotonic():
            _, _, reply, client = heapq.heappop(waiting)
            sock.sendto(reply, client)


if __name__ == "__main__":
    with open(sys.argv[2], "a", encoding="latin-1") as log_file:
        serve(Zone(Path(sys.argv[1])), log_file)

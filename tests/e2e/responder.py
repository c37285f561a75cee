# SPDX-License-Identifier: Apache-2.0
"""Answers echo requests in every wrong way: responder.py DEVICE, in namespace B.

It sees the frames for 10.90.N.0/24 and fd90::N:0/112, which the kernel there throws away, and
N says how it answers; see ATTACKS. Writes at most LIMIT frames; ends when its standard input
does.
"""
import heapq
import ipaddress
import itertools
import select
import socket
import struct
import sys
import time

LIMIT = 5000
LATE_S = 0.7
ETH_P_ALL = 3
WRONG = {4: ipaddress.ip_address("10.90.200.1"), 6: ipaddress.ip_address("fd90::200:1")}
ROUTER = {4: ipaddress.ip_address("10.77.0.2"), 6: ipaddress.ip_address("fd77::2")}
STRANGER = {4: ipaddress.ip_address("10.90.201.1"), 6: ipaddress.ip_address("fd90::201:1")}
ECHO_REPLY = {4: 0, 6: 129}
UNREACHABLE = {4: (3, 1), 6: (1, 3)}


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Probe:
    """One echo request as it came in."""

    def __init__(self, frame):
        self.frame = frame
        ip = frame[14:]
        self.version = ip[0] >> 4
        if self.version == 4:  # the attack is the third part of the address
            header = (ip[0] & 15) * 4
            self.ip = ip[:struct.unpack_from("!H", ip, 2)[0]]
            self.src, self.dst = (ipaddress.ip_address(ip[at:at + 4]) for at in (12, 16))
            self.is_timestamp = ip[9] == 1 and ip[header] == 13
            fits = self.is_timestamp or ip[9] == 1 and ip[header] == 8
            self.attack = ip[18]
        else:  # and the last but one, written with decimal digits
            self.is_timestamp = False
            header = 40
            self.ip = ip[:40 + struct.unpack_from("!H", ip, 4)[0]]
            self.src, self.dst = (ipaddress.ip_address(ip[at:at + 16]) for at in (8, 24))
            fits = ip[6] == 58 and ip[header] == 128
            self.attack = ip[37] // 16 * 10 + ip[37] % 16
        self.icmp = self.ip[header:]
        self.payload = self.icmp[8:]
        self.valid = fits and str(self.dst).startswith(("10.90.", "fd90:"))
        if self.valid:
            self.id, self.seq = struct.unpack_from("!HH", self.icmp, 4)

    def send(self, icmp, src=None):
        """The frame that brings an ICMP message back to the pinger."""
        src = src or self.dst
        if self.version == 4:
            ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(icmp), 0, 0, 64, 1, 0)
            ip += src.packed + self.src.packed
            ip = ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:]
        else:
            ip = struct.pack("!IHBB", 6 << 28, len(icmp), 58, 64) + src.packed + self.src.packed
        return self.frame[6:12] + self.frame[:6] + self.frame[12:14] + ip + icmp

    def message(self, kind, code, body, src=None, spoil=0):
        """An ICMP message with its checksum, to which spoil is added."""
        head = struct.pack("!BBH", kind, code, 0)
        pseudo = b""
        if self.version == 6:
            length = len(head) + len(body)
            pseudo = (src or self.dst).packed + self.src.packed + struct.pack("!II", length, 58)
        value = (checksum(pseudo + head + body) + spoil) & 0xFFFF
        return struct.pack("!BBH", kind, code, value) + body

    def reply(self, payload=None, src=None, seq=None, ident=None, code=0, spoil=0):
        body = struct.pack("!HH", self.id if ident is None else ident,
                           self.seq if seq is None else seq)
        body += self.payload if payload is None else payload
        return self.send(self.message(ECHO_REPLY[self.version], code, body, src, spoil), src)

    def timestamp(self, originate=None, src=None, seq=None, ident=None, spoil=0, cut=16):
        """The answer to a timestamp request, received and sent an hour after midnight."""
        body = struct.pack("!HH", self.id if ident is None else ident,
                           self.seq if seq is None else seq)
        body += (originate or self.payload[:4]) + struct.pack("!II", 3600000, 3600000)
        return self.send(self.message(14, 0, body[:cut], src, spoil), src)

    def error(self, quote):
        kind, code = UNREACHABLE[self.version]
        src = ROUTER[self.version]
        return self.send(self.message(kind, code, b"\0\0\0\0" + quote[:120], src), src)

    def quote(self, dst=None, ident=None):
        """The request as an error quotes it, perhaps with another destination or id."""
        at = 16 if self.version == 4 else 24
        head = len(self.ip) - len(self.icmp)
        ip = self.ip[:at] + (dst or self.dst).packed + self.ip[at + len(self.dst.packed):]
        return ip if ident is None else ip[:head + 4] + struct.pack("!H", ident) + ip[head + 6:]


def flip(data, at=0):
    return data[:at] + bytes([data[at] ^ 0x55]) + data[at + 1:]


seen = {}


def replay(probe):
    """The answer to the first probe, sent again for every later one, with its number or not."""
    first = seen.setdefault(probe.dst, probe)
    if first is probe:
        return [(0, probe.reply())]
    return [(0, first.reply()), (0, first.reply(seq=probe.seq))]


# What the probes of network N get: (delay in seconds, frame) in the order of sending.
ATTACKS = {
    1: lambda p: [(0, p.reply())],
    2: lambda p: [(0, p.reply(src=WRONG[p.version]))],
    3: lambda p: [(0, p.reply(spoil=1))],
    4: lambda p: [(0, p.reply(payload=flip(p.payload)))],
    5: lambda p: [(0, p.reply(payload=b""))],
    6: lambda p: [(0, p.reply())] * 3,
    7: lambda p: [(LATE_S, p.reply())],
    8: lambda p: [(0, p.reply(payload=bytes(len(p.payload))))],
    9: replay,
    10: lambda p: [(0, p.reply(code=1))],
    11: lambda p: [(0, p.reply(seq=(p.seq + 1000) & 0xFFFF))],
    12: lambda p: [(0, p.reply(ident=p.id ^ 0x1234))],
    13: lambda p: [(0, p.error(p.quote(dst=STRANGER[p.version])))],
    14: lambda p: [(0, p.error(p.quote(ident=p.id ^ 0x1234)))],
    15: lambda p: [(0, p.error(p.quote())), (0.05, p.reply())],
    16: lambda p: [(0, p.error(p.quote()))],
    17: lambda p: [(0, p.reply(payload=p.payload[:12]))],
    18: lambda p: [(0, p.reply(payload=flip(p.payload, len(p.payload) - 1)))],
    19: lambda p: [(0, p.reply(payload=p.payload[:56]))],
    20: lambda p: [(0, p.reply(payload=p.payload + bytes(16)))],
}

# The same for timestamp requests.
TIMESTAMP_ATTACKS = {
    1: lambda p: [(0, p.timestamp())],
    2: lambda p: [(0, p.timestamp(src=WRONG[4]))],
    3: lambda p: [(0, p.timestamp(spoil=1))],
    4: lambda p: [(0, p.timestamp(originate=flip(p.payload[:4], 3)))],
    5: lambda p: [(0, p.timestamp(cut=4))],
    11: lambda p: [(0, p.timestamp(seq=(p.seq + 1000) & 0xFFFF))],
    12: lambda p: [(0, p.timestamp(ident=p.id ^ 0x1234))],
    13: lambda p: [(0, p.reply())],
    17: lambda p: [(0, p.timestamp(cut=12))],
}


def answers(probe):
    """What its network has for a probe: (delay, frame)."""
    attacks = TIMESTAMP_ATTACKS if probe.is_timestamp else ATTACKS
    return attacks[probe.attack](probe) if probe.attack in attacks else []


def is_ip(frame, address):
    """Whether it came from outside and holds an IP and an ICMP header."""
    if address[2] == socket.PACKET_OUTGOING or len(frame) < 14 + 20 + 8:
        return False
    header = {b"\x08\x00": (frame[14] & 15) * 4, b"\x86\xdd": 40}.get(frame[12:14])
    return header is not None and len(frame) >= 14 + header + 8


def serve(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((device, 0))
    print("ready", flush=True)
    waiting, order, written = [], itertools.count(), 0
    while written < LIMIT:
        patience = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        readable, _, _ = select.select([sock, sys.stdin], [], [], patience)
        if sys.stdin in readable:
            return
        if sock in readable:
            frame, address = sock.recvfrom(65536)
            probe = Probe(frame) if is_ip(frame, address) else None
            if probe and probe.valid:
                for delay, reply in answers(probe):
                    heapq.heappush(waiting, (time.monotonic() + delay, next(order), reply))
        while waiting and waiting[0][0] <= time.monotonic():
            sock.send(heapq.heappop(waiting)[2])
            written += 1


if __name__ == "__main__":
    serve(sys.argv[1])

# SPDX-License-Identifier: Apache-2.0
"""Writes down when echo requests left and replies came, by the kernel's stamps at the interface.

capture.py INTERFACE OUTPUT: says "ready", captures until standard input ends, then writes one line
"seq address request_ns reply_ns" for each request that was answered.
"""
import ctypes
import select
import socket
import struct
import sys

ETH_P_IP = 0x0800
SO_ATTACH_FILTER, SO_RCVBUFFORCE, SO_TIMESTAMPNS = 26, 33, 35
SOL_PACKET, PACKET_STATISTICS = 263, 6
ECHO_REPLY, ECHO_REQUEST = 0, 8
# Of what else passes nothing is wanted: ICMP without fragments, one pass over the filter.
FILTER = [(0x28, 0, 0, 12), (0x15, 0, 3, ETH_P_IP), (0x30, 0, 0, 23), (0x15, 0, 1, 1),
          (0x6, 0, 0, 128), (0x6, 0, 0, 0)]


def open_socket(interface):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    program = b"".join(struct.pack("HBBI", *line) for line in FILTER)
    code = ctypes.create_string_buffer(program)
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("HP", len(FILTER), ctypes.addressof(code)))
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 64 << 20)
    sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    sock.bind((interface, 0))
    sock.setblocking(False)
    return sock


def stamp_of(ancillary):
    for level, kind, data in ancillary:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, ns = struct.unpack("qq", data[:16])
            return seconds * 1000000000 + ns
    raise RuntimeError("a packet without a stamp")


def main():
    sock = open_socket(sys.argv[1])
    sent, both = {}, []
    print("ready", flush=True)
    ending = False
    while not ending:
        # Asleep until then: to wake somebody takes the kernel time between this stamp of a packet
        # and that of the driver.
        ending = bool(select.select([sys.stdin], [], [], 0.05)[0])
        while True:
            try:
                packet, ancillary, _, _ = sock.recvmsg(128, 64)
            except BlockingIOError:
                break
            kind, ident, seq = packet[34], packet[38:40], packet[40:42]
            if kind == ECHO_REQUEST:
                sent[packet[30:34] + ident + seq] = stamp_of(ancillary)
            elif kind == ECHO_REPLY:
                key = packet[26:30] + ident + seq
                if key in sent:
                    both.append((key, sent.pop(key), stamp_of(ancillary)))
    drops = struct.unpack("II", sock.getsockopt(SOL_PACKET, PACKET_STATISTICS, 8))[1]
    with open(sys.argv[2], "w") as out:
        for key, sent_ns, received_ns in both:
            print(int.from_bytes(key[6:8], "big"), socket.inet_ntoa(key[:4]), sent_ns,
                  received_ns, file=out)
    print(f"dropped {drops}", flush=True)


main()

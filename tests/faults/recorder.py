# SPDX-License-Identifier: Apache-2.0
"""Frames of an interface with the kernel's time stamps, inside a namespace; and back onto a wire.

    recorder.py capture IFACE FILE    writes every echo request and reply until stdin is closed
    recorder.py replay IFACE FILE N   sends what FILE holds, N times over

A record: seconds since 1970 as double, 1 for outgoing, length, frame.
"""
import os
import select
import socket
import struct
import sys

ETH_P_ALL = 3
SO_TIMESTAMPNS = 35
SO_RCVBUFFORCE = 33
PACKET_OUTGOING = 4
RECORD = struct.Struct("=dBH")
ECHO = {0x0800: (20, {0, 8}), 0x86dd: (40, {128, 129})}


def open_packets(iface, protocol):
    packets = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(protocol))
    packets.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 256 << 20)
    packets.bind((iface, protocol))
    return packets


def is_echo(frame):
    header, types = ECHO.get(struct.unpack_from("!H", frame, 12)[0], (0, ()))
    return len(frame) > 14 + header and frame[14 + header] in types


def capture(iface, path):
    packets = open_packets(iface, ETH_P_ALL)
    packets.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
    print("ready", flush=True)
    with open(path, "wb") as file:
        while True:
            ready, _, _ = select.select([packets, sys.stdin], [], [])
            if packets not in ready:
                break
            frame, control, _, address = packets.recvmsg(65536, 64)
            sec, nsec = struct.unpack("qq", control[0][2])
            if is_echo(frame):
                file.write(RECORD.pack(sec + nsec / 1e9, address[2] == PACKET_OUTGOING, len(frame)))
                file.write(frame)


def records(path):
    """(time, whether outgoing, frame) for each."""
    with open(path, "rb") as file:
        while head := file.read(RECORD.size):
            when, outgoing, length = RECORD.unpack(head)
            yield when, bool(outgoing), file.read(length)


def replay(iface, path, times):
    packets = open_packets(iface, 0)
    frames = [frame for _, _, frame in records(path)]
    print("ready", flush=True)
    for _ in range(times):
        for frame in frames:
            try:
                packets.send(frame)
            except OSError:  # the queue is full: the flood is fast enough
                pass


if __name__ == "__main__":
    if sys.argv[1] == "capture":
        capture(*sys.argv[2:4])
    else:
        replay(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    os._exit(0)

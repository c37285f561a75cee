# SPDX-License-Identifier: Apache-2.0
"""Answers every echo request that comes out of a TUN device, as long as nobody stops it.

usage: tun_peer.py DEVICE QUEUE    makes the device, with a queue of so many packets; says "up"
"""
import fcntl
import os
import struct
import subprocess
import sys

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454ca, 1, 0x1000


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xffff)
    return ~((total >> 16) + total) & 0xffff


def answer(packet):
    if packet[0] != 0x45 or packet[9] != 1 or packet[20] != 8:
        return None
    head = packet[:12] + packet[16:20] + packet[12:16]
    body = b"\0\0\0\0" + packet[24:]
    return head + body[:2] + struct.pack("!H", checksum(body)) + body[4:]


def main():
    device, queue = sys.argv[1:]
    fd = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", device.encode(), IFF_TUN | IFF_NO_PI))
    subprocess.run(["ip", "link", "set", device, "txqueuelen", queue, "up"], check=True)
    print("up", flush=True)
    while True:
        reply = answer(os.read(fd, 2048))
        if reply:
            os.write(fd, reply)


main()

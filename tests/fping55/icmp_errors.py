# SPDX-License-Identifier: Apache-2.0
"""Answers pings to 10.91.T.C and fd91::T:C with ICMP errors of type T and code C, in decimal.

icmp_errors.py DEVICE, in namespace B. Ends when its standard input does.
"""
import select
import socket
import sys

from responder import ETH_P_ALL, ROUTER, Probe, is_ip

LIMIT = 20000
ECHO_REQUEST = {4: 8, 6: 128}
PREFIX = {4: "10.91.", 6: "fd91::"}
RULES = """
table inet fping55 {
    chain pre {
        type filter hook prerouting priority -300; policy accept;
        ip daddr 10.91.0.0/16 drop
        ip6 daddr fd91::/64 drop
    }
}
"""


def error_of(probe):
    """The frame of the error that the probe's target stands for, or None."""
    text = str(probe.dst)
    if not text.startswith(PREFIX[probe.version]) or probe.icmp[0] != ECHO_REQUEST[probe.version]:
        return None
    separator = "." if probe.version == 4 else ":"
    kind, code = (int(part or "0") for part in text.split(separator)[-2:])
    source = ROUTER[probe.version]
    body = bytes(4) + probe.ip[:120]
    return probe.send(probe.message(kind, code, body, source), source)


def serve(device):
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    sock.bind((device, 0))
    print("ready", flush=True)
    for _ in range(LIMIT):
        readable, _, _ = select.select([sock, sys.stdin], [], [])
        if sys.stdin in readable:
            return
        frame, address = sock.recvfrom(65536)
        frame = error_of(Probe(frame)) if is_ip(frame, address) else None
        if frame:
            sock.send(frame)


if __name__ == "__main__":
    serve(sys.argv[1])

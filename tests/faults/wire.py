# SPDX-License-Identifier: Apache-2.0
"""A near and a far namespace with a wire between them that can be cut."""
from lab import sh

HOSTS = {4: [f"10.8.0.{i}" for i in range(1, 21)], 6: [f"fd08::{i}" for i in range(1, 21)]}
RANGES = {4: "10.8.0.1,20", 6: "fd08::1,20"}


class Link:
    """A near and a far namespace with a wire between them; the far one owns all the hosts."""

    def __init__(self, lab):
        self.near, self.far = lab.space("near"), lab.space("far")
        self.near.sysctl("net.ipv4.ping_group_range", "0 2147483647")
        self.far.ip("route add local 10.8.0.0/16 dev lo\nroute add local fd08::/64 dev lo")
        self.up()

    def up(self):
        """Makes what is missing of it."""
        if not self.has("mpt"):
            sh("ip", "link", "add", "mpt", "netns", self.near.name, "type", "veth", "peer",
               "name", "mpu", "netns", self.far.name)
            self.far.ip("""link set mpu up
                addr add 10.9.0.2/24 dev mpu
                addr add fd09::2/64 dev mpu nodad""")
        self.near.ip("""link set mpt up
            addr replace 10.9.0.1/24 dev mpt
            addr replace fd09::1/64 dev mpt nodad
            route replace 10.8.0.0/16 via 10.9.0.2""")
        for args in ("route del unreachable fd08::/64 metric 1",
                     "route replace fd08::/64 via fd09::2"):
            sh("ip", "-netns", self.near.name, "-6", *args.split(), check=False)

    def has(self, name):
        return name in sh("ip", "-netns", self.near.name, "-br", "link")

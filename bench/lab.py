# SPDX-License-Identifier: Apache-2.0
"""The networks that the bench runs in: namespaces of its own, nothing outside is ever reached.

    lo    loopback alone: 127.0.0.0/8 and fd00:13::/64 answer
    veth  192.0.2.1 fd00:11::1 ---- 192.0.2.2 fd00:11::2, a second namespace that owns
          10.0.0.0/8 and fd00:10::/64
    tun   10.0.0.0/8 and fd00:10::/64 behind a TUN device that tun.c answers for
    ifb   10.0.0.0/8 and fd00:10::/64 behind an interface that swallows everything
"""
import os
import re
import subprocess

PREFIX = "mpbench-"
SOURCE4 = "192.0.2.1"
SOURCE6 = "fd00:11::1"
GATEWAY_MAC = "02:00:00:00:00:02"

LINKS = {
    "lo": """
link set lo up
route add local fd00:13::/64 dev lo
""",
    "veth": """
link set lo up
link set mpb0 up
addr add 192.0.2.1/30 dev mpb0
addr add fd00:11::1/126 dev mpb0 nodad
neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 nud permanent dev mpb0
neigh replace fd00:11::2 lladdr 02:00:00:00:00:02 nud permanent dev mpb0
route add 10.0.0.0/8 via 192.0.2.2
route add fd00:10::/64 via fd00:11::2
""",
    "peer": """
link set lo up
link set mpb1 address 02:00:00:00:00:02
link set mpb1 up
addr add 192.0.2.2/30 dev mpb1
addr add fd00:11::2/126 dev mpb1 nodad
neigh replace 192.0.2.1 lladdr 02:00:00:00:00:01 nud permanent dev mpb1
neigh replace fd00:11::1 lladdr 02:00:00:00:00:01 nud permanent dev mpb1
route add local 10.0.0.0/8 dev lo
route add local fd00:10::/64 dev lo
""",
    "tun": """
link set lo up
link set mpb0 up txqueuelen 100000
addr add 192.0.2.1/32 dev mpb0
addr add fd00:11::1/128 dev mpb0 nodad
route add 10.0.0.0/8 dev mpb0 src 192.0.2.1
route add fd00:10::/64 dev mpb0 src fd00:11::1
""",
    "ifb": """
link set lo up
link add mpb0 type ifb
link set mpb0 up
addr add 192.0.2.1/30 dev mpb0
addr add fd00:11::1/126 dev mpb0 nodad
neigh replace 192.0.2.2 lladdr 02:00:00:00:00:02 nud permanent dev mpb0
neigh replace fd00:11::2 lladdr 02:00:00:00:00:02 nud permanent dev mpb0
route add 10.0.0.0/8 via 192.0.2.2
route add fd00:10::/64 via fd00:11::2
""",
}

# Where the hosts of a path are, by family.
BASES = {
    ("lo", 4): "127.1.0.0",
    ("lo", 6): "fd00:13::1:0",
    ("veth", 4): "10.1.0.0",
    ("veth", 6): "fd00:10::1:0",
    ("tun", 4): "10.1.0.0",
    ("tun", 6): "fd00:10::1:0",
    ("ifb", 4): "10.1.0.0",
    ("ifb", 6): "fd00:10::1:0",
}


def sh(*argv, text=None):
    """Runs one administrative command; its complaint becomes the exception's text."""
    done = subprocess.run(argv, input=text, capture_output=True, text=True, timeout=30,
                          check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(argv)}: {done.stderr.strip()}")
    return done.stdout


def is_alive(pid):
    return os.path.exists(f"/proc/{pid}")


class Lab:
    """Makes namespaces as they are asked for and removes them all at the end."""

    def __init__(self, programs):
        self.programs = programs  # the directory of the programs of the bench
        self.made = []
        self.servers = []

    def __enter__(self):
        self.remove_stale()
        return self

    def __exit__(self, *_):
        for server in self.servers:
            self.end(server)
        for name in self.made:
            subprocess.run(["ip", "netns", "del", name], capture_output=True, check=False)

    @staticmethod
    def remove_stale():
        """What a bench that was killed has left behind."""
        for line in sh("ip", "netns", "list").splitlines():
            match = re.match(PREFIX + r"\w+-(\d+)\b", line)
            if match and not is_alive(match[1]):
                sh("ip", "netns", "del", match[0])

    def name(self, path):
        return f"{PREFIX}{path}-{os.getpid()}"

    def make(self, path):
        name = self.name(path)
        sh("ip", "netns", "add", name)
        self.made.append(name)
        return name

    def setup(self, path):
        sh("ip", "-n", self.name(path), "-batch", "-", text=LINKS[path])

    def path(self, path):
        """The namespace to ping from."""
        name = self.name(path)
        if name in self.made:
            return name
        self.make(path)
        if path == "veth":
            peer = self.make("peer")
            sh("ip", "-n", name, "link", "add", "mpb0", "address", "02:00:00:00:00:01", "type",
               "veth", "peer", "name", "mpb1", "netns", peer)
            self.setup("peer")
        self.setup(path)
        return name

    def tun(self, delay_us, burst_us=0):
        """The TUN path with a responder of these habits, in place of the one before."""
        name = self.name("tun")
        while self.servers:
            self.end(self.servers.pop())
        if name not in self.made:
            self.make("tun")
        server = self.start(name, [f"{self.programs}/bench_tun", "--device", "mpb0",
                                   "--delay-us", str(delay_us), "--burst-us", str(burst_us)],
                            stdout=subprocess.PIPE)
        self.servers.append(server)
        if server.stdout.readline().strip() != b"ready":
            raise RuntimeError("the TUN responder did not start")
        self.setup("tun")
        return name

    @staticmethod
    def start(namespace, argv, **options):
        """Starts a program that runs beside the measured one."""
        return subprocess.Popen(["ip", "netns", "exec", namespace, *argv], **options)

    @staticmethod
    def end(process):
        process.terminate()
        process.wait()
        if process.stdout:
            process.stdout.close()

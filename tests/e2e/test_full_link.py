# SPDX-License-Identifier: Apache-2.0
"""A queue that is full refuses our sends and counts them as drops: that hides no dead host."""
import json
from collections import Counter

import pytest

HOSTS = 200


@pytest.fixture
def slow_link(lab):
    """A link that takes fewer packets than are sent, as long as the test needs it."""
    lab.a.run("tc", "qdisc", "replace", "dev", "mpa", "root", "tbf", "rate", "250kbit",
              "burst", "2kb", "limit", "3000")
    yield
    lab.a.run("tc", "qdisc", "del", "dev", "mpa", "root")


@pytest.mark.parametrize("kind", ["--raw", "--ping-socket"])
def test_refused_sends_hide_no_dead_host(lab, ping, slow_link, kind):
    done = ping(kind, "-o", "json", "-c", "1", "-t", "1s", f"10.78.0.1-10.78.0.{HOSTS}",
                f"10.79.0.1-10.79.0.{HOSTS}", timeout=60)
    events = [json.loads(line) for line in done.out.splitlines()]
    seen = Counter((e["address"][:5], e["verdict"]) for e in events if e["type"] == "verdict")
    refused = lab.a.run("tc", "-s", "qdisc", "show", "dev", "mpa")
    assert "dropped 0," not in refused, "the link was never full"
    assert seen["10.78", "lost"] == 0, seen
    # What others send, such as the kernel's multicast reports, may be dropped as well.
    assert seen["10.79", "lost"] >= HOSTS // 2, seen

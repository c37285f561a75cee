# SPDX-License-Identifier: Apache-2.0
"""What the binding writes down a second time is what the headers say."""
import re

import pytest

import multiping
from multiping._native import ADDR_TEXT_MAX, ffi, lib
from multiping.options import Options

ENUMS = [
    ("mping_event_type", "MPING_EV_", multiping.EventType),
    ("mping_reason", "MPING_REASON_", multiping.Reason),
    ("mping_stamp", "MPING_STAMP_", multiping.Stamp),
    ("mping_socket_kind", "MPING_SOCKET_", multiping.SocketKind),
    ("mping_flag", "MPING_FLAG_", multiping.Flag),
]


@pytest.mark.parametrize("name, prefix, enum", ENUMS)
def test_enum_has_the_members_of_the_header(name, prefix, enum):
    theirs = ffi.typeof(f"enum {name}").relements
    assert {key.removeprefix(prefix): value for key, value in theirs.items()} == {
        key: int(value) for key, value in enum.__members__.items()
    }


def test_stats_have_the_fields_of_the_header():
    fields = [name for name, _ in ffi.typeof("struct mping_stats").fields]
    assert fields == list(multiping.Stats._fields)


def test_event_has_the_fields_of_the_header():
    fields = {name for name, _ in ffi.typeof("struct mping_event").fields}
    fields -= {"user", "host_text", "reserved8", "reserved32", "reserved64"}
    assert fields <= set(dir(multiping.Event))


def test_options_are_those_of_the_header():
    fields = {
        re.sub("_ns$", "", name) for name, _ in ffi.typeof("struct mping_target_opts").fields
    }
    fields -= {"struct_size", "pattern_bytes", "callback", "user"}
    assert fields == set(Options.__dataclass_fields__)


def test_default_options_are_those_of_the_library():
    want = ffi.new("struct mping_target_opts *")
    lib.mping_target_opts_init(want, ffi.sizeof(want[0]))
    assert bytes(ffi.buffer(Options().to_c())) == bytes(ffi.buffer(want))


def test_room_for_an_address(request):
    header = request.config.rootpath / "include" / "multiping" / "addr.h"
    assert f"#define MPING_ADDR_TEXT_MAX {ADDR_TEXT_MAX}\n" in header.read_text()


def test_version_of_library_and_package_agree(request):
    project = (request.config.rootpath / "python" / "pyproject.toml").read_text()
    assert f'\nversion = "{multiping.version()}"\n' in project

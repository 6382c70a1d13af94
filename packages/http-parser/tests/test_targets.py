"""Targets and authorities; corpus/request/targets.md and host.md have the cases."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidTarget
from tidewire_http_parser._targets import check_target, is_authority, problem_of_target


def fits(text: bytes, port_required: bool = False) -> bool:
    # What surrounds it must not matter.
    assert is_authority(b"[x:" + text + b":1]", 3, 3 + len(text), port_required) == (
        is_authority(text, 0, len(text), port_required)
    )
    return is_authority(text, 0, len(text), port_required)


@pytest.mark.parametrize(
    "host", [b"a", b"a.b", b"127.0.0.1", b"[::1]", b"[1:2:3:4:5:6:7:8]", b"%41", b"a%41", b"~!$&'()*+,;=_"]
)
def test_hosts(host: bytes) -> None:
    assert fits(host)
    assert fits(host + b":")
    assert fits(host + b":80")
    assert fits(host + b":0", port_required=True)
    assert not fits(host, port_required=True)
    assert not fits(host + b":", port_required=True)
    assert not fits(host + b":80:")
    assert not fits(host + b":8a")
    assert not fits(host + b"]")


@pytest.mark.parametrize(
    "host",
    [
        b"",
        b":",
        b"[",
        b"]",
        b"[]",
        b"[a]",
        b"[::1",
        b"%",
        b"%4",
        b"a%4g",
        b"a@b",
        b"\xff",
        b"[" + b":" * 99 + b"]",
    ],
)
def test_what_is_no_host(host: bytes) -> None:
    assert not fits(host)
    assert not fits(host + b":80", port_required=True)


@given(st.integers(0, 65535))
def test_every_port(port: int) -> None:
    assert fits(b"a:%d" % port)


@given(st.integers(65536, 2**70))
def test_no_greater_port(port: int) -> None:
    assert not fits(b"a:%d" % port)


@given(st.ip_addresses(v=6))
def test_every_ipv6_address(address: object) -> None:
    assert fits(f"[{address}]".encode())


@given(st.binary() | st.text(alphabet="a:[]%4.@").map(str.encode))
def test_any_bytes_have_an_answer(text: bytes) -> None:
    fits(text)


def test_the_error_has_the_target() -> None:
    assert problem_of_target("GET", "http://a/") == ""
    check_target("GET", "http://a/")
    with pytest.raises(InvalidTarget) as caught:
        check_target("GET", "nothing")
    assert caught.value.data == b"nothing"
    assert caught.value.problem == problem_of_target("GET", "nothing")

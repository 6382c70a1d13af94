"""What is an IP address here is one for the standard library too, and the other way round."""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser._addresses import is_ipv4, is_ipv6


def ipv4(text: str) -> bool:
    return is_ipv4(text.encode(), 0, len(text.encode()))


def ipv6(text: str) -> bool:
    return is_ipv6(text.encode(), 0, len(text.encode()))


def library(kind: type[IPv4Address | IPv6Address], text: str) -> bool:
    try:
        kind(text)
    except AddressValueError:
        return False
    return True


@pytest.mark.parametrize("text", ["0.0.0.0", "255.255.255.255", "192.0.2.1"])
def test_ipv4(text: str) -> None:
    assert ipv4(text)


@pytest.mark.parametrize(
    "text", ["", "1", "1.2.3", "1.2.3.", "1.2.3.4.", "1.2.3.4.5", "256.1.1.1", "01.2.3.4", "1..2.3", ".1.2.3"]
)
def test_what_is_no_ipv4(text: str) -> None:
    assert not ipv4(text)
    assert not ipv4(text + "9" * 30)


@pytest.mark.parametrize(
    "text", ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::ffff:1.2.3.4", "FE80::a"]
)
def test_ipv6(text: str) -> None:
    assert ipv6(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "1",
        ":::",
        "1:",
        ":1",
        "1::2::3",
        "12345::",
        "1:2:3:4:5:6:7:8:9",
        "::1.2.3",
        "::%1",
        "::g",
        "1:2",
    ],
)
def test_what_is_no_ipv6(text: str) -> None:
    assert not ipv6(text)


@pytest.mark.slow
@given(st.text(alphabet="0123456789.", max_size=18) | st.ip_addresses(v=4).map(str))
def test_ipv4_as_the_library_has_it(text: str) -> None:
    assert ipv4(text) == library(IPv4Address, text)


@pytest.mark.slow
@given(
    st.text(alphabet="01aF:.", max_size=24)
    | st.ip_addresses(v=6).map(str)
    | st.lists(st.sampled_from(["", "0", "ab", "ffff", "1.2.3.4"]), max_size=10).map(":".join)
)
def test_ipv6_as_the_library_has_it(text: str) -> None:
    assert ipv6(text) == library(IPv6Address, text)


def test_only_what_is_between_the_positions_counts() -> None:
    assert is_ipv4(b"x1.2.3.4y", 1, 8)
    assert is_ipv6(b"[::1]", 1, 4)

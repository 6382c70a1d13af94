"""Addresses: in fields, and the sets of those that are trusted."""

from __future__ import annotations

import ipaddress
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_remotes import InvalidHeader
from tidewire_remotes._addresses import AddressSet, TrustedHops, node_address, split_port


@pytest.mark.parametrize(
    ("node", "address"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1\t", "192.0.2.1"),
        ("192.0.2.1:4711", "192.0.2.1"),
        ("2001:DB8::1", "2001:db8::1"),
        ("[2001:db8::1]", "2001:db8::1"),
        ("[2001:db8::1]:4711", "2001:db8::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1:80", "::1:80"),
    ],
)
def test_addresses_come_with_a_port_or_without(node: str, address: str) -> None:
    assert str(node_address("X-Forwarded-For", node)) == address


@pytest.mark.parametrize(
    "node",
    [
        "", " ", "unknown", "_hidden", "192.0.2.256", "192.0.2", "192.0.2.1:", "192.0.2.1:port", "192.0.2.1:123456",
        "[2001:db8::1", "2001:db8::1]", "[192.0.2.1", "[192.0.2.1]", "[]", "[", "[2001:db8::1]x", "fe80::1%eth0", "\u0661.2.3.4", "1.2.3.4,5.6.7.8",
        "192.0.2.1 5", "a" * 8000,
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_told_in_one_short_line(node: str) -> None:
    with pytest.raises(InvalidHeader) as caught:
        node_address("X-Forwarded-For", node)
    assert caught.value.name == "X-Forwarded-For"
    assert len(str(caught.value)) < 150
    assert "\n" not in str(caught.value)


@given(st.ip_addresses(), st.none() | st.integers(0, 65535))
def test_every_address_is_read(address: Any, port: int | None) -> None:
    node = f"[{address}]" if address.version == 6 else str(address)
    found = node_address("X-Forwarded-For", node if port is None else f"{node}:{port}")
    assert found == (getattr(address, "ipv4_mapped", None) or address)


@given(st.text())
def test_nothing_else_than_the_designed_error_is_raised(text: str) -> None:
    with suppress(InvalidHeader):
        node_address("Forwarded", text)


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("a:1", ("a", "1")),
        ("a", ("a", "")),
        ("a:", ("a:", "")),
        ("[::1]:1", ("[::1]", "1")),
        ("[::1]", ("[::1]", "")),
        ("::1", ("::1", "")),
        ("a:\u0661", ("a:\u0661", "")),
    ],
)
def test_ports_are_taken_off(text: str, split: tuple[str, str]) -> None:
    assert split_port(text) == split


def test_a_set_has_addresses_and_networks() -> None:
    addresses = AddressSet(
        ["192.0.2.1", "10.0.0.0/8", ipaddress.ip_address("2001:db8::1"), ipaddress.ip_network("fd00::/8")]
    )
    inside = ("192.0.2.1", "10.1.2.3", "2001:db8::1", "fd12::1")
    outside = ("192.0.2.2", "11.0.0.0", "2001:db8::2", "fe00::1")
    assert [ipaddress.ip_address(each) in addresses for each in (*inside, *outside)] == [True] * 4 + [
        False
    ] * 4
    assert None not in addresses
    assert None in AddressSet(["unix"])
    assert (len(addresses), len(AddressSet(["unix"])), len(AddressSet([]))) == (4, 1, 0)
    assert repr(AddressSet(["unix", "10.0.0.1"])) == "<AddressSet ['unix', '10.0.0.1/32']>"


def test_ipv4_may_be_written_as_ipv6() -> None:
    addresses = AddressSet(["::ffff:10.0.0.1", ipaddress.ip_network("::ffff:192.0.2.0/120")])
    inside, outside = ("10.0.0.1", "192.0.2.9"), ("10.0.0.2", "192.0.3.9")
    assert [ipaddress.ip_address(each) in addresses for each in (*inside, *outside)] == [True] * 2 + [
        False
    ] * 2


@pytest.mark.parametrize("wrong", ["10.0.0.1", b"10.0.0.1", 1, None, [1], [None], [...], [["10.0.0.1"]]])
def test_what_is_no_collection_of_addresses_is_refused(wrong: Any) -> None:
    with pytest.raises(TypeError):
        AddressSet(wrong)


@pytest.mark.parametrize("wrong", ["10.0.0.256", "10.0.0.1/8", "localhost", ""])
def test_what_is_no_address_cannot_be_trusted(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"not appear|host bits"):
        AddressSet([wrong])


def test_hops_have_a_set_for_each_proxy() -> None:
    hops = TrustedHops([["10.0.0.1"], {"10.0.0.2", "10.0.0.3"}])
    assert (len(hops), hops.is_open) == (2, False)
    hops = TrustedHops(([ipaddress.ip_address("10.0.0.1")], ...))
    assert (len(hops), hops.is_open) == (1, True)
    assert len(TrustedHops([...])) == 0


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ("10.0.0.1", TypeError),
        (["10.0.0.1"], TypeError),
        ([["10.0.0.1"], "10.0.0.1"], TypeError),
        ({"10.0.0.1"}, TypeError),
        (None, TypeError),
        ([..., ["10.0.0.1"]], ValueError),
        ([["10.0.0.1"], ..., ...], ValueError),
        ([["x"]], ValueError),
    ],
)
def test_other_lists_of_hops_are_refused(wrong: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        TrustedHops(wrong)

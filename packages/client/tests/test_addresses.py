from __future__ import annotations

import errno
import socket
from typing import Any

import pytest
from yarl import URL

from tidewire_client import ClientAddressRefusedError, ClientConnectorDNSError
from tidewire_client._addresses import Addresses, address_of
from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._dns_cache import NameLookup
from tidewire_client._resolvers import AbstractResolver, ResolveResult, literal

FOUR = ["10.0.0.1", "10.0.0.2", "10.0.0.3"]
SIX = ["2001:db8::1", "2001:db8::2"]


class Hosts(AbstractResolver):
    """Knows every name, and what it was asked."""

    def __init__(self, *hosts: str) -> None:
        self.hosts = hosts
        self.asked: list[str] = []

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if not self.hosts:
            raise OSError(socket.EAI_NONAME, "unknown")
        found = [literal(each, port) for each in self.hosts]
        return [each for each in found if each is not None]

    async def close(self) -> None:
        pass


def key_of(host: str) -> ConnectionKey:
    return connection_key(URL.build(scheme="http", host=host, port=8080))


def made(
    *hosts: str, policy: Any = None, local: tuple[str, int] | None = None, first_count: int | None = None
) -> tuple[Addresses, Hosts]:
    resolver = Hosts(*hosts)
    lookup = NameLookup(resolver, socket.AF_UNSPEC, None)
    return Addresses(lookup, policy, local, first_count), resolver


def hosts(found: list[Any]) -> list[str]:
    return [address[4][0] for address in found]


async def test_an_address_stands_for_itself() -> None:
    addresses, resolver = made()
    expected = (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("127.0.0.1", 8080))
    for _ in range(2):
        assert await addresses.usable_of(key_of("127.0.0.1"), ()) == [expected]
    assert await addresses.all_of(key_of("127.0.0.1"), ()) == [expected]
    assert not resolver.asked


async def test_names_have_the_addresses_of_the_resolver() -> None:
    addresses, resolver = made(*FOUR)
    assert hosts(await addresses.usable_of(key_of("name"), ())) == FOUR
    assert resolver.asked == ["name"]


@pytest.mark.parametrize("how", ["all_of", "usable_of"])
async def test_a_name_without_addresses_is_an_error(how: str) -> None:
    addresses, _ = made()
    with pytest.raises(ClientConnectorDNSError) as caught:
        await getattr(addresses, how)(key_of("name"), ())
    assert caught.value.errno == socket.EAI_NONAME


@pytest.mark.parametrize(
    ("first_count", "expected"),
    [
        (None, FOUR + SIX),
        (1, [FOUR[0], SIX[0], FOUR[1], SIX[1], FOUR[2]]),
        (2, [FOUR[0], FOUR[1], SIX[0], FOUR[2], SIX[1]]),
    ],
)
async def test_families_take_turns(first_count: int | None, expected: list[str]) -> None:
    addresses, _ = made(*FOUR, *SIX, first_count=first_count)
    assert hosts(await addresses.usable_of(key_of("name"), ())) == expected


async def test_only_addresses_of_the_local_family_can_be_used() -> None:
    addresses, _ = made(*FOUR, *SIX, local=("::1", 0))
    assert hosts(await addresses.usable_of(key_of("name"), ())) == SIX
    assert await addresses.local(socket.AF_INET6) == ("::1", 0, 0, 0)
    with pytest.raises(ClientConnectorDNSError) as caught:
        await addresses.usable_of(key_of("127.0.0.1"), ())
    assert caught.value.errno == errno.EADDRNOTAVAIL


async def test_connections_may_come_from_anywhere() -> None:
    addresses, _ = made(*FOUR)
    assert await addresses.local(socket.AF_INET) is None


async def test_a_local_name_without_addresses_is_an_error() -> None:
    addresses, resolver = made(local=("here", 0))
    with pytest.raises(ClientConnectorDNSError):
        await addresses.usable_of(key_of("127.0.0.1"), ())
    assert resolver.asked == ["here"]


async def test_the_policy_is_asked_for_each() -> None:
    addresses, _ = made(*FOUR, policy=lambda host: host.endswith(("1", "3")))
    found = await addresses.usable_of(key_of("name"), ())
    assert hosts(addresses.allowed(key_of("name"), found)) == [FOUR[0], FOUR[2]]
    with pytest.raises(ClientAddressRefusedError) as caught:
        addresses.allowed(key_of("name"), found[1:2])
    assert caught.value.errno == errno.EACCES


def test_an_address_of_a_link_has_its_zone() -> None:
    index, name = socket.if_nameindex()[0]
    for zone in (name, str(index)):
        address = address_of(literal(f"fe80::1%{zone}", 80) or pytest.fail("it is an address"))
        assert address[4] == ("fe80::1", 80, 0, index)


async def test_the_number_of_a_zone_is_looked_up_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    addresses, _ = made()
    for index in (7, 8):
        monkeypatch.setattr(socket, "if_nametoindex", {"eth7": index}.__getitem__)
        (address,) = await addresses.usable_of(key_of("fe80::1%eth7"), ())
        assert address[4] == ("fe80::1", 8080, 0, index)

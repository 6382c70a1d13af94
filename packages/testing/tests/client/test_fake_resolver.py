from __future__ import annotations

import socket
from typing import Any

import pytest

from tidewire_client import ClientConnectorDNSError, ClientSession, TCPConnector
from tidewire_testing.client import FakeResolver
from tidewire_testing.web import RawTestServer
from tidewire_web import BaseRequest, Response


async def test_a_client_under_test_finds_the_tests_server() -> None:
    async def host(request: BaseRequest) -> Response:
        return Response(text=request.host)

    async with RawTestServer(host) as server:
        assert server.port is not None
        resolver = FakeResolver({"api.example": ("127.0.0.1", server.port)})
        async with ClientSession(connector=TCPConnector(resolver=resolver)) as session:
            async with session.get("http://api.example/") as response:
                assert await response.text() == "api.example"
            with pytest.raises(ClientConnectorDNSError):
                await session.get("http://other.example/")
        assert resolver.asked[0] == ("api.example", 80)


@pytest.mark.parametrize(
    ("addresses", "family", "expected"),
    [
        ("192.0.2.1", socket.AF_INET, [("192.0.2.1", 80)]),
        (("192.0.2.1", 99), socket.AF_INET, [("192.0.2.1", 99)]),
        (["192.0.2.1", ("192.0.2.2", 99)], socket.AF_INET, [("192.0.2.1", 80), ("192.0.2.2", 99)]),
        (["192.0.2.1", "2001:db8::1"], socket.AF_INET6, [("2001:db8::1", 80)]),
        (["192.0.2.1", "2001:db8::1"], socket.AF_UNSPEC, [("192.0.2.1", 80), ("2001:db8::1", 80)]),
    ],
)
async def test_addresses_are_those_of_the_family(
    addresses: Any, family: socket.AddressFamily, expected: list[tuple[str, int]]
) -> None:
    resolver = FakeResolver({"Name.Example.": addresses})
    found = await resolver.resolve("name.example", 80, family)
    assert [(each["host"], each["port"]) for each in found] == expected
    assert {each["hostname"] for each in found} == {"name.example"}


async def test_what_is_unknown_cannot_be_resolved() -> None:
    resolver = FakeResolver()
    with pytest.raises(OSError, match="not known"):
        await resolver.resolve("a.example")
    resolver.add("a.example", "192.0.2.1")
    assert await resolver.resolve("a.example")
    with pytest.raises(OSError, match="not known"):
        await resolver.resolve("a.example", 0, socket.AF_INET6)
    assert len(resolver.asked) == 3


async def test_an_exception_in_the_place_of_addresses_is_raised() -> None:
    resolver = FakeResolver({"slow.example": TimeoutError("too slow")})
    with pytest.raises(TimeoutError, match="too slow"):
        await resolver.resolve("slow.example")


async def test_a_closed_resolver_answers_no_more() -> None:
    resolver = FakeResolver({"a.example": "192.0.2.1"})
    await resolver.close()
    assert resolver.closed
    with pytest.raises(OSError, match="closed"):
        await resolver.resolve("a.example")

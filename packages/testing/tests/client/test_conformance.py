"""The client's own jars, resolvers and connectors hold what is asked for, and each check finds who does not."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest

from tidewire_client import (
    AbstractResolver,
    BaseConnector,
    CookieJar,
    DummyCookieJar,
    ResolveResult,
    TCPConnector,
    ThreadedResolver,
)
from tidewire_testing import assert_no_leaks
from tidewire_testing.client import FakeResolver, MemoryConnector
from tidewire_testing.client.conformance import (
    CONNECTOR_CHECKS,
    JAR_CHECKS,
    RESOLVER_CHECKS,
    ConformanceError,
    ConnectorSubject,
    ResolverSubject,
)
from tidewire_testing.web import RawTestServer
from tidewire_web import BaseRequest, Response


def name(check: Any) -> str:
    return str(check.__name__)


async def hello(_request: BaseRequest) -> Response:
    return Response(text="hello")


@pytest.mark.parametrize("check", JAR_CHECKS, ids=name)
async def test_the_clients_jar_conforms(check: Callable[..., Any]) -> None:
    await check(CookieJar)


@pytest.mark.parametrize("check", RESOLVER_CHECKS, ids=name)
@pytest.mark.parametrize("kind", ["threaded", "fake"])
async def test_resolvers_conform(check: Callable[..., Any], kind: str) -> None:
    make = ThreadedResolver if kind == "threaded" else lambda: FakeResolver({"localhost": "127.0.0.1"})
    await check(ResolverSubject(make_resolver=make))


@pytest.mark.parametrize("check", CONNECTOR_CHECKS, ids=name)
@pytest.mark.parametrize("memory", [False, True], ids=["tcp", "memory"])
async def test_connectors_conform(check: Callable[..., Any], memory: bool) -> None:
    async with assert_no_leaks(), RawTestServer(hello, memory=memory) as server:
        servers = {f"127.0.0.1:{server.port}": server.new_protocol}

        def make(**options: Any) -> BaseConnector:
            return MemoryConnector(servers, **options) if memory else TCPConnector(**options)

        await check(ConnectorSubject(make_connector=make, url=str(server.make_url("/"))))


class Simple(CookieJar):
    """Sends every cookie everywhere."""

    def filter_cookies(self, request_url: Any = None) -> Any:
        from http.cookies import SimpleCookie

        made: SimpleCookie = SimpleCookie()
        for morsel in self:
            made[morsel.key] = morsel.value
        return made


@pytest.mark.parametrize(
    "check", [each for each in JAR_CHECKS if name(each) != "jar_refuses_addresses"], ids=name
)
async def test_a_jar_that_keeps_nothing_or_sends_everything_is_found(check: Callable[..., Any]) -> None:
    found = 0
    for make in (DummyCookieJar, Simple):
        try:
            await check(make)
        except ConformanceError:
            found += 1
    if name(check) in ("jar_sends_cookies_back", "jar_replaces_cookies", "jar_forgets_what_has_expired"):
        assert found == 1
    elif name(check) != "jar_refuses_foreign_domains":
        assert found >= 1


async def test_an_unsafe_jar_is_found() -> None:
    (check,) = (each for each in JAR_CHECKS if name(each) == "jar_refuses_addresses")
    with pytest.raises(ConformanceError, match="was kept"):
        await check(lambda: CookieJar(unsafe=True))


class Careless(AbstractResolver):
    """Knows every name, and mixes up ports and families."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=1, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        pass


@pytest.mark.parametrize("check", RESOLVER_CHECKS[:3], ids=name)
async def test_a_careless_resolver_is_found(check: Callable[..., Any]) -> None:
    with pytest.raises(ConformanceError):
        await check(ResolverSubject(make_resolver=Careless))


async def test_a_connector_that_does_not_close_its_connections_is_found() -> None:
    (check,) = (each for each in CONNECTOR_CHECKS if name(each) == "connector_uses_connections_again")

    async with RawTestServer(hello, memory=True) as server:
        servers = {"127.0.0.1:80": server.new_protocol}

        def make(*, force_close: bool = False) -> BaseConnector:
            return MemoryConnector(servers)

        with pytest.raises(ConformanceError, match="force_close=True"):
            await check(ConnectorSubject(make_connector=make, url="http://127.0.0.1/"))

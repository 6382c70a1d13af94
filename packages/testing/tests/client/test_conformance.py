"""The client's own jars, resolvers and connectors hold what is asked for, and each check finds who does not."""

from __future__ import annotations

import asyncio
import functools
import socket
import tempfile
from collections.abc import Callable
from http.cookies import SimpleCookie
from typing import Any

import pytest
from yarl import URL

from tidewire_client import (
    AbstractCookieJar,
    AbstractResolver,
    AsyncResolver,
    BaseConnector,
    ClientConnectionError,
    CookieJar,
    DummyCookieJar,
    ResolveResult,
    TCPConnector,
    ThreadedResolver,
    UnixConnector,
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
from tidewire_web import BaseRequest, Response, UnixSite


def name(check: Any) -> str:
    return str(check.__name__)


async def hello(_request: BaseRequest) -> Response:
    return Response(text="hello")


@pytest.mark.parametrize("check", JAR_CHECKS, ids=name)
async def test_the_clients_jar_conforms(check: Callable[..., Any]) -> None:
    await check(CookieJar)


def make_resolver(kind: str) -> Callable[[], AbstractResolver]:
    if kind == "aiodns":
        pytest.importorskip("aiodns")
        return AsyncResolver
    return ThreadedResolver if kind == "threaded" else lambda: FakeResolver({"localhost": "127.0.0.1"})


@pytest.mark.parametrize("check", RESOLVER_CHECKS, ids=name)
@pytest.mark.parametrize("kind", ["threaded", "fake", "aiodns"])
async def test_resolvers_conform(check: Callable[..., Any], kind: str) -> None:
    await check(ResolverSubject(make_resolver=make_resolver(kind)))


@pytest.mark.parametrize("check", CONNECTOR_CHECKS, ids=name)
@pytest.mark.parametrize("memory", [False, True], ids=["tcp", "memory"])
async def test_connectors_conform(check: Callable[..., Any], memory: bool) -> None:
    async with assert_no_leaks(), RawTestServer(hello, memory=memory) as server:
        servers = {f"127.0.0.1:{server.port}": server.new_protocol}

        def make(**options: Any) -> BaseConnector:
            return MemoryConnector(servers, **options) if memory else TCPConnector(**options)

        await check(ConnectorSubject(make_connector=make, url=str(server.make_url("/"))))


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="needs Unix domain sockets")
@pytest.mark.parametrize("check", CONNECTOR_CHECKS, ids=name)
async def test_unix_connectors_conform(check: Callable[..., Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/socket"
        async with RawTestServer(hello, memory=True) as server:
            assert server.runner is not None
            await UnixSite(server.runner, path).start()
            make = functools.partial(UnixConnector, path)
            await check(ConnectorSubject(make_connector=make, url="http://127.0.0.1/"))


# -- whoever does not conform is found -------------------------------------------------------------


class Everywhere(CookieJar):
    """Sends every cookie everywhere; the last one where several have a name."""

    def filter_cookies(self, request_url: Any = None) -> Any:
        made: SimpleCookie = SimpleCookie()
        for morsel in self:
            made[morsel.key] = morsel.value
        return made


class Rewriting(CookieJar):
    """Keeps something else than what came."""

    def rewritten(self, field: str, url: URL) -> tuple[str, URL]:
        raise NotImplementedError

    def update_cookies_from_headers(self, headers: Any, response_url: URL) -> None:
        for field in headers:
            field, url = self.rewritten(field, response_url)
            super().update_cookies_from_headers([field], url)


class Trusting(Rewriting):
    """Believes whatever domain a cookie names."""

    def rewritten(self, field: str, url: URL) -> tuple[str, URL]:
        _, named, domain = field.partition("; Domain=")
        return field, url.with_host(domain) if named else url


class Eternal(Rewriting):
    """Knows of no end."""

    def rewritten(self, field: str, url: URL) -> tuple[str, URL]:
        return field.partition(";")[0], url


class Faithful(CookieJar):
    """Keeps the first cookie of a name."""

    def update_cookies_from_headers(self, headers: Any, response_url: URL) -> None:
        known = {morsel.key for morsel in self}
        new = [field for field in headers if field.partition("=")[0] not in known]
        super().update_cookies_from_headers(new, response_url)


class Clinging(CookieJar):
    """Keeps what is to be cleared."""

    def clear(self, predicate: Any = None) -> None:
        pass


FAULTY_JARS: dict[str, Callable[[], AbstractCookieJar]] = {
    "jar_sends_cookies_back": DummyCookieJar,
    "jar_keeps_cookies_of_a_host_to_it": Everywhere,
    "jar_refuses_foreign_domains": Trusting,
    "jar_matches_paths": Everywhere,
    "jar_sends_the_cookie_of_the_longest_path": Everywhere,
    "jar_keeps_secure_cookies_to_secure_connections": Everywhere,
    "jar_forgets_what_has_expired": Eternal,
    "jar_replaces_cookies": Faithful,
    "jar_refuses_addresses": lambda: CookieJar(unsafe=True),
    "jar_can_be_cleared": Clinging,
}


@pytest.mark.parametrize("check", JAR_CHECKS, ids=name)
async def test_each_check_finds_a_jar_that_does_not_conform(check: Callable[..., Any]) -> None:
    with pytest.raises(ConformanceError):
        await check(FAULTY_JARS[name(check)])


class Careless(AbstractResolver):
    """Knows every name, mixes up ports, and cannot be closed twice."""

    closed = False

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host="127.0.0.1", port=1, family=socket.AF_INET, proto=0, flags=0)
        ]

    async def close(self) -> None:
        assert not self.closed
        self.closed = True


@pytest.mark.parametrize("check", RESOLVER_CHECKS, ids=name)
async def test_each_check_finds_a_resolver_that_does_not_conform(check: Callable[..., Any]) -> None:
    with pytest.raises(ConformanceError):
        await check(ResolverSubject(make_resolver=Careless))


class Forgetful(MemoryConnector):
    """Ignores what it is told of limits and of closing."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__(servers)


class Greedy(MemoryConnector):
    """Does not take back what a request has had that was cancelled."""

    busy = False

    async def _open(self, *args: Any) -> Any:
        if self.busy:
            raise ClientConnectionError("somebody is there already")
        self.busy = True
        await asyncio.sleep(0)
        opened = await super()._open(*args)
        self.busy = False
        return opened


class Astray(MemoryConnector):
    """Leads to a server that has nothing."""

    def __init__(self, servers: Any, **options: Any) -> None:
        super().__init__({"127.0.0.1:80": servers["nothing:80"]}, **options)


class Unclosable(MemoryConnector):
    """Goes on when it is closed."""

    def close(self, **options: Any) -> Any:
        return asyncio.sleep(0)

    def close_at_last(self) -> Any:
        return super().close()


FAULTY_CONNECTORS: dict[str, type[MemoryConnector]] = {
    "connector_carries_requests": Astray,
    "connector_uses_connections_again": Forgetful,
    "connector_obeys_its_limit": Forgetful,
    "connector_survives_cancellation": Greedy,
    "connector_closes": Unclosable,
}


@pytest.mark.parametrize("check", CONNECTOR_CHECKS, ids=name)
async def test_each_check_finds_a_connector_that_does_not_conform(check: Callable[..., Any]) -> None:
    async def nothing(_request: BaseRequest) -> Response:
        return Response(status=404)

    made: list[MemoryConnector] = []
    async with RawTestServer(hello, memory=True) as server, RawTestServer(nothing, memory=True) as other:
        servers = {"127.0.0.1:80": server.new_protocol, "nothing:80": other.new_protocol}

        def make(**options: Any) -> BaseConnector:
            made.append(FAULTY_CONNECTORS[name(check)](servers, **options))
            return made[-1]

        with pytest.raises(ConformanceError):
            await check(ConnectorSubject(make_connector=make, url="http://127.0.0.1/"))
        for connector in made:
            if isinstance(connector, Unclosable):
                await connector.close_at_last()

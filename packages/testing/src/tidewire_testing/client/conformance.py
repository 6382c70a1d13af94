"""What cookie jars, resolvers and connectors have to hold: checks for whoever writes one.

With pytest and pytest-asyncio:

    @pytest.mark.asyncio
    @pytest.mark.parametrize("check", JAR_CHECKS, ids=lambda check: check.__name__)
    async def test_my_jar(check: JarCheck) -> None:
        await check(MyJar)
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from yarl import URL

from tidewire_client import (
    AbstractCookieJar,
    AbstractResolver,
    BaseConnector,
    ClientConnectionError,
    ClientError,
    ClientSession,
    TraceConfig,
)

__all__ = [
    "CONNECTOR_CHECKS",
    "JAR_CHECKS",
    "RESOLVER_CHECKS",
    "ConformanceError",
    "ConnectorCheck",
    "ConnectorSubject",
    "JarCheck",
    "MakeJar",
    "ResolverCheck",
    "ResolverSubject",
]

MakeJar = Callable[[], AbstractCookieJar]
"""Makes an empty jar that does not keep cookies of IP addresses; called within the running event loop."""

JarCheck = Callable[[MakeJar], Awaitable[None]]
"""A check of what makes a jar."""


class ConformanceError(AssertionError):
    """Something does not do what it has to."""


@dataclass(frozen=True, kw_only=True)
class ResolverSubject:
    """The resolver that is checked.

    Attributes:
        make_resolver: makes one.
        known: a name that has an IPv4 address.
        unknown: a name that has no address.
    """

    make_resolver: Callable[[], AbstractResolver]
    known: str = "localhost"
    unknown: str = "unknown.invalid"


@dataclass(frozen=True, kw_only=True)
class ConnectorSubject:
    """The connector that is checked.

    Attributes:
        make_connector: makes one, of the keyword arguments of `tidewire_client.BaseConnector`.
        url: where it finds a server that answers every GET with 200 and keeps connections, while a check runs.
    """

    make_connector: Callable[..., BaseConnector]
    url: str


ResolverCheck = Callable[[ResolverSubject], Awaitable[None]]
"""A check of a resolver."""

ConnectorCheck = Callable[[ConnectorSubject], Awaitable[None]]
"""A check of a connector."""


def _expect(condition: object, what: str) -> None:
    # No assert statement: these are checks also where Python runs with -O.
    if not condition:
        raise ConformanceError(what)


# -- cookie jars (RFC 6265bis) ---------------------------------------------------------------------


def _kept(jar: AbstractCookieJar, url: str, *fields: str) -> None:
    jar.update_cookies_from_headers(fields, URL(url))


def _sent(jar: AbstractCookieJar, url: str) -> dict[str, str]:
    return {name: morsel.value for name, morsel in jar.filter_cookies(URL(url)).items()}


async def jar_sends_cookies_back(make_jar: MakeJar) -> None:
    """A cookie goes back to the host that has set it, and counts as one."""
    jar = make_jar()
    _expect(len(jar) == 0, "a new jar is not empty")
    _kept(jar, "http://a.example/", "one=1", "two=2")
    _expect(_sent(jar, "http://a.example/x") == {"one": "1", "two": "2"}, "cookies do not go back")
    _expect(len(jar) == len(list(jar)) == 2, "the jar does not know how many it has")


async def jar_keeps_cookies_of_a_host_to_it(make_jar: MakeJar) -> None:
    """A cookie without Domain goes to its very host only; one with Domain to those below, too."""
    jar = make_jar()
    _kept(jar, "http://a.example/", "own=1", "shared=2; Domain=a.example")
    _expect(
        _sent(jar, "http://b.a.example/") == {"shared": "2"}, "hosts below get what they should not, or not"
    )
    for other in ("http://example/", "http://xa.example/", "http://b.example/"):
        _expect(_sent(jar, other) == {}, f"{other} gets cookies of a.example")


async def jar_refuses_foreign_domains(make_jar: MakeJar) -> None:
    """A host sets no cookies for hosts beside it."""
    jar = make_jar()
    _kept(jar, "http://a.example/", "x=1; Domain=b.example", "y=1; Domain=b.a.example")
    _expect(len(jar) == 0, "a cookie for another host was kept")


async def jar_matches_paths(make_jar: MakeJar) -> None:
    """Paths match by segments (section 5.1.4), and the default is the folder of the URL's path."""
    jar = make_jar()
    _kept(jar, "http://a.example/x/y", "said=1; Path=/a", "default=2")
    _expect(_sent(jar, "http://a.example/a") == {"said": "1"}, "the path itself does not match")
    _expect(_sent(jar, "http://a.example/a/b") == {"said": "1"}, "what is below the path does not match")
    _expect(_sent(jar, "http://a.example/ab") == {}, "/ab matches /a")
    _expect(_sent(jar, "http://a.example/x/z") == {"default": "2"}, "the default path is not the folder")


async def jar_sends_the_cookie_of_the_longest_path(make_jar: MakeJar) -> None:
    """Of several cookies with one name, the one of the longest path is given."""
    jar = make_jar()
    _kept(jar, "http://a.example/", "x=long; Path=/a/b", "x=short; Path=/a")
    _expect(_sent(jar, "http://a.example/a/b/c") == {"x": "long"}, "the shorter path goes first")
    _expect(_sent(jar, "http://a.example/a") == {"x": "short"}, "one has replaced the other")


async def jar_keeps_secure_cookies_to_secure_connections(make_jar: MakeJar) -> None:
    """Secure cookies go by TLS, and are not replaced by a connection without it."""
    jar = make_jar()
    _kept(jar, "https://a.example/", "x=secret; Secure")
    _expect(_sent(jar, "http://a.example/") == {}, "a secure cookie goes out without TLS")
    _kept(jar, "http://a.example/", "x=fixed")
    _expect(_sent(jar, "https://a.example/") == {"x": "secret"}, "a secure cookie was replaced without TLS")


async def jar_forgets_what_has_expired(make_jar: MakeJar) -> None:
    """Max-Age=0 and an Expires that has passed delete; Max-Age goes before Expires."""
    past = "Expires=Wed, 01 Jan 2020 00:00:00 GMT"
    for attributes in ("Max-Age=0", "Max-Age=-1", past):
        jar = make_jar()
        _kept(jar, "http://a.example/", "x=1")
        _kept(jar, "http://a.example/", f"x=2; {attributes}")
        _expect(_sent(jar, "http://a.example/") == {}, f"{attributes} does not delete")
    jar = make_jar()
    _kept(jar, "http://a.example/", f"x=1; {past}; Max-Age=100")
    _expect(_sent(jar, "http://a.example/") == {"x": "1"}, "Expires goes before Max-Age")


async def jar_replaces_cookies(make_jar: MakeJar) -> None:
    """A cookie of the same name, host and path takes the place of the other."""
    jar = make_jar()
    _kept(jar, "http://a.example/", "x=1")
    _kept(jar, "http://a.example/", "x=2")
    _expect(_sent(jar, "http://a.example/") == {"x": "2"}, "the old value is sent")
    _expect(len(jar) == 1, "both are kept")


async def jar_refuses_addresses(make_jar: MakeJar) -> None:
    """Cookies of IP addresses are not kept, unless the jar is unsafe."""
    jar = make_jar()
    for url in ("http://127.0.0.1/", "http://[::1]/"):
        _kept(jar, url, "x=1")
        _expect(_sent(jar, url) == {}, f"a cookie of {url} was kept")


async def jar_can_be_cleared(make_jar: MakeJar) -> None:
    """All cookies can be removed, those of a domain, or those that a predicate tells."""
    jar = make_jar()
    _kept(jar, "http://a.example/", "one=1", "two=2")
    _kept(jar, "http://b.example/", "three=3")
    jar.clear(lambda morsel: morsel.key == "one")
    _expect(_sent(jar, "http://a.example/") == {"two": "2"}, "a predicate is not obeyed")
    jar.clear_domain("a.example")
    _expect(_sent(jar, "http://a.example/") == {}, "the cookies of a domain are still there")
    _expect(_sent(jar, "http://b.example/") == {"three": "3"}, "those of another domain are gone, too")
    jar.clear()
    _expect(len(jar) == 0, "something is left")


# -- resolvers -------------------------------------------------------------------------------------


async def resolver_gives_addresses(subject: ResolverSubject) -> None:
    """A name that is known has addresses, each with the port that was asked for."""
    resolver = subject.make_resolver()
    try:
        found = await resolver.resolve(subject.known, 8080, socket.AF_INET)
        _expect(found, f"{subject.known} has no address")
        for each in found:
            _expect(each["hostname"] == subject.known, f"the hostname is {each['hostname']!r}")
            _expect(each["port"] == 8080, f"the port is {each['port']!r}")
            _expect(each["family"] == socket.AF_INET, f"the family is {each['family']!r}")
            socket.inet_pton(socket.AF_INET, each["host"])
    finally:
        await resolver.close()


async def resolver_raises_os_errors(subject: ResolverSubject) -> None:
    """A name that is not known raises an OSError."""
    resolver = subject.make_resolver()
    try:
        found: Any = await resolver.resolve(subject.unknown, 80, socket.AF_INET)
    except OSError:
        return
    finally:
        await resolver.close()
    raise ConformanceError(f"{subject.unknown} was resolved to {found!r}")


async def resolver_resolves_at_once(subject: ResolverSubject) -> None:
    """Several names can be asked for at the same time."""
    resolver = subject.make_resolver()
    try:
        asked = [resolver.resolve(subject.known, port, socket.AF_INET) for port in range(1, 9)]
        found = await asyncio.gather(*asked)
        _expect([each[0]["port"] for each in found] == list(range(1, 9)), "answers were mixed up")
    finally:
        await resolver.close()


async def resolver_closes_twice(subject: ResolverSubject) -> None:
    """Closing twice is no error."""
    resolver = subject.make_resolver()
    await resolver.close()
    try:
        await resolver.close()
    except Exception as error:
        raise ConformanceError(f"a second close() raises {error!r}") from error


# -- connectors ------------------------------------------------------------------------------------


class _Opened:
    """Counts the connections that are opened."""

    def __init__(self) -> None:
        self.number = 0
        self.config = TraceConfig()
        self.config.on_connection_create_end.append(self._count)

    async def _count(self, *_told: Any) -> None:
        self.number += 1


async def _status(session: ClientSession, url: str) -> int:
    async with session.get(url) as response:
        await response.read()
        return response.status


async def connector_carries_requests(subject: ConnectorSubject) -> None:
    """Requests go out, one after the other and several at once."""
    async with ClientSession(connector=subject.make_connector()) as session:
        for _ in range(3):
            _expect(await _status(session, subject.url) == 200, "a request was not answered with 200")
        answers = await asyncio.gather(*(_status(session, subject.url) for _ in range(10)))
        _expect(answers == [200] * 10, "requests at the same time were not all answered")


async def connector_uses_connections_again(subject: ConnectorSubject) -> None:
    """A connection that is idle is used again, unless every one is to be closed."""
    for force_close, expected in ((False, 1), (True, 2)):
        opened = _Opened()
        connector = subject.make_connector(force_close=force_close)
        async with ClientSession(connector=connector, trace_configs=[opened.config]) as session:
            for _ in range(2):
                await _status(session, subject.url)
        told = f"{opened.number} connections for two requests with force_close={force_close}"
        _expect(opened.number == expected, told)


async def connector_obeys_its_limit(subject: ConnectorSubject) -> None:
    """With a limit of one connection requests wait for each other, and all are answered."""
    opened = _Opened()
    connector = subject.make_connector(limit=1)
    async with ClientSession(connector=connector, trace_configs=[opened.config]) as session:
        answers = await asyncio.gather(*(_status(session, subject.url) for _ in range(5)))
        _expect(answers == [200] * 5, "not all were answered")
    _expect(opened.number == 1, f"{opened.number} connections for five requests, with a limit of one")


async def connector_survives_cancellation(subject: ConnectorSubject) -> None:
    """A request that is cancelled while its connection is opened leaves room for the next one."""
    async with ClientSession(connector=subject.make_connector(limit=1, force_close=True)) as session:
        for turns in range(8):
            task = asyncio.ensure_future(_status(session, subject.url))
            for _ in range(turns):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.wait([task])
            try:
                async with asyncio.timeout(10):
                    answer = await _status(session, subject.url)
            except (ClientError, TimeoutError) as error:
                raise ConformanceError(f"after a cancellation a request fails: {error!r}") from error
            _expect(answer == 200, "no answer after a cancellation")


async def connector_closes(subject: ConnectorSubject) -> None:
    """A connector that is closed says so, gives no connection, and can be closed again."""
    connector = subject.make_connector()
    async with ClientSession(connector=connector, connector_owner=False) as session:
        await _status(session, subject.url)
        await connector.close()
        _expect(connector.closed, "it does not say that it is closed")
        await connector.close()
        try:
            await _status(session, subject.url)
        except (ClientConnectionError, RuntimeError):
            return
    raise ConformanceError("a closed connector gives connections")


JAR_CHECKS: Final[tuple[JarCheck, ...]] = (
    jar_sends_cookies_back,
    jar_keeps_cookies_of_a_host_to_it,
    jar_refuses_foreign_domains,
    jar_matches_paths,
    jar_sends_the_cookie_of_the_longest_path,
    jar_keeps_secure_cookies_to_secure_connections,
    jar_forgets_what_has_expired,
    jar_replaces_cookies,
    jar_refuses_addresses,
    jar_can_be_cleared,
)
"""What a cookie jar has to hold; each is called with what makes one."""

RESOLVER_CHECKS: Final[tuple[ResolverCheck, ...]] = (
    resolver_gives_addresses,
    resolver_raises_os_errors,
    resolver_resolves_at_once,
    resolver_closes_twice,
)
"""What a resolver has to hold."""

CONNECTOR_CHECKS: Final[tuple[ConnectorCheck, ...]] = (
    connector_carries_requests,
    connector_uses_connections_again,
    connector_obeys_its_limit,
    connector_survives_cancellation,
    connector_closes,
)
"""What a connector has to hold."""

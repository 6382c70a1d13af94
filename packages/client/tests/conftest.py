"""What the tests of this distribution share."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, cast

import pytest

from tidewire_testing import CertificateAuthority, import_beside

import_beside(
    __file__,
    "origin",
    "forward_proxy",
    "socks_proxy",
    "pool_lines",
    "service",
    "websocket_service",
    "error_circles",
    "fake_time",
    "error_copies",
)

if TYPE_CHECKING:
    import ssl

    from forward_proxy import ForwardProxy
    from origin import Origin
    from service import Service

    from tidewire_client import ClientSession


Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a coroutine on one of the event loops that the client is made for."""
    if request.param == "asyncio":
        return asyncio.run
    return cast(Run, pytest.importorskip("uvloop").run)


@pytest.fixture
async def start_origin() -> AsyncIterator[Callable[..., Awaitable[Origin]]]:
    """Starts servers on the loopback interface; its arguments are those of `Origin.start()`."""
    from origin import Origin

    origins: list[Origin] = []

    async def start(**how: Any) -> Origin:
        origins.append(Origin())
        await origins[-1].start(**how)
        return origins[-1]

    yield start
    for origin in origins:
        await origin.stop()


@pytest.fixture
async def start_proxy() -> AsyncIterator[Callable[..., Awaitable[ForwardProxy]]]:
    """Starts proxies on the loopback interface; its arguments are those of `ForwardProxy`."""
    from forward_proxy import ForwardProxy

    proxies: list[ForwardProxy] = []

    async def start(**how: Any) -> ForwardProxy:
        proxies.append(ForwardProxy(**how))
        await proxies[-1].start()
        return proxies[-1]

    yield start
    for proxy in proxies:
        await proxy.stop()


@pytest.fixture(scope="session")
def contexts(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext, bytes]:
    """Contexts of a server on this machine, of a client that trusts it, and its certificate in DER form."""
    authority = CertificateAuthority(tmp_path_factory.mktemp("certificate"))
    certificate = authority.issue()
    return certificate.server_context(), authority.client_context(), certificate.der


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    """A server for whole requests."""
    from service import Service

    made = Service()
    await made.start()
    yield made
    await made.stop()


@pytest.fixture
async def session() -> AsyncIterator[ClientSession]:
    """A session, which keeps cookies of addresses too."""
    from tidewire_client import ClientSession, CookieJar

    async with ClientSession(cookie_jar=CookieJar(unsafe=True)) as made:
        yield made

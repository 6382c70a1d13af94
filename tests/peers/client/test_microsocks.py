"""microsocks as the SOCKS proxy, nginx behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from peer_programs import free_ports, running
from yarl import URL

from tidewire_client import BasicAuth, ClientProxyConnectionError, ClientSocksProxyError

pytestmark = pytest.mark.peer("microsocks", "nginx", "openssl")


@pytest.fixture(scope="session")
def proxies() -> Iterator[dict[str, URL]]:
    """Two proxies: an `open` one, and one that wants to know who asks: `closed`."""
    ports = free_ports("open", "closed")
    more = {"open": [], "closed": ["-u", "user", "-P", "word"]}
    with ExitStack() as stack:
        for name, port in ports.items():
            command = ["microsocks", "-i", "127.0.0.1", "-p", str(port), *more[name]]
            stack.enter_context(running(command, port))
        yield {name: URL(f"socks5://127.0.0.1:{port}") for name, port in ports.items()}


@pytest.mark.parametrize("kind", ["http", "https"])
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
def test_requests_go_through_it(
    nginx: Any, proxies: dict[str, URL], run: Any, kind: str, scheme: str
) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            connections = set()
            for _ in range(3):
                proxy = proxies["open"].with_scheme(scheme)
                async with session.get(nginx.url("/large.bin", kind), proxy=proxy) as response:
                    assert await response.read() == bytes(range(256)) * 16_384
                    connections.add(response.headers["X-Connection"])
            assert len(connections) == 1

    run(main())


def test_it_finds_names(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            url = URL(nginx.url("/small.txt")).with_host("localhost")
            async with session.get(url, proxy=proxies["open"].with_scheme("socks5h")) as response:
                assert await response.read() == b"small"
                assert response.headers["X-Host"] == f"localhost:{url.port}"

    run(main())


def test_it_wants_credentials(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        url = nginx.url("/small.txt")
        async with nginx.session() as session:
            for auth in (None, BasicAuth("user", "other")):
                with pytest.raises(ClientProxyConnectionError):
                    await session.get(url, proxy=proxies["closed"], proxy_auth=auth)
            auth = BasicAuth("user", "word")
            async with session.get(url, proxy=proxies["closed"], proxy_auth=auth) as response:
                assert await response.read() == b"small"
                assert "X-Authorization" not in response.headers

    run(main())


def test_nobody_behind_it(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            with pytest.raises(ClientSocksProxyError) as caught:
                await session.get("http://127.0.0.1:1/", proxy=proxies["open"])
            assert (caught.value.reply, caught.value.host, caught.value.port) == (5, "127.0.0.1", 1)

    run(main())


def test_the_environment_names_it(
    nginx: Any, proxies: dict[str, URL], run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", str(proxies["closed"].with_user("user").with_password("word")))

    async def main() -> None:
        async with nginx.session(trust_env=True) as session:
            async with session.get(nginx.url("/small.txt")) as response:
                assert await response.read() == b"small"
            monkeypatch.setenv("all_proxy", str(proxies["closed"]))
            with pytest.raises(ClientProxyConnectionError):
                await session.get(nginx.url("/large.bin", "https"))

    run(main())

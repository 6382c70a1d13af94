"""tinyproxy as the forward proxy, nginx behind it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from peer_programs import filled_in, free_ports, running
from yarl import URL

from tidewire_client import BasicAuth, ClientHttpProxyError, ClientProxyConnectionError

pytestmark = pytest.mark.peer("tinyproxy", "nginx", "openssl")

CONFIG = """
Port @port@
Listen 127.0.0.1
Timeout 20
MaxClients 100
LogLevel Critical
@more@
"""


@pytest.fixture(scope="session")
def proxies(nginx: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, URL]]:
    """Two proxies: an `open` one, and one that wants to know who asks, and opens no tunnels but to nginx: `closed`."""
    folder = tmp_path_factory.mktemp("tinyproxy")
    ports = free_ports("open", "closed")
    more = {"open": "", "closed": f"BasicAuth user word\nConnectPort {nginx.ports['https']}\n"}
    with ExitStack() as stack:
        for name, port in ports.items():
            path = folder / f"{name}.conf"
            path.write_text(filled_in(CONFIG, {"port": port, "more": more[name]}))
            stack.enter_context(running(["tinyproxy", "-d", "-c", str(path)], port))
        yield {name: URL(f"http://127.0.0.1:{port}") for name, port in ports.items()}


def test_it_forwards(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            for _ in range(3):
                async with session.get(nginx.url("/gzip/text.txt"), proxy=proxies["open"]) as response:
                    assert await response.read() == b"line of text\n" * 10_000
                    assert "tinyproxy" in response.headers["Via"]
            async with session.get(nginx.url("/moved"), proxy=proxies["open"]) as response:
                assert await response.read() == b"small"
                assert len(response.history) == 2
        # It closes each connection without saying so: a POST in that very moment would fail, and be sent once only.
        async with nginx.session() as session:
            url = nginx.url("/small.txt")
            async with session.post(url, data=b"x" * 2000, proxy=proxies["open"]) as response:
                assert response.status == 405

    run(main())


def test_it_opens_tunnels(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            connections = set()
            for _ in range(3):
                async with session.get(nginx.url("/large.bin", "https"), proxy=proxies["open"]) as response:
                    assert await response.read() == bytes(range(256)) * 16_384
                    assert "Via" not in response.headers
                    connections.add(response.headers["X-Connection"])
            assert len(connections) == 1

    run(main())


@pytest.mark.parametrize("kind", ["http", "https"])
def test_it_wants_credentials(nginx: Any, proxies: dict[str, URL], run: Any, kind: str) -> None:
    async def main() -> None:
        url = nginx.url("/small.txt", kind)
        async with nginx.session() as session:
            if kind == "http":
                async with session.get(url, proxy=proxies["closed"]) as response:
                    assert response.status == 407
            else:
                with pytest.raises(ClientHttpProxyError) as caught:
                    await session.get(url, proxy=proxies["closed"])
                assert caught.value.status == 407
                assert b"</html>" in (caught.value.body or b"")
            auth = BasicAuth("user", "word")
            async with session.get(url, proxy=proxies["closed"], proxy_auth=auth) as response:
                assert await response.read() == b"small"
                # They are for the proxy, and not for what is behind it.
                assert "X-Authorization" not in response.headers
            known = proxies["closed"].with_user("user").with_password("word")
            async with session.get(url, proxy=known) as response:
                assert await response.read() == b"small"

    run(main())


def test_a_tunnel_that_is_refused(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            url = URL(nginx.url("/", "http")).with_scheme("https")
            with pytest.raises(ClientHttpProxyError) as caught:
                await session.get(url, proxy=proxies["closed"], proxy_auth=BasicAuth("user", "word"))
            assert caught.value.status in {403, 407}

    run(main())


def test_nobody_behind_the_proxy(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            async with session.get("http://127.0.0.1:1/", proxy=proxies["open"]) as response:
                assert response.status >= 500
            with pytest.raises(ClientHttpProxyError):
                await session.get("https://127.0.0.1:1/", proxy=proxies["open"])
            with pytest.raises(ClientProxyConnectionError):
                await session.get(nginx.url("/small.txt"), proxy="http://127.0.0.1:1")

    run(main())


def test_the_environment_names_it(
    nginx: Any, proxies: dict[str, URL], run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", str(proxies["open"]))
    monkeypatch.setenv("no_proxy", "other.example")

    async def main() -> None:
        async with nginx.session(trust_env=True) as session:
            async with session.get(nginx.url("/small.txt")) as response:
                assert "tinyproxy" in response.headers["Via"]
            monkeypatch.setenv("no_proxy", "127.0.0.0/8")
            async with session.get(nginx.url("/small.txt")) as response:
                assert "Via" not in response.headers

    run(main())

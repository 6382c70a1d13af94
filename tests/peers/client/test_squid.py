"""squid as the forward proxy, nginx behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from peer_programs import filled_in, free_ports, running
from yarl import URL

from tidewire_client import BasicAuth, ClientHttpProxyError

pytestmark = pytest.mark.peer("squid", "nginx", "openssl")

# Knows one user. What squid changes to, a user of its own, may not find this interpreter.
AUTHENTICATOR = """
while read user word rest
do
  if [ "$user $word" = "user word" ]; then echo OK; else echo ERR; fi
done
"""

CONFIG = """
http_port 127.0.0.1:@open@
http_port 127.0.0.1:@closed@
pid_filename none
access_log none
cache_log @folder@/cache.log
cache_store_log none
cache deny all
coredump_dir @folder@
shutdown_lifetime 0 seconds
auth_param basic program /bin/sh @folder@/authenticator
auth_param basic children 1
acl closed localport @closed@
acl known proxy_auth REQUIRED
acl nginx port @http@ @https@
http_access deny !nginx
http_access deny closed !known
http_access allow all
"""


@pytest.fixture(scope="session")
def proxies(nginx: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, URL]]:
    """One squid at two ports: an `open` one, and one that wants to know who asks, `closed`; both for nginx only."""
    folder: Path = tmp_path_factory.mktemp("squid")
    folder.chmod(0o777)  # it changes to a user of its own
    for parent in folder.parents:
        if not parent.stat().st_mode & 0o001:
            parent.chmod(0o755)
    (folder / "authenticator").write_text(AUTHENTICATOR)
    ports = free_ports("open", "closed")
    config = filled_in(CONFIG, {"folder": folder, **nginx.ports, **ports})
    (folder / "squid.conf").write_text(config)
    with running(["squid", "-N", "-f", str(folder / "squid.conf")], ports["closed"]):
        yield {name: URL(f"http://127.0.0.1:{port}") for name, port in ports.items()}


@pytest.mark.parametrize("kind", ["http", "https"])
def test_requests_go_through_it(nginx: Any, proxies: dict[str, URL], run: Any, kind: str) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            for _ in range(3):
                async with session.get(nginx.url("/large.bin", kind), proxy=proxies["open"]) as response:
                    assert await response.read() == bytes(range(256)) * 16_384
                    assert ("Via" in response.headers) is (kind == "http")
            async with session.post(
                nginx.url("/small.txt", kind), data=bytes(100_000), proxy=proxies["open"]
            ) as response:
                assert response.status == 405

    run(main())


@pytest.mark.parametrize("kind", ["http", "https"])
def test_it_wants_credentials(nginx: Any, proxies: dict[str, URL], run: Any, kind: str) -> None:
    async def main() -> None:
        url = nginx.url("/small.txt", kind)
        async with nginx.session() as session:
            for auth in (None, BasicAuth("user", "other")):
                if kind == "http":
                    async with session.get(url, proxy=proxies["closed"], proxy_auth=auth) as response:
                        assert response.status == 407
                        assert response.headers["Proxy-Authenticate"].startswith("Basic")
                else:
                    with pytest.raises(ClientHttpProxyError) as caught:
                        await session.get(url, proxy=proxies["closed"], proxy_auth=auth)
                    assert caught.value.status == 407
                    assert b"</html>" in (caught.value.body or b"")
            for _ in range(2):
                right = BasicAuth("user", "word")
                async with session.get(url, proxy=proxies["closed"], proxy_auth=right) as response:
                    assert await response.read() == b"small"
                    assert "X-Authorization" not in response.headers

    run(main())


def test_what_it_does_not_allow(nginx: Any, proxies: dict[str, URL], run: Any) -> None:
    async def main() -> None:
        async with nginx.session() as session:
            async with session.get("http://127.0.0.1:1/", proxy=proxies["open"]) as response:
                assert response.status == 403
            with pytest.raises(ClientHttpProxyError) as caught:
                await session.get("https://127.0.0.1:1/", proxy=proxies["open"])
            assert caught.value.status == 403

    run(main())

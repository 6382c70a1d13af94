"""Real servers for the client, and the event loops that it runs on."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from peer_programs import filled_in, free_ports, running_nginx

from tidewire_client import BaseConnector, ClientSession, TCPConnector, UnixConnector
from tidewire_testing import Certificate, CertificateAuthority

NGINX = """
  types { text/plain txt; text/html html; }
  add_header X-Connection $connection;
  add_header X-Resumed $ssl_session_reused;
  add_header X-Host $http_host;
  add_header X-Authorization $http_authorization;
  server {
    listen 127.0.0.1:@http@;
    listen 127.0.0.1:@https@ ssl;
    listen unix:@folder@/nginx.socket;
    ssl_certificate @certificate@;
    ssl_certificate_key @key@;
    root @folder@/files;
    location /gzip/ { alias @folder@/files/; gzip on; gzip_min_length 1; gzip_types text/plain; }
    location /static-gzip/ { alias @folder@/files/; default_type text/plain; add_header Content-Encoding gzip; }
    location /chunked/ { alias @folder@/files/; ssi on; ssi_types text/plain; }
    location /moved { return 301 /again; }
    location /again { return 307 /small.txt; }
    location /loop { return 302 /loop; }
    location /twice/ { alias @folder@/files/; keepalive_requests 2; }
    location /impatient/ { alias @folder@/files/; keepalive_timeout 50ms; }
    location /little { client_max_body_size 1k; proxy_pass http://127.0.0.1:@http@; }
    location /secret/ { alias @folder@/files/; auth_basic "here"; auth_basic_user_file @folder@/users; }
    location /reset { return 444; }
  }
"""


@dataclass(frozen=True)
class Nginx:
    """An nginx that runs.

    Attributes:
        ports: by scheme.
        folder: where its files are.
        authority: who has issued the certificate.
        certificate: that of its TLS side.
    """

    ports: dict[str, int]
    folder: Path
    authority: CertificateAuthority
    certificate: Certificate

    def url(self, path: str, kind: str = "http") -> str:
        """A URL; `kind` is `http`, `https` or `unix`."""
        return (
            f"http://nginx.test{path}" if kind == "unix" else f"{kind}://127.0.0.1:{self.ports[kind]}{path}"
        )

    def connector(self, kind: str = "http") -> BaseConnector:
        """What connects to it."""
        if kind == "unix":
            return UnixConnector(str(self.folder / "nginx.socket"))
        return TCPConnector(ssl=self.authority.client_context())

    def session(self, kind: str = "http", **how: Any) -> ClientSession:
        """A session for it."""
        return ClientSession(connector=self.connector(kind), **how)


@pytest.fixture(scope="session")
def nginx(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nginx]:
    """An nginx with files, redirects and what servers do to their clients; it has to end well."""
    folder = tmp_path_factory.mktemp("origin")
    folder.chmod(0o755)
    files = folder / "files"
    files.mkdir()
    (files / "small.txt").write_bytes(b"small")
    (files / "text.txt").write_bytes(b"line of text\n" * 10_000)
    (files / "text.gz").write_bytes(gzip.compress(b"line of text\n" * 10_000))
    (files / "large.bin").write_bytes(bytes(range(256)) * 16_384)
    (folder / "users").write_text("user:{PLAIN}word\n")
    ports = free_ports("http", "https")
    authority = CertificateAuthority(folder)
    certificate = authority.issue()
    values = {"certificate": certificate.path, "key": certificate.key, "folder": folder, **ports}
    with running_nginx(folder, ports["http"], filled_in(NGINX, values), serious="crit|alert|emerg"):
        yield Nginx(ports, folder, authority, certificate)


@pytest.fixture(params=["asyncio", "uvloop"])
def run(request: pytest.FixtureRequest) -> Callable[[Coroutine[Any, Any, Any]], Any]:
    """Runs a coroutine, on each of the event loops."""
    factory: Any = asyncio.new_event_loop
    if request.param == "uvloop":
        factory = pytest.importorskip("uvloop").new_event_loop

    def runs(coroutine: Coroutine[Any, Any, Any]) -> Any:
        with asyncio.Runner(loop_factory=factory) as runner:
            return runner.run(coroutine)

    return runs

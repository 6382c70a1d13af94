"""Real servers for the client, and the event loops that it runs on."""

from __future__ import annotations

import asyncio
import gzip
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tidewire_client import BaseConnector, ClientSession, TCPConnector, UnixConnector

NGINX = """
daemon off;
master_process off;
pid @tmp@/nginx.pid;
error_log stderr error;
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path @tmp@/body;
  proxy_temp_path @tmp@/proxy;
  fastcgi_temp_path @tmp@/fastcgi;
  uwsgi_temp_path @tmp@/uwsgi;
  scgi_temp_path @tmp@/scgi;
  types { text/plain txt; text/html html; }
  add_header X-Connection $connection;
  add_header X-Host $http_host;
  add_header X-Authorization $http_authorization;
  server {
    listen 127.0.0.1:@http@;
    listen 127.0.0.1:@https@ ssl;
    listen unix:@tmp@/nginx.socket;
    ssl_certificate @tmp@/certificate.pem;
    ssl_certificate_key @tmp@/key.pem;
    root @tmp@/files;
    location /gzip/ { alias @tmp@/files/; gzip on; gzip_min_length 1; gzip_types text/plain; }
    location /static-gzip/ { alias @tmp@/files/; default_type text/plain; add_header Content-Encoding gzip; }
    location /chunked/ { alias @tmp@/files/; ssi on; ssi_types text/plain; }
    location /moved { return 301 /again; }
    location /again { return 307 /small.txt; }
    location /loop { return 302 /loop; }
    location /twice/ { alias @tmp@/files/; keepalive_requests 2; }
    location /impatient/ { alias @tmp@/files/; keepalive_timeout 50ms; }
    location /little { client_max_body_size 1k; proxy_pass http://127.0.0.1:@http@; }
    location /secret/ { alias @tmp@/files/; auth_basic "here"; auth_basic_user_file @tmp@/users; }
    location /reset { return 444; }
  }
}
"""


@dataclass(frozen=True)
class Nginx:
    """An nginx that runs.

    Attributes:
        ports: by scheme.
        folder: where its files are.
        certificate: that of its TLS side.
    """

    ports: dict[str, int]
    folder: Path
    certificate: Path

    def url(self, path: str, kind: str = "http") -> str:
        """A URL; `kind` is `http`, `https` or `unix`."""
        return (
            f"http://nginx.test{path}" if kind == "unix" else f"{kind}://127.0.0.1:{self.ports[kind]}{path}"
        )

    def connector(self, kind: str = "http") -> BaseConnector:
        """What connects to it."""
        if kind == "unix":
            return UnixConnector(str(self.folder / "nginx.socket"))
        return TCPConnector(ssl=ssl.create_default_context(cafile=str(self.certificate)))

    def session(self, kind: str = "http", **how: Any) -> ClientSession:
        """A session for it."""
        return ClientSession(connector=self.connector(kind), **how)


def free_ports(number: int) -> list[int]:
    """Ports that nobody listens at."""
    socks = [socket.create_server(("127.0.0.1", 0)) for _ in range(number)]
    ports: list[int] = [sock.getsockname()[1] for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def wait_for(port: int, process: subprocess.Popen[str]) -> None:
    """Wait until somebody listens at a port."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    process.kill()
    pytest.fail(f"{process.args!r} did not start: {process.communicate()}")


def _certificate(folder: Path) -> Path:
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "key.pem")]
    path = folder / "certificate.pem"
    subprocess.run(["openssl", *command.split(), *names, "-out", str(path)], check=True, capture_output=True)
    return path


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
    ports = dict(zip(("http", "https"), free_ports(2), strict=True))
    certificate = _certificate(folder)
    config = NGINX.replace("@tmp@", str(folder))
    for kind, port in ports.items():
        config = config.replace(f"@{kind}@", str(port))
    path = folder / "nginx.conf"
    path.write_text(config)
    process = subprocess.Popen(["nginx", "-c", str(path)], stderr=subprocess.PIPE, text=True)
    try:
        wait_for(ports["http"], process)
        yield Nginx(ports, folder, certificate)
        process.terminate()
        _, errors = process.communicate(timeout=20)
        serious = re.findall(r"\[(?:crit|alert|emerg)\].*", errors)
        assert (process.returncode, serious) == (0, [])
    finally:
        process.kill()
        process.communicate()


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

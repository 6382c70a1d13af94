"""nginx in front, as a reverse proxy: over TCP and over a Unix domain socket."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from peer_programs import filled_in, free_ports, running_nginx

pytestmark = pytest.mark.peer("nginx", "curl", "openssl")

Curl = Callable[..., Any]
# A client that is no trusted proxy; every address of 127.0.0.0/8 is this host's on Linux.
CLIENT = "127.0.0.2"
elsewhere = pytest.mark.skipif(
    sys.platform != "linux", reason=f"needs {CLIENT} to be an address of this host"
)

HTTP = """
  client_max_body_size 10m;

  upstream tcp { server 127.0.0.1:@plain@; keepalive 4; }
  upstream unix { server unix:@socket@; keepalive 4; }
  upstream forwarded { server 127.0.0.1:@forwarded@; keepalive 4; }

  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $http_host;
  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  proxy_set_header X-Forwarded-Proto https;
  proxy_set_header X-Forwarded-Host shop.example;

  server { listen 127.0.0.1:@front_tcp@; location / { proxy_pass http://tcp; } @protected@ }
  server { listen 127.0.0.1:@front_unix@; location / { proxy_pass http://unix; } @protected@ }
  server {
    listen 127.0.0.1:@front_forwarded@;
    location / {
      proxy_pass http://forwarded;
      proxy_set_header X-Forwarded-For 6.6.6.6;
      proxy_set_header Forwarded 'for=$remote_addr;proto=https;host=shop.example';
    }
  }
"""
PROTECTED = "location /protected/ { internal; alias @static@/; }"
STREAM = """
stream {
  upstream proxied { server 127.0.0.1:@proxied@; }
  server { listen 127.0.0.1:@front_stream@; proxy_pass proxied; proxy_protocol on; }
  upstream proxied_tls { server 127.0.0.1:@proxied_tls@; }
  server { listen 127.0.0.1:@front_passed@; proxy_pass proxied_tls; proxy_protocol on; }
  server { listen 127.0.0.1:@front_begun@; proxy_pass proxied_tls; proxy_protocol on; proxy_ssl on; }
}
"""


def stream_module() -> str | None:
    """The line that loads nginx's module for streams, empty where it is built in; None where there is none."""
    told = subprocess.run(["nginx", "-V"], check=True, capture_output=True, text=True).stderr
    if re.search(r"--with-stream(\s|$)", told):
        return ""
    found = re.search(r"--modules-path=(\S+)", told)
    module = Path(found[1] if found else "") / "ngx_stream_module.so"
    return f"load_module {module};" if found and module.exists() else None


@dataclass(frozen=True)
class Front:
    """An nginx that runs.

    Attributes:
        ports: its ports: `tcp` and `unix`, by what is behind, `forwarded`, and where it has streams: `stream`, `passed`
            for TLS that it passes on, and `begun` for TLS that it begins.
        streams: whether it has.
    """

    ports: dict[str, int]
    streams: bool

    def url(self, path: str, kind: str) -> str:
        """A URL at one of its ports."""
        return f"http://127.0.0.1:{self.ports[kind]}{path}"


@pytest.fixture(scope="session")
def front(site: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """An nginx in front of the server."""
    folder = tmp_path_factory.mktemp("nginx")
    ports = free_ports("tcp", "unix", "forwarded", "stream", "passed", "begun")
    values = {"socket": site.socket, "static": site.static, **site.ports}
    values.update({f"front_{kind}": port for kind, port in ports.items()})
    http = filled_in(HTTP.replace("@protected@", PROTECTED), values)
    module = stream_module()
    last = "" if module is None else filled_in(STREAM, values)
    with running_nginx(folder, ports["tcp"], http, first=module or "", last=last):
        yield Front(ports, module is not None)


behind = pytest.mark.parametrize("kind", ["tcp", "unix"])


@behind
def test_bodies_both_ways(front: Front, curl: Curl, kind: str) -> None:
    body = bytes(range(256)) * 4000
    got = curl(front.url("/echo", kind), "--request", "POST", "--data-binary", "@-", stdin=body)
    assert (got.status, got.fields["x-length"], got.body) == (200, str(len(body)), body)
    got = curl(front.url("/echo", kind), "--request", "POST", "-T", "-", stdin=body)
    assert (got.status, got.body) == (200, body)
    got = curl(front.url("/static/data.bin", kind), "--range", "100-199")
    assert (got.status, got.body) == (206, body[100:200])
    got = curl(front.url("/text", kind), "--compressed", "--header", "Accept-Encoding: gzip")
    assert (got.fields["content-encoding"], got.body[:10]) == ("gzip", b"all happy ")
    assert curl(front.url("/nothing", kind)).status == 404


@behind
def test_connections_are_used_again(front: Front, curl: Curl, kind: str) -> None:
    # nginx has one process here, and the requests come one after the other.
    connections = {json.loads(curl(front.url("/about", kind)).body)["connection"] for _ in range(8)}
    assert len(connections) == 1


@elsewhere
@behind
def test_who_the_client_is(front: Front, curl: Curl, kind: str) -> None:
    spoofed = ("--header", "X-Forwarded-For: 6.6.6.6", "--header", "Forwarded: for=6.6.6.6")
    got = curl(front.url("/about", kind), "--interface", CLIENT, *spoofed)
    known = json.loads(got.body)
    assert (known["remote"], known["scheme"], known["host"]) == (CLIENT, "https", "shop.example")
    assert known["headers"]["X-Forwarded-For"] == f"6.6.6.6, {CLIENT}"


@elsewhere
def test_who_the_client_is_by_forwarded(front: Front, curl: Curl) -> None:
    got = curl(front.url("/about", "forwarded"), "--interface", CLIENT)
    known = json.loads(got.body)
    assert (known["remote"], known["scheme"], known["host"]) == (CLIENT, "https", "shop.example")


@elsewhere
def test_a_client_that_comes_without_the_proxy_is_not_believed(site: Any, curl: Curl) -> None:
    spoofed = ("--header", "X-Forwarded-For: 6.6.6.6", "--header", "X-Forwarded-Proto: https")
    known = json.loads(curl(site.url("/about"), "--interface", CLIENT, *spoofed).body)
    assert (known["remote"], known["scheme"]) == (CLIENT, "http")


@elsewhere
def test_who_the_client_is_by_a_proxy_header(front: Front, curl: Curl) -> None:
    if not front.streams:
        pytest.skip("needs nginx's module for streams (libnginx-mod-stream)")
    got = curl(front.url("/about", "stream"), "--interface", CLIENT)
    assert json.loads(got.body)["remote"] == CLIENT


@elsewhere
@pytest.mark.parametrize(("kind", "scheme"), [("passed", "https"), ("begun", "http")])
def test_a_proxy_header_in_front_of_tls(site: Any, front: Front, curl: Curl, kind: str, scheme: str) -> None:
    if not front.streams:
        pytest.skip("needs nginx's module for streams (libnginx-mod-stream)")
    trusting = ("--interface", CLIENT, "--cacert", str(site.folder / "authority.pem"))
    got = curl(f"{scheme}://127.0.0.1:{front.ports[kind]}/about", *trusting)
    known = json.loads(got.body)
    assert (known["remote"], known["scheme"]) == (CLIENT, "https")
    body = bytes(range(256)) * 4000
    url = f"{scheme}://127.0.0.1:{front.ports[kind]}/echo"
    got = curl(url, *trusting, "--request", "POST", "--data-binary", "@-", stdin=body)
    assert (got.status, got.body) == (200, body)


@behind
def test_files_that_nginx_sends(front: Front, curl: Curl, kind: str) -> None:
    got = curl(front.url("/accelerated/data.bin", kind))
    assert (got.status, got.body) == (200, bytes(range(256)) * 1000)
    assert curl(front.url("/accelerated/data.bin", kind), "--range", "0-9").body == bytes(range(10))
    # Nobody but the application gets at them.
    assert curl(front.url("/protected/data.bin", kind)).status == 404


@behind
def test_pieces_come_one_by_one(front: Front, curl: Curl, kind: str) -> None:
    with socket.create_connection(("127.0.0.1", front.ports[kind]), timeout=20) as sock:
        sock.sendall(b"GET /pieces HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        received = b""
        while b"first," not in received:
            data = sock.recv(65536)
            assert data, received
            received += data
        assert b"last" not in received
        assert curl(front.url("/release", kind)).status == 200
        while data := sock.recv(65536):
            received += data
    assert b"last" in received


@pytest.mark.slow
@behind
@pytest.mark.parametrize(("buffering", "how"), [("yes", b"complete"), ("no", b"stalled")])
def test_the_application_says_whether_nginx_buffers(
    front: Front, curl: Curl, kind: str, buffering: str, how: bytes
) -> None:
    """With buffering nginx takes everything for a client that reads nothing; without, the application has to wait."""
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.connect(("127.0.0.1", front.ports[kind]))
        sock.sendall(f"GET /flood/{buffering} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
        assert curl(front.url("/flooded", kind)).body == how

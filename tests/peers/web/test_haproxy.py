"""HAProxy in front, which passes connections on with PROXY headers of both versions, to TLS that ends here."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from peer_programs import filled_in, free_ports, running

pytestmark = pytest.mark.peer("haproxy", "curl", "openssl")

Curl = Callable[..., Any]
# A client that is another one than the proxy; every address of 127.0.0.0/8 is this host's on Linux.
CLIENT = "127.0.0.2"

SETTINGS = """
defaults
  mode tcp
  timeout connect 20s
  timeout client 20s
  timeout server 20s

listen passed_1
  bind 127.0.0.1:@front_passed_1@
  server it 127.0.0.1:@proxied_tls@ send-proxy
listen passed_2
  bind 127.0.0.1:@front_passed_2@
  server it 127.0.0.1:@proxied_tls@ send-proxy-v2 proxy-v2-options crc32c,unique-id
listen begun
  bind 127.0.0.1:@front_begun@
  server it 127.0.0.1:@proxied_tls@ send-proxy-v2-ssl ssl verify none
listen ended
  bind 127.0.0.1:@front_ended@ ssl crt @folder@/haproxy.pem
  server it 127.0.0.1:@proxied@ send-proxy-v2-ssl-cn
"""

KINDS = {"passed_1": "https", "passed_2": "https", "begun": "http", "ended": "https"}


@pytest.fixture(scope="module")
def front(site: Any) -> Iterator[dict[str, int]]:
    """A HAProxy in front of the server; its ports, by what is done with TLS and the version of the header."""
    folder = site.folder
    pem = (folder / "certificate.pem").read_text() + (folder / "key.pem").read_text()
    (folder / "haproxy.pem").write_text(pem)
    ports = free_ports(*KINDS)
    values = {"folder": folder, **site.ports, **{f"front_{kind}": port for kind, port in ports.items()}}
    path = folder / "haproxy.cfg"
    path.write_text(filled_in(SETTINGS, values))
    with running(["haproxy", "-f", str(path), "-db"], ports["passed_1"]):
        yield ports


@pytest.mark.skipif(sys.platform != "linux", reason=f"needs {CLIENT} to be an address of this host")
@pytest.mark.parametrize(("kind", "scheme"), KINDS.items())
def test_who_the_client_is(site: Any, front: dict[str, int], curl: Curl, kind: str, scheme: str) -> None:
    trusting = ("--interface", CLIENT, "--cacert", str(site.folder / "authority.pem"))
    got = curl(f"{scheme}://127.0.0.1:{front[kind]}/about", *trusting)
    known = json.loads(got.body)
    assert (known["remote"], known["scheme"]) == (CLIENT, "https")
    body = bytes(range(256)) * 4000
    url = f"{scheme}://127.0.0.1:{front[kind]}/echo"
    got = curl(url, *trusting, "--request", "POST", "--data-binary", "@-", stdin=body)
    assert (got.status, got.body) == (200, body)

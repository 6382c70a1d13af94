from __future__ import annotations

import errno
import pickle
import ssl
from typing import Any

import pytest
from error_copies import WAYS, check_kept
from yarl import URL

import tidewire_client as client
from tidewire_client._connection_key import connection_key

KEY = connection_key(URL("https://example.org/"), ssl=False)
REFUSED = OSError(errno.ECONNREFUSED, "Connect call failed")

EXAMPLES: list[tuple[Exception, dict[str, Any]]] = [
    (client.ClientConnectionError("x"), {}),
    (client.ClientConnectionResetError("x"), {}),
    (client.ClientOSError(errno.EPIPE, "pipe"), {"errno": errno.EPIPE, "strerror": "pipe"}),
    (
        client.ClientConnectorError(KEY, REFUSED),
        {"host": "example.org", "port": 443, "ssl": False, "errno": errno.ECONNREFUSED},
    ),
    (client.ClientConnectorDNSError(KEY, REFUSED), {"host": "example.org"}),
    (client.ClientProxyConnectionError(KEY, REFUSED), {"port": 443}),
    (client.ClientSocksProxyError(KEY, REFUSED, 5), {"reply": 5, "errno": errno.ECONNREFUSED}),
    (
        client.UnixClientConnectorError("/tmp/s", KEY, REFUSED),
        {"path": "/tmp/s", "strerror": REFUSED.strerror},
    ),
    (client.ClientConnectorSSLError(KEY, ssl.SSLError(1, "bad")), {"strerror": "bad"}),
    (client.ClientConnectorCertificateError(KEY, ssl.CertificateError("name")), {"host": "example.org"}),
    (client.ServerDisconnectedError(), {"message": "Server disconnected"}),
    (client.ServerTimeoutError("slow"), {"clock": None}),
    (client.ConnectionTimeoutError(clock="pool", seconds=2.5), {"clock": "pool", "seconds": 2.5}),
    (client.SocketTimeoutError(clock="sock_read"), {"clock": "sock_read", "seconds": None}),
    (
        client.ServerFingerprintMismatch(b"a", b"b", "h", 1),
        {"expected": b"a", "got": b"b", "host": "h", "port": 1},
    ),
]


@pytest.mark.parametrize(("error", "attributes"), EXAMPLES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize("way", WAYS)
def test_it_keeps_what_it_knows(error: Exception, attributes: dict[str, Any], way: Any) -> None:
    check_kept(error, way(error), attributes)


BASES = {
    client.ClientOSError: (client.ClientConnectionError, OSError),
    client.ClientConnectionResetError: (client.ClientConnectionError, ConnectionResetError),
    client.ClientConnectorSSLError: (client.ClientSSLError, client.ClientConnectorError, ssl.SSLError),
    client.ClientConnectorCertificateError: (client.ClientSSLError, ssl.CertificateError),
    client.ConnectionTimeoutError: (client.ServerTimeoutError, client.ServerConnectionError, TimeoutError),
    client.SocketTimeoutError: (client.ServerTimeoutError, TimeoutError),
    client.ServerFingerprintMismatch: (client.ServerConnectionError,),
}


@pytest.mark.parametrize(("kind", "bases"), BASES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_it_is_caught_with_its_kind(kind: type, bases: tuple[type, ...]) -> None:
    assert issubclass(kind, (client.ClientConnectionError,))
    for base in bases:
        assert issubclass(kind, base)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (
            client.ClientConnectorError(KEY, REFUSED),
            "Cannot connect to host example.org:443 ssl:False [Connect call failed]",
        ),
        (
            client.UnixClientConnectorError("/s", KEY, REFUSED),
            "Cannot connect to unix socket /s [Connect call failed]",
        ),
        (client.ConnectionTimeoutError(clock="pool", seconds=2.5), "pool timed out after 2.5 s"),
        (client.SocketTimeoutError(clock="sock_read"), "sock_read timed out"),
    ],
    ids=repr,
)
def test_its_text_says_what_is_known(error: Exception, text: str) -> None:
    assert str(error) == text


def test_the_default_verification_is_named_so() -> None:
    key = connection_key(URL("https://example.org/"))
    assert "ssl:default" in str(client.ClientConnectorError(key, REFUSED))


def test_a_context_is_left_behind_as_it_cannot_be_pickled() -> None:
    key = connection_key(URL("https://example.org/"), ssl=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert pickle.loads(pickle.dumps(client.ClientConnectorError(key, REFUSED))).ssl is True


def test_its_representation_has_its_arguments() -> None:
    assert "host='h'" in repr(client.ServerFingerprintMismatch(b"a", b"b", "h", 1))

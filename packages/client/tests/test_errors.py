from __future__ import annotations

import copy
import errno
import pickle
import ssl
from typing import Any

import pytest
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

import tidewire_client as client
from tidewire_client._connection_key import connection_key

KEY = connection_key(URL("https://example.org/"), ssl=False)
URL_ = URL("http://example.org/a")
INFO = client.RequestInfo(URL_, "GET", CIMultiDictProxy(CIMultiDict({"Host": "example.org"})), URL_)
REFUSED = OSError(errno.ECONNREFUSED, "Connect call failed")

EXAMPLES: list[tuple[Exception, dict[str, Any]]] = [
    (client.ClientError("x"), {}),
    (
        client.ClientResponseError(INFO, (), status=404, message="Not Found", headers={"a": "b"}, body=b"no"),
        {"status": 404, "message": "Not Found", "body": b"no", "history": ()},
    ),
    (client.ContentTypeError(INFO, ()), {"status": 0, "message": "", "headers": None, "body": None}),
    (client.TooManyRedirects(INFO, ()), {"status": 0}),
    (client.WSServerHandshakeError(INFO, (), status=200, message="m", headers=None), {"status": 200}),
    (
        client.ClientHttpProxyError(
            INFO, (), status=407, message="m", headers=CIMultiDictProxy(CIMultiDict())
        ),
        {},
    ),
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
    (client.TotalTimeoutError(300), {"clock": "total", "seconds": 300}),
    (
        client.ServerFingerprintMismatch(b"a", b"b", "h", 1),
        {"expected": b"a", "got": b"b", "host": "h", "port": 1},
    ),
    (
        client.ClientPayloadError("cut", received=1, expected=2, framing="chunked"),
        {"received": 1, "expected": 2},
    ),
    (client.UploadAbortedError("x"), {}),
    (client.InvalidURL("http:/x", "no host"), {"url": "http:/x", "description": "no host"}),
    (client.InvalidUrlClientError(URL_), {"url": URL_, "description": None}),
    (client.InvalidUrlRedirectClientError("x"), {"url": "x"}),
    (client.NonHttpUrlClientError("ftp:x"), {"url": "ftp:x"}),
    (client.NonHttpUrlRedirectClientError("ftp:x"), {"url": "ftp:x"}),
    (client.RedirectClientError("x"), {}),
]


@pytest.mark.parametrize(("error", "attributes"), EXAMPLES, ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "way", [lambda error: error, lambda error: pickle.loads(pickle.dumps(error)), copy.copy]
)
def test_it_keeps_what_it_knows(error: Exception, attributes: dict[str, Any], way: Any) -> None:
    other = way(error)
    assert type(other) is type(error)
    assert str(other) == str(error)
    assert len(other.args) == len(error.args)
    for name, value in attributes.items():
        assert getattr(other, name) == value


BASES = {
    client.ClientOSError: (client.ClientConnectionError, OSError),
    client.ClientConnectionResetError: (client.ClientConnectionError, ConnectionResetError),
    client.ClientConnectorSSLError: (client.ClientSSLError, client.ClientConnectorError, ssl.SSLError),
    client.ClientConnectorCertificateError: (client.ClientSSLError, ssl.CertificateError),
    client.ConnectionTimeoutError: (client.ServerTimeoutError, client.ServerConnectionError, TimeoutError),
    client.SocketTimeoutError: (client.ServerTimeoutError, TimeoutError),
    client.InvalidUrlClientError: (client.InvalidURL, ValueError),
    client.InvalidUrlRedirectClientError: (client.InvalidUrlClientError, client.RedirectClientError),
    client.NonHttpUrlRedirectClientError: (client.NonHttpUrlClientError, client.RedirectClientError),
    client.ClientHttpProxyError: (client.ClientResponseError,),
    client.ServerFingerprintMismatch: (client.ServerConnectionError,),
}


@pytest.mark.parametrize(("kind", "bases"), BASES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_it_is_caught_with_its_kind(kind: type, bases: tuple[type, ...]) -> None:
    assert issubclass(kind, (client.ClientError,))
    for base in bases:
        assert issubclass(kind, base)


def test_the_total_time_is_no_fault_of_the_client() -> None:
    assert issubclass(client.TotalTimeoutError, TimeoutError)
    assert not issubclass(client.TotalTimeoutError, client.ClientError)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (EXAMPLES[1][0], "404, message='Not Found', url='http://example.org/a'"),
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
        (client.TotalTimeoutError(300), "total timed out after 300 s"),
        (
            client.ClientPayloadError("cut", received=1, expected=2, framing="chunked"),
            "cut (1 of 2 bytes received, framed by chunked)",
        ),
        (client.ClientPayloadError(received=1), "1 bytes received"),
        (client.ClientPayloadError("cut"), "cut"),
        (client.InvalidURL("x", "why"), "x - why"),
    ],
    ids=repr,
)
def test_its_text_says_what_is_known(error: Exception, text: str) -> None:
    assert str(error) == text


def test_the_default_verification_is_named_so() -> None:
    key = connection_key(URL("https://example.org/"))
    assert "ssl:default" in str(client.ClientConnectorError(key, REFUSED))


def test_a_history_is_left_behind_as_it_holds_connections() -> None:
    error = client.ClientResponseError(INFO, (object(),))
    assert pickle.loads(pickle.dumps(error)).history == ()


def test_a_context_is_left_behind_as_it_cannot_be_pickled() -> None:
    key = connection_key(URL("https://example.org/"), ssl=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    assert pickle.loads(pickle.dumps(client.ClientConnectorError(key, REFUSED))).ssl is True


def test_its_representation_has_its_arguments() -> None:
    text = repr(EXAMPLES[1][0])
    assert text.startswith("ClientResponseError(RequestInfo(")
    assert "status=404, message='Not Found', headers={'a': 'b'})" in text
    assert repr(client.InvalidURL("x")) == "<InvalidURL x>"
    assert "host='h'" in repr(client.ServerFingerprintMismatch(b"a", b"b", "h", 1))

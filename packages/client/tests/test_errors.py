from __future__ import annotations

import pickle
from typing import Any

import pytest
from error_copies import WAYS, check_kept
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

import tidewire_client as client

URL_ = URL("http://example.org/a")
INFO = client.RequestInfo(URL_, "GET", CIMultiDictProxy(CIMultiDict({"Host": "example.org"})), URL_)

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
    (client.TotalTimeoutError(300), {"clock": "total", "seconds": 300}),
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
@pytest.mark.parametrize("way", WAYS)
def test_it_keeps_what_it_knows(error: Exception, attributes: dict[str, Any], way: Any) -> None:
    check_kept(error, way(error), attributes)


BASES = {
    client.InvalidUrlClientError: (client.InvalidURL, ValueError),
    client.InvalidUrlRedirectClientError: (client.InvalidUrlClientError, client.RedirectClientError),
    client.NonHttpUrlRedirectClientError: (client.NonHttpUrlClientError, client.RedirectClientError),
    client.ClientHttpProxyError: (client.ClientResponseError,),
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


def test_a_history_is_left_behind_as_it_holds_connections() -> None:
    error = client.ClientResponseError(INFO, (object(),))
    assert pickle.loads(pickle.dumps(error)).history == ()


def test_its_representation_has_its_arguments() -> None:
    text = repr(EXAMPLES[1][0])
    assert text.startswith("ClientResponseError(RequestInfo(")
    assert "status=404, message='Not Found', headers={'a': 'b'})" in text
    assert repr(client.InvalidURL("x")) == "<InvalidURL x>"

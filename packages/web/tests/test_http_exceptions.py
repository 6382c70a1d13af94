"""One exception for each status that tells of an error."""

from __future__ import annotations

from typing import Any

import pytest
from yarl import URL

import tidewire_web as web
from tidewire_http_parser import REASONS, LocalProtocolError
from tidewire_web import _http_exceptions

TABLE: list[tuple[int, str]] = [
    (400, "HTTPBadRequest"),
    (401, "HTTPUnauthorized"),
    (402, "HTTPPaymentRequired"),
    (403, "HTTPForbidden"),
    (404, "HTTPNotFound"),
    (405, "HTTPMethodNotAllowed"),
    (406, "HTTPNotAcceptable"),
    (407, "HTTPProxyAuthenticationRequired"),
    (408, "HTTPRequestTimeout"),
    (409, "HTTPConflict"),
    (410, "HTTPGone"),
    (411, "HTTPLengthRequired"),
    (412, "HTTPPreconditionFailed"),
    (413, "HTTPRequestEntityTooLarge"),
    (414, "HTTPRequestURITooLong"),
    (415, "HTTPUnsupportedMediaType"),
    (416, "HTTPRequestRangeNotSatisfiable"),
    (417, "HTTPExpectationFailed"),
    (421, "HTTPMisdirectedRequest"),
    (422, "HTTPUnprocessableEntity"),
    (424, "HTTPFailedDependency"),
    (426, "HTTPUpgradeRequired"),
    (428, "HTTPPreconditionRequired"),
    (429, "HTTPTooManyRequests"),
    (431, "HTTPRequestHeaderFieldsTooLarge"),
    (451, "HTTPUnavailableForLegalReasons"),
    (500, "HTTPInternalServerError"),
    (501, "HTTPNotImplemented"),
    (502, "HTTPBadGateway"),
    (503, "HTTPServiceUnavailable"),
    (504, "HTTPGatewayTimeout"),
    (505, "HTTPVersionNotSupported"),
    (506, "HTTPVariantAlsoNegotiates"),
    (507, "HTTPInsufficientStorage"),
    (510, "HTTPNotExtended"),
    (511, "HTTPNetworkAuthenticationRequired"),
]
ARGUMENTS: dict[int, tuple[Any, ...]] = {405: ("PUT", ["GET"]), 413: (10,), 451: ("http://example.com",)}


@pytest.mark.parametrize(("status", "name"), TABLE)
def test_every_class(status: int, name: str) -> None:
    kind = getattr(web, name)
    family = web.HTTPClientError if status < 500 else web.HTTPServerError
    assert kind.__bases__ == (family,)
    assert kind.status_code == status
    assert kind.__doc__.startswith(f"{status}: ")
    error = kind(*ARGUMENTS.get(status, ()))
    assert (error.status, error.reason, str(error)) == (status, REASONS[status], REASONS[status])
    if status != 413:
        assert error.text == f"{status}: {REASONS[status]}"
    options: Any = {"headers": {"X-A": "1"}, "reason": "why", "text": "what", "content_type": "text/html"}
    error = kind(*ARGUMENTS.get(status, ()), **options)
    assert (error.reason, error.text, error.content_type, error.headers["X-A"]) == (
        "why",
        "what",
        "text/html",
        "1",
    )


def test_the_table_is_complete() -> None:
    assert sorted(name for _, name in TABLE) == sorted(_http_exceptions.__all__)


def test_method_not_allowed() -> None:
    error = web.HTTPMethodNotAllowed("PUT", ["POST", "GET", "GET"], headers={"X-A": "1"})
    assert (error.method, error.allowed_methods) == ("PUT", {"GET", "POST"})
    assert (error.headers["Allow"], error.headers["X-A"]) == ("GET,POST", "1")
    assert web.HTTPMethodNotAllowed("PUT", []).headers["Allow"] == ""


def test_one_allowed_method_is_not_taken_for_several_of_one_letter() -> None:
    with pytest.raises(TypeError, match=r"methods, such as \['POST'\], not 'POST'"):
        web.HTTPMethodNotAllowed("GET", "POST")


def test_too_large() -> None:
    error = web.HTTPRequestEntityTooLarge(10, 11)
    assert (error.max_size, error.actual_size) == (10, 11)
    assert error.text == "Maximum request body size 10 exceeded, actual body size 11"
    error = web.HTTPRequestEntityTooLarge(10)
    assert (error.text, error.actual_size) == ("Maximum request body size 10 exceeded", 0)


def test_legal_reasons() -> None:
    error = web.HTTPUnavailableForLegalReasons("http://example.com/a b")
    assert error.link == URL("http://example.com/a b")
    assert error.headers["Link"] == '<http://example.com/a%20b>; rel="blocked-by"'
    error = web.HTTPUnavailableForLegalReasons(None)
    assert error.link is None
    assert "Link" not in error.headers
    with pytest.raises((LocalProtocolError, ValueError)):
        web.HTTPUnavailableForLegalReasons("http://[")

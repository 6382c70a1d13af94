"""Nobody stays on a connection without TLS, and browsers are told what they may not do."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from proxied_app import app_with
from yarl import URL

from tidewire_remotes import Secure, XForwardedRelaxed, setup
from tidewire_testing import WireClient
from tidewire_web import Application, HTTPForbidden, HTTPFound, Request, Response, StreamResponse

Serve = Callable[..., Awaitable[WireClient]]

TLS: dict[str, Any] = {"ssl_object": object()}
FIELDS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "X-XSS-Protection": "1; mode=block",
}
STS = {"Strict-Transport-Security": "max-age=31536000; includeSubDomains"}


def fields_of(answer: Any) -> dict[str, str]:
    names = (*FIELDS, *STS)
    return {name: ", ".join(answer.headers.get_all(name)) for name in names if name in answer.headers}


@pytest.mark.parametrize(
    ("options", "host", "target", "location"),
    [
        ({}, "example", "/a%2Fb?c=%20d&e", "https://example/a%2Fb?c=%20d&e"),
        ({}, "Example:8080", "/", "https://example/"),
        ({}, "[2001:db8::1]:8080", "/", "https://[2001:db8::1]/"),
        ({}, "example", "//evil.example/x", "https://example//evil.example/x"),
        ({}, "example", "http://example/x?y", "https://example/x?y"),
        ({"redirect_url": "https://secure.example"}, "a", "/x?y", "https://secure.example/x?y"),
        (
            {"redirect_url": URL("https://secure.example:8443/")},
            "a",
            "//evil",
            "https://secure.example:8443//evil",
        ),
    ],
)
async def test_requests_over_http_are_led_to_https(
    serve: Serve, options: Any, host: str, target: str, location: str
) -> None:
    client = await serve(await app_with(Secure(**options)))
    answer = await client.ask(target, f"Host: {host}")
    assert (answer.status, answer.headers["Location"]) == (308, location)
    # Strict-Transport-Security is not told over http.
    assert fields_of(answer) == FIELDS


async def test_requests_over_http_are_refused_where_there_is_nowhere_to_lead_them(serve: Serve) -> None:
    assert (await (await serve(await app_with(Secure(redirect=False)))).ask()).status == 400
    assert (await (await serve(await app_with(Secure()))).ask("/", "Host: ", sockname="")).status == 400


async def test_responses_over_https_have_the_fields(serve: Serve) -> None:
    answer = await (await serve(await app_with(Secure()))).ask(**TLS)
    assert (answer.status, fields_of(answer)) == (200, {**FIELDS, **STS})


async def test_errors_redirections_and_streams_have_them_too(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        match request.path:
            case "/found":
                raise HTTPFound("/")
            case "/forbidden":
                raise HTTPForbidden
            case "/fails":
                raise ValueError("x")
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"x")
        return response

    app = Application()
    await setup(app, Secure())
    for path in ("/found", "/forbidden", "/fails", "/stream"):
        app.router.add_get(path, handler)
    logger = logging.getLogger("of-this-test")
    logger.disabled = True
    client = await serve(app, logger=logger)
    for path, status in {
        "/found": 302,
        "/forbidden": 403,
        "/fails": 500,
        "/stream": 200,
        "/none": 404,
    }.items():
        answer = await client.ask(path, **TLS)
        assert (answer.status, fields_of(answer)) == (status, {**FIELDS, **STS})


async def test_what_a_response_says_itself_goes_before(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(headers={"X-Frame-Options": "SAMEORIGIN"})

    app = Application()
    await setup(app, Secure(x_frame="DENY", sts=None, cto=None, xss=None))
    app.router.add_get("/", handler)
    answer = await (await serve(app)).ask(**TLS)
    assert fields_of(answer) == {"X-Frame-Options": "SAMEORIGIN"}


@pytest.mark.parametrize("kind", ["response", "stream", "error"])
async def test_the_scheme_is_what_a_trusted_proxy_says(serve: Serve, kind: str) -> None:
    async def handler(request: Request) -> StreamResponse:
        if kind == "error":
            raise HTTPForbidden
        if kind == "response":
            return Response()
        response = StreamResponse()
        await response.prepare(request)
        return response

    app = Application()
    await setup(app, XForwardedRelaxed(), Secure())
    app.router.add_get("/", handler)
    client = await serve(app)
    assert fields_of(await client.ask("/", "X-Forwarded-Proto: https")) == {**FIELDS, **STS}
    assert (await client.ask("/", "X-Forwarded-Proto: http")).status == 308


async def test_white_paths_are_answered_over_http(serve: Serve) -> None:
    client = await serve(await app_with(Secure(white_paths=["/health"])))
    answer = await client.ask("/health")
    assert (answer.status, fields_of(answer)) == (200, FIELDS)
    assert (await client.ask("/")).status == 308


@pytest.mark.parametrize(
    "wrong",
    [
        "http://a", "a", "/", "https://", "https://a/b", "https://a?b", "https://a#b", "https://u@a", "https://u:p@a",
    ],
)  # fmt: skip
def test_the_url_is_https_and_a_host(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"https, a host|[Ii]nvalid|host"):
        Secure(redirect_url=wrong)

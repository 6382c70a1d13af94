from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tidewire_http_io import StreamReader
from tidewire_testing.web import build_request, make_mocked_request
from tidewire_web import Application, Request, Response


def test_a_request_can_be_made_without_an_event_loop() -> None:
    request = build_request("GET", "/a%20b?c=d", headers={"X-Name": "value"}, match_info={"name": "v"})
    assert type(request) is Request
    assert (request.method, request.path, request.query["c"]) == ("GET", "/a b", "d")
    assert dict(request.headers) == {"X-Name": "value"}
    assert request.match_info["name"] == "v"
    assert request.host == "127.0.0.1:80"
    assert request.remote == "127.0.0.1"
    assert not request.secure


def test_a_host_that_is_given_is_kept() -> None:
    assert build_request("GET", "/", headers=[("host", "example.com")]).host == "example.com"


def test_the_application_is_known() -> None:
    app = Application()
    assert build_request("GET", "/", app=app).app is app
    with pytest.raises(RuntimeError):
        _ = build_request("GET", "/").app


async def test_bodies_are_read_as_those_of_a_server() -> None:
    request = build_request(
        "POST", "/", headers={"Content-Type": "application/x-www-form-urlencoded"}, body=b"a=1&b=2"
    )
    assert dict(await request.post()) == {"a": "1", "b": "2"}
    assert await build_request("POST", "/", body=b'{"a": 1}').json() == {"a": 1}


async def test_a_body_above_the_limit_is_refused() -> None:
    from tidewire_web import HTTPRequestEntityTooLarge

    request = build_request("POST", "/", body=b"12345", client_max_size=4)
    with pytest.raises(HTTPRequestEntityTooLarge):
        await request.read()


async def test_a_request_can_be_handled_and_answered() -> None:
    async def handler(request: Request) -> Response:
        return Response(text=request.match_info["name"])

    request = build_request("GET", "/x", match_info={"name": "x"})
    response = await handler(request)
    await response.prepare(request)
    await response.write_eof()
    assert request.exchange.status == 200
    assert request.exchange.finished


@pytest.mark.parametrize(
    ("method", "path", "headers"),
    [("G T", "/", {}), ("GET", "/ ", {}), ("GET", "/", {"A B": "c"}), ("GET", "/", {"Content-Length": "x"})],
)
def test_what_a_server_would_refuse_is_refused(method: str, path: str, headers: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="refuse"):
        build_request(method, path, headers=headers)


@pytest.mark.parametrize("value", ["a\r\nB: c", "a\nB: c"])
def test_a_field_cannot_bring_another_one(value: str) -> None:
    with pytest.raises(ValueError, match="line break"):
        build_request("GET", "/", headers={"A": value})


def test_the_parameters_that_users_know_are_understood() -> None:
    class Transport:
        def get_extra_info(self, name: str, default: Any = None) -> Any:
            return {"peername": ("192.0.2.7", 1)}.get(name, default)

    request = make_mocked_request(
        "GET",
        "/",
        {"token": "x"},
        match_info={"a": "b"},
        version=(1, 0),
        closing=True,
        transport=Transport(),
        sslcontext=object(),
    )
    assert request.headers["TOKEN"] == "x"
    assert request.version == (1, 0)
    assert not request.keep_alive
    assert request.remote == "192.0.2.7"
    assert request.scheme == "https"
    assert request.match_info["a"] == "b"


async def test_a_stream_can_be_the_payload() -> None:
    stream = StreamReader()
    stream.feed_data(b"from a stream")
    stream.feed_eof()
    request = make_mocked_request("POST", "/", payload=stream)
    assert request.body_exists
    assert await request.read() == b"from a stream"


@pytest.mark.parametrize("name", ["writer", "protocol", "loop"])
def test_what_has_no_meaning_here_is_ignored_with_a_warning(name: str) -> None:
    arguments: dict[str, Any] = {name: object()}
    with pytest.warns(DeprecationWarning, match=name):
        make_mocked_request("GET", "/", **arguments)


async def test_no_timer_is_left_behind() -> None:
    before = len(getattr(asyncio.get_running_loop(), "_scheduled", ()))
    build_request("GET", "/")
    assert len(getattr(asyncio.get_running_loop(), "_scheduled", ())) == before

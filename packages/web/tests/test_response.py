"""What handlers return."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from web_client import Client, request

from tidewire_http_parser import LocalProtocolError
from tidewire_web import Request, Response, StreamResponse

Serve = Callable[..., Awaitable[Client]]


# -- making one -----------------------------------------------------------------------------------


def test_defaults() -> None:
    response = Response()
    assert (response.status, response.reason, response.body, response.text) == (200, "OK", b"", "")
    assert dict(response.headers) == {}
    assert not response.prepared
    assert repr(response) == "<Response 200 OK not prepared>"


def test_text() -> None:
    response = Response(text="grün")
    assert response.body == "grün".encode()
    assert response.text == "grün"
    assert (response.content_type, response.charset) == ("text/plain", "utf-8")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert response.content_length == 5


@pytest.mark.parametrize("body", [b"abc", bytearray(b"abc"), memoryview(b"abc")])
def test_body(body: bytes | bytearray | memoryview) -> None:
    response = Response(body=body)
    assert response.body == b"abc"
    assert type(response.body) is bytes
    assert response.content_type == "application/octet-stream"
    assert response.charset is None


def test_media_type_and_charset() -> None:
    response = Response(text="grün", content_type="text/html", charset="latin-1")
    assert response.body == b"gr\xfcn"
    assert response.headers["Content-Type"] == "text/html; charset=latin-1"
    assert Response(body=b"x", content_type="image/png").headers["Content-Type"] == "image/png"
    assert Response(body=b"x", content_type="text/css", charset="ascii").charset == "ascii"
    assert Response(text="x", charset="utf-16").headers["Content-Type"] == "text/plain; charset=utf-16"


def test_a_content_type_of_ones_own() -> None:
    response = Response(text="ä", headers={"content-type": "text/x; charset=latin-1"})
    assert response.body == b"\xe4"
    assert dict(response.headers) == {"content-type": "text/x; charset=latin-1"}
    assert Response(body=b"x", headers={"Content-Type": "a/b"}).content_type == "a/b"


def test_headers_of_several_kinds() -> None:
    pairs = [("X-A", "1"), ("X-A", "2")]
    assert Response(headers=pairs).headers.getall("x-a") == ["1", "2"]
    given = {"X-A": "1"}
    response = Response(headers=given)
    response.headers["X-B"] = "2"
    assert given == {"X-A": "1"}


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (ValueError, {"text": "a", "body": b"a"}),
        (TypeError, {"text": b"a"}),
        (TypeError, {"text": b"a", "charset": "utf-8"}),
        (TypeError, {"body": "a"}),
        (TypeError, {"body": 7}),
        (ValueError, {"text": "a", "content_type": "text/html; charset=x"}),
        (ValueError, {"body": b"a", "content_type": "text/html; charset=x"}),
        (ValueError, {"text": "a", "headers": {"Content-Type": "a/b"}, "content_type": "a/b"}),
        (ValueError, {"text": "a", "headers": {"Content-Type": "a/b"}, "charset": "utf-8"}),
        (LookupError, {"text": "a", "charset": "no-such-charset"}),
        (UnicodeEncodeError, {"text": "ä", "charset": "ascii"}),
    ],
)
def test_wrong_arguments(error: type[Exception], arguments: dict[str, Any]) -> None:
    with pytest.raises(error):
        Response(**arguments)


def test_status_and_reason() -> None:
    assert Response(status=404).reason == "Not Found"
    assert Response(status=299).reason == ""
    assert Response(status=299, reason="Odd").reason == "Odd"
    response = Response()
    response.set_status(201)
    assert (response.status, response.reason) == (201, "Created")
    response.set_status(200, "Fine")
    assert response.reason == "Fine"


def test_the_length_is_that_of_the_body() -> None:
    with pytest.raises(RuntimeError):
        Response(text="abc").content_length = 5
    stream = StreamResponse()
    assert stream.content_length is None
    stream.content_length = 5
    assert (stream.content_length, stream.headers["Content-Length"]) == (5, "5")
    stream.content_length = None
    assert "Content-Length" not in stream.headers


# -- sending one ----------------------------------------------------------------------------------


async def test_on_the_wire(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        response = Response(text="made", status=201, headers=[("X-A", "1"), ("X-A", "2")])
        response.headers["Date"] = "today"
        return response

    connection = (await serve(handler)).connect()
    await connection.ask(request())
    lines = connection.transport.written.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 201 Created"
    assert lines[-1] == "made"
    fields = sorted(line for line in lines[1:-2] if not line.startswith("Server"))
    assert fields == [
        "Content-Length: 4", "Content-Type: text/plain; charset=utf-8", "Date: today", "X-A: 1", "X-A: 2",
    ]  # fmt: skip


@pytest.mark.parametrize("headers", [None, {"X-A": "1"}])
async def test_an_empty_body_has_no_type(serve: Serve, headers: dict[str, str] | None) -> None:
    async def handler(request: Request) -> Response:
        return Response(headers=headers)

    answer = await (await serve(handler)).get()
    assert answer.fields["Content-Length"] == "0"
    assert "Content-Type" not in answer.fields


@pytest.mark.parametrize(("status", "length"), [(204, None), (304, None), (200, "4")])
async def test_no_body_to_head_nor_with_204_and_304(serve: Serve, status: int, length: str | None) -> None:
    async def handler(request: Request) -> Response:
        return Response(text="body", status=status)

    connection = (await serve(handler)).connect()
    method = "HEAD" if status == 200 else "GET"
    for _ in range(2):
        answer = await connection.ask(request(method=method), method)
        assert (answer.status, answer.body) == (status, b"")
        assert answer.fields.get("Content-Length") == length


async def test_force_close(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        response = Response(text="bye")
        response.force_close()
        return response

    connection = (await serve(handler)).connect()
    answer = await connection.ask(request())
    assert (answer.text, answer.fields["Connection"]) == ("bye", "close")
    assert connection.transport.is_closing()


async def test_sent_by_hand_and_returned(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        response = Response(text="a")
        await response.prepare(request)
        await response.prepare(request)
        assert response.prepared
        assert "prepared" in repr(response)
        with pytest.raises(RuntimeError):
            response.set_status(500)
        await response.write_eof(b"b")
        await response.write_eof(b"c")
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset or connection.look())
    # The length was told with the head: what is more than that breaks the response off.
    assert connection.transport.was_reset or connection.answers[0].status == 500


# -- streams --------------------------------------------------------------------------------------


async def test_a_stream_of_known_length(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers={"Content-Length": "6", "Content-Type": "text/css"})
        await response.prepare(request)
        await response.write(b"abc")
        await response.write_eof(b"def")
        return response

    answer = await (await serve(handler)).get()
    assert (answer.body, answer.fields["Content-Length"]) == (b"abcdef", "6")
    assert answer.fields["Content-Type"] == "text/css"


@pytest.mark.parametrize("piece", [b"a", bytearray(b"a"), memoryview(b"a")])
async def test_pieces_are_bytes_like(serve: Serve, piece: bytes | bytearray | memoryview) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(piece)
        return response

    answer = await (await serve(handler)).get()
    assert (answer.body, answer.fields["Content-Type"]) == (b"a", "application/octet-stream")


async def test_what_a_stream_refuses(serve: Serve) -> None:
    refused: list[str] = []

    async def refuses(call: Awaitable[Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            await call
        refused.append(error.__name__)

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await refuses(response.write(b"x"), RuntimeError)
        await refuses(response.write_eof(), RuntimeError)
        await response.prepare(request)
        text: Any = "text"
        await refuses(response.write(text), TypeError)
        await response.write_eof(b"all")
        await response.write_eof()
        await refuses(response.write(b"x"), RuntimeError)
        return response

    assert (await (await serve(handler)).get()).body == b"all"
    assert refused == ["RuntimeError", "RuntimeError", "TypeError", "RuntimeError"]


async def test_a_head_that_may_not_go_out_can_be_mended(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers={"X-Bad": "a\nb"})
        with pytest.raises(LocalProtocolError):
            await response.prepare(request)
        assert not response.prepared
        response.headers["X-Bad"] = "ab"
        return response

    assert (await (await serve(handler)).get()).fields["X-Bad"] == "ab"


async def test_a_writer_waits_for_a_peer_that_does_not_read(serve: Serve) -> None:
    written = 0

    async def handler(request: Request) -> StreamResponse:
        nonlocal written
        response = StreamResponse()
        await response.prepare(request)
        for _ in range(100):
            await response.write(b"x" * 10_000)
            written += 10_000
        return response

    connection = (await serve(handler)).connect()
    connection.transport.hold_writes()
    connection.send(request())
    for _ in range(200):
        await asyncio.sleep(0)
    assert written < 200_000
    connection.transport.release_writes()
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert len(connection.answers[0].body) == 1_000_000


async def test_an_http_1_0_client_gets_a_stream_until_the_end(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"old")
        return response

    connection = (await serve(handler)).connect()
    answer = await connection.ask(request(version="1.0"))
    assert (answer.body, answer.fields["Connection"]) == (b"old", "close")
    assert "Transfer-Encoding" not in answer.fields
    assert connection.transport.is_closing()

"""Responses whose body is written piece by piece, and how every response is sent."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from socket_client import connected
from web_client import Answer, Client, request

from tidewire_http_io import BodyLengthMismatch, BodySink
from tidewire_http_parser import LocalProtocolError
from tidewire_web import (
    Application,
    ContentCoding,
    Request,
    Response,
    StreamResponse,
)

Serve = Callable[..., Awaitable[Client]]
Change = Callable[[Any], object]


def streaming(
    *pieces: bytes, change: Change | None = None, **arguments: Any
) -> Callable[..., Awaitable[Any]]:
    """A handler that streams pieces, after the response was changed."""

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(**arguments)
        if change is not None:
            change(response)
        await response.prepare(request)
        for piece in pieces:
            await response.write(piece)
        return response

    return handler


def prepared_by(receiver: Callable[[Any, Any], object], handler: Callable[..., Any]) -> Application:
    """An application with one receiver of on_response_prepare."""
    app = Application()

    async def receive(request: Request, response: StreamResponse) -> None:
        await asyncio.sleep(0)
        receiver(request, response)

    app.on_response_prepare.append(receive)
    app.router.add_route("*", "/{path:.*}", handler)
    return app


# -- sending by hand ------------------------------------------------------------------------------


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
        await refuses(response.flush(), RuntimeError)
        await refuses(Response(text="x").write_eof(), RuntimeError)
        await response.prepare(request)
        text: Any = "text"
        await refuses(response.write(text), TypeError)
        await response.write_eof(b"all")
        await response.write_eof()
        await refuses(response.write(b"x"), RuntimeError)
        return response

    assert (await (await serve(handler)).get()).body == b"all"
    assert refused == ["RuntimeError"] * 4 + ["TypeError", "RuntimeError"]


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


async def test_what_is_known_while_it_is_sent(serve: Serve) -> None:
    seen: list[Any] = []

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        seen.append((response.prepared, response.keep_alive, response.chunked, response.task))
        sink = await response.prepare(request)
        assert isinstance(sink, BodySink)
        assert await response.prepare(request) is sink
        seen.append((response.prepared, response.keep_alive, response.chunked, response.body_length))
        assert response.task is asyncio.current_task()
        await sink.write(b"abc")
        assert "prepared" in repr(response)
        await response.write_eof(b"def")
        assert await response.prepare(request) is None
        assert "ended" in repr(response)
        assert response.task is None
        seen.append(response.body_length)
        return response

    connection = (await serve(handler)).connect()
    await connection.ask(request())
    assert seen[:2] == [(False, None, False, None), (True, True, True, 0)]
    assert seen[2] == len(connection.transport.written)


async def test_work_after_the_response_was_sent(serve: Serve) -> None:
    gate = asyncio.Event()
    done = False

    async def handler(request: Request) -> StreamResponse:
        nonlocal done
        response = Response(text="PONG")
        await response.prepare(request)
        await response.write_eof()
        await gate.wait()
        done = True
        return response

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).text == "PONG"
    assert not done
    gate.set()
    await connection.until(lambda: done)
    assert (await connection.ask(request())).text == "PONG"


@pytest.mark.parametrize("kind", [StreamResponse, Response])
@pytest.mark.parametrize("by_hand", [False, True])
async def test_a_response_answers_one_request(serve: Serve, kind: Any, by_hand: bool) -> None:
    kept = kind(status=203)
    refused: list[str] = []

    async def handler(request: Request) -> StreamResponse:
        response: StreamResponse = kept
        if by_hand or response.prepared:
            try:
                await response.prepare(request)
            except RuntimeError as error:
                refused.append(str(error))
        return response

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).status == 203
    connection.send(request())
    await connection.until(lambda: len(connection.look()) == 2 or connection.transport.is_closing())
    assert [answer.status for answer in connection.answers] == [203, 500]
    assert len(refused) == 1
    assert "another request" in refused[0]


async def test_a_body_in_chunks_on_demand(serve: Serve) -> None:
    client = await serve(streaming(b"a", change=lambda response: response.enable_chunked_encoding()))
    answer = await client.get()
    assert (answer.body, answer.fields["Transfer-Encoding"]) == (b"a", "chunked")
    answer = await client.ask(request(version="1.0"))
    assert (answer.body, answer.fields["Connection"]) == (b"a", "close")
    assert "Transfer-Encoding" not in answer.fields


def test_chunks_and_a_length_do_not_go_together() -> None:
    response = StreamResponse()
    response.content_length = 5
    with pytest.raises(RuntimeError, match="Content-Length"):
        response.enable_chunked_encoding()
    response.content_length = None
    response.enable_chunked_encoding()
    assert response.chunked


@pytest.mark.parametrize(
    ("pieces", "complete"), [([b"ab"], False), ([b"ab", b"c"], True), ([b"abc", b"d"], False)]
)
async def test_a_declared_length_is_kept(serve: Serve, pieces: list[bytes], complete: bool) -> None:
    def declare(response: StreamResponse) -> None:
        response.content_length = 3

    connection = (await serve(streaming(*pieces, change=declare))).connect()
    connection.send(request())
    await connection.until(
        lambda: connection.transport.was_reset or (connection.look() and connection.answers[0].complete)
    )
    assert connection.transport.was_reset is not complete


async def test_more_than_was_declared_is_told_to_the_writer(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers={"Content-Length": "3"})
        await response.prepare(request)
        with pytest.raises(BodyLengthMismatch):
            await response.write(b"abcd")
        await response.write_eof(b"abc")
        return response

    assert (await (await serve(handler)).get()).body == b"abc"


async def test_a_peer_that_has_gone(serve: Serve) -> None:
    raised: list[BaseException] = []
    gate = asyncio.Event()

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await gate.wait()
        for call in (response.write(b"x"), response.flush(), response.write_eof(b"x")):
            try:
                await call
            except ConnectionResetError as error:
                raised.append(error)
        await response.write_eof()
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    connection.transport.lose()
    gate.set()
    await connection.until(lambda: len(raised) == 3)


# -- breaking off ---------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "9"}])
@pytest.mark.parametrize("cancels", [False, True])
@pytest.mark.parametrize("waits", [False, True])
async def test_a_response_that_is_broken_off(
    serve: Serve, caplog: pytest.LogCaptureFixture, headers: dict[str, str], cancels: bool, waits: bool
) -> None:
    refused: list[RuntimeError] = []
    gone: list[bool] = []

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers=headers)
        await response.prepare(request)
        await response.write(b"abc")
        if waits:
            await asyncio.sleep(0)
        response.abort()
        response.abort()
        try:
            await response.write(b"def")
        except RuntimeError as error:
            refused.append(error)
        await response.write_eof()
        await asyncio.sleep(0)
        await request.wait_disconnected()
        gone.append(True)
        return response

    app = Application()
    app.router.add_get("/", handler, handler_cancellation=cancels)
    connection = (await serve(app)).connect()
    connection.send(request())
    await connection.until(lambda: gone)
    (answer,) = connection.look()
    assert (answer.status, answer.body, answer.complete) == (200, b"abc", False)
    assert connection.transport.was_reset
    assert str(refused[0]) == "the response has ended"
    assert not caplog.records


async def test_a_response_that_is_broken_off_as_soon_as_it_has_begun(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        response.abort()
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)
    (answer,) = connection.look()
    assert (answer.status, answer.complete) == (200, False)


async def test_what_has_ended_is_not_broken_off(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        with pytest.raises(RuntimeError, match="not prepared"):
            response.abort()
        await response.prepare(request)
        await response.write_eof(b"abc")
        response.abort()
        return response

    connection = (await serve(handler)).connect()
    for _ in range(2):
        answer = await connection.ask(request())
        assert (answer.body, answer.complete) == (b"abc", True)
    assert not connection.transport.is_closing()


async def test_a_writer_that_waits_is_told_that_the_response_was_broken_off(serve: Serve) -> None:
    raised: list[BaseException] = []

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)

        async def write() -> None:
            try:
                while True:
                    await response.write(bytes(65536))
            except (ConnectionResetError, RuntimeError) as error:
                raised.append(error)

        writer = asyncio.ensure_future(write())
        for _ in range(5):
            await asyncio.sleep(0)
        response.abort()
        await writer
        return response

    connection = (await serve(handler)).connect()
    connection.transport.hold_writes()
    connection.send(request())
    await connection.until(lambda: raised)


@pytest.mark.parametrize(("version", "told"), [("1.1", False), ("1.0", True)])
async def test_a_client_to_which_the_end_of_the_connection_is_one_of_the_body_is_told_by_a_reset(
    version: str, told: bool
) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"abc")
        await seen.wait()
        response.abort()
        return response

    seen = asyncio.Event()
    async with connected(handler) as (reader, writer):
        writer.write(request(version=version))
        await reader.readuntil(b"abc")
        seen.set()
        if told:
            with pytest.raises(ConnectionResetError):
                await reader.read()
        else:
            assert b"0\r\n\r\n" not in await reader.read()


# -- statuses and methods without a body ----------------------------------------------------------


@pytest.mark.parametrize("status", [204, 304])
@pytest.mark.parametrize(
    "change", [None, lambda r: r.enable_chunked_encoding(), lambda r: r.enable_compression()]
)
async def test_no_body_with_204_and_304(serve: Serve, status: int, change: Change | None) -> None:
    connection = (await serve(streaming(b"dropped", b"too", status=status, change=change))).connect()
    for _ in range(2):
        answer = await connection.ask(request("/", "Accept-Encoding: gzip"))
        assert (answer.status, answer.body) == (status, b"")
        assert not {"Content-Length", "Transfer-Encoding", "Content-Encoding", "Content-Type"} & set(
            answer.fields
        ) - ({"Content-Type"} if status == 204 else set())


async def test_the_length_of_what_304_stands_for(serve: Serve) -> None:
    connection = (await serve(streaming(status=304, headers={"Content-Length": "7"}))).connect()
    for _ in range(2):
        assert (await connection.ask(request())).fields["Content-Length"] == "7"


async def test_204_with_a_length(serve: Serve) -> None:
    client = await serve(
        streaming(status=204, headers={"Content-Length": "0", "Transfer-Encoding": "chunked"})
    )
    assert not {"Content-Length", "Transfer-Encoding"} & set((await client.get()).fields)


async def test_head(serve: Serve) -> None:
    client = await serve(streaming(b"abc", b"def", headers={"Content-Length": "6"}))
    answer = await client.get(method="HEAD")
    assert (answer.fields["Content-Length"], answer.body) == ("6", b"")
    client = await serve(streaming(b"abc"))
    connection = client.connect()
    for _ in range(2):
        assert (await connection.ask(request(method="HEAD"), "HEAD")).body == b""


async def test_a_head_request_is_not_compressed_in_vain(serve: Serve) -> None:
    def compress(response: StreamResponse) -> None:
        response.enable_compression(ContentCoding.gzip)

    client = await serve(streaming(b"abc", change=compress))
    answer = await client.get(method="HEAD")
    assert (answer.fields["Content-Encoding"], answer.body) == ("gzip", b"")


async def test_205_has_no_content(serve: Serve) -> None:
    answer = await (await serve(streaming(status=205))).get()
    assert (answer.status, answer.fields["Content-Length"], answer.body) == (205, "0", b"")


# -- fields ---------------------------------------------------------------------------------------


async def test_cookies_are_fields_of_their_own(serve: Serve) -> None:
    def cook(response: StreamResponse) -> None:
        response.set_cookie("a", "1")
        response.set_cookie("b", "2", path="/p")
        response.del_cookie("c")

    answer = await (await serve(streaming(change=cook))).get()
    values = [value for name, value in answer.pairs if name == "Set-Cookie"]
    assert values[:2] == ["a=1; Path=/", "b=2; Path=/p"]
    assert len(values) == 3


async def test_force_close_of_a_stream(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers={"Connection": "X-Hop"})
        response.force_close()
        assert response.keep_alive is False
        await response.prepare(request)
        return response

    connection = (await serve(handler)).connect()
    answer = await connection.ask(request())
    assert answer.fields["Connection"] == "close"
    assert connection.transport.is_closing()


@pytest.mark.parametrize(
    ("lines", "version", "headers", "keep_alive"),
    [
        ((), "1.1", None, True),
        (("Connection: close",), "1.1", None, False),
        ((), "1.1", {"Connection": "Close"}, False),
        (("Connection: keep-alive",), "1.0", None, False),  # the end of the connection is the end of the body
        (("Connection: keep-alive",), "1.0", {"Content-Length": "0"}, True),
    ],
)
async def test_keep_alive(
    serve: Serve, lines: tuple[str, ...], version: str, headers: dict[str, str] | None, keep_alive: bool
) -> None:
    seen: list[bool | None] = []

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(headers=headers)
        await response.prepare(request)
        seen.append(response.keep_alive)
        return response

    connection = (await serve(handler)).connect()
    await connection.ask(request("/", *lines, version=version))
    assert seen == [keep_alive]
    assert connection.transport.is_closing() is not keep_alive


# -- trailers -------------------------------------------------------------------------------------


async def test_trailers(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        response.trailers["X-Sum"] = ""
        await response.prepare(request)
        await response.write(b"abc")
        response.trailers["X-Sum"] = "6"
        response.trailers["X-Late"] = "yes"
        return response

    client = await serve(handler)
    connection = client.connect()
    for _ in range(2):
        answer = await connection.ask(request())
        assert (answer.body, answer.fields["Trailer"]) == (b"abc", "X-Sum")
        assert answer.trailers == [("X-Sum", "6"), ("X-Late", "yes")]
    answer = await client.ask(request(version="1.0"))
    assert (answer.body, answer.trailers) == (b"abc", [])
    assert "Trailer" not in answer.fields


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("status", [204, 205, 304])
async def test_no_trailers_are_announced_where_there_can_be_none(
    serve: Serve, status: int, late: bool
) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse(status=200 if late else status)
        response.trailers["X-Sum"] = "6"
        return response

    async def change(request: Request, response: StreamResponse) -> None:
        response.set_status(status)

    app = Application()
    app.router.add_get("/", handler)
    if late:
        app.on_response_prepare.append(change)
    connection = (await serve(app)).connect()
    for _ in range(2):
        answer = await connection.ask(request())
        assert (answer.status, answer.body, answer.trailers) == (status, b"", [])
        assert "Trailer" not in answer.fields


async def test_trailers_of_a_whole_response(serve: Serve) -> None:
    async def handler(request: Request) -> StreamResponse:
        response = Response(text="abc")
        response.trailers.extend({"Server-Timing": "db;dur=5"})
        return response

    client = await serve(handler)
    answer = await client.get()
    assert (answer.text, answer.trailers) == ("abc", [("Server-Timing", "db;dur=5")])
    assert answer.fields["Transfer-Encoding"] == "chunked"
    answer = await client.ask(request(version="1.0"))
    assert (answer.text, answer.fields["Content-Length"]) == ("abc", "3")


async def test_trailers_that_may_not_go_out_break_the_response_off(serve: Serve) -> None:
    def set_trailers(response: StreamResponse) -> None:
        response.trailers["Content-Length"] = "5"

    connection = (await serve(streaming(b"abc", change=set_trailers))).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset)


# -- compression ----------------------------------------------------------------------------------


TEXT = b"some words, again and again. " * 50


async def test_a_stream_is_compressed(serve: Serve) -> None:
    def compress(response: StreamResponse) -> None:
        assert not response.compression
        response.content_length = 2 * len(TEXT)
        response.enable_compression()
        assert response.compression

    client = await serve(streaming(TEXT, TEXT, change=compress))
    answer = await client.get("/", "Accept-Encoding: gzip")
    assert gzip.decompress(answer.body) == 2 * TEXT
    assert len(answer.body) < len(TEXT)
    assert (answer.fields["Content-Encoding"], answer.fields["Vary"]) == ("gzip", "Accept-Encoding")
    assert "Content-Length" not in answer.fields
    answer = await client.get()
    assert (answer.body, answer.fields["Vary"]) == (2 * TEXT, "Accept-Encoding")
    assert "Content-Encoding" not in answer.fields
    assert answer.fields["Content-Length"] == str(2 * len(TEXT))


async def test_a_coding_that_is_forced(serve: Serve) -> None:
    def compress(response: StreamResponse) -> None:
        response.enable_compression(ContentCoding.deflate, strategy=zlib.Z_RLE)

    answer = await (await serve(streaming(TEXT, change=compress))).get()
    assert zlib.decompress(answer.body) == TEXT
    assert answer.fields["Content-Encoding"] == "deflate"
    assert "Vary" not in answer.fields


@pytest.mark.parametrize("force", [True, "gzip", 5])
def test_other_kinds_of_codings(force: Any) -> None:
    with pytest.raises(TypeError):
        StreamResponse().enable_compression(force)


async def test_what_is_flushed_can_be_read(serve: Serve) -> None:
    gate = asyncio.Event()

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        response.enable_compression(ContentCoding.gzip)
        await response.prepare(request)
        await response.write(b"data: 1\n\n")
        await response.flush()
        await gate.wait()
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())

    def read() -> bytes:
        body = connection.look()[0].body if connection.look() else b""
        return zlib.decompressobj(31).decompress(body)

    await connection.until(read)
    assert read() == b"data: 1\n\n"
    gate.set()
    await connection.until(lambda: connection.look()[0].complete)


# -- receivers of on_response_prepare -------------------------------------------------------------


async def whole(request: Request) -> Response:
    return Response(text="whole")


HANDLERS = [(whole, b"whole"), (streaming(b"pie", b"ces"), b"pieces")]


@pytest.mark.parametrize(("handler", "body"), HANDLERS)
async def test_a_receiver_sees_the_whole_head(serve: Serve, handler: Any, body: bytes) -> None:
    seen: dict[str, str] = {}

    def receiver(request: Request, response: StreamResponse) -> None:
        seen.update(response.headers)
        response.headers["My-Header"] = "value"
        response.set_cookie("late", "1")
        assert response.prepared

    client = await serve(prepared_by(receiver, handler))
    answer = await client.ask(request("/", "Connection: close"))
    assert answer.body == body
    assert {"Content-Type", "Date", "Server", "Connection"} < set(seen)
    assert ("Content-Length" in seen) is (body == b"whole")
    assert ("Transfer-Encoding" in seen) is (body == b"pieces")
    assert seen.items() < answer.fields.items()
    assert (answer.fields["My-Header"], answer.fields["Set-Cookie"]) == ("value", "late=1; Path=/")
    assert len(answer.pairs) == len(answer.fields)


@pytest.mark.parametrize(("handler", "body"), HANDLERS)
async def test_what_a_receiver_removes_stays_away(serve: Serve, handler: Any, body: bytes) -> None:
    def receiver(request: Request, response: StreamResponse) -> None:
        del response.headers["Server"]
        del response.headers["Content-Type"]

    answer = await (await serve(prepared_by(receiver, handler))).get()
    assert answer.body == body
    assert not {"Server", "Content-Type"} & set(answer.fields)


async def test_a_receiver_may_change_everything(serve: Serve) -> None:
    async def get(
        receiver: Callable[[Any, Any], object], handler: Any = whole, *lines: str, method: str = "GET"
    ) -> Answer:
        return await (await serve(prepared_by(receiver, handler))).get("/", *lines, method=method)

    answer = await get(lambda _, response: response.set_status(201))
    assert (answer.status, answer.text, answer.fields["Content-Length"]) == (201, "whole", "5")

    answer = await get(lambda _, response: response.set_status(204))
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Length" not in answer.fields

    def longer(request: Request, response: Response) -> None:
        response.text = "longer than before"

    answer = await get(longer)
    assert (answer.text, answer.fields["Content-Length"]) == ("longer than before", "18")

    answer = await get(lambda _, response: response.headers.pop("Content-Length"))
    assert (answer.text, answer.fields["Transfer-Encoding"]) == ("whole", "chunked")

    def declare(request: Request, response: StreamResponse) -> None:
        response.headers["Content-Length"] = "6"

    answer = await get(declare, streaming(b"pieces"))
    assert (answer.body, answer.fields["Content-Length"]) == (b"pieces", "6")
    assert "Transfer-Encoding" not in answer.fields

    async def long(request: Request) -> Response:
        return Response(body=TEXT)

    for handler in (long, streaming(TEXT)):
        answer = await get(
            lambda _, response: response.enable_compression(), handler, "Accept-Encoding: gzip"
        )
        assert gzip.decompress(answer.body) == TEXT
        assert answer.fields["Content-Encoding"] == "gzip"

    answer = await get(lambda _, response: response.force_close())
    assert answer.fields["Connection"] == "close"


async def test_a_body_that_a_receiver_gives_is_compressed_too(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        response = Response(text="short")
        response.enable_compression(ContentCoding.gzip)
        return response

    def receiver(request: Request, response: Response) -> None:
        response.body = TEXT

    answer = await (await serve(prepared_by(receiver, handler))).get()
    assert gzip.decompress(answer.body) == TEXT
    assert answer.fields["Content-Encoding"] == "gzip"
    assert answer.fields["Content-Length"] == str(len(answer.body))


async def test_receivers_are_called_once_in_order_and_for_exceptions_too(serve: Serve) -> None:
    calls: list[int] = []
    app = prepared_by(lambda _, response: calls.append(1), whole)

    async def second(request: Request, response: StreamResponse) -> None:
        calls.append(2)

    app.on_response_prepare.append(second)
    client = await serve(app)
    await client.get()
    assert calls == [1, 2]


async def test_a_receiver_that_fails(serve: Serve) -> None:
    failed = False

    def receiver(request: Request, response: StreamResponse) -> None:
        nonlocal failed
        if not failed:
            failed = True
            raise ValueError("so it goes")

    answer = await (await serve(prepared_by(receiver, whole))).get()
    assert answer.status == 500


async def test_nothing_has_gone_out_when_receivers_run(serve: Serve) -> None:
    gate = asyncio.Event()

    async def receive(request: Request, response: StreamResponse) -> None:
        await gate.wait()

    app = Application()
    app.on_response_prepare.append(receive)
    app.router.add_get("/", whole)
    connection = (await serve(app)).connect()
    connection.send(request())
    for _ in range(10):
        await asyncio.sleep(0)
    assert connection.look() == []
    gate.set()
    await connection.until(lambda: connection.look() and connection.answers[0].complete)
    assert connection.answers[0].text == "whole"


async def test_a_stream_of_an_async_generator(serve: Serve) -> None:
    async def numbers() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        async for piece in numbers():
            await response.write(piece)
        await response.write_eof()
        return response

    assert (await (await serve(handler)).get()).body == b"012"

"""Responses whose body is given as a whole."""

from __future__ import annotations

import asyncio
import gzip
import io
import threading
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from web_client import Client, request

from tidewire_http_io.forms import MultipartWriter
from tidewire_http_io.payloads import AsyncIterablePayload, BytesPayload, Payload
from tidewire_http_parser import LocalProtocolError
from tidewire_web import ContentCoding, Request, Response

Serve = Callable[..., Awaitable[Client]]


def returning(make: Callable[[], Any]) -> Callable[[Request], Awaitable[Any]]:
    """A handler that returns what a function makes."""

    async def handler(request: Request) -> Any:
        return make()

    return handler


# -- making one -----------------------------------------------------------------------------------


def test_defaults() -> None:
    response = Response()
    assert (response.status, response.reason, response.body, response.text) == (200, "OK", None, None)
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
        (ValueError, {"body": 7}),
        (ValueError, {"body": {"a": 1}}),
        (ValueError, {"body": ["a"]}),
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


def test_the_length_is_that_of_the_body() -> None:
    with pytest.raises(RuntimeError):
        Response(text="abc").content_length = 5
    assert Response().content_length == 0
    assert Response(text="ü").content_length == 2
    assert Response(body=io.BytesIO(b"abc")).content_length == 3
    assert Response(body=pieces()).content_length is None
    assert Response(headers={"Content-Length": "7"}).content_length == 7
    response = Response(text="abc")
    response.enable_compression()
    assert response.content_length is None
    response = Response(text="abc")
    response.enable_chunked_encoding()
    assert response.content_length is None


def test_setting_text() -> None:
    response = Response(text="abc")
    response.text = "ä"
    assert (response.body, response.text) == ("ä".encode(), "ä")
    response = Response(text="x", charset="latin-1")
    response.text = "ä"
    assert (response.body, response.charset) == (b"\xe4", "latin-1")
    response = Response(body=b"x")
    response.text = "y"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"
    response = Response(body=b"x", content_type="text/css")
    response.text = "y"
    assert response.headers["Content-Type"] == "text/css; charset=utf-8"
    value: Any = b"x"
    with pytest.raises(TypeError):
        response.text = value


def test_setting_the_body() -> None:
    response = Response(text="abc")
    response.body = b"x"
    assert (response.body, response.content_type) == (b"x", "text/plain")
    response.body = None
    assert (response.body, response.text, response.content_length) == (None, None, 0)
    response = Response()
    response.body = bytearray(b"x")
    assert (response.body, response.content_type) == (b"x", "application/octet-stream")
    response.body = io.BytesIO(b"xy")
    assert isinstance(response.body, Payload)
    assert (response.text, response.content_length) == ("xy", 2)
    response.body = b"z"
    assert response.body == b"z"
    with pytest.raises(ValueError, match="no body can be made of object"):
        response.body = object()


def test_a_body_of_text() -> None:
    response = Response(body="grün")
    assert (response.body, response.headers["Content-Type"]) == (
        "grün".encode(),
        "text/plain; charset=utf-8",
    )
    assert Response(body="ä", headers={"Content-Type": "text/x; charset=latin-1"}).body == b"\xe4"
    assert Response(body="ä", content_type="text/x", charset="latin-1").body == b"\xe4"


async def pieces(*more: bytes) -> AsyncIterator[bytes]:
    for piece in (b"pie", b"ces", *more):
        await asyncio.sleep(0)
        yield piece


def test_a_body_that_is_a_payload() -> None:
    payload = BytesPayload(b"abc", content_type="image/png", headers={"X-A": "1", "X-B": "1"})
    response = Response(body=payload, headers={"X-B": "2"})
    assert response.body is payload
    assert response.text == "abc"
    assert (response.content_type, response.headers["X-A"], response.headers["X-B"]) == (
        "image/png",
        "1",
        "2",
    )
    assert Response(body=payload, content_type="image/x").content_type == "image/x"
    assert Response(body=payload, headers={"Content-Type": "a/b"}).content_type == "a/b"
    stream = Response(body=pieces())
    assert isinstance(stream.body, AsyncIterablePayload)
    with pytest.raises(TypeError):
        _ = stream.text


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


@pytest.mark.parametrize(
    "make",
    [
        lambda: Response(text="abc"),
        lambda: Response(text="abc", headers={"X-A": "1"}),
        lambda: Response(text="abc", headers={"Server": "mine", "Date": "today"}),
        lambda: Response(body=io.BytesIO(b"abc")),
    ],
)
async def test_usual_fields_are_there_once(serve: Serve, make: Callable[[], Response]) -> None:
    answer = await (await serve(returning(make))).get()
    assert answer.text == "abc"
    names = [name.lower() for name, _ in answer.pairs]
    assert sorted({"content-type", "content-length", "date", "server"} & set(names)) == sorted(
        name for name in names if name != "x-a"
    )


async def test_cookies_and_headers_set_one_by_one(serve: Serve) -> None:
    def make() -> Response:
        response = Response(text="abc")
        response.set_cookie("a", "1")
        response.set_cookie("b", "2")
        response.headers["X-A"] = "1"
        return response

    answer = await (await serve(returning(make))).get()
    assert [value for name, value in answer.pairs if name == "Set-Cookie"] == ["a=1; Path=/", "b=2; Path=/"]
    assert (answer.text, answer.fields["X-A"]) == ("abc", "1")


@pytest.mark.parametrize("headers", [None, {"X-A": "1"}])
async def test_an_empty_body_has_no_type(serve: Serve, headers: dict[str, str] | None) -> None:
    answer = await (await serve(returning(lambda: Response(headers=headers)))).get()
    assert answer.fields["Content-Length"] == "0"
    assert "Content-Type" not in answer.fields


async def test_a_body_whose_type_was_taken_away(serve: Serve) -> None:
    def make() -> Response:
        response = Response(text="abc")
        del response.headers["Content-Type"]
        return response

    assert (await (await serve(returning(make))).get()).fields["Content-Type"] == "application/octet-stream"


def compressing(response: Response) -> Response:
    response.enable_compression(ContentCoding.gzip)
    return response


MAKERS: list[Callable[[int], Response]] = [
    lambda status: Response(text="body", status=status),
    lambda status: Response(body=io.BytesIO(b"body"), status=status),
    lambda status: Response(body=pieces(), status=status),
    lambda status: compressing(Response(text="body", status=status)),
    lambda status: Response(text="body", status=status, headers={"Content-Length": "4"}),
]


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("status", [204, 205, 304])
async def test_no_body_with_204_205_and_304(
    serve: Serve, make: Callable[[int], Response], status: int
) -> None:
    connection = (await serve(returning(lambda: make(status)))).connect()
    if status == 205 and make is MAKERS[-1]:
        assert (await connection.ask(request())).status == 500  # a body that it may not have is declared
        return
    for _ in range(2):
        answer = await connection.ask(request())
        assert (answer.status, answer.body) == (status, b"")
        declared = "4" if status == 304 and make is MAKERS[-1] else None
        assert answer.fields.get("Content-Length") == ("0" if status == 205 else declared)
        assert "Transfer-Encoding" not in answer.fields


@pytest.mark.parametrize("make", MAKERS)
async def test_head_has_the_fields_of_get(serve: Serve, make: Callable[[int], Response]) -> None:
    connection = (await serve(returning(lambda: make(200)))).connect()
    head = await connection.ask(request(method="HEAD"), "HEAD")
    get = await connection.ask(request())
    assert head.body == b""
    assert head.fields == get.fields


@pytest.mark.parametrize("status", [101, 102])
async def test_a_status_that_ends_nothing(serve: Serve, status: int) -> None:
    assert (await (await serve(returning(lambda: Response(status=status)))).get()).status == 500


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
        with pytest.raises(RuntimeError):
            await response.write_eof(b"b")
        await response.write_eof()
        await response.write_eof()
        with pytest.raises(RuntimeError):
            await response.write(b"c")
        return response

    connection = (await serve(handler)).connect()
    for _ in range(2):
        assert (await connection.ask(request())).text == "a"


async def test_what_is_known_after_it_was_sent(serve: Serve) -> None:
    made: list[Response] = []

    def make() -> Response:
        made.append(Response(text="abc"))
        return made[-1]

    connection = (await serve(returning(make))).connect()
    await connection.ask(request())
    response = made[0]
    assert response.prepared
    assert response.body_length == len(connection.transport.written)
    assert "ended" in repr(response)
    assert response.keep_alive
    await response.write_eof()
    with pytest.raises(RuntimeError, match="has ended"):
        await response.write(b"x")
    with pytest.raises(RuntimeError, match="after the head"):
        response.set_status(500)


async def test_a_subclass_that_prepares_in_its_own_way(serve: Serve) -> None:
    class Own(Response):
        async def prepare(self, request: Any) -> Any:
            self.headers["X-Own"] = "1"
            return await super().prepare(request)

    class Heir(Own):
        pass

    for kind in (Own, Heir):
        answer = await (await serve(returning(partial(kind, text="abc")))).get()
        assert (answer.text, answer.fields["X-Own"]) == ("abc", "1")


async def test_fields_that_contradict_the_body_are_refused(serve: Serve) -> None:
    client = await serve(returning(lambda: Response(text="abc", headers={"Content-Length": "4"})))
    assert (await client.get()).status == 500


async def test_a_head_that_may_not_go_out_is_told_and_nothing_is_sent(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        response = Response(text="abc", headers={"X-Bad": "a\nb"})
        with pytest.raises(LocalProtocolError):
            response.send_at_once(request)
        assert not response.prepared
        with pytest.raises(LocalProtocolError):
            await response.prepare(request)
        assert not response.prepared
        response.headers["X-Bad"] = "ab"
        return response

    answer = await (await serve(handler)).get()
    assert (answer.text, answer.fields["X-Bad"]) == ("abc", "ab")


async def test_a_peer_that_has_closed_its_side_gets_a_whole_response(serve: Serve) -> None:
    gate = asyncio.Event()

    async def handler(request: Request) -> Response:
        await gate.wait()
        response = Response(text="abc")
        response.enable_compression()
        return response

    connection = (await serve(handler)).connect()
    connection.send(request())
    await asyncio.sleep(0)
    connection.transport.feed_eof()
    gate.set()
    await connection.until(lambda: b"abc" in connection.transport.written or connection.transport.lost)
    assert connection.transport.written.endswith(b"abc")


# -- payloads -------------------------------------------------------------------------------------


async def test_an_async_iterable(serve: Serve) -> None:
    client = await serve(returning(lambda: Response(body=pieces(), content_type="text/x")))
    answer = await client.get()
    assert (answer.body, answer.fields["Content-Type"]) == (b"pieces", "text/x")
    assert answer.fields["Transfer-Encoding"] == "chunked"
    assert (await client.ask(request(version="1.0"))).body == b"pieces"
    limited = await serve(returning(lambda: Response(body=pieces(b"more"), headers={"Content-Length": "6"})))
    assert (await limited.get()).body == b"pieces"


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_a_file(serve: Serve, tmp_path: Path, method: str) -> None:
    path = tmp_path / "a.css"
    path.write_bytes(b"x" * 300_000)
    sent: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def handler(request: Request) -> Response:
        with path.open("rb") as file:
            response = Response(body=file)
            await response.send(request)
            sent.set_result(file.closed)
            return response

    connection = (await serve(handler)).connect()
    connection.send(request(method=method), method)
    assert await sent
    answer = connection.look()[0]
    assert len(answer.body) == (300_000 if method == "GET" else 0)
    assert (answer.fields["Content-Length"], answer.fields["Content-Type"]) == ("300000", "text/css")


@pytest.mark.parametrize("fails", ["prepare", "write"])
async def test_a_payload_is_let_go_of_whatever_happens(serve: Serve, fails: str) -> None:
    closed: list[bool] = []

    class Brittle(BytesPayload):
        def whole(self) -> bytes | None:
            return None

        async def write_with_length(self, writer: Any, content_length: int | None) -> None:
            raise OSError("gone")

        async def close(self) -> None:
            closed.append(True)

    def make() -> Response:
        return Response(body=Brittle(b"abc"), headers={"X-A": "a\nb"} if fails == "prepare" else None)

    connection = (await serve(returning(make))).connect()
    connection.send(request())
    await connection.until(lambda: connection.transport.was_reset or connection.look())
    assert closed
    assert connection.transport.was_reset is (fails == "write")


async def test_multipart(serve: Serve) -> None:
    def make() -> Response:
        writer = MultipartWriter("mixed", boundary="x")
        writer.append("one")
        return Response(body=writer)

    answer = await (await serve(returning(make))).get()
    assert answer.fields["Content-Type"].startswith("multipart/mixed; boundary=")
    assert b"one" in answer.body


async def test_chunks_for_a_whole_body(serve: Serve) -> None:
    def make() -> Response:
        response = Response(text="abc")
        response.enable_chunked_encoding()
        return response

    client = await serve(returning(make))
    answer = await client.get()
    assert (answer.text, answer.fields["Transfer-Encoding"]) == ("abc", "chunked")
    answer = await client.ask(request(version="1.0"))
    assert (answer.text, answer.fields["Content-Length"]) == ("abc", "3")


# -- compression ----------------------------------------------------------------------------------

TEXT = "some words, again and again. " * 50


def compressed(force: ContentCoding | None = None, **arguments: Any) -> Callable[[Request], Awaitable[Any]]:
    def make() -> Response:
        response = Response(**arguments)
        response.enable_compression(force)
        return response

    return returning(make)


async def test_a_whole_body_is_compressed(serve: Serve) -> None:
    client = await serve(compressed(text=TEXT))
    answer = await client.get("/", "Accept-Encoding: gzip")
    assert gzip.decompress(answer.body).decode() == TEXT
    assert (answer.fields["Content-Encoding"], answer.fields["Vary"]) == ("gzip", "Accept-Encoding")
    assert answer.fields["Content-Length"] == str(len(answer.body))
    answer = await client.get("/", "Accept-Encoding: deflate")
    assert zlib.decompress(answer.body).decode() == TEXT
    for line in ("X-A: b", "Accept-Encoding: gzip;q=0", "Accept-Encoding: identity, gzip;q=0.5"):
        answer = await client.get("/", line)
        assert (answer.text, answer.fields["Vary"]) == (TEXT, "Accept-Encoding")
        assert "Content-Encoding" not in answer.fields


@pytest.mark.parametrize(
    ("body", "smaller"), [(b"x" * 127, False), (b"x" * 128, True), (bytes(range(256)), False)]
)
async def test_a_body_that_would_get_no_smaller_remains(serve: Serve, body: bytes, smaller: bool) -> None:
    answer = await (await serve(compressed(body=body))).get("/", "Accept-Encoding: gzip")
    assert ("Content-Encoding" in answer.fields) is smaller
    assert (gzip.decompress(answer.body) if smaller else answer.body) == body
    answer = await (await serve(compressed(ContentCoding.gzip, body=body))).get()
    assert gzip.decompress(answer.body) == body


async def test_a_payload_is_compressed(serve: Serve) -> None:
    client = await serve(compressed(body=io.BytesIO(TEXT.encode())))
    answer = await client.get("/", "Accept-Encoding: gzip")
    assert gzip.decompress(answer.body).decode() == TEXT
    assert answer.fields["Content-Length"] == str(len(answer.body))

    async def handler(request: Request) -> Response:
        response = Response(body=pieces())
        response.enable_compression(ContentCoding.gzip)
        return response

    answer = await (await serve(handler)).get()
    assert gzip.decompress(answer.body) == b"pieces"
    assert answer.fields["Transfer-Encoding"] == "chunked"


@pytest.mark.parametrize(("size", "apart"), [(1, True), (len(TEXT), False), (None, False)])
@pytest.mark.parametrize("whole", [True, False])
async def test_large_bodies_are_compressed_in_an_executor(
    serve: Serve, size: int | None, apart: bool, whole: bool
) -> None:
    used: list[str] = []
    sent = asyncio.Event()

    async def text() -> AsyncIterator[bytes]:
        yield TEXT.encode()

    async def handler(request: Request) -> Response:
        body = TEXT.encode() if whole else text()
        response = Response(body=body, zlib_executor_size=size, zlib_executor=executor)
        response.enable_compression()
        await response.send(request)
        sent.set()
        return response

    executor = ThreadPoolExecutor(1, initializer=lambda: used.append(threading.current_thread().name))
    with executor:
        connection = (await serve(handler)).connect()
        connection.send(request("/", "Accept-Encoding: gzip"))
        await sent.wait()
    assert gzip.decompress(connection.look()[0].body).decode() == TEXT
    assert bool(used) is apart


async def test_the_body_remains_as_it_was_given(serve: Serve) -> None:
    made: list[Response] = []

    def make() -> Response:
        made.append(Response(text=TEXT))
        made[0].enable_compression(ContentCoding.gzip)
        return made[0]

    await (await serve(returning(make))).get()
    assert made[0].text == TEXT

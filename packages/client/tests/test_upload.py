from __future__ import annotations

import asyncio
import io
import os
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from service import Service

from tidewire_client import (
    ClientHandlerType,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    RetryMiddleware,
    UploadAbortedError,
    UploadSourceError,
    UploadTracker,
)
from tidewire_http_io import ServerExchange
from tidewire_http_io.forms import FormData
from tidewire_http_io.payloads import BufferedReaderPayload, BytesPayload


@pytest.mark.parametrize(
    ("data", "body", "content_type"),
    [
        (b"bytes", b"bytes", "application/octet-stream"),
        (bytearray(b"bytes"), b"bytes", "application/octet-stream"),
        ("t\u00e4xt", "t\u00e4xt".encode(), "text/plain; charset=utf-8"),
        ({"a": "b c", "d": "e"}, b"a=b+c&d=e", "application/x-www-form-urlencoded"),
        ([("a", "1"), ("a", "2")], b"a=1&a=2", "application/x-www-form-urlencoded"),
        (io.BytesIO(b"file"), b"file", "application/octet-stream"),
        (b"", b"", "application/octet-stream"),
        (None, b"", "application/octet-stream"),
    ],
)
async def test_data_of_many_kinds_is_sent(
    service: Service, session: ClientSession, data: Any, body: bytes, content_type: str
) -> None:
    await session.post(service.url(), data=data)
    assert service.last.body == body
    assert service.last.headers["Content-Type"] == content_type
    assert service.last.headers["Content-Length"] == str(len(body))


async def test_a_get_says_nothing_of_a_body(service: Service, session: ClientSession) -> None:
    await session.get(service.url())
    assert {"Content-Length", "Content-Type", "Transfer-Encoding"}.isdisjoint(service.last.headers)


async def test_forms_with_files_are_multipart(service: Service, session: ClientSession) -> None:
    form = FormData()
    form.add_field("text", "value")
    form.add_field("file", io.BytesIO(b"content"), filename="a.txt", content_type="text/plain")
    await session.post(service.url(), data=form)
    assert service.last.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'filename="a.txt"' in service.last.body
    assert b"content" in service.last.body


async def test_a_large_file_is_sent(service: Service, session: ClientSession, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(b"0123456789" * 100_000)
    tracker = UploadTracker()
    with path.open("rb") as file:
        async with session.put(service.url(), data=file, upload_tracker=tracker) as response:
            assert response.status == 200
    assert service.last.body == path.read_bytes()
    assert service.last.headers["Content-Length"] == "1000000"
    assert tracker.bytes_written == 1_000_000
    assert tracker.attempts == 1
    await tracker.upload_complete


async def test_a_file_is_sent_again_where_a_redirect_leads(
    service: Service, session: ClientSession, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    content = os.urandom(3_000_000)
    path.write_bytes(b"skipped" + content)
    service.on("/first", lambda seen: seen.answer(307, Location="/then"))
    with path.open("rb") as file:
        file.seek(7)
        async with session.put(service.url("/first"), data=file) as response:
            assert response.status == 200
        assert file.closed
    assert [seen.body == content for seen in service.seen] == [True, True]
    assert service.made == 1


async def test_a_file_that_has_become_shorter_is_not_sent_as_if_it_were_whole(
    service: Service, session: ClientSession, tmp_path: Path
) -> None:
    path = tmp_path / "large.bin"
    path.write_bytes(bytes(100_000))
    with path.open("rb") as file:
        payload = BufferedReaderPayload(file)
        os.truncate(path, 50_000)
        with pytest.raises(UploadSourceError, match="has become shorter"):
            await session.put(service.url(), data=payload)
    assert service.seen == []


async def test_what_has_no_size_goes_in_chunks(service: Service, session: ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(3):
            yield b"%d" % number

    await session.post(service.url(), data=pieces())
    assert service.last.body == b"012"
    assert service.last.headers["Transfer-Encoding"] == "chunked"
    await session.post(service.url(), data=b"bytes", chunked=True)
    assert service.last.body == b"bytes"
    assert "Content-Length" not in service.last.headers


@pytest.mark.parametrize("compress", [True, "deflate"])
async def test_a_body_can_be_compressed(service: Service, session: ClientSession, compress: Any) -> None:
    await session.post(service.url(), data=b"x" * 1000, compress=compress)
    assert zlib.decompress(service.last.body) == b"x" * 1000
    assert service.last.headers["Content-Encoding"] == "deflate"
    await session.get(service.url(), compress=True)
    assert "Content-Encoding" not in service.last.headers


@pytest.mark.parametrize(
    "how",
    [
        {"compress": True, "headers": {"Content-Encoding": "gzip"}},
        {"chunked": True, "headers": {"Content-Length": "1"}},
        {"chunked": True, "headers": {"Transfer-Encoding": "chunked"}},
    ],
)
async def test_contradictions_are_refused(
    service: Service, session: ClientSession, how: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="can not be set"):
        await session.post(service.url(), data=b"x", **how)


async def test_a_server_that_wants_the_body_gets_it(service: Service, session: ClientSession) -> None:
    await session.post(service.url(), data=b"body", expect100=True)
    assert service.last.body == b"body"
    assert service.last.headers["Expect"] == "100-continue"
    assert service.made == 1


@pytest.mark.parametrize("whose", ["session", "request", "middleware"])
async def test_a_field_asks_as_well(service: Service, whose: str) -> None:
    async def asking(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        request.headers["expect"] = "100-Continue"
        return await handler(request)

    fields = {"Expect": "100-continue"}
    service.on_head("/no", lambda exchange: exchange.respond(403, None, [], b"no"))
    async with (
        ClientSession(headers=fields if whose == "session" else None) as session,
        session.post(
            service.url("/no"),
            data=b"body",
            headers=fields if whose == "request" else None,
            middlewares=[asking] if whose == "middleware" else [],
            upload_tracker=(tracker := UploadTracker()),
        ) as response,
    ):
        assert response.status == 403
    with pytest.raises(UploadAbortedError):
        await tracker.upload_complete
    assert tracker.bytes_written == 0


async def test_a_server_that_does_not_gets_none(service: Service, session: ClientSession) -> None:
    def refuse(exchange: ServerExchange) -> None:
        exchange.respond(403, None, [], b"no")

    service.on_head("/no", refuse)
    tracker = UploadTracker()
    async with session.post(
        service.url("/no"), data=b"body", expect100=True, upload_tracker=tracker
    ) as response:
        assert response.status == 403
        assert await response.read() == b"no"
    with pytest.raises(UploadAbortedError):
        await tracker.upload_complete
    assert tracker.bytes_written == 0
    await session.get(service.url())
    assert service.made == 2


@in_fake_time
async def test_a_server_that_says_nothing_gets_it_too() -> None:
    received = asyncio.Event()

    def wait(exchange: ServerExchange) -> None:
        class Receiver:
            def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
                exchange.consumed(len(data), 1)

            def end_received(self, trailers: Any) -> None:
                received.set()
                exchange.respond(200, None, [], b"")

            def reset_received(self, reason: Any, error: Any) -> None:
                pass

        exchange.receive(Receiver())

    async with in_memory() as (service, session):
        service.on_head("/silent", wait)
        async with session.post(service.url("/silent"), data=b"body", expect100=True) as response:
            assert response.status == 200
    assert received.is_set()


async def test_an_early_answer_ends_the_upload(service: Service, session: ClientSession) -> None:
    stopped = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        try:
            while True:
                yield b"x" * 1000
                await asyncio.sleep(0)
        finally:
            stopped.set()

    service.on_head("/no", lambda exchange: exchange.respond(413, None, [], b"too much"))
    tracker = UploadTracker()
    async with session.post(service.url("/no"), data=endless(), upload_tracker=tracker) as response:
        assert response.status == 413
        assert await response.read() == b"too much"
    assert stopped.is_set()
    with pytest.raises(UploadAbortedError):
        await tracker.upload_complete


async def test_a_body_that_fails_is_an_error(service: Service, session: ClientSession) -> None:
    async def fails() -> AsyncIterator[bytes]:
        yield b"x"
        raise KeyError("broken")

    tracker = UploadTracker()
    with pytest.raises(UploadSourceError, match="could not be sent") as caught:
        await session.post(service.url(), data=fails(), upload_tracker=tracker)
    assert isinstance(caught.value, ClientPayloadError)
    assert isinstance(caught.value.__cause__, KeyError)
    with pytest.raises(Exception, match="broken"):
        await tracker.upload_complete
    async with session.get(service.url()) as response:
        assert response.status == 200


async def test_a_body_that_fails_is_not_asked_again(service: Service, session: ClientSession) -> None:
    class Broken(BytesPayload):
        written = 0

        def whole(self) -> bytes | None:
            return None

        async def write(self, writer: Any) -> None:
            Broken.written += 1
            raise KeyError("broken")

    body = Broken(b"body")
    assert body.replayable
    with pytest.raises(UploadSourceError):
        await session.put(service.url(), data=body, middlewares=[RetryMiddleware(backoff=0.0)])
    assert Broken.written == 1


@pytest.mark.parametrize("early", [False, True])
async def test_a_body_that_fails_behind_the_head_of_the_response_is_an_error_too(
    service: Service, session: ClientSession, early: bool
) -> None:
    failing = asyncio.Event()

    async def failing_body() -> AsyncIterator[bytes]:
        yield b"x"
        await failing.wait()
        raise KeyError("broken")

    service.on_head("/", lambda exchange: exchange.send_head(200, None, [], body_length=5))
    async with session.post(service.url(), data=failing_body()) as response:
        if early:
            _ = response.content
        failing.set()
        with pytest.raises(UploadSourceError) as caught:
            await response.read()
    assert isinstance(caught.value.__cause__, KeyError)


async def test_a_tracker_is_for_one_request(service: Service, session: ClientSession) -> None:
    tracker = UploadTracker()
    await session.post(service.url(), data=b"x", upload_tracker=tracker)
    await tracker.upload_complete
    with pytest.raises(RuntimeError, match="one request"):
        await session.post(service.url(), data=b"x", upload_tracker=tracker)
    unused = UploadTracker()
    await session.get(service.url(), upload_tracker=unused)
    with pytest.raises(UploadAbortedError):
        await unused.upload_complete


async def test_attempts_are_counted(service: Service, session: ClientSession) -> None:
    service.redirect("/a", "/b", status=307)
    tracker = UploadTracker()
    await session.post(service.url("/a"), data=b"body", upload_tracker=tracker)
    assert tracker.attempts == 2
    assert tracker.bytes_written == 4


async def test_data_that_nothing_can_be_made_of_is_refused(service: Service, session: ClientSession) -> None:
    with pytest.raises(TypeError):
        await session.post(service.url(), data=object())


async def test_a_response_may_come_while_the_body_goes(service: Service, session: ClientSession) -> None:
    queue: asyncio.Queue[bytes] = asyncio.Queue()

    async def pieces() -> AsyncIterator[bytes]:
        while piece := await queue.get():
            yield piece

    def begin(exchange: ServerExchange) -> None:
        Echo(exchange)

    class Echo:
        def __init__(self, exchange: ServerExchange) -> None:
            self.exchange = exchange
            exchange.send_head(200, None, [], body_length=None)
            exchange.receive(self)

        def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
            self.exchange.consumed(len(data), 1 + len(inner_ends or ()))
            self.exchange.send_data(data)

        def end_received(self, trailers: Any) -> None:
            self.exchange.send_data(b"", end=True)

        def reset_received(self, reason: Any, error: Any) -> None:
            pass

    service.on_head("/echo", begin)
    async with session.post(service.url("/echo"), data=pieces()) as response:
        for piece in (b"one", b"two"):
            queue.put_nowait(piece)
            assert await response.content.readany() == piece
        queue.put_nowait(b"")
        assert await response.read() == b""
    await session.get(service.url())
    assert service.made == 1

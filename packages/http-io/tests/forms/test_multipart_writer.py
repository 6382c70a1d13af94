"""Multipart content that is written."""

from __future__ import annotations

import asyncio
import email
import email.policy
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tidewire_http_io import StreamReader, payloads
from tidewire_http_io.forms import BodyPartReader, MultipartReader, MultipartWriter
from tidewire_http_io.payloads import (
    AsyncIterablePayload,
    BytesPayload,
    Payload,
    PayloadConsumed,
    StringPayload,
)
from tidewire_http_parser import LocalProtocolError


class Writer:
    """Keeps the pieces that are written."""

    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    @property
    def written(self) -> bytes:
        return b"".join(self.pieces)


async def written(payload: Payload) -> bytes:
    writer = Writer()
    await payload.write(writer)
    return writer.written


async def read(payload: MultipartWriter) -> list[Any]:
    """What a reader finds in it: header fields and decoded data of each part, a list for a multipart."""

    async def contents(parts: MultipartReader) -> list[Any]:
        found: list[Any] = []
        async for part in parts:
            if isinstance(part, BodyPartReader):
                found.append((dict(part.headers), await part.read(decode=True)))
            else:
                found.append(await contents(part))
        return found

    stream = StreamReader()
    stream.feed_data(await written(payload))
    stream.feed_eof()
    return await contents(MultipartReader(payload.headers, stream))


async def numbers(count: int = 3) -> AsyncIterator[bytes]:
    for number in range(count):
        yield b"%d;" % number


# -- what goes out -------------------------------------------------------------------------------


async def test_the_bytes() -> None:
    writer = MultipartWriter("mixed", "b")
    writer.append("text")
    writer.append(b"\0", {"X-A": "1", "Content-Disposition": "attachment"})
    assert await written(writer) == (
        b"--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 4\r\n\r\ntext\r\n"
        b"--b\r\nContent-Disposition: attachment\r\nX-A: 1\r\nContent-Type: application/octet-stream\r\n"
        b"Content-Length: 1\r\n\r\n\0\r\n--b--\r\n"
    )
    assert writer.headers["Content-Type"] == "multipart/mixed; boundary=b"
    assert (writer.boundary, len(writer), bool(MultipartWriter())) == ("b", 2, True)
    assert [(part.size, *codings) for part, *codings in writer] == [(4, "", ""), (1, "", "")]


async def test_a_form_has_no_lengths() -> None:
    writer = MultipartWriter("form-data", "b")
    writer.append("text")
    assert await written(writer) == (
        b'--b\r\nContent-Disposition: form-data; name="section-0"\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
        b"text\r\n--b--\r\n"
    )


async def test_without_parts() -> None:
    writer = MultipartWriter(boundary="b")
    assert await written(writer) == b"--b--\r\n"
    assert (writer.size, writer.whole()) == (7, b"--b--\r\n")


async def test_without_the_closing_delimiter() -> None:
    writer = Writer()
    with MultipartWriter("x", "b") as parts:
        parts.append("1")
        await parts.write(writer, close_boundary=False)
    assert writer.written.endswith(b"\r\n\r\n1")


@pytest.mark.parametrize(
    ("boundary", "field"),
    [("simple", "simple"), ("with space", '"with space"'), ("a:b", '"a:b"'), ("x" * 70, "x" * 70)],
)
def test_a_boundary_is_quoted_where_it_has_to_be(boundary: str, field: str) -> None:
    assert MultipartWriter("mixed", boundary).content_type == f"multipart/mixed; boundary={field}"


async def test_kinds_of_parts() -> None:
    inner = MultipartWriter("related")
    inner.append_json({"a": "ä"})
    inner.append_json([1], {"X-A": "b"}, dumps=str)
    inner.append_form({"a b": 1, "c": "ä"})
    inner.append_form([("a", "1"), ("a", "2")], {"X-A": "c"})
    outer = MultipartWriter()
    outer.append(io.BytesIO(b"file"))
    outer.append(inner)
    outer.append(numbers())
    outer.append_payload(StringPayload("text"))
    first, nested, stream, text = await read(outer)
    assert first[1] == b"file"
    assert [data for _, data in nested] == [b'{"a": "\\u00e4"}', b"[1]", b"a+b=1&c=%C3%A4", b"a=1&a=2"]
    assert [fields.get("X-A") for fields, _ in nested] == [None, "b", None, "c"]
    assert nested[2][0]["Content-Type"] == "application/x-www-form-urlencoded"
    assert stream[1] == b"0;1;2;"
    assert "Content-Length" not in stream[0]
    assert text[1] == b"text"


@pytest.mark.slow
@pytest.mark.parametrize("coding", ["", "identity", "gzip", "deflate", "GZIP"])
@pytest.mark.parametrize("transfer", ["", "binary", "8bit", "7bit", "base64", "quoted-printable", "Base64"])
async def test_encodings(coding: str, transfer: str) -> None:
    data = b"1 = 1\r\n \xff" * 8_000
    writer = MultipartWriter()
    named = {"Content-Encoding": coding, "Content-Transfer-Encoding": transfer}
    fields = {name: value for name, value in named.items() if value}
    for obj in (data, io.BytesIO(data), numbers()):
        writer.append(obj, fields)
    found = await read(MultipartWriter()) + await read(writer)
    assert [body for _, body in found] == [data, data, b"0;1;2;"]
    assert writer.size is None
    plain = coding in ("", "identity") and transfer in ("", "binary", "8bit", "7bit")
    assert ["Content-Length" in fields for fields, _ in found] == [plain, plain, False]
    assert writer.whole() is None


async def test_it_is_read_by_others() -> None:
    """Python's reader of mail."""
    inner = MultipartWriter("related")
    inner.append("ä\r\n" * 100, {"Content-Transfer-Encoding": "quoted-printable"})
    inner.append(bytes(range(256)), {"Content-Transfer-Encoding": "base64"})
    outer = MultipartWriter("mixed", "with space")
    outer.append(inner)
    outer.append(b"\r\nplain\r\n")
    head = f"MIME-Version: 1.0\r\nContent-Type: {outer.content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(head + await written(outer), policy=email.policy.HTTP)
    assert not message.defects
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/related",
        "text/plain",
        "application/octet-stream",
        "application/octet-stream",
    ]
    leaves = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert leaves == [("ä\r\n" * 100).encode(), bytes(range(256)), b"\r\nplain\r\n"]


# -- what is known before ------------------------------------------------------------------------


async def test_the_size_is_that_of_the_bytes() -> None:
    inner = MultipartWriter("related")
    inner.append("ü" * 1000, {"X-A": "ü"})
    writer = MultipartWriter("form-data")
    writer.append(b"x" * 300_000)
    writer.append(io.BytesIO(b"file"))
    writer.append(memoryview(bytes(1_000_000)))
    writer.append_payload(_named(inner, "i"))
    assert writer.size == len(await written(writer))
    assert inner.size == len(await written(inner))


def _named(payload: Payload, name: str) -> Payload:
    payload.set_content_disposition("form-data", name=name)
    return payload


async def test_the_size_of_some_is_not_known() -> None:
    inner = MultipartWriter()
    inner.append(numbers())
    writer = MultipartWriter()
    writer.append(inner)
    assert (writer.size, writer.whole(), writer.replayable, writer.consumed) == (None, None, False, False)
    await written(writer)
    assert writer.consumed
    with pytest.raises(PayloadConsumed):
        await written(writer)
    with pytest.raises(PayloadConsumed):
        writer.rewind()


async def test_a_small_one_is_had_as_a_whole() -> None:
    writer = MultipartWriter()
    writer.append("text")
    assert writer.whole() == await written(writer) == await writer.as_bytes()
    assert writer.decode() == writer.whole().decode()  # type: ignore[union-attr]
    writer.append(bytes(70_000))
    assert writer.whole() is None
    with pytest.raises(TypeError):
        writer.decode()


async def test_it_can_be_written_again_where_its_parts_can() -> None:
    writer = MultipartWriter()
    writer.append("text")
    writer.append(io.BytesIO(b"file" * 50_000))
    writer.append(bytes(100_000), {"Content-Encoding": "gzip"})
    assert writer.replayable
    first = await written(writer)
    writer.rewind()
    assert await written(writer) == first
    writer.append(numbers())
    assert not writer.replayable
    kept = await writer.as_bytes()
    assert writer.replayable
    assert await written(writer) == kept


async def test_closing_that_is_cancelled_closes_all_parts(tmp_path: Path) -> None:
    files = [tmp_path / name for name in "abc"]
    writer = MultipartWriter()
    opened = []
    for path in files:
        path.write_bytes(b"x")
        opened.append(path.open("rb"))
        writer.append(opened[-1])
    closing = asyncio.create_task(writer.close())
    await asyncio.sleep(0)  # the first one is being closed in a thread
    closing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await closing
    assert all(file.closed for file in opened)


async def test_closing_closes_all_parts_whatever_happens() -> None:
    class Failing(BytesPayload):
        async def close(self) -> None:
            raise OSError(self.decode())

    files = [io.BytesIO(b"1"), io.BufferedReader(io.BytesIO(b"2"))]
    writer = MultipartWriter()
    writer.append(Failing(b"first"))
    writer.append(files[1])
    writer.append(Failing(b"second"))
    inner = MultipartWriter()
    third = io.BufferedReader(io.BytesIO(b"3"))
    inner.append(third)
    writer.append(inner)
    assert not writer.autoclose
    with pytest.raises(OSError, match="first"):
        await writer.close()
    assert files[1].closed
    assert third.closed
    assert MultipartWriter().autoclose


async def test_what_a_part_raises_goes_through() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"1"
        raise ZeroDivisionError

    writer = MultipartWriter()
    writer.append(failing())
    with pytest.raises(ZeroDivisionError):
        await written(writer)


# -- pieces --------------------------------------------------------------------------------------


async def test_small_parts_are_written_together_and_large_ones_are_not_copied() -> None:
    parts = MultipartWriter()
    for _ in range(100):
        parts.append("x" * 100)
    large = bytes(200_000)
    parts.append(large)
    writer = Writer()
    await parts.write(writer)
    assert len(writer.pieces) == 3
    assert writer.pieces[1] == large


async def test_a_large_piece_goes_out_in_slices() -> None:
    parts = MultipartWriter()
    parts.append(memoryview(bytes(1_000_000)))
    writer = Writer()
    await parts.write(writer)
    assert max(map(len, writer.pieces)) <= 262144


async def test_what_comes_piece_by_piece_goes_out_so() -> None:
    writer = Writer()
    seen: list[int] = []

    async def watching() -> AsyncIterator[bytes]:
        for _ in range(3):
            seen.append(len(writer.pieces))
            yield b"x"

    parts = MultipartWriter()
    parts.append(watching())
    await parts.write(writer)
    assert seen == [1, 2, 3]


# -- what is refused (S6) ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "b\r\nX-C: d"},
        {"X-A": "\n"},
        {"X-A": "\0"},
        {"X\r\nA": "b"},
        {"X A": "b"},
        {"Transfer-Encoding": "chunked"},
    ],
)
def test_header_fields_that_may_not_go_out(headers: dict[str, str]) -> None:
    writer = MultipartWriter()
    for obj in ("text", StringPayload("text"), io.BytesIO(b"")):
        with pytest.raises(LocalProtocolError):
            writer.append(obj, headers)
    assert len(writer) == 0


async def test_header_fields_that_were_changed_are_looked_at_again() -> None:
    writer = MultipartWriter()
    writer.append("text").headers["X-A"] = "b\r\nX-C: d"
    with pytest.raises(LocalProtocolError):
        await written(writer)
    with pytest.raises(LocalProtocolError):
        writer.whole()


@pytest.mark.parametrize("boundary", ["", "x" * 71, "ä", "a\r\n", "a\0", 'a"b', "a ", "a\\b", "a;b"])
def test_what_is_no_boundary(boundary: str) -> None:
    with pytest.raises(LocalProtocolError):
        MultipartWriter("mixed", boundary)


@pytest.mark.parametrize("subtype", ["", "a b", "a\r\nX: y", "a/b", "ä"])
def test_what_is_no_subtype(subtype: str) -> None:
    with pytest.raises(LocalProtocolError):
        MultipartWriter(subtype)


async def test_data_with_the_boundary_in_it() -> None:
    for data in (b"x\r\n--b y", b"--b"):
        writer = MultipartWriter("mixed", "b")
        writer.append(data)
        with pytest.raises(LocalProtocolError, match="boundary"):
            await written(writer)


@pytest.mark.parametrize("name", ["Content-Encoding", "Content-Length", "content-transfer-encoding"])
def test_what_the_part_of_a_form_does_not_have(name: str) -> None:
    with pytest.raises(LocalProtocolError, match=r"Content-"):
        MultipartWriter("form-data").append("text", {name: "1"})


def test_the_part_of_a_form_has_a_name() -> None:
    with pytest.raises(LocalProtocolError, match="name"):
        MultipartWriter("form-data").append("text", {"Content-Disposition": "form-data"})


@pytest.mark.parametrize(
    "fields",
    [
        {"Content-Encoding": "x-none"},
        {"Content-Encoding": "gzip, gzip"},
        {"Content-Transfer-Encoding": "x-uuencode"},
    ],
)
def test_unknown_encodings(fields: dict[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        MultipartWriter().append("text", fields)


def test_what_no_payload_is_made_of() -> None:
    writer = MultipartWriter()
    with pytest.raises(payloads.LookupError):
        writer.append(object())
    with pytest.raises(TypeError):
        writer.append(1)
    with pytest.raises(TypeError):
        writer.append("text", 1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        writer.append_payload("text")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MultipartWriter(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        MultipartWriter("mixed", b"b")  # type: ignore[arg-type]


async def test_a_writer_is_not_within_itself() -> None:
    writer = MultipartWriter()
    with pytest.raises(LocalProtocolError, match="itself"):
        writer.append(writer)


async def test_a_piece_is_bytes() -> None:
    class Wrong(AsyncIterablePayload):
        async def write(self, writer: Any) -> None:
            await writer.write("text")

    parts = MultipartWriter()
    parts.append(Wrong(numbers()))
    with pytest.raises(TypeError, match="bytes-like"):
        await written(parts)


async def test_the_size_of_many_levels_is_asked_for_once_in_each() -> None:
    class Counted(BytesPayload):
        asked = 0

        @property
        def size(self) -> int:
            Counted.asked += 1
            return super().size

    payload: Payload = Counted(b"x")
    for _ in range(12):
        outer = MultipartWriter()
        outer.append(payload)
        payload = outer
    Counted.asked = 0
    size = payload.size
    assert Counted.asked == 1
    assert size == len(await payload.as_bytes())
    assert Counted.asked < 100

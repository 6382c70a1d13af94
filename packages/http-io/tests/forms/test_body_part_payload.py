"""A received part that is sent on."""

from __future__ import annotations

import base64
import gzip

import pytest

from tidewire_http_io import StreamReader
from tidewire_http_io.forms import (
    BodyPartReader,
    BodyPartReaderPayload,
    InvalidTransferEncoding,
    MultipartReader,
    MultipartWriter,
)
from tidewire_http_io.payloads import PayloadConsumed, get_payload
from tidewire_http_parser import IncompleteMultipart


async def part(
    *fields: str, data: bytes = b"data", end: bytes = b"\r\n--b--", subtype: str = "mixed"
) -> BodyPartReader:
    stream = StreamReader()
    stream.feed_data(
        "".join(["--b\r\n", *(f"{field}\r\n" for field in fields), "\r\n"]).encode() + data + end
    )
    stream.feed_eof()
    found = await MultipartReader({"Content-Type": f"multipart/{subtype}; boundary=b"}, stream).next()
    assert isinstance(found, BodyPartReader)
    return found


class Writer:
    def __init__(self) -> None:
        self.pieces: list[bytes] = []

    async def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))


async def test_it_is_registered_and_written_once() -> None:
    received = await part("Content-Type: a/b", "X-A: not sent on")
    payload = get_payload(received)
    assert isinstance(payload, BodyPartReaderPayload)
    assert dict(payload.headers) == {"Content-Type": "a/b"}
    assert (payload.size, payload.replayable, payload.consumed) == (None, False, False)
    assert payload.value is received
    writer = Writer()
    await payload.write(writer)
    assert writer.pieces == [b"data"]
    assert payload.consumed
    with pytest.raises(PayloadConsumed):
        await payload.write(writer)


async def test_it_can_be_kept() -> None:
    payload = get_payload(await part())
    assert await payload.as_bytes() == b"data"
    assert payload.replayable
    assert payload.size == 4


async def test_it_is_decoded() -> None:
    data = bytes(200_000)
    received = await part(
        "Content-Encoding: gzip",
        "Content-Transfer-Encoding: base64",
        data=base64.encodebytes(gzip.compress(data)),
    )
    payload = get_payload(received)
    assert "Content-Encoding" not in payload.headers
    assert "Content-Transfer-Encoding" not in payload.headers
    writer = Writer()
    await payload.write(writer)
    assert b"".join(writer.pieces) == data
    assert max(map(len, writer.pieces)) <= 65536


@pytest.mark.parametrize(
    ("received", "sent"),
    [
        ("form-data; name=a", 'form-data; name="a"'),
        ('form-data; name="a%22"; filename="b%0D%0A"', 'form-data; name="a%22"; filename="b%0D%0A"'),
        ("attachment; filename*=UTF-8''%C3%A4", "attachment; filename=\"_\"; filename*=UTF-8''%C3%A4"),
        ("inline; filename=a; size=3", 'attachment; filename="a"'),
        ("inline", None),
    ],
)
async def test_names_go_with_it(received: str, sent: str | None) -> None:
    payload = get_payload(await part(f"Content-Disposition: {received}"))
    assert payload.headers.get("Content-Disposition") == sent


async def test_others_may_be_given() -> None:
    received = await part("Content-Disposition: form-data; name=a; filename=x", "Content-Type: a/b")
    assert BodyPartReaderPayload(received, filename="y", content_type="c/d").headers == {
        "Content-Disposition": 'form-data; name="a"; filename="y"',
        "Content-Type": "c/d",
    }
    payload = BodyPartReaderPayload(received, {"Content-Disposition": "inline"})
    assert payload.headers["Content-Disposition"] == "inline"


async def test_from_one_multipart_into_another() -> None:
    received = await part("Content-Disposition: form-data; name=a; filename=x", subtype="form-data")
    writer = MultipartWriter("form-data", "c")
    writer.append(received)
    assert writer.whole() is None
    assert (await writer.as_bytes()).splitlines()[1:] == [
        b'Content-Disposition: form-data; name="a"; filename="x"',
        b"Content-Type: application/octet-stream",
        b"",
        b"data",
        b"--c--",
    ]


async def test_what_reading_raises_goes_through() -> None:
    with pytest.raises(IncompleteMultipart):
        await get_payload(await part(end=b"")).write(Writer())
    with pytest.raises(InvalidTransferEncoding):
        await get_payload(await part("Content-Transfer-Encoding: base64", data=b"!")).write(Writer())


def test_only_of_a_part() -> None:
    with pytest.raises(TypeError):
        BodyPartReaderPayload(b"data")  # type: ignore[arg-type]

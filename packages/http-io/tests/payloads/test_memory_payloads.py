"""Payloads of what is in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_io.payloads import (
    BytesPayload,
    JsonBytesPayload,
    JsonPayload,
    Payload,
    StringIOPayload,
    StringPayload,
)
from tidewire_http_io.payloads._body_writers import Collector
from tidewire_http_parser import LocalProtocolError

LARGE = 300_000


def dumps_bytes(value: Any) -> bytes:
    return json.dumps(value).encode()


PAYLOADS: list[tuple[Callable[[], Payload], bytes, str]] = [
    (lambda: BytesPayload(b"abc"), b"abc", "application/octet-stream"),
    (lambda: BytesPayload(b""), b"", "application/octet-stream"),
    (lambda: BytesPayload(bytearray(b"abc")), b"abc", "application/octet-stream"),
    (lambda: BytesPayload(memoryview(b"abc")), b"abc", "application/octet-stream"),
    (lambda: BytesPayload(memoryview(b"abcd").cast("I")), b"abcd", "application/octet-stream"),
    (lambda: BytesPayload(memoryview(b"abcd")[::-1]), b"dcba", "application/octet-stream"),
    (lambda: StringPayload("aé"), b"a\xc3\xa9", "text/plain; charset=utf-8"),
    (lambda: StringPayload("aé", encoding="latin-1"), b"a\xe9", "text/plain; charset=latin-1"),
    (lambda: StringPayload("é", content_type="text/html"), b"\xc3\xa9", "text/html"),
    (
        lambda: StringPayload("é", content_type='text/html; Charset="latin-1"'),
        b"\xe9",
        'text/html; Charset="latin-1"',
    ),
    (
        lambda: StringPayload("é", content_type="text/html; charset=utf-8", encoding="latin-1"),
        b"\xe9",
        "text/html; charset=utf-8",
    ),
    (lambda: StringIOPayload(io.StringIO("é")), b"\xc3\xa9", "text/plain; charset=utf-8"),
    (lambda: JsonPayload({"a": "é"}), b'{"a": "\\u00e9"}', "application/json"),
    (lambda: JsonPayload([1], dumps=lambda value: "!"), b"!", "application/json"),
    (lambda: JsonPayload("a", "utf-16-le", "a/json"), b'"\0a\0"\0', "a/json"),
    (lambda: JsonBytesPayload({"a": 1}, dumps_bytes), b'{"a": 1}', "application/json"),
    (lambda: JsonBytesPayload(1, dumps_bytes, "a/json"), b"1", "a/json"),
]


@pytest.mark.parametrize(("make", "body", "content_type"), PAYLOADS)
async def test_what_is_written_is_what_was_announced(
    make: Callable[[], Payload], body: bytes, content_type: str
) -> None:
    payload = make()
    assert payload.size == len(body)
    assert payload.content_type == content_type
    assert dict(payload.headers) == {"Content-Type": content_type}
    assert payload.whole() == body
    assert type(payload.whole()) is bytes
    assert (payload.replayable, payload.consumed, payload.autoclose) == (True, False, True)
    for _ in range(2):
        collector = Collector()
        await payload.write(collector)
        assert collector.collected() == body
        assert await payload.as_bytes() == body
        payload.rewind()
        await payload.close()
    for length in (0, 1, 100):
        collector = Collector()
        await payload.write_with_length(collector, length)
        assert collector.collected() == body[:length]


@given(st.binary() | st.text(), st.none() | st.integers(0, 20))
async def test_the_pieces_are_the_whole(data: bytes | str, limit: int | None) -> None:
    payload = StringPayload(data) if isinstance(data, str) else BytesPayload(data)
    body = data.encode() if isinstance(data, str) else data
    collector = Collector()
    await payload.write_with_length(collector, limit)
    assert collector.collected() == body[:limit]
    assert (payload.size, await payload.as_bytes(), payload.whole()) == (len(body), body, body)


def test_a_bytearray_may_change_afterwards() -> None:
    data = bytearray(b"abc")
    payload = BytesPayload(data)
    data.clear()
    assert (payload.size, payload.whole()) == (3, b"abc")


async def test_a_large_view_is_not_copied() -> None:
    data = bytearray(LARGE)
    payload = BytesPayload(memoryview(data))
    data[0] = 65
    assert payload.size == LARGE
    assert payload.whole() is None
    assert await payload.as_bytes() == bytes(data)
    assert payload.decode("ascii")[0] == "A"
    collector = Collector()
    await payload.write(collector)
    await payload.write_with_length(collector, 2)
    assert collector.collected() == bytes(data) + b"A\0"


def test_large_bytes_are_at_hand_without_a_copy() -> None:
    data = bytes(LARGE)
    assert BytesPayload(data).whole() is data


def test_text_is_decoded_again() -> None:
    payload = StringPayload("aé", encoding="latin-1")
    assert payload.decode("latin-1") == "aé"
    assert payload.encoding == "latin-1"
    with pytest.raises(UnicodeDecodeError):
        payload.decode()
    assert payload.decode(errors="replace") == "a\ufffd"


def test_a_text_file_is_read_from_its_position() -> None:
    file = io.StringIO("abcd")
    file.read(2)
    assert StringIOPayload(file, encoding="ascii").whole() == b"cd"


@pytest.mark.parametrize("value", ["abc", None, 5, [b"a"], io.BytesIO()])
def test_what_is_not_bytes_like_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="bytes-like"):
        BytesPayload(value)


@pytest.mark.parametrize("value", [b"abc", None, 5])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="str"):
        StringPayload(value)


def test_encoders_that_return_something_else_are_refused() -> None:
    dumps: Any = dumps_bytes
    with pytest.raises(TypeError, match="JsonBytesPayload"):
        JsonPayload(1, dumps=dumps)
    dumps = json.dumps
    with pytest.raises(TypeError, match="bytes-like"):
        JsonBytesPayload(1, dumps)
    with pytest.raises(TypeError, match="set"):
        JsonPayload({1})


@pytest.mark.parametrize("encoding", ["no-such", "base64", "a\r\nb"])
def test_an_encoding_that_nobody_knows_is_refused(encoding: str) -> None:
    with pytest.raises(LocalProtocolError):
        StringPayload("abc", encoding=encoding)
    with pytest.raises(LocalProtocolError):
        JsonPayload("abc", encoding)


def test_text_that_an_encoding_does_not_have_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        StringPayload("é", encoding="ascii")


def test_whole_bodies_are_made_without_a_loop() -> None:
    assert StringPayload("abc").whole() == b"abc"
    assert JsonPayload([1]).whole() == b"[1]"


@pytest.mark.parametrize(
    "made", [StringPayload, lambda text, **how: StringIOPayload(io.StringIO(text), **how)]
)
@pytest.mark.parametrize(
    ("how", "body"),
    [
        ({"headers": {"Content-Type": "text/html; charset=latin-1"}}, b"\xe9"),
        ({"headers": [("content-type", "text/html; charset=latin-1")]}, b"\xe9"),
        ({"headers": iter([("content-type", "text/html; charset=latin-1")])}, b"\xe9"),
        ({"headers": {"Content-Type": "text/html; charset=latin-1"}, "content_type": "text/plain"}, b"\xe9"),
        ({"headers": {"Content-Type": "text/html; charset=latin-1"}, "encoding": "utf-8"}, b"\xc3\xa9"),
        ({"headers": {"Content-Type": "text/html"}}, b"\xc3\xa9"),
        ({"headers": {"X": "y"}, "content_type": "text/html; charset=latin-1"}, b"\xe9"),
    ],
)
async def test_text_is_encoded_as_its_header_fields_say(
    made: Callable[..., Payload], how: dict[str, Any], body: bytes
) -> None:
    if isinstance(how.get("headers"), Iterator):
        how = {"headers": iter([("content-type", "text/html; charset=latin-1")])}  # one for each
    payload = made("é", **how)
    assert await payload.as_bytes() == body
    assert payload.content_type.startswith("text/html")

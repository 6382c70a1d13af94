"""A body with its header fields."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import CIMultiDict

from tidewire_http_io.payloads import BodyWriter, BytesPayload, Payload, PayloadConsumed
from tidewire_http_io.payloads._body_writers import Collector
from tidewire_http_parser import LocalProtocolError


class Counted(Payload):
    """A payload as users write them."""

    async def write(self, writer: BodyWriter) -> None:
        for number in range(self.value):
            await writer.write(b"%d," % number)


async def test_a_payload_of_ones_own_needs_write_only() -> None:
    payload = Counted(3)
    collector = Collector()
    await payload.write(collector)
    await payload.write_with_length(collector, None)
    await payload.write_with_length(collector, 3)
    assert collector.collected() == b"0,1,2," * 2 + b"0,1"
    assert await payload.as_bytes() == b"0,1,2,"
    assert (payload.size, payload.whole()) == (None, None)
    assert (payload.replayable, payload.consumed, payload.autoclose) == (True, False, False)
    payload.rewind()
    await payload.close()
    await payload.close()
    with pytest.raises(TypeError, match="as_bytes"):
        payload.decode()


def test_write_has_to_be_there() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Payload(b"")  # type: ignore[abstract]


def test_what_is_consumed_cannot_be_rewound() -> None:
    class Once(Counted):
        @property
        def consumed(self) -> bool:
            return True

    with pytest.raises(PayloadConsumed, match="again"):
        Once(1).rewind()


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "application/octet-stream"),
        ({"content_type": "text/html"}, "text/html"),
        ({"filename": "a.png"}, "image/png"),
        ({"filename": "A.PNG"}, "image/png"),
        ({"filename": "a.unknown-ending"}, "application/octet-stream"),
        ({"filename": "a"}, "application/octet-stream"),
        ({"filename": "a.tar.gz"}, "application/gzip"),
        ({"filename": "a.json.xz"}, "application/x-xz"),
        ({"filename": "data:text/html,a.png"}, "image/png"),
        ({"filename": "a.png", "content_type": "text/html"}, "text/html"),
        ({"headers": {"content-type": "text/css"}}, "text/css"),
        ({"headers": {"Content-Type": "text/css"}, "content_type": "text/html"}, "text/css"),
        ({"headers": [("X-A", "b")], "content_type": "text/html"}, "text/html"),
    ],
)
def test_the_media_type(given: dict[str, Any], expected: str) -> None:
    payload = BytesPayload(b"", **given)
    assert payload.content_type == expected
    assert payload.headers["Content-Type"] == expected
    assert payload.content_type == expected


@pytest.mark.parametrize(
    "headers", [{"X-A": "1", "X-B": "2"}, [("X-A", "1"), ("X-B", "2")], CIMultiDict({"X-A": "1", "X-B": "2"})]
)
def test_headers_of_any_kind_are_taken(headers: Any) -> None:
    payload = BytesPayload(b"", headers)
    assert list(payload.headers.items()) == [
        ("X-A", "1"),
        ("X-B", "2"),
        ("Content-Type", "application/octet-stream"),
    ]
    assert payload.headers is not headers


def test_headers_may_be_repeated_and_changed() -> None:
    payload = BytesPayload(b"", [("X-A", "1"), ("x-a", "2")])
    assert payload.headers.getall("X-A") == ["1", "2"]
    payload.headers["Content-Type"] = "text/css"
    assert payload.content_type == "text/css"
    del payload.headers["Content-Type"]
    assert payload.content_type == "application/octet-stream"


@pytest.mark.parametrize("bad", ["a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\0b", "a\x7fb", "a\x01"])
def test_no_control_byte_gets_into_a_header(bad: str) -> None:
    with pytest.raises(LocalProtocolError):
        BytesPayload(b"", content_type=bad)
    with pytest.raises(LocalProtocolError):
        BytesPayload(b"", {"X-A": bad})
    with pytest.raises(LocalProtocolError):
        BytesPayload(b"", {bad: "a"})
    with pytest.raises(LocalProtocolError):
        BytesPayload(b"", {"Content-Length": bad})
    payload = BytesPayload(b"")
    with pytest.raises(LocalProtocolError):
        payload.set_content_disposition(bad)
    with pytest.raises(LocalProtocolError):
        payload.set_content_disposition("attachment", filename=bad)
    assert "Content-Disposition" not in payload.headers


def test_headers_that_are_about_the_message_are_refused() -> None:
    assert BytesPayload(b"a", {"Content-Length": "1"}).headers["Content-Length"] == "1"
    for name, value in (("Transfer-Encoding", "chunked"), ("Host", "a"), ("Content-Length", "+1")):
        with pytest.raises(LocalProtocolError):
            BytesPayload(b"", {name: value})


@pytest.mark.parametrize("name", ["content_type", "filename", "encoding"])
def test_arguments_of_another_type_are_refused(name: str) -> None:
    wrong: dict[str, Any] = {name: b"bytes"}
    with pytest.raises(TypeError, match=name):
        BytesPayload(b"", **wrong)
    headers: Any = {"X-A": 1}
    with pytest.raises(TypeError):
        BytesPayload(b"", headers)


@pytest.mark.parametrize(
    ("kind", "params", "expected"),
    [
        ("attachment", {}, "attachment"),
        ("attachment", {"filename": "a.txt"}, 'attachment; filename="a.txt"'),
        ("form-data", {"name": "a", "filename": 'b".txt'}, 'form-data; name="a"; filename="b%22.txt"'),
        ("form-data", {"name": "a\r\nX: b"}, 'form-data; name="a%0D%0AX: b"'),
        ("form-data", {"name": "é"}, 'form-data; name="é"'),
        ("inline", {"filename": "é"}, "inline; filename=\"_\"; filename*=UTF-8''%C3%A9"),
    ],
)
def test_content_disposition(kind: str, params: dict[str, str], expected: str) -> None:
    payload = BytesPayload(b"")
    payload.set_content_disposition(kind, True, **params)
    assert payload.headers["Content-Disposition"] == expected
    payload.set_content_disposition(kind, False, **params)
    assert payload.headers.getall("Content-Disposition") == [expected]


def test_a_payload_shows_what_it_is() -> None:
    assert repr(BytesPayload(b"abc")) == "<BytesPayload application/octet-stream 3 bytes>"
    assert repr(Counted(1, content_type="text/plain")) == "<Counted text/plain unknown size>"


def test_filename_and_encoding_are_kept() -> None:
    payload = Counted(1, None, None, "a.txt", "latin-1")
    assert (payload.filename, payload.encoding, payload.value) == ("a.txt", "latin-1", 1)


def test_whether_there_may_be_more_header_fields_than_the_type_is_known() -> None:
    assert BytesPayload(b"", {"X-A": "1"}).has_headers
    payload = BytesPayload(b"", content_type="a/b")
    assert not payload.has_headers
    payload.set_content_disposition("inline")
    assert payload.has_headers

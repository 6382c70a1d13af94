"""Forms that are sent."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from multidict import MultiDict

from tidewire_http_io import StreamReader
from tidewire_http_io.forms import (
    BodyPartReader,
    FormData,
    MultipartReader,
    MultipartWriter,
    parse_urlencoded,
)
from tidewire_http_io.payloads import BytesPayload, StringPayload, get_payload
from tidewire_http_parser import LocalProtocolError


def stream_of(data: bytes) -> StreamReader:
    stream = StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    return stream


async def parts_of(form: FormData) -> list[tuple[str | None, str | None, str | None, bytes]]:
    """Name, file name, media type and data of each part."""
    payload = form()
    found = []
    async for part in MultipartReader(payload.headers, stream_of(await payload.as_bytes())):
        assert isinstance(part, BodyPartReader)
        assert "Content-Length" not in part.headers
        found.append(
            (part.name, part.filename, part.headers.get("Content-Type"), await part.read(decode=True))
        )
    return found


async def sent(form: FormData) -> bytes:
    return await form().as_bytes()


# -- urlencoded ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ((), b""),
        ([], b""),
        ({"a": "1", "b": "ä"}, b"a=1&b=%C3%A4"),
        ([("a", "1"), ("a", "2")], b"a=1&a=2"),
        ([["a", "1"]], b"a=1"),
        ({"a": ["1", "ä"], "b": (2, 3), "c": [], "d": range(2)}, b"a=1&a=%C3%A4&b=2&b=3&d=0&d=1"),
        ({"a": {"b": 1}, "c": None, "d": 1.5}, b"a=%7B%27b%27%3A+1%7D&c=None&d=1.5"),
        (("a", "1"), b"a=1"),
        ((("a", "1"), ("b", "2")), b"a=1&b=2"),
        (MultiDict([("a", "1"), ("a", "2")]), b"a=1&a=2"),
        ([("a", "1"), MultiDict([("b", "2"), ("b", "3")])], b"a=1&b=2&b=3"),
        ({"a": 1, "b": 2.5, "c": True, "d": None}, b"a=1&b=2.5&c=True&d=None"),
        ({"a&b": "c=d\r\n\0"}, b"a%26b=c%3Dd%0D%0A%00"),
        (((name, name) for name in "ab"), b"a=a&b=b"),
    ],
)
async def test_text_is_urlencoded(fields: Any, body: bytes) -> None:
    form = FormData(fields)
    assert not form.is_multipart
    assert await sent(form) == body
    assert form().headers["Content-Type"] == "application/x-www-form-urlencoded"


async def test_another_charset_is_named() -> None:
    form = FormData({"a": "ä€"}, charset="iso-8859-1")
    assert form().content_type == "application/x-www-form-urlencoded; charset=iso-8859-1"
    assert parse_urlencoded(await sent(form), charset="iso-8859-1") == [("a", "ä&#8364;")]
    assert FormData(charset="UTF-8")().content_type == "application/x-www-form-urlencoded"
    with pytest.raises(LocalProtocolError):
        FormData({"a": "1"}, charset="no-such")()


# -- multipart -----------------------------------------------------------------------------------


async def test_the_bytes_are_those_of_a_browser() -> None:
    form = FormData({'na"me\r\n': "value\r\n"}, default_to_multipart=True)
    form.add_field("file", b"data", filename='fi"le\n.txt', content_type="text/plain")
    payload = form()
    assert isinstance(payload, MultipartWriter)
    boundary = payload.boundary
    assert (
        await sent(form)
        == (
            f'--{boundary}\r\nContent-Disposition: form-data; name="na%22me%0D%0A"\r\n'
            "Content-Type: text/plain; charset=utf-8\r\n\r\nvalue\r\n\r\n"
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="fi%22le%0A.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\ndata\r\n--{boundary}--\r\n"
        ).encode()
    )
    assert payload.content_type == f"multipart/form-data; boundary={boundary}"


async def test_without_quoting_only_quotes_are_escaped() -> None:
    form = FormData({'n"ä\\%22': "1"}, quote_fields=False, default_to_multipart=True)
    form.add_field("f", b"", filename='"')
    assert b'form-data; name="n\\"\xc3\xa4\\\\%22"\r\n' in await sent(form)
    assert b'form-data; name="f"; filename="\\""\r\n' in await sent(form)
    form = FormData({"a\r\nb": "1"}, quote_fields=False)
    form.add_field("f", "", filename="x")
    with pytest.raises(LocalProtocolError):
        form()


NAMES = ["a", "ä b", 'q"', "a\\b", "a\\", '\\"', "%", "%41", "c\rd\ne", "a;b=c", "'", "世界", "é" * 500, ""]


async def test_names_come_back_as_they_were() -> None:
    form = FormData()
    for name in NAMES:
        form.add_field(name, b"x", filename=name)
    assert [(part[0], part[1]) for part in await parts_of(form)] == [(name, name) for name in NAMES]


async def test_kinds_of_values(tmp_path: Path) -> None:
    path = tmp_path / "söme.txt"
    path.write_bytes(b"from disk")
    form = FormData()
    with path.open("rb") as file, tempfile.NamedTemporaryFile() as named:
        named.write(b"named")
        named.seek(0)
        form.add_fields(("text", "ä"), ("bytes", b"\0"), ("file", file), ("memory", io.BytesIO(b"m")), file)
        form.add_field("json", "{}", content_type="application/json")
        form.add_field("named", named, filename="n.bin")
        form.add_field("stream", stream_of(b"streamed"))
        form.add_field("payload", StringPayload("p", content_type="text/x; charset=utf-8"))
        form.add_field("other", "ä", content_type="text/plain; charset=iso-8859-1")
        assert form.is_multipart
        found = await parts_of(form)
    octets = "application/octet-stream"
    assert found == [
        ("text", None, "text/plain; charset=utf-8", "ä".encode()),
        ("bytes", None, octets, b"\0"),
        ("file", "söme.txt", "text/plain", b"from disk"),
        ("memory", "memory", octets, b"m"),
        ("söme.txt", "söme.txt", "text/plain", b"from disk"),
        ("json", None, "application/json", b"{}"),
        ("named", "n.bin", octets, b"named"),
        ("stream", "stream", octets, b"streamed"),
        ("payload", None, "text/x; charset=utf-8", b"p"),
        ("other", None, "text/plain; charset=iso-8859-1", b"\xe4"),
    ]


async def test_a_file_by_itself() -> None:
    file = io.BytesIO(b"data")
    file.name = "x.bin"
    assert await parts_of(FormData(file)) == [("x.bin", "x.bin", "application/octet-stream", b"data")]
    assert await parts_of(FormData(io.BytesIO(b""))) == [
        ("unknown", "unknown", "application/octet-stream", b"")
    ]


async def test_a_received_part_is_sent_on() -> None:
    body = b'--b\r\nContent-Disposition: form-data; name=x; filename="f"\r\nContent-Type: a/b\r\n\r\ndata\r\n--b--'
    part = await MultipartReader({"Content-Type": "multipart/form-data; boundary=b"}, stream_of(body)).next()
    form = FormData()
    form.add_field("y", part)
    assert await parts_of(form) == [("y", "f", "a/b", b"data")]


async def test_another_charset_of_text() -> None:
    form = FormData({"a": "ä"}, charset="iso-8859-1", default_to_multipart=True)
    assert await parts_of(form) == [("a", None, "text/plain; charset=iso-8859-1", b"\xe4")]


async def test_fields_of_a_payload_that_no_form_has_are_dropped() -> None:
    payload = BytesPayload(
        b"x", {"Content-Length": "1", "Content-Encoding": "gzip", "Content-Transfer-Encoding": "7bit"}
    )
    form = FormData({"a": payload})
    assert await parts_of(form) == [("a", None, "application/octet-stream", b"x")]


async def test_the_payload_is_made_once() -> None:
    form = FormData({"a": b"1"})
    assert form() is form()
    assert form().size == len(await sent(form))
    assert form().replayable
    with pytest.raises(RuntimeError):
        form.add_field("b", "2")
    text = FormData({"a": "1"})
    assert await sent(text) == b"a=1"
    text.add_field("b", "2")
    assert await sent(text) == b"a=1&b=2"


async def test_it_is_registered() -> None:
    assert await get_payload(FormData({"a": "1"})).as_bytes() == b"a=1"
    assert get_payload(FormData({"a": "1"}), headers={"X-A": "b"}).headers["X-A"] == "b"
    assert isinstance(get_payload(FormData({"a": b"1"})), MultipartWriter)


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields", [1, "a=1", b"a=1", None, [1], [("a",)], ["ab"], [("a", "b", "c")], [(1, "a")], {1: "a"}]
)
def test_what_are_no_fields(fields: Any) -> None:
    with pytest.raises(TypeError):
        FormData(fields)


@pytest.mark.parametrize("options", [{"name": 1}, {"content_type": 1}, {"filename": 1}, {"filename": b"x"}])
def test_what_is_no_text(options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        FormData().add_field(**{"name": "a", "value": "b", **options})


@pytest.mark.parametrize(
    "options", [{"name": "a\0"}, {"name": "\x1b"}, {"filename": "\0"}, {"filename": "a\x7f"}]
)
@pytest.mark.parametrize("quote_fields", [True, False])
def test_control_characters_do_not_go_out(options: dict[str, Any], quote_fields: bool) -> None:
    with pytest.raises(LocalProtocolError):
        FormData(quote_fields=quote_fields).add_field(**{"name": "a", "value": b"b", **options})


@pytest.mark.parametrize("content_type", ["a/b\r\nX-A: b", "a/b\0", "a/b\n"])
def test_a_media_type_does_not_bring_fields_with_it(content_type: str) -> None:
    with pytest.raises(LocalProtocolError):
        FormData().add_field("a", "b", content_type=content_type)


@pytest.mark.parametrize("value", [1, None, object(), [1]])
def test_what_no_payload_is_made_of(value: Any) -> None:
    form = FormData({"a": value}, default_to_multipart=True)
    with pytest.raises(TypeError):
        form()


def test_the_state_is_shown() -> None:
    assert repr(FormData({"a": "1"})) == "<FormData urlencoded, 1 fields>"
    assert repr(FormData({"a": b"1"})) == "<FormData multipart, 1 fields>"


async def test_a_payload_keeps_its_file_name() -> None:
    form = FormData(
        [("a", BytesPayload(b"x", filename="a.csv", content_type="text/csv")), ("b", BytesPayload(b"y"))]
    )
    form.add_field("c", BytesPayload(b"z", filename="c.csv"), filename="other.txt")
    assert [(name, filename) for name, filename, _, _ in await parts_of(form)] == [
        ("a", "a.csv"),
        ("b", None),
        ("c", "other.txt"),
    ]


async def test_the_lines_of_a_temporary_file_are_no_fields() -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"line\n")
        file.seek(0)
        name = Path(file.name).name
        assert await parts_of(FormData(file)) == [(name, name, "application/octet-stream", b"line\n")]
        file.seek(0)
        form = FormData()
        form.add_fields(file)
        assert [part[:2] for part in await parts_of(form)] == [(name, name)]


@pytest.mark.parametrize("fields", [5, None, "a=b", b"a=b"])
def test_what_is_no_form_is_told_what_one_is(fields: Any) -> None:
    with pytest.raises(
        TypeError, match=f"a mapping, pairs of name and value, or an open file, not {type(fields).__name__}"
    ):
        FormData(fields)

"""One part of a multipart."""

from __future__ import annotations

import asyncio
import base64
import gzip
import zlib
from collections.abc import Iterable
from typing import Any

import pytest

from tidewire_http_io import BodyTooLarge, StreamReader
from tidewire_http_io.forms import (
    BodyPartReader,
    FormTooLarge,
    InvalidText,
    InvalidTransferEncoding,
    MultipartReader,
    UnsupportedTransferEncoding,
)
from tidewire_http_parser import (
    IncompleteContent,
    IncompleteMultipart,
    InvalidContentCoding,
    InvalidMultipart,
    UnsupportedContentCoding,
)
from tidewire_testing import byte_by_byte, random_splits

TEXT = "Grüße, 世界\r\n" * 50
DATA = TEXT.encode()


class Pieces:
    """A content that comes in the pieces given."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    async def readany(self) -> bytes:
        return next(self._pieces, b"")


def part(data: bytes | list[bytes], *fields: str, **options: Any) -> BodyPartReader:
    """A part of these header fields, whose content is at hand, or comes in pieces."""
    pieces = [data] if isinstance(data, bytes) else data
    headers = dict(field.split(": ", 1) for field in fields)
    content = Pieces([piece for piece in (*pieces, b"\r\n--b--\r\n") if piece])
    return BodyPartReader("b", headers, content, **options)


async def next_part(data: bytes, subtype: str = "mixed") -> BodyPartReader:
    """The first part of a multipart."""
    stream = StreamReader()
    stream.feed_data(data)
    stream.feed_eof()
    found = await MultipartReader({"Content-Type": f"multipart/{subtype}; boundary=b"}, stream).next()
    assert isinstance(found, BodyPartReader)
    return found


# -- what it is ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("disposition", "name", "filename"),
    [
        ('form-data; name="a"', "a", None),
        ('form-data; name="a"; filename="b.txt"', "a", "b.txt"),
        ('form-data; name="a%22%0D%0A%0a"; filename="C:\\dir\\x"', 'a"\r\n\n', "C:\\dir\\x"),
        ("attachment; filename=\"x\"; filename*=UTF-8''%C3%A4", None, "ä"),
        ('attachment; filename*0="a"; filename*1=b; filename*2*=%20c', None, "ab c"),
        ("", None, None),
        ("@; name=a", None, None),
    ],
)
def test_names(disposition: str, name: str | None, filename: str | None) -> None:
    found = part(b"", f"Content-Disposition: {disposition}")
    assert (found.name, found.filename) == (name, filename)


def test_no_disposition() -> None:
    found = part(b"")
    assert (found.name, found.filename, found.content_disposition.type) == (None, None, "")


def test_header_fields_have_no_case_and_cannot_be_changed() -> None:
    found = part(b"", "X-a: 1")
    assert found.headers["x-A"] == "1"
    assert not hasattr(found.headers, "add")


def test_the_charset() -> None:
    assert part(b"").get_charset("x") == "x"
    assert part(b"", default_charset="y").get_charset("x") == "y"
    assert part(b"", "Content-Type: a/b; charset=Z", default_charset="y").get_charset("x") == "Z"


# -- reading what was sent -----------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
async def test_the_whole(seed: int) -> None:
    for pieces in random_splits(DATA, 5, seed):
        found = part(pieces)
        assert not found.at_eof()
        assert await found.read() == DATA
        assert found.at_eof()
        assert await found.read() == b""
        assert await found.read_chunk() == b""
        assert await found.readline() == b""


async def test_methods_may_follow_each_other() -> None:
    found = part(b"line\nchunk rest")
    assert await found.readline() == b"line\n"
    assert await found.read_chunk(5) == b"chunk"
    assert await found.read() == b" rest"


async def test_base64_comes_in_whole_groups() -> None:
    data = base64.encodebytes(DATA)
    for size in (1, 5, 77, 1000):
        for pieces in ([data], byte_by_byte(data), *random_splits(data, 3, seed=3)):
            found = part(pieces, "Content-Transfer-Encoding: Base64")
            chunks = []
            while chunk := await found.read_chunk(size):
                chunks.append(chunk)
            assert b"".join(chunks) == data
            assert b"".join([found.decode(chunk) for chunk in chunks]) == DATA


async def test_base64_that_ends_too_early_is_in_the_last_chunk() -> None:
    found = part(b"YWJjZA", "Content-Transfer-Encoding: base64")
    assert [await found.read_chunk() for _ in range(3)] == [b"YWJj", b"ZA", b""]
    found = part([b"YW", *[b" " * 1000] * 10], "Content-Transfer-Encoding: base64")
    with pytest.raises(InvalidTransferEncoding, match="white space"):
        await found.read_chunk()


async def test_the_rest_can_be_let_go() -> None:
    found = part([b"gone"] * 3, "Content-Encoding: gzip", "Content-Transfer-Encoding: x-unknown")
    await found.read_chunk(2)
    await found.release()
    assert found.at_eof()
    assert await found.read() == b""


async def test_a_part_by_itself() -> None:
    """Behind its head, as those who know the boundary have it."""
    assert await BodyPartReader("b", {}, Pieces([b"data\r\n--b\r\n\r\nother\r\n--b--"])).read() == b"data"
    with pytest.raises(IncompleteMultipart):
        await BodyPartReader("b", {}, Pieces([b"data\r\n"])).read()


# -- Content-Length ------------------------------------------------------------------------------


async def test_a_part_is_as_long_as_its_content_length_says() -> None:
    assert await part(b"abc", "Content-Length: 3").read() == b"abc"
    assert await part(b"", "Content-Length: 0").read() == b""
    for data, length in ((b"abcd", 3), (b"ab", 3), (b"x", 0)):
        found = part(data, f"Content-Length: {length}")
        for _ in range(2):
            with pytest.raises(InvalidMultipart, match="Content-Length"):
                await found.read()
        await part(data, f"Content-Length: {length}").release()


@pytest.mark.parametrize("value", ["", "-1", "+1", "1.0", "0x1", "1_0", "²", "9" * 19])
async def test_a_content_length_is_digits(value: str) -> None:
    with pytest.raises(InvalidMultipart, match="Content-Length"):
        part(b"", f"Content-Length: {value}")


async def test_parts_of_a_form_have_neither_length_nor_coding() -> None:
    fields = ("Content-Length: 1", "Content-Encoding: gzip")
    assert await part(b"abc", *fields, subtype="form-data").read(decode=True) == b"abc"
    head = "".join(f"{field}\r\n" for field in fields).encode()
    found = await next_part(b"--b\r\n%b\r\nabc\r\n--b--" % head, "form-data")
    assert await found.text() == "abc"
    with pytest.raises(InvalidMultipart):
        await (await next_part(b"--b\r\n%b\r\nabc\r\n--b--" % head)).read()


# -- decoding ------------------------------------------------------------------------------------

ENCODED = [
    ([], DATA),
    (["Content-Transfer-Encoding: 8bit"], DATA),
    (["Content-Transfer-Encoding: binary", "Content-Encoding: identity"], DATA),
    (["Content-Transfer-Encoding: base64"], base64.encodebytes(DATA)),
    (["Content-Transfer-Encoding: quoted-printable"], b"Gr=C3=BC=\r\n=C3=9Fe, =E4=B8=96=E7=95=8C\r\n" * 50),
    (["Content-Encoding: gzip"], gzip.compress(DATA, mtime=0)),
    (["Content-Encoding: deflate"], zlib.compress(DATA)),
    (["Content-Encoding: deflate, gzip"], gzip.compress(zlib.compress(DATA), mtime=0)),
    (
        ["Content-Encoding: gzip", "Content-Transfer-Encoding: base64"],
        base64.b64encode(gzip.compress(DATA, mtime=0)),
    ),
]


@pytest.mark.parametrize(("fields", "data"), ENCODED)
async def test_encodings_are_taken_off(fields: list[str], data: bytes) -> None:
    for pieces in ([data], byte_by_byte(data), *random_splits(data, 3, seed=4)):
        assert await part(pieces, *fields).read(decode=True) == DATA
        assert await part(pieces, *fields).read() == data
        assert await part(pieces, *fields).text() == TEXT
        assert b"".join([piece async for piece in part(pieces, *fields).iter_decoded(100)]) == DATA
    found = part(data, *fields)
    assert found.decode(data) == found.decode(bytearray(data)) == DATA
    assert b"".join([piece async for piece in found.decode_iter(data)]) == DATA


async def test_reading_may_go_on_decoded() -> None:
    found = part(b"abcdef")
    assert await found.read_decoded(2) == b"ab"
    assert not found.at_eof()
    assert await found.text() == "cdef"
    assert found.at_eof()
    with pytest.raises(ValueError, match="not 0"):
        await found.read_decoded(0)


@pytest.mark.parametrize(
    ("fields", "data", "error"),
    [
        (["Content-Transfer-Encoding: x-uuencode"], b"x", UnsupportedTransferEncoding),
        (["Content-Encoding: x-none"], b"x", UnsupportedContentCoding),
        (["Content-Encoding: " + "gzip, " * 10], b"x", InvalidContentCoding),
        (["Content-Transfer-Encoding: base64"], b"YQ", InvalidTransferEncoding),
        (["Content-Transfer-Encoding: base64"], b"Y!==", InvalidTransferEncoding),
        (["Content-Transfer-Encoding: quoted-printable"], b"=x", InvalidTransferEncoding),
        (["Content-Encoding: gzip"], b"no gzip at all", InvalidContentCoding),
        (["Content-Encoding: gzip"], gzip.compress(DATA, mtime=0)[:-1], IncompleteContent),
        (["Content-Encoding: gzip"], gzip.compress(DATA, mtime=0) + b"x", InvalidContentCoding),
    ],
)
async def test_what_cannot_be_decoded_is_refused(
    fields: list[str], data: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await part(data, *fields).read(decode=True)
    with pytest.raises(error):
        part(b"", *fields).decode(data)
    assert await part(data, *fields).read() == data


BOMB = gzip.compress(bytes(20_000_000))


async def test_a_part_is_decoded_no_further_than_it_is_read() -> None:
    found = part(BOMB, "Content-Encoding: gzip")
    assert await found.read_decoded(1000) == bytes(1000)
    pieces = [len(piece) async for piece in part(BOMB, "Content-Encoding: gzip").iter_decoded(100_000)]
    assert max(pieces) <= 100_000
    assert sum(pieces) == 20_000_000
    found = part(b"", "Content-Encoding: gzip", max_decompress_size=5000)
    steps = [len(piece) async for piece in found.decode_iter(gzip.compress(bytes(100_000)))]
    assert max(steps) <= 5000
    assert sum(steps) == 100_000


async def test_a_bomb_is_refused() -> None:
    with pytest.raises(BodyTooLarge) as caught:
        await part(BOMB, "Content-Encoding: gzip", client_max_size=1_000_000).read(decode=True)
    assert caught.value.limit == 1_000_000
    with pytest.raises(BodyTooLarge) as caught:
        part(b"", "Content-Encoding: gzip").decode(BOMB)
    assert caught.value.limit == 262144


async def test_the_error_for_too_much_can_be_chosen() -> None:
    with pytest.raises(OverflowError, match="2"):
        await part(b"abc", client_max_size=2, max_size_error_cls=OverflowError).read()


# -- what it means -------------------------------------------------------------------------------


async def test_text() -> None:
    assert await part(b"\xe4", "Content-Type: text/plain; charset=iso-8859-1").text() == "ä"
    assert await part(b"\xe4", default_charset="iso-8859-1").text() == "ä"
    assert await part(b"\xe4", "Content-Type: text/plain; charset=ascii").text(encoding="latin-1") == "ä"
    for data, charset in ((b"\xff", "utf-8"), (b"a", "no-such"), (b"a", "zlib")):
        with pytest.raises(InvalidText):
            await part(data, f"Content-Type: text/plain; charset={charset}").text()


async def test_json() -> None:
    assert await part(b'{"a": [1, null]}').json() == {"a": [1, None]}
    assert await part(b"").json() is None
    assert await part('"ä"'.encode("utf-16"), "Content-Type: x/y; charset=utf-16").json() == "ä"
    with pytest.raises(ValueError, match="Expecting"):
        await part(b"{").json()


async def test_form() -> None:
    assert await part(b"a=1&b=%C3%A4+&c\r\n").form() == [("a", "1"), ("b", "ä "), ("c", "")]
    assert await part(b"").form() == []
    assert await part(b"a=%E4").form(encoding="latin-1") == [("a", "ä")]
    with pytest.raises(InvalidText):
        await part(b"a=%E4").form()
    with pytest.raises(FormTooLarge):
        await part(b"a&" * 1001).form()


def test_the_state_is_shown() -> None:
    assert (
        repr(part(b"", "Content-Disposition: form-data; name=a")) == "<BodyPartReader name='a' filename=None>"
    )


@pytest.mark.parametrize(
    ("fields", "read", "begin", "rest", "whole"),
    [
        (b"", "readline", b"one l", b"ine\nanother", b"one line\n"),
        (b"Content-Transfer-Encoding: base64\r\n", "read_chunk", b"YW", b"Jj", b"YWJj"),
    ],
)
async def test_a_read_that_is_cancelled_has_taken_nothing(
    fields: bytes, read: str, begin: bytes, rest: bytes, whole: bytes
) -> None:
    stream = StreamReader()
    stream.feed_data(b"--b\r\n" + fields + b"\r\n" + begin)
    found = await MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, stream).next()
    assert isinstance(found, BodyPartReader)
    reading = asyncio.ensure_future(getattr(found, read)())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    reading.cancel()
    await asyncio.wait([reading])
    assert reading.cancelled()
    stream.feed_data(rest + b"\r\n--b--\r\n")
    stream.feed_eof()
    assert await getattr(found, read)() == whole


@pytest.mark.parametrize("again", ["read", "read_chunk", "text", "iterated"])
@pytest.mark.parametrize(
    ("fields", "body"),
    [(b"", DATA), (b"Content-Encoding: gzip\r\n", gzip.compress(DATA, mtime=0))],
    ids=["as sent", "encoded"],
)
async def test_what_a_cancelled_read_has_collected_is_read_by_the_next(
    fields: bytes, body: bytes, again: str
) -> None:
    stream = StreamReader()
    content_type = {"Content-Type": "multipart/mixed; boundary=b"}
    found = await read_in_vain(
        stream, MultipartReader(content_type, stream, client_max_size=len(DATA)), fields, body
    )
    assert not found.at_eof()
    if again == "read":
        assert await found.read(decode=True) == DATA
    elif again == "text":
        assert await found.text() == TEXT
    elif again == "iterated":
        assert b"".join([piece async for piece in found.iter_decoded(10)]) == DATA
    elif not fields:
        assert b"".join([piece async for piece in found]) == DATA
    else:
        assert b"".join([piece async for piece in found.iter_decoded(1)]) == DATA
    assert found.at_eof()


async def read_in_vain(
    stream: StreamReader, parts: MultipartReader, fields: bytes, body: bytes
) -> BodyPartReader:
    """A part that was read in several goes, all of them cancelled but the last, which is to come."""
    stream.feed_data(b"--b\r\n" + fields + b"\r\n")
    found = await parts.next()
    assert isinstance(found, BodyPartReader)
    for end in (len(body) // 3, len(body) // 2):
        reading = asyncio.ensure_future(found.read(decode=True))
        await asyncio.sleep(0)
        stream.feed_data(body[:end])
        body = body[end:]
        for _ in range(3):
            await asyncio.sleep(0)
        reading.cancel()
        await asyncio.wait([reading])
        assert reading.cancelled()
    stream.feed_data(body + b"\r\n--b--\r\n")
    stream.feed_eof()
    return found


async def test_what_a_cancelled_read_has_collected_can_be_passed_over() -> None:
    stream = StreamReader()
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, stream)
    found = await read_in_vain(stream, parts, b"Content-Encoding: gzip\r\n", gzip.compress(DATA, mtime=0))
    assert await parts.next() is None
    assert await found.read(decode=True) == b""


async def test_decoding_much_lets_others_run() -> None:
    found = part(gzip.compress(bytes(2**23)), "Content-Encoding: gzip")
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.ensure_future(count())
    assert len(await found.read(decode=True)) == 2**23
    assert turns >= 7
    counting.cancel()


async def test_json_that_is_nested_too_deeply_is_no_json() -> None:
    with pytest.raises(ValueError, match="nested"):
        await part(b"[" * 100_000 + b"]" * 100_000).json()

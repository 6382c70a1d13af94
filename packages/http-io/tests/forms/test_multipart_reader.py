"""Multipart content, read part by part."""

from __future__ import annotations

import asyncio
import gc
import re
import tracemalloc
import weakref
from collections.abc import AsyncIterator, Iterable
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_http_io import BodyTooLarge, ResetReason, StreamReader, StreamReset
from tidewire_http_io.forms import BodyPartReader, MultipartReader, parse_urlencoded
from tidewire_http_parser import (
    Data,
    EndOfMessage,
    IncompleteMultipart,
    InvalidMultipart,
    Limits,
    MultipartTooLarge,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
)
from tidewire_http_parser.multipart import MultipartLimits
from tidewire_testing import byte_by_byte, every_way, random_splits, whole

RECORDINGS = Path(__file__).resolve().parent / "recordings"

TEXTS = [
    ("text", None, b"plain text"),
    ("umlaut", None, "Grüße, 世界".encode()),
    ('quo"te', None, b'say "hi" & 100%'),
    ("lines", None, b"one\r\ntwo\r\n"),
]
FILES = [
    ("file", "small.txt", b"line 1\r\nline 2\n--boundary\r\n\r\n--"),
    ("binary", 'Ünï "q".bin', bytes(range(256)) * 2),
    ("empty", "empty.dat", b""),
]
RECORDED: dict[str, list[tuple[str | None, str | None, bytes]]] = {
    "chromium-form": [*TEXTS, *FILES, ("nothing", "", b"")],
    "chromium-fetch": [*TEXTS, *FILES],
    "curl-form": [*TEXTS, *FILES],
    "requests-form": [*TEXTS, *FILES],
    "httpx-form": [*TEXTS, *FILES],
    # Its own escapes, which nobody else undoes.
    "aiohttp-form": [*TEXTS, FILES[0], ("binary", '%C3%9Cn%C3%AF%20"q".bin', FILES[1][2]), FILES[2]],
    "firefox-style": [*TEXTS, *FILES],
}


class Pieces:
    """A content that comes in the pieces given."""

    def __init__(self, pieces: Iterable[bytes], error: Exception | None = None) -> None:
        self._pieces = iter(pieces)
        self._error = error
        self.read = 0

    async def readany(self) -> bytes:
        piece = next(self._pieces, b"")
        self.read += len(piece)
        if not piece and self._error is not None:
            raise self._error
        return piece


def reader(
    data: bytes | Iterable[bytes], content_type: str = "multipart/mixed; boundary=b", **options: Any
) -> MultipartReader:
    pieces = [data] if isinstance(data, bytes) else data
    return MultipartReader({"Content-Type": content_type}, Pieces(pieces), **options)


def recorded(name: str) -> tuple[str, bytes]:
    """The Content-Type and the body of a recorded request."""
    parser = RequestParser(Limits())
    parser.receive_data((RECORDINGS / f"{name}.http").read_bytes())
    parser.receive_eof()
    head = parser.next_event()
    assert isinstance(head, RequestHead)
    body = b""
    while isinstance(event := parser.next_event(), Data):
        body += event.data
    assert isinstance(event, EndOfMessage)
    return dict(head.fields)["Content-Type"], body


async def contents(parts: MultipartReader) -> list[Any]:
    """Everything in a multipart: name, file name and data of each part, a list for a multipart."""
    found: list[Any] = []
    async for part in parts:
        if isinstance(part, MultipartReader):
            found.append(await contents(part))
        else:
            found.append((part.name, part.filename, await part.read(decode=True)))
    assert parts.at_eof()
    return found


# -- recordings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", RECORDED)
async def test_forms_of_real_clients_are_read_byte_by_byte_the_same(name: str) -> None:
    content_type, body = recorded(name)
    for pieces in ([body], byte_by_byte(body), *random_splits(body, 12, seed=1)):
        assert await contents(reader(pieces, content_type)) == RECORDED[name]


async def test_curl_nests_and_encodes() -> None:
    content_type, body = recorded("curl-encoded")
    expected = [TEXTS[0], TEXTS[1], [(None, None, b"one"), (None, None, b"two")]]
    for pieces in ([body], byte_by_byte(body), *random_splits(body, 12, seed=2)):
        assert await contents(reader(pieces, content_type)) == expected


async def test_chromium_names_the_charset() -> None:
    content_type, body = recorded("chromium-charset")
    parts = reader(body, content_type)
    found = [(part.name, await part.text()) async for part in parts if isinstance(part, BodyPartReader)]
    assert found == [("text", "Grüße"), ("beyond", "&#19990;&#30028;")]


def test_chromium_writes_urlencoded() -> None:
    content_type, body = recorded("chromium-urlencoded")
    assert content_type == "application/x-www-form-urlencoded"
    assert parse_urlencoded(body) == [(name, data.decode()) for name, _, data in TEXTS]


# -- parts ---------------------------------------------------------------------------------------

NESTED = (
    b"before\r\n--b\r\n\r\n1\r\n--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"
    b"preamble\r\n--c\r\n\r\n2\r\n--c\r\nContent-Type: Multipart/X; boundary=d\r\n\r\n--d\r\n\r\n3\r\n--d--\r\n"
    b"--c\r\n\r\n4\r\n--c--\r\nepilogue\r\n--b\r\n\r\n5\r\n--b--\r\nafter\r\n"
)


async def test_nested_multiparts_are_read_in_every_split() -> None:
    def leaf(data: bytes) -> tuple[None, None, bytes]:
        return None, None, data

    expected = [leaf(b"1"), [leaf(b"2"), [leaf(b"3")], leaf(b"4")], leaf(b"5")]
    for _, pieces in every_way(NESTED, pairs_below=400):
        assert await contents(reader(pieces)) == expected


async def test_the_content_is_at_its_end_after_the_last_part() -> None:
    stream = StreamReader()
    stream.feed_data(b"--b\r\n\r\nx\r\n--b--\r\nafter\r\n")
    stream.feed_eof()
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, stream)
    assert await parts.next() is not None
    assert await parts.next() is None
    assert await parts.next() is None
    assert stream.at_eof()


async def test_what_was_read_to_its_end_is_no_circle() -> None:
    content_type, body = recorded("curl-form")
    gc.collect()
    gc.disable()
    try:
        parts = reader(body, content_type)
        await contents(parts)
        seen = weakref.ref(parts)
        del parts
        assert seen() is None
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "body",
    [
        b"--b\r\n\r\nleft before its end\r\n--b--\r\n",
        b"--b\r\n\r\nbroken off",
        b"--b\r\nContent-Length: 3\r\n\r\ntoo long\r\n--b--\r\n",
        b"--b\r\nContent-Encoding: gzip\r\n\r\nno gzip\r\n--b--\r\n",
        b"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!!\r\n--b--\r\n",
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n",
    ],
)
async def test_what_was_not_read_to_its_end_is_no_circle_either(body: bytes) -> None:
    gc.collect()
    gc.disable()
    try:
        parts = reader(body)
        part = await parts.next()
        while isinstance(part, MultipartReader):
            part = await part.next()
        assert part is not None
        if b"left" not in body:
            with pytest.raises(RemoteProtocolError):
                await part.read(decode=True)
        seen = weakref.ref(parts), weakref.ref(part)
        del parts, part
        assert [ref() for ref in seen] == [None, None]
    finally:
        gc.enable()


async def test_a_multipart_without_parts() -> None:
    assert await contents(reader(b"--b--\r\n")) == []


async def test_parts_that_were_not_read_are_passed_over() -> None:
    parts = reader(NESTED)
    first = await parts.next()
    assert isinstance(first, BodyPartReader)
    inner = await parts.next()
    assert isinstance(inner, MultipartReader)
    last = await parts.next()
    assert isinstance(last, BodyPartReader)
    assert await last.read() == b"5"
    assert await first.read() == b""
    assert first.at_eof()
    assert await inner.next() is None


async def test_a_nested_multipart_may_be_left_in_the_middle() -> None:
    parts = reader(NESTED)
    await parts.next()
    inner = await parts.next()
    assert isinstance(inner, MultipartReader)
    leaf = await inner.next()
    innermost = await inner.next()
    assert isinstance(leaf, BodyPartReader)
    assert isinstance(innermost, MultipartReader)
    await innermost.next()
    last = await parts.next()
    assert isinstance(last, BodyPartReader)
    assert (await leaf.read(), await inner.next(), await innermost.next()) == (b"", None, None)
    assert await last.read() == b"5"


async def test_a_nested_multipart_that_nobody_reads_may_be_malformed() -> None:
    body = (
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\nno head\r\n--b\r\n\r\nx\r\n--b--\r\n"
    )
    parts = reader(body)
    await parts.next()
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    assert await part.read() == b"x"
    parts = reader(body)
    inner = await parts.next()
    assert isinstance(inner, MultipartReader)
    with pytest.raises(InvalidMultipart):
        await inner.next()


@pytest.mark.parametrize("field", [b"Content-Transfer-Encoding: base64", b"Content-Encoding: gzip"])
async def test_a_multipart_that_is_encoded_is_a_part_like_any_other(field: bytes) -> None:
    part = await reader(
        b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n%b\r\n\r\nLS1jLS0=\r\n--b--\r\n" % field
    ).next()
    assert isinstance(part, BodyPartReader)
    assert await part.read() == b"LS1jLS0="


async def test_everything_may_be_passed_over() -> None:
    content = Pieces([NESTED])
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, content)
    await parts.next()
    await parts.release()
    assert parts.at_eof()
    assert content.read == len(NESTED)
    assert await parts.next() is None


async def test_classes_of_readers_can_be_chosen() -> None:
    class Part(BodyPartReader):
        pass

    class Inner(MultipartReader):
        part_reader_cls: ClassVar[type[BodyPartReader]] = Part

    class Outer(MultipartReader):
        multipart_reader_cls: ClassVar[type[MultipartReader] | None] = Inner

    outer = Outer({"Content-Type": "multipart/mixed; boundary=b"}, Pieces([NESTED]))
    assert type(await outer.next()) is BodyPartReader
    inner = await outer.next()
    assert type(inner) is Inner
    assert type(await inner.next()) is Part
    assert type(await inner.next()) is Inner
    own = Inner({"Content-Type": "multipart/mixed; boundary=b"}, Pieces([NESTED]))
    await own.next()
    assert type(await own.next()) is Inner


async def test_the_charset_of_a_form() -> None:
    def form(charset: bytes, disposition: bytes = b'form-data; name="_charset_"') -> bytes:
        return (
            b"--b\r\nContent-Disposition: %b\r\n\r\n%b\r\n--b\r\nContent-Disposition: form-data; name=a\r\n\r\n\xe4"
            b"\r\n--b--\r\n" % (disposition, charset)
        )

    kind = "multipart/form-data; boundary=b"
    part = await reader(form(b" iso-8859-1 "), kind).next()
    assert isinstance(part, BodyPartReader)
    assert (part.name, await part.text()) == ("a", "ä")
    for charset in (b"x" * 32, b"\xff"):
        parts = reader(form(charset), kind)
        for _ in range(2):
            with pytest.raises(InvalidMultipart, match="_charset_"):
                await parts.next()
    with pytest.raises(InvalidMultipart, match="_charset_"):
        await reader([form(b"x" * 100_000)[n : n + 7] for n in range(0, 100_000, 7)], kind).next()
    for parts in (
        reader(form(b"iso-8859-1")),
        reader(form(b"iso-8859-1", b'form-data; name="_charset_"; filename="x"'), kind),
        reader(form(b"iso-8859-1", b'form-data; name="_CHARSET_"'), kind),
    ):
        part = await parts.next()
        assert isinstance(part, BodyPartReader)
        assert await part.text() == "iso-8859-1"


# -- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "text/plain; boundary=b",
        "multipart/mixed",
        "multipart/mixed; boundary=" + "b" * 71,
        "multipart/mixed; boundary=ä",
    ],
)
def test_a_content_type_without_a_boundary_is_refused(content_type: str) -> None:
    with pytest.raises(InvalidMultipart):
        reader(b"", content_type)


def test_no_content_type_is_refused() -> None:
    with pytest.raises(InvalidMultipart):
        MultipartReader({}, Pieces([]))


def endless(*, first: bytes = b"", piece: bytes = b"x" * 65536) -> Iterable[bytes]:
    if first:
        yield first
    while True:
        yield piece


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"", IncompleteMultipart),
        (b"--b\r\n", IncompleteMultipart),
        (b"--b\r\nA: b", IncompleteMultipart),
        (b"--b\r\n\r\ndata", IncompleteMultipart),
        (b"--b\r\n\r\ndata\r\n--b", IncompleteMultipart),
        (b"--bX\r\n\r\ndata\r\n--bX--", IncompleteMultipart),
        (b"--b \x00\r\n\r\n\r\n--b--", InvalidMultipart),
        (b"--b\r\nno colon\r\n\r\n\r\n--b--", InvalidMultipart),
        (b"--b\r\nA: \x00\r\n\r\n\r\n--b--", InvalidMultipart),
        (b"--b\r\n\r\n\r\n--b--\r\n" + b"x" * 9000, InvalidMultipart),
        (b"--b\r\nContent-Type: multipart/mixed\r\n\r\n\r\n--b--", InvalidMultipart),
        (b"--b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\r\n--b--", InvalidMultipart),
        (b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\n\r\n--b--", InvalidMultipart),
        (endless(), MultipartTooLarge),
        (endless(first=b"--b\r\nA: "), MultipartTooLarge),
        (endless(first=b"--b", piece=b" " * 1000), MultipartTooLarge),
        (endless(first=b"--b\r\n", piece=b"A: b\r\n"), MultipartTooLarge),
        (endless(first=b"--b\r\n\r\n", piece=b"\r\n--b\r\n\r\n"), MultipartTooLarge),
        (endless(first=b"--b--\r\n"), MultipartTooLarge),
    ],
    ids=range(19),
)
async def test_bad_content_is_refused_and_stays_so(
    body: bytes | Iterable[bytes], error: type[Exception]
) -> None:
    parts = reader(body)
    with pytest.raises(error) as caught:
        await contents(parts)
    assert isinstance(caught.value, InvalidMultipart)
    assert caught.value.status in (400, 413)
    with pytest.raises(InvalidMultipart):
        await contents(parts)


async def test_multiparts_are_not_nested_without_end() -> None:
    body = b"--b0\r\n" + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1, 50)
    )
    with pytest.raises(MultipartTooLarge, match="nested"):
        await contents(reader(body, "multipart/mixed; boundary=b0"))


@pytest.mark.parametrize(
    ("options", "head", "fits"),
    [
        ({"max_field_size": 10}, b"A: 3456789\r\n", True),
        ({"max_field_size": 10}, b"A: 34567890\r\n", False),
        ({"max_field_size": 100_000}, b"A: " + b"x" * 90_000 + b"\r\n", True),
        ({"max_headers": 2}, b"A: 1\r\nB: 2\r\n", True),
        ({"max_headers": 2}, b"A: 1\r\nB: 2\r\nC: 3\r\n", False),
        ({"limits": MultipartLimits(parts=1)}, b"", True),
        ({"limits": MultipartLimits(parts=0)}, b"", False),
    ],
)
async def test_limits(options: dict[str, Any], head: bytes, fits: bool) -> None:
    parts = reader(b"--b\r\n" + head + b"\r\n\r\n--b--", **options)
    if fits:
        assert len(await contents(parts)) == 1
    else:
        with pytest.raises(MultipartTooLarge):
            await parts.next()


TWO = b"--b\r\n\r\n12345\r\n--b\r\nContent-Type: multipart/x; boundary=c\r\n\r\n--c\r\n\r\n67890\r\n--c--\r\n--b--\r\n"


async def test_what_all_parts_keep_is_bounded() -> None:
    assert len(await contents(reader(TWO, client_max_size=10))) == 2
    with pytest.raises(BodyTooLarge) as caught:
        await contents(reader(TWO, client_max_size=9))
    assert caught.value.limit == 9


async def test_the_error_for_too_much_can_be_chosen() -> None:
    class TooMuch(Exception):
        pass

    with pytest.raises(TooMuch) as caught:
        await contents(reader(TWO, client_max_size=4, max_size_error_cls=TooMuch))
    assert caught.value.args == (4,)


async def test_what_is_read_in_pieces_is_not_bounded() -> None:
    part = await reader(TWO, client_max_size=1).next()
    assert isinstance(part, BodyPartReader)
    assert await part.read_chunk() == b"12345"


async def test_a_large_part_is_refused_before_it_is_kept() -> None:
    content = Pieces(endless(first=b"--b\r\n\r\n"))
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, content, client_max_size=200_000)
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    with pytest.raises(BodyTooLarge):
        await part.read()
    assert content.read < 300_000


PIECES = st.sampled_from(
    [
        *(b"\r\n", b"--b", b"--c", b"--", b"\r", b"\n", b"x", b"=", b"YQ==", b" "),
        *(b"\r\n--b\r\n", b"\r\n--c\r\n", b"\r\n\r\n", b"\r\n--c--", b"\r\n--b--"),
        b"Content-Type: multipart/x; boundary=c",
        b"Content-Transfer-Encoding: base64",
        b"Content-Transfer-Encoding: quoted-printable",
        b"Content-Encoding: deflate",
        b"Content-Length: 1",
    ]
)


@pytest.mark.slow
@settings(max_examples=200)
@given(pieces=st.lists(PIECES, max_size=25), seed=st.integers(0, 1000))
def test_anything_is_read_or_refused_however_it_is_cut(pieces: list[bytes], seed: int) -> None:
    async def outcome(content: list[bytes]) -> Any:
        try:
            return await contents(reader(content))
        except RemoteProtocolError:
            return "refused"

    body = b"--b\r\n" + b"".join(pieces)
    outcomes = [
        asyncio.run(outcome(cut)) for cut in (whole(body), byte_by_byte(body), *random_splits(body, 3, seed))
    ]
    assert all(other == outcomes[0] for other in outcomes)


@pytest.mark.slow
async def test_what_cannot_be_used_is_not_kept() -> None:
    """Unread parts, small pieces and delimiters that nearly match cost no memory."""
    nearly = b"\r\n--b\r" * 9000
    body = [b"--b\r\n\r\n", *[nearly] * 20, b"\r\n--c" * 1000, b"x" * 1_000_000, b"\r\n--b--"]
    parts = reader(body)
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    with pytest.raises(InvalidMultipart, match="malformed delimiter"):
        await part.read_chunk()
    body = [b"--b\r\n\r\n", *[b"\r\n--bx--b\r\n"] * 10_000, b"\r\n--b--"]
    parts = reader(body)
    await parts.next()
    gc.collect()
    tracemalloc.start()
    try:
        assert await parts.next() is None
        assert tracemalloc.get_traced_memory()[1] < 200_000
    finally:
        tracemalloc.stop()


async def test_a_body_that_breaks_off() -> None:
    stream = StreamReader()
    stream.feed_data(b"--b\r\n\r\nda")
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, stream)
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    stream.reset_received(ResetReason.CANCEL, None)
    assert await part.read_chunk() == b"da"
    for _ in range(2):
        with pytest.raises(StreamReset):
            await part.read()
    with pytest.raises(StreamReset):
        await parts.next()


async def test_a_reader_that_is_cancelled_loses_nothing() -> None:
    stream = StreamReader()
    parts = MultipartReader({"Content-Type": "multipart/mixed; boundary=b"}, stream)
    for piece in byte_by_byte(b"--b\r\nA: b\r\n\r\n"):
        task = asyncio.create_task(parts.next())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        stream.feed_data(piece)
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    assert part.headers["a"] == "b"
    task2 = asyncio.create_task(part.read_chunk())
    await asyncio.sleep(0)
    task2.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task2
    stream.feed_data(b"data\r\n--b--")
    stream.feed_eof()
    assert await part.read() == b"data"
    assert await parts.next() is None


async def test_a_reader_that_is_cancelled_while_it_reads_the_charset_reads_it_later() -> None:
    stream = StreamReader()
    parts = MultipartReader({"Content-Type": "multipart/form-data; boundary=b"}, stream)
    disposition = b"\r\nContent-Disposition: form-data; name="
    for piece in byte_by_byte(b"--b" + disposition + b"_charset_\r\n\r\niso-8859-1\r\n--b" + disposition):
        task = asyncio.create_task(parts.next())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        stream.feed_data(piece)
    stream.feed_data(b"a\r\n\r\n\xe4\r\n--b--")
    stream.feed_eof()
    part = await parts.next()
    assert isinstance(part, BodyPartReader)
    assert (part.name, await part.text()) == ("a", "ä")
    assert await parts.next() is None


def test_the_state_is_shown() -> None:
    parts = reader(b"", 'multipart/form-data; boundary="b c"')
    assert re.fullmatch(r"<MultipartReader form-data boundary='b c'>", repr(parts))
    assert parts.boundary == "b c"
    assert not parts.at_eof()


async def test_it_is_an_iterator() -> None:
    parts: AsyncIterator[Any] = aiter(reader(TWO))
    assert isinstance(await anext(parts), BodyPartReader)
    assert isinstance(await anext(parts), MultipartReader)
    with pytest.raises(StopAsyncIteration):
        await anext(parts)

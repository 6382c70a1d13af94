from __future__ import annotations

from contextlib import aclosing

import pytest
from service import RawServer, Service

from tidewire_client import ClientPayloadError, ClientSession, iter_lines
from tidewire_client._response_lines import LineSplitter
from tidewire_http_io import LineTooLong


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"", "text/plain", []),
        (b"\n", "text/plain", [""]),
        (b"a\nb\r\nc\rd", "text/plain", ["a", "b", "c", "d"]),
        (b"a\n\nb\n", "text/plain", ["a", "", "b"]),
        ("\xe9\u2028\x85\n".encode(), "application/x-ndjson", ["\xe9\u2028\x85"]),
        (b"\xe9\n", "text/plain; charset=latin-1", ["\xe9"]),
    ],
)
async def test_lines_come_without_their_ends(
    service: Service, session: ClientSession, body: bytes, content_type: str, expected: list[str]
) -> None:
    service.on("/", lambda seen: seen.answer(200, body, Content_Type=content_type))
    async with session.get(service.url()) as response:
        assert [line async for line in iter_lines(response)] == expected


async def test_a_line_may_be_very_long(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"x" * 2_000_000 + b"\nend"))
    async with session.get(service.url()) as response:
        assert [len(line) async for line in iter_lines(response)] == [2_000_000, 3]


async def test_what_comes_after_a_line_can_still_be_read(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"head\r\nbody\nmore"))
    async with session.get(service.url()) as response:
        async with aclosing(iter_lines(response)) as lines:
            assert await anext(lines) == "head"
        assert await response.content.read() == b"body\nmore"


async def test_a_charset_may_be_given(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"\xe9\n"))
    async with session.get(service.url()) as response:
        with pytest.raises(ValueError, match="lines cannot be told apart in utf-16"):
            iter_lines(response, encoding="utf-16")
        with pytest.raises(LookupError):
            iter_lines(response, encoding="nope")
        assert [line async for line in iter_lines(response, errors="replace")] == ["\ufffd"]
    async with session.get(service.url()) as response:
        assert [line async for line in iter_lines(response, encoding="latin-1")] == ["\xe9"]


async def test_a_line_that_is_cut_off_is_none(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\none\ntw"
    async with (
        RawServer(answer, closes=True) as server,
        session.get(server.url) as response,
        aclosing(iter_lines(response)) as lines,
    ):
        assert await anext(lines) == "one"
        with pytest.raises(ClientPayloadError):
            await anext(lines)


async def test_lines_can_be_limited(service: Service, session: ClientSession) -> None:
    service.on("/", lambda seen: seen.answer(200, b"ab\nabc\n"))
    async with (
        session.get(service.url()) as response,
        aclosing(iter_lines(response, max_line_length=2)) as lines,
    ):
        assert await anext(lines) == "ab"
        with pytest.raises(LineTooLong):
            await anext(lines)


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_lines_are_the_same_in_all_pieces(end: bytes) -> None:
    body = b"a" + end + end + b"\xe9" + end + b"b"
    for size in range(1, len(body) + 1):
        splitter = LineSplitter()
        pieces = [body[start : start + size] for start in range(0, len(body), size)]
        assert [line for piece in pieces for line in splitter.feed(piece)] == [b"a", b"", b"\xe9"]
        assert splitter.left() == b"b"


def test_many_lines_take_time_in_proportion() -> None:
    splitter = LineSplitter()
    for _ in range(20_000):
        assert list(splitter.feed(b"x")) == []  # one long line in small pieces
    assert [len(line) for line in splitter.feed(b"\r" * 20_000)][:2] == [20_000, 0]


@pytest.mark.parametrize("body", [b"x" * 11, b"x" * 11 + b"\n", b"a\n" + b"x" * 11])
def test_a_line_that_is_too_long_says_so(body: bytes) -> None:
    with pytest.raises(LineTooLong, match="more than 10 bytes"):
        list(LineSplitter(10).feed(body))

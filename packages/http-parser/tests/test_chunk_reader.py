"""Chunks of bodies: what is joined, what is split, and what they may cost."""

from __future__ import annotations

import gc

import pytest

from tidewire_http_parser import (
    NEED_DATA,
    Data,
    EndOfMessage,
    InvalidChunk,
    Limits,
    LineTooLong,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
)

CHUNKED = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"


def fed(data: bytes, limits: Limits | None = None) -> RequestParser:
    parser = RequestParser(limits)
    parser.receive_data(data)
    return parser


def pause(parser: RequestParser) -> None:
    """Read until the parser has nothing more to report."""
    while not isinstance(parser.next_event(), Marker):
        pass


def test_the_chunk_extensions_of_a_message_are_limited_together() -> None:
    chunk = b"1;abcd=efgh\r\nx\r\n"  # ten bytes of extensions
    pause(fed(CHUNKED + chunk * 3 + b"0\r\n\r\n", Limits(chunk_extensions=30)))
    parser = fed(CHUNKED + chunk * 4 + b"0\r\n\r\n", Limits(chunk_extensions=30))
    with pytest.raises(LineTooLong) as caught:
        pause(parser)
    assert (caught.value.limit, caught.value.status) == (30, 413)
    assert caught.value.data == b"1;abcd=efgh"


def test_each_message_has_its_own_chunk_extensions() -> None:
    message = CHUNKED + b"0;abcd=efgh\r\n\r\n"
    parser = fed(message * 3, Limits(chunk_extensions=10))
    for _ in range(3):
        pause(parser)
        parser.next_message()


def test_the_ends_of_chunks() -> None:
    parser = fed(CHUNKED + b"4\r\nab")
    assert isinstance(parser.next_event(), RequestHead)
    ends: list[tuple[bytes, bool]] = []
    for piece in (b"", b"c", b"d", b"\r\n1\r\ne\r\n", b"0\r\n\r\n"):
        parser.receive_data(piece)
        while isinstance(event := parser.next_event(), Data):
            ends.append((event.data, event.ends_chunk))
    assert ends == [(b"ab", False), (b"c", False), (b"d", True), (b"e", True)]


def test_small_chunks_that_came_together_are_one_piece() -> None:
    parser = fed(CHUNKED + b"2\r\nab\r\n1\r\nc\r\n3\r\nde")
    assert isinstance(parser.next_event(), RequestHead)
    event = parser.next_event()
    assert isinstance(event, Data)
    assert (event.data, event.ends_chunk, event.inner_ends) == (b"abcde", False, [2, 3])
    parser.receive_data(b"f\r\n1\r\ng\r\n0\r\n\r\n")
    event = parser.next_event()
    assert isinstance(event, Data)
    assert (event.data, event.ends_chunk, event.inner_ends) == (b"fg", True, [1])
    assert isinstance(parser.next_event(), EndOfMessage)


def test_large_chunks_are_not_joined() -> None:
    parser = fed(CHUNKED + b"1\r\na\r\n2000\r\n" + bytes(8192) + b"\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n")
    assert isinstance(parser.next_event(), RequestHead)
    pieces = []
    while isinstance(event := parser.next_event(), Data):
        pieces.append((len(event.data), event.ends_chunk, event.inner_ends))
    assert pieces == [(1, True, None), (8192, True, None), (2, True, [1])]


@pytest.mark.parametrize("wrong", [b"nonsense\r\n", b"1\r\nbX", b"1;\r\n"])
def test_what_came_before_a_malformed_chunk_is_reported(wrong: bytes) -> None:
    parser = fed(CHUNKED + b"1\r\na\r\n" + wrong)
    assert isinstance(parser.next_event(), RequestHead)
    event = parser.next_event()
    assert isinstance(event, Data)
    assert event.data in (b"a", b"ab")
    with pytest.raises(InvalidChunk):
        parser.next_event()


LARGE = bytes(range(256)) * 20
LINES = [
    b"1400\r\n",
    b"001400\r\n",
    b"1400;a=b\r\n",
    b"1401\r\n",
    b"13ff\r\n",
    b"14x0\r\n",
    b"1400;\r\n",
    b"\r\n",
]


def read_chunks(pieces: list[bytes]) -> tuple[bytes, list[int], bytes, str]:
    """Body, where its chunks end, what is left, and how it ended; nothing between pieces is left unread."""
    parser = RequestParser()
    body = b""
    ends: list[int] = []
    try:
        for piece in pieces:
            before = parser.buffered
            parser.receive_data(piece)
            assert parser.buffered == before + len(piece)
            assert len(parser.trailing_data) == parser.buffered
            while not isinstance(event := parser.next_event(), Marker):
                if isinstance(event, Data):
                    ends += [len(body) + end for end in event.inner_ends or []]
                    body += event.data
                    ends += [len(body)] * event.ends_chunk
    except RemoteProtocolError as error:
        return body, ends, b"", str(error)
    return body, ends, parser.trailing_data, repr(parser.next_event())


@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("last", [b"0\r\n\r\n" + CHUNKED, b"0\r\nA: b\r\n\r\n", b"2\r\nab\r\n", b"X"])
def test_lines_of_large_chunks_may_be_split(line: bytes, last: bytes) -> None:
    """Of a line that is split, the rest is read without a copy of the data behind it: it reads the same."""
    begin = CHUNKED + b"1400\r\n" + LARGE
    data = begin + b"\r\n" + line + LARGE + b"\r\n" + last
    expected = read_chunks([data])
    for first in range(len(begin) - 1, len(begin) + len(line) + 4):
        assert read_chunks([data[:first], data[first:]]) == expected
        for second in range(first, min(first + 4, len(data))):
            assert read_chunks([data[:first], data[first:second], data[second:]]) == expected


def test_a_split_line_may_be_followed_by_more_before_it_is_read() -> None:
    data = CHUNKED + b"1400\r\n" + LARGE + b"\r\n1400\r\n" + LARGE + b"\r\n0\r\n\r\n"
    at = data.rindex(b"1400") + 1
    parser = fed(data[:at])
    pause(parser)
    for piece in (data[at : at + 100], data[at + 100 : at + 300], data[at + 300 :]):
        parser.receive_data(piece)
    assert parser.trailing_data == data[at - 1 :]
    event = parser.next_event()
    assert isinstance(event, Data)
    assert event.data == LARGE
    assert isinstance(parser.next_event(), EndOfMessage)


@pytest.mark.slow
def test_a_million_tiny_chunks() -> None:
    parser = fed(CHUNKED)
    assert isinstance(parser.next_event(), RequestHead)
    piece = b"1\r\nx\r\n" * 1000
    gc.collect()
    objects = len(gc.get_objects())
    count = 0
    for _ in range(1000):
        parser.receive_data(piece)
        while (event := parser.next_event()) is not NEED_DATA:
            assert isinstance(event, Data)
            count += len(event.data)
        assert parser.buffered == 0
    assert count == 1_000_000
    gc.collect()
    assert len(gc.get_objects()) < objects + 100
    parser.receive_data(b"0\r\n\r\n")
    assert isinstance(parser.next_event(), EndOfMessage)

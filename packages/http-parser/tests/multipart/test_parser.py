"""The multipart parser beyond its corpus: its contract, its limits at their borders, its cost."""

from __future__ import annotations

import re
import runpy
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from multidict import istr

from tidewire_http_parser import (
    NEED_DATA,
    IncompleteMultipart,
    InvalidMultipart,
    LocalProtocolError,
    Marker,
    MultipartTooLarge,
)
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.multipart import (
    FINISHED,
    EndOfMultipart,
    EndOfPart,
    MultipartLimits,
    MultipartParser,
    PartData,
    PartHead,
)
from tidewire_testing import byte_by_byte, random_splits, whole

# An import would not find it: tests are in no package and not on the path.
trace: Callable[[Iterable[bytes], Mapping[str, Any]], list[str]] = runpy.run_path(
    str(Path(__file__).with_name("multipart_trace.py"))
)["trace"]

NESTED = b"--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n"


def fed(data: bytes, *, boundary: str = "b", limits: MultipartLimits | None = None) -> MultipartParser:
    parser = MultipartParser(boundary, limits)
    parser.receive_data(data)
    return parser


def drain(parser: MultipartParser) -> None:
    while not isinstance(parser.next_event(), Marker):
        pass


def at_part(data: bytes = b"--b\r\n\r\n", *, limits: MultipartLimits | None = None) -> MultipartParser:
    parser = fed(data, limits=limits)
    assert isinstance(parser.next_event(), PartHead)
    return parser


# -- the contract ----------------------------------------------------------------------------------


def test_the_events_of_a_form() -> None:
    parser = fed(b"--b\r\nContent-Type: text/plain\r\n\r\none\r\n--b--\r\n")
    head = parser.next_event()
    assert isinstance(head, PartHead)
    assert (head.fields, head.depth) == ([("Content-Type", "text/plain")], 0)
    data = parser.next_event()
    assert isinstance(data, PartData)
    assert data.data == b"one"
    assert isinstance(parser.next_event(), EndOfPart)
    assert isinstance(parser.next_event(), EndOfMultipart)
    assert parser.next_event() is NEED_DATA
    parser.receive_eof()
    parser.receive_eof()
    assert parser.next_event() is FINISHED
    assert parser.next_event() is FINISHED


def test_a_name_comes_as_a_shared_istr() -> None:
    head = fed(b"--b\r\ncontent-disposition: form-data\r\n\r\n").next_event()
    assert isinstance(head, PartHead)
    name = head.fields[0][0]
    assert isinstance(name, istr)
    assert name == "Content-Disposition"


def test_a_piece_that_is_all_data_is_not_copied() -> None:
    parser = at_part(b"--b\r\n\r\nx")
    assert isinstance(parser.next_event(), PartData)
    assert parser.next_event() is NEED_DATA
    piece = bytes(1000)
    parser.receive_data(piece)
    event = parser.next_event()
    assert isinstance(event, PartData)
    assert event.data is piece


def test_data_goes_on_after_need_data() -> None:
    parser = at_part()
    assert parser.next_event() is NEED_DATA
    parser.receive_data(b"\r\n-")
    assert parser.next_event() is NEED_DATA
    assert parser.buffered == 3
    parser.receive_data(b"x")
    event = parser.next_event()
    assert isinstance(event, PartData)
    assert event.data == b"\r\n-x"
    assert parser.buffered == 0


def test_the_end_and_the_last_bytes_at_once() -> None:
    parser = fed(b"--b--")
    parser.receive_eof()
    assert isinstance(parser.next_event(), EndOfMultipart)
    assert parser.next_event() is FINISHED


@pytest.mark.parametrize("data", [bytearray(b"x"), memoryview(b"x"), "x", None])
def test_what_is_no_bytes(data: Any) -> None:
    with pytest.raises(TypeError, match=r"receive_data\(\) takes bytes"):
        MultipartParser("b").receive_data(data)


def test_data_after_the_end() -> None:
    parser = MultipartParser("b")
    parser.receive_eof()
    with pytest.raises(LocalProtocolError, match="after receive_eof"):
        parser.receive_data(b"x")


@pytest.mark.parametrize("boundary", ["", "a ", "x" * 71, "a;b", "é", "a\r\nb", "a\0"])
def test_boundaries_that_are_none(boundary: str) -> None:
    with pytest.raises(LocalProtocolError, match="boundary"):
        MultipartParser(boundary)
    parser = at_part()
    with pytest.raises(LocalProtocolError, match="boundary"):
        parser.enter(boundary)
    parser.enter("fine")  # a wrong value of the caller's changes nothing


@pytest.mark.parametrize("arguments", [(b"b",), (None,), (1,), ("b", {}), ("b", 5), (), ("b", None, None)])
def test_wrong_types(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        MultipartParser(*arguments)


def test_enter_takes_a_str_of_any_kind() -> None:
    parser = at_part()
    boundary: Any
    for boundary in (b"c", None):
        with pytest.raises(TypeError):
            parser.enter(boundary)
    parser.enter(istr("c"))
    assert parser.depth == 1
    assert MultipartParser(istr("c")).depth == 0


def test_enter_is_for_the_part_that_was_just_begun() -> None:
    parser = fed(b"--b\r\n\r\none\r\n--b--\r\n")
    while True:
        with pytest.raises(LocalProtocolError, match=r"enter\(\)"):
            parser.enter("c")
        event = parser.next_event()
        while isinstance(event, PartHead):
            event = parser.next_event()
        if event is NEED_DATA:
            break


def test_enter_after_more_bytes_have_come() -> None:
    parser = at_part(NESTED)
    parser.receive_data(b"--c\r\n\r\none\r\n--c--\r\n--b--\r\n")
    parser.enter("c")
    events = [parser.next_event() for _ in range(6)]
    assert [type(event) for event in events] == [
        *(PartHead, PartData, EndOfPart, EndOfMultipart, EndOfPart, EndOfMultipart)
    ]
    assert parser.depth == 0


def test_an_error_of_enter_stays() -> None:
    parser = at_part(NESTED, limits=MultipartLimits(nesting=0))
    with pytest.raises(MultipartTooLarge) as first:
        parser.enter("c")
    assert first.value.limit == 0
    for call in (parser.next_event, lambda: parser.enter("d")):
        with pytest.raises(MultipartTooLarge) as again:
            call()
        assert again.value is first.value


def test_after_an_error_nothing_is_kept() -> None:
    parser = fed(b"--b\r\n\0\r\n" + bytes(1000))
    with pytest.raises(InvalidMultipart):
        parser.next_event()
    parser.receive_data(bytes(1000))
    assert parser.buffered == 0
    with pytest.raises(InvalidMultipart):
        parser.next_event()


@pytest.mark.parametrize(
    ("data", "error", "problem"),
    [
        (b"--b\r\nA\r\n", InvalidMultipart, "field line without a colon, in the head of a part"),
        (b"--b\r\n A: x\r\n", InvalidMultipart, "obsolete line folding"),
        (b"--b\r\nA: x\ny", InvalidMultipart, "bare CR or LF"),
        (b"--b\r\nContent-Type: a\r\nContent-Type: a\r\n\r\n", InvalidMultipart, "repeated content-type"),
        (b"--b x", InvalidMultipart, "malformed delimiter"),
        (b"--b" + b"\t" * 129, MultipartTooLarge, "too much white space after a delimiter"),
        (b"", IncompleteMultipart, "before the first delimiter"),
        (b"--b\r\n", IncompleteMultipart, "within the head of a part"),
        (b"--b\r\n\r\n", IncompleteMultipart, "without a closing delimiter"),
    ],
)
def test_what_errors_say(data: bytes, error: type[InvalidMultipart], problem: str) -> None:
    parser = fed(data)
    parser.receive_eof()
    with pytest.raises(error) as caught:
        drain(parser)
    assert problem in caught.value.problem


# -- limits at their borders -----------------------------------------------------------------------

LIMITED = [
    # a limit, how many of it, the content with so many, the text of what is too much
    ("parts", lambda n: b"--b\r\n\r\n\r\n" * n + b"--b--", "too many parts"),
    ("fields", lambda n: b"--b\r\n" + b"A: x\r\n" * n + b"\r\n\r\n--b--", "too many field lines"),
    ("field", lambda n: b"--b\r\nA:" + b"x" * (n - 2) + b"\r\n\r\n\r\n--b--", "field line of a part"),
    ("head", lambda n: b"--b\r\nA:" + b"x" * (n - 6) + b"\r\n\r\n\r\n--b--", "head of a part too long"),
    ("preamble", lambda n: b"x" * n + b"\r\n--b--", "preamble too long"),
    ("epilogue", lambda n: b"--b--\r\n" + b"x" * n, "epilogue too long"),
]


@pytest.mark.parametrize(("name", "content", "problem"), LIMITED)
@pytest.mark.parametrize("limit", [6, 40])
def test_limits_at_their_borders(name: str, content: Any, problem: str, limit: int) -> None:
    meta = {"limits": {name: limit}}
    for split in (whole, byte_by_byte):
        assert trace(split(content(limit)), meta)[-1] == "finished"
        assert trace(split(content(limit + 1)), meta)[-1] == "error MultipartTooLarge 413"
    parser = fed(content(limit + 1), limits=MultipartLimits(**{name: limit}))
    with pytest.raises(MultipartTooLarge) as caught:
        drain(parser)
    assert problem in caught.value.problem
    assert caught.value.limit == limit


@pytest.mark.parametrize(
    ("limits", "data"),
    [
        ({"parts": 0}, b"--b\r\n"),
        ({"preamble": 10}, b"x" * 11),
        ({"epilogue": 10}, b"--b--\r\n" + b"x" * 11),
        ({"field": 10}, b"--b\r\nA: 34567890x"),
        ({"head": 10}, b"--b\r\nA: 3456789"),
        ({"head": 1}, b"--b\r\n\r"),
        ({"head": 0}, b"--b\r\n"),
        ({"fields": 0}, b"--b\r\nA: x\r\n"),
    ],
)
def test_what_is_too_much_is_refused_when_its_first_byte_is_there(
    limits: dict[str, int], data: bytes
) -> None:
    parser = MultipartParser("b", MultipartLimits(**limits))
    for octet in byte_by_byte(data)[:-1]:
        parser.receive_data(octet)
        drain(parser)
    parser.receive_data(data[-1:])
    with pytest.raises(MultipartTooLarge):
        drain(parser)


def failure(pieces: list[bytes], limits: MultipartLimits) -> tuple[str, int] | None:
    """What a content is refused for."""
    parser = MultipartParser("b", limits)
    try:
        for piece in pieces:
            parser.receive_data(piece)
            drain(parser)
        parser.receive_eof()
        drain(parser)
    except MultipartTooLarge as error:
        return error.problem, error.limit
    return None


@pytest.mark.parametrize("field", range(6, 12))
@pytest.mark.parametrize("head", range(8, 18))
def test_which_of_two_limits_it_is(field: int, head: int) -> None:
    """The one that is passed first; a line that cannot end within the head is not looked at."""
    limits = MultipartLimits(field=field, head=head)
    for size in range(2, 20):
        data = b"--b\r\nA:" + b"x" * (size - 2) + b"\r\n\r\n\r\n--b--"
        expected = None
        if size > field and field + 2 <= head:
            expected = "field line of a part too long", field
        elif size + 4 > head:
            expected = "head of a part too long", head
        assert failure([data], limits) == expected
        assert failure(byte_by_byte(data), limits) == expected


def test_a_field_line_of_the_greatest_length() -> None:
    """Longer than what field lines are read from at a time."""
    line = b"A: " + b"x" * 40000
    data = b"--b\r\n" + line + b"\r\n\r\none\r\n--b--"
    meta = {"limits": {"field": len(line), "head": len(line) + 4}}
    for pieces in random_splits(data, 3, 1):
        assert trace(pieces, meta)[-4:] == ['data "one"', "end-of-part 0", "end-of-multipart 0", "finished"]
    for limits in ({"field": len(line) - 1, "head": 99999}, {"field": 99999, "head": len(line) + 3}):
        assert trace(whole(data), {"limits": limits}) == ["error MultipartTooLarge 413"]


# -- what is true of all contents ------------------------------------------------------------------

TOKENS = [
    *(b"\r\n--b", b"\r\n--b--", b"\r\n--b\r\n", b"\r\n--bc", b"\r\n--bc--\r\n", b"--", b"-", b"b", b"c"),
    *(b"\r", b"\n", b"\r\n", b"\r\n\r\n", b" ", b"\t", b"\0", b"\xff", b":", b"A: x\r\n", b"one"),
    *(b"Content-Type: multipart/mixed; boundary=bc\r\n", b"Content-Type: multipart/x; boundary=b:\r\n"),
    *(b"\r\n--b:\r\n", b"x" * 30, b" " * 129, b"A: x\r\n" * 5),
]
SMALL = {"parts": 6, "field": 50, "fields": 4, "head": 70, "preamble": 12, "epilogue": 12, "nesting": 2}


def contents() -> st.SearchStrategy[bytes]:
    starts = st.sampled_from(
        [b"", b"--b\r\n", b"--b\r\n\r\none", NESTED, NESTED.replace(b"=c", b"=bc") + b"--bc\r\n\r\n"]
    )
    pieces = st.lists(st.sampled_from(TOKENS) | st.binary(max_size=4), max_size=14).map(b"".join)
    return st.tuples(starts, pieces).map(b"".join)


def check_splits(data: bytes, meta: dict[str, Any]) -> list[str]:
    """Hold that a trace is the same for every split; `trace` lets the designed errors pass and nothing else."""
    expected = trace(whole(data), meta)
    assert trace(byte_by_byte(data), meta) == expected
    for pieces in random_splits(data, 4, len(data)):
        assert trace(pieces, meta) == expected
    return expected


@pytest.mark.slow
@settings(deadline=None, max_examples=400)
@given(contents(), st.booleans(), st.booleans(), st.sampled_from([{}, SMALL]))
def test_splits_change_nothing(data: bytes, enter: bool, is_open: bool, limits: dict[str, int]) -> None:
    check_splits(data, {"enter": enter, "open": is_open, "limits": limits})


@pytest.mark.slow
@settings(deadline=None)
@given(contents(), st.sampled_from(sorted(SMALL)), st.integers(0, 60))
def test_splits_change_nothing_at_any_limit(data: bytes, name: str, limit: int) -> None:
    check_splits(data, {"enter": True, "limits": {name: limit}})


@pytest.mark.slow
@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    check_splits(data, {})
    check_splits(b"--b\r\n" + data, {})
    check_splits(b"--b\r\n\r\n" + data + b"\r\n--b--", {})


PIECES = [b"\r\n--b", b"\r\n-", b"\r\n", b"\r", b"\n", b"-", b"b", b"x"]
DELIMITER = re.compile(rb"\r\n--b(--)?(?![-bx])")


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))
def test_data_is_what_was_sent(data: bytes) -> None:
    """Where no delimiter is in it by another definition than the parser's."""
    content = b"--b\r\n\r\n" + data + b"\r\n--b--\r\n"
    if any(match.end() < len(content) - 2 for match in DELIMITER.finditer(content, 3)):
        return
    parser = at_part(content)
    read = b""
    while isinstance(event := parser.next_event(), PartData):
        read += event.data
    assert read == data
    assert isinstance(event, EndOfPart)


def test_splits_that_no_generator_may_find() -> None:
    """Every pair of a content and a token, at every place: a fixed set that each run has."""
    random = Random(1)
    for start in (b"--b\r\nA: x\r\n\r\none\r\n--b--\r\n", NESTED + b"--c\r\n\r\none\r\n--c--\r\n--b--\r\n"):
        for token in TOKENS:
            for _ in range(3):
                place = random.randrange(len(start))
                check_splits(start[:place] + token + start[place:], {"enter": True})


# -- cost ------------------------------------------------------------------------------------------


class Counted(bytes):
    """Bytes that count how many of them a search may look at."""

    looked_at = 0

    def find(self, sub: Any, start: Any = 0, end: Any = None) -> int:
        size = len(self)
        stop = size if end is None else min(size, end)
        found = super().find(sub, start, stop)
        Counted.looked_at += (stop if found < 0 else found + len(sub)) - start
        return found


def hostile() -> Iterator[tuple[str, bytes]]:
    for line in (b"\r\n--b", b"\r\n--c", b"\r\n--d"):
        yield f"only {line!r}", (line + b"x") * 3000
    yield "in turn", b"\r\n--bx\r\n--cx\r\n--dx" * 1000
    yield "one level, then another", b"\r\n--bx" * 1500 + b"\r\n--dx" * 1500
    yield "many parts", b"\r\n--d\r\n\r\n" * 1500
    yield "none", b"x" * 18000


@pytest.mark.parametrize(("how", "data"), [pytest.param(*each, id=each[0]) for each in hostile()])
def test_each_level_searches_each_byte_about_once(how: str, data: bytes) -> None:
    """What a peer sends decides how often lines look like delimiters, and on which level."""
    parser = MultipartParser("b", MultipartLimits(parts=10_000))
    parser.receive_data(NESTED)
    for boundary in ("c", "d"):
        assert isinstance(parser.next_event(), PartHead)
        parser.enter(boundary)
        parser.receive_data(f"--{boundary}\r\n\r\n".encode())
    assert isinstance(parser.next_event(), PartHead)
    parser.receive_data(b"x")
    drain(parser)
    Counted.looked_at = 0
    parser.receive_data(Counted(data))
    drain(parser)
    # Compiled, long pieces are searched by other means first; test_delimiters.py counts those.
    assert Counted.looked_at <= 6 * len(data)
    assert Counted.looked_at >= len(data) or not INTERPRETED


@pytest.mark.parametrize("end", [b"", b"\r\n--boundary" + b" " * 128, b"\r", b"\r\n--boundar"])
def test_what_is_kept_does_not_grow_with_what_is_fed(end: bytes) -> None:
    for size in (10, 10_000):
        parser = fed(b"--boundary\r\n\r\n" + b"\r\n--boundarx" * size + end, boundary="boundary")
        drain(parser)
        assert parser.buffered == len(end)

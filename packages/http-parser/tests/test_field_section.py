"""Field sections; corpus/ has them in whole messages."""

from __future__ import annotations

import pytest
from multidict import istr

from tidewire_http_parser import InvalidField, InvalidHost, LineTooLong, TooManyFields
from tidewire_http_parser._field_section import ALL_ONCE, FRAMING_ONCE, FieldSection
from tidewire_http_parser._leniencies import BARE_LF, CONTROL_CHARACTERS, OBS_FOLD, STRICT

LINES = b"Host: a\r\nx-own:b\r\nCONNECTION: c\r\nConnection: d\r\n"


def section(once: int = ALL_ONCE, line: int = 100, count: int = 10, lenient: int = STRICT) -> FieldSection:
    return FieldSection(line, count, once, lenient)


def test_lines_and_the_empty_one() -> None:
    fields = section()
    data = b"before" + LINES + b"\r\nbehind\n"
    assert fields.parse(data, 6, len(data)) == 6 + len(LINES) + 2
    assert fields.complete
    assert fields.fields == [("Host", "a"), ("x-own", "b"), ("Connection", "c"), ("Connection", "d")]
    assert (fields.host, fields.connection) == ("a", "c,d")
    assert isinstance(fields.fields[0][0], istr)


def test_line_by_line() -> None:
    fields = section()
    pos = 0
    for _ in range(4):
        pos = fields.parse(LINES, pos, LINES.index(b"\n", pos) + 1)
        assert not fields.complete
    assert pos == len(LINES)
    assert len(fields.fields) == 4


def test_a_body_behind_the_head_is_not_decoded() -> None:
    # Where it were, its bytes would turn the values of ASCII into values that are decoded one by one.
    fields = section()
    data = b"\xff" * 1000 + b"X: a\r\n\r\n" + b"\xff" * 1000
    assert fields.parse(data, 1000, 1008) == 1008
    assert fields.fields == [("X", "a")]


def test_a_new_message_knows_nothing_of_the_last() -> None:
    fields = section(count=2)
    data = b"Host: a\r\nConnection: b\r\n\r\n"
    for _ in range(3):
        fields.begin_message()
        fields.parse(data, 0, len(data))
        assert len(fields.fields) == 2
    fields.begin_message()
    for value in (
        fields.host,
        fields.content_length,
        fields.transfer_encoding,
        fields.connection,
        fields.upgrade,
    ):
        assert value is None
    assert (fields.fields, fields.expect, fields.complete) == ([], None, False)


def test_lists_that_were_handed_out_stay() -> None:
    fields = section()
    fields.parse(b"X: a\r\n\r\n", 0, 8)
    first = fields.fields
    fields.begin_message()
    fields.parse(b"X: b\r\n\r\n", 0, 8)
    assert first == [("X", "a")]


def test_trailers_count_with_the_head() -> None:
    fields = section(count=2)
    fields.parse(b"X: a\r\n\r\n", 0, 8)
    fields.begin_trailers()
    fields.parse(b"Y: a\r\n", 0, 6)
    assert fields.fields == [("Y", "a")]
    with pytest.raises(TooManyFields) as caught:
        fields.parse(b"Z: a\r\n", 0, 6)
    assert caught.value.limit == 2


def test_trailers_decide_nothing() -> None:
    fields = section()
    fields.begin_trailers()
    lines = b"Connection: close\r\nUpgrade: x\r\nExpect: 100-continue\r\nETag: a\r\netag: a\r\n\r\n"
    fields.parse(lines, 0, len(lines))
    assert (fields.connection, fields.upgrade, fields.expect) == (None, None, None)
    assert len(fields.fields) == 5


@pytest.mark.parametrize("once", [ALL_ONCE, FRAMING_ONCE])
@pytest.mark.parametrize("name", [b"Content-Length", b"TRANSFER-encoding"])
def test_framing_fields_come_once(once: int, name: bytes) -> None:
    line = name + b": 1\r\n"
    with pytest.raises(InvalidField):
        section(once).parse(line * 2, 0, 2 * len(line))


def test_host_is_looked_at_in_requests_only() -> None:
    with pytest.raises(InvalidHost):
        section().parse(b"Host: a b\r\n", 0, 11)
    response = section(FRAMING_ONCE)
    response.parse(b"Host: a b\r\nHost: c\r\n", 0, 20)
    assert response.host is None


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b" a: b", "folding"),
        (b"\ta: b", "folding"),
        (b": b", "empty field name"),
        (b"a", "without a colon"),
        (b"a\nb: c", "bare CR or LF"),
        (b"a: b\rc", "bare CR or LF"),
        (b"a b: c", "forbidden byte"),
        (b"a: \0", "forbidden byte"),
    ],
)
def test_the_error_says_what_it_is(line: bytes, words: str) -> None:
    with pytest.raises(InvalidField) as caught:
        section().parse(b"ok: ok\r\n" + line + b"\r\n", 8, 8 + len(line) + 2)
    assert words in caught.value.problem
    assert line.startswith(caught.value.data.rstrip(b"\r"))


def test_limits() -> None:
    section(line=7).parse(b"X: 4567\r\n", 0, 9)
    with pytest.raises(LineTooLong) as caught:
        section(line=7).parse(b"X: 45678\r\n", 0, 10)
    assert (caught.value.limit, caught.value.status) == (7, 431)


@pytest.mark.parametrize("line", [b"", b"X: 4567", b"X: 4567\r"])
def test_partial_lines(line: bytes) -> None:
    section(line=7).check_partial(b"\0" + line, 1)


@pytest.mark.parametrize(
    ("line", "error"),
    [(b"X: 45678\r", LineTooLong), (b"X: 4567\rX", InvalidField), (b"X 4567890", InvalidField)],
)
def test_partial_lines_that_cannot_become_one(line: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        section(line=7).check_partial(line, 0)


def test_bare_lf_ends_lines_where_it_is_overlooked() -> None:
    fields = section(lenient=BARE_LF)
    data = b"A: b \nC: d\r\n\nbehind\n"
    assert fields.parse(data, 0, len(data)) == len(data) - 7
    assert fields.complete
    assert fields.fields == [("A", "b"), ("C", "d")]


def test_the_end_of_a_section_is_no_field_line_whatever_ends_it() -> None:
    for lenient, end in ((STRICT, b"\r\n"), (BARE_LF, b"\n")):
        fields = section(count=1, lenient=lenient)
        data = b"A: b\r\n" + end
        assert fields.parse(data, 0, len(data)) == len(data)
        assert fields.complete
    with pytest.raises(TooManyFields):
        section(count=1, lenient=BARE_LF).parse(b"A: b\nC: d\n\n", 0, 11)


def test_folded_lines_are_joined_where_they_are_overlooked() -> None:
    fields = section(lenient=OBS_FOLD)
    data = b"A: b\r\n  c\td \r\n\t\r\n e\r\nF:\r\n g\r\n\r\n"
    assert fields.parse(data, 0, len(data)) == len(data)
    assert fields.fields == [("A", "b c\td e"), ("F", "g")]


@pytest.mark.parametrize(
    "lines", [b" a: b\r\n", b"\ta\r\n", b"A: b\n c\r\n", b"A: b\r\n c\n", b"A: b\r\n c\0d\r\n"]
)
def test_what_is_no_folded_line_is_not_overlooked(lines: bytes) -> None:
    with pytest.raises(InvalidField):
        section(lenient=OBS_FOLD).parse(lines, 0, len(lines))


@pytest.mark.parametrize(
    "name", [b"Content-Length", b"transfer-encoding", b"Connection", b"Upgrade", b"Host"]
)
def test_what_frames_a_message_is_not_folded(name: bytes) -> None:
    lines = name + b": 1\r\n 2\r\n"
    with pytest.raises(InvalidField, match="folding"):
        section(lenient=OBS_FOLD).parse(lines, 0, len(lines))


def test_folded_lines_count_as_lines_and_as_one_line() -> None:
    lines = b"A: b\r\n c\r\n d\r\n"
    section(lenient=OBS_FOLD, count=3, line=9).parse(lines, 0, len(lines))
    with pytest.raises(TooManyFields):
        section(lenient=OBS_FOLD, count=2).parse(lines, 0, len(lines))
    with pytest.raises(LineTooLong):
        section(lenient=OBS_FOLD, line=7).parse(lines, 0, len(lines))


def test_control_characters_where_they_are_overlooked() -> None:
    lines = bytes([0x41, 0x3A, *(octet for octet in range(1, 256) if octet not in b"\r\n"), 0x0D, 0x0A])
    fields = section(lenient=CONTROL_CHARACTERS, line=300)
    fields.parse(lines, 0, len(lines))
    assert fields.fields == [("A", lines[2:-2].strip(b" \t").decode("utf-8", "surrogateescape"))]
    for line in (b"A: b\0\r\n", b"A: b\rc\r\n", b"A\x01: b\r\n", b"A: b\n"):
        with pytest.raises(InvalidField):
            section(lenient=CONTROL_CHARACTERS).parse(line, 0, len(line))

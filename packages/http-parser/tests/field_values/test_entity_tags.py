"""Entity tags are compared and read as RFC 9110, sections 8.8.3 and 13.1, says."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import ETag, format_etag, parse_etag, parse_etags

A, B, WEAK_A = ETag("a"), ETag("b"), ETag("a", True)


def test_a_tag_is_a_value() -> None:
    assert ETag("a", is_weak=True) == WEAK_A != A != B
    assert len({A, B, WEAK_A, ETag("a")}) == 3
    assert A != "a"
    assert (WEAK_A.value, WEAK_A.is_weak, A.is_weak) == ("a", True, False)
    assert pickle.loads(pickle.dumps(WEAK_A)) == WEAK_A
    assert copy.deepcopy(WEAK_A) == WEAK_A
    assert repr(WEAK_A) == "ETag(value='a', is_weak=True)"
    fixed: Any = A
    for name in ("value", "is_weak", "other"):
        with pytest.raises(AttributeError):
            setattr(fixed, name, "x")


@pytest.mark.parametrize("arguments", [(b"a",), (None,), ("a", 1), ("a", None)])
def test_a_tag_of_other_types(arguments: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError):
        ETag(*arguments)


@pytest.mark.parametrize(
    ("one", "other", "strongly", "weakly"),
    [
        (ETag("1", True), ETag("1", True), False, True),
        (ETag("1", True), ETag("2", True), False, False),
        (ETag("1", True), ETag("1"), False, True),
        (ETag("1"), ETag("1"), True, True),
        (ETag("1"), ETag("2"), False, False),
    ],
)
def test_the_table_of_the_rfc(one: ETag, other: ETag, strongly: bool, weakly: bool) -> None:
    assert one.matches_strongly(other) is other.matches_strongly(one) is strongly
    assert one.matches_weakly(other) is other.matches_weakly(one) is weakly


def test_a_tag_matches_no_text() -> None:
    text: Any = "a"
    with pytest.raises(TypeError):
        A.matches_strongly(text)
    with pytest.raises(TypeError):
        A.matches_weakly(text)


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ('"a"', A),
        ('W/"a"', WEAK_A),
        ('""', ETag("")),
        ('W/""', ETag("", True)),
        ('"*"', ETag("*")),
        ('"a,b\\c;W/"', ETag("a,b\\c;W/")),
        ('"\u00e9\udcff"', ETag("\u00e9\udcff")),
    ],
)
def test_tags(value: str, tag: ETag) -> None:
    assert parse_etag(value) == tag
    assert format_etag(tag) == value
    assert parse_etags(value) == [tag]


@pytest.mark.parametrize(
    "value",
    [
        *(
            "",
            "a",
            "*",
            '"',
            '"a',
            'a"',
            "'a'",
            'w/"a"',
            'W"a"',
            'W/ "a"',
            "W/",
            'W/"',
            "W/a",
            '"a" ',
            ' "a"',
        ),
        *('"a b"', '"a\tb"', '"a""b"', '"a", "b"', '"a\x00"', '"a\x7f"', '"a"x', 'W/W/"a"'),
    ],
)
def test_values_that_are_no_tag(value: str) -> None:
    with pytest.raises(InvalidFieldValue):
        parse_etag(value)


@pytest.mark.parametrize(
    ("value", "tags"),
    [
        ("*", "*"),
        ('"*"', [ETag("*")]),
        ('"a", W/"a" ,"b"', [A, WEAK_A, B]),
        (' ,, "a",,\t"b", ', [A, B]),
        ('"a" , "b"', [A, B]),
        ("", []),
        (" * ", []),
        ('*, "a"', []),
        ('"a", *', [A]),
        ('"a", b, "b"', [A]),
        ('"a" "b"', []),
        ('"a"x, "b"', []),
        ('a", "b"', []),
        ('"a", "b', [A]),
        ('"a", w/"b"', [A]),
    ],
)
def test_lists_are_read_up_to_their_first_fault(value: str, tags: Any) -> None:
    assert parse_etags(value) == tags


def test_tags_behind_the_limit_are_left() -> None:
    assert parse_etags('"a", "b"', 1) == [A]
    assert parse_etags('"a"', 0) == []


@pytest.mark.parametrize("function", [parse_etag, parse_etags])
def test_parse_arguments_of_other_types(function: Any) -> None:
    for value in (None, b'"a"', 1):
        with pytest.raises(TypeError):
            function(value)


@pytest.mark.parametrize("value", ['"', "a b", "a\tb", "a\r\nb", "\x00", "\x7f", "\ud800"])
def test_tags_that_may_not_go_out(value: str) -> None:
    with pytest.raises(LocalProtocolError):
        format_etag(ETag(value))


def test_what_is_no_tag_is_not_formatted() -> None:
    tag: Any = '"a"'
    with pytest.raises(TypeError):
        format_etag(tag)


@given(st.lists(st.builds(ETag, st.text(st.characters(codec=None)) | st.text("aW/*,\udc80"), st.booleans())))
def test_what_is_sent_is_read_as_it_was_meant(tags: list[ETag]) -> None:
    try:
        values = [format_etag(tag) for tag in tags]
    except LocalProtocolError:
        return
    assert [parse_etag(value) for value in values] == tags
    assert parse_etags(", ".join(values)) == tags


@given(st.text(st.characters(codec=None)) | st.text('aW/*", \udc80'))
def test_nothing_else_is_raised(value: str) -> None:
    tags = parse_etags(value)
    assert isinstance(tags, str) or all(isinstance(tag, ETag) for tag in tags)
    try:
        tag = parse_etag(value)
    except InvalidFieldValue:
        return
    assert format_etag(tag) == value


@pytest.mark.slow
@pytest.mark.parametrize("piece", ['"",', '"a", ', ",", '"', "W/", ' "a"', '"a" ', "a", ", ", '"\u20ac",'])
@pytest.mark.parametrize("start", ["", '"'])
def test_a_list_of_a_megabyte_gives_a_bounded_number_of_tags(start: str, piece: str) -> None:
    tags = parse_etags(start + piece * (1_000_000 // len(piece)))
    assert len(tags) <= 1000

"""Parameters beyond ASCII: what is encoded is decoded, and what cannot be is not there."""

from __future__ import annotations

import itertools
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values._extended_values import (
    decode_extended,
    encode_extended,
    percent_decode,
    preferred_parameter,
)

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters=[*map(chr, range(32)), "\x7f"]))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("UTF-8'en'%E2%82%AC%20rates", "€ rates"),
        ("utf-8''a", "a"),
        ("utf8''%c3%a9", "é"),
        ("iso-8859-1'en'%A3%20rates", "£ rates"),
        ("''%C3%A9", "é"),
        ("us-ascii''a%20b", "a b"),
        ("UTF-8''", ""),
        ("UTF-8''it's (1)*!", "it's (1)*!"),
    ],
)
def test_values(value: str, text: str) -> None:
    assert decode_extended(value) == text


@pytest.mark.parametrize(
    "value",
    [
        "",
        "a",
        "UTF-8'a",
        "UTF-8''%",
        "UTF-8''%4",
        "UTF-8''%zz",
        "UTF-8''a%20%2",
        "UTF-8''%FF",
        "us-ascii''%C3",
        "UTF-8''é",
        "UTF-8''%0D%0A",
        "UTF-8''%00",
        "UTF-8''%7F",
        "utf-7''+AOk-",
        "idna''a",
        "hex''61",
        "\0''a",
        "no-such''a",
    ],
)
def test_what_cannot_be_decoded(value: str) -> None:
    assert decode_extended(value) is None


@given(TEXTS)
def test_what_goes_out_comes_back(text: str) -> None:
    value = encode_extended(text)
    assert value.isascii()
    assert urllib.parse.unquote(value.partition("''")[2]) == text
    assert decode_extended(value) == text


@given(st.text(alphabet="aF0%2'é") | st.text())
def test_percent_decoding_is_as_the_library_has_it(text: str) -> None:
    decoded = percent_decode(text)
    if decoded is not None:
        assert decoded == urllib.parse.unquote_to_bytes(text)
    else:
        assert "%" in text or not text.isascii()


@pytest.mark.parametrize("text", ["a\r\nb", "\0", "\t", "\x7f", "\ud800"])
def test_control_characters_do_not_go_out(text: str) -> None:
    with pytest.raises(LocalProtocolError):
        encode_extended(text)


@pytest.mark.parametrize(
    ("parameters", "text"),
    [
        ({}, None),
        ({"f": "a"}, "a"),
        ({"f": "a", "f*0": "b"}, "b"),
        ({"f": "a", "f*0": "b", "f*": "c"}, "c"),
        ({"f*0": "a", "f*1": "b", "f*3": "d"}, "ab"),
        ({"f*1": "b"}, None),
        ({"f*0*": "UTF-8''%C3", "f*1*": "%A9", "f*2": "%20"}, "é%20"),
        ({"f*0": "a%", "f*1*": "%20"}, "a% "),
        ({"f*0*": "iso-8859-1'de'%E9", "f*1": "é", "f*2*": "%E9"}, "ééé"),
        ({"f*0*": "UTF-8''%C3", "f*1": "x", "f": "plain"}, "plain"),
        ({"f*0*": "no charset", "f": "plain"}, "plain"),
        ({"f*0*": "UTF-8''%zz", "f": "plain"}, "plain"),
        ({"f*0*": "UTF-8''%00"}, None),
        ({"f*00": "a"}, None),
        ({"f*0*": "UTF-8'' "}, " "),
    ],
)
def test_the_better_form_counts(parameters: dict[str, str], text: str | None) -> None:
    assert preferred_parameter(parameters, "f") == text


@pytest.mark.slow
@given(TEXTS, st.lists(st.integers(0, 200), max_size=6), st.lists(st.booleans(), min_size=7))
def test_sections_are_joined(text: str, cuts: list[int], plain: list[bool]) -> None:
    places = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    parameters: dict[str, str] = {}
    for number, (start, end) in enumerate(itertools.pairwise(places)):
        if number > 0 and plain[number]:
            parameters[f"f*{number}"] = text[start:end]
        else:
            encoded = urllib.parse.quote(text[start:end], safe="")
            parameters[f"f*{number}*"] = f"UTF-8''{encoded}" if number == 0 else encoded
    assert preferred_parameter(parameters, "f") == (text if parameters else None)


def test_the_number_of_sections_is_limited() -> None:
    assert preferred_parameter({f"f*{number}": "a" for number in range(100)}, "f") == "a" * 64

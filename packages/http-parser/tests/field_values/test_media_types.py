"""Media types: what is well-formed is taken apart, what is not gives no type, and nothing raises."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import istr

from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import format_media_type, parse_media_type


@pytest.mark.parametrize(
    ("value", "essence", "parameters"),
    [
        ("text/html", "text/html", {}),
        ("Text/HTML", "text/html", {}),
        (" text/html ", "text/html", {}),
        ("text/html; charset=utf-8", "text/html", {"charset": "utf-8"}),
        ("text/html;charset=UTF-8", "text/html", {"charset": "UTF-8"}),
        ("text/html ;\tCharset = utf-8 ", "text/html", {"charset": "utf-8"}),
        ('text/html; charset="utf-8"', "text/html", {"charset": "utf-8"}),
        (
            'multipart/form-data; boundary="a;b=c"; x=y',
            "multipart/form-data",
            {"boundary": "a;b=c", "x": "y"},
        ),
        (r'a/b; c="d\"e\\f"', "a/b", {"c": r'd"e\f'}),
        ("a/b; c=d; C=e", "a/b", {"c": "d"}),
        ("a/b;;; c=d;", "a/b", {"c": "d"}),
        ("a/b; nothing; c=d", "a/b", {"c": "d"}),
        ("a/b; nothing", "a/b", {}),
        ("a/b; =d", "a/b", {}),
        ("a/b; c d=e; f=g", "a/b", {"f": "g"}),
        ("a/b; c=", "a/b", {"c": ""}),
        ('a/b; c=""', "a/b", {"c": ""}),
        ('a/b; c="never closed', "a/b", {"c": "never closed"}),
        ('a/b; c="d\\', "a/b", {"c": "d\\"}),
        ('a/b; c="d" and more; e=f', "a/b", {"c": "d", "e": "f"}),
        ("application/vnd.a+json", "application/vnd.a+json", {}),
        ("*/*", "*/*", {}),
        ("", "", {}),
        ("text", "", {}),
        ("text/", "", {}),
        ("/html", "", {}),
        ("/", "", {}),
        ("a/b/c", "", {}),
        ("text/html, text/plain", "", {}),
        ("te xt/html", "", {}),
        ("text/hé", "", {}),
        ("text/\u212a", "", {}),
        ("a/b; \u212a=c", "a/b", {}),
        ("text; charset=utf-8", "", {"charset": "utf-8"}),
    ],
)
def test_values(value: str, essence: str, parameters: dict[str, str]) -> None:
    assert parse_media_type(value) == (essence, parameters)


@given(st.text(alphabet='ab/;="\\ \t,é') | st.text())
def test_nothing_raises(value: str) -> None:
    essence, parameters = parse_media_type(value)
    assert essence == "" or essence.count("/") == 1
    assert all(parameters)


@given(st.text())
def test_what_is_quoted_comes_back(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    assert parse_media_type(f'a/b; c="{quoted}"; d=e') == ("a/b", {"c": text, "d": "e"})


@pytest.mark.parametrize(
    ("value", "parameters"),
    [
        ('a/b; c= "d"', {"c": "d"}),
        (r'a/b; c="\d\e"', {"c": "de"}),
        ('a/b; "x;y"=z; c=d', {"c": "d"}),
        ("a/b; c=d e ; f=g", {"c": "d e", "f": "g"}),
        ("a/b; c==", {"c": "="}),
        ("a/b; c=é\ud800", {"c": "é\ud800"}),
    ],
)
def test_tolerance(value: str, parameters: dict[str, str]) -> None:
    assert parse_media_type(value) == ("a/b", parameters)


def test_a_field_name_is_text_too() -> None:
    essence, _ = parse_media_type(istr("Text/Plain"))
    assert type(essence) is str
    assert essence == "text/plain"


def test_the_number_of_parameters_is_limited() -> None:
    many = "".join(f";p{number}=x" for number in range(70))
    assert list(parse_media_type(f"a/b{many}")[1]) == [f"p{number}" for number in range(64)]
    assert parse_media_type("a/b" + ";p=x" * 64 + ";q=y") == ("a/b", {"p": "x"})


@pytest.mark.slow
@pytest.mark.parametrize("unit", [";", "a", "/", " ", "a=b;", 'a="', '"\\', '="";', "\\"])
def test_a_megabyte_is_read(unit: str) -> None:
    rest = unit * (1_000_000 // len(unit))
    assert len(parse_media_type(f"a/b;{rest}")[1]) <= 64
    assert len(parse_media_type(f'a/b;a="{rest}')[1]) <= 64


@pytest.mark.parametrize(
    ("essence", "parameters", "value"),
    [
        ("text/html", {}, "text/html"),
        ("text/html", {"charset": "utf-8"}, "text/html; charset=utf-8"),
        ("a/b", {"c": "d e", "f": ""}, 'a/b; c="d e"; f=""'),
        ("a/b", {"c": '"\\'}, r'a/b; c="\"\\"'),
        ("a/b", {"c": "é"}, 'a/b; c="é"'),
    ],
)
def test_formatting(essence: str, parameters: dict[str, str], value: str) -> None:
    assert format_media_type(essence, parameters) == value


@pytest.mark.slow
@given(
    st.dictionaries(
        st.text(alphabet="abc-*'", min_size=1),
        st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.just("\t")),
    )
)
def test_what_goes_out_comes_back(parameters: dict[str, str]) -> None:
    assert parse_media_type(format_media_type("a/b", parameters)) == ("a/b", parameters)


@pytest.mark.parametrize(
    ("essence", "parameters"),
    [
        ("", {}),
        ("text", {}),
        ("text/", {}),
        ("a/b/c", {}),
        ("a/b;", {}),
        ("a/b\r\n", {}),
        ("a/b", {"": "c"}),
        ("a/b", {"c d": "e"}),
        ("a/b", {"c": "d\r\ne"}),
        ("a/b", {"c": "\0"}),
        ("a/b", {"c": "\ud800"}),
    ],
)
def test_what_may_not_go_out(essence: str, parameters: dict[str, str]) -> None:
    with pytest.raises(LocalProtocolError):
        format_media_type(essence, parameters)


def test_other_types_are_refused() -> None:
    wrong: Any = b"a/b"
    for arguments in [(wrong, {}), ("a/b", wrong), ("a/b", {"c": wrong}), ("a/b", {1: "c"})]:
        with pytest.raises(TypeError):
            format_media_type(*arguments)
    with pytest.raises(TypeError):
        parse_media_type(wrong)

"""Media types: what is well-formed is taken apart, what is not gives no type, and nothing raises."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values import parse_media_type


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

"""Paths, percent-encoded and decoded."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_web._quoting import decode, decode_value, encode, encode_value

TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)


@pytest.mark.parametrize(
    ("path", "decoded", "encoded"),
    [
        ("/a", "/a", "/a"),
        ("", "", ""),
        ("/a%20b/%C3%A4", "/a b/ä", "/a%20b/%C3%A4"),
        ("/%c3%a4", "/ä", "/%C3%A4"),
        ("/ä", "/ä", "/%C3%A4"),
        ("/ä%20x", "/ä x", "/%C3%A4%20x"),
        ("/a%2Fb%25c", "/a%2Fb%25c", "/a%2Fb%25c"),
        ("/a%2fb", "/a%2Fb", "/a%2Fb"),
        ("/%61", "/a", "/a"),
        ("/%zz%", "/%zz%", "/%zz%"),
        ("/%ff", "/%ff", "/%ff"),
        ("/%3F%23", "/?#", "/%3F%23"),
        ("//a/../b", "//a/../b", "//a/../b"),
        ("ä:b", "ä:b", "%C3%A4:b"),
    ],
)
def test_decoding_leaves_what_would_change_the_meaning(path: str, decoded: str, encoded: str) -> None:
    assert decode(path) == decoded
    assert encode(decoded) == encoded
    assert encode(encoded) == encoded


@pytest.mark.parametrize(("value", "decoded"), [("a", "a"), ("%2F", "/"), ("%252F", "%2F"), ("a%25", "a%")])
def test_values_are_decoded_whole(value: str, decoded: str) -> None:
    assert decode_value(value) == decoded


@pytest.mark.parametrize(
    ("value", "segment", "rest"),
    [
        ("a", "a", "a"),
        ("a/b", "a%2Fb", "a/b"),
        ("a b?#", "a%20b%3F%23", "a%20b%3F%23"),
        ("%2F", "%252F", "%252F"),
        ("ä", "%C3%A4", "%C3%A4"),
    ],
)
def test_values_are_encoded(value: str, segment: str, rest: str) -> None:
    assert encode_value(value, slashes=False) == segment
    assert encode_value(value, slashes=True) == rest


@given(TEXTS)
def test_what_is_encoded_is_decoded_again(value: str) -> None:
    for slashes in (False, True):
        assert decode_value(decode(encode_value(value, slashes=slashes))) == value


@given(TEXTS)
def test_encoding_gives_ascii_without_delimiters(path: str) -> None:
    encoded = encode(decode(f"/{path}"))
    assert encoded.isascii()
    assert not set(encoded) & set("?# {}")

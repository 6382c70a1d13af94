"""Text of the wire becomes the octets it came from, and any other text becomes some."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_http_parser.field_values._octets import is_text, octets_of


@given(st.binary())
def test_what_was_decoded_is_encoded_as_it_was(octets: bytes) -> None:
    text = octets.decode("utf-8", "surrogateescape")
    assert octets_of(text) == octets
    assert is_text(text)


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "\ude00\udc80"])
def test_surrogates_that_are_no_octets(text: str) -> None:
    assert not is_text(text)
    assert b"?" in octets_of(text)


@given(st.text(st.characters(codec=None)))
def test_any_text_has_octets(text: str) -> None:
    assert is_text(text) == (octets_of(text).decode("utf-8", "surrogateescape") == text)

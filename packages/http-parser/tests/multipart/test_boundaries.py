"""Boundaries, from a peer and our own."""

from __future__ import annotations

from typing import Any

import pytest
from multidict import istr

from tidewire_http_parser import InvalidMultipart
from tidewire_http_parser.multipart import MultipartParser, boundary_from_content_type, make_boundary

LONGEST = "x" * 70


@pytest.mark.parametrize(
    ("value", "boundary"),
    [
        ("multipart/form-data; boundary=abc", "abc"),
        ("MULTIPART/Mixed;BOUNDARY=aBc", "aBc"),
        ('multipart/related; type="text/html"; boundary="a b:c"; start="<x>"', "a b:c"),
        ('multipart/mixed; boundary="gc0p4Jq0M2Yt08jU534c0p"', "gc0p4Jq0M2Yt08jU534c0p"),
        ('multipart/mixed; boundary="a\\b"', "ab"),
        ("multipart/form-data; boundary=----WebKitFormBoundaryx", "----WebKitFormBoundaryx"),
        ('multipart/x; boundary="\'()+_,-./:=? 0"', "'()+_,-./:=? 0"),
        (f"multipart/x; boundary={LONGEST}", LONGEST),
        (istr("multipart/x; boundary=b"), "b"),
    ],
)
def test_the_boundary_of_a_content_type(value: str, boundary: str) -> None:
    assert boundary_from_content_type(value) == boundary
    MultipartParser(boundary)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("text/plain; boundary=b", "not a multipart media type"),
        ("multipart", "not a multipart media type"),
        ("multipart/; boundary=b", "not a multipart media type"),
        ("xmultipart/mixed; boundary=b", "not a multipart media type"),
        ("", "not a multipart media type"),
        ("multipart/form-data", "multipart media type without a boundary"),
        ("multipart/form-data; charset=utf-8", "multipart media type without a boundary"),
        ('multipart/form-data; boundary=""', "empty boundary"),
        ("multipart/form-data; boundary=", "empty boundary"),
        (f"multipart/form-data; boundary=x{LONGEST}", "boundary longer than 70 characters"),
        ('multipart/form-data; boundary="b "', "boundary with a space at its end"),
        ('multipart/form-data; boundary="a;b"', "boundary with a character that none may have"),
        ('multipart/form-data; boundary="a\tb"', "boundary with a character that none may have"),
        ('multipart/form-data; boundary="é"', "boundary with characters outside ASCII"),
        ('multipart/form-data; boundary="\udcff"', "boundary with characters outside ASCII"),
    ],
)
def test_content_types_without_a_boundary_of_use(value: str, problem: str) -> None:
    with pytest.raises(InvalidMultipart) as caught:
        boundary_from_content_type(value)
    assert (caught.value.problem, caught.value.status) == (problem, 400)
    assert caught.value.data == value.encode("utf-8", "backslashreplace")[:100]


@pytest.mark.parametrize("value", [None, b"multipart/mixed; boundary=b", 1])
def test_wrong_types(value: Any) -> None:
    with pytest.raises(TypeError, match="str expected"):
        boundary_from_content_type(value)


def test_our_own_boundaries_differ_and_need_no_quotes() -> None:
    made = {make_boundary() for _ in range(100)}
    assert len(made) == 100
    for boundary in made:
        assert boundary.isalnum()
        assert len(boundary) == 32
        assert boundary_from_content_type(f"multipart/mixed; boundary={boundary}") == boundary

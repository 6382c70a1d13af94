"""The values that parsers return are ordinary ones: immutable, compared by what they hold, copied and pickled."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from tidewire_http_parser.field_values import (
    BasicCredentials,
    Challenge,
    ContentDisposition,
    Credentials,
    ForwardedElement,
    ForwardedNode,
    Link,
    MediaRange,
    Preference,
    parse_accept,
    parse_accept_encoding,
    parse_basic_credentials,
    parse_challenges,
    parse_content_disposition,
    parse_credentials,
    parse_forwarded,
    parse_links,
)

PARSED = [
    (parse_accept("a/b;c=d;q=0.5")[0], MediaRange("a", "b", {"c": "d"}, 0.5)),
    (parse_accept_encoding("gzip;q=0.5")[0], Preference("gzip", 0.5)),
    (parse_basic_credentials("Basic YTpi"), BasicCredentials("a", "b")),
    (parse_challenges("a b=c")[0], Challenge("a", {"b": "c"})),
    (parse_credentials("a b"), Credentials("a", {}, "b")),
    (parse_content_disposition("a; b=c"), ContentDisposition("a", {"b": "c"})),
    (parse_forwarded("for=_a;x=y")[0], ForwardedElement(ForwardedNode("_a"), extensions=(("x", "y"),))),
    (parse_links("<a>;rel=b")[0], Link("a", ("b",))),
]


@pytest.mark.parametrize(("parsed", "made"), PARSED)
def test_what_is_parsed_is_what_could_be_made(parsed: Any, made: Any) -> None:
    assert type(parsed) is type(made)
    assert parsed == made
    assert repr(parsed) == repr(made)


@pytest.mark.parametrize("value", [made for _, made in PARSED])
def test_copies(value: Any) -> None:
    for other in (copy.copy(value), copy.deepcopy(value), pickle.loads(pickle.dumps(value))):
        assert type(other) is type(value)
        assert other == value


@pytest.mark.parametrize("value", [made for _, made in PARSED])
def test_nothing_can_be_set(value: Any) -> None:
    with pytest.raises(AttributeError):
        setattr(value, value._fields[0], "other")


@pytest.mark.parametrize(
    ("node", "text"),
    [
        (ForwardedNode("192.0.2.1"), "192.0.2.1"),
        (ForwardedNode("::1"), "[::1]"),
        (ForwardedNode("::1", 0), "[::1]:0"),
        (ForwardedNode("_a", "_b"), "_a:_b"),
    ],
)
def test_nodes_are_written_as_they_are_sent(node: ForwardedNode, text: str) -> None:
    assert str(node) == text


def test_accessors_of_a_content_disposition() -> None:
    disposition = ContentDisposition(
        "form-data", {"name": "a", "filename": "b", "filename*": "c", "x*0": "d"}
    )
    assert disposition.name == "a"
    assert disposition.filename == "c"
    assert disposition.parameter("x") == "d"
    assert disposition.parameter("y") is None
    assert ContentDisposition("inline", {}).filename is None

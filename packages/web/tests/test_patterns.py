"""Path patterns, taken apart."""

from __future__ import annotations

import pytest

from tidewire_web._patterns import decode, matcher, parse_path


def test_segments() -> None:
    literal, whole, part, own = parse_path(r"/a b/{x}/v{y}/{z:\d+}")
    assert (literal.literal, literal.name, literal.own_pattern) == ("a b", "", False)
    assert (whole.literal, whole.name, whole.own_pattern) == (None, "x", False)
    assert (part.literal, part.name, part.own_pattern) == (None, "", False)
    assert (own.literal, own.name, own.own_pattern) == (None, "", True)
    assert own.regex == r"(?P<z>\d+)"


def test_slashes_and_braces_within_a_pattern() -> None:
    (segment,) = parse_path("/{path:[a-z]{2}/[0-9]{1,3}}")
    match = matcher(segment.regex)
    assert match("ab/12") == {"path": "ab/12"}
    assert match("abc/12") is None


def test_what_is_literal_is_no_regular_expression() -> None:
    (segment,) = parse_path("/a.b+{x}")
    match = matcher(segment.regex)
    assert match("a.b+c") == {"x": "c"}
    assert match("aXb+c") is None


@pytest.mark.parametrize(
    "path",
    [
        "a", "a/{b}", "/{", "/}", "/{a", "/a}", "/{a}}", "/{{a}}", "/{}", "/{:x}", "/{1}", "/{a-b}", "/{a}/{a}",
        "/{a:(}", "/{a:[}", "/{a:*}",
    ],
)  # fmt: skip
def test_malformed_patterns(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|braces|name|pattern"):
        parse_path(path)


@pytest.mark.parametrize("path", ["/{a:(?i)x}", "/b{a:(?s).}"])
def test_a_pattern_that_does_not_work_inside_of_another(path: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        parse_path(path)


def test_an_optional_group_of_a_pattern_has_no_value() -> None:
    (segment,) = parse_path("/{a:(?P<b>x)?y}")
    assert matcher(segment.regex)("y") == {"a": "y", "b": ""}


def test_decoding_leaves_what_would_change_the_meaning() -> None:
    assert decode("/a") == "/a"
    assert decode("/a%20b/%C3%A4") == "/a b/ä"
    assert decode("/a%2Fb%25c") == "/a%2Fb%25c"
    assert decode("/ä") == "/ä"
    assert decode("/%zz%") == "/%zz%"

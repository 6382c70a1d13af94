"""Path patterns, taken apart."""

from __future__ import annotations

from typing import Any

import pytest

from tidewire_web._match_tree import Pattern
from tidewire_web._patterns import PathPattern


def fits(pattern: Pattern | None, text: str) -> dict[str, str] | None:
    assert pattern is not None
    if not pattern.fits(text, text):
        return None
    values: dict[str, str] = {}
    pattern.collect(text, text, values)
    return values


def test_steps() -> None:
    pattern = PathPattern(r"/a b/{x}/v{y}/{z:\d+}/{t:.+}/end")
    literal, whole, part, own, tail = pattern.steps
    assert (literal.literal, literal.pattern) == ("a b", None)
    assert (whole.literal, whole.name, whole.pattern) == (None, "x", None)
    assert (part.literal, part.name, part.is_tail) == (None, "", False)
    assert fits(part.pattern, "v1") == {"y": "1"}
    assert (own.name, own.is_tail) == ("z", False)
    assert (tail.name, tail.is_tail) == ("", True)
    assert fits(tail.pattern, "a/b/end") == {"t": "a/b"}
    assert (pattern.literal_depth, pattern.is_fixed) == (1, False)


@pytest.mark.parametrize(
    ("path", "canonical", "decoded"),
    [
        ("", "", "/"),
        ("/", "/", "/"),
        ("/a/", "/a/", "/a/"),
        ("/ä b", "/%C3%A4%20b", "/ä b"),
        ("/%c3%a4", "/%C3%A4", "/ä"),
        ("/a%2fb", "/a%2Fb", "/a%2Fb"),
        ("//", "//", "//"),
    ],
)
def test_paths_in_which_nothing_varies(path: str, canonical: str, decoded: str) -> None:
    pattern = PathPattern(path)
    assert pattern.is_fixed
    assert (pattern.canonical, pattern.decoded) == (canonical, decoded)
    assert repr(pattern) == f"<PathPattern {path}>"


@pytest.mark.parametrize(
    ("path", "canonical", "regex"),
    [
        ("/ä/{x}", "/%C3%A4/{x}", r"/%C3%A4/(?P<x>[^{}/]+)"),
        (r"/v{x:\d+}.{y:[a/]{2}}/z", "/v{x}.{y}/z", r"/v(?P<x>\d+)\.(?P<y>[a/]{2})/z"),
    ],
)
def test_paths_with_variables(path: str, canonical: str, regex: str) -> None:
    pattern = PathPattern(path)
    assert (pattern.canonical, pattern.regex().pattern) == (canonical, regex)


def test_slashes_and_braces_within_a_pattern() -> None:
    (step,) = PathPattern("/{path:[a-z]{2}/[0-9]{1,3}}").steps
    assert (step.name, step.is_tail) == ("path", True)
    assert fits(step.pattern, "ab/12") == {"path": "ab/12"}
    assert fits(step.pattern, "abc/12") is None


def test_what_is_literal_is_no_regular_expression() -> None:
    for path in ("/a.b+{x}", r"/a.b+{x:\w}"):
        (step,) = PathPattern(path).steps
        assert fits(step.pattern, "a.b+c") == {"x": "c"}
        assert fits(step.pattern, "aXb+c") is None


def test_patterns_are_told_apart_by_what_they_match_and_give() -> None:
    def source(path: str) -> str:
        pattern = PathPattern(path).steps[0].pattern
        assert pattern is not None
        return pattern.source

    assert source(r"/{x:\d}") == source(r"/{y:\d}") != source(r"/{y:\w}")
    assert source(r"/a{x:\d}") != source(r"/a{y:\d}")
    assert source("/a{x}") == source("/a{x}") != source("/b{x}")
    assert source("/a{x}") != source("/a{y}")


@pytest.mark.parametrize(
    "path",
    [
        "a", "a/{b}", "{a}", "/{", "/}", "/{a", "/a}", "/{a}}", "/{{a}}", "/{}", "/{:x}", "/{1}", "/{a-b}", "/{a}/{a}",
        "/{a:(}", "/{a:[}", "/{a:*}", "/{a:}", "/a}{b}", "/{a}/}", "/{a b}", "/{é}",
    ],
)  # fmt: skip
def test_malformed_patterns(path: str) -> None:
    with pytest.raises(ValueError, match=r"path|braces|name|pattern"):
        PathPattern(path)


@pytest.mark.parametrize("path", ["/{a:(?i)x}", "/b{a:(?s).}"])
def test_a_pattern_that_does_not_work_inside_of_another(path: str) -> None:
    with pytest.raises(ValueError, match="pattern"):
        PathPattern(path)


def test_groups_of_a_pattern_are_values_too() -> None:
    (step,) = PathPattern("/{a:(?P<b>x)?y}").steps
    assert step.name == ""
    assert fits(step.pattern, "y") == {"a": "y", "b": ""}
    assert fits(step.pattern, "xy") == {"a": "xy", "b": "x"}


def test_a_prefix_goes_before() -> None:
    made = PathPattern("/{x}/c").below(PathPattern("/ä")).below(PathPattern("/b"))
    assert (made.canonical, made.path, made.literal_depth) == ("/b/%C3%A4/{x}/c", "/b/ä/{x}/c", 2)
    assert PathPattern("").below(PathPattern("/b")).decoded == "/b"
    assert PathPattern("/").below(PathPattern("/b")).decoded == "/b/"


def test_filling_in() -> None:
    pattern = PathPattern("/ä/{x}-{y}/{tail:.*}")
    assert pattern.fill({"x": "1/2", "y": "%", "tail": "a/b c", "z": "-"}) == "/%C3%A4/1%2F2-%25/a/b%20c"
    with pytest.raises(KeyError):
        pattern.fill({"x": "1", "y": "2"})
    values: Any = {"x": 1, "y": "2", "tail": ""}
    with pytest.raises(TypeError):
        pattern.fill(values)

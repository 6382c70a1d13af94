"""The parts of the tree under the router."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_web._match_tree import Capture, Endpoint, Entry, Match, Node, Pattern, Subject


def cutting(literals: list[str]) -> Pattern:
    names = [f"v{number}" for number in range(len(literals) - 1)]
    return Pattern("", decode=str, names=names, literals=literals, encoded=None, decoded=None)


def cut(literals: list[str], text: str) -> list[str] | None:
    pattern = cutting(literals)
    if not pattern.fits(text, text):
        return None
    values: dict[str, str] = {}
    pattern.collect(text, text, values)
    return list(values.values())


def cut_by_regex(literals: list[str], text: str) -> list[str] | None:
    found = re.fullmatch("([^{}/]+)".join(map(re.escape, literals)), text)
    return None if found is None else list(found.groups())


@pytest.mark.parametrize(
    ("literals", "text", "values"),
    [
        (["v", ".", ""], "v1.2", ["1", "2"]),
        (["", "-", ""], "a-b-c", ["a-b", "c"]),
        (["", "-", ""], "---", ["-", "-"]),
        (["", "-", ""], "--", None),
        (["", "", ""], "abc", ["ab", "c"]),
        (["", "", ""], "a", None),
        (["a", "a"], "aaa", ["a"]),
        (["a", "a"], "aa", None),
        (["ab", "b"], "ab", None),
        (["", "!"], "a{!", None),
        (["", "!"], "a}!", None),
    ],
)
def test_segments_are_cut(literals: list[str], text: str, values: list[str] | None) -> None:
    assert cut(literals, text) == values


@given(st.lists(st.text("ab-", max_size=2), min_size=2, max_size=5), st.text("ab-{", max_size=12))
def test_segments_are_cut_as_by_a_regular_expression(literals: list[str], text: str) -> None:
    assert cut(literals, text) == cut_by_regex(literals, text)


def test_a_pattern_is_tried_encoded_and_then_decoded() -> None:
    pattern = Pattern(
        "",
        decode=str.lower,
        names=[],
        literals=[],
        encoded=re.compile("(?P<x>%[A-Z]+)").fullmatch,
        decoded=re.compile("(?P<x>[a-z]+)").fullmatch,
    )

    def values(text: str, encoded: str) -> dict[str, str] | None:
        if not pattern.fits(text, encoded):
            return None
        found: dict[str, str] = {}
        pattern.collect(text, encoded, found)
        return found

    assert values("1", "%A") == {"x": "%a"}
    assert values("b", "1") == {"x": "b"}
    assert values("b", "%A") == {"x": "%a"}
    assert values("1", "1") is None
    same = "%A"
    assert values(same, same) is None


def test_subjects() -> None:
    subject = Subject("/a/b//c", lambda path: path.replace("a", "%61"), 3)
    assert subject.segments == ["", "a", "b", "/c"]
    assert [subject.encoded_segment(position) for position in range(4)] == ["", "%61", "b", "/c"]
    assert [subject.rest(position) for position in (1, 2, 3)] == ["a/b//c", "b//c", "/c"]
    assert [subject.encoded_rest(position, "") for position in (1, 2)] == ["%61/b//c", "b//c"]


def test_where_nothing_is_encoded_texts_are_the_same() -> None:
    subject = Subject("/a/b", None, 3)
    rest = subject.rest(1)
    assert subject.encoded_rest(1, rest) is rest
    assert subject.encoded_segment(2) is subject.segments[2]


@pytest.mark.parametrize(("text", "suits"), [("{", False), ("a}", False), ("a", True), ("", False)])
def test_what_suits_a_variable(text: str, suits: bool) -> None:
    assert Subject(f"/{text}", None, 2).suits_variable(text) is suits


def test_an_endpoint_keeps_what_came_first() -> None:
    endpoint = Endpoint()
    one, two, three = (Entry(name, order, [], ()) for order, name in enumerate(("one", "two", "three")))
    endpoint.add({"GET": one})
    endpoint.add({"GET": two, "*": two})
    endpoint.add({"PUT": three})
    assert (endpoint.entry("GET"), endpoint.entry("PUT")) == (one, two)
    shared = endpoint.match("PUT")
    assert shared is endpoint.match("PUT")
    assert shared is not None
    assert shared.route == "two"
    allowed = ["GET"]
    endpoint.tell_methods(allowed)
    assert allowed == ["GET", "*"]
    assert Endpoint().entry("GET") is None
    assert Endpoint().match("GET") is None


def test_an_entry_finds_its_values() -> None:
    path = "/a/b-c/d/e"
    subject = Subject(path, None, 9)
    captures = [
        Capture(1, "x", None, False),
        Capture(2, "", cutting(["", "-", ""]), False),
        Capture(3, "rest", None, True),
    ]
    found = Entry("route", 0, captures, ("app",)).found(subject)
    assert (found.route, found.values, found.allowed, found.apps) == (
        "route",
        {"x": "a", "v0": "b", "v1": "c", "rest": "d/e"},
        [],
        ("app",),
    )


def test_a_match_without_applications() -> None:
    assert Match(None, {}, []).apps == ()


def test_ways_are_made_once() -> None:
    node = Node(1)
    pattern, other = (
        cutting(["a", ""]),
        Pattern("o", decode=str, names=[], literals=["", ""], encoded=None, decoded=None),
    )
    assert node.by_literal("a") is node.by_literal("a")
    assert not node.dynamic
    assert node.by_pattern(pattern) is node.by_pattern(pattern)
    assert (node.dynamic, node.many) == (True, False)
    assert node.by_pattern(other) is not node.by_pattern(pattern)
    assert node.many
    assert node.by_variable() is node.by_variable()
    assert node.by_tail(pattern) is node.by_tail(pattern)
    assert node.by_tail(other) is not node.by_tail(pattern)
    assert node.here() is node.here()
    assert node.by_literal("a").depth == node.by_variable().depth == 2


def test_the_only_tail() -> None:
    node, pattern = Node(1), cutting(["a", ""])
    assert node.only_tail() is None
    endpoint = node.by_tail(pattern)
    tail = node.only_tail()
    assert tail is not None
    assert (tail.endpoint, tail.position) == (endpoint, 1)
    assert [tail.fits(Subject(path, None, 3)) for path in ("/ab", "/b")] == [True, False]
    node.by_variable()
    assert node.only_tail() is None


def test_the_only_way_on() -> None:
    path, text = "/a1", "/b"
    node, other = Node(1), Node(1)
    assert node.alone(Subject(path, None, 9)) is None
    variable = node.by_variable()
    assert node.alone(Subject(path, None, 9)) is variable
    assert node.alone(Subject("/", None, 9)) is None
    edge = other.by_pattern(cutting(["a", ""]))
    assert other.alone(Subject(path, None, 9)) is edge
    assert other.alone(Subject(text, None, 9)) is None

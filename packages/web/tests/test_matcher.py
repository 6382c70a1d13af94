"""The search for a route, compared with one that tries every resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidewire_web._match_tree import Capture, Entry
from tidewire_web._matcher import NO_MATCH, Matcher
from tidewire_web._patterns import PathPattern
from tidewire_web._route_tree import RouteTree


def make() -> Matcher:
    return Matcher(lambda path: path.replace("%20", " "), lambda path: path.replace(" ", "%20"))


def test_an_empty_matcher_finds_nothing() -> None:
    match = make().match("GET", "/")
    assert (match.route, match.values, match.allowed, match.apps) == (None, {}, [], ())


@pytest.mark.parametrize("target", ["/a%20b", "/a b", "/a b?x", "/a%20b#x"])
def test_fixed_paths(target: str) -> None:
    matcher = make()
    endpoint = matcher.fixed("/a b")
    assert matcher.fixed("/a b") is endpoint
    endpoint.add({"GET": Entry("the route", 0, [], ())})
    assert matcher.match("GET", target).route == "the route"
    assert matcher.match("PUT", target).allowed == ["GET"]


@pytest.mark.parametrize(("path", "target"), [("/a?b", "/a?b"), ("/a#b", "/a#b"), ("/a%20b", "/a%20b")])
def test_a_target_is_not_taken_for_a_path(path: str, target: str) -> None:
    matcher = make()
    matcher.fixed(path).add({"GET": Entry("the route", 0, [], ())})
    assert matcher.match("GET", target).route is None


def test_a_tree_by_hand() -> None:
    matcher = make()
    matcher.tree(2).by_literal("a").by_variable().here().add(
        {"GET": Entry("route", 0, [Capture(2, "x", None, False)], ())}
    )
    found = matcher.match("GET", "/a/b%20c")
    assert (found.route, found.values) == ("route", {"x": "b c"})
    for target in ("/a", "/a/", "/a/b/c", "/b", "/"):
        assert matcher.match("GET", target).route is None


def test_nothing_was_found_before_anybody_looked() -> None:
    assert (NO_MATCH.route, NO_MATCH.values, NO_MATCH.allowed, NO_MATCH.apps) == (None, {}, [], ())


# -- against all resources, one by one -------------------------------------------------------------

# Segments of paths and of targets, so that they meet often.
PIECES = ["a", "b", "{}", "{}", r"{:\d+}", "v{}", "{}-{}", "{:a|b}", ""]
TAILS = ["{:.*}", "{:.+}", "x{:.*}", "{:.+}/b"]
TEXTS = ["a", "b", "1", "12", "v1", "a-b", "x", "", "%61", "c%2Fd"]


def with_names(path: str) -> str:
    parts = path.split("{")
    return parts[0] + "".join(f"{{n{number}{part}" for number, part in enumerate(parts[1:]))


PATHS = st.builds(
    lambda pieces, tail: with_names("/" + "/".join([*pieces, *tail])),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=4),
    st.lists(st.sampled_from(TAILS), max_size=1),
)
TARGETS = st.builds(
    lambda texts: "/" + "/".join(texts), st.lists(st.sampled_from(TEXTS), min_size=1, max_size=5)
)
ROUTES = st.lists(st.tuples(PATHS, st.sampled_from(["GET", "PUT", "*"])), max_size=8)
METHODS = st.sampled_from(["GET", "PUT", "POST"])


def shape(path: str, segments: int) -> list[bool]:
    """For each segment of a target whether it is variable: literal sorts first."""
    pieces = path.split("/")[1:]
    for position, piece in enumerate(pieces):
        if ":." in piece:
            return ["{" in before for before in pieces[:position]] + [True] * (segments - position)
    return ["{" in piece for piece in pieces]


def one_by_one(
    routes: list[tuple[str, str]], method: str, target: str
) -> tuple[int | None, Mapping[str, str], set[str]]:
    segments = target.count("/")
    decoded = target.replace("%61", "a")
    found: list[tuple[list[bool], int, dict[str, str]]] = []
    allowed: set[str] = set()
    for number, (path, own) in enumerate(routes):
        regex = PathPattern(path).regex()
        match = regex.fullmatch(decoded)
        if match is not None:
            allowed.add(own)
            if own in (method, "*"):
                found.append((shape(path, segments), number, match.groupdict()))
    if not found:
        return None, {}, allowed
    _shape, number, values = min(found, key=lambda each: each[:2])
    return number, values, set()


def compare(routes: list[tuple[str, str]], method: str, target: str) -> None:
    tree = RouteTree()
    for number, (path, own) in enumerate(routes):
        tree.add(PathPattern(path), {own: number})
    match = tree.matcher.match(method, target)
    expected = one_by_one(routes, method, target)
    assert (match.route, match.values, set(match.allowed) if match.route is None else set()) == expected


@settings(max_examples=40)
@given(ROUTES, METHODS, TARGETS)
def test_the_search_finds_what_trying_everything_finds(
    routes: list[tuple[str, str]], method: str, target: str
) -> None:
    compare(routes, method, target)


@pytest.mark.slow
@settings(max_examples=500)
@given(ROUTES, METHODS, TARGETS)
def test_the_search_finds_what_trying_everything_finds_in_many_examples(
    routes: list[tuple[str, str]], method: str, target: str
) -> None:
    compare(routes, method, target)


@given(st.permutations(["/{x}/b", "/a/{y}", "/a/b", "/{x}/{y}/c", "/a/{y}/{z}", "/{t:.*}"]), TARGETS)
def test_the_order_does_not_count_where_paths_vary_differently(paths: list[str], target: str) -> None:
    def found(order: list[str]) -> Any:
        tree = RouteTree()
        for path in order:
            tree.add(PathPattern(path), {"GET": path})
        return tree.matcher.match("GET", target).route

    several = {"/{x}/{y}/c", "/{t:.*}"}
    assert found(paths) == found(sorted(paths)) or {found(paths), found(sorted(paths))} <= several

"""The tree under the router."""

from __future__ import annotations

from tidewire_web._matcher import NO_MATCH, Matcher, Resource, Tail, Variable


def make() -> Matcher:
    return Matcher(lambda path: path.replace("%20", " "))


def test_an_empty_matcher_finds_nothing() -> None:
    match = make().match("GET", "/")
    assert (match.route, match.values, match.allowed) == (None, {}, [])


def test_the_resource_of_a_fixed_path_is_made_once() -> None:
    matcher = make()
    resource = matcher.fixed("/a b")
    assert matcher.fixed("/a b") is resource
    resource.add("GET", "the route")
    assert matcher.match("GET", "/a%20b").route == "the route"
    assert matcher.match("POST", "/a b").allowed == ["GET"]


def test_resources() -> None:
    resource = Resource("/a")
    assert resource.path == "/a"
    assert resource.match("GET") is None
    resource.add("*", "any")
    found = resource.match("GET")
    assert found is not None
    assert found.route == "any"


def test_a_tree_by_hand() -> None:
    matcher = make()
    root = matcher.tree()
    variable = Variable("", "x", None)
    variable.node.resource = Resource("/{x}")
    variable.node.resource.add("GET", "variable")
    tail = Resource("/{y:.*}")
    tail.add("GET", "tail")
    root.variables.append(variable)
    root.tails.append(Tail(lambda text: {"y": text}, tail))
    one, two = matcher.match("GET", "/a"), matcher.match("GET", "/a/b")
    assert (one.route, one.values) == ("variable", {"x": "a"})
    assert (two.route, two.values) == ("tail", {"y": "a/b"})
    assert matcher.match("PUT", "/a").allowed == ["GET"]


def test_nothing_was_found_before_anybody_looked() -> None:
    assert (NO_MATCH.route, NO_MATCH.values, NO_MATCH.allowed) == (None, {}, [])

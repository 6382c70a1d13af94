"""From path patterns to a matcher."""

from __future__ import annotations

from tidewire_web._patterns import PathPattern
from tidewire_web._route_tree import RouteTree


def test_what_was_added_first_comes_first() -> None:
    tree = RouteTree()
    for number, path in enumerate(["/{x}/{y:.*}", "/{x}/{y}", r"/{x:\d}/{y}", "/a"]):
        tree.add(PathPattern(path), {"GET": number, "PUT": -number})
    assert [tree.matcher.match("GET", target).route for target in ("/1/2", "/a", "/a/b/c")] == [0, 3, 0]
    assert tree.matcher.match("PUT", "/a").route == -3


def test_variables_of_one_node_have_the_names_of_their_paths() -> None:
    tree = RouteTree()
    tree.add(PathPattern("/{x}/a"), {"GET": 1})
    tree.add(PathPattern("/{y}/b"), {"GET": 2})
    tree.add(PathPattern(r"/n/{z:\d+}"), {"GET": 3})
    tree.add(PathPattern(r"/n/{w:\d+}/c"), {"GET": 4})
    found = [tree.matcher.match("GET", target).values for target in ("/1/a", "/1/b", "/n/1", "/n/1/c")]
    assert found == [{"x": "1"}, {"y": "1"}, {"z": "1"}, {"w": "1"}]


def test_values_come_in_the_order_of_the_path() -> None:
    tree = RouteTree()
    tree.add(PathPattern(r"/{c}/{b:\d}/x{a}y{d}/{e:.*}"), {"GET": 1})
    assert list(tree.matcher.match("GET", "/1/2/x3y4/5").values.items()) == [
        ("c", "1"), ("b", "2"), ("a", "3"), ("d", "4"), ("e", "5"),
    ]  # fmt: skip


def test_nested_applications_own_their_prefix() -> None:
    tree = RouteTree()
    tree.add(PathPattern("/{all:.*}"), {"GET": "outside"})
    tree.add(PathPattern("/a/{x}"), {"GET": "inside"}, ("app",))
    tree.own(PathPattern("/a"), ("app",))
    tree.own(PathPattern("/a"), ("another",))
    tree.own(PathPattern("/a/b"), ("app", "nested"))
    match = tree.matcher.match
    assert [(match("GET", target).route, match("GET", target).apps) for target in ("/a/1", "/b", "/ab")] == [
        ("inside", ("app",)),
        ("outside", ()),
        ("outside", ()),
    ]
    for target, apps in (("/a", ("app",)), ("/a/1/2", ("app",)), ("/a/b/c", ("app", "nested"))):
        assert (match("GET", target).route, match("GET", target).apps) == (None, apps)
    refused = match("PUT", "/a/1")
    assert (refused.route, refused.allowed, refused.apps) == (None, ["GET"], ("app",))

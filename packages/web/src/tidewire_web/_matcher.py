# Compiled by mypyc.
"""Finds the route for a path: one dictionary for fixed paths, one tree of segments for those with variables.

Static comes before dynamic whatever the order of registration. The tree is walked without recursion, and its cost
grows with the path's segments, not with the number of routes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Matches a segment, or the rest of a path, and returns the values of its variables.
Pattern = Callable[[str], "dict[str, str] | None"]

ANY_METHOD: Final = "*"


class Match:
    """What was found for a method and a path.

    Attributes:
        route: the route; None where there is none.
        values: the values of the path's variables, still as they are in the path.
        allowed: the methods that the path has routes for, where there is none for the one that was asked for.
    """

    __slots__ = ("allowed", "route", "values")

    def __init__(self, route: Any, values: dict[str, str], allowed: list[str]) -> None:
        self.route = route
        self.values = values
        self.allowed = allowed


class Resource:
    """One path, and the route of each method there.

    Args:
        path: the path as it was registered.
    """

    __slots__ = ("_matches", "path", "routes")

    def __init__(self, path: str) -> None:
        self.path = path
        self.routes: dict[str, Any] = {}
        self._matches: dict[str, Match] = {}

    def add(self, method: str, route: Any) -> None:
        """Add the route of a method."""
        self.routes[method] = route
        self._matches[method] = Match(route, {}, [])

    def match(self, method: str) -> Match | None:
        """The match for a method where no variable has a value; shared, hence not for writing."""
        found = self._matches.get(method)
        if found is None:
            found = self._matches.get(ANY_METHOD)
        return found


class Variable:
    """A segment that varies.

    Args:
        name: the variable's name where it is the whole segment, else empty.
        pattern: what the segment has to match where it is not.
    """

    __slots__ = ("name", "node", "pattern", "source")

    def __init__(self, source: str, name: str, pattern: Pattern | None) -> None:
        self.source = source
        self.name = name
        self.pattern = pattern
        self.node = Node()


class Tail:
    """The rest of a path, from a variable on whose pattern may match more than one segment."""

    __slots__ = ("pattern", "resource")

    def __init__(self, pattern: Pattern, resource: Resource) -> None:
        self.pattern = pattern
        self.resource = resource


class Node:
    """Where the tree of segments branches."""

    __slots__ = ("resource", "statics", "tails", "variables")

    def __init__(self) -> None:
        self.statics: dict[str, Node] = {}
        self.variables: list[Variable] = []
        self.tails: list[Tail] = []
        self.resource: Resource | None = None


class Matcher:
    """The routes of an application, ready to be searched.

    Args:
        decode: decodes a path, but for what would change its meaning.
    """

    __slots__ = ("_decode", "_fixed", "_has_tree", "_root")

    def __init__(self, decode: Callable[[str], str]) -> None:
        self._decode = decode
        self._fixed: dict[str, Resource] = {}
        self._has_tree = False
        self._root = Node()

    def fixed(self, path: str) -> Resource:
        """The resource of a path without variables, made where there is none yet."""
        resource = self._fixed.get(path)
        if resource is None:
            resource = Resource(path)
            self._fixed[path] = resource
        return resource

    def tree(self) -> Node:
        """The root of the tree of paths with variables."""
        self._has_tree = True
        return self._root

    def match(self, method: str, target: str) -> Match:
        """Find the route for a method and a request target.

        Args:
            method: the request's method.
            target: path and query as they were sent, which begin with a slash.
        """
        path = target
        if "?" in path:
            path = path[: path.find("?")]
        if "#" in path:
            path = path[: path.find("#")]
        if "%" in path:
            path = self._decode(path)
        allowed: list[str] = []
        resource = self._fixed.get(path)
        if resource is not None:
            found = resource.match(method)
            if found is not None:
                return found
            allowed.extend(resource.routes)
        if self._has_tree:
            return self._search(method, path, allowed)
        return Match(None, {}, allowed)

    def _search(self, method: str, path: str, allowed: list[str]) -> Match:
        """Walk the tree, the most static way first; ways that are left open wait on a stack."""
        segments = path.split("/")[1:]
        count: i64 = len(segments)
        nodes: list[Node] = [self._root]
        depths: list[int] = [0]
        found: list[dict[str, str]] = [{}]
        while nodes:
            node = nodes.pop()
            depth: i64 = depths.pop()
            values = found.pop()
            if depth == count:
                if node.resource is not None:
                    route = _route_of(node.resource, method, allowed)
                    if route is not None:
                        return Match(route, values, allowed)
                continue
            segment = segments[depth]
            # What is pushed last is tried first: statics, then variables as registered, then tails. Tails do
            # not branch any further, so they are pushed as finished only when their turn comes.
            child = node.statics.get(segment)
            if node.tails and (node.variables or child is not None):
                tails = Node()
                tails.tails = node.tails
                nodes.append(tails)
                depths.append(depth)
                found.append(values)
            elif node.tails:
                rest = "/".join(segments[depth:])
                for tail in node.tails:
                    matched = tail.pattern(rest)
                    if matched is not None:
                        route = _route_of(tail.resource, method, allowed)
                        if route is not None:
                            return Match(route, {**values, **matched}, allowed)
            for variable in reversed(node.variables):
                if variable.pattern is None:
                    if not segment:
                        continue
                    matched = {variable.name: segment}
                else:
                    matched = variable.pattern(segment)
                    if matched is None:
                        continue
                nodes.append(variable.node)
                depths.append(depth + 1)
                found.append({**values, **matched} if values else matched)
            if child is not None:
                nodes.append(child)
                depths.append(depth + 1)
                found.append(values)
        return Match(None, {}, allowed)


def _route_of(resource: Resource, method: str, allowed: list[str]) -> Any:
    """The route of a resource for a method; where there is none, its methods are added to the allowed ones."""
    route = resource.routes.get(method)
    if route is None:
        route = resource.routes.get(ANY_METHOD)
    if route is None:
        for each in resource.routes:
            if each not in allowed:
                allowed.append(each)
    return route


# The match of a request that no router has looked at.
NO_MATCH: Final = Match(None, {}, [])

# Compiled by mypyc.
"""Finds the route for a path: one dictionary for fixed paths, one tree of segments for those with variables.

Nested applications are in the same dictionary and the same tree, so that a level of nesting costs nothing.
Of the paths that match, the one wins that is literal where the others vary, position by position from the left; of
those that vary in the same positions, the one that was added first. The tree is walked without recursion, and its
cost grows with the path's segments, not with the number of routes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_web._match_tree import NO_APPS, Decode, Endpoint, Entry, Match, Node, Subject, Tail

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []


class Frontier:
    """Nodes that a path leads to, being literal and variable in the same positions on the way to each of them.

    Args:
        nodes: the nodes.
        tails: the tails that began on the way, since it was literal for the last time.
        position: the number of the segment that comes next.
    """

    __slots__ = ("nodes", "position", "tails")

    def __init__(self, nodes: list[Node], tails: list[Tail], position: i64) -> None:
        self.nodes = nodes
        self.tails = tails
        self.position = position

    def vary(self, subject: Subject) -> Frontier:
        """Where the next segment leads to if it is not literal."""
        position = self.position
        segment = subject.segments[position]
        nodes: list[Node] = []
        tails = self.tails
        for node in self.nodes:
            if node.variable is not None and subject.suits_variable(segment):
                nodes.append(node.variable)
            if node.edges:
                encoded = subject.encoded_segment(position)
                nodes.extend([edge.node for edge in node.edges if edge.pattern.fits(segment, encoded)])
            if node.tails:
                tails = tails + node.tails
        return Frontier(nodes, tails, position + 1)

    def best(self, method: str, subject: Subject, allowed: list[str]) -> Entry | None:
        """The route, first added, of those that the path has come to its end at."""
        best: Entry | None = None
        if self.position == subject.count:
            for node in self.nodes:
                if node.endpoint is not None:
                    entry = node.endpoint.entry(method)
                    if entry is None:
                        node.endpoint.tell_methods(allowed)
                    elif best is None or entry.order < best.order:
                        best = entry
        for tail in self.tails:
            entry = tail.endpoint.entry(method)
            if best is not None and (entry is None or entry.order > best.order):
                continue
            if tail.fits(subject):
                if entry is None:
                    tail.endpoint.tell_methods(allowed)
                else:
                    best = entry
        return best


class Matcher:
    """The routes of an application, ready to be searched.

    Args:
        decode: decodes a path, but for what would change its meaning.
        encode: percent-encodes what `decode` gives.
    """

    __slots__ = ("_decode", "_direct", "_encode", "_fixed", "_limit", "_root")

    def __init__(self, decode: Decode, encode: Callable[[str], str]) -> None:
        self._decode = decode
        self._encode = encode
        self._fixed: dict[str, Endpoint] = {}
        # Those of the fixed paths that a request target can be compared with as it is.
        self._direct: dict[str, Endpoint] = {}
        self._limit = 0
        self._root = Node(1)

    def fixed(self, path: str) -> Endpoint:
        """The routes of a path without variables, made where there are none yet.

        Args:
            path: the path, decoded but for `%2F` and `%25`.
        """
        endpoint = self._fixed.get(path)
        if endpoint is None:
            endpoint = Endpoint()
            self._fixed[path] = endpoint
            if "%" not in path and "?" not in path and "#" not in path:
                self._direct[path] = endpoint
        return endpoint

    def tree(self, depth: int) -> Node:
        """The root of the tree, for a path of so many segments."""
        self._limit = max(self._limit, depth + 1)
        return self._root

    def match(self, method: str, target: str) -> Match:
        """Find the route for a method and a request target.

        Args:
            method: the request's method.
            target: path and query as they were sent, which begin with a slash.
        """
        endpoint = self._direct.get(target)
        if endpoint is not None:
            found = endpoint.match(method)
            if found is not None:
                return found
        return self._match(method, target)

    def _match(self, method: str, target: str) -> Match:
        """Find the route for a target that is no fixed path as it is, or not for this method."""
        path = target
        if "?" in path:
            path = path[: path.find("?")]
        if "#" in path:
            path = path[: path.find("#")]
        quoted = "%" in path
        if quoted:
            path = self._decode(path)
        allowed: list[str] = []
        endpoint = self._fixed.get(path)
        if endpoint is not None:
            found = endpoint.match(method)
            if found is not None:
                return found
            endpoint.tell_methods(allowed)
        if self._limit == 0:
            return Match(None, {}, allowed)
        return self._walk(method, Subject(path, self._encode if quoted else None, self._limit), allowed)

    def _walk(self, method: str, subject: Subject, allowed: list[str]) -> Match:
        """Walk the tree along one way, the most literal one; what is left out on the way waits."""
        node = self._root
        apps = NO_APPS
        waiting: list[Node] = []  # those whose ways on that are not literal have not been gone
        while node.depth < subject.count:
            child = node.statics.get(subject.segments[node.depth])
            if child is not None:
                if node.dynamic:
                    waiting.append(node)
                if child.apps is not None:
                    # What waits outside of a nested application is asked no more.
                    apps = child.apps
                    waiting.clear()
            elif node.many:
                tail = node.only_tail()
                if tail is not None:
                    entry = tail.endpoint.entry(method)
                    if entry is not None and tail.fits(subject):
                        return entry.found(subject)
                waiting.append(node)
                break
            else:
                child = node.alone(subject)
                if child is None:
                    break
            node = child
        if node.depth == subject.count and node.endpoint is not None:
            entry = node.endpoint.entry(method)
            if entry is not None:
                return entry.found(subject)
            node.endpoint.tell_methods(allowed)
        if not waiting:
            return Match(None, {}, allowed, apps)
        return self._search(method, subject, allowed, waiting, apps)

    def _search(
        self,
        method: str,
        subject: Subject,
        allowed: list[str],
        left: list[Node],
        apps: tuple[Any, ...],
    ) -> Match:
        """Walk all ways at once that vary in the same positions; those that are literal longest come first.

        Args:
            method: the method.
            subject: the path.
            allowed: takes the methods of the routes that have others.
            left: from where to go on, the last one first; the literal ways on from there have been gone.
            apps: the nested applications that the path belongs to.
        """
        waiting: list[Frontier] = []
        while waiting or left:
            if waiting:
                here = waiting.pop().vary(subject)
            else:
                node = left.pop()
                here = Frontier([node], [], node.depth).vary(subject)
            while here.nodes and here.position < subject.count:
                segment = subject.segments[here.position]
                literal: list[Node] = []
                varies = len(here.tails) > 0
                for node in here.nodes:
                    child = node.statics.get(segment)
                    if child is not None:
                        literal.append(child)
                    varies = varies or node.dynamic
                if literal:
                    if varies:
                        waiting.append(here)
                    here = Frontier(literal, [], here.position + 1)
                else:
                    here = here.vary(subject)
            entry = here.best(method, subject, allowed)
            if entry is not None:
                return entry.found(subject)
        return Match(None, {}, allowed, apps)


# The match of a request that no router has looked at.
NO_MATCH: Final = Match(None, {}, [])

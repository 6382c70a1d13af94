# Compiled by mypyc.
"""The tree of paths that a matcher walks: nodes, the ways between them, and the routes where they end."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# `re.Pattern.fullmatch`.
Fullmatch = Callable[[str], Any]
Decode = Callable[[str], str]

ANY_METHOD: Final = "*"
NO_APPS: Final[tuple[Any, ...]] = ()


class Match:
    """What was found for a method and a path.

    Attributes:
        route: the route; None where there is none.
        values: the values of the path's variables, decoded but for `%2F` and `%25`. Shared by all matches of a path
            without variables, hence not for writing.
        allowed: the methods that the path has routes for, where there is none for the one that was asked for.
        apps: the nested applications that answer, outermost first, without the one whose routes these are. The same
            tuple for all that is found in the same application.
    """

    __slots__ = ("allowed", "apps", "route", "values")

    def __init__(
        self, route: Any, values: dict[str, str], allowed: list[str], apps: tuple[Any, ...] = NO_APPS
    ) -> None:
        self.route = route
        self.values = values
        self.allowed = allowed
        self.apps = apps


class Subject:
    """A path that is searched for.

    Args:
        path: the path, decoded but for `%2F` and `%25`.
        encode: percent-encodes it; None where nothing in it was encoded.
        limit: how many segments are told apart; the last one holds what remains.
    """

    __slots__ = ("_encode", "_encoded", "_encoded_segments", "_limit", "braces", "count", "path", "segments")

    def __init__(self, path: str, encode: Callable[[str], str] | None, limit: int) -> None:
        self.path = path
        self.segments = path.split("/", limit)
        self.count: i64 = len(self.segments)
        # A variable takes no braces; hardly any path has some.
        self.braces = "{" in path or "}" in path
        self._encode = encode
        self._limit = limit
        self._encoded = ""
        self._encoded_segments: list[str] = []

    def suits_variable(self, segment: str) -> bool:
        """Whether a segment can be the value of a variable without a pattern of its own."""
        return len(segment) > 0 and not (self.braces and ("{" in segment or "}" in segment))

    def encoded_segment(self, position: i64) -> str:
        """A segment, percent-encoded; the same object as the decoded one where nothing was encoded."""
        if self._encode is None:
            return self.segments[position]
        self._make_encoded(self._encode)
        return self._encoded_segments[position]

    def rest(self, position: i64) -> str:
        """The path from a segment on."""
        return _rest(self.path, self.segments, position)

    def encoded_rest(self, position: i64, decoded: str) -> str:
        """The path from a segment on, percent-encoded; `decoded`, which is the same, where nothing was encoded."""
        if self._encode is None:
            return decoded
        self._make_encoded(self._encode)
        return _rest(self._encoded, self._encoded_segments, position)

    def _make_encoded(self, encode: Callable[[str], str]) -> None:
        if not self._encoded:
            self._encoded = encode(self.path)
            self._encoded_segments = self._encoded.split("/", self._limit)


def _rest(path: str, segments: list[str], position: i64) -> str:
    start: i64 = position
    i: i64 = 0
    while i < position:
        start += len(segments[i])
        i += 1
    return path[start:]


class Pattern:
    """What a segment, or the rest of a path, has to be where it is not just any.

    Variables without patterns of their own are found by looking for the literals between them, from the right, each
    variable as long as can be from the left: what a greedy regular expression finds, in linear time. Everything else
    is a regular expression, for the percent-encoded text and, should that not match, for the decoded one.

    Args:
        source: what tells patterns apart.
        names: the names of the variables; none where the whole text is the value of one.
        literals: the literals before, between and behind the variables, decoded; none where there are
            regular expressions.
        encoded: matches the percent-encoded text.
        decoded: matches the decoded text; None where there are literals.
        decode: decodes a value, but for what would change its meaning.
    """

    __slots__ = ("_decode", "_decoded", "_encoded", "_literals", "_names", "source")

    def __init__(
        self,
        source: str,
        *,
        decode: Decode,
        names: list[str],
        literals: list[str],
        encoded: Fullmatch | None,
        decoded: Fullmatch | None,
    ) -> None:
        self.source = source
        self._names = names
        self._literals = literals
        self._encoded = encoded
        self._decoded = decoded
        self._decode = decode

    def fits(self, text: str, encoded: str) -> bool:
        """Whether a text matches, given decoded and encoded; the same object where they do not differ."""
        if self._decoded is None:
            return len(self._cut(text)) > 0
        if encoded is not text and self._encoded is not None and self._encoded(encoded) is not None:
            return True
        return self._decoded(text) is not None

    def collect(self, text: str, encoded: str, values: dict[str, str]) -> None:
        """Add the values of the variables in a text that matches."""
        if self._decoded is None:
            pieces = self._cut(text)
            i: i64 = 0
            while i < len(pieces):
                values[self._names[i]] = pieces[i]
                i += 1
            return
        found: Any = None
        if encoded is not text and self._encoded is not None:
            found = self._encoded(encoded)
            if found is not None:
                groups: dict[str, str] = found.groupdict("")
                for name, value in groups.items():
                    values[name] = self._decode(value)
        if found is None:
            found = self._decoded(text)
            groups = found.groupdict("")
            values.update(groups)

    def _cut(self, text: str) -> list[str]:
        """The values of variables without patterns; none where the text does not match."""
        literals = self._literals
        if "{" in text or "}" in text:
            return []
        last: i64 = len(literals) - 1
        start: i64 = len(literals[0])
        end: i64 = len(text) - len(literals[last])
        if end <= start or not text.startswith(literals[0]) or not text.endswith(literals[last]):
            return []
        pieces: list[str] = []
        i: i64 = last - 1
        while i > 0:
            # There is at least one character for the variable behind the literal, and one for that before it.
            found: i64 = text.rfind(literals[i], start + 1, end - 1)
            if found < 0:
                return []
            pieces.append(text[found + len(literals[i]) : end])
            end = found
            i -= 1
        pieces.append(text[start:end])
        pieces.reverse()
        return pieces


class Capture:
    """Where the value of a variable is.

    Args:
        position: the number of the segment.
        name: the name of the variable that is the whole text; empty where the pattern knows the names.
        pattern: finds the values in the text; None where the whole text is one.
        tail: whether the text is the rest of the path and not just one segment.
    """

    __slots__ = ("name", "pattern", "position", "tail")

    def __init__(self, position: int, name: str, pattern: Pattern | None, tail: bool) -> None:
        self.position = position
        self.name = name
        self.pattern = pattern
        self.tail = tail


class Entry:
    """A route at its place in the tree.

    Args:
        route: the route.
        order: its place among those that were added.
        captures: where the values of its variables are.
        apps: the nested applications that it is in.
    """

    __slots__ = ("apps", "captures", "order", "route")

    def __init__(self, route: Any, order: int, captures: list[Capture], apps: tuple[Any, ...]) -> None:
        self.route = route
        self.order = order
        self.captures = captures
        self.apps = apps

    def found(self, subject: Subject) -> Match:
        """The match for a path that leads here."""
        values: dict[str, str] = {}
        for capture in self.captures:
            position: i64 = capture.position
            text = subject.rest(position) if capture.tail else subject.segments[position]
            if capture.pattern is None:
                values[capture.name] = text
            else:
                if capture.tail:
                    encoded = subject.encoded_rest(position, text)
                else:
                    encoded = subject.encoded_segment(position)
                capture.pattern.collect(text, encoded, values)
        return Match(self.route, values, [], self.apps)


class Endpoint:
    """The routes of one path, by method."""

    __slots__ = ("entries", "shared")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.shared: dict[str, Match] = {}

    def add(self, entries: dict[str, Entry]) -> None:
        """Add the routes of a resource, as far as those that are there already leave requests for them."""
        if ANY_METHOD in self.entries:
            return
        for method, entry in entries.items():
            if method not in self.entries:
                self.entries[method] = entry
                if not entry.captures:
                    self.shared[method] = Match(entry.route, {}, [], entry.apps)

    def entry(self, method: str) -> Entry | None:
        """The route for a method."""
        entry = self.entries.get(method)
        return self.entries.get(ANY_METHOD) if entry is None else entry

    def match(self, method: str) -> Match | None:
        """The match for a method where the path has no variables."""
        found = self.shared.get(method)
        return self.shared.get(ANY_METHOD) if found is None else found

    def tell_methods(self, allowed: list[str]) -> None:
        """Add the methods that there are routes for."""
        for method in self.entries:
            if method not in allowed:
                allowed.append(method)


class Edge:
    """The way from a node to the next by a segment that matches a pattern."""

    __slots__ = ("node", "pattern")

    def __init__(self, pattern: Pattern, node: Node) -> None:
        self.pattern = pattern
        self.node = node


class Tail:
    """The rest of a path, from a variable on whose pattern may match more than one segment.

    Args:
        position: the number of the segment that the rest begins with.
        pattern: what the rest has to be.
    """

    __slots__ = ("endpoint", "pattern", "position")

    def __init__(self, position: int, pattern: Pattern) -> None:
        self.position = position
        self.pattern = pattern
        self.endpoint = Endpoint()

    def fits(self, subject: Subject) -> bool:
        """Whether the rest of a path matches."""
        text = subject.rest(self.position)
        return self.pattern.fits(text, subject.encoded_rest(self.position, text))


class Node:
    """Where the tree of segments branches.

    Args:
        depth: the number of the segment that comes next.

    Attributes:
        statics: the ways on by a literal segment.
        variable: the way on by a segment that is the value of a variable without a pattern of its own.
        edges: the ways on by a segment that matches a pattern.
        tails: what the whole rest of the path may be.
        dynamic: whether there are ways on that are not literal.
        many: whether these are several, or tails.
        endpoint: the routes of a path that ends here.
        apps: the nested applications that answer from here on, whatever the path; None where those above do.
    """

    __slots__ = ("apps", "depth", "dynamic", "edges", "endpoint", "many", "statics", "tails", "variable")

    def __init__(self, depth: int) -> None:
        self.depth = depth
        self.statics: dict[str, Node] = {}
        self.variable: Node | None = None
        self.edges: list[Edge] = []
        self.tails: list[Tail] = []
        self.dynamic = False
        self.many = False
        self.endpoint: Endpoint | None = None
        self.apps: tuple[Any, ...] | None = None

    def by_literal(self, segment: str) -> Node:
        """The way on by a literal segment, made where there is none yet."""
        node = self.statics.get(segment)
        if node is None:
            node = Node(self.depth + 1)
            self.statics[segment] = node
        return node

    def by_variable(self) -> Node:
        """The way on by a variable, made where there is none yet."""
        node = self.variable
        if node is None:
            node = Node(self.depth + 1)
            self.variable = node
            self.many = self.dynamic
            self.dynamic = True
        return node

    def by_pattern(self, pattern: Pattern) -> Node:
        """The way on by a pattern, made where there is none yet."""
        for edge in self.edges:
            if edge.pattern.source == pattern.source:
                return edge.node
        made = Edge(pattern, Node(self.depth + 1))
        self.edges.append(made)
        self.many = self.dynamic
        self.dynamic = True
        return made.node

    def by_tail(self, pattern: Pattern) -> Endpoint:
        """The routes of a path that ends in a pattern for its rest, made where there are none yet."""
        for tail in self.tails:
            if tail.pattern.source == pattern.source:
                return tail.endpoint
        made = Tail(self.depth, pattern)
        self.tails.append(made)
        self.dynamic = self.many = True
        return made.endpoint

    def here(self) -> Endpoint:
        """The routes of a path that ends here, made where there are none yet."""
        endpoint = self.endpoint
        if endpoint is None:
            endpoint = Endpoint()
            self.endpoint = endpoint
        return endpoint

    def only_tail(self) -> Tail | None:
        """The tail that is the only way on that is not literal."""
        if len(self.tails) == 1 and self.variable is None and not self.edges:
            return self.tails[0]
        return None

    def alone(self, subject: Subject) -> Node | None:
        """The only way on that is not literal, where there is but one and the next segment suits it."""
        segment = subject.segments[self.depth]
        if self.variable is not None:
            return self.variable if subject.suits_variable(segment) else None
        if not self.edges:
            return None
        edge = self.edges[0]
        return edge.node if edge.pattern.fits(segment, subject.encoded_segment(self.depth)) else None

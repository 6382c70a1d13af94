"""From resources to a matcher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tidewire_web._match_tree import Capture, Endpoint, Entry
from tidewire_web._matcher import Matcher
from tidewire_web._patterns import PathPattern
from tidewire_web._quoting import decode, encode

__all__: list[str] = []


class RouteTree:
    """A matcher that grows.

    Attributes:
        matcher: the matcher.
    """

    def __init__(self) -> None:
        self.matcher = Matcher(decode, encode)
        self._count = 0

    def add(self, pattern: PathPattern, routes: Mapping[str, Any], apps: tuple[Any, ...] = ()) -> None:
        """Add the routes of a resource; those that were added before come first where nothing else decides.

        Args:
            pattern: the path.
            routes: the routes by their methods.
            apps: the nested applications that the resource is in, outermost first.
        """
        captures: list[Capture] = []
        endpoint = self._endpoint(pattern, captures)
        endpoint.add({method: Entry(route, self._count, captures, apps) for method, route in routes.items()})
        self._count += 1

    def own(self, prefix: PathPattern, apps: tuple[Any, ...]) -> None:
        """Let nested applications answer everything below a prefix that has no route of its own."""
        node = self.matcher.tree(len(prefix.steps))
        for step in prefix.steps:
            node = node.by_literal(step.literal or "")
        if node.apps is None:
            node.apps = apps

    def _endpoint(self, pattern: PathPattern, captures: list[Capture]) -> Endpoint:
        if pattern.is_fixed:
            return self.matcher.fixed(pattern.decoded)
        node = self.matcher.tree(len(pattern.steps))
        for position, step in enumerate(pattern.steps, 1):
            if step.literal is not None:
                node = node.by_literal(step.literal)
                continue
            captures.append(Capture(position, step.name, None if step.name else step.pattern, step.is_tail))
            if step.pattern is None:
                node = node.by_variable()
            elif step.is_tail:
                return node.by_tail(step.pattern)
            else:
                node = node.by_pattern(step.pattern)
        return node.here()

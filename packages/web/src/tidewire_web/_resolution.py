"""The resources of a router, made ready for requests."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from tidewire_web._match_info import UrlMappingMatchInfo, info_of
from tidewire_web._match_tree import Match
from tidewire_web._quoting import decode
from tidewire_web._resources import AbstractResource, PathResource
from tidewire_web._route_tree import RouteTree
from tidewire_web._routes import SERVER_ROUTE
from tidewire_web._sub_apps import MatchedSubAppResource, PrefixedSubAppResource

__all__: list[str] = []

# How literal a resource is, as a negative number, and when it was added: the lesser is asked first.
_Place = tuple[int, int]


class Resolution:
    """What a router does for requests.

    Everything that has a path of the usual kind is compiled into one matcher, nested applications included. What has
    to look at the request itself is kept beside it: applications that are chosen by a rule, resources with a
    `resolve()` of their own, and nested applications in which there are such.

    Args:
        resources: the resources, in the order in which they were added.

    Attributes:
        match: finds the route for a method and a request target; see `Matcher.match()`.
        is_plain: whether the matcher knows everything.
    """

    def __init__(self, resources: Sequence[AbstractResource]) -> None:
        self._rules: list[MatchedSubAppResource] = []
        # Resources that are asked, by what is literal of their paths; with their numbers.
        self._asked: dict[str, list[tuple[int, AbstractResource]]] = {}
        self._places: dict[int, _Place] = {}
        tree = RouteTree()
        nested: list[tuple[PrefixedSubAppResource, tuple[Any, ...]]] = []
        for number, resource in enumerate(resources):
            if isinstance(resource, MatchedSubAppResource):
                self._rules.append(resource)
            elif not _is_plain(resource):
                self._asked.setdefault(_literal_part(resource.canonical), []).append((number, resource))
            elif isinstance(resource, PathResource):
                for pattern in resource.patterns:
                    tree.add(pattern, resource.routes_by_method)
                self._places[id(resource)] = (-_depth(_literal_part(resource.canonical)), number)
            elif isinstance(resource, PrefixedSubAppResource):
                nested.append((resource, (resource.app,)))
                self._places[id(resource.app)] = (-_depth(_literal_part(resource.canonical)), number)
        _add_nested(tree, nested)
        self.match = tree.matcher.match
        self.is_plain = not self._rules and not self._asked

    async def resolve(self, request: Any) -> UrlMappingMatchInfo:
        """Find the route for a request; applications that are chosen by a rule come first."""
        for rule in self._rules:
            info, _methods = await rule.resolve(request)
            if info is not None:
                return info
        target = request.rel_url.raw_path
        if target[0] != "/":
            return info_of(Match(SERVER_ROUTE, {}, []), request.method)
        match = self.match(request.method, target)
        place = self._place_of(match)
        allowed = set(match.allowed)
        for other, resource in self._candidates(decode(target)):
            if place is not None and place < other:
                break
            info, methods = await resource.resolve(request)
            if info is not None:
                return info
            allowed |= methods
        if match.route is None and allowed:
            match = Match(None, {}, sorted(allowed), match.apps)
        return info_of(match, request.method)

    def _place_of(self, match: Match) -> _Place | None:
        """Where what was found stands among the resources; None where nothing was found."""
        if match.apps:
            return self._places[id(match.apps[0])]
        if match.route is None:
            return None
        return self._places.get(id(match.route.resource))

    def _candidates(self, path: str) -> Iterator[tuple[_Place, AbstractResource]]:
        """The resources to ask for a path: what has the longest literal part first."""
        while self._asked:
            for number, resource in self._asked.get(path, ()):
                yield (-_depth(path), number), resource
            if path in ("", "/"):
                return
            path = path.rpartition("/")[0] or "/"


def _is_plain(resource: AbstractResource) -> bool:
    """Whether the matcher can know all about a resource."""
    if isinstance(resource, PathResource):
        return type(resource).resolve is PathResource.resolve
    if isinstance(resource, PrefixedSubAppResource):
        stock = type(resource).resolve is PrefixedSubAppResource.resolve
        return stock and all(map(_is_plain, resource.app.router.resources()))
    return False


def _literal_part(canonical: str) -> str:
    """The segments of a path before the first that varies, decoded."""
    if "{" in canonical:
        canonical = canonical.partition("{")[0].rpartition("/")[0]
    return decode(canonical.rstrip("/")) or "/"


def _depth(literal_part: str) -> int:
    return 0 if literal_part == "/" else literal_part.count("/")


def _add_nested(tree: RouteTree, nested: list[tuple[PrefixedSubAppResource, tuple[Any, ...]]]) -> None:
    """Add the routes of nested applications, level by level: where paths are alike, those of the outer one count."""
    while nested:
        inner: list[tuple[PrefixedSubAppResource, tuple[Any, ...]]] = []
        for sub_app, apps in nested:
            tree.own(sub_app.pattern, apps)
            for resource in sub_app.app.router.resources():
                if isinstance(resource, PathResource):
                    for pattern in resource.patterns:
                        tree.add(pattern, resource.routes_by_method, apps)
                elif isinstance(resource, PrefixedSubAppResource):
                    inner.append((resource, (*apps, resource.app)))
        nested = inner

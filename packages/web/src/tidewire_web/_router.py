"""The router: which handler answers which request."""

from __future__ import annotations

import keyword
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeVar

from tidewire_web._match_info import UrlMappingMatchInfo
from tidewire_web._match_tree import Match
from tidewire_web._resolution import Resolution
from tidewire_web._resources import AbstractResource, DynamicResource, PlainResource, Resource
from tidewire_web._routes import AbstractRoute
from tidewire_web._static import StaticResource
from tidewire_web._types import ExpectHandler, Handler
from tidewire_web._views import AbstractView

if TYPE_CHECKING:
    from tidewire_web._route_table import AbstractRouteDef

__all__ = ["UrlDispatcher"]

T = TypeVar("T")

_BETWEEN_NAMES: Final = re.compile(r"[.:-]")


class _Items(Collection[T]):
    """Resources or routes, in the order in which they were added."""

    def __init__(self, items: list[T]) -> None:
        self._items = items

    def __repr__(self) -> str:
        return f"<{len(self._items)} items: {self._items!r:.200}>"

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __contains__(self, item: object) -> bool:
        return item in self._items


class UrlDispatcher(Mapping[str, AbstractResource]):
    """The routes of an application; a mapping of its named resources.

    A path is literal (`/about`), or has variables: `{name}` matches one segment, or a part of one, without braces;
    `{name:regex}` what the regular expression matches, slashes included. A request's path is compared decoded; regular
    expressions see it percent-encoded first, and decoded if that does not match. A slash at the end counts, and `%2F`
    is none.

    A path should have one variable at most whose expression matches slashes. Several (`/{a:.+}/{b:.+}/{c:.+}/x`) are
    tried with every way to divide a request's path among them: with three of them and a path of 400 segments that
    takes a third of a second, of 800 eight times as much, and clients choose how long a path is. Expressions that
    keep to their segment (`{a}`, `{a:[^/]+}`) are searched segment by segment, which costs no such time. Where there
    have to be several of the others, let one variable match everything (`/{rest:.+}/x`), and have the handler take its
    value apart, from one side, with `str.split()` or `str.partition()`.

    Of the paths that match, the one answers that is literal where others vary, looked at from the left, whatever the
    order; where they vary alike, the one that was added first. If it has no route for the method, the next one is
    asked.

    Attributes:
        match: finds the route for a method and a request target; see `Matcher.match()`. It knows nothing of
            applications that are chosen by a rule, nor of resources that resolve requests in a way of their own.
        asks_request: whether `resolve()` is needed, since there are such, or nobody has looked yet.
    """

    def __init__(self) -> None:
        self._resources: list[AbstractResource] = []
        self._named: dict[str, AbstractResource] = {}
        self._frozen = False
        self._listeners: list[Callable[[], None]] = []
        self._resolution: Resolution | None = None  # made when it is asked for after a change
        self.match: Callable[[str, str], Match] = self._first_match
        self.asks_request = True

    def __repr__(self) -> str:
        return f"<UrlDispatcher of {len(self._resources)} resources>"

    # A mapping of named resources, true and compared by identity all the same.

    def __getitem__(self, name: str) -> AbstractResource:
        return self._named[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._named)

    def __len__(self) -> int:
        return len(self._named)

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def resources(self) -> Collection[AbstractResource]:
        """The resources, in the order in which they were added."""
        return _Items(list(self._resources))

    def routes(self) -> Collection[AbstractRoute]:
        """The routes of all resources, those of nested applications included."""
        return _Items([route for resource in self._resources for route in resource])

    def named_resources(self) -> Mapping[str, AbstractResource]:
        """The resources that have a name, by their names; read-only."""
        return MappingProxyType(self._named)

    # Adding.

    @property
    def frozen(self) -> bool:
        """Whether resources can be added no more."""
        return self._frozen

    def freeze(self) -> None:
        """Let no more resources be added."""
        self._frozen = True
        for resource in self._resources:
            resource.freeze()

    def register_resource(self, resource: AbstractResource) -> None:
        """Add a resource.

        Args:
            resource: the resource; its name, if it has one, consists of identifiers with `.`, `:` or `-` between them.

        Raises:
            RuntimeError: the router is frozen.
            TypeError: it is no resource.
            ValueError: the name is malformed, or taken.
        """
        if not isinstance(resource, AbstractResource):
            raise TypeError(f"an AbstractResource, not {resource!r}")
        if self._frozen:
            raise RuntimeError("cannot add to a frozen router")
        name = resource.name
        if name is not None:
            self._check_name(name)
            self._named[name] = resource
        self._resources.append(resource)
        resource._changed = self._invalidate
        self._invalidate()

    def _check_name(self, name: str) -> None:
        for part in _BETWEEN_NAMES.split(name):
            if not part.isidentifier() or keyword.iskeyword(part):
                raise ValueError(
                    f"a name consists of identifiers, no keywords, with dots, colons or hyphens between: {name!r}"
                )
        if name in self._named:
            raise ValueError(f"the name {name!r} is that of {self._named[name]!r} already")

    def add_resource(self, path: str, *, name: str | None = None) -> Resource:
        """Add a resource without routes; asked for the same once more in a row, it is the same one.

        Args:
            path: the path, empty or beginning with a slash, with variables in braces; not more than one of them
                should have an expression that matches slashes, see above.
            name: the name by which the router knows it.

        Raises:
            RuntimeError: the router is frozen.
            ValueError: path or name is malformed, or the name is taken.
        """
        if self._resources:
            last = self._resources[-1]
            if isinstance(last, Resource) and last.name == name and last.raw_match(path):
                return last
        resource = (DynamicResource if "{" in path or "}" in path else PlainResource)(path, name=name)
        self.register_resource(resource)
        return resource

    def add_route(
        self,
        method: str,
        path: str,
        handler: Handler | type[AbstractView],
        *,
        name: str | None = None,
        expect_handler: ExpectHandler | None = None,
        handler_cancellation: bool | None = None,
    ) -> AbstractRoute:
        """Add a route.

        Args:
            method: the method, in any case; `*` for every one that has no route of its own on this path.
            path: the path, with variables in braces.
            handler: a coroutine function that takes a request and returns a response, or a `View`.
            name: the name of the resource.
            expect_handler: what is done for requests with an Expect field; see `AbstractRoute`.
            handler_cancellation: whether the handler is cancelled when its client goes before the response is complete;
                None for what the server does.

        Raises:
            RuntimeError: the router is frozen, or there is a route for this method and path.
            TypeError: a handler is none.
            ValueError: method, path or name is malformed, or the name is taken.
        """
        if self._frozen:
            raise RuntimeError("cannot add a route to a frozen router")
        resource = self.add_resource(path, name=name)
        return resource.add_route(
            method, handler, expect_handler=expect_handler, handler_cancellation=handler_cancellation
        )

    def add_get(
        self,
        path: str,
        handler: Handler | type[AbstractView],
        *,
        name: str | None = None,
        allow_head: bool = True,
        **kwargs: Any,
    ) -> AbstractRoute:
        """Add a route for GET and, unless `allow_head` is false or there is one already, for HEAD."""
        route = self.add_route("GET", path, handler, name=name, **kwargs)
        resource = self.add_resource(path, name=name)
        if allow_head and "HEAD" not in resource.routes_by_method:
            resource.add_route("HEAD", handler, **kwargs)
        return route

    def add_head(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for HEAD."""
        return self.add_route("HEAD", path, handler, **kwargs)

    def add_options(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for OPTIONS."""
        return self.add_route("OPTIONS", path, handler, **kwargs)

    def add_post(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for POST."""
        return self.add_route("POST", path, handler, **kwargs)

    def add_put(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for PUT."""
        return self.add_route("PUT", path, handler, **kwargs)

    def add_patch(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for PATCH."""
        return self.add_route("PATCH", path, handler, **kwargs)

    def add_delete(self, path: str, handler: Handler | type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a route for DELETE."""
        return self.add_route("DELETE", path, handler, **kwargs)

    def add_view(self, path: str, handler: type[AbstractView], **kwargs: Any) -> AbstractRoute:
        """Add a view, which answers every method that it has a coroutine method for."""
        return self.add_route("*", path, handler, **kwargs)

    def add_static(
        self,
        prefix: str,
        path: str | os.PathLike[str],
        *,
        name: str | None = None,
        expect_handler: ExpectHandler | None = None,
        chunk_size: int = 262144,
        show_index: bool = False,
        follow_symlinks: bool = False,
        append_version: bool = False,
    ) -> StaticResource:
        """Add a resource for the files of a folder.

        Args:
            prefix: the path before the names of files; a slash at its end does not count.
            path: the folder; `~` is the user's home.
            name: the name of the resource.
            expect_handler: what is done for requests with an Expect field; see `AbstractRoute`.
            chunk_size: bytes that are read at once where the system does not send files itself.
            show_index: whether a folder is shown as a page with links to what is in it; otherwise it is answered
                with 403.
            follow_symlinks: whether symbolic links that lead out of the folder are followed; otherwise they are
                answered with 404. It takes away what keeps requests in the folder.
            append_version: whether the resource's `url_for()` adds the version of a file.

        Raises:
            RuntimeError: the router is frozen.
            TypeError: the prefix is no str, or the expect handler is none.
            ValueError: prefix or name is malformed, the name is taken, or there is no such folder.
        """
        resource = StaticResource(
            prefix,
            path,
            name=name,
            expect_handler=expect_handler,
            chunk_size=chunk_size,
            show_index=show_index,
            follow_symlinks=follow_symlinks,
            append_version=append_version,
        )
        self.register_resource(resource)
        return resource

    def add_routes(self, routes: Iterable[AbstractRouteDef]) -> list[AbstractRoute]:
        """Add the routes of a route table, or of any iterable of route definitions."""
        added: list[AbstractRoute] = []
        for definition in routes:
            added.extend(definition.register(self))
        return added

    # Finding.

    def on_change(self, callback: Callable[[], None]) -> None:
        """Have something called whenever resources or routes have changed."""
        self._listeners.append(callback)

    def compile(self) -> None:
        """Make everything ready, so that the first request after a change does not have to wait for it."""
        self._resolved()

    async def resolve(self, request: Any) -> UrlMappingMatchInfo:
        """Find the route for a request, by whatever there is.

        Applications that are chosen by a rule are asked first, in the order in which they were added. Resources with
        a `resolve()` of their own are asked where the literal part of their path puts them.

        Returns:
            what was found, or a `MatchInfoError` with what is to be answered.
        """
        return await self._resolved().resolve(request)

    def _resolved(self) -> Resolution:
        resolution = self._resolution
        if resolution is None:
            resolution = self._resolution = Resolution(self._resources)
            self.match = resolution.match
            self.asks_request = not resolution.is_plain
        return resolution

    def _first_match(self, method: str, target: str) -> Match:
        return self._resolved().match(method, target)

    def _invalidate(self) -> None:
        self._resolution = None
        self.match = self._first_match
        self.asks_request = True
        for callback in self._listeners:
            callback()

"""Nested applications, as resources of the router of the one around them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yarl import URL

from tidewire_web._domains import AbstractRuleMatching
from tidewire_web._http_exceptions import HTTPMethodNotAllowed
from tidewire_web._resources import AbstractResource, Resolved, prefix_pattern
from tidewire_web._routes import AbstractRoute
from tidewire_web._types import RoutedApplication

__all__ = ["MatchedSubAppResource", "PrefixedSubAppResource"]


class _SubAppResource(AbstractResource):
    """A nested application: its routes are those of its router."""

    def __init__(self, app: RoutedApplication) -> None:
        super().__init__()
        self._app = app
        app.router.on_change(self._tell_change)

    def __len__(self) -> int:
        return len(self._app.router.routes())

    def __iter__(self) -> Iterator[AbstractRoute]:
        return iter(self._app.router.routes())

    @property
    def app(self) -> Any:
        """The nested application."""
        return self._app

    def raw_match(self, path: str) -> bool:
        """False: a path is added to the resources of the application itself."""
        return False

    def url_for(self, **kwargs: str) -> URL:
        """There is none: the router of the nested application knows the URLs of its resources.

        Raises:
            RuntimeError: always.
        """
        raise RuntimeError("url_for() of a nested application; ask its router")

    def add_prefix(self, prefix: str) -> None:
        """Put a prefix before the paths of the nested application.

        Raises:
            ValueError: it does not begin with a slash, ends with one, or has variables.
        """
        # An application that is nested several times, for several hosts, has its paths once.
        nested: dict[int, AbstractResource] = {}
        for resource in self._app.router.resources():
            if isinstance(resource, MatchedSubAppResource):
                nested.setdefault(id(resource.app), resource)
            elif isinstance(resource, PrefixedSubAppResource):
                nested[id(resource.app)] = resource
            else:
                resource.add_prefix(prefix)
        for resource in nested.values():
            resource.add_prefix(prefix)

    async def resolve(self, request: Any) -> Resolved:
        """Let the nested application find the route; if it finds none, that is its answer."""
        info = await self._app.router.resolve(request)
        info.add_app(self._app)
        refusal = info.http_exception
        return info, refusal.allowed_methods if isinstance(refusal, HTTPMethodNotAllowed) else set()


class PrefixedSubAppResource(_SubAppResource):
    """A nested application below a prefix, which is put before the paths of its resources.

    Args:
        prefix: the prefix, which begins with a slash and does not end with one.
        app: the nested application, whose `router` changes no more.

    Raises:
        TypeError: the prefix is no str.
        ValueError: the prefix does not begin with a slash, ends with one, or has variables.
    """

    def __init__(self, prefix: str, app: RoutedApplication) -> None:
        self.pattern = prefix_pattern(prefix)
        super().__init__(app)
        super().add_prefix(prefix)

    def __repr__(self) -> str:
        return f"<PrefixedSubAppResource {self.canonical} -> {self._app!r}>"

    @property
    def canonical(self) -> str:
        """The prefix, percent-encoded."""
        return self.pattern.canonical

    def add_prefix(self, prefix: str) -> None:
        """Put a further prefix before that which is there.

        Raises:
            ValueError: it does not begin with a slash, ends with one, or has variables.
        """
        self.pattern = self.pattern.below(prefix_pattern(prefix))
        super().add_prefix(prefix)

    def get_info(self) -> dict[str, Any]:
        """The application as `app`, and the prefix as `prefix`."""
        return {"app": self._app, "prefix": self.canonical}


class MatchedSubAppResource(_SubAppResource):
    """A nested application for the requests that a rule holds for.

    Args:
        rule: the rule.
        app: the nested application.
    """

    def __init__(self, rule: AbstractRuleMatching, app: RoutedApplication) -> None:
        super().__init__(app)
        self._rule = rule

    def __repr__(self) -> str:
        return f"<MatchedSubAppResource {self.canonical} -> {self._app!r}>"

    @property
    def canonical(self) -> str:
        """The rule as text."""
        return self._rule.canonical

    def get_info(self) -> dict[str, Any]:
        """The application as `app`, and the rule as `rule`."""
        return {"app": self._app, "rule": self._rule}

    async def resolve(self, request: Any) -> Resolved:
        """Let the nested application find the route, if the rule holds."""
        if not await self._rule.match(request):
            return None, set()
        return await super().resolve(request)

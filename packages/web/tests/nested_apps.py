"""What tests of nested applications share: an application that is hardly more than its routes."""

from __future__ import annotations

from typing import Any

from yarl import URL

from tidewire_web import (
    AbstractRuleMatching,
    MatchedSubAppResource,
    PrefixedSubAppResource,
    Response,
    UrlDispatcher,
    UrlMappingMatchInfo,
)


async def handler(request: Any) -> Response:
    return Response()


class App:
    """An application with routes and nothing else."""

    def __init__(self, name: str, *paths: str) -> None:
        self.name = name
        self.router = UrlDispatcher()
        for path in paths:
            self.router.add_get(path, handler, allow_head=False)

    def __repr__(self) -> str:
        return self.name

    def add_subapp(self, prefix: str, app: App) -> PrefixedSubAppResource:
        """Put another application below a prefix."""
        resource = PrefixedSubAppResource(prefix, app)
        self.router.register_resource(resource)
        app.router.freeze()
        return resource

    def add_rule(self, rule: AbstractRuleMatching, app: App) -> MatchedSubAppResource:
        """Let another application answer what a rule holds for."""
        resource = MatchedSubAppResource(rule, app)
        self.router.register_resource(resource)
        app.router.freeze()
        return resource


class Asked:
    """A request, as far as a router looks at it."""

    def __init__(self, target: str, method: str = "GET", host: str = "example") -> None:
        self.method = method
        self.rel_url = URL(target, encoded=True)
        self.host = host


def shown(info: UrlMappingMatchInfo) -> str:
    """What was found, and in which applications."""
    apps = "".join(f"{app}:" for app in info.apps)
    refusal = info.http_exception
    if refusal is None:
        assert info.route is not None
        return f"{apps}{info.route.resource.canonical}"
    return f"{apps}{refusal.status}"

"""What tests of nested applications share: applications with names, and a request that is hardly more than its target."""

from __future__ import annotations

from typing import Any

from yarl import URL

from tidewire_web import AppKey, Application, Response, UrlMappingMatchInfo

NAME = AppKey("name", str)


async def handler(request: Any) -> Response:
    return Response()


def named(name: str, *paths: str) -> Application:
    """An application with a name and a handler at some paths."""
    app = Application()
    app[NAME] = name
    for path in paths:
        app.router.add_get(path, handler, allow_head=False)
    return app


class Asked:
    """A request, as far as a router looks at it."""

    def __init__(self, target: str, method: str = "GET", host: str = "example") -> None:
        self.method = method
        self.rel_url = URL(target, encoded=True)
        self.host = host


def shown(info: UrlMappingMatchInfo) -> str:
    """What was found, and in which applications."""
    apps = "".join(f"{app[NAME]}:" for app in info.apps)
    refusal = info.http_exception
    if refusal is None:
        assert info.route is not None
        return f"{apps}{info.route.resource.canonical}"
    return f"{apps}{refusal.status}"

"""The `routing` benchmark: from method and path of a request to its route and the values of the path's variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "NOTES", "PEERS", "TASKS", "TITLE"]

TITLE = "Routing"
METHOD = (
    "The route of a request is found, and the values of its path's variables are given as a dictionary. Tidewire is "
    "given method and request target, as its server has them; aiohttp a request with method and a new URL, for URLs "
    "keep what was computed of them; its `UrlDispatcher.resolve()` is a coroutine that never waits, and is run to its "
    "end by hand, which costs less than a loop would; Starlette a new scope, whose path is decoded already, and its "
    "routes are matched one after the other as its `Router` does it."
)
PEERS = ("aiohttp", "starlette")
NOTES = (
    "aiohttp's figures include the making of the URL, Starlette's do not include the decoding of the path.",
    "Of 5,000: half of the routes are fixed, the others have a variable; asked for is the one that was added last.",
    "404 and 405: with the 5,000 routes.",
)

Run = Callable[[], Any]
Runs = dict[str, Run]

_FEW = {
    "fixed": "/about/team",
    "one": "/users/{name}",
    "three": "/orgs/{org}/repos/{repo}/issues/{number}",
}
_MANY = [
    path for i in range(2500) for path in (f"/section{i % 50}/page{i}", f"/section{i % 50}/item{i}/{{name}}")
]

# By task: whether there are many routes, the method, the path.
_ASKED: dict[str, tuple[bool, str, str]] = {
    "fixed path": (False, "GET", "/about/team"),
    "1 variable": (False, "GET", "/users/ann"),
    "3 variables": (False, "GET", "/orgs/python/repos/cpython/issues/1234"),
    "1 variable, encoded": (False, "GET", "/users/J%C3%BCrgen"),
    "fixed, of 5,000": (True, "GET", "/section49/page2499"),
    "1 variable, of 5,000": (True, "GET", "/section49/item2499/ann"),
    "404": (True, "GET", "/nothing/at/all"),
    "405": (True, "PUT", "/section49/page2499"),
}
EXPECTED: dict[str, Any] = {
    "fixed path": ("fixed", {}),
    "1 variable": ("one", {"name": "ann"}),
    "3 variables": ("three", {"org": "python", "repo": "cpython", "number": "1234"}),
    "1 variable, encoded": ("one", {"name": "J\u00fcrgen"}),
    "fixed, of 5,000": ("4998", {}),
    "1 variable, of 5,000": ("4999", {"name": "ann"}),
    "404": (404, {}),
    "405": (405, {}),
}
TASKS = list(EXPECTED)


def _handlers() -> dict[bool, list[tuple[str, Any]]]:
    """By size of the table: paths and handlers, which know the name of their route."""

    def named(name: str) -> Any:
        async def handler(request: Any) -> Any:
            raise NotImplementedError

        handler.__name__ = name
        return handler

    return {
        False: [(path, named(name)) for name, path in _FEW.items()],
        True: [(path, named(str(i))) for i, path in enumerate(_MANY)],
    }


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_web import UrlDispatcher

    routers = {}
    for many, routes in _handlers().items():
        router = routers[many] = UrlDispatcher()
        for path, handler in routes:
            router.add_get(path, handler)
        router.compile()

    def run(many: bool, method: str, path: str) -> Run:
        match = routers[many].match

        def ask() -> Any:
            found = match(method, path)
            if found.route is None:
                return (405 if found.allowed else 404), found.values
            return found.route.handler.__name__, found.values

        return ask

    return {task: run(*asked) for task, asked in _ASKED.items()}


def aiohttp() -> Runs:
    """aiohttp's dispatcher, given what it looks at of a request."""
    from types import SimpleNamespace

    from aiohttp import web
    from yarl import URL

    routers = {}
    for many, routes in _handlers().items():
        router = routers[many] = web.UrlDispatcher()
        for path, handler in routes:
            router.add_get(path, handler)

    def run(many: bool, method: str, path: str) -> Run:
        resolve: Any = routers[many].resolve

        def ask() -> Any:
            # URLs keep what was computed of them: a new one for each request, as a server makes it.
            request = SimpleNamespace(method=method, rel_url=URL.build(path=path, encoded=True))
            try:
                resolve(request).send(None)
            except StopIteration as stop:
                found = stop.value
            if found.http_exception is not None:
                return found.http_exception.status, dict(found)
            return found.handler.__name__, dict(found)

        return ask

    return {task: run(*asked) for task, asked in _ASKED.items()}


def starlette() -> Runs:
    """Starlette's routes, matched one after the other as its router does."""
    from urllib.parse import unquote

    from starlette.routing import Match, Route

    tables = {
        many: [Route(path, handler, methods=["GET"]) for path, handler in routes]
        for many, routes in _handlers().items()
    }

    def run(many: bool, method: str, path: str) -> Run:
        routes = tables[many]
        scope = {"type": "http", "method": method, "path": unquote(path), "root_path": "", "headers": []}

        def ask() -> Any:
            own = dict(scope)
            partial = None
            for route in routes:
                match, child = route.matches(own)
                if match is Match.FULL:
                    return child["endpoint"].__name__, child["path_params"]
                if match is Match.PARTIAL and partial is None:
                    partial = child
            return (404 if partial is None else 405), {}

        return ask

    return {task: run(*asked) for task, asked in _ASKED.items()}


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
    "starlette": starlette,
}

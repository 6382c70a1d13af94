"""What the router found for a request."""

from __future__ import annotations

from typing import Any

from tidewire_web._http_exception import HTTPException
from tidewire_web._http_exceptions import HTTPMethodNotAllowed, HTTPNotFound
from tidewire_web._match_tree import Match
from tidewire_web._quoting import decode_value
from tidewire_web._routes import AbstractRoute, SystemRoute
from tidewire_web._types import ExpectHandler, Handler

__all__ = ["MatchInfoError", "UrlMappingMatchInfo"]


class UrlMappingMatchInfo(dict[str, str]):
    """The values of a path's variables, decoded.

    Args:
        values: names and values.
        route: the route that was found; None where nobody has looked for one.

    Attributes:
        route: the route that was found.
    """

    __slots__ = ("_apps", "_current_app", "_frozen", "route")

    def __init__(self, values: dict[str, str], route: AbstractRoute | None) -> None:
        dict.__init__(self, values)
        self.route = route
        self._apps: list[Any] = []
        self._current_app: Any = None
        self._frozen = False

    def __repr__(self) -> str:
        return f"<MatchInfo {super().__repr__()}: {self.route!r}>"

    @property
    def handler(self) -> Handler | None:
        """The route's handler."""
        return None if self.route is None else self.route.handler

    @property
    def expect_handler(self) -> ExpectHandler | None:
        """What is called for a request with an Expect field."""
        return None if self.route is None else self.route.handle_expect_header

    @property
    def http_exception(self) -> HTTPException | None:
        """What is to be answered where no route was found; None where one was."""
        return None

    def get_info(self) -> dict[str, Any]:
        """What is known of the route's resource, for introspection."""
        return {} if self.route is None else self.route.get_info()

    @property
    def apps(self) -> tuple[Any, ...]:
        """The applications that the request goes through, outermost first."""
        return tuple(self._apps)

    def add_app(self, app: Any) -> None:
        """Add an application around those that are there.

        Raises:
            RuntimeError: it is too late.
        """
        if self._frozen:
            raise RuntimeError("the applications of a request that is being handled do not change")
        if self._current_app is None:
            self._current_app = app
        self._apps.insert(0, app)

    @property
    def current_app(self) -> Any:
        """The application whose handler or middleware runs; the innermost to begin with.

        Raises:
            RuntimeError: there is none.
        """
        if self._current_app is None:
            raise RuntimeError("no application has been added")
        return self._current_app

    @current_app.setter
    def current_app(self, app: Any) -> None:
        if not any(app is each for each in self._apps):
            raise RuntimeError(f"the request does not go through {app!r}")
        self._current_app = app

    def freeze(self) -> None:
        """Let the applications change no more."""
        self._frozen = True


class MatchInfoError(UrlMappingMatchInfo):
    """No route was found; the route is one that raises what is to be answered.

    Args:
        http_exception: what is to be answered, 404 or 405.
    """

    __slots__ = ("_http_exception",)

    def __init__(self, http_exception: HTTPException) -> None:
        super().__init__({}, SystemRoute(http_exception))
        self._http_exception = http_exception

    def __repr__(self) -> str:
        return f"<MatchInfoError {self._http_exception.status}: {self._http_exception.reason}>"

    @property
    def http_exception(self) -> HTTPException:
        """What is to be answered."""
        return self._http_exception


def info_of(match: Match, method: str, app: Any = None) -> UrlMappingMatchInfo:
    """What handlers are given of a match, the nested applications included.

    Args:
        match: what the matcher found.
        method: the method of the request.
        app: the outermost application; where there is one, no other is added any more.
    """
    info: UrlMappingMatchInfo
    if match.route is not None:
        values = match.values
        for value in values.values():
            if "%" in value:
                values = {name: decode_value(each) for name, each in values.items()}
                break
        info = UrlMappingMatchInfo(values, match.route)
    elif match.allowed:
        info = MatchInfoError(HTTPMethodNotAllowed(method, match.allowed))
    else:
        info = MatchInfoError(HTTPNotFound())
    if app is not None:
        # At once, for this is done for nearly every request.
        info._apps = apps = [app, *match.apps]
        info._current_app = apps[-1]
        info._frozen = True
    else:
        for each in reversed(match.apps):
            info.add_app(each)
    return info

"""Requests to an application."""

from __future__ import annotations

from tidewire_http_io import ServerExchange
from tidewire_web._application import Application
from tidewire_web._match_info import UrlMappingMatchInfo
from tidewire_web._request import BaseRequest
from tidewire_web._types import RouteLike, Services

__all__ = ["Request"]


class Request(BaseRequest):
    """A request to an application: with what the router found, and the application itself.

    Args:
        exchange: the exchange that it came by.
        services: what the server has for its requests.
        app: the application that answers.
    """

    __slots__ = ("_app", "_match_info", "_route", "_values")

    def __init__(self, exchange: ServerExchange, services: Services, app: Application) -> None:
        super().__init__(exchange, services)
        self._app = app
        self._route: RouteLike | None = None
        self._values: dict[str, str] | None = None
        self._match_info: UrlMappingMatchInfo | None = None

    @property
    def app(self) -> Application:
        """The application."""
        return self._app

    @property
    def match_info(self) -> UrlMappingMatchInfo:
        """The values of the path's variables."""
        if self._match_info is None:
            decoded = {
                name: value.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")
                for name, value in (self._values or {}).items()
            }
            self._match_info = UrlMappingMatchInfo(decoded, self._route)
        return self._match_info

    @property
    def raw_rel_path(self) -> str:
        """See `RoutedRequest`."""
        return self.rel_url.raw_path

    def set_match(self, route: RouteLike | None, values: dict[str, str]) -> None:
        """See `RoutedRequest`."""
        self._route = route
        self._values = values

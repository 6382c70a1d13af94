"""Requests to an application."""

from __future__ import annotations

from tidewire_web._application import Application
from tidewire_web._match_info import UrlMappingMatchInfo
from tidewire_web._request import BaseRequest

__all__ = ["Request"]


class Request(BaseRequest):
    """A request to an application: with what the router found, and the application itself."""

    _match_info: UrlMappingMatchInfo | None = None

    @property
    def app(self) -> Application:
        """The application."""
        app: Application = self.services.app
        return app

    @property
    def match_info(self) -> UrlMappingMatchInfo:
        """The values of the path's variables."""
        if self._match_info is None:
            match = self.match
            decoded = {
                name: value.replace("%2F", "/").replace("%2f", "/").replace("%25", "%")
                for name, value in match.values.items()
            }
            self._match_info = UrlMappingMatchInfo(decoded, match.route)
        return self._match_info

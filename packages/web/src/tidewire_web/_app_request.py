"""Requests to an application."""

from __future__ import annotations

from tidewire_web._application import Application
from tidewire_web._match_info import UrlMappingMatchInfo, info_of
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
            self._match_info = info_of(self.match, self.method)
        return self._match_info

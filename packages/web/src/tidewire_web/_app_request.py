"""Requests to an application."""

from __future__ import annotations

from tidewire_web._application import Application
from tidewire_web._chain_map import ChainMapProxy
from tidewire_web._match_info import UrlMappingMatchInfo, info_of
from tidewire_web._request import BaseRequest

__all__ = ["Request"]


class Request(BaseRequest):
    """A request to an application: with what the router found, and the application itself."""

    # What the router found, made when somebody asks for it. Once it is there, it knows the current application.
    _match_info: UrlMappingMatchInfo | None = None
    # The application that the request is passing; None where that is the innermost one.
    _app: Application | None = None

    @property
    def app(self) -> Application:
        """The application whose handler, or whose middleware, the request has come to.

        Raises:
            RuntimeError: the server has no application.
        """
        app: Application | None
        if self._match_info is not None:
            app = self._match_info.current_app
        else:
            apps = self.match.apps
            app = self._app or (apps[-1] if apps else self.services.app)
        if app is None:
            raise RuntimeError("this request came to a server without an application")
        return app

    @property
    def match_info(self) -> UrlMappingMatchInfo:
        """The values of the path's variables, and what else the router found."""
        info = self._match_info
        if info is None:
            info = info_of(self.match, self.method)
            if self.services.app is not None:
                info.add_app(self.services.app)
            if self._app is not None:
                info.current_app = self._app
            info.freeze()
            self._match_info = info
        return info

    @property
    def config_dict(self) -> ChainMapProxy:
        """What is kept in the current application and, for what is not there, in those around it."""
        app = self.app
        apps = [self.services.app, *self.match.apps]
        return ChainMapProxy(reversed(apps[: apps.index(app) + 1]))

    def _pass_to(self, app: Application) -> None:
        """Let an application be the current one."""
        if self._match_info is None:
            self._app = app
        else:
            self._match_info.current_app = app

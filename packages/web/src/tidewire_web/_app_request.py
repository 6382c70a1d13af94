"""Requests to an application."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

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

    @classmethod
    def build(
        cls,
        method: str,
        target: str,
        *,
        app: Application | None = None,
        match_info: Mapping[str, str] | None = None,
        **options: Any,
    ) -> Self:
        """Make a request without a server; see `BaseRequest.build()`.

        Args:
            method: the method.
            target: path and query.
            app: the application that it is for.
            match_info: what the router has found in the path; None where the application is still to look for it.
            options: see `BaseRequest.build()`.

        Raises:
            ValueError: a server would refuse it.
        """
        request = super().build(method, target, **options)
        request.services.app = app
        if match_info is not None:
            info = request._match_info = UrlMappingMatchInfo(dict(match_info), None)
            if app is not None:
                info.add_app(app)
                info.freeze()
        return request

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
            app = self.services.app
            info = info_of(self.match, self.method, app)
            if self._app is not None:
                info.current_app = self._app
            if app is None:
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

"""What a session was made with, and whether it is open."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from multidict import CIMultiDict

from tidewire_client._abstract_cookie_jar import AbstractCookieJar
from tidewire_client._auth import BasicAuth
from tidewire_client._client_response import ClientResponse
from tidewire_client._connector import BaseConnector
from tidewire_client._request_options import RequestOptions
from tidewire_client._session_services import SessionServices
from tidewire_client._timeouts import ClientTimeout
from tidewire_client._tracing import TraceConfig

__all__: list[str] = []

StatusCheck = bool | Callable[[ClientResponse], Awaitable[None]]
"""Whether a status of 400 or more raises, or what decides on a response."""


class SessionView:
    """The readable side of a session: see `ClientSession` for what the settings do."""

    _services: SessionServices | None = None
    _options: RequestOptions
    _connector: BaseConnector | None
    _connector_owner: bool
    _skip_auto_headers: frozenset[str]

    @property
    def closed(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._connector is None or self._connector.closed

    @property
    def connector(self) -> BaseConnector | None:
        """What opens the connections; None once it is detached."""
        return self._connector

    @property
    def cookie_jar(self) -> AbstractCookieJar:
        """What keeps the cookies."""
        return self._made.jar

    @property
    def version(self) -> tuple[int, int]:
        """The HTTP version of requests."""
        return (1, 1) if self._made.http_1_1 else (1, 0)

    @property
    def requote_redirect_url(self) -> bool:
        """Whether what is not quoted in a Location is quoted."""
        return self._made.requote

    @property
    def timeout(self) -> ClientTimeout:
        """How long requests and their parts may take."""
        return self._options.timeout

    @property
    def headers(self) -> CIMultiDict[str]:
        """Fields of every request."""
        return self._made.headers

    @property
    def skip_auto_headers(self) -> frozenset[str]:
        """Names of fields that are not added by themselves."""
        return self._skip_auto_headers

    @property
    def auth(self) -> BasicAuth | None:
        """Credentials of every request."""
        return self._made.auth

    @property
    def json_serialize(self) -> Callable[[Any], str]:
        """What encodes `json`, as text."""
        return self._made.json_serialize

    @property
    def json_serialize_bytes(self) -> Callable[[Any], bytes] | None:
        """What encodes it, as bytes."""
        return self._made.json_serialize_bytes

    @property
    def connector_owner(self) -> bool:
        """Whether the connector is closed with the session."""
        return self._connector_owner

    @property
    def raise_for_status(self) -> StatusCheck:
        """Whether a status of 400 or more raises, or what decides on it."""
        return self._options.raise_for_status or False

    @property
    def auto_decompress(self) -> bool:
        """Whether bodies are decoded."""
        return self._options.auto_decompress

    @property
    def trust_env(self) -> bool:
        """Whether the environment counts."""
        return self._made.trust_env

    @property
    def trace_configs(self) -> list[TraceConfig]:
        """What is told of requests."""
        return self._made.trace_configs

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop."""
        return self._made.loop

    @property
    def _made(self) -> SessionServices:
        services = self._services
        if services is None:
            raise RuntimeError("the session was not made")
        return services

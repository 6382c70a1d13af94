"""What the requests of a session share, and what is worked out for their destinations once."""

from __future__ import annotations

import asyncio
import contextlib
import os
import platform
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from multidict import CIMultiDict, getversion
from yarl import URL

from tidewire_client._abstract_cookie_jar import AbstractCookieJar
from tidewire_client._auth import BasicAuth
from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._connector import BaseConnector
from tidewire_client._cookie_jar import DummyCookieJar
from tidewire_client._errors import InvalidUrlClientError, NonHttpUrlClientError
from tidewire_client._netrc import auth_for, read_netrc
from tidewire_client._proxies import proxy_of_environment
from tidewire_client._request_options import LooseHeaders, RequestOptions
from tidewire_client._tracing import TraceConfig
from tidewire_http_parser import FieldBlock, Fields, LocalProtocolError
from tidewire_http_parser.codings import available_codings

if TYPE_CHECKING:
    import netrc

__all__: list[str] = []

_MOST_DESTINATIONS: Final = 1024
# Typed for multidicts of `object`, which those of `str` are none of.
_version_of: Callable[[Any], int] = getversion
# Both ends of a URL's host as it goes into Host.
_DEFAULT_PORTS: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}
USER_AGENT: Final = f"Python/{platform.python_version().rpartition('.')[0]} tidewire"


def host_field(url: URL) -> str:
    """Return the value of Host for a URL (RFC 9110, section 7.2); the zone of an address is nobody else's concern."""
    host = url.host_subcomponent or ""
    if "%" in host and host.startswith("["):
        host = f"{host.partition('%')[0]}]"
    host = host.rstrip(".") if host.endswith(".") else host
    port = url.explicit_port
    return host if port is None or port == _DEFAULT_PORTS.get(url.scheme) else f"{host}:{port}"


class Destination:
    """What the requests of a session to one host have in common, where nothing is said otherwise.

    Attributes:
        key: that of the connection.
        fields: the fields of a request that has none of its own; not for writing.
        block: the same, validated; None where that has to be done, and may fail, with each request.
        has_user: whether credentials are in the URL.
    """

    __slots__ = ("block", "fields", "has_user", "key")

    def __init__(self, key: ConnectionKey, fields: Fields, has_user: bool) -> None:
        self.key = key
        self.fields = fields
        self.has_user = has_user
        self.block: FieldBlock | None = None
        with contextlib.suppress(LocalProtocolError):
            self.block = FieldBlock(fields, for_requests=True)


def check_url(url: URL, schemes: frozenset[str]) -> None:
    """Check that a request can be sent to a URL.

    Args:
        url: the URL.
        schemes: those that the connector serves.

    Raises:
        InvalidUrlClientError: it has no host.
        NonHttpUrlClientError: its scheme is another.
    """
    if url.scheme not in schemes:
        raise NonHttpUrlClientError(url)
    if not url.raw_host:
        raise InvalidUrlClientError(url, "a URL without a host")


class SessionServices:
    """What a session has for its requests.

    Args:
        loop: the event loop.
        connector: gives connections.
        jar: keeps cookies.
        options: what requests are sent with where they say nothing.
        headers: fields of every request.
        skip_auto_headers: names of fields that are not added.

    Attributes:
        session: gives the session, as tracers and middlewares see it; None once it is gone.
        jar_in_use: whether cookies of responses are kept at all.
    """

    __slots__ = (
        "_auto_fields",
        "_destinations",
        "_netrc",
        "_netrc_read",
        "_version",
        "auth",
        "auth_origin",
        "connector",
        "fallback_charset",
        "headers",
        "http_1_1",
        "jar",
        "jar_in_use",
        "json_serialize",
        "json_serialize_bytes",
        "loop",
        "options",
        "requote",
        "response_class",
        "session",
        "skip_auto_headers",
        "trace_configs",
        "trust_env",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        connector: BaseConnector,
        jar: AbstractCookieJar,
        options: RequestOptions,
        headers: CIMultiDict[str],
        skip_auto_headers: Iterable[str],
    ) -> None:
        self.loop = loop
        self.connector = connector
        self.jar = jar
        self.jar_in_use = not isinstance(jar, DummyCookieJar)
        self.options = options
        self.headers = headers
        self.skip_auto_headers = frozenset(name.lower() for name in skip_auto_headers)
        self.session: Callable[[], Any] = lambda: None
        self.response_class: Any = None
        self.auth: BasicAuth | None = None
        self.auth_origin: URL | None = None
        self.requote = True
        self.http_1_1 = True
        self.trust_env = False
        self.trace_configs: list[TraceConfig] = []
        self.json_serialize: Callable[[Any], str] = str
        self.json_serialize_bytes: Callable[[Any], bytes] | None = None
        self.fallback_charset: Callable[[Any, bytes], str] = lambda response, body: "utf-8"
        self._auto_fields = [
            (name, value)
            for name, value in (
                ("Accept", "*/*"),
                ("Accept-Encoding", ", ".join(available_codings())),
                ("User-Agent", USER_AGENT),
            )
            if name.lower() not in self.skip_auto_headers
        ]
        self._destinations: dict[tuple[str, str], Destination] = {}
        self._version = _version_of(headers)
        self._netrc: netrc.netrc | None = None
        self._netrc_read = False

    def destination(self, url: URL) -> Destination:
        """Return what is known of the host of a URL.

        Raises:
            InvalidUrlClientError: no request can be sent there.
            NonHttpUrlClientError: by this connector no request can.
        """
        version = _version_of(self.headers)
        if version != self._version:
            self._version = version
            self._destinations.clear()
        place = (url.scheme, url.raw_authority)
        destination = self._destinations.get(place)
        if destination is None:
            check_url(url, self.connector.allowed_protocol_schema_set)
            key = connection_key(url, ssl=True, options=self.options.connection)
            fields = list(self.completed(self.headers, host_field(url), frozenset()).items())
            has_user = url.raw_user is not None or url.raw_password is not None
            destination = Destination(key, fields, has_user)
            if len(self._destinations) >= _MOST_DESTINATIONS:
                self._destinations.clear()
            self._destinations[place] = destination
        return destination

    def merged(self, given: LooseHeaders | None) -> CIMultiDict[str]:
        """Return the fields of a request and those of the session, of which each name that is given replaces all."""
        if given is None:
            return CIMultiDict(self.headers)
        own = CIMultiDict(given)
        fields = CIMultiDict((name, value) for name, value in self.headers.items() if name not in own)
        fields.extend(own)
        return fields

    def completed(self, fields: CIMultiDict[str], host: str, skipped: frozenset[str]) -> CIMultiDict[str]:
        """Return fields with Host in front and with what is added by itself.

        Args:
            fields: the fields of the request and of the session.
            host: the value of Host, where they have none.
            skipped: names in lower case that are not added.
        """
        completed: CIMultiDict[str] = CIMultiDict()
        completed["Host"] = fields.get("Host") or host
        for name, value in fields.items():
            if name.lower() != "host":
                completed.add(name, value)
        for name, value in self._auto_fields:
            if name not in fields and name.lower() not in skipped:
                completed[name] = value
        return completed

    def proxy_for(self, url: URL) -> URL | None:
        """Return the proxy of the environment for a URL, where the session is to look there."""
        return proxy_of_environment(url, os.environ) if self.trust_env else None

    async def netrc_auth(self, host: str, *, named: bool = False) -> BasicAuth | None:
        """Return the credentials that the user's netrc file has for a host, where the session is to look there.

        Args:
            host: the host.
            named: whether the file has to name it.
        """
        await self.load_netrc()
        return auth_for(host, self._netrc, named=named)

    async def load_netrc(self) -> None:
        """Read the user's netrc file, once, where the session is to look there."""
        if self.trust_env and not self._netrc_read:
            self._netrc = await self.loop.run_in_executor(None, read_netrc)
            self._netrc_read = True

    def proxy_auth(self, proxy: URL) -> BasicAuth | None:
        """Return the credentials that the netrc file has for a proxy of the environment, whose URL has none."""
        if proxy.raw_user is not None or proxy.raw_password is not None:
            return None
        return auth_for(proxy.raw_host or "", self._netrc)

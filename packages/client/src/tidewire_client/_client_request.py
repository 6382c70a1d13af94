"""A request as middlewares see it, one for each hop."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Mapping
from typing import Any, Final

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from tidewire_client._connection_key import ConnectionKey, connection_key
from tidewire_client._proxies import proxy_target
from tidewire_client._request_body import payload_fields, payload_of
from tidewire_client._request_info import RequestInfo
from tidewire_client._request_options import RequestOptions
from tidewire_client._session_services import SessionServices
from tidewire_client._socks import SOCKS_SCHEMES
from tidewire_client._total_clock import TotalClock
from tidewire_client._tracing import Trace
from tidewire_http_io.payloads import Payload
from tidewire_http_parser import FieldBlock, Fields

__all__ = ["ClientRequest"]

_BODY_FIELDS: Final = ("Content-Length", "Transfer-Encoding")
# The media type of what does not say what it is.
_ANYTHING: Final = "application/octet-stream"


class RequestScope:
    """What all the hops of one request have in common.

    Args:
        services: what the session has for its requests.
        options: what the request is sent with.
        clock: its total time.
        traces: who is told of it.

    Attributes:
        history: the responses that redirected.
    """

    __slots__ = ("clock", "history", "options", "services", "traces")

    def __init__(
        self, services: SessionServices, options: RequestOptions, clock: TotalClock, traces: list[Trace]
    ) -> None:
        self.services = services
        self.options = options
        self.clock = clock
        self.traces = traces
        self.history: tuple[Any, ...] = ()


class ClientRequest:
    """A request, before it is sent; middlewares may change it.

    Args:
        scope: what it shares with the other hops.
        method: the method.
        url: where it goes, without user-info.
        fields: its fields, but for those of the block; not changed.
        body: its body.
        block: fields that go before the others.
        key: that of its connection, where it is known already.

    Attributes:
        scope: what it shares with the other hops.
        method: the method.
        original_url: the URL as it was given, with its fragment.
        attempts: how often it was sent.
    """

    __slots__ = (
        "__dict__",
        "__weakref__",
        "_block",
        "_body",
        "_fields",
        "_headers",
        "_key",
        "_url",
        "attempts",
        "method",
        "original_url",
        "scope",
    )

    def __init__(
        self,
        scope: RequestScope,
        method: str,
        url: URL,
        fields: Fields,
        body: Payload | None = None,
        block: FieldBlock | None = None,
        key: ConnectionKey | None = None,
    ) -> None:
        self.scope = scope
        self.method = method
        self._url = url
        self.original_url = url
        self._fields = fields
        self._block = block
        self._key = key
        self._headers: CIMultiDict[str] | None = None
        self._body = body
        self.attempts = 0

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {str(self.url)[:100]!r}>"

    # What it says.

    @property
    def url(self) -> URL:
        """Where it goes; another one may be set."""
        return self._url

    @url.setter
    def url(self, url: URL) -> None:
        self._url = url
        self._key = None

    @property
    def headers(self) -> CIMultiDict[str]:
        """The fields, which may be changed."""
        if self._headers is None:
            self._headers = CIMultiDict(self.fields)
        return self._headers

    @headers.setter
    def headers(self, headers: Mapping[str, str]) -> None:
        self._headers = CIMultiDict(headers)

    @property
    def fields(self) -> Fields:
        """The fields as they are sent; not for writing."""
        if self._headers is not None:
            return list(self._headers.items())
        return self._fields if self._block is None else self._block.fields + self._fields

    @property
    def body(self) -> Payload | bytes:
        """The body; no bytes where there is none."""
        return b"" if self._body is None else self._body

    @property
    def payload(self) -> Payload | None:
        """The body; None where there is none."""
        return self._body

    async def update_body(self, body: Any) -> None:
        """Give the request another body, and the fields that go with it; what was the body is closed.

        Text and bytes do not say what they are: with them the Content-Type stays as it is.

        Args:
            body: whatever can be given as `data`; None for none.

        Raises:
            TypeError: nothing can be made of it.
        """
        old = self._body
        headers = self.headers
        for name in _BODY_FIELDS:
            headers.popall(name, None)
        is_text = isinstance(body, str | io.TextIOBase)
        self._body = payload = payload_of(body, headers.get("Content-Type") if is_text else None)
        if (
            payload is None
            or not (is_text or payload.content_type == _ANYTHING)
            or (headers.get("Content-Type") == _ANYTHING)
        ):
            headers.popall("Content-Type", None)
        if payload is not None:
            coding = self.compress if "Content-Encoding" not in headers else None
            headers.extend(payload_fields(payload, headers, coding, self.chunked))
        if old is not None and old is not payload:
            await old.close()

    @property
    def request_info(self) -> RequestInfo:
        """What responses and errors say of it."""
        url = self.url.with_fragment(None) if self.url.raw_fragment else self.url
        return RequestInfo(url, self.method, CIMultiDictProxy(self.headers), self.original_url)

    # How it is sent.

    @property
    def options(self) -> RequestOptions:
        """What it is sent with."""
        return self.scope.options

    @property
    def chunked(self) -> bool | None:
        """Whether the body goes in chunks; None where it depends on whether its size is known."""
        return self.scope.options.chunked

    @property
    def compress(self) -> str | None:
        """The content coding that the body is sent in."""
        compress = self.scope.options.compress
        return "deflate" if compress is True else (compress or None)

    @property
    def version(self) -> tuple[int, int]:
        """The HTTP version."""
        return (1, 1) if self.scope.services.http_1_1 else (1, 0)

    @property
    def session(self) -> Any:
        """The session; None once it is gone."""
        return self.scope.services.session()

    @property
    def response_class(self) -> Any:
        """What the response is made of."""
        return self.scope.services.response_class

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The event loop."""
        return self.scope.services.loop

    @property
    def ssl(self) -> Any:
        """How the server's certificate is verified."""
        return self.scope.options.ssl

    @property
    def server_hostname(self) -> str | None:
        """The name that is verified in place of the host's."""
        return self.scope.options.server_hostname

    @property
    def proxy(self) -> URL | None:
        """The proxy that it goes through, without user-info; None for none."""
        return self._proxy()[0]

    @property
    def proxy_headers(self) -> CIMultiDict[str] | None:
        """Fields for the proxy."""
        given = self.scope.options.proxy_headers
        return None if given is None else CIMultiDict(given)

    @property
    def host(self) -> str:
        """The host that it is for."""
        return self.url.host or ""

    @property
    def port(self) -> int | None:
        """The port that it is for."""
        return self.url.port

    def is_ssl(self) -> bool:
        """Tell whether it goes by TLS."""
        return self.url.scheme in {"https", "wss"}

    @property
    def connection_key(self) -> ConnectionKey:
        """What its connection has to have."""
        return self.route()[0]

    # What sends it calls.

    def route(self) -> tuple[ConnectionKey, str, Fields, FieldBlock | None]:
        """Work out how it gets where it goes.

        Returns:
            The key of the connection; the request target (RFC 9112, section 3.2); the fields as they are sent, those
            for a proxy that forwards it included; and a block of fields that go before them, where there is one.

        Raises:
            InvalidURL: the URL, or that of the proxy, is none that a request can be sent to.
        """
        key = self._key
        if key is not None:
            if self._headers is None:
                return key, self._url.raw_path_qs, self._fields, self._block
            return key, self._url.raw_path_qs, list(self._headers.items()), None
        options = self.scope.options
        url = self._url
        proxy, credentials = self._proxy()
        for_proxy: list[tuple[str, str]] = []
        if proxy is not None:
            if (
                options.proxy is not None
                and options.proxy_headers is not None
                and proxy.scheme not in SOCKS_SCHEMES
            ):
                for_proxy += CIMultiDict(options.proxy_headers).items()
            for_proxy += credentials
        key = connection_key(
            url,
            proxy=proxy,
            proxy_fields=for_proxy,
            ssl=options.ssl,
            server_hostname=options.server_hostname,
            options=options.connection,
        )
        if not key.forwards:
            return key, url.raw_path_qs, self.fields, None
        names = {name.lower() for name, _ in for_proxy}
        fields = [field for field in self.fields if field[0].lower() not in names] + for_proxy
        target = url.with_user(None) if url.raw_user is not None else url
        return key, str(target.with_fragment(None)), fields, None

    def _proxy(self) -> tuple[URL | None, list[tuple[str, str]]]:
        """Return the proxy, and the names and values of the credentials for it."""
        options = self.scope.options
        if options.proxy is not None:
            return proxy_target(options.proxy, options.proxy_auth)
        services = self.scope.services
        found = services.proxy_for(self.url)
        return (
            (None, [])
            if found is None
            else proxy_target(found, options.proxy_auth or services.proxy_auth(found))
        )

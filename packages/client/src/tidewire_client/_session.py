"""Sessions: the way to send requests."""

from __future__ import annotations

import asyncio
import json
import warnings
import weakref
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

from multidict import CIMultiDict
from yarl import URL

from tidewire_client._abstract_cookie_jar import AbstractCookieJar, LooseCookies
from tidewire_client._auth import BasicAuth
from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._client_websocket_response import ClientWebSocketResponse
from tidewire_client._connection_key import DEFAULT_OPTIONS
from tidewire_client._connector import BaseConnector
from tidewire_client._cookie_jar import CookieJar
from tidewire_client._errors import InvalidUrlClientError
from tidewire_client._middlewares import ClientMiddlewareType
from tidewire_client._request_flow import perform
from tidewire_client._request_manager import RequestManager
from tidewire_client._request_options import (
    LooseHeaders,
    RequestOptions,
    StrOrURL,
    body_limit,
    limited,
    options_of_request,
)
from tidewire_client._session_services import SessionServices
from tidewire_client._session_view import SessionView, StatusCheck
from tidewire_client._tcp_connector import TCPConnector
from tidewire_client._timeouts import DEFAULT_TIMEOUT, ClientTimeout
from tidewire_client._tracing import TraceConfig
from tidewire_client._websocket_request import WebSocketRequestManager, connect, sorted_out
from tidewire_http_io import ClientOptions
from tidewire_http_parser import Leniencies

__all__ = ["ClientSession"]

# What stays as it is in a query that is given as text: all that a request target can have, `%` included.
_IN_QUERIES: Final = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) != "#")

# What old servers get wrong, and what no browser minds.
LENIENT: Final = ClientOptions(
    limits=DEFAULT_OPTIONS.limits,
    leniencies=Leniencies(
        bare_lf=True,
        empty_lines=True,
        missing_reason=True,
        obs_fold=True,
        control_characters=True,
        space_after_chunk_size=True,
    ),
)


class ClientSession(SessionView):
    """Sends requests, and keeps connections and cookies between them. Make one per application, in its event loop.

    Args:
        base_url: what relative URLs are relative to; absolute, and its path ends in a slash.
        connector: opens the connections; a `TCPConnector` where None.
        loop: ignored; deprecated.
        cookies: cookies to begin with.
        headers: fields of every request; those of a request replace them.
        proxy: the proxy for requests that name none.
        proxy_auth: credentials for it.
        skip_auto_headers: names of fields that are not added by themselves, such as User-Agent.
        auth: credentials for every request, with `base_url` for those to its origin only.
        json_serialize: encodes `json`, as text.
        json_serialize_bytes: encodes it, as bytes; counts more.
        request_class: ignored but for `ClientRequest`.
        response_class: what responses are made of; a subclass of `ClientResponse`.
        ws_response_class: what websockets are made of; a subclass of `ClientWebSocketResponse`.
        version: the HTTP version of requests, (1, 1) or (1, 0).
        cookie_jar: keeps cookies; a `CookieJar` where None.
        connector_owner: whether the connector is closed with the session.
        raise_for_status: whether a status of 400 or more raises; or what decides on a response.
        timeout: how long requests and their parts may take.
        auto_decompress: whether bodies are decoded.
        trust_env: whether proxies, and credentials of the netrc file, are taken from the environment.
        requote_redirect_url: whether what is not quoted in a Location is to be.
        trace_configs: what is told of requests.
        read_bufsize: bytes of a body that are kept for somebody who does not read.
        max_body_size: bytes that the body of a response may have, its content codings taken off; None for any number.
            Reading more than that raises `ContentTooLargeError` and closes the connection.
        max_line_size: bytes of a status line.
        max_field_size: bytes of a field line.
        max_headers: field lines of a response.
        fallback_charset_resolver: gives the charset of a body that says nothing of it.
        middlewares: what stands between the session and its requests, the outermost first.
        retry: whether a request is sent a second time, by itself, where it provably has not left, or where it is
            idempotent and its connection, used before, was lost before anything of an answer came.

    Raises:
        RuntimeError: there is no running event loop, or the connector is of another.
        TypeError: a `max_body_size` that is no number of bytes.
        ValueError: a base URL, time-outs or a `max_body_size` that are none.
    """

    def __init__(
        self,
        base_url: StrOrURL | None = None,
        *,
        connector: BaseConnector | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
        cookies: LooseCookies | None = None,
        headers: LooseHeaders | None = None,
        proxy: StrOrURL | None = None,
        proxy_auth: BasicAuth | None = None,
        skip_auto_headers: Iterable[str] | None = None,
        auth: BasicAuth | None = None,
        json_serialize: Callable[[Any], str] = json.dumps,
        json_serialize_bytes: Callable[[Any], bytes] | None = None,
        request_class: type[ClientRequest] = ClientRequest,
        response_class: type[ClientResponse] = ClientResponse,
        ws_response_class: type[ClientWebSocketResponse] = ClientWebSocketResponse,
        version: tuple[int, int] = (1, 1),
        cookie_jar: AbstractCookieJar | None = None,
        connector_owner: bool = True,
        raise_for_status: StatusCheck = False,
        timeout: ClientTimeout | None = None,
        auto_decompress: bool = True,
        trust_env: bool = False,
        requote_redirect_url: bool = True,
        trace_configs: Sequence[TraceConfig] | None = None,
        read_bufsize: int = 262144,
        max_body_size: float | None = None,
        max_line_size: int = 8190,
        max_field_size: int = 8190,
        max_headers: int = 128,
        fallback_charset_resolver: Callable[[ClientResponse, bytes], str] = lambda response, body: "utf-8",
        middlewares: Sequence[ClientMiddlewareType] = (),
        retry: bool = True,
    ) -> None:
        if loop is not None:
            warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=2)
        running = asyncio.get_running_loop()
        self._base_url = _checked_base(base_url)
        connector = _checked_connector(connector, running)
        jar = CookieJar() if cookie_jar is None else cookie_jar
        if cookies:
            jar.update_cookies(cookies)
        options = RequestOptions(
            raise_for_status=raise_for_status,
            proxy=proxy,
            proxy_auth=proxy_auth,
            timeout=_checked_timeout(timeout),
            auto_decompress=auto_decompress,
            max_body_size=body_limit(max_body_size),
            middlewares=tuple(middlewares),
            retry=retry,
            connection=limited(LENIENT, read_bufsize, max_line_size, max_field_size, max_headers),
            own_way=proxy is not None,
        )
        self._skip_auto_headers = frozenset(skip_auto_headers or ())
        services = SessionServices(
            running, connector, jar, options, CIMultiDict(headers or ()), self._skip_auto_headers
        )
        services.session = weakref.ref(self)
        services.response_class = response_class
        services.auth = auth
        services.auth_origin = self._base_url
        services.requote = requote_redirect_url
        services.http_1_1 = tuple(version) != (1, 0)
        services.trust_env = trust_env
        services.json_serialize = json_serialize
        services.json_serialize_bytes = json_serialize_bytes
        services.fallback_charset = fallback_charset_resolver
        services.trace_configs = _frozen(trace_configs)
        self._websocket_class = ws_response_class
        self._options = options
        self._connector = connector
        self._connector_owner = connector_owner
        self._services = services

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self.closed else 'open'}>"

    def __del__(self, _warn: Any = warnings.warn) -> None:
        if self._services is None or self.closed:
            return
        _warn(f"Unclosed client session {self!r}", ResourceWarning, source=self)
        loop = self._services.loop
        if not loop.is_closed():
            loop.call_exception_handler({"client_session": self, "message": "Unclosed client session"})

    def __enter__(self) -> None:
        raise TypeError("Use async with instead")

    def __exit__(self, *exc: object) -> None:
        pass

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    # Requests.

    def request(self, method: str, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a request; to be awaited, or entered with `async with`.

        Args:
            method: the method; it goes out in upper case.
            url: where it goes.
            kwargs: params, data, json, cookies, headers,
                skip_auto_headers, auth, allow_redirects, max_redirects, compress, chunked, expect100,
                raise_for_status, read_until_eof, proxy, proxy_auth, proxy_headers, timeout, ssl, server_hostname,
                trace_request_ctx, read_bufsize, auto_decompress, max_body_size (math.inf for no limit; None leaves
                that of the session), max_line_size, max_field_size, max_headers, middlewares, upload_tracker and
                retry.

        Raises:
            ClientError: there is no response.
            RuntimeError: the session is closed.
            TotalTimeoutError: it took too long.
            TypeError: a parameter of another type.
            ValueError: parameters that contradict each other.
        """
        return RequestManager(self._request(method, url, kwargs))

    def get(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a GET; see `request()`."""
        return RequestManager(self._request("GET", url, kwargs))

    def options(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send an OPTIONS; see `request()`."""
        return RequestManager(self._request("OPTIONS", url, kwargs))

    def head(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a HEAD; redirects are not followed unless `allow_redirects` says so; see `request()`."""
        return RequestManager(self._request("HEAD", url, {"allow_redirects": False, **kwargs}))

    def post(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a POST; see `request()`."""
        return RequestManager(self._request("POST", url, kwargs))

    def put(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a PUT; see `request()`."""
        return RequestManager(self._request("PUT", url, kwargs))

    def patch(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a PATCH; see `request()`."""
        return RequestManager(self._request("PATCH", url, kwargs))

    def delete(self, url: StrOrURL, **kwargs: Any) -> RequestManager:
        """Send a DELETE; see `request()`."""
        return RequestManager(self._request("DELETE", url, kwargs))

    def ws_connect(self, url: StrOrURL, *, method: str = "GET", **kwargs: Any) -> WebSocketRequestManager:
        """Open a websocket; to be awaited, or entered with `async with`, at whose end it is closed.

        Times are in seconds. Redirects are followed. The session's time-outs are for the handshake only.

        Args:
            url: where it is.
            method: the method of the handshake; servers of RFC 6455 know GET only.
            kwargs: protocols, the subprotocols to offer, the best first; timeout, a `ClientWSTimeout`; autoclose, whether
                a close frame of the server is answered when it is received; autoping, whether pings are answered, and
                pings and pongs not shown to who receives; heartbeat, how long the server may be silent before it is
                sent a ping, which it has half as long to answer with anything at all; origin, the value of Origin;
                compress, what to offer for compression: 9 to 15 bits of window or `DeflateOptions`, 0 for none;
                max_msg_size, bytes that a message of the server may have, decompressed (4 MiB), 0 for no limit;
                decode_text, whether texts come as `str` or as the bytes that they are; streaming, whether messages can
                be received in pieces; writer_limit, bytes that may wait to be sent before senders wait too.
                Furthermore, as in `request()`: params, headers, cookies, auth, proxy, proxy_auth, proxy_headers, ssl,
                server_hostname, skip_auto_headers, trace_request_ctx, allow_redirects, max_redirects, max_line_size,
                max_field_size, max_headers, middlewares and retry.

        Raises:
            WSServerHandshakeError: the server gives no websocket; the error has its answer.
            ClientError: there is no answer.
            RuntimeError: the session is closed.
            TotalTimeoutError: it took too long.
            TypeError: an argument that is not known, or of another type.
            ValueError: bits that no window has.
            tidewire_http_parser.LocalProtocolError: a subprotocol that is no token.
        """
        own, rest = sorted_out(kwargs)

        def send(given: Mapping[str, Any]) -> Awaitable[ClientResponse]:
            return self._request(method, url, given)

        return WebSocketRequestManager(connect(send, self._websocket_class, own, rest))

    async def _request(self, method: str, url: StrOrURL, given: Mapping[str, Any]) -> ClientResponse:
        services = self._services
        if services is None or self._connector is None or self._connector.closed:
            raise RuntimeError("Session is closed")
        options = self._options
        if given:
            options = options_of_request(options, given)
        target = self._absolute(url)
        if options.params:
            target = _with_params(target, options.params)
        return await perform(services, method.upper(), target, options)

    def _absolute(self, url: StrOrURL) -> URL:
        try:
            target = URL(url)
            base = self._base_url
            return target if base is None or target.absolute else base.join(target)
        except ValueError as error:
            raise InvalidUrlClientError(url) from error

    def proxy_for(self, url: StrOrURL) -> URL | None:
        """Return the proxy that a request to a URL goes through where it names none; None for none."""
        if self._options.proxy is not None:
            return URL(self._options.proxy)
        return None if self._services is None else self._services.proxy_for(self._absolute(url))

    # The end.

    async def close(self) -> None:
        """Close the session, and its connector where it is its owner: afterwards every connection is gone."""
        connector = self._connector
        self._connector = None
        if connector is not None and self._connector_owner:
            await connector.close()

    def detach(self) -> None:
        """Let go of the connector without closing it."""
        self._connector = None


def _checked_timeout(timeout: ClientTimeout | None) -> ClientTimeout:
    if timeout is None:
        return DEFAULT_TIMEOUT
    if not isinstance(timeout, ClientTimeout):
        raise ValueError(f"timeout is a ClientTimeout, not {type(timeout).__name__}")
    return timeout


def _checked_connector(connector: BaseConnector | None, loop: asyncio.AbstractEventLoop) -> BaseConnector:
    if connector is None:
        return TCPConnector()
    if connector.loop is not loop:
        raise RuntimeError("Session and connector have to use same event loop")
    return connector


def _frozen(configs: Sequence[TraceConfig] | None) -> list[TraceConfig]:
    frozen = list(configs or ())
    for config in frozen:
        config.freeze()
    return frozen


def _checked_base(base_url: StrOrURL | None) -> URL | None:
    if base_url is None:
        return None
    url = URL(base_url)
    if not url.absolute:
        raise ValueError("Only absolute URLs are supported as base_url")
    if not url.path.endswith("/"):
        raise ValueError("base_url must have a trailing '/'")
    return url


def _with_params(url: URL, params: Any) -> URL:
    """Add a query to that of a URL; text is encoded already."""
    if isinstance(params, str):
        query = url.raw_query_string
        params = quote(params, _IN_QUERIES)
        joined = f"{query}&{params}" if query else params
        # Not through yarl's quoting: what is quoted already is what was meant. The rest cannot be in a query.
        return URL.build(
            scheme=url.scheme,
            authority=url.raw_authority,
            path=url.raw_path,
            query_string=joined,
            fragment=url.raw_fragment,
            encoded=True,
        )
    return url.extend_query(params)

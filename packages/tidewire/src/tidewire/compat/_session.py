"""Sessions with the parameters and private members of aiohttp's."""

from __future__ import annotations

import asyncio
from asyncio import events
from collections.abc import AsyncIterator, Coroutine, Generator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from operator import attrgetter
from types import TracebackType
from typing import Any, Final

from multidict import CIMultiDict
from yarl import URL

import tidewire_client
from tidewire.compat._client_response import ClientResponse
from tidewire.compat._connector import TCPConnector, verification
from tidewire.compat._deprecations import warn_of
from tidewire.compat._stand_in import StandIn
from tidewire_client import ClientTimeout, ClientWSTimeout

__all__: list[str] = []

DEFAULT_TIMEOUT: Final = ClientTimeout(total=5 * 60, sock_connect=30)
"""What a session has where nobody says otherwise."""

DEFAULT_WS_CLIENT_TIMEOUT: Final = ClientWSTimeout(ws_receive=None, ws_close=10.0)
"""What a websocket has where nobody says otherwise."""

_RequestOptions = dict[str, Any]
_WSConnectOptions = dict[str, Any]
_AUTH: Final = "pass headers={'Authorization': encode_basic_auth(login, password)} instead"
_PROXY_AUTH: Final = "pass proxy_headers={'Proxy-Authorization': encode_basic_auth(login, password)} instead"


def _attribute(name: str) -> Any:
    """Make a private name for a public attribute."""
    return property(attrgetter(name))


def _warn_of_credentials(options: Mapping[str, Any]) -> None:
    if options.get("auth") is not None:
        warn_of(f"The 'auth' parameter is deprecated; {_AUTH}")
    if options.get("proxy_auth") is not None:
        warn_of(f"The 'proxy_auth' parameter is deprecated; {_PROXY_AUTH}")


def _timeouts(options: dict[str, Any]) -> None:
    """Make one time-out of those that a session was given.

    Raises:
        ValueError: they contradict each other, or the time-out is a number.
    """
    changes: dict[str, Any] = {}
    if (seconds := options.pop("read_timeout", None)) is not None:
        warn_of("read_timeout is deprecated, use timeout argument instead")
        changes["total"] = seconds
    if (seconds := options.pop("conn_timeout", None)) is not None:
        warn_of("conn_timeout is deprecated, use timeout argument instead")
        changes["connect"] = seconds
    timeout = options.get("timeout")
    if timeout is not None and not isinstance(timeout, ClientTimeout):
        raise ValueError(
            f"timeout parameter cannot be of {type(timeout)} type, please use 'timeout=ClientTimeout(...)' instead"
        )
    if changes:
        if timeout is not None:
            raise ValueError("read_timeout and conn_timeout conflict with timeout")
        options["timeout"] = replace(DEFAULT_TIMEOUT, **changes)


def _websocket_timeouts(options: dict[str, Any]) -> None:
    """Make one time-out of those that a websocket was given."""
    timeout = options.pop("timeout", None)
    if timeout is not None and not isinstance(timeout, ClientWSTimeout):
        warn_of("parameter 'timeout' of type 'float' is deprecated, please use ClientWSTimeout(ws_close=...)")
        timeout = ClientWSTimeout(ws_close=timeout)
    seconds = options.pop("receive_timeout", None)
    if seconds is not None:
        warn_of("parameter 'receive_timeout' is deprecated, please use ClientWSTimeout(ws_receive=...)")
        timeout = replace(timeout or DEFAULT_WS_CLIENT_TIMEOUT, ws_receive=seconds)
    if timeout is not None:
        options["timeout"] = timeout


class ClientSession(tidewire_client.ClientSession, metaclass=StandIn):
    """Sends requests; see `tidewire_client.ClientSession`.

    Args:
        base_url: see there.
        loop: the event loop to make the session for where none is running.
        options: see there; `read_timeout`, `conn_timeout`, `auth`, `proxy_auth` and `ssl_shutdown_timeout` are deprecated.
    """

    def __init__(
        self,
        base_url: str | URL | None = None,
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        **options: Any,
    ) -> None:
        _timeouts(options)
        _warn_of_credentials(options)
        if options.pop("ssl_shutdown_timeout", None) is not None:
            warn_of("The ssl_shutdown_timeout parameter is deprecated")
        options.setdefault("response_class", ClientResponse)
        running = events._get_running_loop()
        if running is None and loop is not None:
            # It used to be possible to make sessions before their event loop runs.
            events._set_running_loop(loop)
        try:
            if options.get("connector") is None:
                options["connector"] = TCPConnector()
            super().__init__(base_url, **options)
        finally:
            if running is None:
                events._set_running_loop(None)

    def __init_subclass__(cls) -> None:
        warn_of(f"Inheritance class {cls.__name__} from ClientSession is discouraged")

    # Requests go through `_request()` with keyword arguments: that is what is patched, and overridden.

    def request(self, method: str, url: str | URL, **kwargs: Any) -> Any:
        """Send a request; see `tidewire_client.ClientSession.request()`."""
        return _RequestContextManager(self._request(method, url, **kwargs))

    def get(self, url: str | URL, *, allow_redirects: bool = True, **kwargs: Any) -> Any:
        """Send a GET."""
        return _RequestContextManager(self._request("GET", url, allow_redirects=allow_redirects, **kwargs))

    def options(self, url: str | URL, *, allow_redirects: bool = True, **kwargs: Any) -> Any:
        """Send an OPTIONS."""
        return _RequestContextManager(
            self._request("OPTIONS", url, allow_redirects=allow_redirects, **kwargs)
        )

    def head(self, url: str | URL, *, allow_redirects: bool = False, **kwargs: Any) -> Any:
        """Send a HEAD."""
        return _RequestContextManager(self._request("HEAD", url, allow_redirects=allow_redirects, **kwargs))

    def post(self, url: str | URL, *, data: Any = None, **kwargs: Any) -> Any:
        """Send a POST."""
        return _RequestContextManager(self._request("POST", url, data=data, **kwargs))

    def put(self, url: str | URL, *, data: Any = None, **kwargs: Any) -> Any:
        """Send a PUT."""
        return _RequestContextManager(self._request("PUT", url, data=data, **kwargs))

    def patch(self, url: str | URL, *, data: Any = None, **kwargs: Any) -> Any:
        """Send a PATCH."""
        return _RequestContextManager(self._request("PATCH", url, data=data, **kwargs))

    def delete(self, url: str | URL, **kwargs: Any) -> Any:
        """Send a DELETE."""
        return _RequestContextManager(self._request("DELETE", url, **kwargs))

    def ws_connect(self, url: str | URL, *, method: str = "GET", **kwargs: Any) -> Any:
        """Open a websocket; see `tidewire_client.ClientSession.ws_connect()`."""
        _warn_of_credentials(kwargs)
        if "ssl" in kwargs and kwargs["ssl"] is None:
            warn_of("ssl=None is deprecated, please use ssl=True")
        verification(kwargs)
        _websocket_timeouts(kwargs)
        return super().ws_connect(url, method=method, **kwargs)

    async def _request(
        self,
        method: str,
        url: str | URL,
        given: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> tidewire_client.ClientResponse:
        options = {**(given or {}), **kwargs}
        if given is None:
            _warn_of_credentials(options)
            verification(options)
        chunked = options.get("chunked")
        if chunked is not None and not isinstance(chunked, bool):
            warn_of("Chunk size is deprecated")
            options["chunked"] = bool(chunked)
        timeout = options.get("timeout")
        if timeout is not None and not isinstance(timeout, ClientTimeout):
            warn_of("a timeout that is a number is deprecated, use ClientTimeout(total=...)")
        return await super()._request(method, url, options)

    # What programs and libraries reach for.

    def _build_url(self, str_or_url: str | URL) -> URL:
        return self._absolute(str_or_url)

    def _prepare_headers(self, headers: Any) -> CIMultiDict[str]:
        prepared = CIMultiDict(self.headers)
        for name in (added := CIMultiDict(headers or ())):
            prepared.popall(name, None)
        prepared.extend(added)
        return prepared

    @property
    def requote_redirect_url(self) -> bool:
        """Whether what is not quoted in a Location is quoted."""
        return self._made.requote

    @requote_redirect_url.setter
    def requote_redirect_url(self, value: bool) -> None:
        warn_of("session.requote_redirect_url modification is deprecated")
        self._made.requote = value

    _auto_decompress = _attribute("auto_decompress")
    _cookie_jar = _attribute("cookie_jar")
    _default_auth = _attribute("auth")
    _default_headers = _attribute("headers")
    _json_serialize = _attribute("json_serialize")
    _loop = _attribute("loop")
    _raise_for_status = _attribute("raise_for_status")
    _timeout = _attribute("timeout")
    _trace_configs = _attribute("trace_configs")
    _trust_env = _attribute("trust_env")
    _version = _attribute("version")


class _RequestContextManager(Coroutine[Any, Any, Any]):
    """A request that is sent when it is awaited, or entered with `async with`.

    Args:
        coroutine: sends it.
    """

    __slots__ = ("_coroutine", "_response")

    def __init__(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        self._coroutine = coroutine
        self._response: Any = None

    def send(self, value: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.send(value)

    def throw(self, *args: Any) -> Any:
        """See `Coroutine`."""
        return self._coroutine.throw(*args)

    def close(self) -> None:
        """See `Coroutine`."""
        self._coroutine.close()

    def __await__(self) -> Generator[Any, None, Any]:
        return self._coroutine.__await__()

    async def __aenter__(self) -> Any:
        self._response = await self._coroutine
        return await self._response.__aenter__()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        response, self._response = self._response, None
        if response is not None:
            await response.__aexit__(kind, error, traceback)


_WSRequestContextManager = _RequestContextManager


@asynccontextmanager
async def request(
    method: str,
    url: str | URL,
    *,
    version: tuple[int, int] = (1, 1),
    connector: Any = None,
    loop: asyncio.AbstractEventLoop | None = None,
    **kwargs: Any,
) -> AsyncIterator[Any]:
    """Send one request; see `tidewire_client.request()`."""
    owner = connector is None
    if connector is None:
        connector = TCPConnector(force_close=True)
    async with (
        ClientSession(connector=connector, connector_owner=owner, version=version) as session,
        session.request(method, url, **kwargs) as response,
    ):
        yield response

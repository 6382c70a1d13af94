"""Members that aiohttp's classes have and Tidewire's have not: what is deprecated, or reached for though private.

Objects of these classes are made by Tidewire itself, so a class derived from them would not help. The members are added
when the first module of aiohttp's name is imported; nothing that is there is changed for those who do not use them.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import threading
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import tidewire_client
import tidewire_web
from tidewire.compat._constants import DEBUG
from tidewire.compat._deprecations import warn_of
from tidewire.compat._loggers import pass_records_on
from tidewire.compat._old_handlers import coroutine_handler, new_style
from tidewire_http_io.forms import BodyPartReader, InvalidText

__all__: list[str] = []

_LOCK: Final = threading.Lock()
_DONE: Final[list[bool]] = []


def add_members() -> None:
    """Add the members, once."""
    with _LOCK:
        if not _DONE:
            _DONE.append(True)
            pass_records_on()
            for kind, members in _MEMBERS:
                for name, member in members.items():
                    if not hasattr(kind, name):
                        setattr(kind, name, member)
            for kind, name, around in _AROUND:
                setattr(kind, name, around(getattr(kind, name)))


def add_session_members() -> None:
    """Have sessions be equal to mappings with the same keys and values, as aiohttp_session's are."""
    kind: Any = importlib.import_module("tidewire_sessions").Session
    kind.__eq__ = Mapping.__eq__


def _old(message: str, read: Callable[[Any], Any]) -> property:
    """Make a deprecated property."""

    def get(self: Any) -> Any:
        warn_of(message)
        return read(self)

    return property(get)


def _message(request: Any) -> Any:
    from tidewire.compat._protocols import RawRequestMessage

    head = request.head
    return RawRequestMessage(
        request.method,
        request.path_qs,
        request.version,
        request.headers,
        request.raw_headers,
        not request.keep_alive,
        None,
        bool(getattr(head, "upgrade", ())),
        request.content_length is None and request.body_exists,
        request.rel_url,
    )


def _is_debugging(app: Any) -> bool:
    try:
        return asyncio.get_running_loop().get_debug()
    except RuntimeError:
        return DEBUG


async def _drain(response: Any) -> None:
    """Wait until the peer keeps up; every `write()` does so."""
    warn_of("drain method is deprecated, use await resp.write()")
    await response.flush()


def _make_handler(app: Any, *, loop: Any = None, **options: Any) -> Any:
    """Make the server of an application."""
    warn_of("Application.make_handler(...) is deprecated, use AppRunner API instead")
    app.freeze()
    return tidewire_web.Server(app.handle, app=app, request_factory=tidewire_web.Request, **options)


_MEMBERS: Final[tuple[tuple[type, dict[str, Any]], ...]] = (
    (
        tidewire_web.BaseRequest,
        {
            "has_body": _old("Deprecated, use .can_read_body", lambda self: self.can_read_body),
            "loop": _old("request.loop property is deprecated", lambda self: asyncio.get_running_loop()),
            "message": _old("Request.message is deprecated", _message),
            "_loop": property(lambda self: asyncio.get_running_loop()),
            "_message": property(_message),
            "_payload": property(lambda self: self.content),
            "_transport": property(lambda self: self.transport),
            "POST_METHODS": frozenset({"PATCH", "POST", "PUT", "TRACE", "DELETE"}),
            # What is asked of them is `transport`.
            "protocol": property(lambda self: self),
        },
    ),
    (
        tidewire_web.StreamResponse,
        {
            "drain": _drain,
            "_eof_sent": property(lambda self: self.prepared and self._sink is None),
            "_payload_writer": property(lambda self: self._sink),
            "_req": property(lambda self: self._request),
            "output_length": _old("output_length is deprecated", lambda self: self.body_length),
        },
    ),
    (
        tidewire_web.HTTPException,
        {"__http_exception__": True},
    ),
    (
        tidewire_web.Application,
        {
            "debug": _old("debug property is deprecated", _is_debugging),
            "make_handler": _make_handler,
            "_debug": False,
        },
    ),
    (
        tidewire_client.ClientResponseError,
        {"code": _old("code property is deprecated, use status instead", lambda self: self.status)},
    ),
    (
        tidewire_client.BaseConnector,
        {"_conns": property(lambda self: {}), "_acquired": property(lambda self: set())},
    ),
    (
        tidewire_client.ClientRequest,
        {
            "loop": property(lambda self: asyncio.get_running_loop()),
            "host": property(lambda self: self.url.host),
            "port": property(lambda self: self.url.port),
            "is_ssl": lambda self: self.url.scheme in ("https", "wss"),
        },
    ),
)


def _around_application(made: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(made)
    def init(self: Any, *, router: Any = None, middlewares: Any = (), **options: Any) -> None:
        for name in ("loop", "debug"):
            if options.pop(name, None) is not None:
                warn_of(f"{name} argument is deprecated")
        made(self, middlewares=[new_style(each) for each in middlewares], **options)
        if router is not None:
            warn_of("router argument is deprecated")
            if not isinstance(router, tidewire_web.UrlDispatcher):
                raise TypeError(f"a router is an UrlDispatcher, not {type(router).__name__}")
            self._router = router

    return init


def _around_freezing(freeze: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(freeze)
    def pre_freeze(self: Any) -> None:
        # Also what was appended since the application was made.
        if not self.middlewares.frozen:
            self.middlewares[:] = [new_style(each) for each in self.middlewares]
        freeze(self)

    return pre_freeze


def _around_handling(handle: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    @functools.wraps(handle)
    async def handle_request(self: Any, request: Any) -> Any:
        response = await handle(self, request)
        if isinstance(response, tidewire_web.HTTPException):
            warn_of("returning HTTPException object is deprecated, please raise the exception instead")
        return response

    return handle_request


def _around_check(check: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(check)
    def check_not_frozen(self: Any) -> None:
        if self.frozen:
            warn_of("Changing state of started or joined application is deprecated")

    return check_not_frozen


def _around_exception(made: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(made)
    def init(self: Any, *, body: Any = None, **options: Any) -> None:
        made(self, **options)
        if body is not None:
            warn_of("body argument is deprecated for http web exceptions")
            self.body = body

    return init


def _around_compression(enable: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(enable)
    def enable_compression(self: Any, force: Any = None, strategy: int | None = None) -> None:
        if isinstance(force, bool):
            warn_of("Using boolean for force is deprecated")
            force = tidewire_web.ContentCoding.deflate if force else tidewire_web.ContentCoding.identity
        enable(self, force, strategy)

    return enable_compression


def _around_chunked(enable: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(enable)
    def enable_chunked_encoding(self: Any, chunk_size: int | None = None) -> None:
        if chunk_size is not None:
            warn_of("Chunk size is deprecated")
        enable(self)

    return enable_chunked_encoding


def _around_site(made: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(made)
    def init(self: Any, *args: Any, shutdown_timeout: float | None = None, **options: Any) -> None:
        if shutdown_timeout is not None:
            warn_of("shutdown_timeout should be set on BaseRunner")
        made(self, *args, **options)

    return init


def _around_route(made: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(made)
    def init(self: Any, method: str, handler: Any, *args: Any, **options: Any) -> None:
        made(self, method, coroutine_handler(handler), *args, **options)

    return init


def _around_filter(find: Callable[..., Any]) -> Callable[..., Any]:
    from yarl import URL

    @functools.wraps(find)
    def filter_cookies(self: Any, request_url: Any = URL()) -> Any:  # noqa: B008
        if not isinstance(request_url, URL):
            warn_of(f"filter_cookies expects yarl.URL instances only, got {type(request_url)}")
            request_url = URL(request_url)
        return find(self, request_url)

    return filter_cookies


def _around_decoding(decode: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(decode)
    async def read(self: Any, *args: Any, **options: Any) -> Any:
        try:
            return await decode(self, *args, **options)
        except InvalidText as error:
            # Programs look out for what `bytes.decode()` raises.
            if isinstance(error.__cause__, UnicodeError):
                raise error.__cause__ from None
            raise

    return read


_AROUND: Final[tuple[tuple[type, str, Callable[[Any], Any]], ...]] = (
    (tidewire_web.Application, "__init__", _around_application),
    (tidewire_web.Application, "_check_not_frozen", _around_check),
    (tidewire_web.Application, "handle", _around_handling),
    (tidewire_web.Application, "pre_freeze", _around_freezing),
    (tidewire_web.HTTPException, "__init__", _around_exception),
    (tidewire_web.StreamResponse, "enable_compression", _around_compression),
    (tidewire_web.StreamResponse, "enable_chunked_encoding", _around_chunked),
    (tidewire_web.TCPSite, "__init__", _around_site),
    (tidewire_web.UnixSite, "__init__", _around_site),
    (tidewire_web.NamedPipeSite, "__init__", _around_site),
    (tidewire_web.SockSite, "__init__", _around_site),
    (tidewire_web.AbstractRoute, "__init__", _around_route),
    (tidewire_client.CookieJar, "filter_cookies", _around_filter),
    (BodyPartReader, "text", _around_decoding),
    (BodyPartReader, "json", _around_decoding),
    (BodyPartReader, "form", _around_decoding),
)

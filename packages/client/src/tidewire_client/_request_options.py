"""What one request is sent with: what it was given, and what its session says of the rest."""

from __future__ import annotations

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from yarl import URL

from tidewire_client._auth import BasicAuth
from tidewire_client._connection_key import DEFAULT_OPTIONS
from tidewire_client._timeouts import DEFAULT_TIMEOUT, ClientTimeout
from tidewire_client._upload_tracker import UploadTracker
from tidewire_http_io import ClientOptions

if TYPE_CHECKING:
    from tidewire_client._abstract_cookie_jar import LooseCookies

__all__ = ["LooseHeaders", "Query", "StrOrURL"]

StrOrURL: TypeAlias = str | URL
"""A URL."""

LooseHeaders: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
"""Header fields: a mapping or pairs."""

Query: TypeAlias = str | Mapping[str, Any] | Sequence[tuple[str, Any]] | None
"""A query: text that is encoded already, a mapping or pairs."""


@dataclass(kw_only=True)
class RequestOptions:
    """The parameters of a request; see `ClientSession.request()`. They are not changed once they are made."""

    params: Query = None
    data: Any = None
    json: Any = None
    cookies: LooseCookies | None = None
    headers: LooseHeaders | None = None
    skip_auto_headers: Iterable[str] | None = None
    auth: BasicAuth | None = None
    allow_redirects: bool = True
    max_redirects: int = 10
    compress: str | bool | None = None
    chunked: bool | None = None
    expect100: bool = False
    raise_for_status: bool | Callable[[Any], Awaitable[None]] | None = None
    read_until_eof: bool = True
    proxy: StrOrURL | None = None
    proxy_auth: BasicAuth | None = None
    proxy_headers: LooseHeaders | None = None
    timeout: ClientTimeout = DEFAULT_TIMEOUT
    ssl: Any = True
    server_hostname: str | None = None
    trace_request_ctx: Any = None
    read_bufsize: int | None = None
    auto_decompress: bool = True
    max_body_size: int | None = None
    max_line_size: int | None = None
    max_field_size: int | None = None
    max_headers: int | None = None
    middlewares: Sequence[Callable[..., Any]] = ()
    upload_tracker: UploadTracker | None = None
    retry: bool = True
    # What the limits amount to.
    connection: ClientOptions = DEFAULT_OPTIONS
    # Whether the head has more in it than what every request to a host has, and perhaps a body and cookies.
    own_head: bool = False
    # Whether the connection has to be another than the session's usual one to a host.
    own_way: bool = False


_OWN_HEAD: Final = frozenset({"headers", "skip_auto_headers", "auth", "compress", "chunked", "expect100"})
_LIMITS: Final = ("read_bufsize", "max_line_size", "max_field_size", "max_headers")
_OWN_WAY: Final = frozenset({"proxy", "proxy_auth", "proxy_headers", "ssl", "server_hostname", *_LIMITS})
# Parameters of which None is no value, but says nothing.
_NONE_IS_UNSAID: Final = frozenset(
    {"auto_decompress", "max_body_size", "middlewares", "raise_for_status", "proxy", "proxy_auth", "ssl"}
)
_WORKED_OUT: Final = {"connection", "own_head", "own_way"}
_NAMES: Final = frozenset(field.name for field in fields(RequestOptions)) - _WORKED_OUT


def options_of_request(session: RequestOptions, given: Mapping[str, Any]) -> RequestOptions:
    """Make the options of a request.

    Args:
        session: what the session says.
        given: the arguments of the request, by their names; None says nothing where it is no value of its own.

    Raises:
        TypeError: an argument that is not known, or of another type.
        ValueError: both data and json.
    """
    if not _NAMES.issuperset(given):
        raise TypeError(f"got an unexpected keyword argument {min(given.keys() - _NAMES)!r}")
    if not _NONE_IS_UNSAID.isdisjoint(given):
        given = {
            name: value for name, value in given.items() if value is not None or name not in _NONE_IS_UNSAID
        }
    # A copy with changes; `replace()` would cost a tenth of a request, for so many fields.
    options = RequestOptions.__new__(RequestOptions)
    options.__dict__ = {**session.__dict__, **given}
    if "timeout" in given:
        options.timeout = timeout_of(given["timeout"], session.timeout)
    if "max_body_size" in given:
        options.max_body_size = body_limit(given["max_body_size"])
    if options.data is not None and options.json is not None:
        raise ValueError("data and json parameters can not be used at the same time")
    if not _OWN_HEAD.isdisjoint(given):
        options.own_head = True
    if not _OWN_WAY.isdisjoint(given):
        options.own_way = True
        sizes = (options.read_bufsize, options.max_line_size, options.max_field_size, options.max_headers)
        if sizes != (None, None, None, None):
            options.connection = limited(session.connection, *sizes)
    return options


def limited(
    base: ClientOptions,
    read_bufsize: int | None,
    max_line_size: int | None,
    max_field_size: int | None,
    max_headers: int | None,
) -> ClientOptions:
    """Make options of connections with other limits; None leaves one as it is."""
    limits = base.limits
    if (max_line_size, max_field_size, max_headers) != (None, None, None):
        limits = replace(
            limits,
            line=limits.line if max_line_size is None else max_line_size,
            field=limits.field if max_field_size is None else max_field_size,
            fields=limits.fields if max_headers is None else max_headers,
        )
    return replace(
        base, limits=limits, read_bufsize=base.read_bufsize if read_bufsize is None else read_bufsize
    )


def body_limit(given: float | None) -> int | None:
    """Return the limit in bytes that a `max_body_size` means; None for none.

    Raises:
        TypeError: it is no whole number of bytes.
        ValueError: it is below 1.
    """
    if given is None or given == math.inf:
        return None
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError(f"max_body_size is a whole number of bytes, or math.inf, not {given!r:.100}")
    if given < 1:
        raise ValueError(f"max_body_size is 1 byte or more, not {given}; None is no limit")
    return given


def timeout_of(given: Any, default: ClientTimeout) -> ClientTimeout:
    """Return the time-outs that an argument means: a number is `total`, None is none.

    Raises:
        TypeError: it is something else.
    """
    if isinstance(given, ClientTimeout):
        return given
    if given is None:
        return replace(default, total=None)
    if isinstance(given, bool) or not isinstance(given, int | float):
        raise TypeError(f"a timeout is a ClientTimeout or a number, not {type(given).__name__}")
    return ClientTimeout(total=given, sock_connect=default.sock_connect)

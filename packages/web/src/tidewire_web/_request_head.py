"""What the head of a request says, and the connection that it came by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from multidict import CIMultiDict, CIMultiDictProxy, MultiDictProxy
from yarl import URL

from tidewire_http_io import ServerExchange
from tidewire_http_parser import RequestHead
from tidewire_http_parser.field_values import (
    ETag,
    parse_cookies,
    parse_forwarded_pairs,
    parse_media_type,
    unquote_cookie_value,
)
from tidewire_web._kept_state import KeptState
from tidewire_web._keys import OfRequest
from tidewire_web._preconditions import (
    entity_tags,
    joined_field,
    moment,
    moment_of_if_range,
    requested_range,
)

__all__: list[str] = []


class HeadView(KeptState[OfRequest]):
    """The readable side of a request's head. Nothing is computed before it is asked for.

    Attributes:
        exchange: the exchange that the request came by.
        head: its head, as the parser gives it.
        method: its method, as it was sent.
    """

    exchange: ServerExchange
    head: RequestHead
    method: str

    # Defaults of the class: a request that is not asked for anything costs next to nothing to make. The first three
    # are what `clone()`, or a server that knows its proxies, puts in the place of what the connection says.
    _scheme: str | None = None
    _host: str | None = None
    _remote: str | None = None
    _headers: CIMultiDictProxy[str] | None = None
    _cookies: Mapping[str, str] | None = None
    _forwarded: tuple[Mapping[str, str], ...] | None = None
    _url: URL | None = None
    _query: MultiDictProxy[str] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path_qs[:100]!r}>"

    # The request line.

    @property
    def version(self) -> tuple[int, int]:
        """The HTTP version, (1, 0) or (1, 1)."""
        return self.head.version

    @property
    def raw_path(self) -> str:
        """The request target as it was sent."""
        return self.head.target

    @property
    def rel_url(self) -> URL:
        """Path and query as a relative URL."""
        if self._url is None:
            self._url = _relative_url(self.head.target)
        return self._url

    @property
    def path(self) -> str:
        """The path, decoded."""
        return self.rel_url.path

    @property
    def path_qs(self) -> str:
        """Path and query, still encoded."""
        return self.rel_url.raw_path_qs

    @property
    def query_string(self) -> str:
        """The query, decoded."""
        return self.rel_url.query_string

    @property
    def query(self) -> MultiDictProxy[str]:
        """The query's names and values."""
        if self._query is None:
            self._query = self.rel_url.query
        return self._query

    @property
    def url(self) -> URL:
        """The whole URL, as far as the server knows it: scheme and host included."""
        # Not by joining, which takes dots out of the path: it would be another one than the router looks at (S30).
        relative = self.rel_url
        path = relative.raw_path
        return URL.build(
            scheme=self.scheme,
            authority=self.host,
            path=path if path.startswith("/") else f"/{path}",
            query_string=relative.raw_query_string,
            fragment=relative.raw_fragment,
            encoded=True,
        )

    # The connection.

    @property
    def scheme(self) -> str:
        """`https` where the connection is TLS, else `http`; what the request target says counts for nothing."""
        if self._scheme is not None:
            return self._scheme
        return "http" if self.exchange.info("ssl_object") is None else "https"

    @property
    def secure(self) -> bool:
        """Whether the scheme is `https`."""
        return self.scheme == "https"

    @property
    def host(self) -> str:
        """The host that the request is for.

        That of its target, where it has one, or else the value of Host (RFC 9112, section 3.2.2); where there is none,
        the address that the connection was made to.
        """
        if self._host is not None:
            return self._host
        head = self.head
        host = head.host
        if head.target[:1] != "/" and "://" in head.target:
            host = URL(head.target, encoded=True).raw_authority
        if host:
            return host
        name = self.exchange.info("sockname")
        if isinstance(name, tuple):
            return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
        return ""

    @property
    def remote(self) -> str | None:
        """The peer's address; None where it has none."""
        if self._remote is not None:
            return self._remote
        name = self.exchange.info("peername")
        if isinstance(name, tuple):
            return str(name[0])
        return None if name is None else str(name)

    @property
    def keep_alive(self) -> bool:
        """Whether the client wants the connection to live on."""
        return self.head.keep_alive

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What is known of the connection, by asyncio's names."""
        return self.exchange.info(name, default)

    @property
    def transport(self) -> Any:
        """The transport, for raw bytes of HTTP/1.1; None where the client has gone, or others share the connection.

        Nothing looks at what is written to it. For interim responses there is `tidewire_web.send_interim(request, ...)`.
        """
        return self.exchange.info("transport")

    # The fields.

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The fields of the head."""
        if self._headers is None:
            self._headers = CIMultiDictProxy(CIMultiDict(self.head.fields))
        return self._headers

    @property
    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The fields of the head as bytes, names that are widely known in their usual spelling."""
        return tuple(
            (name.encode("utf-8"), value.encode("utf-8", "surrogateescape"))
            for name, value in self.head.fields
        )

    @property
    def cookies(self) -> Mapping[str, str]:
        """The cookies by their names, not for writing. Of several with one name it is the last."""
        if self._cookies is None:
            pairs = parse_cookies("; ".join(self.headers.getall("Cookie", ())))
            self._cookies = MappingProxyType(
                {name: unquote_cookie_value(value) if '"' in value else value for name, value in pairs}
            )
        return self._cookies

    @property
    def forwarded(self) -> tuple[Mapping[str, str], ...]:
        """The parameters of Forwarded (RFC 7239) for each proxy, as they were sent, not for writing.

        Any client can send that field. A server that knows its proxies has taken from it what can be believed:
        `scheme`, `host` and `remote`.
        """
        if self._forwarded is None:
            value = joined_field(self.headers, "Forwarded")
            elements = parse_forwarded_pairs(value) if "Forwarded" in self.headers else []
            self._forwarded = tuple(MappingProxyType(element) for element in elements)
        return self._forwarded

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        essence = parse_media_type(self.headers.get("Content-Type", ""))[0]
        return essence or "application/octet-stream"

    def _first(self, name: str) -> str | None:
        """The first value of a field that is widely known, and so comes in its usual spelling.

        To look through a few fields costs less than to sort them.
        """
        if self._headers is not None:
            return self._headers.get(name)
        for each, value in self.head.fields:
            if each == name:
                return value
        return None

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type."""
        value = self._first("Content-Type")
        if value is None or "charset" not in value.lower():
            return None
        return parse_media_type(value)[1].get("charset")

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes, as far as it is declared."""
        length: int = self.head.body_length
        return length if "Content-Length" in self.headers else None

    @property
    def http_range(self) -> slice:
        """What Range asks for, to be used on the content; everything where there is no such field.

        Raises:
            ValueError: it is malformed, its unit is not bytes, or there are several ranges.
        """
        return requested_range(self.headers)

    @property
    def if_modified_since(self) -> datetime | None:
        """The date of If-Modified-Since, in UTC; None where there is none that can be read."""
        return moment(self.headers, "If-Modified-Since")

    @property
    def if_unmodified_since(self) -> datetime | None:
        """The date of If-Unmodified-Since, in UTC; None where there is none that can be read."""
        return moment(self.headers, "If-Unmodified-Since")

    @property
    def if_range(self) -> datetime | None:
        """The date of If-Range, in UTC; None where there is none that can be read, or an entity tag."""
        return moment_of_if_range(self.headers)

    @property
    def if_match(self) -> tuple[ETag, ...] | None:
        """The tags of If-Match up to the first that is malformed, `*` as one of that value; None without the field."""
        return entity_tags(self.headers, "If-Match")

    @property
    def if_none_match(self) -> tuple[ETag, ...] | None:
        """The tags of If-None-Match, as with `if_match`."""
        return entity_tags(self.headers, "If-None-Match")


def _relative_url(target: str) -> URL:
    """Path and query of a request target."""
    if target.startswith("/"):
        path, _, rest = target.partition("?")
        query, _, fragment = rest.partition("#")
        return URL.build(path=path, query_string=query, fragment=fragment, encoded=True)
    # What the other forms say of scheme and host counts for nothing here (S30).
    url = URL(target, encoded=True) if "://" in target else URL.build(path=target, encoded=True)
    if not url.absolute:
        return url
    # Of an empty path `raw_path` makes "/" (RFC 9110, section 4.2.3), which `relative()` does not.
    return URL.build(
        path=url.raw_path, query_string=url.raw_query_string, fragment=url.raw_fragment, encoded=True
    )

"""Requests: what a handler is called with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy
from yarl import URL

from tidewire_http_io import ServerExchange, StreamReader
from tidewire_http_io.forms import InvalidText, charset_codec
from tidewire_http_parser import RequestHead
from tidewire_http_parser.field_values import parse_media_type
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge
from tidewire_web._matcher import NO_MATCH

if TYPE_CHECKING:
    from tidewire_web._types import Services

__all__ = ["BaseRequest"]

_FORM = "application/x-www-form-urlencoded"


class BaseRequest(MutableMapping[str, Any]):
    """A request, and a mapping for what middlewares and handlers want to keep with it.

    Nothing is computed before it is asked for.

    Args:
        exchange: the exchange that it came by.
        services: what the server has for its requests.
    """

    # Defaults of the class: a request that is not asked for anything costs next to nothing to make.
    _state: dict[str, Any] | None = None
    _headers: CIMultiDictProxy[str] | None = None
    _url: URL | None = None
    _query: MultiDictProxy[str] | None = None
    _content: StreamReader | None = None
    _body: bytes | None = None
    _post: MultiDictProxy[str] | None = None

    def __init__(self, exchange: ServerExchange, services: Services) -> None:
        head = exchange.head
        self.exchange = exchange
        self.head: RequestHead = head
        self.method: str = head.method
        self.match = NO_MATCH  # what the router found
        self.services = services

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.method} {self.path_qs[:100]!r}>"

    # A mapping of its own state, compared by identity.

    def __getitem__(self, key: str) -> Any:
        if self._state is None:
            raise KeyError(key)
        return self._state[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if self._state is None:
            self._state = {}
        self._state[key] = value

    def __delitem__(self, key: str) -> None:
        if self._state is None:
            raise KeyError(key)
        del self._state[key]

    def __len__(self) -> int:
        return 0 if self._state is None else len(self._state)

    def __iter__(self) -> Iterator[str]:
        return iter(self._state or ())

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

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
            target = self.head.target
            if target.startswith("/"):
                path, _, rest = target.partition("?")
                query, _, fragment = rest.partition("#")
                self._url = URL.build(path=path, query_string=query, fragment=fragment, encoded=True)
            else:
                # What the other forms say of scheme and host counts for nothing here (S30).
                url = URL(target, encoded=True) if "://" in target else URL.build(path=target, encoded=True)
                if url.absolute:
                    # Of an empty path `raw_path` makes "/" (RFC 9110, section 4.2.3), which `relative()` does not.
                    url = URL.build(
                        path=url.raw_path,
                        query_string=url.raw_query_string,
                        fragment=url.raw_fragment,
                        encoded=True,
                    )
                self._url = url
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
        return URL.build(scheme=self.scheme, authority=self.host, encoded=True).join(self.rel_url)

    # The connection.

    @property
    def scheme(self) -> str:
        """`https` where the connection is TLS, else `http`."""
        return "https" if self.secure else "http"

    @property
    def secure(self) -> bool:
        """Whether the connection is TLS."""
        return self.exchange.info("ssl_object") is not None

    @property
    def host(self) -> str:
        """The value of Host; where there is none, the address that the connection was made to."""
        host = self.head.host
        if host:
            return host
        name = self.exchange.info("sockname")
        if isinstance(name, tuple):
            return f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
        return ""

    @property
    def remote(self) -> str | None:
        """The peer's address."""
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

    # The fields.

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The fields of the head."""
        if self._headers is None:
            self._headers = CIMultiDictProxy(CIMultiDict(self.head.fields))
        return self._headers

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        essence = parse_media_type(self.headers.get("Content-Type", ""))[0]
        return essence or "application/octet-stream"

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type."""
        return parse_media_type(self.headers.get("Content-Type", ""))[1].get("charset")

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes, as far as it is declared."""
        length: int = self.head.body_length
        return length if "Content-Length" in self.headers else None

    # The body.

    @property
    def body_exists(self) -> bool:
        """Whether the request has a body."""
        return self.head.body_length != 0

    @property
    def can_read_body(self) -> bool:
        """Whether there is a body that has not been read to its end."""
        return self.body_exists and self._body is None and not (self._content and self._content.at_eof())

    @property
    def content(self) -> StreamReader:
        """The body as a stream."""
        if self._content is None:
            self._content = StreamReader(self.exchange.consumed)
            self.exchange.receive(self._content)
        return self._content

    async def read(self) -> bytes:
        """Read the whole body; asked again, the same bytes are returned.

        Raises:
            HTTPRequestEntityTooLarge: it is larger than the application takes.
            tidewire_http_io.StreamReset: the client has gone, or does not speak HTTP.
        """
        if self._body is not None:
            return self._body
        limit = self.services.client_max_size
        length: int = self.head.body_length
        if limit and length > limit:
            raise HTTPRequestEntityTooLarge(limit, length)
        if self.exchange.body_complete and self._content is None:
            body = self.exchange.take_body()
            if limit and len(body) > limit:
                raise HTTPRequestEntityTooLarge(limit, len(body))
            self._body = body
            return body
        pieces: list[bytes] = []
        size = 0
        while piece := await self.content.readany():
            size += len(piece)
            if limit and size > limit:
                raise HTTPRequestEntityTooLarge(limit, size)
            pieces.append(piece)
        self._body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        return self._body

    async def text(self) -> str:
        """Read the whole body as text, by its charset, UTF-8 where it declares none.

        Raises:
            LookupError: there is no such charset.
            UnicodeDecodeError: the body is not in its charset.
            HTTPRequestEntityTooLarge: it is larger than the application takes.
        """
        body = await self.read()
        return body.decode(_checked_charset(self.charset))

    async def json(self, *, loads: Callable[[str], Any] = json.loads) -> Any:
        """Read the whole body as JSON.

        Raises:
            ValueError: it is not JSON.
            HTTPRequestEntityTooLarge: it is larger than the application takes.
        """
        return loads(await self.text())

    async def post(self) -> MultiDictProxy[str]:
        """Read the whole body as a form; empty where it is none.

        Raises:
            HTTPRequestEntityTooLarge: it is larger than the application takes.
        """
        if self._post is None:
            form: MultiDict[str] = MultiDict()
            if self.content_type == _FORM:
                body = (await self.read()).rstrip()
                charset = _checked_charset(self.charset)
                form.extend(parse_qsl(body.decode(charset), keep_blank_values=True, encoding=charset))
            self._post = MultiDictProxy(form)
        return self._post


def _checked_charset(charset: str | None) -> str:
    """The charset to decode a body by, UTF-8 where it declares none.

    Raises:
        LookupError: Python has none of this name, or it is none of the web: those of host names need half a minute
            for a MiB.
    """
    if charset is None:
        return "utf-8"
    try:
        return charset_codec(charset)
    except InvalidText as error:
        raise LookupError(f"{charset[:100]!r} is no charset of a body") from error

"""Requests: what a handler is called with."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy
from yarl import URL

from tidewire_http_io import EMPTY_PAYLOAD, BodySink, ServerExchange, StreamReader
from tidewire_http_io.forms import MultipartReader
from tidewire_http_parser import RequestHead
from tidewire_web._built_request import BuiltServices, built_exchange
from tidewire_web._disconnection import Disconnection
from tidewire_web._file_field import FormFiles
from tidewire_web._http_exceptions import HTTPRequestEntityTooLarge
from tidewire_web._matcher import NO_MATCH
from tidewire_web._payload_errors import PayloadAccessError
from tidewire_web._preconditions import joined_field
from tidewire_web._request_body import (
    RequestContent,
    check_size,
    decode_json,
    kept_content,
    limited,
    text_charset,
)
from tidewire_web._request_forms import (
    METHODS,
    MULTIPART,
    URLENCODED,
    FormValue,
    multipart_form,
    urlencoded_form,
)
from tidewire_web._request_head import HeadView

if TYPE_CHECKING:
    from tidewire_web._types import PrepareReceiver, Services

__all__ = ["BaseRequest"]

_SAME: Final[Any] = object()
_LOADS: Final = json.loads
# What `clone()` leaves to the request that it was made from.
_OWNED: Final = ("_content", "_body", "_post", "_files", "_form_begun", "_disconnection")


class BaseRequest(HeadView):
    """A request, and a mapping for what middlewares and handlers want to keep with it.

    Args:
        exchange: the exchange that it came by.
        services: what the server has for its requests.
    """

    # Defaults of the class: a request that is not asked for anything costs next to nothing to make. The first is what an
    # application has called before the head of the response goes out.
    prepare_receivers: Sequence[PrepareReceiver] = ()
    _client_max_size: int | None = None
    _client_max_fields: int | None = None
    _original: BaseRequest | None = None  # what this one is a clone of: it has the body for both
    _content: StreamReader | None = None
    _body: bytes | None = None
    _post: MultiDictProxy[FormValue] | None = None
    _form_begun = False
    _files: FormFiles | None = None  # what is to be closed when the request ends
    _disconnection: Disconnection | None = None
    _task: asyncio.Task[Any] | None = None
    _sink: BodySink | None = None  # what the body of its response is written to

    def __init__(self, exchange: ServerExchange, services: Services) -> None:
        head = exchange.head
        self.exchange = exchange
        self.head = head
        self.method = head.method
        self.match = NO_MATCH  # what the router found
        self.services = services

    @classmethod
    def build(
        cls,
        method: str,
        target: str,
        *,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        version: tuple[int, int] = (1, 1),
        info: Mapping[str, Any] | None = None,
        client_max_size: int = 1024**2,
        client_max_fields: int = 1000,
    ) -> Self:
        """Make a request without a server, as a server would: it is parsed, and can be handled and answered.

        The answer goes nowhere. Where no event loop is running, head and body can be looked at.

        Args:
            method: the method.
            target: path and query.
            headers: the fields; Host and Content-Length need not be among them.
            body: the body.
            version: the HTTP version, 1.1 or 1.0.
            info: what is known of the connection, by asyncio's names, such as `peername`.
            client_max_size: bytes of a body that it keeps; 0 for any number.
            client_max_fields: fields of a form that it keeps; 0 for any number.

        Raises:
            ValueError: a server would refuse it.
        """
        exchange = built_exchange(method, target, headers, body, version, info)
        return cls(exchange, BuiltServices(None, client_max_size, client_max_fields))

    @property
    def client_max_size(self) -> int:
        """Bytes of a body, decoded, that `read()` and what builds on it keep; 0 for any number."""
        limit = self._client_max_size
        return self.services.client_max_size if limit is None else limit

    @property
    def client_max_fields(self) -> int:
        """Fields of a form that `post()` keeps; 0 for any number."""
        limit = self._client_max_fields
        return self.services.client_max_fields if limit is None else limit

    @property
    def task(self) -> asyncio.Task[Any]:
        """The task that handles the request.

        Raises:
            RuntimeError: no task runs.
        """
        task = self._task or asyncio.current_task()
        if task is None:
            raise RuntimeError("no task handles this request")
        return task

    def clone(
        self,
        *,
        method: str = _SAME,
        rel_url: str | URL = _SAME,
        headers: Mapping[str, str] | Iterable[tuple[str, str]] = _SAME,
        scheme: str = _SAME,
        host: str = _SAME,
        remote: str = _SAME,
        client_max_size: int = _SAME,
        client_max_fields: int = _SAME,
    ) -> Self:
        """Make a copy of the request, some of it changed, such as for the next handler of a middleware.

        The copy has a copy of what is kept with the request, and the same body: what either of them reads is read.

        Args:
            method: its method.
            rel_url: path and query.
            headers: its fields.
            scheme: its scheme.
            host: its host.
            remote: the address of the client.
            client_max_size: bytes of a body that it keeps; 0 for any number.
            client_max_fields: fields of a form that it keeps; 0 for any number.

        Raises:
            RuntimeError: the body was read.
        """
        owner = self._original or self
        if owner._body or owner._form_begun:
            raise RuntimeError("a request cannot be cloned when its body was read")
        clone = type(self).__new__(type(self))
        attributes = clone.__dict__
        attributes.update(self.__dict__)
        for name in _OWNED:
            attributes.pop(name, None)
        attributes["_original"] = owner
        if self._state is not None:
            attributes["_state"] = self._state.copy()
        changes = {
            "_scheme": scheme,
            "_host": host,
            "_remote": remote,
            "_client_max_size": client_max_size,
            "_client_max_fields": client_max_fields,
        }
        attributes.update((name, value) for name, value in changes.items() if value is not _SAME)
        if method is not _SAME or rel_url is not _SAME or headers is not _SAME:
            clone._change_head(method, rel_url, headers)
        return clone

    def _change_head(
        self,
        method: str,
        rel_url: str | URL,
        headers: Mapping[str, str] | Iterable[tuple[str, str]],
    ) -> None:
        old = self.head
        method = old.method if method is _SAME else method
        head = RequestHead(method, old.target if rel_url is _SAME else str(rel_url), old.http_1_1)
        head.fields = old.fields
        head.host = old.host
        if headers is not _SAME:
            fields = CIMultiDict(headers)
            head.fields = list(fields.items())
            head.host = fields.get("Host")
            self._headers = CIMultiDictProxy(fields)
            self._cookies = self._forwarded = None
        if rel_url is not _SAME:
            self._url = self._query = None
        # How the message came is not changed by what is said of it.
        head.body_length = old.body_length
        head.keep_alive = old.keep_alive
        head.expect = old.expect
        head.expect_continue = old.expect_continue
        head.upgrade = old.upgrade
        head.offers_switch = old.offers_switch
        self.head = head
        self.method = method

    # The body.

    @property
    def body_exists(self) -> bool:
        """Whether the request has a body."""
        return self.head.body_length != 0

    @property
    def can_read_body(self) -> bool:
        """Whether there is a body that has not been read to its end."""
        owner = self._original or self
        content = owner._content
        return self.body_exists and owner._body is None and not (content is not None and content.at_eof())

    @property
    def content(self) -> StreamReader:
        """The body as a stream, its content codings taken off.

        Reads raise `RequestPayloadError` where it breaks off or is malformed, `PayloadAccessError` where the response is
        complete.

        Raises:
            RequestPayloadError: a content coding that is not understood.
        """
        owner = self._original or self
        content = owner._content
        if content is None:
            if self.head.body_length == 0:
                content = EMPTY_PAYLOAD
            else:
                content = RequestContent(self.exchange, owner._content_encoding)
            owner._content = content
        if self.exchange.finished and not content.at_eof():
            content.set_exception(PayloadAccessError())
        return content

    @property
    def _content_encoding(self) -> str:
        """The value of Content-Encoding, if it is to be decoded."""
        if self._first("Content-Encoding") is None or not self.services.auto_decompress:
            return ""
        return joined_field(self.headers, "Content-Encoding")

    async def read(self) -> bytes:
        """Read the whole body.

        Raises:
            HTTPRequestEntityTooLarge: it is larger than `client_max_size`.
            PayloadAccessError: the response is complete.
            RequestPayloadError: the body breaks off, or is malformed.
        """
        owner = self._original or self
        body = owner._body
        if body is None:
            exchange = self.exchange
            limit = self._client_max_size
            if limit is None:
                limit = self.services.client_max_size
            length: int = self.head.body_length
            if 0 < limit < length:
                raise HTTPRequestEntityTooLarge(limit, length)
            if (
                owner._content is None
                and exchange.body_complete
                and not exchange.finished
                and not (length and owner._content_encoding)
            ):
                # It came with the head: no stream is needed.
                body = exchange.take_body()
                if 0 < limit < len(body):
                    owner._content = kept_content(body)  # which is still there for whoever takes that much
                    raise HTTPRequestEntityTooLarge(limit, len(body))
            else:
                content = self.content
                with limited(content, limit):
                    body = await content.read()
            owner._body = body
        return body

    async def text(self) -> str:
        """Read the whole body as text, by its charset, UTF-8 where it declares none.

        Raises:
            Exception: as with `read()`.
            LookupError: there is no such charset.
            UnicodeDecodeError: the body is not in its charset.
        """
        charset = self.charset
        body = await self.read()
        return body.decode(text_charset(charset))

    async def json(self, *, loads: Callable[[str], Any] = json.loads) -> Any:
        """Read the whole body as JSON, whatever its media type.

        Args:
            loads: decodes it; what it raises is raised.

        Raises:
            Exception: as with `text()`.
            ValueError: it is not JSON, or is nested too deeply.
        """
        text = await self.text()
        try:
            return decode_json(text) if loads is _LOADS else loads(text)
        except RecursionError:
            raise ValueError("JSON that is nested too deeply") from None

    async def multipart(self) -> MultipartReader:
        """Return a reader for the parts of a multipart body, a new one with each call.

        Its parts may be of any size where they are read piece by piece; what is read as a whole is bounded by
        `client_max_size`, that of all parts together.

        Raises:
            RequestPayloadError: a content coding that is not understood.
            tidewire_http_parser.InvalidMultipart: the body is not multipart.
        """
        owner = self._original or self
        services = self.services
        return MultipartReader(
            self.headers,
            self.content if owner._body is None else kept_content(owner._body),
            client_max_size=self.client_max_size or sys.maxsize,
            max_field_size=services.max_field_size,
            max_headers=services.max_headers,
            max_size_error_cls=HTTPRequestEntityTooLarge,
        )

    async def post(self) -> MultiDictProxy[FormValue]:
        """Read the whole body as a form, of either kind; empty where it is none, or the method has none.

        Fields are text, or bytes where they have a media type that is no text; files are a `FileField`, and closed when
        the request ends.

        Raises:
            HTTPRequestEntityTooLarge: the body is larger than `client_max_size`, or has more fields than
                `client_max_fields`.
            PayloadAccessError: the response is complete.
            RequestPayloadError: the body breaks off.
            RuntimeError: an earlier call was broken off, and has read a part of it.
            ValueError: a field has no name, or is a multipart itself.
            tidewire_http_parser.RemoteProtocolError: the form is malformed.
        """
        owner = self._original or self
        if owner._post is None:
            form: MultiDict[FormValue] = MultiDict()
            content_type = self.content_type
            if self.method in METHODS and self.body_exists:
                if content_type == URLENCODED:
                    form = urlencoded_form(await self.read(), self.charset, self.client_max_fields)
                elif content_type == MULTIPART:
                    form = await self._read_multipart_form(owner)
            owner._post = MultiDictProxy(form)
        return owner._post

    async def _read_multipart_form(self, owner: BaseRequest) -> MultiDict[FormValue]:
        limit = self.client_max_size
        check_size(limit, self.head.body_length)
        if owner._body is None:
            if owner._form_begun:
                raise RuntimeError("the form was read in part, and the rest of it would look like the whole")
            owner._form_begun = True
        reader = await self.multipart()
        with limited(self.content, limit):
            return await multipart_form(reader, owner._kept_files, self.client_max_fields)

    def _kept_files(self) -> FormFiles:
        if self._files is None:
            self._files = FormFiles()
        return self._files

    async def release(self) -> None:
        """Read what is left of the body, and throw it away; nothing is decoded.

        Raises:
            RequestPayloadError: the body breaks off.
        """
        owner = self._original or self
        if not self.can_read_body:
            return
        if owner._content is None:
            owner._content = RequestContent(self.exchange)
        await self.content.release()

    # The end.

    async def wait_disconnected(self) -> None:
        """Wait until the client has gone, or the exchange has ended otherwise: the response is complete.

        Any number of tasks may wait. While more of a body is there than is kept for a handler that does not read it, a
        client that goes is not noticed.
        """
        await self._disconnection_told().wait()

    def add_disconnect_callback(self, callback: Callable[[], None]) -> None:
        """Have a callback called when the client goes before the response is complete; at once where it has gone.

        What it raises when the client goes is told to the event loop's exception handler.
        """
        self._disconnection_told().add_callback(callback)

    def note_sink(self, sink: BodySink | None) -> None:
        """Take note of what the body of the response is written to, for the server; responses call it."""
        (self._original or self)._sink = sink

    def forget_disconnect_callbacks(self) -> None:
        """Call none of them any more, for the server itself is about to end the exchange."""
        self._disconnection_told().forget_callbacks()

    def _disconnection_told(self) -> Disconnection:
        owner = self._original or self
        if owner._disconnection is None:
            owner._disconnection = Disconnection(self.exchange)
        return owner._disconnection

    async def _finish(self) -> None:
        """Close the files of a form; what the server calls when the request ends, where there are any."""
        files, self._files = self._files, None
        if files is not None:
            await files.close()

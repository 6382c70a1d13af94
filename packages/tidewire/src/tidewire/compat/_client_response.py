"""Responses that can be made as aiohttp's are, which libraries for tests do, and that have its private members."""

from __future__ import annotations

import asyncio
import json as json_module
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from multidict import CIMultiDict
from yarl import URL

import tidewire_client
from tidewire.compat._deprecations import warn_of
from tidewire.compat._stand_in import StandIn
from tidewire_client import ClientConnectionError, RequestInfo
from tidewire_http_parser import ResponseHead

__all__: list[str] = []


def _utf_8(_response: Any, _body: bytes) -> str:
    return "utf-8"


def _request_of(method: str, url: URL, info: RequestInfo | None, session: Any, attempts: int) -> Any:
    """Make what a response asks of its request."""
    info = info or RequestInfo(url.with_fragment(None), method, CIMultiDict(), url)
    services = SimpleNamespace(fallback_charset=_utf_8)
    scope = SimpleNamespace(history=(), traces=(), services=services)
    return SimpleNamespace(
        method=method,
        url=url,
        original_url=url,
        request_info=info,
        session=session,
        scope=scope,
        attempts=attempts,
    )


class ClientResponse(tidewire_client.ClientResponse, metaclass=StandIn):
    """A response; see `tidewire_client.ClientResponse`.

    Sessions make it as there. It can also be made by hand, as aiohttp's: its private members are set then, and it
    answers from them.

    Args:
        method: the method of the request; or the request.
        url: its URL; or the head.
        rest: where a session makes it.
        options: `request_info`, `session` and `loop`; `writer`, `continue100`, `timer`, `traces` and others are ignored.
    """

    _by_hand = False
    _loop_given: Any = None
    _version_given: tuple[int, int] | None = None

    def __init__(self, method: Any, url: Any, *rest: Any, **options: Any) -> None:
        if not isinstance(method, str):
            super().__init__(method, url, *rest, **options)
            return
        url = URL(url)
        request = _request_of(method, url, options.get("request_info"), options.get("session"), 1)
        super().__init__(request, ResponseHead(200, "", True), None, None, False)
        self._by_hand = True
        self._loop_given = options.get("loop")
        self._headers = CIMultiDict()  # type: ignore[assignment]
        self.status = None  # type: ignore[assignment]

    # What is set from outside.

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return self.head.reason

    @reason.setter
    def reason(self, value: str | None) -> None:
        self.head.reason = value or ""

    @property
    def version(self) -> Any:
        """The HTTP version."""
        return self._version_given or super().version

    @version.setter
    def version(self, value: tuple[int, int]) -> None:
        self._version_given = value

    @property
    def content(self) -> Any:
        """The body as a stream."""
        return super().content

    @content.setter
    def content(self, value: Any) -> None:
        self._content = value

    @property
    def cookies(self) -> Any:
        """The cookies that the response sets."""
        return super().cookies

    @cookies.setter
    def cookies(self, value: Any) -> None:
        self._cookies = value

    @property
    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The fields as bytes."""
        if not self._by_hand:
            return super().raw_headers
        return tuple((name.encode(), value.encode()) for name, value in self.headers.items())

    @property
    def _raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        return self.raw_headers

    @_raw_headers.setter
    def _raw_headers(self, value: Any) -> None:
        """Ignore it: the fields are those of `_headers`."""

    @property
    def _history(self) -> tuple[Any, ...]:
        return self.history

    @_history.setter
    def _history(self, value: tuple[Any, ...]) -> None:
        self.history = value

    async def read(self) -> bytes:
        """Read the whole body; see `tidewire_client.ClientResponse.read()`."""
        if not self._by_hand or self._body is not None:
            return await super().read()
        if self._released:
            raise ClientConnectionError("Connection closed")
        self._body = b"" if self._content is None else await self._content.read()
        return self._body

    async def json(
        self,
        *,
        encoding: str | None = None,
        loads: Callable[[str], Any] = json_module.loads,
        content_type: str | None = "application/json",
    ) -> Any:
        """Read the body as JSON; see `tidewire_client.ClientResponse.json()`."""
        return await super().json(encoding=encoding, loads=loads, content_type=content_type)

    @property
    def closed(self) -> bool:
        """Whether the connection is given back, or closed."""
        return self._released if self._by_hand else super().closed

    # What is reached for, or deprecated.

    @property
    def _loop(self) -> Any:
        return self._loop_given or asyncio.get_running_loop()

    @property
    def _session(self) -> Any:
        return self.session

    @property
    def _request_info(self) -> RequestInfo:
        return self.request_info

    @property
    def _closed(self) -> bool:
        return self.closed

    @property
    def _url(self) -> URL:
        return self.url

    @property
    def url_obj(self) -> URL:
        """Where the response comes from."""
        warn_of("ClientResponse.url_obj is deprecated, use .url")
        return self.url

    @property
    def output_size(self) -> int:
        """Bytes of the request's body, as far as they are known."""
        warn_of("ClientResponse.output_size is deprecated, use UploadTracker instead")
        payload = getattr(self.request, "payload", None)
        return getattr(payload, "size", None) or 0

    @property
    def upload_complete(self) -> asyncio.Future[None]:
        """What is done when the request was sent."""
        warn_of("ClientResponse.upload_complete is deprecated, use UploadTracker instead")
        return asyncio.ensure_future(self._upload.wait()) if self._upload is not None else _done()


def _done() -> asyncio.Future[None]:
    future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    future.set_result(None)
    return future

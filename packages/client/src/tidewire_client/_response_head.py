"""What the head of a response says, and what it answers."""

from __future__ import annotations

import contextlib
import re
from http.cookies import SimpleCookie
from typing import Any, Final

from multidict import CIMultiDict, CIMultiDictProxy, MultiDict, MultiDictProxy
from yarl import URL

from tidewire_client._client_request import ClientRequest
from tidewire_client._morsels import morsel_of_field
from tidewire_client._request_info import RequestInfo
from tidewire_http_parser import InvalidFieldValue, ResponseHead
from tidewire_http_parser.field_values import (
    ContentDisposition,
    Link,
    parse_content_disposition,
    parse_links,
    parse_media_type,
    parse_set_cookies,
)

__all__: list[str] = []

_OCTETS: Final = "application/octet-stream"
_JSON: Final = re.compile(r"application/(?:[\w.+-]+\+)?json\Z", re.IGNORECASE)


class ResponseHeadView:
    """The readable side of a response's head, and of its request's. Nothing is computed before it is asked for.

    Attributes:
        request: the request.
        head: the head, as the parser gives it.
        status: its status code.
    """

    request: ClientRequest
    head: ResponseHead
    status: int

    _headers: CIMultiDictProxy[str] | None = None
    _cookies: SimpleCookie | None = None
    _media_type: tuple[str, dict[str, str]] | None = None

    @property
    def method(self) -> str:
        """The method of the request."""
        return self.request.method

    @property
    def url(self) -> URL:
        """Where the response comes from, without a fragment."""
        url = self.request.url
        return url.with_fragment(None) if url.raw_fragment else url

    @property
    def real_url(self) -> URL:
        """Where it comes from, with the fragment."""
        return self.request.original_url

    @property
    def host(self) -> str:
        """The host that it comes from."""
        return self.request.url.host or ""

    @property
    def request_info(self) -> RequestInfo:
        """The request, as it was sent."""
        return self.request.request_info

    @property
    def session(self) -> Any:
        """The session."""
        return self.request.session

    @property
    def version(self) -> tuple[int, int]:
        """The HTTP version, (1, 0) or (1, 1)."""
        return self.head.version

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return self.head.reason

    @property
    def ok(self) -> bool:
        """Whether the status is below 400."""
        return self.status < 400

    @property
    def headers(self) -> CIMultiDictProxy[str]:
        """The fields."""
        if self._headers is None:
            self._headers = CIMultiDictProxy(CIMultiDict(self.head.fields))
        return self._headers

    @property
    def raw_headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """The fields as bytes, names that are widely known in their usual spelling."""
        return tuple(
            (name.encode("utf-8"), value.encode("utf-8", "surrogateescape"))
            for name, value in self.head.fields
        )

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters."""
        return self._content_type()[0] or _OCTETS

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type."""
        return self._content_type()[1].get("charset")

    def _content_type(self) -> tuple[str, dict[str, str]]:
        if self._media_type is None:
            self._media_type = parse_media_type(self.headers.get("Content-Type", ""))
        return self._media_type

    @property
    def content_length(self) -> int | None:
        """The length of the body in bytes, as far as it is declared."""
        value = self.headers.get("Content-Length")
        return int(value) if value is not None and value.isascii() and value.isdigit() else None

    @property
    def content_disposition(self) -> ContentDisposition | None:
        """The value of Content-Disposition; None where there is none that can be read."""
        value = self.headers.get("Content-Disposition")
        if value is None:
            return None
        try:
            return parse_content_disposition(value)
        except InvalidFieldValue:
            return None

    @property
    def cookies(self) -> SimpleCookie:
        """The cookies that the response sets."""
        if self._cookies is None:
            cookies = SimpleCookie()
            for cookie in parse_set_cookies(self.headers.getall("Set-Cookie", [])):
                dict.__setitem__(cookies, cookie.name, morsel_of_field(cookie))
            self._cookies = cookies
        return self._cookies

    @property
    def links(self) -> MultiDictProxy[MultiDictProxy[str | URL]]:
        """The links of Link, by their relation, or by their target where they have none."""
        found: MultiDict[MultiDictProxy[str | URL]] = MultiDict()
        links: list[Link] = []
        for value in self.headers.getall("Link", []):
            with contextlib.suppress(InvalidFieldValue):  # which hides no other line
                links += parse_links(value)
        for link in links:
            entry: MultiDict[str | URL] = MultiDict()
            if link.rel:
                entry.add("rel", " ".join(link.rel))
            if link.anchor is not None:
                entry.add("anchor", link.anchor)
            if link.title is not None:
                entry.add("title", link.title)
            for name, text in link.attributes:
                entry.add(name, text or "")
            try:
                entry.add("url", self.url.join(URL(link.target)))
            except ValueError:
                continue
            found.add(" ".join(link.rel) or link.target, MultiDictProxy(entry))
        return MultiDictProxy(found)


def is_expected_type(found: str, expected: str) -> bool:
    """Tell whether a media type is the one that was asked for; for JSON those with `+json` are."""
    if expected == "application/json":
        return found == expected or _JSON.match(found) is not None
    return expected in found

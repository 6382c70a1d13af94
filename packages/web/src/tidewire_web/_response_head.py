"""The head of a response: its status, its fields, and what these say."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

from multidict import CIMultiDict

from tidewire_http_io import ServerExchange
from tidewire_http_parser import REASONS, InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import (
    ETag,
    SetCookie,
    format_date,
    format_etag,
    format_media_type,
    parse_date,
    parse_etag,
    parse_media_type,
)
from tidewire_web._kept_state import KeptState
from tidewire_web._keys import OfResponse
from tidewire_web._response_cookies import ResponseCookies, expiry_of, wire_value

__all__ = ["LooseHeaders"]

LooseHeaders = Mapping[str, str] | Iterable[tuple[str, str]]

CONTENT_LENGTH: Final = "Content-Length"
CONTENT_TYPE: Final = "Content-Type"
OCTETS: Final = "application/octet-stream"


class ResponseHead(KeptState[OfResponse]):
    """What is sent of a response before its body. The constructors of subclasses set the first four attributes."""

    _status: int
    _reason: str | None
    _headers: CIMultiDict[str] | None
    _exchange: ServerExchange | None  # the one that the response answers
    _cookies: ResponseCookies | None = None
    _chunked = False
    _closes = False

    @property
    def status(self) -> int:
        """The status code."""
        return self._status

    @property
    def reason(self) -> str:
        """The reason phrase."""
        return REASONS.get(self._status, "") if self._reason is None else self._reason

    def set_status(self, status: int, reason: str | None = None) -> None:
        """Set status code and reason phrase.

        Args:
            status: the status code.
            reason: the reason phrase, None for the usual one.

        Raises:
            RuntimeError: the head has been sent.
            ValueError: control characters in the reason phrase.
        """
        if self._exchange is not None and self._exchange.head_sent:
            raise RuntimeError("cannot change the status after the head was sent")
        self._status = int(status)
        self._reason = None if reason is None else checked_reason(reason)

    @property
    def headers(self) -> CIMultiDict[str]:
        """The fields of the head; what is changed after it was sent has no effect."""
        if self._headers is None:
            self._headers = CIMultiDict()
        return self._headers

    @property
    def cookies(self) -> ResponseCookies:
        """The cookies that are set. What is changed after the head was sent has no effect."""
        if self._cookies is None:
            self._cookies = ResponseCookies()
            self._headers = self.headers  # from now on there may be fields to add
        return self._cookies

    def set_cookie(
        self,
        name: str,
        value: str,
        *,
        expires: str | float | datetime | None = None,
        domain: str | None = None,
        max_age: int | str | None = None,
        path: str | None = "/",
        secure: bool | None = None,
        httponly: bool | None = None,
        version: str | None = None,
        samesite: str | None = None,
        partitioned: bool | None = None,
    ) -> None:
        """Set a cookie (RFC 6265bis); it takes the place of one with the same name, domain and path.

        Args:
            name: the name, a token.
            value: any text; where a cookie may not hold it as it is, it goes out in quotation marks, as the standard
                library's http.cookies writes it.
            expires: when it ends, as a date, in seconds since the epoch, or as a datetime, UTC where it has no
                time zone.
            domain: the domain; None for this host only.
            max_age: after how many seconds it ends; goes before `expires`.
            path: the path; None for that of the request.
            secure: whether it goes over secure connections only.
            httponly: whether it is hidden from scripts.
            version: without effect: there are no versions since RFC 6265.
            samesite: `Strict`, `Lax` or `None`, in any case.
            partitioned: whether each top-level site has a cookie of its own.

        Raises:
            tidewire_http_parser.LocalProtocolError: a part that may not go out, more than browsers take, or a prefix
                of the name, `__Host-` or `__Secure-`, that the other parts contradict.
            tidewire_http_parser.InvalidFieldValue: `expires` is no date.
            ValueError: `max_age` is no number.
            TypeError: name or value are no str.
        """
        self.cookies.add(
            SetCookie(
                name=name,
                value=wire_value(value),
                expires=expiry_of(expires),
                max_age=None if max_age is None else int(max_age),
                domain=domain,
                path=path,
                secure=bool(secure),
                http_only=bool(httponly),
                same_site=samesite,
                partitioned=bool(partitioned),
            )
        )

    def del_cookie(
        self,
        name: str,
        *,
        domain: str | None = None,
        path: str | None = "/",
        secure: bool | None = None,
        httponly: bool | None = None,
        samesite: str | None = None,
        partitioned: bool | None = None,
    ) -> None:
        """Have the browser forget a cookie.

        Args:
            name: its name.
            domain: as it was set.
            path: as it was set.
            secure: as it was set: a cookie that is secure can be replaced only by one that is too.
            httponly: as it was set.
            samesite: as it was set.
            partitioned: as it was set.

        Raises:
            tidewire_http_parser.LocalProtocolError: a part that may not go out.
        """
        self.set_cookie(
            name,
            "",
            expires=0,
            domain=domain,
            max_age=0,
            path=path,
            secure=secure,
            httponly=httponly,
            samesite=samesite,
            partitioned=partitioned,
        )

    # What single fields say.

    @property
    def content_type(self) -> str:
        """The media type of the body, without its parameters; setting it keeps the charset."""
        return parse_media_type(self.headers.get(CONTENT_TYPE, OCTETS))[0] or OCTETS

    @content_type.setter
    def content_type(self, value: str) -> None:
        essence, parameters = parse_media_type(value)
        charset = self.charset
        if charset is not None:
            parameters.setdefault("charset", charset)
        self.headers[CONTENT_TYPE] = format_media_type(essence, parameters)

    @property
    def charset(self) -> str | None:
        """The charset parameter of Content-Type; None where there is none, and to take it away."""
        return parse_media_type(self.headers.get(CONTENT_TYPE, OCTETS))[1].get("charset")

    @charset.setter
    def charset(self, value: str | None) -> None:
        essence, parameters = parse_media_type(self.headers.get(CONTENT_TYPE, OCTETS))
        if essence in ("", OCTETS):
            raise RuntimeError(f"{OCTETS} has no charset; set content_type first")
        if value is None:
            parameters.pop("charset", None)
        else:
            parameters["charset"] = str(value).lower()
        self.headers[CONTENT_TYPE] = format_media_type(essence, parameters)

    @property
    def content_length(self) -> int | None:
        """The length that Content-Length declares, in bytes; None where it does not, and to take it away."""
        value = self.headers.get(CONTENT_LENGTH)
        return None if value is None else int(value)

    @content_length.setter
    def content_length(self, value: int | None) -> None:
        if value is None:
            self.headers.pop(CONTENT_LENGTH, None)
            return
        if self._chunked:
            raise RuntimeError("a body in chunks does not tell its length")
        value = int(value)
        if value < 0:
            raise ValueError(f"a body does not have {value} bytes")
        self.headers[CONTENT_LENGTH] = str(value)

    @property
    def last_modified(self) -> datetime | None:
        """The moment that Last-Modified tells, in UTC; None where it tells none, and to take it away.

        It is set with a datetime, UTC where it has no time zone, with seconds since the epoch, of both of which the
        next full second counts, or with the text of the field.
        """
        value = self.headers.get("Last-Modified")
        if value is None:
            return None
        try:
            return datetime.fromtimestamp(parse_date(value, time.time()), UTC)
        except InvalidFieldValue:
            return None

    @last_modified.setter
    def last_modified(self, value: float | datetime | str | None) -> None:
        if value is None:
            self.headers.pop("Last-Modified", None)
            return
        if isinstance(value, datetime):
            value = (value if value.tzinfo is not None else value.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, (int, float)):
            # Not down: a change within that second would go unnoticed by whoever asks with If-Modified-Since.
            value = format_date(math.ceil(value))
        if not isinstance(value, str):
            raise TypeError(f"not a moment: {value!r:.100}")
        self.headers["Last-Modified"] = value

    @property
    def etag(self) -> ETag | None:
        """The entity tag; None where there is none, and to take it away. A str is set as a strong one."""
        value = self.headers.get("ETag")
        if value is None:
            return None
        try:
            return parse_etag(value)
        except InvalidFieldValue:
            return ETag("*") if value == "*" else None

    @etag.setter
    def etag(self, value: ETag | str | None) -> None:
        if value is None:
            self.headers.pop("ETag", None)
            return
        if isinstance(value, str):
            value = ETag(value)
        elif not isinstance(value, ETag):
            raise TypeError(f"an entity tag is an ETag or a str, not {type(value).__name__}")
        try:
            self.headers["ETag"] = format_etag(value)
        except LocalProtocolError as error:
            raise ValueError(str(error)) from error


def checked_reason(reason: str) -> str:
    """Return a reason phrase that may go out.

    Raises:
        ValueError: it has control characters.
        TypeError: it is no text.
    """
    if not isinstance(reason, str):
        raise TypeError(f"a reason phrase is a str, not {type(reason).__name__}")
    if not reason.isprintable() and any(
        (character < " " and character != "\t") or character == "\x7f" for character in reason
    ):
        raise ValueError(f"control characters in the reason phrase {reason[:100]!r}")
    return reason

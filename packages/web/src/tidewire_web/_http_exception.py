"""Responses that are raised: what they have in common, and their families."""

from __future__ import annotations

import copyreg
from typing import Any, ClassVar

from multidict import CIMultiDict
from yarl import URL

from tidewire_http_parser import REASONS
from tidewire_web._response import TEXT, Response
from tidewire_web._response_head import LooseHeaders

__all__ = [
    "HTTPClientError",
    "HTTPError",
    "HTTPException",
    "HTTPMove",
    "HTTPRedirection",
    "HTTPServerError",
    "HTTPSuccessful",
]

# What belongs to one attempt to send a response, and not to the response.
_FLEETING = ("_exchange", "_request", "_sink")
# Reason phrase and body by status: most exceptions have the usual ones.
_USUAL = {status: (reason, f"{status}: {reason}".encode()) for status, reason in REASONS.items()}


class HTTPException(Response, Exception):
    """A response to raise instead of returning it.

    For a status of one's own, derive from the family that it belongs to and set `status_code`.

    Args:
        headers: fields of the head.
        reason: the reason phrase, None for the usual one; it is the exception's text too.
        text: the body, `status: reason` where None.
        content_type: the media type of the body, `text/plain` where None.

    Raises:
        ValueError: as with `Response`.
    """

    status_code: ClassVar[int] = -1
    """The status code."""
    empty_body: ClassVar[bool] = False
    """Whether there is no body unless one is given: with a status that has none."""

    def __init__(
        self,
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        status = self.status_code
        usual = _USUAL.get(status)
        if (
            headers is None
            and reason is None
            and text is None
            and content_type is None
            and usual is not None
            and not self.empty_body
        ):
            # What `Response(text=...)` would set.
            self._status = status
            self._reason = self._headers = self._exchange = None
            self._type = TEXT
            self._body = usual[1]
            Exception.__init__(self, usual[0])
            return
        phrase = reason if reason is not None else "" if usual is None else usual[0]
        if text is None and not self.empty_body:
            text = f"{status}: {phrase}"
        Response.__init__(
            self, status=status, reason=reason, text=text, headers=headers, content_type=content_type
        )
        Exception.__init__(self, phrase)

    def __reduce__(self) -> tuple[Any, ...]:
        state = {name: value for name, value in self.__dict__.items() if name not in _FLEETING}
        if self._headers is not None:
            state["_headers"] = CIMultiDict(self._headers)
        return copyreg.__newobj__, (type(self), *self.args), {**state, "_exchange": None}  # type: ignore[attr-defined]


class HTTPError(HTTPException):
    """The request could not be answered as it was meant: 400 to 599."""


class HTTPSuccessful(HTTPException):
    """The request was received, understood and accepted: 200 to 299."""


class HTTPRedirection(HTTPException):
    """There is more to do to complete the request: 300 to 399."""


class HTTPClientError(HTTPError):
    """The client made an error: 400 to 499."""


class HTTPServerError(HTTPError):
    """The server made an error: 500 to 599."""


class HTTPMove(HTTPRedirection):
    """What is asked for is at another place.

    Args:
        location: where; a URL, or a text that is made one. It is not checked whether that is a place of one's own: do so
            where it comes from a request.
        headers: fields of the head.
        reason: the reason phrase, None for the usual one.
        text: the body, `status: reason` where None.
        content_type: the media type of the body, `text/plain` where None.

    Raises:
        ValueError: the location is empty, or no URL.

    Attributes:
        location: the location as it was given; the Location field has it as a URL, percent-encoded.
    """

    def __init__(
        self,
        location: str | URL,
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if not location:
            raise ValueError("a redirection needs a location")
        super().__init__(headers=headers, reason=reason, text=text, content_type=content_type)
        self.location = location
        self.headers["Location"] = str(URL(location))

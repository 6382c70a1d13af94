"""Responses that are raised: HTTP errors as exceptions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from tidewire_http_parser import REASONS
from tidewire_web._response import LooseHeaders, Response

__all__ = [
    "HTTPBadRequest",
    "HTTPClientError",
    "HTTPException",
    "HTTPExpectationFailed",
    "HTTPInternalServerError",
    "HTTPMethodNotAllowed",
    "HTTPNotFound",
    "HTTPRequestEntityTooLarge",
    "HTTPServerError",
]


class HTTPException(Response, Exception):
    """A response to raise instead of returning it.

    Args:
        headers: fields of the head.
        reason: the reason phrase, None for the usual one.
        text: the body, `status: reason` where None.
        content_type: the media type of the body, `text/plain` where None.
    """

    status_code: ClassVar[int] = -1

    def __init__(
        self,
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if reason is None:
            reason = REASONS.get(self.status_code, "")
        if text is None:
            text = f"{self.status_code}: {reason}"
        Response.__init__(
            self,
            status=self.status_code,
            reason=reason,
            text=text,
            headers=headers,
            content_type=content_type,
        )
        Exception.__init__(self, reason)


class HTTPClientError(HTTPException):
    """The client made an error: 400 to 499."""


class HTTPBadRequest(HTTPClientError):
    """400: the request is malformed."""

    status_code = 400


class HTTPNotFound(HTTPClientError):
    """404: there is nothing at this path."""

    status_code = 404


class HTTPMethodNotAllowed(HTTPClientError):
    """405: there is something at this path, but not for this method.

    Args:
        method: the method of the request.
        allowed_methods: the methods that are answered, for the Allow field.
        headers: further fields of the head.
        text: the body, `405: Method Not Allowed` where None.
    """

    status_code = 405

    def __init__(
        self,
        method: str,
        allowed_methods: Iterable[str],
        *,
        headers: LooseHeaders | None = None,
        text: str | None = None,
    ) -> None:
        super().__init__(headers=headers, text=text)
        self.method = method
        self.allowed_methods = set(allowed_methods)
        self.headers["Allow"] = ",".join(sorted(self.allowed_methods))


class HTTPRequestEntityTooLarge(HTTPClientError):
    """413: the body is larger than the application takes.

    Args:
        max_size: the limit in bytes.
        actual_size: how much there was, as far as that is known.
    """

    status_code = 413

    def __init__(self, max_size: int, actual_size: int = 0) -> None:
        super().__init__(
            text=f"Maximum request body size {max_size} exceeded, actual body size {actual_size}"
        )
        self.max_size = max_size
        self.actual_size = actual_size


class HTTPExpectationFailed(HTTPClientError):
    """417: what the request expects (RFC 9110, section 10.1.1) is not done here."""

    status_code = 417


class HTTPServerError(HTTPException):
    """The server made an error: 500 to 599."""


class HTTPInternalServerError(HTTPServerError):
    """500: the handler failed."""

    status_code = 500

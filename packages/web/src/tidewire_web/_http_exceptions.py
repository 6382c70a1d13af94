"""Responses that are raised: one class for each status from 400 on; the others are in `_http_successes`."""

from __future__ import annotations

from collections.abc import Iterable

from yarl import URL

from tidewire_http_parser.field_values import Link, format_links
from tidewire_web._http_exception import HTTPClientError, HTTPServerError
from tidewire_web._response_head import LooseHeaders

__all__ = [
    "HTTPBadGateway",
    "HTTPBadRequest",
    "HTTPConflict",
    "HTTPExpectationFailed",
    "HTTPFailedDependency",
    "HTTPForbidden",
    "HTTPGatewayTimeout",
    "HTTPGone",
    "HTTPInsufficientStorage",
    "HTTPInternalServerError",
    "HTTPLengthRequired",
    "HTTPMethodNotAllowed",
    "HTTPMisdirectedRequest",
    "HTTPNetworkAuthenticationRequired",
    "HTTPNotAcceptable",
    "HTTPNotExtended",
    "HTTPNotFound",
    "HTTPNotImplemented",
    "HTTPPaymentRequired",
    "HTTPPreconditionFailed",
    "HTTPPreconditionRequired",
    "HTTPProxyAuthenticationRequired",
    "HTTPRequestEntityTooLarge",
    "HTTPRequestHeaderFieldsTooLarge",
    "HTTPRequestRangeNotSatisfiable",
    "HTTPRequestTimeout",
    "HTTPRequestURITooLong",
    "HTTPServiceUnavailable",
    "HTTPTooManyRequests",
    "HTTPUnauthorized",
    "HTTPUnavailableForLegalReasons",
    "HTTPUnprocessableEntity",
    "HTTPUnsupportedMediaType",
    "HTTPUpgradeRequired",
    "HTTPVariantAlsoNegotiates",
    "HTTPVersionNotSupported",
]


class HTTPBadRequest(HTTPClientError):
    """400: the request is malformed."""

    status_code = 400


class HTTPUnauthorized(HTTPClientError):
    """401: credentials are missing, or not right; a WWW-Authenticate field says which."""

    status_code = 401


class HTTPPaymentRequired(HTTPClientError):
    """402: reserved."""

    status_code = 402


class HTTPForbidden(HTTPClientError):
    """403: the server refuses, whatever the credentials."""

    status_code = 403


class HTTPNotFound(HTTPClientError):
    """404: there is nothing at this path."""

    status_code = 404


class HTTPMethodNotAllowed(HTTPClientError):
    """405: there is something at this path, but not for this method.

    Args:
        method: the method of the request.
        allowed_methods: the methods that are answered, for the Allow field.
        headers: further fields of the head.
        reason: the reason phrase, None for the usual one.
        text: the body, `405: Method Not Allowed` where None.
        content_type: the media type of the body, `text/plain` where None.

    Raises:
        TypeError: the allowed methods are one str, whose letters would be taken for methods.

    Attributes:
        method: the method of the request.
        allowed_methods: the methods that are answered.
    """

    status_code = 405

    def __init__(
        self,
        method: str,
        allowed_methods: Iterable[str],
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if isinstance(allowed_methods, str):
            raise TypeError(
                f"the allowed methods are several methods, such as [{allowed_methods!r}], not {allowed_methods!r}"
            )
        super().__init__(headers=headers, reason=reason, text=text, content_type=content_type)
        self.method = method
        self.allowed_methods = set(allowed_methods)
        self.headers["Allow"] = ",".join(sorted(self.allowed_methods))


class HTTPNotAcceptable(HTTPClientError):
    """406: there is none that the client would accept."""

    status_code = 406


class HTTPProxyAuthenticationRequired(HTTPClientError):
    """407: the proxy wants credentials."""

    status_code = 407


class HTTPRequestTimeout(HTTPClientError):
    """408: the request did not come in time."""

    status_code = 408


class HTTPConflict(HTTPClientError):
    """409: the request does not go with the state that things are in."""

    status_code = 409


class HTTPGone(HTTPClientError):
    """410: it was here, and will not come back."""

    status_code = 410


class HTTPLengthRequired(HTTPClientError):
    """411: the request has to tell its length."""

    status_code = 411


class HTTPPreconditionFailed(HTTPClientError):
    """412: a precondition of the request does not hold."""

    status_code = 412


class HTTPRequestEntityTooLarge(HTTPClientError):
    """413: the body is larger than the application takes.

    Args:
        max_size: the limit in bytes.
        actual_size: how much there was, as far as that is known; 0 where it is not.
        headers: fields of the head.
        reason: the reason phrase, None for the usual one.
        text: the body; one that names the limit where None.
        content_type: the media type of the body, `text/plain` where None.

    Attributes:
        max_size: the limit in bytes.
        actual_size: how much there was, as far as that is known; 0 where it is not.
    """

    status_code = 413

    def __init__(
        self,
        max_size: int,
        actual_size: int = 0,
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        if text is None:
            text = f"Maximum request body size {max_size} exceeded"
            if actual_size:
                text += f", actual body size {actual_size}"
        super().__init__(headers=headers, reason=reason, text=text, content_type=content_type)
        self.max_size = max_size
        self.actual_size = actual_size


class HTTPRequestURITooLong(HTTPClientError):
    """414: the target of the request is too long."""

    status_code = 414


class HTTPUnsupportedMediaType(HTTPClientError):
    """415: the body is of a type, or in a coding, that is not taken."""

    status_code = 415


class HTTPRequestRangeNotSatisfiable(HTTPClientError):
    """416: there is nothing in the range that was asked for."""

    status_code = 416


class HTTPExpectationFailed(HTTPClientError):
    """417: what the request expects (RFC 9110, section 10.1.1) is not done here."""

    status_code = 417


class HTTPMisdirectedRequest(HTTPClientError):
    """421: the request is for another server."""

    status_code = 421


class HTTPUnprocessableEntity(HTTPClientError):
    """422: the body is well-formed, and makes no sense."""

    status_code = 422


class HTTPFailedDependency(HTTPClientError):
    """424: something else failed that this depends on (RFC 4918, section 11.4)."""

    status_code = 424


class HTTPUpgradeRequired(HTTPClientError):
    """426: another protocol is wanted; an Upgrade field says which."""

    status_code = 426


class HTTPPreconditionRequired(HTTPClientError):
    """428: the request has to be conditional (RFC 6585, section 3)."""

    status_code = 428


class HTTPTooManyRequests(HTTPClientError):
    """429: the client asks too often (RFC 6585, section 4)."""

    status_code = 429


class HTTPRequestHeaderFieldsTooLarge(HTTPClientError):
    """431: the fields of the request are too large (RFC 6585, section 5)."""

    status_code = 431


class HTTPUnavailableForLegalReasons(HTTPClientError):
    """451: somebody has demanded that it be not available (RFC 7725).

    Args:
        link: who has put that into effect, for the Link field; None where that is not told.
        headers: fields of the head.
        reason: the reason phrase, None for the usual one.
        text: the body, `451: Unavailable For Legal Reasons` where None.
        content_type: the media type of the body, `text/plain` where None.

    Raises:
        tidewire_http_parser.LocalProtocolError: the link is no URL that may go out.

    Attributes:
        link: the URL; None where it is not told.
    """

    status_code = 451

    def __init__(
        self,
        link: str | URL | None,
        *,
        headers: LooseHeaders | None = None,
        reason: str | None = None,
        text: str | None = None,
        content_type: str | None = None,
    ) -> None:
        super().__init__(headers=headers, reason=reason, text=text, content_type=content_type)
        self.link = None if link is None else URL(link)
        if self.link is not None:
            self.headers["Link"] = format_links([Link(str(self.link), ("blocked-by",))])


class HTTPInternalServerError(HTTPServerError):
    """500: the handler failed."""

    status_code = 500


class HTTPNotImplemented(HTTPServerError):
    """501: the server does not know how to do that."""

    status_code = 501


class HTTPBadGateway(HTTPServerError):
    """502: a server behind this one gave an answer that makes no sense."""

    status_code = 502


class HTTPServiceUnavailable(HTTPServerError):
    """503: there is too much to do, or work is going on; Retry-After may tell for how long."""

    status_code = 503


class HTTPGatewayTimeout(HTTPServerError):
    """504: a server behind this one gave no answer in time."""

    status_code = 504


class HTTPVersionNotSupported(HTTPServerError):
    """505: the version of HTTP is not spoken here."""

    status_code = 505


class HTTPVariantAlsoNegotiates(HTTPServerError):
    """506: what was chosen is to be negotiated itself (RFC 2295, section 8.1)."""

    status_code = 506


class HTTPInsufficientStorage(HTTPServerError):
    """507: there is no room for what was sent (RFC 4918, section 11.5)."""

    status_code = 507


class HTTPNotExtended(HTTPServerError):
    """510: an extension is missing (RFC 2774, section 7); obsolete."""

    status_code = 510


class HTTPNetworkAuthenticationRequired(HTTPServerError):
    """511: the client has to log in to the network (RFC 6585, section 6)."""

    status_code = 511

"""Responses that are raised and are no errors: 2xx and 3xx."""

from __future__ import annotations

from tidewire_web._http_exception import HTTPMove, HTTPRedirection, HTTPSuccessful

__all__ = [
    "HTTPAccepted",
    "HTTPCreated",
    "HTTPFound",
    "HTTPMovedPermanently",
    "HTTPMultipleChoices",
    "HTTPNoContent",
    "HTTPNonAuthoritativeInformation",
    "HTTPNotModified",
    "HTTPOk",
    "HTTPPartialContent",
    "HTTPPermanentRedirect",
    "HTTPResetContent",
    "HTTPSeeOther",
    "HTTPTemporaryRedirect",
    "HTTPUseProxy",
]


class HTTPOk(HTTPSuccessful):
    """200: the request has succeeded."""

    status_code = 200


class HTTPCreated(HTTPSuccessful):
    """201: something new was made."""

    status_code = 201


class HTTPAccepted(HTTPSuccessful):
    """202: what was asked for will be done later."""

    status_code = 202


class HTTPNonAuthoritativeInformation(HTTPSuccessful):
    """203: what is sent was changed on its way from its origin."""

    status_code = 203


class HTTPNoContent(HTTPSuccessful):
    """204: it is done, and there is nothing to send."""

    status_code = 204
    empty_body = True


class HTTPResetContent(HTTPSuccessful):
    """205: it is done, and what the user has entered may be cleared."""

    status_code = 205
    empty_body = True


class HTTPPartialContent(HTTPSuccessful):
    """206: a part is sent, as was asked with Range."""

    status_code = 206


class HTTPMultipleChoices(HTTPMove):
    """300: there are several of it, one of them preferred."""

    status_code = 300


class HTTPMovedPermanently(HTTPMove):
    """301: it is elsewhere from now on; the method may become GET."""

    status_code = 301


class HTTPFound(HTTPMove):
    """302: it is elsewhere for now; the method may become GET."""

    status_code = 302


class HTTPSeeOther(HTTPMove):
    """303: the answer is elsewhere, to be fetched with GET."""

    status_code = 303


class HTTPNotModified(HTTPRedirection):
    """304: it is what the client has already."""

    status_code = 304
    empty_body = True


class HTTPUseProxy(HTTPMove):
    """305: it is to be had through a proxy; deprecated (RFC 9110, section 15.4.6)."""

    status_code = 305


class HTTPTemporaryRedirect(HTTPMove):
    """307: it is elsewhere for now; the method remains."""

    status_code = 307


class HTTPPermanentRedirect(HTTPMove):
    """308: it is elsewhere from now on; the method remains."""

    status_code = 308

"""What follows from a redirect: the next request, as a function of this one and its response (RFC 9110, section 15.4)."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from multidict import CIMultiDict
from yarl import URL

from tidewire_client._errors import InvalidUrlRedirectClientError, NonHttpUrlRedirectClientError
from tidewire_client._origins import same_origin
from tidewire_client._session_services import host_field
from tidewire_http_parser import FieldBlock, LocalProtocolError

__all__: list[str] = []

# What can be a request target (RFC 9112, section 3.2), as far as its octets go.
_AS_IT_IS: Final = re.compile(r"[!-~]+")
_NO_TEXT: Final = re.compile("[\udc80-\udcff]")
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})

# What is for one origin only; and what is about a body that is not sent any more.
_CREDENTIALS: Final = ("Authorization", "Cookie", "Proxy-Authorization")
_ABOUT_BODY: Final = (
    "Content-Encoding",
    "Content-Language",
    "Content-Length",
    "Content-Location",
    "Content-Type",
    "Expect",
    "Transfer-Encoding",
)


class NextHop(NamedTuple):
    """The request that a redirect asks for.

    Attributes:
        method: its method.
        url: its URL.
        keeps_body: whether it has the body of the one before.
        same_origin: whether it goes to the same origin, so that credentials may go along.
        is_downgrade: whether it leaves TLS.
    """

    method: str
    url: URL
    keeps_body: bool
    same_origin: bool
    is_downgrade: bool


def next_hop(
    method: str, url: URL, status: int, location: str, *, requote: bool, schemes: frozenset[str]
) -> NextHop:
    """Decide on the request that follows a redirect.

    Args:
        method: the method of the request.
        url: its URL.
        status: the status of the response, one of REDIRECTS.
        location: where it redirects to.
        requote: whether what is not quoted there is to be.
        schemes: those of URLs that can be requested.

    Raises:
        InvalidUrlRedirectClientError: the location is no URL, or has no host.
        NonHttpUrlRedirectClientError: it is of another scheme.
    """
    try:
        if requote and not location.isascii():
            # Octets that are no text in UTF-8 would be left out.
            location = _NO_TEXT.sub(lambda found: f"%{ord(found[0]) - 0xDC00:02X}", location)
        target = URL(location, encoded=not requote)
        if target.scheme and not target.raw_authority and target.scheme in {"http", "https"}:
            # `http:path` is a reference within the same scheme (RFC 3986, section 5.2.2); `http:///path` is none, for
            # a host that is empty must not become the one that was asked (RFC 9110, section 4.2.1).
            rest = location.partition(":")[2]
            if rest.startswith("//"):
                raise InvalidUrlRedirectClientError(location, "a URL without a host")
            target = URL(rest, encoded=not requote)
        elif target.scheme and target.scheme not in schemes:
            raise NonHttpUrlRedirectClientError(location)
        if not target.scheme or not target.absolute:
            target = url.join(target)
        if not target.raw_host:
            raise InvalidUrlRedirectClientError(location, "a URL without a host")
        if not _AS_IT_IS.fullmatch(target.raw_path_qs):  # where nothing is quoted
            raise InvalidUrlRedirectClientError(location, "a location that would have to be quoted")
        target = _with_usual_host(target)
        FieldBlock([("Host", host_field(target))], for_requests=True)
        stays = same_origin(target, url)
    except (ValueError, LocalProtocolError) as error:
        if isinstance(error, InvalidUrlRedirectClientError | NonHttpUrlRedirectClientError):
            raise
        raise InvalidUrlRedirectClientError(
            location, "Server attempted to redirect to a location that is no URL"
        ) from error
    keeps_body = True
    if (status == 303 and method != "HEAD") or (status in {301, 302} and method == "POST"):
        method = "GET"
        keeps_body = False
    if not target.raw_fragment and url.raw_fragment:
        target = target.with_fragment(url.fragment)  # RFC 9110, section 10.2.2
    downgrade = url.scheme in {"https", "wss"} and target.scheme not in {"https", "wss"}
    return NextHop(method, target, keeps_body, stays, downgrade)


def _with_usual_host(target: URL) -> URL:
    """Return a URL with its host as hosts are compared, where it was left as it is."""
    host = target.raw_host or ""
    return target if host.isascii() and host == host.lower() else target.with_host(host)


def fields_of_next(fields: CIMultiDict[str], hop: NextHop) -> CIMultiDict[str]:
    """Return the fields of the next request: those that were given, less what must not go along.

    Args:
        fields: those of the request before.
        hop: the next one.
    """
    kept = CIMultiDict(fields)
    if not hop.same_origin:
        for name in _CREDENTIALS:
            kept.popall(name, None)
        # A host that was given by hand was that of the origin before.
        kept.popall("Host", None)
    if hop.is_downgrade:
        kept.popall("Referer", None)  # RFC 9110, section 10.1.3
    if not hop.keeps_body:
        for name in _ABOUT_BODY:
            kept.popall(name, None)
    return kept

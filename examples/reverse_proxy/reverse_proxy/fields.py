"""Header fields: what ends at this hop, and what a proxy adds (RFC 9110, section 7.6; RFC 7239)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from reverse_proxy.config import Config
from tidewire_client import ClientResponse
from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.field_values import (
    ForwardedElement,
    ForwardedNode,
    format_forwarded,
    parse_list,
    parse_token_list,
)
from tidewire_web import HTTPException, Request

__all__ = ["HTTPLoopDetected", "request_fields", "request_target", "response_fields"]

# About one connection and not about the message (RFC 9110, section 7.6.1), or for the proxy itself (section 11.7).
_HOP_BY_HOP: Final = (
    "Connection",
    "Keep-Alive",
    "Proxy-Authenticate",
    "Proxy-Authentication-Info",
    "Proxy-Authorization",
    "Proxy-Connection",
    "TE",
    "Transfer-Encoding",
    "Upgrade",
)
_FORWARDED: Final = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto")


class HTTPLoopDetected(HTTPException):
    """508 (RFC 5842, section 7.2): the request has been here before."""

    status_code = 508


def request_target(request: Request) -> str:
    """Return the path and the query as they were sent, also where the whole URL was (RFC 9112, section 3.2.2)."""
    target = request.raw_path
    return target if target.startswith("/") else request.url.raw_path_qs


def request_fields(request: Request, upstream: URL, config: Config) -> CIMultiDict[str]:
    """Return the fields of the request to an upstream.

    Raises:
        HTTPLoopDetected: it has come in a circle.
    """
    fields = _end_to_end(request.headers)
    via = fields.popall("Via", [])
    if any(each.split()[1:2] == [config.via] for each in parse_list(", ".join(via))):
        raise HTTPLoopDetected(text="508: the request has been here before\n")
    fields["Via"] = ", ".join([*via, _via(request.version, config)])
    if "trailers" in request.headers.get("TE", "").lower():
        fields["TE"] = "trailers"  # which this hop understands too
        fields["Connection"] = "TE"
    fields.pop("Expect", None)  # the client asks for 100 (Continue) itself
    fields["Host"] = request.host if config.preserve_host else upstream.raw_authority
    _add_forwarded(fields, request, config)
    return fields


def response_fields(answer: ClientResponse, upstream: URL, config: Config) -> CIMultiDict[str]:
    """Return the fields of the response to the client.

    Args:
        answer: the upstream's response.
        upstream: its origin, which clients do not know: it is taken out of what leads there.
        config: the settings.
    """
    fields = _end_to_end(answer.headers)
    for name in ("Content-Location", "Location"):
        if fields.get(name, "").startswith(f"{upstream}/"):
            fields[name] = fields[name].removeprefix(str(upstream))
    fields["Via"] = ", ".join([*fields.popall("Via", []), _via(answer.version, config)])
    return fields


def _end_to_end(fields: Mapping[str, str] | CIMultiDictProxy[str]) -> CIMultiDict[str]:
    """Return the fields that go on to the other side: all but those of this hop, and those that Connection names."""
    kept = CIMultiDict(fields)
    for name in (*_HOP_BY_HOP, *parse_token_list(", ".join(kept.getall("Connection", [])))):
        kept.popall(name, None)
    return kept


def _via(version: tuple[int, int], config: Config) -> str:
    return f"{version[0]}.{version[1]} {config.via}"


def _add_forwarded(fields: CIMultiDict[str], request: Request, config: Config) -> None:
    """Say where the request comes from, in the old way and in the new one."""
    before = {name: fields.popall(name, []) if config.trust_forwarded else [] for name in _FORWARDED}
    for name in _FORWARDED:
        fields.popall(name, None)
    remote = request.remote or "unknown"
    host = before["X-Forwarded-Host"][:1] or [request.host]
    proto = before["X-Forwarded-Proto"][:1] or [request.scheme]
    fields["X-Forwarded-For"] = ", ".join([*before["X-Forwarded-For"], remote])
    fields["X-Forwarded-Host"] = host[0]
    fields["X-Forwarded-Proto"] = proto[0]
    node = ForwardedNode(remote if request.remote and not remote.startswith("/") else "unknown")
    try:
        own = format_forwarded([ForwardedElement(for_=node, host=request.host, proto=request.scheme)])
    except LocalProtocolError:  # a Host that is none
        own = format_forwarded([ForwardedElement(for_=node, proto=request.scheme)])
    fields["Forwarded"] = ", ".join([*before["Forwarded"], own])

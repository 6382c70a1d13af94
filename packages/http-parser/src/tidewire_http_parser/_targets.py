# Compiled by mypyc.
"""The less common forms of a request target (RFC 9112, section 3.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._errors import InvalidTarget
from tidewire_http_parser._grammar import HOST

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []


def check_target(method: str, target: str) -> None:
    """Accept authority-form for CONNECT, asterisk-form for OPTIONS and absolute-form for all others.

    Origin-form, which begins with a slash, is for the caller to accept for every method but CONNECT.

    Raises:
        InvalidTarget: it is none of them.
    """
    if method == "CONNECT":
        if not _is_authority(target, port_required=True):
            raise InvalidTarget("CONNECT takes host:port", target.encode())
        return
    if target == "*":
        if method != "OPTIONS":
            raise InvalidTarget("only OPTIONS takes *", target.encode())
        return
    scheme, separator, rest = target.partition("://")
    if not separator or not _is_scheme(scheme):
        raise InvalidTarget("malformed request target", target.encode())
    end = len(rest)
    for delimiter in "/?#":
        found = rest.find(delimiter)
        if 0 <= found < end:
            end = found
    if not _is_authority(rest[:end], port_required=False):
        raise InvalidTarget("malformed authority in the request target", target.encode())


def _is_scheme(text: str) -> bool:
    """scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986, section 3.1)."""
    return bool(text) and text[0].isalpha() and text.replace("+", "").replace("-", "").replace(".", "").isalnum()


def _is_authority(text: str, port_required: bool) -> bool:
    """Tell whether a text is host [ ":" port ], userinfo refused (RFC 9110, section 4.2.4)."""
    host = text
    port = ""
    bracket = text.rfind("]")
    colon = text.rfind(":")
    if colon > bracket:
        host = text[:colon]
        port = text[colon + 1 :]
        # Up to five digits, so that nothing is accumulated beyond a port (S13).
        if len(port) > 5 or not port.isdigit() or int(port) > 65535:
            return False
    if not host or (port_required and not port):
        return False
    if bracket >= 0 and (host[0] != "[" or bracket != len(host) - 1):
        return False
    if bracket < 0 and ":" in host:
        return False
    octets = host.encode("ascii")
    size: i64 = len(octets)
    i: i64 = 0
    while i < size:
        if not HOST[octets[i]]:
            return False
        i += 1
    return True

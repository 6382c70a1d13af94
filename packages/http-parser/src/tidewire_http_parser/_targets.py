# Compiled by mypyc.
"""The less common forms of a request target (RFC 9112, section 3.2), and the authority, as in Host too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tidewire_http_parser._addresses import is_ipv6
from tidewire_http_parser._errors import InvalidTarget
from tidewire_http_parser._grammar import HEX, HOST

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []


def check_target(method: str, target: str) -> None:
    """Accept authority-form for CONNECT, asterisk-form for OPTIONS and absolute-form for all others.

    Origin-form, which begins with a slash, is for the caller to accept for every method but CONNECT.

    Raises:
        InvalidTarget: it is none of them.
    """
    problem = problem_of_target(method, target)
    if problem:
        raise InvalidTarget(problem, target.encode())


def problem_of_target(method: str, target: str) -> str:
    """Say what is wrong with a target that is ASCII and not of origin-form; nothing where it is right."""
    if method == "CONNECT":
        octets = target.encode()
        return "" if is_authority(octets, 0, len(octets), True) else "CONNECT takes host:port"
    if target == "*":
        return "" if method == "OPTIONS" else "only OPTIONS takes *"
    scheme, separator, rest = target.partition("://")
    if not separator or not _is_scheme(scheme):
        return "malformed request target"
    octets = rest.encode()
    end: i64 = len(octets)
    for delimiter in (b"/", b"?", b"#"):
        found: i64 = octets.find(delimiter, 0, end)
        if found >= 0:
            end = found
    return "" if is_authority(octets, 0, end, False) else "malformed authority in the request target"


def _is_scheme(text: str) -> bool:
    """scheme = ALPHA *( ALPHA / DIGIT / "+" / "-" / "." ) (RFC 3986, section 3.1)."""
    return (
        bool(text) and text[0].isalpha() and text.replace("+", "").replace("-", "").replace(".", "").isalnum()
    )


def is_authority(data: bytes, pos: i64, end: i64, port_required: bool) -> bool:
    """Tell whether bytes are uri-host [ ":" port ]; userinfo is refused (RFC 9110, section 4.2.4).

    Args:
        data: the bytes.
        pos: where the authority begins.
        end: where it ends.
        port_required: whether it needs a port; otherwise the port may be absent or empty.
    """
    start: i64 = pos
    if pos < end and data[pos] == 0x5B:
        # Of the IP literals none but an IPv6 address, without a zone, is in use between hosts.
        pos = data.find(b"]", pos, end) + 1
        if pos == 0 or not is_ipv6(data, start + 1, pos - 1):
            return False
    else:
        host = HOST
        while pos < end:
            if host[data[pos]]:
                pos += 1
            elif data[pos] == 0x25 and pos + 2 < end and HEX[data[pos + 1]] < 16 and HEX[data[pos + 2]] < 16:
                pos += 3
            else:
                break
        if pos == start:
            return False
    if pos + 1 >= end:
        return not port_required and (pos == end or data[pos] == 0x3A)
    # Up to five digits, so that nothing is accumulated beyond a port (S13).
    if data[pos] != 0x3A or end - pos > 6:
        return False
    port: i64 = 0
    pos += 1
    while pos < end:
        digit: i64 = data[pos] - 0x30
        if digit < 0 or digit > 9:
            return False
        port = port * 10 + digit
        pos += 1
    return port <= 65535

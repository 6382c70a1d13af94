# Compiled by mypyc.
"""Request lines and status lines (RFC 9112, sections 3 and 4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import InvalidStartLine, LineTooLong, UnsupportedVersion
from tidewire_http_parser._events import InterimHead, RequestHead, ResponseHead
from tidewire_http_parser._grammar import FIELD_VALUE, LENIENT_VALUE, TARGET, TOKEN
from tidewire_http_parser._leniencies import BARE_LF, CONTROL_CHARACTERS, MISSING_REASON
from tidewire_http_parser._methods import METHODS
from tidewire_http_parser._status import REASONS
from tidewire_http_parser._targets import check_target

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Nearly every response has one of these, which need no decoding.
_USUAL_REASONS: Final = {reason.encode(): reason for reason in REASONS.values()}


def parse_request_line(data: bytes, pos: i64, limit: i64) -> tuple[RequestHead, i64]:
    """Read a complete request line.

    Args:
        data: the bytes; an LF is somewhere behind `pos`.
        pos: where the line begins.
        limit: how long it may be, CRLF not counted.

    Returns:
        A head with no fields yet, and where the next line begins.

    Raises:
        InvalidStartLine, InvalidTarget, LineTooLong, UnsupportedVersion: by the first byte that is wrong.
    """
    start: i64 = pos
    token = TOKEN
    while token[data[pos]]:
        pos += 1
    if data[pos] != 0x20 or pos == start:
        refuse_start_line(data, start, pos, limit, "malformed method", 414)
    raw_method = data[start:pos]
    pos += 1
    target_start: i64 = pos
    target_octet = TARGET
    while target_octet[data[pos]]:
        pos += 1
    if data[pos] != 0x20 or pos == target_start:
        refuse_start_line(data, start, pos, limit, "malformed request target", 414)
    target = data[target_start:pos].decode("ascii")
    version_start: i64 = pos + 1
    http_1_1 = _is_http_1_1(data, start, version_start, limit)
    pos = version_start + 8
    if data[pos] != 0x0D or data[pos + 1] != 0x0A or pos - start > limit:
        refuse_start_line(data, start, pos, limit, "malformed version", 414)
    method = METHODS.get(raw_method)
    if method is None:
        method = raw_method.decode("ascii")
    if data[target_start] != 0x2F or method == "CONNECT":
        check_target(method, target)
    return RequestHead(method, target, http_1_1), pos + 2


def parse_status_line(data: bytes, pos: i64, limit: i64, lenient: i64) -> tuple[ResponseHead, i64]:
    """Read a complete status line.

    Args:
        data: the bytes; an LF is somewhere behind `pos`.
        pos: where the line begins.
        limit: how long it may be, CRLF not counted.
        lenient: what is overlooked, as the bits of `_leniencies`.

    Returns:
        A head with no fields yet, and where the next line begins.

    Raises:
        InvalidStartLine, LineTooLong, UnsupportedVersion: by the first byte that is wrong.
    """
    start: i64 = pos
    http_1_1 = _is_http_1_1(data, start, pos, limit)
    pos += 8
    if data[pos] != 0x20:
        refuse_start_line(data, start, pos, limit, "malformed version", 431)
    pos += 1
    status: i64 = 0
    digits: i64 = 0
    while digits < 3:
        octet = data[pos]
        if octet < 0x30 or octet > 0x39:
            refuse_start_line(data, start, pos, limit, "malformed status code", 431)
        status = status * 10 + (octet - 0x30)
        digits += 1
        pos += 1
    if data[pos] == 0x20 and status >= 100:
        pos += 1
    elif status < 100 or not lenient & MISSING_REASON or (data[pos] != 0x0D and data[pos] != 0x0A):
        refuse_start_line(data, start, pos, limit, "malformed status code", 431)
    reason_start: i64 = pos
    field_value = LENIENT_VALUE if lenient & CONTROL_CHARACTERS else FIELD_VALUE
    while field_value[data[pos]]:
        pos += 1
    reason_end: i64 = pos
    if data[pos] == 0x0D and data[pos + 1] == 0x0A and pos - start <= limit:
        pos += 2
    elif data[pos] == 0x0A and lenient & BARE_LF and pos - start <= limit:
        pos += 1
    else:
        refuse_start_line(data, start, pos, limit, "malformed reason phrase", 431)
    raw_reason = data[reason_start:reason_end]
    reason = _USUAL_REASONS.get(raw_reason)
    if reason is None:
        reason = raw_reason.decode("utf-8", "surrogateescape")
    if 100 <= status < 200 and status != 101:
        return InterimHead(status, reason, http_1_1), pos
    return ResponseHead(status, reason, http_1_1), pos


def _is_http_1_1(data: bytes, start: i64, pos: i64, limit: i64) -> bool:
    """Read HTTP-version (RFC 9112, section 2.3), which is case-sensitive."""
    version = data[pos : pos + 8]
    if version == b"HTTP/1.1":
        return True
    if version == b"HTTP/1.0":
        return False
    expected = b"HTTP/d.d"
    i: i64 = 0
    while i < 8:
        octet = data[pos + i]
        if expected[i] == 0x64:
            if octet < 0x30 or octet > 0x39:
                break
        elif octet != expected[i]:
            break
        i += 1
    if i < 8 or pos + i - start > limit:
        refuse_start_line(data, start, pos + i, limit, "malformed version", 414 if pos > start else 431)
    raise UnsupportedVersion("unsupported HTTP version", version)


def check_partial_start_line(data: bytes, pos: i64, limit: i64, status: i64, lenient: i64) -> None:
    """Refuse a start line that is incomplete but cannot become one: it is too long, or begins as none does.

    Args:
        data: all the bytes there are.
        pos: where the line begins.
        limit: how long it may be, CRLF not counted.
        status: the status for a line that is too long.
        lenient: what is overlooked, as the bits of `_leniencies`.
    """
    size: i64 = len(data)
    if size > pos and not TOKEN[data[pos]] and data[pos] != 0x0D:
        # A TLS handshake on a plain port, most of the time. It would never send a CRLF to be refused at.
        refuse_start_line(data, pos, pos, limit, "malformed start line", status)
    if size - pos > limit + 1:
        line = data[pos : pos + limit + 2] + b"\r\n"
        if status == 414:
            parse_request_line(line, 0, limit)
        else:
            parse_status_line(line, 0, limit, lenient)


def refuse_start_line(data: bytes, start: i64, pos: i64, limit: i64, problem: str, status: i64) -> None:
    """Say what is wrong with a start line, of which the byte at `pos` is the first wrong one."""
    end = data.find(b"\n", start)
    line = data[start:] if end < 0 else data[start:end]
    if pos - start > limit:
        raise LineTooLong("start line too long", limit, line, status)
    raise InvalidStartLine(problem, line)

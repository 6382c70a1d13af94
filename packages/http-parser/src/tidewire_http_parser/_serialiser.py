# Compiled by mypyc.
"""Heads, chunks and trailers, from values to bytes (RFC 9112).

Nothing leaves this module that has not been validated: no CR, LF, NUL or other control byte gets into a start line or
a field line from outside, and every name is a token (S6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import INT_OR_NONE, STR_OR_NONE, require, require_fields
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._field_lines import (
    CLOSES,
    CODED,
    FRAMED,
    HOSTED,
    LENGTH,
    LIVES_ON,
    FieldBlock,
    add_fields,
    check_value,
    encode,
)
from tidewire_http_parser._grammar import INTERPRETED, TARGET, is_token
from tidewire_http_parser._status import REASONS
from tidewire_http_parser._targets import problem_of_target

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "chunk_size_line",
    "last_chunk",
    "serialise_chunk",
    "serialise_interim",
    "serialise_request",
    "serialise_response",
]

# How the body that goes with a head is framed; from 0 upwards it is a length in bytes.
CHUNKED: Final = -1
UNTIL_CLOSE: Final = -2
NO_BODY: Final = -3

BLOCK_OR_NONE: Final = (FieldBlock, type(None))

# 18 digits fit 64 bits whatever they are, and are what the parsers take.
_LENGTHS_END: Final = 10**18

# The lines before small chunks, which streams of events send by the thousand.
_SMALL_CHUNKS: Final = 1024
_CHUNK_SIZES: Final = [b"%x\r\n" % size for size in range(_SMALL_CHUNKS)]

# Methods whose requests say that their body is empty, where it is.
_MEANS_A_BODY: Final = frozenset({"POST", "PUT", "PATCH"})

_STATUS_LINES: Final[dict[int, str]] = {
    status: f"HTTP/1.1 {status} {reason}\r\n" for status, reason in REASONS.items()
}


def serialise_response(
    status: int,
    reason: str | None,
    fields: list[tuple[str, str]],
    body_length: int | None,
    request_method: str,
    http_1_1: bool,
    keep_alive: bool,
    block: FieldBlock | None = None,
) -> tuple[bytes, int, bool]:
    """Serialise the head of a final response and decide how its body is framed (RFC 9112, section 6).

    What the fields say of the framing is obeyed; what they leave open is added: Content-Length or
    `Transfer-Encoding: chunked`, and Connection where it is needed.

    Args:
        status: the status code, 200 to 999, or 101.
        reason: the reason phrase, None for the usual one.
        fields: names and values.
        body_length: the body's length in bytes where it is known, else None.
        request_method: the method of the request, which decides whether there is a body at all.
        http_1_1: whether the request was HTTP/1.1; an older client is told with Connection that it lives on.
        keep_alive: whether the connection may live on.
        block: further fields, which were validated before.

    Returns:
        The head as bytes; how the body is framed: a length in bytes, -1 for chunked, -2 for until the connection
        closes, -3 where there is none on the wire, whatever its length (RFC 9112, section 6.3); and whether
        the connection lives on.

    Raises:
        LocalProtocolError: a value that may not go out, or fields that contradict each other or the body.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((status, int), (reason, STR_OR_NONE), (body_length, INT_OR_NONE))
        require((request_method, str), (http_1_1, bool), (keep_alive, bool), (block, BLOCK_OR_NONE))
        require_fields(fields)
    line = None if reason is not None else _STATUS_LINES.get(status)
    parts = [_status_line(status, reason) if line is None else line]
    seen, declared = add_fields(parts, fields)
    if block is not None:
        if block.has_host:
            raise LocalProtocolError("no Host in a response")
        parts.append(block.text)
    framing: i64 = NO_BODY
    if status < 200 or status == 204 or (request_method == "CONNECT" and status < 300):
        if status < 200 and status != 101:
            raise LocalProtocolError(f"{status} is not the status of a final response")
        _check_bodiless(status, seen)
    else:
        bodiless = request_method == "HEAD" or status == 304
        framing = _framing(seen, declared, body_length, http_1_1, bodiless)
        if status != 304 and not seen & FRAMED:
            if framing >= 0:
                parts.append(f"Content-Length: {framing}\r\n")
            elif framing == CHUNKED:
                parts.append("Transfer-Encoding: chunked\r\n")
        if bodiless:
            framing = NO_BODY
        elif framing == UNTIL_CLOSE:
            keep_alive = False
    if seen & CLOSES:
        keep_alive = False
    elif not keep_alive:
        if status != 101:
            parts.append("Connection: close\r\n")
    elif not http_1_1 and not seen & LIVES_ON:
        parts.append("Connection: keep-alive\r\n")
    return encode(parts), framing, keep_alive


def serialise_interim(status: int, fields: list[tuple[str, str]]) -> bytes:
    """Serialise an interim response (RFC 9110, section 15.2).

    Args:
        status: 100, or 102 to 199.
        fields: names and values; none of them frames anything.

    Raises:
        LocalProtocolError: another status, a value that may not go out, or a field that frames a message.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((status, int))
        require_fields(fields)
    if not 100 <= status < 200 or status == 101:
        raise LocalProtocolError(f"{status} is not the status of an interim response")
    parts = [_status_line(status, None)]
    seen, _ = add_fields(parts, fields)
    _check_bodiless(status, seen)
    return encode(parts)


def serialise_request(
    method: str,
    target: str,
    fields: list[tuple[str, str]],
    body_length: int | None = 0,
    http_1_1: bool = True,
    block: FieldBlock | None = None,
) -> tuple[bytes, int, bool]:
    """Serialise the head of a request and decide how its body is framed (RFC 9112, section 6).

    What the fields say of the framing is obeyed; what they leave open is added: Content-Length, also for an empty
    body where the method means one (RFC 9110, section 8.6), or `Transfer-Encoding: chunked`.

    Args:
        method: a token.
        target: the request target, in one of the forms of RFC 9112, section 3.2.
        fields: names and values, Host among them or in the block.
        body_length: the body's length in bytes, None where it is not known.
        http_1_1: whether the request is HTTP/1.1; otherwise it is HTTP/1.0, which has no chunked coding.
        block: further fields, which were validated before; they go first.

    Returns:
        The head as bytes; how the body is framed: a length in bytes or -1 for chunked; and whether the request lets
        the connection live on.

    Raises:
        LocalProtocolError: a value that may not go out, fields that contradict each other or the body, no Host, or a
            body where the method has none.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((method, str), (target, str), (body_length, INT_OR_NONE), (http_1_1, bool))
        require((block, BLOCK_OR_NONE))
        require_fields(fields)
    parts = [_request_line(method, target, http_1_1)]
    hosted = False
    if block is not None:
        hosted = block.has_host
        parts.append(block.text)
    seen, declared = add_fields(parts, fields)
    if seen & HOSTED:
        if hosted:
            raise LocalProtocolError("more than one Host")
    elif http_1_1 and not hosted:
        raise LocalProtocolError("no Host")
    framing: i64
    if method == "CONNECT" or method == "TRACE":
        if seen & FRAMED or body_length != 0:
            raise LocalProtocolError(f"{method} has no body (RFC 9110, section 9.3)")
        framing = 0
    else:
        framing = _framing(seen, declared, body_length, http_1_1, False)
        if framing == UNTIL_CLOSE:
            raise LocalProtocolError("an HTTP/1.0 request tells the length of its body")
        if not seen & FRAMED:
            if framing == CHUNKED:
                parts.append("Transfer-Encoding: chunked\r\n")
            elif framing > 0 or method in _MEANS_A_BODY:
                parts.append(f"Content-Length: {framing}\r\n")
    keep_alive = not seen & CLOSES and (http_1_1 or seen & LIVES_ON != 0)
    return encode(parts), framing, keep_alive


def _request_line(method: str, target: str, http_1_1: bool) -> str:
    if not is_token(method):
        raise LocalProtocolError(f"a method is a token, not {method[:100]!r}")
    if not target.isascii() or not target:
        raise LocalProtocolError(f"a request target is ASCII and not empty: {target[:100]!r}")
    for octet in target.encode("ascii"):
        if not TARGET[octet]:
            raise LocalProtocolError(f"a request target has no spaces and control bytes: {target[:100]!r}")
    if target[0] != "/" or method == "CONNECT":
        problem = problem_of_target(method, target)
        if problem:
            raise LocalProtocolError(f"{problem}: {target[:100]!r}")
    return f"{method} {target} HTTP/1.1\r\n" if http_1_1 else f"{method} {target} HTTP/1.0\r\n"


def serialise_chunk(data: bytes) -> bytes:
    """Serialise one chunk of the chunked coding (RFC 9112, section 7.1).

    Args:
        data: the chunk's bytes; of none, nothing is made, since a chunk of no bytes would end the body.

    Raises:
        TypeError: they are not of type bytes.
    """
    if INTERPRETED:
        require((data, bytes))
    size: i64 = len(data)
    if size == 0:
        return b""
    if size < _SMALL_CHUNKS:
        return _CHUNK_SIZES[size] + data + b"\r\n"
    return b"%x\r\n%b\r\n" % (size, data)


def chunk_size_line(size: int) -> bytes:
    """Serialise the line before a chunk's data; behind the data comes CRLF.

    It saves copying large data into `serialise_chunk()`.

    Args:
        size: bytes of data, at least one.

    Raises:
        LocalProtocolError: it is less than one: a chunk of no bytes would end the body.
        TypeError: it is not an int.
    """
    if INTERPRETED:
        require((size, int))
    if size < 1:
        raise LocalProtocolError(f"a chunk does not have {size} bytes")
    return b"%x\r\n" % size


def last_chunk(trailers: list[tuple[str, str]]) -> bytes:
    """Serialise the end of a chunked body, with the fields of its trailer section.

    Raises:
        LocalProtocolError: a value that may not go out, or a field that frames or routes a message.
        TypeError: the trailers are of another type.
    """
    if INTERPRETED:
        require_fields(trailers)
    if not trailers:
        return b"0\r\n\r\n"
    parts = ["0\r\n"]
    seen, _ = add_fields(parts, trailers)
    if seen & (FRAMED | HOSTED):
        raise LocalProtocolError("Content-Length, Transfer-Encoding or Host in a trailer section")
    return encode(parts)


def _framing(seen: i64, declared: i64, body_length: int | None, http_1_1: bool, bodiless: bool) -> i64:
    """Decide how a body is framed.

    Args:
        seen: what the fields say, as bits.
        declared: the value of Content-Length, if it is there.
        body_length: the body's length, if it is known.
        http_1_1: whether the recipient knows chunked coding.
        bodiless: whether the body stays here, and the fields tell of the one that is not sent.
    """
    length: i64 = -1
    if body_length is not None:
        if INTERPRETED:
            body_length = int(body_length)  # of a bool and the like, as the compiled build does
        if not 0 <= body_length < _LENGTHS_END:
            raise LocalProtocolError(f"a body does not have {body_length} bytes")
        length = body_length
    if seen & CODED:
        if seen & LENGTH:
            raise LocalProtocolError("both Content-Length and Transfer-Encoding")
        if not http_1_1:
            raise LocalProtocolError("HTTP/1.0 has no chunked coding")
        return CHUNKED
    if seen & LENGTH:
        if length >= 0 and length != declared and not bodiless:
            raise LocalProtocolError(f"Content-Length is {declared}, the body has {length} bytes")
        return declared
    if length >= 0:
        return length
    return CHUNKED if http_1_1 else UNTIL_CLOSE


def _check_bodiless(status: int, seen: i64) -> None:
    """Refuse fields that announce a body (RFC 9112, section 6.1, and RFC 9110, section 8.6)."""
    if seen & FRAMED:
        raise LocalProtocolError(f"no Content-Length or Transfer-Encoding in a {status} response")


def _status_line(status: int, reason: str | None) -> str:
    if not 100 <= status <= 999:
        raise LocalProtocolError(f"a status code has three digits, not {status}")
    if reason is None:
        reason = REASONS.get(status, "")
    elif not reason.isprintable():
        check_value(reason)
    return f"HTTP/1.1 {status:d} {reason}\r\n"

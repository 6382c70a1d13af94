# Compiled by mypyc.
"""Heads, chunks and trailers, from values to bytes (RFC 9112).

Nothing leaves this module that has not been validated: no CR, LF, NUL or other control byte gets into a start line or
a field line from outside, and every name is a token (S6).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import FIELD_VALUE, TARGET, is_token
from tidewire_http_parser._header_names import CONNECTION, CONTENT_LENGTH, TEXTS, TRANSFER_ENCODING
from tidewire_http_parser._status import REASONS

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["last_chunk", "serialise_chunk", "serialise_interim", "serialise_request", "serialise_response"]

# How the body that goes with a head is framed; from 0 upwards it is a length in bytes.
CHUNKED: Final = -1
UNTIL_CLOSE: Final = -2
NO_BODY: Final = -3

_STATUS_LINES: Final[dict[int, str]] = {
    status: f"HTTP/1.1 {status} {reason}\r\n" for status, reason in REASONS.items()
}

# What bytes.translate() leaves alone: a head whose control bytes are its own line ends comes out unchanged.
_CLEAN: Final = bytes([octet if FIELD_VALUE[octet] or octet == 0x0D or octet == 0x0A else 0 for octet in range(256)])


def serialise_response(
    status: int,
    reason: str | None,
    fields: list[tuple[str, str]],
    body_length: int | None,
    *,
    request_method: str,
    http_1_1: bool,
    keep_alive: bool,
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

    Returns:
        The head as bytes; how the body is framed: a length in bytes, -1 for chunked, -2 for until the connection
        closes, -3 where there is none on the wire, whatever its length (RFC 9112, section 6.3); and whether
        the connection lives on.

    Raises:
        LocalProtocolError: a value that may not go out, or fields that contradict each other or the body.
    """
    line = None if reason is not None else _STATUS_LINES.get(status)
    if line is None:
        line = _status_line(status, reason)
    parts: list[str] = [line]
    declared: i64 = UNTIL_CLOSE
    coded = False
    connection = False
    for name, value in fields:
        known = TEXTS.get(name)
        if known is None:
            if not is_token(name):
                raise LocalProtocolError(f"a field name is a token, not {name[:100]!r}")
            known = TEXTS.get(name.lower())
        if known is not None and known.kind != 0:
            if known.kind == CONTENT_LENGTH:
                if declared >= 0:
                    raise LocalProtocolError("more than one Content-Length")
                declared = _content_length(value)
            elif known.kind == TRANSFER_ENCODING:
                if value.lower() != "chunked" or coded:
                    raise LocalProtocolError("the only transfer coding is chunked")
                coded = True
            elif known.kind == CONNECTION:
                connection = True
                if "close" in [option.strip(" \t") for option in value.lower().split(",")]:
                    keep_alive = False
        parts.append(name)
        parts.append(": ")
        parts.append(value)
        parts.append("\r\n")
    if coded and declared >= 0:
        raise LocalProtocolError("both Content-Length and Transfer-Encoding")
    lines: i64 = len(fields) + 2
    framing: i64 = NO_BODY
    bodiless = status < 200 or status == 204 or (request_method == "CONNECT" and status < 300)
    if bodiless:
        if coded or declared > 0 or (declared == 0 and status != 204):
            # RFC 9112, section 6.1, and RFC 9110, section 8.6.
            raise LocalProtocolError(f"no Content-Length or Transfer-Encoding in a {status} response")
    elif coded:
        framing = CHUNKED
    elif declared >= 0:
        framing = declared
    elif body_length is not None:
        framing = body_length
        if status != 304:
            parts.append(f"Content-Length: {body_length}\r\n")
            lines += 1
    elif http_1_1:
        if status != 304:
            framing = CHUNKED
            parts.append("Transfer-Encoding: chunked\r\n")
            lines += 1
    else:
        framing = UNTIL_CLOSE
        keep_alive = False
    if coded and not http_1_1:
        raise LocalProtocolError("no chunked coding towards an HTTP/1.0 client")
    if request_method == "HEAD" or status == 304:
        framing = NO_BODY
    if not connection:
        if not keep_alive and status != 101:
            parts.append("Connection: close\r\n")
            lines += 1
        elif not http_1_1:
            parts.append("Connection: keep-alive\r\n")
            lines += 1
    parts.append("\r\n")
    return _encode("".join(parts), lines), framing, keep_alive


def serialise_interim(status: int, fields: list[tuple[str, str]]) -> bytes:
    """Serialise an interim response (RFC 9110, section 15.2).

    Args:
        status: 100, or 102 to 199.
        fields: names and values; none of them frames anything.

    Raises:
        LocalProtocolError: another status, or a value that may not go out.
    """
    if not 100 <= status < 200 or status == 101:
        raise LocalProtocolError(f"{status} is not the status of an interim response")
    return _head(_status_line(status, None), fields)


def serialise_request(method: str, target: str, fields: list[tuple[str, str]]) -> bytes:
    """Serialise the head of a request; its framing fields are the caller's.

    Args:
        method: a token.
        target: the request target, in one of the forms of RFC 9112, section 3.2.
        fields: names and values.

    Raises:
        LocalProtocolError: a value that may not go out.
    """
    if not is_token(method):
        raise LocalProtocolError(f"a method is a token, not {method[:100]!r}")
    if not target.isascii() or not target:
        raise LocalProtocolError(f"a request target is ASCII and not empty: {target[:100]!r}")
    for octet in target.encode("ascii"):
        if not TARGET[octet]:
            raise LocalProtocolError(f"a request target has no spaces and control bytes: {target[:100]!r}")
    return _head(f"{method} {target} HTTP/1.1\r\n", fields)


def serialise_chunk(data: bytes) -> bytes:
    """Serialise one chunk of the chunked coding (RFC 9112, section 7.1).

    Args:
        data: the chunk's bytes; of none, nothing is made, since a chunk of no bytes would end the body.
    """
    if not data:
        return b""
    return b"".join([f"{len(data):x}\r\n".encode("ascii"), data, b"\r\n"])


def last_chunk(trailers: list[tuple[str, str]]) -> bytes:
    """Serialise the end of a chunked body, with the fields of its trailer section.

    Raises:
        LocalProtocolError: a value that may not go out, or a field that frames a message.
    """
    if not trailers:
        return b"0\r\n\r\n"
    for name, _ in trailers:
        known = TEXTS.get(name.lower())
        if known is not None and (known.kind == CONTENT_LENGTH or known.kind == TRANSFER_ENCODING):
            raise LocalProtocolError(f"no {known.text} in a trailer section")
    return _head("0\r\n", trailers)


def _head(line: str, fields: list[tuple[str, str]]) -> bytes:
    """Put a start line and fields together."""
    parts: list[str] = [line]
    for name, value in fields:
        if name not in TEXTS and not is_token(name):
            raise LocalProtocolError(f"a field name is a token, not {name[:100]!r}")
        parts.append(f"{name}: {value}\r\n")
    parts.append("\r\n")
    return _encode("".join(parts), len(fields) + 2)


def _status_line(status: int, reason: str | None) -> str:
    if not 100 <= status <= 999:
        raise LocalProtocolError(f"a status code has three digits, not {status}")
    if reason is None:
        reason = REASONS.get(status, "")
    return f"HTTP/1.1 {status} {reason}\r\n"


def _content_length(value: str) -> i64:
    if not value.isascii() or not value.isdigit() or len(value) > 18:
        raise LocalProtocolError(f"Content-Length is digits, not {value[:100]!r}")
    return int(value)


def _encode(text: str, lines: i64) -> bytes:
    """Encode a head, making sure that its lines are those that were meant and hold no control bytes."""
    head = text.encode("utf-8", "surrogateescape")
    if head.count(b"\n") != lines or head.count(b"\r") != lines or head.translate(_CLEAN) != head:
        raise LocalProtocolError("control byte in a start line or a field")
    return head

# Compiled by mypyc.
"""Where a message's body ends, and whether the connection outlives it (RFC 9112, sections 6.3 and 9.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._errors import InvalidFraming, InvalidHost, UnsupportedCoding
from tidewire_http_parser._events import CHUNKED, UNTIL_CLOSE, MessageHead, RequestHead, ResponseHead
from tidewire_http_parser._field_section import FieldSection
from tidewire_http_parser._grammar import is_token

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# 18 digits fit 64 bits whatever they are; i64 wraps silently in the compiled build.
_LENGTH_DIGITS: Final = 18


def frame_request(head: RequestHead, section: FieldSection) -> None:
    """Complete a request head from the fields that decide about the message.

    Raises:
        InvalidHost: HTTP/1.1 without Host.
        InvalidFraming, UnsupportedCoding: the body's end cannot be told.
    """
    http_1_1 = head.http_1_1
    head.host = section.host
    if http_1_1 and section.host is None:
        raise InvalidHost("no Host")
    coding = section.transfer_encoding
    if coding is not None:
        if section.content_length is not None:
            # The classic of request smuggling (RFC 9112, section 6.1).
            raise InvalidFraming(
                "both Transfer-Encoding and Content-Length", coding.encode("utf-8", "replace")
            )
        if not _ends_chunked(coding):
            if "chunked" in _elements(coding):
                # RFC 9112, section 6.3, asks for 400 here; 501 is for what is not understood (section 6.1).
                raise InvalidFraming(
                    "chunked is not the last transfer coding", coding.encode("utf-8", "replace")
                )
            raise UnsupportedCoding("unknown transfer coding", coding.encode("utf-8", "replace"))
        head.body_length = CHUNKED
    elif section.content_length is not None:
        head.body_length = parse_content_length(section.content_length)
    _connection_options(head, section)
    if coding is not None and not http_1_1:
        # Framing that HTTP/1.0 does not have: process, then close (RFC 9112, section 6.1).
        head.keep_alive = False
    if section.expect is not None and http_1_1:
        head.expect = section.expect
        head.expect_continue = "100-continue" in _elements(section.expect)


def frame_response(head: ResponseHead, section: FieldSection, method: str) -> None:
    """Complete a response head from the fields that decide about the message and the method it answers.

    Raises:
        InvalidFraming, UnsupportedCoding: the body's end cannot be told.
    """
    status = head.status
    _connection_options(head, section)
    if method == "CONNECT" and status < 300:
        head.body_length = 0  # whatever the fields say (RFC 9110, section 9.3.6)
        return
    coding = section.transfer_encoding
    length: i64 = 0
    if section.content_length is not None:
        if coding is not None:
            raise InvalidFraming(
                "both Transfer-Encoding and Content-Length", coding.encode("utf-8", "replace")
            )
        length = parse_content_length(section.content_length)
    if coding is not None and not head.http_1_1:
        head.keep_alive = False  # as in requests
    if method == "HEAD" or status < 200 or status == 204 or status == 304:
        head.body_length = 0
    elif coding is not None:
        if _ends_chunked(coding):
            head.body_length = CHUNKED
        else:
            head.body_length = UNTIL_CLOSE
            head.keep_alive = False
    elif section.content_length is not None:
        head.body_length = length
    else:
        head.body_length = UNTIL_CLOSE
        head.keep_alive = False


def parse_content_length(value: str) -> i64:
    """Convert a Content-Length, which is digits and nothing else (RFC 9110, section 8.6).

    Raises:
        InvalidFraming: it is not, or has more than 18 digits.
    """
    octets = value.encode("utf-8", "surrogateescape")
    size: i64 = len(octets)
    if size == 0 or size > _LENGTH_DIGITS:
        raise InvalidFraming("malformed Content-Length", octets)
    length: i64 = 0
    i: i64 = 0
    while i < size:
        digit: i64 = octets[i] - 0x30
        if digit < 0 or digit > 9:
            raise InvalidFraming("malformed Content-Length", octets)
        length = length * 10 + digit
        i += 1
    return length


def _ends_chunked(coding: str) -> bool:
    """Tell whether `chunked` is the last of the codings.

    Raises:
        InvalidFraming: it is there twice (RFC 9112, section 7.1).
        UnsupportedCoding: another one has parameters, in which quotes might hide commas.
    """
    if coding == "chunked":
        return True  # what next to every sender writes
    codings = _elements(coding)
    if codings.pop() != "chunked":
        return False
    for each in codings:
        if each == "chunked":
            raise InvalidFraming("chunked applied twice", coding.encode("utf-8", "replace"))
        if each and not is_token(each):
            raise UnsupportedCoding("malformed transfer coding", coding.encode("utf-8", "replace"))
    return True


def _elements(value: str) -> list[str]:
    """Take a list of tokens apart, in lower case (RFC 9110, section 5.6.1)."""
    if value.isascii():
        value = value.lower()
    else:
        # ASCII only: str.lower() would make a k of U+212A, and `chunked` of what no other recipient takes
        # for it.
        value = value.encode("utf-8", "surrogateescape").lower().decode("utf-8", "surrogateescape")
    return [element.strip(" \t") for element in value.split(",")]


def _connection_options(head: MessageHead, section: FieldSection) -> None:
    """Read Connection and, where it is named there, Upgrade (RFC 9110, sections 7.6.1 and 7.8)."""
    http_1_1 = head.http_1_1
    connection = section.connection
    if connection is None:
        head.keep_alive = http_1_1
        return
    options = _elements(connection)
    head.keep_alive = "close" not in options and (http_1_1 or "keep-alive" in options)
    if section.upgrade is not None and http_1_1 and "upgrade" in options:
        head.upgrade = tuple([protocol for protocol in _elements(section.upgrade) if protocol])

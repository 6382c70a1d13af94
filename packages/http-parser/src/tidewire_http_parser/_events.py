# Compiled by mypyc.
"""What a parser reports: heads, data, ends, and the markers that say why there is nothing more to report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import LIST_OR_NONE, require
from tidewire_http_parser._compilation import mypyc_attr
from tidewire_http_parser._grammar import INTERPRETED

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "NEED_DATA",
    "PAUSED",
    "PAUSED_FOR_SWITCH",
    "ConnectionClosed",
    "Data",
    "EndOfMessage",
    "Fields",
    "InterimHead",
    "Marker",
    "RequestHead",
    "ResponseHead",
]

# How a body is framed; in `body_length` every number from 0 upwards is a length in bytes.
CHUNKED: Final = -1
UNTIL_CLOSE: Final = -2

Fields = list[tuple[str, str]]


@mypyc_attr(acyclic=True)
class MessageHead:
    """What the heads of requests and responses have in common.

    Attributes:
        http_1_1: whether the message is of HTTP/1.1; otherwise it is of HTTP/1.0.
        fields: the field lines in the order they came: name and value, surrounding white space removed. Names
            that are widely known come as one shared `istr` in their usual spelling, others as they were sent.
            Bytes outside ASCII are UTF-8, what is not UTF-8 is kept by surrogate escapes.
        body_length: bytes of body that follow, -1 for a chunked body, -2 for one that ends with the connection.
        keep_alive: whether the message lets the connection live on (RFC 9112, section 9.3).
        upgrade: the protocols of the Upgrade field, where Connection names it; in lower case.
        offers_switch: whether the parser will pause for `switch()` or `decline()` after this message.
    """

    __slots__ = ("body_length", "fields", "http_1_1", "keep_alive", "offers_switch", "upgrade")

    def __init__(self, http_1_1: bool) -> None:
        self.http_1_1 = http_1_1
        self.fields: Fields = []
        self.body_length: i64 = 0
        self.keep_alive = True
        self.upgrade: tuple[str, ...] = ()
        self.offers_switch = False

    @property
    def version(self) -> tuple[int, int]:
        """The HTTP version as the message says it, (1, 0) or (1, 1)."""
        return (1, 1) if self.http_1_1 else (1, 0)

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunked coding."""
        return self.body_length == CHUNKED


@mypyc_attr(acyclic=True)
class RequestHead(MessageHead):
    """The request line and the fields of a request.

    Attributes:
        method: the method as it was sent; methods are case-sensitive (RFC 9110, section 9.1).
        target: the request target as it was sent, in one of the forms of RFC 9112, section 3.2.
        host: the value of Host, None where an HTTP/1.0 request has none.
        expect: the value of Expect, several lines joined by commas; None where there is none, or in HTTP/1.0, which
            has no such field.
        expect_continue: whether the client waits for 100 (Continue) before it sends the body.
    """

    __slots__ = ("expect", "expect_continue", "host", "method", "target")

    def __init__(self, method: str, target: str, http_1_1: bool) -> None:
        if INTERPRETED:
            require((method, str), (target, str), (http_1_1, bool))
        super().__init__(http_1_1)
        self.method = method
        self.target = target
        self.host: str | None = None
        self.expect: str | None = None
        self.expect_continue = False

    def __repr__(self) -> str:
        return f"<RequestHead {self.method} {self.target[:100]!r}>"


@mypyc_attr(acyclic=True)
class ResponseHead(MessageHead):
    """The status line and the fields of a final response.

    Attributes:
        status: the status code, 200 to 999, or 101.
        reason: the reason phrase, which may be empty.
    """

    __slots__ = ("reason", "status")

    def __init__(self, status: i64, reason: str, http_1_1: bool) -> None:
        if INTERPRETED:
            require((status, int), (reason, str), (http_1_1, bool))
        super().__init__(http_1_1)
        self.status = status
        self.reason = reason

    def __repr__(self) -> str:
        return f"<ResponseHead {self.status} {self.reason[:100]!r}>"


@mypyc_attr(acyclic=True)
class InterimHead(ResponseHead):
    """The head of an interim response, 100 to 199 but for 101; the final one is still to come."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"<InterimHead {self.status} {self.reason[:100]!r}>"


@mypyc_attr(acyclic=True, free_list_len=1)
class Data:
    """A piece of a body, never empty, never more than the bytes that were fed.

    Attributes:
        data: the bytes, chunked coding removed. Small chunks that came together are one piece.
        ends_chunk: whether the piece ends where a chunk of the chunked coding ends; nothing but the wire format
            gives these borders a meaning.
        inner_ends: where in the piece further chunks end, in bytes from its beginning; None where none does.
    """

    __slots__ = ("data", "ends_chunk", "inner_ends")

    def __init__(self, data: bytes, ends_chunk: bool = False, inner_ends: list[int] | None = None) -> None:
        if INTERPRETED:
            require((data, bytes), (ends_chunk, bool), (inner_ends, LIST_OR_NONE))
        self.data = data
        self.ends_chunk = ends_chunk
        self.inner_ends = inner_ends

    def __repr__(self) -> str:
        return f"<Data of {len(self.data)} bytes>"


@mypyc_attr(acyclic=True)
class EndOfMessage:
    """A message is complete.

    Attributes:
        trailers: the fields of the trailer section (RFC 9112, section 7.1.2), in the form of a head's fields.
    """

    __slots__ = ("trailers",)

    def __init__(self, trailers: Fields) -> None:
        if INTERPRETED:
            require((trailers, list))
        self.trailers = trailers

    def __repr__(self) -> str:
        return f"<EndOfMessage with {len(self.trailers)} trailers>"


class ConnectionClosed:
    """The peer closed its side where no message was begun."""

    __slots__ = ()

    def __init__(self) -> None:
        pass  # compiled, a class without __init__ takes any arguments

    def __repr__(self) -> str:
        return "<ConnectionClosed>"


class Marker:
    """Says why there is no event; compared by identity.

    Attributes:
        name: the marker's name.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        if INTERPRETED:
            require((name, str))
        self.name = name

    def __repr__(self) -> str:
        return f"<{self.name}>"


NEED_DATA: Final = Marker("NEED_DATA")
PAUSED: Final = Marker("PAUSED")
PAUSED_FOR_SWITCH: Final = Marker("PAUSED_FOR_SWITCH")

# What most messages end with. It is shared, hence its list of trailers is not for writing.
END_WITHOUT_TRAILERS: Final = EndOfMessage([])
CONNECTION_CLOSED: Final = ConnectionClosed()

"""What a parser makes of bytes, reduced to what parsers of other libraries can be asked for too."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from tidewire_http_parser import (
    ConnectionClosed,
    Data,
    EndOfMessage,
    InterimHead,
    Leniencies,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
)

__all__ = ["Fields", "Head", "Outcome", "differences", "read_request", "read_response"]

Fields = tuple[tuple[bytes, bytes], ...]

# Content-Length is compared as a body; h11 reports it and Transfer-Encoding in a form of its own.
_NOT_AS_SENT: Final = frozenset({b"content-length", b"transfer-encoding"})


@dataclass(frozen=True)
class Head:
    """The head of a message.

    Attributes:
        start: method and target, or status and reason.
        version: `1.1`, say.
        fields: names in lower case, and values.
        keep_alive: whether the message lets the connection live on; None where the parser does not say.
    """

    start: tuple[bytes, ...]
    version: bytes
    fields: Fields
    keep_alive: bool | None = None


@dataclass(frozen=True)
class Outcome:
    """What became of the first message of some bytes, after which the peer neither sends nor closes.

    Attributes:
        kind: whether the message was read to its end, is to go on, or was refused.
        interim: the heads of interim responses before it.
        head: its own head, None where it has not been reported.
        body: as much of it as was reported.
        trailers: None where the parser does not report them.
        rest: the bytes behind the message; None where it is not complete, or the parser does not say.
        error: the class and text of the refusal.
    """

    kind: Literal["complete", "incomplete", "refused"]
    interim: tuple[Head, ...] = ()
    head: Head | None = None
    body: bytes = b""
    trailers: Fields | None = None
    rest: bytes | None = None
    error: str = ""


@dataclass
class _Reading:
    interim: list[Head] = field(default_factory=list)
    head: Head | None = None
    body: bytes = b""

    def outcome(
        self,
        kind: Literal["complete", "incomplete", "refused"],
        trailers: Fields | None = None,
        rest: bytes | None = None,
        error: str = "",
    ) -> Outcome:
        return Outcome(kind, tuple(self.interim), self.head, self.body, trailers, rest, error)


def differences(one: Outcome, other: Outcome) -> frozenset[str]:
    """Name the aspects in which two outcomes differ; what one of them does not know is no difference.

    Returns:
        `kind` alone, or any of `interim`, `start`, `version`, `fields`, `keep-alive`, `body`, `trailers`, `rest`.
    """
    if one.kind != other.kind:
        return frozenset({"kind"})
    if one.kind == "refused":
        return frozenset()
    found = set()
    if len(one.interim) != len(other.interim) or (one.head is None) != (other.head is None):
        found.add("interim")
    heads = [*zip(one.interim, other.interim, strict=False)]
    if one.head is not None and other.head is not None:
        heads.append((one.head, other.head))
    for mine, theirs in heads:
        found |= _head_differences(mine, theirs)
    if one.body != other.body:
        found.add("body")
    for name in ("trailers", "rest"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine is not None and theirs is not None and mine != theirs:
            found.add(name)
    return frozenset(found)


def _head_differences(one: Head, other: Head) -> set[str]:
    found = set()
    if one.start != other.start:
        found.add("start")
    if one.version != other.version:
        found.add("version")
    if _as_sent(one.fields) != _as_sent(other.fields):
        found.add("fields")
    if one.keep_alive is not None and other.keep_alive is not None and one.keep_alive != other.keep_alive:
        found.add("keep-alive")
    return found


def _as_sent(fields: Fields) -> list[tuple[bytes, bytes]]:
    return [(name, value) for name, value in fields if name not in _NOT_AS_SENT]


def read_request(data: bytes) -> Outcome:
    """Read the first request of some bytes with this library."""
    return _read(RequestParser(), data)


def read_response(data: bytes, method: str, leniencies: Leniencies | None = None) -> Outcome:
    """Read the response to a request with `method` with this library."""
    parser = ResponseParser(leniencies=leniencies)
    parser.expect(method)
    return _read(parser, data)


def _read(parser: RequestParser | ResponseParser, data: bytes) -> Outcome:
    reading = _Reading()
    if data:
        parser.receive_data(data)
    try:
        while True:
            event = parser.next_event()
            if isinstance(event, Marker | ConnectionClosed):
                return reading.outcome("incomplete")
            if isinstance(event, Data):
                reading.body += event.data
            elif isinstance(event, EndOfMessage):
                return reading.outcome("complete", _fields(event.trailers), parser.trailing_data)
            elif isinstance(event, InterimHead):
                reading.interim.append(_head(event))
            else:
                reading.head = _head(event)
    except RemoteProtocolError as error:
        return reading.outcome("refused", error=f"{type(error).__name__}: {error.problem}")


def _head(head: RequestHead | ResponseHead) -> Head:
    version = b"1.1" if head.http_1_1 else b"1.0"
    fields = _fields(head.fields)
    if isinstance(head, RequestHead):
        return Head((head.method.encode(), head.target.encode()), version, fields, head.keep_alive)
    start = (b"%03d" % head.status, _octets(head.reason))
    return Head(start, version, fields, None if isinstance(head, InterimHead) else head.keep_alive)


def _fields(fields: list[tuple[str, str]]) -> Fields:
    return tuple((name.encode().lower(), _octets(value)) for name, value in fields)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")

"""What a parser makes of bytes, as lines of text: the format is described in corpus/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tidewire_http_parser import (
    NEED_DATA,
    PAUSED,
    PAUSED_FOR_SWITCH,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Fields,
    InterimHead,
    Leniencies,
    Limits,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
)
from tidewire_testing import escape_bytes

__all__ = ["TooManyCalls", "head_line", "request_parser", "response_parser", "trace"]

_MARKERS = {id(NEED_DATA): "need-data", id(PAUSED): "paused", id(PAUSED_FOR_SWITCH): "paused-for-switch"}

Parser = RequestParser | ResponseParser


class TooManyCalls(AssertionError):
    """A parser reported more than its input can hold: it makes no progress."""


def request_parser(meta: Mapping[str, Any]) -> RequestParser:
    """The parser that a case of corpus/request asks for."""
    return RequestParser(Limits(**meta.get("limits", {})))


def response_parser(meta: Mapping[str, Any]) -> ResponseParser:
    """The parser that a case of corpus/response asks for."""
    leniencies = {name.replace("-", "_"): True for name in meta.get("lenient", [])}
    parser = ResponseParser(Limits(**meta.get("limits", {})), Leniencies(**leniencies))
    for method in meta.get("expect", ["GET"]):
        parser.expect(method)
    return parser


def trace(
    parser: Parser, pieces: Iterable[bytes], meta: Mapping[str, Any], *, takes_bodies: bool = False
) -> list[str]:
    """Feed pieces to a parser, as a case's metadata says; return what it reports.

    Args:
        parser: a new parser.
        pieces: what it is fed with.
        meta: the case's metadata.
        takes_bodies: whether it is read with `read_body()` instead of `next_event()`.
    """
    tracer = _Tracer(parser, meta, takes_bodies)
    try:
        for piece in pieces:
            parser.receive_data(piece)
            tracer.drain(len(piece))
        if meta.get("eof"):
            parser.receive_eof()
            tracer.drain(0)
        tracer.finish()
    except RemoteProtocolError as error:
        tracer.flush()
        tracer.lines.append(f"error {type(error).__name__} {error.status}")
        _check_that_it_stays(parser, error)
    return tracer.lines


def _check_that_it_stays(parser: Parser, error: RemoteProtocolError) -> None:
    for _ in range(2):
        with pytest.raises(type(error)) as caught:
            parser.next_event()
        assert caught.value is error


class _Tracer:
    def __init__(self, parser: Parser, meta: Mapping[str, Any], takes_bodies: bool) -> None:
        self.parser = parser
        self._takes_bodies = takes_bodies
        self.lines: list[str] = []
        self._body = b""
        wanted = meta.get("next", 0)
        self._messages: float = float("inf") if wanted == "all" else wanted
        self._declines = bool(meta.get("decline"))
        self._switches = bool(meta.get("switch"))
        self._last = NEED_DATA
        self._closed = False

    def drain(self, size: int) -> None:
        """Report until there is nothing more to report."""
        # No byte makes more than two events, and an end is reported without one.
        for _ in range(4 * size + self.parser.buffered + 16):
            event = self._next()
            if isinstance(event, Marker):
                self._last = event
                if not self._goes_on(event):
                    return
            elif isinstance(event, ConnectionClosed):
                self._closed = True
                return
            else:
                self._report(event)
        raise TooManyCalls

    def _next(self) -> RequestHead | ResponseHead | Data | EndOfMessage | ConnectionClosed | Marker:
        if not self._takes_bodies:
            return self.parser.next_event()
        pieces: list[bytes] = []
        try:
            return self.parser.read_body(pieces)
        finally:
            assert all(pieces)
            self._body += b"".join(pieces)

    def _goes_on(self, marker: Marker) -> bool:
        if marker is PAUSED and self._messages > 0:
            self._messages -= 1
            self.parser.next_message()
            return True
        if marker is PAUSED_FOR_SWITCH and self._declines:
            self.lines.append("paused-for-switch")
            self.parser.decline()
            return True
        return False

    def finish(self) -> None:
        """Report where the parser stands."""
        self.flush()
        self.lines.append("closed" if self._closed else _MARKERS[id(self._last)])
        if self._last is PAUSED_FOR_SWITCH and self._switches:
            self.lines.append(f'switched "{escape_bytes(self.parser.switch())}"')
            assert isinstance(self.parser.next_event(), ConnectionClosed)

    def flush(self) -> None:
        """Report the body as far as it is there."""
        if self._body:
            self.lines.append(f'data "{escape_bytes(self._body)}"')
        self._body = b""

    def _report(self, event: RequestHead | ResponseHead | Data | EndOfMessage) -> None:
        if isinstance(event, Data):
            assert event.data
            self._body += event.data
            return
        self.flush()
        if isinstance(event, EndOfMessage):
            self._add_fields("trailer", event.trailers)
            self.lines.append("end")
        else:
            self.lines.append(head_line(event))
            self._add_fields("field", event.fields)

    def _add_fields(self, what: str, fields: Fields) -> None:
        for name, value in fields:
            self.lines.append(f"{what} {name}: {_escaped(value)}".rstrip(" "))


def head_line(head: RequestHead | ResponseHead) -> str:
    """One line about a head, its fields left out."""
    version = f"HTTP/{head.version[0]}.{head.version[1]}"
    if isinstance(head, InterimHead):
        return f"interim {head.status} {_escaped(head.reason)}".rstrip(" ")
    if isinstance(head, RequestHead):
        words = ["request", head.method, head.target, version]
    else:
        words = ["response", str(head.status), _escaped(head.reason), version]
    length = head.body_length
    words.append(f"body={ {0: 'none', -1: 'chunked', -2: 'until-close'}.get(length, f'length:{length}') }")
    words.append("keep-alive" if head.keep_alive else "close")
    if head.upgrade:
        words.append(f"upgrade={','.join(_escaped(protocol) for protocol in head.upgrade)}")
    if isinstance(head, RequestHead) and head.expect_continue:
        words.append("expect-continue")
    return " ".join(word for word in words if word)


def _escaped(text: str) -> str:
    return escape_bytes(text.encode("utf-8", "surrogateescape"))

"""What a parser of messages reports, in a form that does not depend on how its input was split."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tidewire_http_parser import (
    PAUSED,
    PAUSED_FOR_SWITCH,
    ConnectionClosed,
    Data,
    EndOfMessage,
    Marker,
    RemoteProtocolError,
    RequestHead,
    RequestParser,
    ResponseHead,
    ResponseParser,
)
from tidewire_testing import byte_by_byte, random_splits

__all__ = ["body_of", "splits", "trace"]

Trace = list[tuple[Any, ...]]


def splits(data: bytes, seed: int) -> Iterable[list[bytes]]:
    """Return some ways to cut an input: byte by byte where it is short, and two random ones."""
    if len(data) <= 400:
        yield byte_by_byte(data)
    yield from random_splits(data, 2, seed)


def trace(
    parser: RequestParser | ResponseParser, pieces: Iterable[bytes], *, eof: bool, decline: bool
) -> Trace:
    """Feed pieces to a parser and ask for every message; return what it reports, bodies joined.

    Raises:
        AssertionError: the parser makes no progress, or forgets an error.
    """
    found: Trace = []
    try:
        for piece in pieces:
            parser.receive_data(piece)
            _drain(parser, found, decline)
        if eof:
            parser.receive_eof()
            _drain(parser, found, decline)
        found.append(("rest", parser.buffered, parser.trailing_data))
    except RemoteProtocolError as error:
        failure = error
    else:
        return found
    found.append(("error", type(failure).__name__, failure.status))
    assert _error_of(parser) is failure
    return found


def body_of(found: Trace) -> bytes | None:
    """Return the body of the first message of a trace, or nothing where it did not end."""
    ends = any(entry[0] == "end" for entry in found)
    bodies = [entry[1] for entry in found if entry[0] == "data"]
    return (bodies[0] if bodies else b"") if ends else None


def _error_of(parser: RequestParser | ResponseParser) -> RemoteProtocolError | None:
    try:
        parser.next_event()
    except RemoteProtocolError as error:
        return error
    return None


def _drain(parser: RequestParser | ResponseParser, found: Trace, decline: bool) -> None:
    # No byte makes more than two events; a head that is complete and an end are reported without one.
    for _ in range(4 * parser.buffered + 16):
        before = parser.buffered
        event = parser.next_event()
        assert parser.buffered <= before
        if isinstance(event, Data):
            assert event.data
            if found and found[-1][0] == "data":
                found[-1] = ("data", found[-1][1] + event.data)
            else:
                found.append(("data", event.data))
        elif isinstance(event, EndOfMessage):
            found.append(("end", event.trailers))
        elif isinstance(event, RequestHead | ResponseHead):
            found.append(_head(event))
        elif event is PAUSED:
            parser.next_message()
        elif event is PAUSED_FOR_SWITCH and decline:
            parser.decline()
        else:
            if isinstance(event, ConnectionClosed):
                found.append(("closed",))
            else:
                assert isinstance(event, Marker)
            return
    raise AssertionError("more events than bytes")


def _head(head: RequestHead | ResponseHead) -> tuple[Any, ...]:
    start: tuple[Any, ...]
    if isinstance(head, RequestHead):
        start = ("request", head.method, head.target, head.host, head.expect_continue)
    else:
        start = (type(head).__name__, head.status, head.reason)
    return (*start, head.http_1_1, head.fields, head.body_length, head.keep_alive, head.upgrade)

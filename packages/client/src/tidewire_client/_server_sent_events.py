"""Streams of events (WHATWG HTML, section 9.2): reading them from the body of a response."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncGenerator
from typing import Final, NamedTuple

from tidewire_client._client_response import ClientResponse
from tidewire_client._response_lines import LineSplitter

__all__ = ["ServerSentEvent", "iter_events"]

_LONGEST_RETRY: Final = 9


class ServerSentEvent(NamedTuple):
    """One event.

    Attributes:
        event: its type; "message" where the server says nothing.
        data: its data, lines joined by newlines.
        last_event_id: the id to go on from after a lost connection; that of an earlier event where it has none.
        retry: milliseconds after which to try again, as far as the server has said so; None where it has not.
    """

    event: str
    data: str
    last_event_id: str
    retry: int | None


class EventParser:
    """Makes events of lines.

    Attributes:
        last_event_id: the id of the last event.
        retry: milliseconds after which to try again.
    """

    __slots__ = ("_data", "_event", "_id", "last_event_id", "retry")

    def __init__(self, last_event_id: str = "") -> None:
        self._data: list[str] = []
        self._event = ""
        self._id = last_event_id
        self.last_event_id = last_event_id
        self.retry: int | None = None

    def feed(self, line: str) -> ServerSentEvent | None:
        """Take a line without its end; return the event that it completes."""
        if not line:
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "data":
            self._data.append(value)
        elif name == "event":
            self._event = value
        elif name == "id":
            if "\0" not in value:
                self._id = value
        elif name == "retry" and value.isascii() and value.isdigit() and len(value) <= _LONGEST_RETRY:
            self.retry = int(value)
        return None

    def _dispatch(self) -> ServerSentEvent | None:
        self.last_event_id = self._id
        data, event = self._data, self._event
        self._data = []
        self._event = ""
        if not data:
            return None
        return ServerSentEvent(event or "message", "\n".join(data), self.last_event_id, self.retry)


def iter_events(
    response: ClientResponse, *, last_event_id: str = "", max_line_length: float = math.inf
) -> AsyncGenerator[ServerSentEvent, None]:
    """Iterate over the events of a response, until its body ends; an event that is not complete then is dropped.

    What comes after an event at which the iteration is given up can still be read.

    To go on after a lost connection, request again with a Last-Event-ID of the last event's `last_event_id`.

    Args:
        response: the response.
        last_event_id: the id that was sent with the request.
        max_line_length: bytes that a line may have.

    Raises:
        ClientPayloadError: the body breaks off.
        tidewire_http_io.LineTooLong: a line is longer than it may be.
    """
    return events_of(response, EventParser(last_event_id), max_line_length)


async def events_of(
    response: ClientResponse, parser: EventParser, max_line_length: float = math.inf
) -> AsyncGenerator[ServerSentEvent, None]:
    """Iterate over the events that a parser finds in a response; see `iter_events()`."""
    content = response.content
    lines = LineSplitter(max_line_length)
    first = True
    try:
        while data := await content.readany():
            for line in lines.feed(data):
                text = line.decode("utf-8", "replace")
                if first:
                    text = text.removeprefix("\ufeff")
                    first = False
                event = parser.feed(text)
                if event is not None:
                    yield event
    except (GeneratorExit, asyncio.CancelledError):
        lines.give_back(content)
        raise

"""What h11 and httptools make of bytes, reduced as in `outcomes`."""

from __future__ import annotations

from typing import Any, Literal

import h11
import httptools
from outcomes import Fields, Head, Outcome

__all__ = ["h11_request", "h11_response", "httptools_request", "httptools_response"]


# -- h11 -------------------------------------------------------------------------------------------


def h11_request(data: bytes) -> Outcome:
    """Read the first request of some bytes with h11."""
    return _read_with_h11(h11.Connection(h11.SERVER), data)


def h11_response(data: bytes, method: str) -> Outcome:
    """Read the response to a request with `method` with h11."""
    connection = h11.Connection(h11.CLIENT)
    # The upgrade is proposed, so that an answer that takes it is not refused.
    fields = [("Host", "a"), ("Connection", "upgrade"), ("Upgrade", "x")]
    target = "a:1" if method == "CONNECT" else "/"
    connection.send(h11.Request(method=method, target=target, headers=fields))
    connection.send(h11.EndOfMessage())
    return _read_with_h11(connection, data)


def _read_with_h11(connection: h11.Connection, data: bytes) -> Outcome:
    interim: list[Head] = []
    head: Head | None = None
    body = b""
    if data:
        connection.receive_data(data)
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                body += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                if head is not None:
                    head = Head(head.start, head.version, head.fields, _keeps_alive(connection))
                rest = connection.trailing_data[0]
                return Outcome("complete", tuple(interim), head, body, _h11_fields(event.headers), rest)
            elif isinstance(event, h11.Request):
                head = Head((event.method, event.target), event.http_version, _h11_fields(event.headers))
            elif isinstance(event, h11.Response | h11.InformationalResponse):
                start = (b"%03d" % event.status_code, event.reason)
                read = Head(start, event.http_version, _h11_fields(event.headers))
                if isinstance(event, h11.Response):
                    head = read
                elif event.status_code != 101:
                    interim.append(read)
                else:
                    return Outcome("complete", tuple(interim), read, b"", (), connection.trailing_data[0])
            elif event is h11.PAUSED and connection.their_state is h11.SWITCHED_PROTOCOL:
                return Outcome("complete", tuple(interim), head, body, (), connection.trailing_data[0])
            else:
                return Outcome("incomplete", tuple(interim), head, body)
    except h11.RemoteProtocolError as error:
        return Outcome("refused", tuple(interim), head, body, error=str(error))


def _keeps_alive(connection: h11.Connection) -> bool | None:
    if connection.their_state is h11.MUST_CLOSE:
        return False
    if connection.their_state is h11.DONE:
        return True
    return None


def _h11_fields(headers: Any) -> Fields:
    return tuple((bytes(name), bytes(value)) for name, value in headers)


# -- httptools -------------------------------------------------------------------------------------


def httptools_request(data: bytes) -> Outcome:
    """Read the first request of some bytes with httptools."""
    collector = _Collector()
    parser = httptools.HttpRequestParser(collector)
    collector.start = lambda: (parser.get_method(), collector.url)
    return _read_with_httptools(collector, parser, data)


def httptools_response(data: bytes, method: str) -> Outcome:
    """Read a response to GET with httptools, which does not ask for the method."""
    assert method == "GET"
    collector = _Collector()
    parser = httptools.HttpResponseParser(collector)
    collector.start = lambda: (b"%03d" % parser.get_status_code(), collector.reason)
    return _read_with_httptools(collector, parser, data)


def _read_with_httptools(collector: _Collector, parser: Any, data: bytes) -> Outcome:
    collector.parser = parser
    error = ""
    rest: bytes | None = None
    try:
        if data:
            parser.feed_data(data)
    except httptools.HttpParserUpgrade as upgrade:
        rest = data[upgrade.args[0] :]
    except httptools.HttpParserError as failure:
        error = f"{type(failure).__name__}: {failure}"
    interim = tuple(collector.interim)
    if collector.complete:
        trailers = tuple(collector.trailers)
        return Outcome("complete", interim, collector.head, collector.body, trailers, rest)
    kind: Literal["refused", "incomplete"] = "refused" if error else "incomplete"
    return Outcome(kind, interim, collector.head, collector.body, error=error)


class _Collector:
    """Takes the calls of httptools for the first message and ignores those for what comes behind it."""

    def __init__(self) -> None:
        self.parser: Any = None
        self.start: Any = None
        self.url = b""
        self.reason = b""
        self.interim: list[Head] = []
        self.head: Head | None = None
        self.body = b""
        self.trailers: list[tuple[bytes, bytes]] = []
        self.complete = False
        self._fields: list[tuple[bytes, bytes]] = []

    def on_message_begin(self) -> None:
        if not self.complete:
            self._fields = []

    def on_url(self, url: bytes) -> None:
        if not self.complete:
            self.url += url

    def on_status(self, status: bytes) -> None:
        if not self.complete:
            self.reason += status

    def on_header(self, name: bytes, value: bytes | None) -> None:
        if not self.complete:
            fields = self._fields if self.head is None else self.trailers
            fields.append((name.lower(), (value or b"").rstrip(b" \t")))

    def on_headers_complete(self) -> None:
        if self.complete:
            return
        keep_alive = self.parser.should_keep_alive()
        version = self.parser.get_http_version().encode()
        head = Head(self.start(), version, tuple(self._fields), keep_alive)
        if self._is_interim():
            self.interim.append(Head(head.start, head.version, head.fields))
            self.reason = b""
        else:
            self.head = head

    def on_body(self, body: bytes) -> None:
        if not self.complete:
            self.body += body

    def on_message_complete(self) -> None:
        if self.head is not None:
            self.complete = True

    def _is_interim(self) -> bool:
        if not isinstance(self.parser, httptools.HttpResponseParser):
            return False
        status = self.parser.get_status_code()
        return bool(100 <= status < 200 and status != 101)

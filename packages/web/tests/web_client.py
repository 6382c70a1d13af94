"""A client without sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from tidewire_http_parser import Data, EndOfMessage, InterimHead, Marker, ResponseHead, ResponseParser
from tidewire_testing import MemoryTransport, ProtocolLike

PEER = ("192.0.2.1", 50000)
SOCKET = ("192.0.2.80", 8080)


@dataclass
class Answer:
    """A response, as a client sees it."""

    status: int
    reason: str
    fields: dict[str, str]
    body: bytes = b""
    complete: bool = False
    pairs: list[tuple[str, str]] = field(default_factory=list)
    trailers: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


def request(
    target: str = "/", *lines: str, method: str = "GET", version: str = "1.1", body: bytes = b""
) -> bytes:
    """The bytes of a request; with a body its length is declared, where no line frames it."""
    head = [f"{method} {target} HTTP/{version}", "Host: example", *lines]
    if body and not any(line.startswith(("Content-Length", "Transfer-Encoding")) for line in lines):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


class Connection:
    """One connection to a server."""

    def __init__(self, protocol: Any, extra: dict[str, Any]) -> None:
        self.transport = MemoryTransport(cast(ProtocolLike, protocol), extra=extra)
        self.transport.connect()
        self.parser = ResponseParser()
        self.answers: list[Answer] = []
        self.interim: list[tuple[int, list[tuple[str, str]]]] = []

    def send(self, data: bytes, *methods: str) -> None:
        """Send requests, of which all that are not named otherwise are GET."""
        for method in methods or ("GET",) * data.count(b" HTTP/1."):
            self.parser.expect(method)
        self.transport.feed(data)

    def look(self) -> list[Answer]:
        """Read what has come."""
        parser = self.parser
        if data := self.transport.take():
            parser.receive_data(data)
        if (self.transport.eof_sent or self.transport.is_closing()) and not self.transport.was_reset:
            parser.receive_eof()
        while True:
            event = parser.next_event()
            if isinstance(event, InterimHead):
                self.interim.append((event.status, event.fields))
            elif isinstance(event, ResponseHead):
                fields = {str(name): value for name, value in event.fields}
                self.answers.append(Answer(event.status, event.reason, fields, pairs=event.fields))
            elif isinstance(event, Data):
                self.answers[-1].body += event.data
            elif isinstance(event, EndOfMessage):
                self.answers[-1].complete = True
                self.answers[-1].trailers = event.trailers
            elif isinstance(event, Marker) and event.name == "PAUSED" and parser.buffered:
                parser.next_message()
            else:
                if isinstance(event, Marker) and event.name == "PAUSED":
                    parser.next_message()
                return self.answers

    async def until(self, condition: Callable[[], object]) -> None:
        """Let the loop go round until something is so."""
        for _ in range(1000):
            if condition():
                return
            await asyncio.sleep(0)
        raise AssertionError("it never came to be so")

    async def ask(self, data: bytes, *methods: str) -> Answer:
        """Send a request and wait for its answer, or for the end of the connection."""
        number = len(self.answers)
        self.send(data, *methods)

        def answered() -> bool:
            answers = self.look()
            return (len(answers) > number and answers[number].complete) or self.transport.is_closing()

        await self.until(answered)
        assert len(self.answers) > number, "no answer"
        return self.answers[number]


class Client:
    """Makes connections to a server."""

    def __init__(self, server: Callable[[], Any]) -> None:
        self.server = server

    def connect(self, **extra: Any) -> Connection:
        """Make a connection, of which the transport knows some things."""
        return Connection(self.server(), {"peername": PEER, "sockname": SOCKET, **extra})

    async def ask(self, data: bytes, *methods: str) -> Answer:
        """Send one request over a connection of its own."""
        return await self.connect().ask(data, *methods)

    async def get(self, target: str = "/", *lines: str, method: str = "GET", body: bytes = b"") -> Answer:
        """Send one request over a connection of its own."""
        return await self.ask(request(target, *lines, method=method, body=body), method)

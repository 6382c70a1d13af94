"""A server on the loopback interface for whole requests: it answers by path, and keeps what it was sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from multidict import CIMultiDict
from yarl import URL

from tidewire_http_io import Acceptor, ServerExchange, StreamReader


@dataclass
class Seen:
    """A request as it arrived."""

    method: str
    target: str
    headers: CIMultiDict[str]
    body: bytes
    exchange: ServerExchange

    def answer(self, status: int = 200, body: bytes | str = b"", **fields: str) -> None:
        """Answer; underscores in the names of fields are hyphens."""
        data = body.encode() if isinstance(body, str) else body
        named = [(name.replace("_", "-"), value) for name, value in fields.items()]
        self.exchange.respond(status, None, named, data)

    def answer_with(self, status: int, fields: list[tuple[str, str]], body: bytes = b"") -> None:
        """Answer with fields of any name."""
        self.exchange.respond(status, None, fields, body)


Handler = Callable[[Seen], Awaitable[None] | None]


class Service:
    """Answers with what it was sent, as JSON, where no handler is set for a path.

    Attributes:
        seen: the requests, in their order.
        made: how many connections were made.
    """

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.made = 0
        self.port = 0
        self._handlers: dict[str, Handler] = {}
        self._early: dict[str, Callable[[ServerExchange], None]] = {}
        self._acceptor = Acceptor(self._serve, loop=asyncio.get_running_loop())
        self._server: asyncio.Server | None = None
        self._scheme = "http"
        self._tasks: set[asyncio.Task[None]] = set()

    def on(self, path: str, handler: Handler) -> None:
        """Have a handler answer a path."""
        self._handlers[path] = handler

    def on_head(self, path: str, handler: Callable[[ServerExchange], None]) -> None:
        """Have a handler answer a path before the body is read."""
        self._early[path] = handler

    def redirect(self, path: str, location: str, status: int = 302) -> None:
        """Have a path redirect."""
        self.on(path, lambda seen: seen.answer(status, b"moved", Location=location))

    @property
    def last(self) -> Seen:
        """The last request."""
        return self.seen[-1]

    def url(self, path: str = "/", host: str = "127.0.0.1") -> URL:
        """A URL of the server."""
        return URL(f"{self._scheme}://{host}:{self.port}").join(URL(path))

    async def start(self, ssl: Any = None) -> None:
        """Begin to listen."""
        loop: Any = asyncio.get_running_loop()
        self._scheme = "http" if ssl is None else "https"
        self._server = await loop.create_server(self.accept, "127.0.0.1", self.port, ssl=ssl)
        assert self._server is not None
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """Close everything."""
        if self._server is not None:
            self._server.close()
        self.drop_all()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        while self._acceptor.connections:  # noqa: ASYNC110 - they tell nobody of their end
            await asyncio.sleep(0)
        await asyncio.sleep(0)

    def drop_all(self) -> None:
        """Close every connection."""
        self._acceptor.abort()

    @property
    def open(self) -> int:
        """How many connections there are."""
        return len(self._acceptor.connections)

    def accept(self) -> Any:
        """The protocol of a new connection."""
        self.made += 1
        return self._acceptor()

    def _serve(self, exchange: ServerExchange) -> None:
        path = URL(exchange.head.target).raw_path
        if path in self._early:
            self._early[path](exchange)
            return
        task = asyncio.get_running_loop().create_task(self._answer(exchange, path))
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(task.exception(), ConnectionError):
            return  # the client has gone
        if not task.cancelled():
            task.result()

    async def _answer(self, exchange: ServerExchange, path: str) -> None:
        if exchange.awaits_continue:
            exchange.send_interim(100, [])
        body = StreamReader(exchange.consumed)
        exchange.receive(body)
        head = exchange.head
        seen = Seen(head.method, head.target, CIMultiDict(head.fields), await body.read(), exchange)
        self.seen.append(seen)
        handler = self._handlers.get(path)
        if handler is None:
            text = json.dumps(
                {"method": seen.method, "target": seen.target, "body": seen.body.decode("latin-1")}
            )
            seen.answer(200, text, Content_Type="application/json")
            return
        answered = handler(seen)
        if answered is not None:
            await answered


class RawServer:
    """Answers each request with the next of some answers, byte for byte, and reads no further than its head.

    Args:
        answers: bytes; None to close the connection without any. After the last it is closed, too.
        closes: whether the connection is closed after each answer.

    Attributes:
        heads: the heads of the requests.
    """

    def __init__(self, *answers: bytes | None, closes: bool = False) -> None:
        self._answers = list(answers)
        self._closes = closes
        self.heads: list[bytes] = []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def url(self) -> URL:
        """Where it listens."""
        assert self._server is not None
        return URL.build(
            scheme="http", host="127.0.0.1", port=self._server.sockets[0].getsockname()[1], path="/"
        )

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *exc: object) -> None:
        assert self._server is not None
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            while True:
                self.heads.append(await reader.readuntil(b"\r\n\r\n"))
                answer = self._answers.pop(0) if self._answers else None
                if answer is None:
                    return
                await self._send(writer, answer)
                if self._closes:
                    return
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _send(self, writer: asyncio.StreamWriter, answer: bytes) -> None:
        writer.write(answer)
        await writer.drain()

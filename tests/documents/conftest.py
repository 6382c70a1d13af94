"""What the documents' snippets are run with: a server at a free port, and a client that talks to it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from multidict import CIMultiDict

from tidewire_http_parser import Data, EndOfMessage, InterimHead, Marker, ResponseHead, ResponseParser

HOST = "127.0.0.1"


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marks that `test_promises.py` counts."""
    for line in (
        "promise(*numbers): shows that promises of the documents hold, by their numbers in test_promises.py",
        "snippet(*names): runs snippets of the documents, by their names in test_promises.py",
    ):
        config.addinivalue_line("markers", line)


@dataclass
class Answer:
    """A response, as a client sees it.

    Attributes:
        status: the status code.
        headers: the fields.
        body: the body.
        interims: the status codes of the interim responses before it.
    """

    status: int
    headers: CIMultiDict[str]
    body: bytes = b""
    interims: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()

    @property
    def json(self) -> Any:
        """The body, as JSON."""
        return json.loads(self.body)


class Connection:
    """One connection to a server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._parser = ResponseParser()

    def send(self, data: bytes, *methods: str) -> None:
        """Send bytes, which begin the requests with these methods."""
        for method in methods:
            self._parser.expect(method)
        self.writer.write(data)

    def ask(self, target: str = "/", *lines: str, method: str = "GET", body: bytes = b"") -> None:
        """Send a request."""
        self.send(request(target, *lines, method=method, body=body), method)

    async def answer(self) -> Answer:
        """Read the next response."""
        interims: list[int] = []
        found: Answer | None = None
        ended = False
        while True:
            event = self._parser.next_event()
            if isinstance(event, InterimHead):
                interims.append(event.status)
            elif isinstance(event, ResponseHead):
                found = Answer(event.status, CIMultiDict(event.fields), interims=interims)
            elif isinstance(event, Data):
                assert found is not None
                found.body += event.data
            elif isinstance(event, EndOfMessage):
                assert found is not None
                return found
            elif isinstance(event, Marker) and event.name == "PAUSED":
                self._parser.next_message()
            elif data := await self.reader.read(65536):
                self._parser.receive_data(data)
            elif ended:
                raise ConnectionResetError("the connection was closed, and nothing was answered")
            else:
                self._parser.receive_eof()
                ended = True

    async def interim(self) -> int:
        """Read the next response, which is an interim one; returns its status code."""
        while True:
            event = self._parser.next_event()
            if isinstance(event, InterimHead):
                return event.status
            assert isinstance(event, Marker), event
            data = await self.reader.read(65536)
            assert data, "the connection was closed"
            self._parser.receive_data(data)

    async def at_end(self) -> bool:
        """Whether nothing more comes: waits for bytes or for the end."""
        return await self.reader.read(65536) == b""

    def abort(self) -> None:
        """Go away, whatever is still to be read or sent."""
        self.writer.transport.abort()

    async def close(self) -> None:
        """Close the connection."""
        self.writer.close()
        with contextlib.suppress(OSError):  # it was reset
            await self.writer.wait_closed()


def request(target: str = "/", *lines: str, method: str = "GET", body: bytes = b"") -> bytes:
    """The bytes of a request; with a body its length is declared."""
    head = [f"{method} {target} HTTP/1.1", *lines]
    if not any(line.lower().startswith("host:") for line in lines):
        head.insert(1, "Host: example.org")
    if body:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


class Client:
    """Asks a server at a port."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._connections: list[Connection] = []

    async def connect(self) -> Connection:
        """Connect; the connection is closed with the client."""
        connection = Connection(*await asyncio.open_connection(HOST, self.port))
        self._connections.append(connection)
        return connection

    async def get(self, target: str = "/", *lines: str, method: str = "GET", body: bytes = b"") -> Answer:
        """Send one request over a connection of its own."""
        connection = await self.connect()
        connection.ask(target, *lines, method=method, body=body)
        answer = await connection.answer()
        await connection.close()
        return answer

    async def post(self, target: str, body: bytes, *lines: str) -> Answer:
        """Post a body over a connection of its own."""
        return await self.get(target, *lines, method="POST", body=body)

    async def close(self) -> None:
        """Close what was left open."""
        for connection in self._connections:
            await connection.close()


class Served(Client):
    """Asks an application that runs in the test's own event loop.

    Attributes:
        runner: what runs it.
    """

    def __init__(self, runner: Any, port: int) -> None:
        super().__init__(port)
        self.runner = runner

    async def stop(self) -> None:
        """Shut the application down, gracefully."""
        await self.runner.cleanup()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[Served]]]:
    """Runs an application at a free port; takes the keyword arguments of `AppRunner`."""
    from tidewire_web import AppRunner, TCPSite

    running: list[Served] = []

    async def start(app: Any, **options: Any) -> Served:
        runner = AppRunner(app, **{"shutdown_timeout": 5.0, "access_log": None, **options})
        await runner.setup()
        await TCPSite(runner, HOST, 0).start()
        running.append(Served(runner, runner.addresses[0][1]))
        return running[-1]

    yield start
    for served in running:
        await served.close()
        await served.stop()


@pytest.fixture
async def connect() -> AsyncIterator[Callable[[int], Client]]:
    """Makes clients of servers that a test has started itself."""
    clients: list[Client] = []

    def make(port: int) -> Client:
        clients.append(Client(port))
        return clients[-1]

    yield make
    for client in clients:
        await client.close()


class Program:
    """Calls `run_app()` as a program does, asks the server some things as soon as it listens, and interrupts it.

    Attributes:
        answers: what was answered.
        banner: what the server told of itself.
    """

    def __init__(self, *targets: str, then: Callable[[Client], Awaitable[object]] | None = None) -> None:
        self.answers: list[Answer] = []
        self.banner = ""
        self._targets = targets
        self._then = then
        self._visit: asyncio.Task[None] | None = None
        self._interrupted = False

    def run_app(self, app: Any, **options: Any) -> None:
        """Run the program to its end; the documents' `web.run_app(app)`, at a free port."""
        from tidewire_web import run_app

        run_app(app, host=HOST, port=0, print=self._begin, **{"access_log": None, **options})
        assert self._visit is not None
        self._visit.result()

    def _begin(self, text: str) -> None:
        self.banner = text
        self._visit = asyncio.get_running_loop().create_task(self._ask())

    async def _ask(self) -> None:
        found = re.search(r"://127.0.0.1:(\d+)", self.banner)
        assert found is not None
        client = Client(int(found[1]))
        try:
            for target in self._targets:
                self.answers.append(await client.get(target))
            if self._then is not None:
                await self._then(client)
        finally:
            await client.close()
            self.interrupt()

    def interrupt(self) -> None:
        """Press Ctrl-C, once."""
        if not self._interrupted:
            self._interrupted = True
            asyncio.get_running_loop().call_soon(signal.raise_signal, signal.SIGINT)


@pytest.fixture
def program() -> Callable[..., Program]:
    """Makes a program that is asked some things; see `Program`."""
    return Program

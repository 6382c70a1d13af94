"""A browser that keeps cookies, and an application for it: what the conformance suite is made with."""

from __future__ import annotations

import asyncio
import http.client
import io
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from tidewire_sessions._abstract_storage import AbstractStorage
from tidewire_sessions._middleware import get_session, log_in, new_session, setup
from tidewire_web import (
    Application,
    AppRunner,
    FileResponse,
    HTTPSeeOther,
    Request,
    Response,
    StreamResponse,
    TCPSite,
    json_response,
)

__all__: list[str] = []

# Handlers of the application fail on purpose; that is nobody's business.
_SILENT: Final = logging.getLogger("tidewire.sessions.conformance")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class Clock:
    """A clock that moves when it is told to."""

    def __init__(self) -> None:
        self._now = float(int(time.time()))

    def __call__(self) -> float:
        return self._now

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self._now += seconds


@dataclass(frozen=True)
class Answer:
    """A response, as a browser sees it; status 0 where none came."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def set_cookies(self) -> list[str]:
        """The values of its Set-Cookie fields."""
        return self.headers.get_all("Set-Cookie", [])


class Browser:
    """Sends requests to an application, and keeps its cookies.

    Args:
        port: where it listens.
        cookies: what it has already.
    """

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self._port = port
        self.cookies = dict(cookies or {})

    def copy(self, **changes: str) -> Browser:
        """Make another one that has the same cookies, but for some."""
        return Browser(self._port, {**self.cookies, **changes})

    async def get(self, target: str, form: str = "") -> Answer:
        """Send a request, read the answer up to its end or to where it breaks off, and take its cookies.

        Args:
            target: path and query.
            form: a form, urlencoded, that is sent by POST.
        """
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        lines = [f"{'POST' if form else 'GET'} {target} HTTP/1.1", "Host: example", "Connection: close"]
        if form:
            lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(form)}"]
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()))
        received = b""
        try:
            writer.write("\r\n".join([*lines, "", form]).encode("latin-1"))
            while data := await reader.read(65536):
                received += data
        except ConnectionError:
            pass  # A response that breaks off may be part of a check.
        finally:
            writer.close()
        answer = _read_answer(received)
        for line in answer.set_cookies:
            self._take(line)
        return answer

    def _take(self, line: str) -> None:
        pair, *attributes = line.split("; ")
        name, _, value = pair.partition("=")
        if "Max-Age=0" in attributes:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value


class _Received:
    """Bytes, as the standard library's client wants to have them."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self._data)


def _read_answer(data: bytes) -> Answer:
    if not data:
        return Answer(0, http.client.HTTPMessage(), b"")
    received: Any = _Received(data)
    response = http.client.HTTPResponse(received)
    response.begin()
    try:
        body = response.read()
    except http.client.IncompleteRead as error:
        body = error.partial
    return Answer(response.status, response.headers, body)


class Site:
    """An application whose handlers do one thing each to the session, named by the path; it runs as a context.

    Args:
        storage: where it keeps sessions.

    Attributes:
        waiting: set by `/wait` when it has read the session.
        go_on: what `/wait` waits for before it changes the session.
    """

    def __init__(self, storage: AbstractStorage) -> None:
        self.waiting = asyncio.Event()
        self.go_on = asyncio.Event()
        self._exits = AsyncExitStack()
        self._port = 0
        self._app = Application(logger=_SILENT)
        setup(self._app, storage)
        handlers: list[Callable[[Request], Awaitable[StreamResponse]]] = [
            self.delete, self.fail, self.file, self.invalidate, self.late, self.login, self.nest, self.new,
            self.nothing, self.put, self.redirect, self.remember, self.rotate, self.show, self.stream, self.turn,
            self.wait,
        ]  # fmt: skip
        for handler in handlers:
            self._app.router.add_get(f"/{handler.__name__}", handler)

    async def __aenter__(self) -> Self:
        runner = AppRunner(self._app, shutdown_timeout=1.0, access_log=None, logger=_SILENT)
        await runner.setup()
        self._exits.push_async_callback(runner.cleanup)
        await TCPSite(runner, "127.0.0.1", 0).start()
        self._port = runner.addresses[0][1]
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self._exits.aclose()

    def browser(self) -> Browser:
        """Make a browser without cookies."""
        return Browser(self._port)

    # The handlers. Most of them put what the query says into the session, and show it.

    async def show(self, request: Request) -> Response:
        """The session."""
        session = await get_session(request)
        return json_response({"new": session.new, "content": dict(session)})

    async def put(self, request: Request) -> Response:
        """The session, with what the query puts into it."""
        (await get_session(request)).update(request.query)
        return await self.show(request)

    async def nothing(self, request: Request) -> Response:
        """Nobody asks for the session."""
        return Response(text="nothing")

    async def delete(self, request: Request) -> Response:
        """The session, without the keys that the query names."""
        session = await get_session(request)
        for key in request.query:
            del session[key]
        return await self.show(request)

    async def nest(self, request: Request) -> Response:
        """A value that is changed within."""
        session = await get_session(request)
        session.setdefault("list", []).append(len(session["list"]))
        session.changed()
        return await self.show(request)

    async def redirect(self, request: Request) -> Response:
        """A redirect that is raised."""
        await self.put(request)
        raise HTTPSeeOther("/show")

    async def stream(self, request: Request) -> StreamResponse:
        """A stream."""
        await self.put(request)
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"streamed")
        return response

    async def file(self, request: Request) -> StreamResponse:
        """A file."""
        await self.put(request)
        return FileResponse(Path(__file__).with_name("py.typed"))

    async def fail(self, request: Request) -> Response:
        """A handler that fails."""
        await self.put(request)
        raise ValueError("on purpose")

    async def late(self, request: Request) -> StreamResponse:
        """A session that is changed after the head was sent."""
        session = await get_session(request)
        response = StreamResponse()
        await response.prepare(request)
        await response.write(b"sent")
        session.update(request.query)
        return response

    async def invalidate(self, request: Request) -> Response:
        """A log-out; what the query says is put into the session after it."""
        session = await get_session(request)
        session.invalidate()
        session.update(request.query)
        return await self.show(request)

    async def rotate(self, request: Request) -> Response:
        """Another identity."""
        (await get_session(request)).rotate()
        return await self.put(request)

    async def new(self, request: Request) -> Response:
        """Another session."""
        await new_session(request)
        return await self.put(request)

    async def login(self, request: Request) -> Response:
        """Somebody logs in."""
        await log_in(request, **request.query)
        return await self.show(request)

    async def remember(self, request: Request) -> Response:
        """A session with a maximum age of its own."""
        (await get_session(request)).max_age = int(request.query["seconds"])
        return await self.show(request)

    async def turn(self, request: Request) -> Response:
        """A handler that takes its time, and gives the session another identity then."""
        response = await self.wait(request)
        (await get_session(request)).rotate()
        return response

    async def wait(self, request: Request) -> Response:
        """A handler that takes its time."""
        await get_session(request)
        self.waiting.set()
        await self.go_on.wait()
        return await self.put(request)

"""The `testing` benchmark: what a test with a client and a server costs, in memory and by TCP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from report import Table, number, ratio

import tidewire_build

__all__ = ["CONTENDERS", "EXPECTED", "METHOD", "NOTES", "PEERS", "TASKS", "TITLE", "tables"]

TITLE = "Test clients"
METHOD = (
    "A whole test is what most tests are: an application with one route, its server and a client are made and started, "
    "GET / is sent, the answer's text is read, client and server are closed. A request alone is GET / and its text, by a "
    "client that stays open. Client and server are in one process, whose CPU time it is, the system's share in it; each "
    "figure is the mean of 5 whole tests or of 25 requests in a row. Bare protocols send and answer the same bytes, as they "
    "are: what is theirs is the loop's and the system's part."
)
PEERS = ("aiohttp",)
NOTES = (
    "aiohttp's test client knows TCP only.",
    "Of a request alone memory spares the system's part: what bare protocols cost by TCP, less what they cost in memory. "
    "Client and server run as ever, and cost the same both times, so that the ratio of the bare protocols is the least that "
    "there can be.",
    "Of a whole test it spares the socket that listens, the connecting, the closing, and the turns of the loop for these; "
    "application, server, session and request are made as ever.",
)

_HOW_OFTEN = {"a whole test": 5, "a request alone": 25}
_LOOPS = ("asyncio", "uvloop")
_WAYS = ("memory", "TCP")
_TEXT = "Hello"
_REQUEST = b"GET / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept: */*\r\nAccept-Encoding: gzip, deflate\r\n\r\n"
_ANSWER = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 5\r\n\r\n"
    + _TEXT.encode()
)

TASKS = [f"{what}, {loop}, {way}" for what in _HOW_OFTEN for loop in _LOOPS for way in _WAYS]
EXPECTED = dict.fromkeys(TASKS, _TEXT)

Run = Callable[[], Any]
Runs = dict[str, Run]
MakeClient = Callable[[bool], Any]


def _runners() -> dict[str, asyncio.Runner]:
    """The loops that there are, each of which goes on until the process ends."""
    found = {"asyncio": asyncio.Runner()}
    try:
        import uvloop
    except ImportError:
        return found
    return found | {"uvloop": asyncio.Runner(loop_factory=uvloop.new_event_loop)}


async def _ask(client: Any, number: int) -> str:
    text = ""
    for _ in range(number):
        async with client.get("/") as response:
            text = await response.text()
    return text


async def _whole(make_client: MakeClient, memory: bool, number: int) -> str:
    text = ""
    for _ in range(number):
        async with make_client(memory) as client:
            text = await _ask(client, 1)
    return text


def _runs(make_client: MakeClient, ways: Sequence[str]) -> Runs:
    runs: Runs = {}

    def add(loop: str, runner: asyncio.Runner, way: str) -> None:
        memory = way == "memory"

        async def opened() -> Any:
            client = make_client(memory)
            await client.start_server()
            return client

        client = runner.run(opened())
        wholes, requests = _HOW_OFTEN.values()
        runs[f"a whole test, {loop}, {way}"] = lambda: runner.run(_whole(make_client, memory, wholes))
        runs[f"a request alone, {loop}, {way}"] = lambda: runner.run(_ask(client, requests))

    for loop, runner in _runners().items():
        for way in ways:
            add(loop, runner, way)
    return runs


def tidewire() -> Runs:
    """Tidewire; which build is decided by the environment the process was started in."""
    from tidewire_testing.client import TestClient
    from tidewire_testing.web import TestServer
    from tidewire_web import Application, Request, Response

    async def hello(_request: Request) -> Response:
        return Response(text=_TEXT)

    def make_client(memory: bool) -> Any:
        app = Application()
        app.router.add_get("/", hello)
        return TestClient(TestServer(app, memory=memory))

    return _runs(make_client, _WAYS)


def aiohttp() -> Runs:
    """aiohttp's own."""
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    async def hello(_request: web.Request) -> web.Response:
        return web.Response(text=_TEXT)

    def make_client(_memory: bool) -> Any:
        app = web.Application()
        app.router.add_get("/", hello)
        return TestClient(TestServer(app))

    return _runs(make_client, ("TCP",))


class _Bare(asyncio.Protocol):
    """One end; asyncio would make room for 256 KiB at each read, which costs more than the read."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        if hasattr(transport, "max_size"):
            transport.max_size = 65536


class _BareServer(_Bare):
    """Answers whatever comes."""

    def data_received(self, data: bytes) -> None:
        self._transport.write(_ANSWER)


class _BareClient(_Bare):
    """Asks, and waits for what comes."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self._answer.set_result(data)

    async def ask(self, number: int) -> str:
        answer = b""
        for _ in range(number):
            self._answer = asyncio.get_running_loop().create_future()
            self._transport.write(_REQUEST)
            answer = await self._answer
        return answer.rpartition(b"\r\n\r\n")[2].decode()


async def _bare_client(way: str) -> _BareClient:
    from tidewire_testing import link_protocols

    loop = asyncio.get_running_loop()
    client = _BareClient()
    if way == "memory":
        link_protocols(client, _BareServer())
    else:
        server = await loop.create_server(_BareServer, "127.0.0.1", 0)
        await loop.create_connection(lambda: client, *server.sockets[0].getsockname())
    return client


def bare() -> Runs:
    """Protocols that only send and answer, without a session, an application or a parser."""
    often = _HOW_OFTEN["a request alone"]

    def run(runner: asyncio.Runner, way: str) -> Run:
        client = runner.run(_bare_client(way))
        return lambda: runner.run(client.ask(often))

    return {
        f"a request alone, {loop}, {way}": run(runner, way)
        for loop, runner in _runners().items()
        for way in _WAYS
    }


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
    "bare protocols": bare,
}


def tables(names: Sequence[str], best: dict[tuple[str, str], float]) -> list[Table]:
    """What `tasks.py` shows in place of its own tables: memory beside TCP, for each."""
    return [_table(what, often, names, best) for what, often in _HOW_OFTEN.items()]


def _table(what: str, often: int, names: Sequence[str], best: dict[tuple[str, str], float]) -> Table:
    rows = []
    for name in names:
        for loop in _LOOPS:
            memory, tcp = (best.get((name, f"{what}, {loop}, {way}")) for way in _WAYS)
            if tcp is None:
                continue
            build = tidewire_build.BUILDS.get(name)
            title = f"{name if build is None else f'tidewire, {build}'}, {loop}"
            in_memory = ["-", "-"] if memory is None else [number(memory / often), ratio(memory, tcp)]
            rows.append([title, in_memory[0], number(tcp / often), in_memory[1]])
    return Table(caption=what.capitalize(), columns=["", "memory, µs", "TCP, µs", "memory ÷ TCP"], rows=rows)

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
    "figure is the mean of 5 whole tests or of 25 requests in a row."
)
PEERS = ("aiohttp",)
NOTES = (
    "aiohttp's test client knows TCP only.",
    "Of a request alone memory spares the system's part and turns of the loop; client and server run as ever.",
    "Of a whole test it spares the socket that listens, the connecting, and the turns of the loop that accept clients.",
)

_HOW_OFTEN = {"a whole test": 5, "a request alone": 25}
_LOOPS = ("asyncio", "uvloop")
_WAYS = ("memory", "TCP")
_TEXT = "Hello"

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


CONTENDERS: dict[str, Callable[[], Runs]] = {
    "tidewire": tidewire,
    "tidewire-interpreted": tidewire,
    "aiohttp": aiohttp,
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

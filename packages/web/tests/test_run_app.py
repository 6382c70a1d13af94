"""A program that is a server: how it starts, and how signals stop it."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from web_client import request

from tidewire_web import Application, Request, Response, run_app

PROGRAM = """
import asyncio
import sys
import tidewire_web as web


def say(text):
    print(text, flush=True)


async def slow(request):
    say("begun")
    if request.query_string == "stubborn":
        await asyncio.Event().wait()
    while not stopping.is_set():
        await asyncio.sleep(0)
    return web.Response(text="finished")


async def quick(request):
    return web.Response(text="quick")


async def shutdown(app):
    say("on_shutdown")
    stopping.set()


async def cleanup(app):
    say("on_cleanup")


async def make():
    app = web.Application()
    app.router.add_get("/slow", slow)
    app.router.add_get("/", quick)
    app.on_shutdown.append(shutdown)
    app.on_cleanup.append(cleanup)
    return app


stopping = asyncio.Event()
loop = asyncio.new_event_loop() if sys.argv[1] == "asyncio" else None
web.run_app(make(), host="127.0.0.1", port=0, loop=loop, print=say, shutdown_timeout=float(sys.argv[2]))
say("returned")
"""


class Program:
    """A server in a process of its own."""

    def __init__(self, path: Path, loop: str, shutdown_timeout: float) -> None:
        path.write_text(PROGRAM)
        self.process = subprocess.Popen(
            [sys.executable, "-X", "dev", "-W", "error", str(path), loop, str(shutdown_timeout)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.lines = self.process.stdout
        first = self.read()
        assert first.startswith("======== Running on http://127.0.0.1:"), self.process.stderr
        self.port = int(first.split(":")[2].split(" ")[0])
        assert self.read() == "(Press CTRL+C to quit)"

    def read(self) -> str:
        return self.lines.readline().rstrip("\n")

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=20)

    def end(self) -> tuple[int, list[str], str]:
        """Wait for the end; returns exit code, the rest of what was printed, and the errors."""
        out, err = self.process.communicate(timeout=20)
        return self.process.returncode, out.splitlines(), err


def read_all(sock: socket.socket) -> bytes:
    received = b""
    while data := sock.recv(65536):
        received += data
    return received


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Program]]:
    programs: list[Program] = []

    def make(loop: str = "asyncio", shutdown_timeout: float = 30) -> Program:
        programs.append(Program(tmp_path / "program.py", loop, shutdown_timeout))
        return programs[-1]

    yield make
    for program in programs:
        program.process.kill()
        program.process.communicate()


@pytest.mark.slow
@pytest.mark.parametrize("loop", ["asyncio", "default"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_gracefully(
    start: Callable[..., Program], number: signal.Signals, loop: str
) -> None:
    program = start(loop)
    with program.connect() as idle, program.connect() as busy:
        idle.sendall(request())
        assert idle.recv(65536).endswith(b"quick")
        busy.sendall(request("/slow"))
        assert program.read() == "begun"
        program.process.send_signal(number)
        assert read_all(idle) == b""
        answer = read_all(busy)
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"Connection: close\r\n" in answer
        assert answer.endswith(b"finished")
    assert program.end() == (0, ["on_shutdown", "on_cleanup", "returned"], "")


@pytest.mark.slow
def test_a_handler_that_does_not_end_is_cancelled(start: Callable[..., Program]) -> None:
    program = start(shutdown_timeout=0.01)
    with program.connect() as busy:
        busy.sendall(request("/slow?stubborn"))
        assert program.read() == "begun"
        program.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionResetError):
            assert read_all(busy) == b""
    assert program.end() == (0, ["on_shutdown", "on_cleanup", "returned"], "")


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_interrupts(start: Callable[..., Program], number: signal.Signals) -> None:
    program = start()
    with program.connect() as busy:
        busy.sendall(request("/slow?stubborn"))
        assert program.read() == "begun"
        program.process.send_signal(number)
        assert program.read() == "on_shutdown"
        program.process.send_signal(number)
        code, lines, errors = program.end()
    assert code == 1
    assert "returned" not in lines
    assert errors == ""


# -- in this process ------------------------------------------------------------------------------


def stopping_application(stop: Callable[[], Any]) -> Application:
    """Stops as soon as it has started."""

    async def startup(app: Application) -> None:
        asyncio.get_running_loop().call_soon(stop)

    app = Application()
    app.on_startup.append(startup)
    return app


def interrupt() -> None:
    signal.raise_signal(signal.SIGINT)


def test_where_it_runs_is_printed(tmp_path: Path) -> None:
    printed: list[str] = []
    path = str(tmp_path / "s")
    sock = socket.socket()
    sock.bind(("127.0.0.1", 0))
    port = sock.getsockname()[1]
    run_app(stopping_application(interrupt), path=path, sock=sock, print=printed.append)
    names = f"http://127.0.0.1:{port}, http://unix:{path}:"
    assert printed == [f"======== Running on {names} ========\n(Press CTRL+C to quit)"]


def test_nothing_is_printed_where_nobody_wants_it(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    run_app(stopping_application(interrupt), path=[str(tmp_path / "a"), str(tmp_path / "b")], print=None)
    assert capsys.readouterr() == ("", "")


def test_the_loop_is_the_one_that_was_given_and_closed_at_the_end() -> None:
    loop = asyncio.new_event_loop()
    loops: list[asyncio.AbstractEventLoop] = []

    def stop() -> None:
        loops.append(asyncio.get_running_loop())
        interrupt()

    run_app(stopping_application(stop), host="127.0.0.1", port=0, loop=loop, print=None)
    assert loops == [loop]
    assert loop.is_closed()


def test_an_address_that_is_taken(tmp_path: Path) -> None:
    cleaned: list[int] = []

    async def cleanup(app: Application) -> None:
        cleaned.append(1)

    app = Application()
    app.on_cleanup.append(cleanup)
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        sock.listen()
        with pytest.raises(OSError, match="in use"):
            run_app(app, host="127.0.0.1", port=sock.getsockname()[1], print=None)
    assert cleaned == [1]


def test_a_startup_that_fails() -> None:
    async def startup(app: Application) -> None:
        raise ZeroDivisionError

    app = Application()
    app.on_startup.append(startup)
    with pytest.raises(ZeroDivisionError):
        run_app(app, host="127.0.0.1", port=0, print=None)


def test_limits_reach_the_parser() -> None:
    answers: list[bytes] = []

    async def handler(request: Request) -> Response:
        return Response()

    async def ask(port: int) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(request("/" + "x" * 100))
        answers.append(await reader.readline())
        writer.close()
        interrupt()

    def told(text: str) -> None:
        tasks.append(
            asyncio.get_running_loop().create_task(ask(int(text.split(":")[2].split(" ", maxsplit=1)[0])))
        )

    tasks: list[asyncio.Task[None]] = []
    app = Application()
    app.router.add_get("/{x}", handler)
    run_app(app, host="127.0.0.1", port=0, max_line_size=50, print=told)
    assert answers == [b"HTTP/1.1 414 URI Too Long\r\n"]

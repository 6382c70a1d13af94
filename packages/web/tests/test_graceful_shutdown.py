"""`run_app()` in processes of their own: signals, load, TLS and shared ports."""

from __future__ import annotations

import contextlib
import selectors
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from server_program import ServerProgram, read_all
from web_client import request

from tidewire_testing import CertificateAuthority

pytestmark = pytest.mark.slow

HERE = "127.0.0.1"

PROGRAM = """
import asyncio
import os
import ssl
import sys
import tidewire_web as web


async def slow(request):
    print("begun")
    if request.query_string == "stubborn":
        await asyncio.Event().wait()
    while not stopping.is_set():
        await asyncio.sleep(0)
    return web.Response(text="finished")


async def quick(request):
    return web.Response(text="quick")


async def large(request):
    return web.Response(body=bytes(300000))


async def shutdown(app):
    print("on_shutdown")
    stopping.set()


async def cleanup(app):
    print("on_cleanup")


async def make():
    app = web.Application()
    app.router.add_get("/slow", slow)
    app.router.add_get("/large", large)
    app.router.add_get("/", quick)
    app.on_shutdown.append(shutdown)
    app.on_cleanup.append(cleanup)
    return app


loop_name, timeout, port, certificate = sys.argv[1:]
stopping = asyncio.Event()
loop = asyncio.new_event_loop() if loop_name == "asyncio" else None
context = None
if certificate:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
web.run_app(
    make(),
    host="127.0.0.1",
    port=int(port),
    loop=loop,
    shutdown_timeout=float(timeout),
    ssl_context=context,
    reuse_port=port != "0",
)
print("returned")
"""
Start = Callable[..., ServerProgram]
loops = pytest.mark.parametrize("loop", ["asyncio", "default"])
END = ["on_shutdown", "on_cleanup", "returned"]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    programs: list[ServerProgram] = []

    def make(
        loop: str = "asyncio", timeout: float = 30, port: int = 0, certificate: str = ""
    ) -> ServerProgram:
        path = tmp_path / "program.py"
        path.write_text(PROGRAM)
        arguments = (str(path), loop, str(timeout), str(port), certificate)
        programs.append(ServerProgram(*arguments, folder=tmp_path))
        return programs[-1]

    yield make
    for program in programs:
        program.kill()


@loops
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_gracefully(start: Start, number: signal.Signals, loop: str) -> None:
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
    assert program.end() == (0, END, "")


def test_a_handler_that_does_not_end_is_cancelled(start: Start) -> None:
    program = start(timeout=0.01)
    with program.connect() as busy:
        busy.sendall(request("/slow?stubborn"))
        assert program.read() == "begun"
        program.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(ConnectionResetError):
            assert read_all(busy) == b""
    assert program.end() == (0, END, "")


@loops
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_second_signal_cuts_the_waiting_short(start: Start, number: signal.Signals, loop: str) -> None:
    program = start(loop)
    with program.connect() as busy:
        busy.sendall(request("/slow?stubborn"))
        assert program.read() == "begun"
        program.process.send_signal(number)
        assert program.read() == "on_shutdown"
        program.process.send_signal(number)
        assert program.end() == (1, ["on_cleanup"], "")


class Load:
    """Clients that ask for one thing again and again, as fast as they are answered, until the server is gone."""

    def __init__(self, program: ServerProgram, clients: int) -> None:
        self.complete = self.refused = 0
        self.broken: list[bytes] = []
        self.socks = {program.connect(): (b"", 0) for _ in range(clients)}

    def close(self) -> None:
        for sock in self.socks:
            sock.close()

    def run(self, after: Callable[[], object]) -> None:
        """Ask until all connections are closed; something is done when there are a hundred answers."""
        done = False
        deadline = time.monotonic() + 30
        with selectors.DefaultSelector() as selector:
            for sock in self.socks:
                selector.register(sock, selectors.EVENT_READ)
                self._ask(sock)
            while selector.get_map():
                assert time.monotonic() < deadline, "connections were left open"
                for key, _ in selector.select(1):
                    ready: Any = key.fileobj
                    if not self._take(ready):
                        selector.unregister(ready)
                        ready.close()
                if self.complete > 100 and not done:
                    done = True
                    after()

    def _ask(self, sock: socket.socket) -> None:
        with contextlib.suppress(ConnectionError):
            sock.sendall(request("/large"))

    def _take(self, sock: socket.socket) -> bool:
        try:
            data = sock.recv(1 << 20)
        except ConnectionError:
            data = b""
        start, length = self.socks[sock]
        start, length = (start + data)[:1000], length + len(data)
        self.socks[sock] = (start, length)
        head = start.partition(b"\r\n\r\n")[0]
        if not data:
            # Without any of an answer a client knows that nobody has taken its request, and may ask again.
            if length:
                self.broken.append(head)
            else:
                self.refused += 1
            return False
        if length - len(head) == 300004:
            self.complete += 1
            self.socks[sock] = (b"", 0)
            if b"Connection: close" in head:
                return False
            self._ask(sock)
        return True


@loops
def test_under_load_no_answer_is_broken_off(start: Start, loop: str) -> None:
    program = start(loop)
    with contextlib.closing(Load(program, 20)) as load:
        load.run(after=lambda: program.process.send_signal(signal.SIGTERM))
    assert load.broken == []
    assert load.complete > 100
    assert program.end() == (0, END, "")


@pytest.mark.peer("openssl")
@loops
def test_tls_ends_gracefully(start: Start, tmp_path: Path, loop: str) -> None:
    authority = CertificateAuthority(tmp_path)
    context = authority.client_context()
    program = start(loop, certificate=str(authority.issue().both))
    assert program.banner.startswith("======== Running on https://127.0.0.1:")

    def connect() -> socket.socket:
        return context.wrap_socket(program.connect(), server_hostname="localhost")

    with connect() as idle, connect() as busy:
        idle.sendall(request())
        assert idle.recv(65536).endswith(b"quick")
        busy.sendall(request("/slow"))
        assert program.read() == "begun"
        program.process.send_signal(signal.SIGTERM)
        assert read_all(idle) == b""
        assert read_all(busy).endswith(b"finished")
    assert program.end() == (0, END, "")


def test_processes_share_a_port(start: Start) -> None:
    with socket.create_server((HERE, 0)) as sock:
        port = sock.getsockname()[1]
    first, second = start(port=port), start(port=port)
    for program in (first, second):
        program.process.send_signal(signal.SIGTERM)
        assert program.end() == (0, END, "")
        if program is first:
            with second.connect() as client:
                client.sendall(request("/", "Connection: close"))
                assert read_all(client).endswith(b"quick")


def test_a_port_can_be_had_again_at_once(start: Start) -> None:
    program = start()
    for _ in range(2):
        with program.connect() as client:
            client.sendall(request())
            assert client.recv(65536).endswith(b"quick")
            program.process.send_signal(signal.SIGTERM)
            assert read_all(client) == b""
        assert program.end() == (0, END, "")
        program = start(port=program.port)

from __future__ import annotations

import asyncio
import http.client
import threading
from collections.abc import Callable
from typing import Any

import pytest

from tidewire_testing import WireAnswer, WireClient, WireServers


class Echo(asyncio.Protocol):
    """Answers a request with itself, and with where it came from; a request for /open is never answered."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        if b"/open" in data:
            return
        peer = str(self.transport.get_extra_info("peername")).encode()
        body = b"" if data.startswith(b"HEAD") else peer + b"\n" + data
        self.transport.write(
            b"HTTP/1.1 299 Echoed\r\nX-A: 1\r\nContent-Length: %d\r\n\r\n" % (len(body) or 7) + body
        )
        self.transport.close()


class Runner:
    """Runs `Echo`, and notes what becomes of it."""

    def __init__(self, app: list[str], *, fails: bool = False) -> None:
        self.app = app
        self.fails = fails
        self.server: Callable[[], Echo] | None = None

    async def setup(self) -> None:
        if self.fails:
            raise OSError("it does not start")
        self.app.append("started")
        self.server = Echo

    async def cleanup(self) -> None:
        self.app.append("stopped")


async def test_a_request_goes_out_as_it_is_and_its_answer_is_read() -> None:
    answer = await WireClient(Echo).ask("/a", "X-B:  c", method="PUT", body=b"body")
    assert (answer.status, answer.reason, answer.headers["x-a"]) == (299, "Echoed", "1")
    assert answer.text.splitlines() == [
        "('192.0.2.1', 50000)",
        "PUT /a HTTP/1.1",
        "X-B:  c",
        "Connection: close",
        "Host: example",
        "Content-Length: 4",
        "",
        "body",
    ]


async def test_a_host_of_the_tests_own_is_the_only_one() -> None:
    answer = await WireClient(Echo).ask("/", "hOST: a:1")
    assert [line for line in answer.text.lower().splitlines() if line.startswith("host")] == ["host: a:1"]


async def test_the_transport_knows_what_the_test_says() -> None:
    assert (await WireClient(Echo).ask(peername=("2001:db8::1", 1, 0, 0))).text.startswith("('2001:db8::1'")


async def test_the_answer_to_head_has_no_body() -> None:
    answer = await WireClient(Echo).ask(method="HEAD")
    assert (answer.headers["Content-Length"], answer.body) == ("7", b"")


async def test_a_server_that_does_not_answer_is_a_failure_and_no_wait() -> None:
    connection = WireClient(Echo).connect()
    connection.send("/open")
    with pytest.raises(AssertionError, match="never came to be so in 1000 turns"):
        await connection.answer()
    with pytest.raises(AssertionError, match="in 3 turns"):
        await connection.until(lambda: False, turns=3)


async def test_a_server_that_lingers_has_answered() -> None:
    class Lingering(Echo):
        def data_received(self, data: bytes) -> None:
            self.transport.write(b"HTTP/1.1 400 No\r\nConnection: close\r\n\r\nno")
            self.transport.write_eof()

    answer = await WireClient(Lingering).ask()
    assert (answer.status, answer.body) == (400, b"no")


async def test_what_a_thread_does_is_waited_for_in_seconds() -> None:
    done = threading.Event()
    connection = WireClient(Echo).connect()
    connection.send("/")
    timer = threading.Timer(0.03, done.set)
    timer.start()
    await connection.until(done.is_set, seconds=20)
    assert (await connection.answer(seconds=20)).status == 299
    with pytest.raises(AssertionError, match=r"in 0\.01 seconds"):
        await connection.until(lambda: False, seconds=0.01)
    timer.join()


def test_what_breaks_off_is_no_answer() -> None:
    with pytest.raises(http.client.IncompleteRead):
        WireAnswer.read(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc")
    with pytest.raises(http.client.BadStatusLine):
        WireAnswer.read(b"")


async def test_servers_are_started_once_when_they_are_asked_and_stopped_at_the_end() -> None:
    one: list[str] = []
    other: list[str] = []
    async with WireServers(Runner) as servers:
        assert one == []
        for _ in range(2):
            assert (await servers.ask(one, "/x")).status == 299
        assert (await (await servers.start(other)).ask("/y")).status == 299
        assert (one, other) == (["started"], ["started"])
    assert (one, other) == (["started", "stopped"], ["started", "stopped"])


async def test_a_server_that_does_not_start_is_cleaned_up() -> None:
    app: list[str] = []
    async with WireServers(Runner, fails=False) as servers:
        with pytest.raises(OSError, match="does not start"):
            await servers.start(app, fails=True)
    assert app == ["stopped"]

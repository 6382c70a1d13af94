"""Cancel a client or a server at each of its awaits: the connection is either correct afterwards, or closed.

A client and a server talk through a pipe in memory, in ways that are drawn by a seed: bodies of every framing both
ways, 100 (Continue), early answers, readers that stop, tunnels, small buffers, arbitrary splits. The one side is
cancelled at its first await, then in another run at its second, and so on until it gets to its end uncancelled.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine, Generator
from dataclasses import dataclass
from typing import Any

import pytest
from client_wire import HOST

from tidewire_http_io import (
    Acceptor,
    ByteChannel,
    ClientConnection,
    ClientExchange,
    ClientOptions,
    Exchange,
    ResetReason,
    ServerExchange,
    ServerOptions,
    Sweep,
)
from tidewire_testing import FakeClock, memory_pipe

UPGRADE = [("Connection", "upgrade"), ("Upgrade", "echo")]
ROUNDS = 400
# Stories of one test.
SEEDS = 30


class Broken(Exception):
    """The peer does not go on."""


class Cancelling:
    """Awaits a coroutine, and cancels the task at its await of a number, if it gets so far."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], number: int) -> None:
        self._coroutine = coroutine
        self._number = number
        self.done = False
        self.cancelled = False

    def __await__(self) -> Generator[Any, Any, Any]:
        steps = self._coroutine.__await__()
        error: BaseException | None = None
        try:
            while True:
                waits_for = next(steps) if error is None else steps.throw(error)
                error = None
                if self._number == 0:
                    self.cancelled = True
                    task = asyncio.current_task()
                    assert task is not None
                    task.cancel()
                self._number -= 1
                try:
                    yield waits_for
                except BaseException as raised:
                    error = raised
        except StopIteration as end:
            return end.value
        finally:
            self.done = True


class Body:
    """A receiver whose pieces are awaited."""

    def __init__(self, exchange: Exchange, *, slow: bool = False) -> None:
        self._exchange = exchange
        self._slow = slow
        self._pieces: list[tuple[bytes, int]] = []
        self._ended = False
        self._broken = False
        self._waiter: asyncio.Future[None] | None = None

    def data_received(self, data: bytes, ends_chunk: bool, inner_ends: list[int] | None) -> None:
        self._pieces.append((data, 1 + len(inner_ends or ())))
        self._wake()

    def end_received(self, trailers: list[tuple[str, str]]) -> None:
        assert not self._ended
        assert not self._broken
        self._ended = True
        self._wake()

    def reset_received(self, reason: ResetReason, error: Exception | None) -> None:
        assert not self._ended
        assert not self._broken
        self._broken = True
        self._wake()

    async def read(self) -> bytes:
        """The next piece; none at the end."""
        while not self._pieces:
            if self._ended:
                return b""
            if self._broken:
                raise Broken
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        if self._slow:
            await asyncio.sleep(0)
        data, pieces = self._pieces.pop(0)
        self._exchange.consumed(len(data), pieces)
        return data

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


class TunnelEnd:
    """What takes the bytes of a tunnel, and is awaited."""

    def __init__(self) -> None:
        self.data = b""
        self.ended = asyncio.Event()
        self.lost = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.data += data

    def eof_received(self) -> None:
        self.ended.set()

    def connection_lost(self, error: Exception | None) -> None:
        assert not self.lost.is_set()
        self.ended.set()
        self.lost.set()


@dataclass(frozen=True)
class Scenario:
    """What a client and a server say to each other.

    Attributes:
        request_body: the body of the request; None where it is a tunnel.
        request_framing: whole, length, chunked.
        expects: whether the client waits for 100 (Continue).
        http_1_1: whether it speaks HTTP/1.1.
        gives_up: whether the client stops sending when an answer comes early.
        client_reads: all of the response, one piece, or its head only.
        response_framing: whole, length, chunked.
        server_reads: the body before it answers, at the same time, one piece of it, or nothing.
        slow: whether readers take their time.
        step: bytes that each side's transport sends in one turn of the loop.
    """

    request_body: bytes | None
    request_framing: str
    expects: bool
    http_1_1: bool
    gives_up: bool
    client_reads: str
    response_body: bytes
    response_framing: str
    server_reads: str
    slow: bool
    step: int

    @classmethod
    def draw(cls, rng: random.Random) -> Scenario:
        """Draw one."""
        tunnel = rng.random() < 0.15
        http_1_1 = rng.random() < 0.8
        size = rng.choice([0, 10, 3000, 5000])
        return cls(
            request_body=None if tunnel else rng.randbytes(size),
            request_framing=rng.choice(["whole", "length", "chunked"] if http_1_1 else ["length"]),
            expects=rng.random() < 0.25 and http_1_1 and size > 0,
            http_1_1=http_1_1 or tunnel,
            gives_up=rng.random() < 0.5,
            client_reads=rng.choice(["all", "all", "all", "one", "head"]),
            response_body=rng.randbytes(rng.choice([0, 10, 3000, 5000])),
            response_framing=rng.choice(["whole", "length", "chunked"]),
            server_reads=rng.choice(["before", "before", "meanwhile", "one", "nothing"]),
            slow=rng.random() < 0.5,
            step=rng.choice([300, 1000, 100_000]),
        )


async def send(exchange: Exchange, body: bytes, *, may_stop: bool = False) -> None:
    """Send a body in pieces, at the peer's pace."""
    for start in range(0, len(body), 700):
        if not exchange.is_writable:
            await exchange.writable()
        if exchange.disconnected:
            raise Broken
        if may_stop and getattr(exchange, "response_head", None) is not None:
            raise Broken
        exchange.send_data(body[start : start + 700])
        if start % 1400 == 0:
            await asyncio.sleep(0)
    exchange.send_data(b"", end=True)


async def tell(channel: ByteChannel, said: bytes) -> bytes:
    """Send all this side has to say through a tunnel, and hear the other one out."""
    end = TunnelEnd()
    channel.receive(end)
    try:
        for start in range(0, len(said), 700):
            if not channel.is_writable:
                await channel.writable()
            channel.write(said[start : start + 700])
        channel.write_eof()
        await end.ended.wait()
        await end.lost.wait()
    except asyncio.CancelledError:
        channel.abort()
        raise
    return end.data


async def request(exchange: ClientExchange, scenario: Scenario) -> bytes:
    """The client's part; returns what it has got of the response's body."""
    body = scenario.request_body
    if body is None:
        exchange.send_head("GET", "/", [*HOST, *UPGRADE], end=True)
        if await exchange.response() is None:
            raise Broken
        return await tell(exchange.take_tunnel(), b"client" * 500)
    fields = [*HOST, ("Expect", "100-continue")] if scenario.expects else HOST
    if scenario.request_framing == "whole" and not scenario.expects:
        exchange.send_request("POST", "/", fields, body)
    else:
        length = None if scenario.request_framing == "chunked" else len(body)
        goes_on = asyncio.Event()
        exchange.when_interim(lambda head: goes_on.set() if head.status == 100 else None)
        exchange.send_head("POST", "/", fields, body_length=length, http_1_1=scenario.http_1_1)
        if scenario.expects:
            answer = asyncio.ensure_future(exchange.response())
            hundred = asyncio.ensure_future(goes_on.wait())
            try:
                await asyncio.wait([answer, hundred], return_when=asyncio.FIRST_COMPLETED)
            finally:
                answer.cancel()
                hundred.cancel()
        await send(exchange, body, may_stop=scenario.gives_up)
    if await exchange.response() is None:
        raise Broken
    if scenario.client_reads == "head":
        return b""
    reader = Body(exchange, slow=scenario.slow)
    exchange.receive(reader)
    got = b""
    while piece := await reader.read():
        got += piece
        assert scenario.response_body.startswith(got)
        if scenario.client_reads == "one":
            return got
    assert got == scenario.response_body
    return got


async def respond(exchange: ServerExchange, scenario: Scenario) -> None:
    """The server's part."""
    if scenario.request_body is None:
        heard = await tell(exchange.accept_tunnel(101, UPGRADE), b"server" * 500)
        assert (b"client" * 500).startswith(heard)
        return
    if scenario.server_reads != "nothing" and exchange.head.expect_continue:
        exchange.send_interim(100, [])
    reader = Body(exchange, slow=scenario.slow)
    got = b""
    if scenario.server_reads in ("before", "one"):
        exchange.receive(reader)
        while piece := await reader.read():
            got += piece
            assert scenario.request_body.startswith(got)
            if scenario.server_reads == "one":
                break
        else:
            assert got == scenario.request_body
    if scenario.response_framing == "whole":
        exchange.respond(200, None, [], scenario.response_body)
        return
    length = None if scenario.response_framing == "chunked" else len(scenario.response_body)
    exchange.send_interim(103, [])
    exchange.send_head(200, None, [], body_length=length)
    if scenario.server_reads == "meanwhile":
        exchange.receive(reader)
        while piece := await reader.read():
            got += piece
        assert got == scenario.request_body
    await send(exchange, scenario.response_body)


class Run:
    """A client, a server, and the pipe between them.

    Args:
        scenario: what they say.
        rng: cuts the bytes on their way.
    """

    def __init__(self, scenario: Scenario, rng: random.Random) -> None:
        self.scenario: Scenario | None = scenario
        self.clock = FakeClock(1000.0)
        loop = asyncio.get_running_loop()
        sweep = Sweep(self.clock.call_later, self.clock.time, lambda: 0.0)
        self.acceptor = Acceptor(
            self._serve,
            loop=loop,
            options=ServerOptions(read_bufsize=1000, write_bufsize=1000),
            sweep=sweep,
        )
        self.released = 0
        options = ClientOptions(read_bufsize=1000, write_bufsize=1000)
        self.connection = ClientConnection(loop, sweep, options, self._release)
        self.server_at = -1
        self.server: asyncio.Task[None] | None = None
        self.server_steps: Cancelling | None = None
        self.step = scenario.step
        self.pipe = memory_pipe(self.connection, self.acceptor(), splitter=lambda data: _split(data, rng))
        self.pipe.a.hold_writes()
        self.pipe.b.hold_writes()

    async def talk(self, coroutine: Coroutine[Any, Any, Any], number: int) -> Cancelling:
        """Have the client do something, until both sides are at their end."""
        steps = Cancelling(coroutine, number)
        client = asyncio.ensure_future(_outcome(steps))
        for _ in range(ROUNDS):
            self._carry()
            await asyncio.sleep(0)
            if client.done() and (self.server is None or self.server.done()):
                break
        else:
            raise AssertionError(f"somebody waits for ever: {client}, {self.server}, {self.connection}")
        client.result()
        if self.server is not None:
            self.server.result()
            self.server = None
        return steps

    async def settle(self) -> None:
        """Let everything arrive that is on its way."""
        self.step = 1_000_000
        for _ in range(6):
            self._carry()
            await asyncio.sleep(0)

    def close(self) -> None:
        """Lose what is left."""
        self.pipe.a.lose()
        self.pipe.b.lose()
        assert self.acceptor.connections == frozenset()
        assert self.clock.pending == 0

    def _serve(self, exchange: ServerExchange) -> None:
        if self.scenario is None:
            exchange.respond(200, None, [], exchange.head.target.encode())
            return
        assert self.server is None
        self.server_steps = Cancelling(_serve(exchange, self.scenario), self.server_at)
        self.server = asyncio.ensure_future(_outcome(self.server_steps))

    def _carry(self) -> None:
        self.pipe.a.release_writes(self.step)
        self.pipe.b.release_writes(self.step)
        self.pipe.pump()

    def _release(self, connection: ClientConnection) -> None:
        self.released += 1


def _split(data: bytes, rng: random.Random) -> list[bytes]:
    cuts = sorted(rng.randrange(len(data) + 1) for _ in range(rng.randrange(4)))
    return [data[start:end] for start, end in zip([0, *cuts], [*cuts, len(data)], strict=True)]


async def _outcome(steps: Cancelling) -> None:
    try:
        await steps
    except Broken:
        pass
    except asyncio.CancelledError:
        assert steps.cancelled


async def _serve(exchange: ServerExchange, scenario: Scenario) -> None:
    """What a framework does around a handler."""
    try:
        await respond(exchange, scenario)
    finally:
        if not exchange.finished:
            exchange.reset(ResetReason.INTERNAL)


async def _request(exchange: ClientExchange, scenario: Scenario) -> bytes:
    """What a client does around an exchange: what was not read to its end is given up."""
    try:
        return await request(exchange, scenario)
    finally:
        exchange.reset(ResetReason.CANCEL)


async def _next(connection: ClientConnection) -> None:
    exchange = connection.begin()
    exchange.send_head("GET", "/next", HOST, end=True)
    head = await exchange.response()
    assert head is not None
    reader = Body(exchange)
    exchange.receive(reader)
    got = b""
    while piece := await reader.read():
        got += piece
    assert (head.status, got) == (200, b"/next")


async def run(seed: int, side: str, number: int) -> tuple[bool, bool]:
    """Tell a story of a seed, one side of it cancelled at an await; whether it was, and whether the connection lives."""
    rng = random.Random(seed)
    scenario = Scenario.draw(rng)
    story = Run(scenario, rng)
    if side == "server":
        story.server_at = number
    steps = await story.talk(_request(story.connection.begin(), scenario), number if side == "client" else -1)
    await story.settle()
    if side == "server":
        cancelled = story.server_steps is not None and story.server_steps.cancelled
    else:
        cancelled = steps.cancelled
    kept = story.connection.reusable
    if kept:
        assert story.released == 1
        story.scenario = None
        for _ in range(2):
            _ = await story.talk(_next(story.connection), -1)
            await story.settle()
            assert story.connection.reusable
    else:
        assert story.pipe.a.lost
        assert story.pipe.b.lost
        assert story.released in (1, 2)
        assert story.acceptor.connections == frozenset()
    assert story.pipe.a.discarded == story.pipe.b.discarded == []
    story.close()
    return cancelled, kept


async def cancel_everywhere(seed: int, side: str) -> int:
    """Tell the story of a seed as often as one side has awaits, and once more; returns how many there were."""
    number = 0
    while (await run(seed, side, number))[0]:
        number += 1
        assert number < 200
    return number


@pytest.mark.slow
@pytest.mark.parametrize("side", ["client", "server"])
@pytest.mark.parametrize("batch", range(8))
async def test_cancelled_at_every_await(batch: int, side: str) -> None:
    complaints: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: complaints.append(context))
    before = len(asyncio.all_tasks())
    awaits = 0
    for seed in range(batch * SEEDS, (batch + 1) * SEEDS):
        awaits += await cancel_everywhere(seed, side)
        assert len(asyncio.all_tasks()) == before
        assert complaints == []
    assert awaits > SEEDS


@pytest.mark.slow
async def test_the_stories_are_of_many_kinds() -> None:
    """What is cancelled nowhere keeps some connections and closes others."""
    kept = [(await run(seed, "client", -1))[1] for seed in range(SEEDS)]
    assert SEEDS // 4 < sum(kept) < SEEDS * 3 // 4

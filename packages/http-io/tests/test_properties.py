"""What holds for a connection whatever happens to it, in whatever order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from wire import Recorder, Wire

from tidewire_http_io import ResetReason, ServerExchange
from tidewire_testing import MemoryTransport

# Requests by their kind; the number is put in the place of N.
REQUESTS: dict[str, bytes] = {
    "get": b"GET /N HTTP/1.1\r\nHost: a\r\n\r\n",
    "head": b"HEAD /N HTTP/1.1\r\nHost: a\r\n\r\n",
    "old": b"GET /N HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
    "length": b"POST /N HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + b"x" * 300,
    "chunked": b"POST /N HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "expect": b"POST /N HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nab",
    "upgrade": b"GET /N HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    "close": b"GET /N HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    "malformed": b"GET /N\r\n\r\n",
    "bad chunk": b"POST /N HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloworld",
}
# After these the connection is kept, however they are answered.
KEEPING = ("get", "head", "length", "chunked", "upgrade")

ACTIONS = st.one_of(
    st.tuples(st.just("feed"), st.integers(1, 400)),
    st.tuples(
        st.sampled_from(["answer", "stream", "read", "take", "turn", "hold", "release", "interim", "settle"]),
        st.just(0),
    ),
)
ENDINGS = st.tuples(st.sampled_from(["eof", "lose", "reset", "advance", "drain", "nothing"]), st.just(0))


class Story:
    """A connection, the bytes that its peer is going to send, and what is to be answered."""

    def __init__(self, kinds: Sequence[str]) -> None:
        self.wire = Wire(read_bufsize=200, write_bufsize=500)
        self.wire.service = self.serve
        self.kinds = kinds
        self.data = b"".join(
            REQUESTS[kind].replace(b"/N", f"/{n}".encode(), 1) for n, kind in enumerate(kinds)
        )
        self.fed = 0
        self.eof = False
        self.lost = False
        self.waiting: list[ServerExchange] = []
        self.transport: MemoryTransport = self.wire.connect()

    def serve(self, exchange: ServerExchange) -> None:
        self.waiting.append(exchange)
        exchange.when_disconnected(lambda: None)

    def answer(self, *, stream: bool) -> None:
        if not self.waiting:
            return
        exchange = self.waiting[0]
        body = exchange.head.target.encode() * 100
        if stream and not exchange.head_sent:
            exchange.send_head(200, None, [], body_length=None)
            exchange.send_data(body)
        elif exchange.head_sent:
            self.waiting.remove(exchange)
            exchange.send_data(b"", end=True)
        else:
            self.waiting.remove(exchange)
            exchange.respond(200, None, [], body)

    async def do(self, action: str, number: int) -> None:
        transport = self.transport
        match action:
            case "feed" if self.fed < len(self.data) and not self.eof:
                transport.feed(self.data[self.fed : self.fed + number])
                self.fed += number
            case "answer" | "stream":
                self.answer(stream=action == "stream")
            case "read" if self.waiting:
                self.waiting[0].receive(Recorder(self.waiting[0]))
            case "take" if self.waiting:
                self.waiting[0].take_body()
            case "interim" if self.waiting and not self.waiting[0].head_sent:
                self.waiting[0].send_interim(103, [])
            case "turn":
                await self.wire.turn(1)
            case "settle":
                transport.settle()
            case "hold":
                transport.hold_writes()
            case "release":
                transport.release_writes()
            case "eof" if not self.eof:
                self.eof = True
                transport.feed_eof()
            case "lose":
                self.lost = True
                transport.lose()
            case "reset" if self.waiting:
                self.waiting[0].reset(ResetReason.INTERNAL)
            case "advance":
                self.wire.clock.advance(40)
            case "drain":
                self.wire.acceptor.close_gracefully()

    async def finish(self, *, feed: bool) -> None:
        """Feed the rest and answer all there is, as long as there is something."""
        self.transport.release_writes()
        if feed:
            await self.do("feed", len(self.data))
        for _ in range(4 * len(self.kinds) + 4):
            self.answer(stream=False)
            await self.wire.turn(2)
        self.transport.settle()

    def check(self) -> int:
        """Check that answers came whole and in order, and nothing after the end; returns their number."""
        transport = self.transport
        assert transport.discarded == []
        methods = ["HEAD" if kind == "head" else "GET" for kind in self.kinds]
        broken = self.lost or transport.was_reset
        answers = self.wire.answers(
            transport.sent, *methods, eof=(transport.eof_sent or transport.is_closing()) and not broken
        )
        whole = [answer for answer in answers if answer.complete or methods[answers.index(answer)] == "HEAD"]
        for number, answer in enumerate(answers):
            if answer.status == 200 and methods[number] != "HEAD":
                body = f"/{number}".encode() * 100
                assert answer.body == body if answer in whole else body.startswith(answer.body)
        refusals = [number for number, answer in enumerate(answers) if answer.status != 200]
        assert refusals in ([], [len(answers) - 1])
        if not broken:
            assert len(whole) == len(answers)
        return len(answers)


@settings(max_examples=150, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(KEEPING), min_size=1, max_size=20),
    actions=st.lists(ACTIONS, max_size=40),
    eof=st.booleans(),
)
def test_every_request_is_answered_in_order(
    kinds: list[str], actions: list[tuple[str, int]], eof: bool
) -> None:
    """The peer sends everything in some way, and reads everything in the end."""

    async def run() -> None:
        story = Story(kinds)
        for action, number in actions:
            await story.do(action, number)
        await story.do("feed", len(story.data))
        if eof:
            await story.do("eof", 0)
        await story.finish(feed=False)
        assert story.check() == len(kinds)
        assert story.transport.lost is eof
        story.wire.close()

    asyncio.run(run())


@settings(max_examples=250, deadline=None)
@given(
    kinds=st.lists(st.sampled_from([kind for kind in REQUESTS if kind != "head"]), min_size=1, max_size=8),
    before=st.lists(ACTIONS, max_size=20),
    ending=ENDINGS,
    after=st.lists(st.one_of(ACTIONS, ENDINGS), max_size=20),
)
def test_whatever_happens_nothing_is_raised_and_nothing_is_sent_after_the_end(
    kinds: list[str],
    before: list[tuple[str, int]],
    ending: tuple[str, int],
    after: list[tuple[str, int]],
) -> None:
    async def run() -> None:
        story = Story(kinds)
        for action, number in [*before, ending, *after]:
            await story.do(action, number)
        await story.finish(feed=True)
        story.check()
        story.wire.clock.advance(200)
        story.transport.settle()
        assert story.transport.lost
        assert story.wire.acceptor.connections == frozenset()
        await story.finish(feed=False)
        story.check()
        story.wire.close()

    asyncio.run(run())

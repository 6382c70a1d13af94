"""Sending a body while the response is waited for."""

from __future__ import annotations

import asyncio
from typing import Final

from tidewire_client._client_request import ClientRequest
from tidewire_http_io import BodySink, ClientExchange, PeerGone, ResetReason
from tidewire_http_io.payloads import Payload, PayloadReadError
from tidewire_http_parser import InterimHead
from tidewire_http_parser.codings import ContentEncoder

__all__: list[str] = []

BytesLike = bytes | bytearray | memoryview

# How long a server that was asked may take to say that it wants the body (RFC 9110, section 10.1.1: not for ever).
_PATIENCE: Final = 1.0


class Upload:
    """Sends the body of a request in a task of its own.

    A body that cannot be sent resets the exchange; `error` tells why.

    Args:
        request: the request, whose head is sent.
        payload: its body.
        exchange: its exchange.
        expects: whether the server is waited for.

    Attributes:
        error: why the body was not sent.
        task: the task.
    """

    __slots__ = (
        "_closing",
        "_coding",
        "_exchange",
        "_go_on",
        "_is_last",
        "_last",
        "_length",
        "_payload",
        "_request",
        "error",
        "task",
    )

    def __init__(
        self, request: ClientRequest, payload: Payload, exchange: ClientExchange, *, expects: bool
    ) -> None:
        self._request = request
        self._payload = payload
        self._exchange = exchange
        self._coding = request.compress
        self._length = None if self._coding else payload.size
        self.error: BaseException | None = None
        self._last: Payload | None = None
        self._is_last = False
        self._closing: asyncio.Task[None] | None = None
        self._go_on: asyncio.Future[None] | None = None
        if expects:
            self._go_on = asyncio.get_running_loop().create_future()
            exchange.when_interim(self._take_interim)
        self.task = asyncio.get_running_loop().create_task(self._run())
        self.task.add_done_callback(self._ended)

    def head_received(self) -> None:
        """Take note that the final response is there: a server that was not answered wants no body."""
        if self._go_on is not None and not self._go_on.done():
            self.task.cancel()

    def cancel(self) -> None:
        """Send no more of it."""
        self.task.cancel()

    async def wait(self) -> None:
        """Wait until nothing of it is sent any more, and nothing of it is held."""
        await asyncio.wait([self.task])
        if self._closing is not None:
            await asyncio.wait([self._closing])

    def when_over(self, payload: Payload | None) -> None:
        """Have the body let go of what it holds when it is not sent any more, as there will be no further attempt."""
        self._last = payload
        self._is_last = True

    def _take_interim(self, head: InterimHead) -> None:
        if head.status == 100 and self._go_on is not None and not self._go_on.done():
            self._go_on.set_result(None)

    async def _run(self) -> None:
        if self._go_on is not None:
            await asyncio.wait([self._go_on], timeout=_PATIENCE)
            if not self._go_on.done():
                self._go_on.set_result(None)
        try:
            if not await self._send_file():
                await self._send_pieces()
        except PeerGone as error:
            self.error = error  # which the response tells in other words

    async def _send_pieces(self) -> None:
        tracker = self._request.options.upload_tracker
        sink = BodySink(
            self._exchange,
            length=self._length,
            encoder=ContentEncoder(self._coding) if self._coding else None,
            on_progress=None if tracker is None else tracker.progress,
        )
        if self._request.scope.traces:
            await self._payload.write(_TracedWriter(sink, self._request))
        else:
            await self._payload.write(sink)
        await sink.write_eof()

    async def _send_file(self) -> bool:
        """Have the system send the body, where it is a file, as it is; tells whether that was done."""
        sendfile = self._exchange.sendfile
        if sendfile is None or self._request.options.upload_tracker is not None or self._request.scope.traces:
            return False
        sent = await self._payload.send_by(sendfile)
        if not sent:
            return False
        if self._exchange.disconnected:
            raise PeerGone
        if sent != self._length:
            raise PayloadReadError(repr(self._payload), "the file has become shorter", sent)
        self._exchange.send_data(b"", end=True)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            self.error = self.error or asyncio.CancelledError()
        else:
            error = task.exception()
            if error is not None:
                self.error = error
                self._exchange.reset(ResetReason.INTERNAL)
        tracker = self._request.options.upload_tracker
        if tracker is not None:
            tracker.end_attempt(self.error)
            if self._is_last:
                tracker.end()
        if self._last is not None and not self._last.autoclose:
            self._closing = asyncio.get_running_loop().create_task(self._last.close())


class _TracedWriter:
    """A writer that tells of what goes through it."""

    __slots__ = ("_request", "_sink")

    def __init__(self, sink: BodySink, request: ClientRequest) -> None:
        self._sink = sink
        self._request = request

    async def write(self, data: BytesLike) -> None:
        """See `BodyWriter`."""
        await self._sink.write(data)
        for trace in self._request.scope.traces:
            await trace.request_chunk_sent(self._request.method, self._request.url, bytes(data))

"""Responses that are streams of events."""

from __future__ import annotations

import asyncio
from collections.abc import Generator, Mapping
from types import TracebackType
from typing import Any, Final, Generic, NoReturn, Self, TypedDict, TypeVar, Unpack, overload

from multidict import CIMultiDict

from tidewire_http_io import BodySink, ResetReason
from tidewire_sse._event import SEPARATORS, serialise_event
from tidewire_sse._user_timeout import UserTimeout
from tidewire_web import BaseRequest, ContentCoding, HTTPMethodNotAllowed, Request, StreamResponse

__all__ = ["EventSourceResponse", "sse_response"]

_HEADERS: Final = (
    ("Content-Type", "text/event-stream"),
    ("Cache-Control", "no-cache"),
    # nginx collects what it passes on otherwise.
    ("X-Accel-Buffering", "no"),
)


class EventSourceResponse(StreamResponse):
    """A stream of events (WHATWG HTML, section 9.2), for browsers' `EventSource` and the client's `iter_events()`.

    `send()` returns when the event is handed over and waits where the client does not keep up. A client that has not
    taken an event within `send_timeout` is cut off. Comments that clients ignore are sent every `ping_interval`, so
    that proxies do not take the connection for idle, and that clients that have gone are noticed.

    Args:
        status: the status code.
        reason: the reason phrase, None for the usual one.
        headers: fields of the head; they go before those that a stream has.
        sep: what ends lines: CR LF, LF or CR.
        allow_all_methods: whether other requests than GET are answered.
        send_timeout: seconds in which a client has to take an event, as far as that does not fit into buffers; None for
            any number.
        ping_interval: seconds between comments.

    Raises:
        ValueError: a time that is not above 0, or another separator.
    """

    _interval: float
    _origin: BaseRequest | None = None
    _ping_task: asyncio.Task[None] | None = None
    _stopped: asyncio.Event | None = None
    _user_timeout: UserTimeout | None = None

    def __init__(
        self,
        *,
        status: int = 200,
        reason: str | None = None,
        headers: Mapping[str, str] | None = None,
        sep: str = "\r\n",
        allow_all_methods: bool = False,
        send_timeout: float | None = 120,
        ping_interval: float = 15,
    ) -> None:
        if sep not in SEPARATORS:
            raise ValueError(f"lines end with CR LF, LF or CR, not {sep!r}")
        if send_timeout is not None and not send_timeout > 0:
            raise ValueError(f"send_timeout is above 0, not {send_timeout}")
        fields = CIMultiDict(headers or {})
        for name, value in _HEADERS:
            fields.setdefault(name, value)
        super().__init__(status=status, reason=reason, headers=fields)
        self._sep = sep
        self._allow_all_methods = allow_all_methods
        self._send_timeout = send_timeout
        self.ping_interval = ping_interval

    # What is known of it.

    @property
    def ping_interval(self) -> float:
        """Seconds between comments; a change counts from the next comment on."""
        return self._interval

    @ping_interval.setter
    def ping_interval(self, seconds: float) -> None:
        number: object = seconds
        if not isinstance(number, (int, float)) or isinstance(number, bool):
            raise TypeError(f"ping_interval is a number of seconds, not {seconds!r}")
        if not seconds > 0:
            raise ValueError(f"ping_interval is above 0, not {seconds}")
        self._interval = seconds

    @property
    def send_timeout(self) -> float | None:
        """Seconds in which a client has to take an event."""
        return self._send_timeout

    @property
    def last_event_id(self) -> str | None:
        """The id of the last event that a client knows which comes back; None where it does not come back.

        It is what the client says, and may be anything.

        Raises:
            RuntimeError: the response is not prepared.
        """
        return self._prepared_for().headers.get("Last-Event-ID")

    def is_connected(self) -> bool:
        """Return whether events can be sent: the stream has begun, and neither side has ended it."""
        return self._stopped is not None and not self._stopped.is_set()

    def enable_compression(self, force: ContentCoding | None = None, strategy: int | None = None) -> NoReturn:
        """Raise NotImplementedError: what compression holds back arrives late.

        Raises:
            NotImplementedError: always.
        """
        raise NotImplementedError("a stream of events is not compressed")

    # From the head to the end.

    async def prepare(self, request: Any) -> BodySink | None:
        """Send the head, and begin with the comments.

        Args:
            request: the request that is answered.

        Raises:
            ConnectionResetError: asked for once more when the client has gone.
            HTTPMethodNotAllowed: another request than GET, unless those are allowed.
            RuntimeError: the response answers another request already.
        """
        if self._stopped is not None:
            if request.exchange.disconnected:
                raise ConnectionResetError("the client has gone")
            return await super().prepare(request)
        if not self._allow_all_methods and request.method != "GET":
            raise HTTPMethodNotAllowed(request.method, ["GET"])
        sink = await super().prepare(request)
        self._origin = request
        self._stopped = asyncio.Event()
        if self._send_timeout is not None:
            self._user_timeout = UserTimeout(request.get_extra_info("socket"))
            self._user_timeout.set(self._send_timeout)
        self._ping_task = asyncio.get_running_loop().create_task(self._ping(request, self._stopped))
        return sink

    async def send(
        self,
        data: Any,
        id: str | None = None,  # noqa: A002 - the field's name
        event: str | None = None,
        retry: int | None = None,
    ) -> None:
        """Send an event.

        Args:
            data: its data, any number of lines.
            id: what a client says as Last-Event-ID when it comes back; empty to take back an earlier one.
            event: its type; None for `message`.
            retry: milliseconds after which a client that has lost its connection comes back.

        Raises:
            ConnectionResetError: the client has gone.
            RuntimeError: the response is not prepared, or has ended.
            TimeoutError: the client does not read; its connection is closed.
            TypeError: an argument of another type.
            ValueError: a line break or NUL in the id, a line break in the type, or a negative time.
        """
        if isinstance(data, BaseRequest):
            # What the server calls with what a handler has returned.
            await super().send(data)
            return
        await self._send_in_time(serialise_event(data, id=id, event=event, retry=retry, sep=self._sep))

    async def wait(self) -> None:
        """Wait until the client has gone, or `stop_streaming()` was called.

        Raises:
            RuntimeError: the response is not prepared.
        """
        if self._stopped is None:
            raise RuntimeError("the response is not prepared")
        await self._stopped.wait()

    def stop_streaming(self) -> None:
        """Let those go on who wait for the end, and send no more comments.

        Raises:
            RuntimeError: the response is not prepared.
        """
        if self._stopped is None:
            raise RuntimeError("the response is not prepared")
        self._stopped.set()
        if self._ping_task is not None and self._ping_task is not asyncio.current_task():
            self._ping_task.cancel()

    async def write_eof(self, data: bytes | bytearray | memoryview = b"") -> None:
        """End the stream.

        Raises:
            RuntimeError: the response is not prepared.
        """
        try:
            await super().write_eof(data)
        finally:
            if self._stopped is not None:
                self.stop_streaming()
            if self._user_timeout is not None:
                self._user_timeout.restore()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self.stop_streaming()

    # What it is made of.

    async def _send_in_time(self, data: bytes) -> None:
        request = self._prepared_for()
        try:
            async with asyncio.timeout(self._send_timeout):
                await self.write(data)
        except ConnectionError:
            self.stop_streaming()
            raise
        except TimeoutError:
            self.stop_streaming()
            request.exchange.reset(ResetReason.TIMEOUT)
            raise TimeoutError(f"the client has not read for {self._send_timeout} seconds") from None

    async def _ping(self, request: BaseRequest, stopped: asyncio.Event) -> None:
        """Send comments until the client has gone, or the response has ended."""
        comment = f": ping{self._sep * 2}".encode()
        try:
            while True:
                try:
                    async with asyncio.timeout(self._interval):
                        await request.wait_disconnected()
                    return
                except TimeoutError:
                    await self._send_in_time(comment)
        except (ConnectionError, TimeoutError):
            return  # whoever sends or waits will learn of it
        finally:
            stopped.set()

    def _prepared_for(self) -> BaseRequest:
        if self._origin is None:
            raise RuntimeError("the response is not prepared")
        return self._origin


ResponseT = TypeVar("ResponseT", bound=EventSourceResponse)


class StreamOptions(TypedDict, total=False):
    """What `sse_response()` hands on to the response."""

    status: int
    reason: str | None
    headers: Mapping[str, str] | None
    sep: str
    allow_all_methods: bool
    send_timeout: float | None
    ping_interval: float


class _Streaming(Generic[ResponseT]):
    """What `sse_response()` gives: to be awaited, or entered, for a response that is prepared."""

    def __init__(self, response: ResponseT, request: Request) -> None:
        self._response = response
        self._request = request

    def __await__(self) -> Generator[Any, None, ResponseT]:
        return self._prepared().__await__()

    async def __aenter__(self) -> ResponseT:
        return await (await self._prepared()).__aenter__()

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_value: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        await self._response.__aexit__(exc_type, exc_value, exc_tb)

    async def _prepared(self) -> ResponseT:
        await self._response.prepare(self._request)
        return self._response


@overload
def sse_response(request: Request, **options: Unpack[StreamOptions]) -> _Streaming[EventSourceResponse]: ...


@overload
def sse_response(
    request: Request, *, response_cls: type[ResponseT], **options: Unpack[StreamOptions]
) -> _Streaming[ResponseT]: ...


def sse_response(
    request: Request,
    *,
    response_cls: type[EventSourceResponse] = EventSourceResponse,
    **options: Unpack[StreamOptions],
) -> _Streaming[Any]:
    """Begin a stream of events, in an `async with` that gives a response which is prepared; or await it.

    Args:
        request: the request.
        response_cls: the class of the response.
        options: the arguments of `EventSourceResponse`.

    Raises:
        TypeError: the class is not derived from `EventSourceResponse`.
        ValueError: as with `EventSourceResponse`.
    """
    given: object = response_cls
    if not isinstance(given, type) or not issubclass(given, EventSourceResponse):
        raise TypeError(f"a subclass of EventSourceResponse, not {response_cls!r}")
    return _Streaming(response_cls(**options), request)

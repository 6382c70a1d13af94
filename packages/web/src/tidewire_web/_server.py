"""The server: from exchanges to handlers, and from what they return to responses."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from tidewire_http_io import Acceptor, ResetReason, ServerExchange, ServerOptions, StreamReset
from tidewire_http_parser import FieldBlock, LocalProtocolError, RemoteProtocolError
from tidewire_web._http_exceptions import HTTPBadRequest, HTTPException, HTTPInternalServerError
from tidewire_web._request import BaseRequest
from tidewire_web._response import Response, StreamResponse
from tidewire_web._types import Services
from tidewire_web._version import SERVER_SOFTWARE

__all__ = ["Server"]

# Whether a task can be made to run at once, up to its first wait.
_HAS_EAGER_TASKS = sys.version_info >= (3, 12)
_Task: Any = asyncio.Task  # the types of Python 3.11 know no `eager_start`
# Seconds between two looks at the connections that still send their last answer.
_FLUSH_LOOK = 0.02

RequestFactory = Callable[[ServerExchange, Services], BaseRequest]


class Server:
    """Answers exchanges with a handler; a protocol factory for `loop.create_server()`.

    Args:
        handler: called with each request; what it returns is awaited and gives the response.
        app: the application whose handler it is, for its requests to know.
        request_factory: makes a request from an exchange and the server's services.
        options: how connections are treated.
        client_max_size: bytes of a body that `read()` takes; 0 for any number.
        logger: where errors of handlers go.

    Raises:
        RuntimeError: no event loop is running.

    Attributes:
        standard_fields: the fields that every response has, Date and Server; validated once a second.
    """

    def __init__(
        self,
        handler: Callable[[Any], Awaitable[Any]],
        *,
        app: Any = None,
        request_factory: RequestFactory = BaseRequest,
        options: ServerOptions | None = None,
        client_max_size: int = 1024**2,
        logger: logging.Logger | None = None,
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._handler = handler
        self._request_factory = request_factory
        self._logger = logger or logging.getLogger("tidewire.server")
        # Each request runs in a copy of the context in which the server was made.
        self._context = contextvars.copy_context()
        self._tasks: set[asyncio.Task[None]] = set()
        self.app = app
        self.client_max_size = client_max_size
        self.standard_fields = FieldBlock([])
        self._eager = False  # whether handlers are started at once
        self._acceptor = Acceptor(
            self._serve_exchange,
            loop=self._loop,
            options=options,
            refused=self._log_refusal,
            dated=self._set_date,
        )

    def __call__(self) -> asyncio.BaseProtocol:
        """Make a protocol for a new connection."""
        return self._acceptor()  # type: ignore[return-value]  # a protocol without asyncio's base class

    @property
    def connections(self) -> int:
        """The number of connections."""
        return len(self._acceptor.connections)

    @property
    def requests_count(self) -> int:
        """The number of requests so far."""
        return self._acceptor.exchanges

    def pre_shutdown(self) -> None:
        """Close idle connections, and let the others end with their current response."""
        self._acceptor.close_gracefully()

    async def shutdown(self, timeout: float | None = None) -> None:
        """Wait for running handlers, then cancel those that are left, then close what is left.

        What is left of the first of these times, peers have to read the answers that are written.

        Args:
            timeout: seconds to wait, once before handlers are cancelled and once after; None to wait for ever.
        """
        deadline = None if timeout is None else self._loop.time() + timeout
        self.pre_shutdown()
        await self._wait_for_handlers(timeout)
        for task in self._tasks:
            task.cancel()
        await self._wait_for_handlers(timeout)
        # An answer that is written may still be on its way to a peer that reads slowly. Transports tell when their
        # buffer has room, but not when it is empty: that can only be looked at.
        while self._acceptor.unsent and (deadline is None or self._loop.time() < deadline):  # noqa: ASYNC110
            await asyncio.sleep(_FLUSH_LOOK)
        self._acceptor.abort()

    async def _wait_for_handlers(self, timeout: float | None) -> None:
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    def _serve_exchange(self, exchange: ServerExchange) -> None:
        """Start a task for an exchange. It runs at once, up to the handler's first wait, where Python can do so."""
        request = self._request_factory(exchange, self)
        loop = self._loop
        task: asyncio.Task[None]
        if self._eager:
            task = _Task(self._serve(request), loop=loop, context=self._context.copy(), eager_start=True)
        else:
            # Not by its argument `context`, which task factories did not have to know before Python 3.11.
            task = self._context.copy().run(loop.create_task, self._serve(request))
        if not task.done():
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, request: BaseRequest) -> None:
        exchange = request.exchange
        try:
            # An application does that when it knows the route, whose expect handler may refuse.
            if self.app is None and request.head.expect_continue and not exchange.body_complete:
                exchange.send_interim(100, [])
            response = await self._handler(request)
        except HTTPException as exception:
            # Its frames would keep the request, in a circle.
            response = exception.with_traceback(None)
        except asyncio.CancelledError:
            exchange.reset(ResetReason.CANCEL)
            raise
        except StreamReset as reset:
            response = self._after_reset(request, reset)
        except Exception as exception:
            response = self._after_failure(request, exception)
        if type(response) is Response:
            # The most common kind of response, without one coroutine more.
            try:
                if response.send_at_once(exchange, self):
                    return
            except Exception as exception:
                response = self._after_failure(request, exception)
        await self._send(request, response)

    async def _send(self, request: BaseRequest, response: Any) -> None:
        """Send what a handler returned; where that fails, say so or break off."""
        exchange = request.exchange
        if response is not None and not isinstance(response, StreamResponse):
            response = self._after_failure(
                request, TypeError(f"a handler returns a response, not {type(response).__name__}")
            )
        try:
            if response is None:
                if not exchange.finished and not exchange.disconnected:
                    raise RuntimeError("the handler returned no response")
            else:
                await response.send(request)
        except asyncio.CancelledError:
            exchange.reset(ResetReason.CANCEL)
            raise
        except Exception as exception:
            failure = self._after_failure(request, exception)
            if failure is not None:
                await failure.send(request)
        if not exchange.finished:
            exchange.reset(ResetReason.INTERNAL)

    def _after_reset(self, request: BaseRequest, reset: StreamReset) -> Response | None:
        """What to answer when a handler could not read the body to its end."""
        error = reset.__cause__
        if isinstance(error, RemoteProtocolError) and not request.exchange.head_sent:
            response: Response = HTTPBadRequest(text=f"400: {error.problem}")
            response.force_close()
            return response
        return None  # there is nobody to answer to

    def _after_failure(self, request: BaseRequest, exception: Exception) -> Response | None:
        """Log what went wrong in a handler; what to answer, None where a response has begun."""
        exchange = request.exchange
        if exchange.disconnected and isinstance(exception, (ConnectionError, LocalProtocolError)):
            return None
        self._logger.error(
            "Error handling request from %s: %.100s %.100r",
            request.remote,
            request.method,
            exchange.head.target,
            exc_info=exception,
        )
        if exchange.head_sent:
            exchange.reset(ResetReason.INTERNAL)
            return None
        response = HTTPInternalServerError()
        response.force_close()
        return response

    def _set_date(self, date: str) -> None:
        # A task factory of the user's own is honoured. It is hardly ever set while a server runs: once a second
        # is often enough to look.
        self._eager = _HAS_EAGER_TASKS and self._loop.get_task_factory() is None
        self.standard_fields = FieldBlock([("Date", date), ("Server", SERVER_SOFTWARE)])

    def _log_refusal(self, error: RemoteProtocolError, peer: Any) -> None:
        self._logger.info("Refused a request from %s with %d: %s", peer, error.status, error)

"""The server: from exchanges to handlers, and from what they return to responses."""

from __future__ import annotations

import asyncio
import contextvars
import logging
import ssl
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterable
from time import perf_counter
from typing import Any, Final, NoReturn

from tidewire_http_io import Acceptor, ResetReason, ServerExchange
from tidewire_http_parser import FieldBlock, InvalidStartLine, RemoteProtocolError
from tidewire_web._access_log import AbstractAccessLogger, AccessLogger
from tidewire_web._access_log_format import shown_address
from tidewire_web._failed_request import break_off_answer, send_failure
from tidewire_web._failures import is_cancelled
from tidewire_web._file_response import FileResponse
from tidewire_web._handler_tasks import HandlerTasks, has_route_options
from tidewire_web._http_exception import HTTPException
from tidewire_web._proxies import AddressLike, TrustedProxies, trusted_proxies_of
from tidewire_web._refused_request import refused_request
from tidewire_web._request import BaseRequest
from tidewire_web._request_body import checked_limit
from tidewire_web._response import Response
from tidewire_web._server_options import connection_options, make_access_logger
from tidewire_web._stream_response import StreamResponse
from tidewire_web._types import Services
from tidewire_web._version import SERVER_SOFTWARE

__all__ = ["Server"]

# Whether a task can be made to run at once, up to its first wait.
_HAS_EAGER_TASKS: Final = sys.version_info >= (3, 12)
_Task: Any = asyncio.Task  # the types of Python 3.11 know no `eager_start`
_ACCESS_LOG: Final = logging.getLogger("tidewire.access")
# Seconds between two looks at the connections that still send their last answer.
_FLUSH_LOOK: Final = 0.02

RequestFactory = Callable[[ServerExchange, Services], BaseRequest]


class Server:
    """Answers exchanges with a handler; a protocol factory for `loop.create_server()`.

    Time-outs are in seconds; 0 turns one off.

    Args:
        handler: called with each request; what it returns is awaited and gives the response.
        app: the application whose handler it is, for its requests to know.
        request_factory: makes a request from an exchange and the server's services.
        handler_cancellation: whether a handler is cancelled when its client goes before the response is complete,
            where its route does not say.
        client_max_size: bytes of a body that `read()` takes; 0 for any number.
        client_max_fields: fields of a form that `post()` takes; 0 for any number.
        loop: ignored; the running event loop is used.
        logger: where errors of handlers go; `tidewire.server` where None.
        debug: whether tracebacks are shown to clients; whether the event loop is in debug mode where None.
        access_log_class: a subclass of `AbstractAccessLogger`.
        access_log: the logger of requests; None for no access log.
        access_log_format: what its records look like; see `AccessLogger`.
        keepalive_timeout: how long a connection may be idle between two requests.
        head_timeout: how long a request's head may take, from the connection's start or the head's first byte.
        body_timeout: how long a handler that reads a body has to wait for its next bytes.
        send_timeout: how long a client may take none of the bytes that wait for it.
        lingering_time: how long a connection that is being closed goes on reading what the client still sends;
            0 for not at all.
        tcp_keepalive: whether the system looks after connections on which nothing happens.
        max_line_size: bytes of a request line.
        max_field_size: bytes of a field line.
        max_headers: field lines of a request.
        read_bufsize: bytes of a body that are kept for a handler that does not read, before the client is slowed down.
        auto_decompress: whether content codings are taken off the bodies of requests.
        timeout_ceil_threshold: ignored; time-outs are rounded to seconds whatever they are.
        trusted_proxies: a `TrustedProxies`, or its addresses, or a number of hops; who is believed about where
            requests come from. None for nobody.
        proxy_protocol: whether connections begin with a PROXY header (HAProxy's protocol, versions 1 and 2); or the
            addresses and networks of the proxies whose connections do, all others having none. Connections that should
            and do not are closed. Headers come in front of TLS, where sites have an `ssl_context`.

    Raises:
        RuntimeError: no event loop is running.
        TypeError: an argument is of another type.
        ValueError: a number is out of range, an address or the format of the access log malformed.

    Attributes:
        app: the application; None where there is none.
        debug: whether tracebacks are shown to clients.
        logger: where errors of handlers go.
        standard_fields: the fields that every response has, Date and Server; validated once a second.
    """

    def __init__(
        self,
        handler: Callable[[Any], Awaitable[Any]],
        *,
        app: Any = None,
        request_factory: RequestFactory = BaseRequest,
        handler_cancellation: bool = False,
        client_max_size: int = 1024**2,
        client_max_fields: int = 1000,
        loop: asyncio.AbstractEventLoop | None = None,
        logger: logging.Logger | None = None,
        debug: bool | None = None,
        access_log_class: type[AbstractAccessLogger] = AccessLogger,
        access_log: logging.Logger | None = _ACCESS_LOG,
        access_log_format: str = AccessLogger.LOG_FORMAT,
        keepalive_timeout: float = 3630.0,
        head_timeout: float = 30.0,
        body_timeout: float = 60.0,
        send_timeout: float = 60.0,
        lingering_time: float = 10.0,
        tcp_keepalive: bool = True,
        max_line_size: int = 8190,
        max_field_size: int = 8190,
        max_headers: int = 128,
        read_bufsize: int = 262144,
        auto_decompress: bool = True,
        timeout_ceil_threshold: float = 5,
        trusted_proxies: TrustedProxies | Iterable[AddressLike] | int | None = None,
        proxy_protocol: bool | Iterable[AddressLike] = False,
    ) -> None:
        if loop is not None:
            warnings.warn("loop is ignored: a server is one of the running event loop", DeprecationWarning, 2)
        self._loop = asyncio.get_running_loop()
        self._handler = handler
        # What requests know of their server; see `Services`.
        self.app = app
        self.client_max_size = checked_limit("client_max_size", client_max_size)
        self.client_max_fields = checked_limit("client_max_fields", client_max_fields)
        self.auto_decompress = auto_decompress
        self.max_field_size = max_field_size
        self.max_headers = max_headers
        self.debug = self._loop.get_debug() if debug is None else debug
        self.logger = logger or logging.getLogger("tidewire.server")
        self.standard_fields = FieldBlock([])
        self._access_logger = make_access_logger(access_log_class, access_log, access_log_format)
        self._proxies = trusted_proxies_of(trusted_proxies)
        # What only some servers do takes the place of what all do, so that it costs the others nothing.
        self._new_request = request_factory
        proxied = self._proxies is not None or proxy_protocol
        self._request_factory = self._make_proxied_request if proxied else request_factory
        self._prepare_tasks(handler_cancellation)
        self._acceptor = Acceptor(
            self._serve_exchange,
            loop=self._loop,
            options=connection_options(
                max_line_size=max_line_size,
                max_field_size=max_field_size,
                max_headers=max_headers,
                proxy_protocol=proxy_protocol,
                keepalive_timeout=keepalive_timeout,
                head_timeout=head_timeout,
                body_timeout=body_timeout,
                send_timeout=send_timeout,
                lingering_time=lingering_time,
                tcp_keepalive=tcp_keepalive,
                read_bufsize=read_bufsize,
            ),
            refused=self._note_refusal,
            dated=self._tick,
        )

    def _prepare_tasks(self, handler_cancellation: bool) -> None:
        """Get ready for the tasks in which handlers run."""
        self._answer: Callable[[BaseRequest], Any] = self._serve
        self._eager = False  # whether handlers are started at once
        self._tasks = HandlerTasks(handler_cancellation)
        self._running = self._tasks.requests
        self._may_cancel = handler_cancellation or has_route_options(self.app)
        # Each request runs in a copy of the context in which the server was made.
        self._context = contextvars.copy_context()

    def __repr__(self) -> str:
        return (
            f"<Server {len(self._acceptor.connections)} connections, {len(self._running)} requests waiting>"
        )

    def __call__(self) -> asyncio.BaseProtocol:
        """Make a protocol for a new connection."""
        protocol: Any = self._acceptor()  # without asyncio's base class
        made: asyncio.BaseProtocol = protocol
        return made

    def listening(
        self, ssl_context: ssl.SSLContext | None
    ) -> tuple[Callable[[], asyncio.BaseProtocol], ssl.SSLContext | None]:
        """Give what `loop.create_server()` is to be called with: a protocol factory, and TLS that begins at once.

        Args:
            ssl_context: TLS for the connections; None for plain ones.

        Returns:
            the server itself with `ssl_context`; but where PROXY headers come in front of TLS, a factory of protocols
            that read them and start TLS then, with None.
        """
        factory: Any = None if ssl_context is None else self._acceptor.in_front_of_tls(ssl_context)
        return (self, ssl_context) if factory is None else (factory, None)

    @property
    def connections(self) -> list[Any]:
        """The connections; their representations tell what they are doing."""
        return list(self._acceptor.connections)

    @property
    def requests_count(self) -> int:
        """The number of requests so far."""
        return self._acceptor.exchanges

    def pre_shutdown(self) -> None:
        """Close idle connections, and let the others end with their current response."""
        self._acceptor.close_gracefully()

    async def shutdown(self, timeout: float | None = None) -> None:
        """Wait for running handlers, then cancel those that are left, then close what is left.

        Cancelled handlers have a second at least, whatever the time-out, so that they have come to their end. What is
        left of the first of these times, clients have to read the answers that are written.

        Args:
            timeout: seconds to wait, once before handlers are cancelled and once after; None to wait for ever.
        """
        deadline = None if timeout is None else self._loop.time() + timeout
        self.pre_shutdown()
        await self._tasks.end(timeout, self.logger)
        # An answer that is written may still be on its way to a peer that reads slowly. Transports tell when their
        # buffer has room, but not when it is empty: that can only be looked at.
        while self._acceptor.unsent and (deadline is None or self._loop.time() < deadline):  # noqa: ASYNC110
            await asyncio.sleep(_FLUSH_LOOK)
        self._acceptor.abort()

    def _serve_exchange(self, exchange: ServerExchange) -> None:
        """Start a task for an exchange. It runs at once, up to the handler's first wait, where Python can do so."""
        request = self._request_factory(exchange, self)
        loop = self._loop
        task: asyncio.Task[Any]
        if self._eager:
            task = _Task(self._answer(request), loop=loop, context=self._context.copy(), eager_start=True)
        else:
            # Not by its argument `context`, which task factories did not have to know before Python 3.11.
            task = self._context.copy().run(loop.create_task, self._answer(request))
        if not task.done():
            self._running[task] = request
            request._task = task
            task.add_done_callback(self._running.pop)
            if self._may_cancel:
                self._tasks.cancel_without_client(task, request)

    async def _serve(self, request: BaseRequest) -> StreamResponse | None:
        """Answer a request; returns the response that was sent, None where it was not, or not by the server."""
        exchange = request.exchange
        response: Any
        try:
            try:
                # An application does that when it knows the route, whose expect handler may refuse.
                if self.app is None and request.head.expect_continue and not exchange.body_complete:
                    exchange.send_interim(100, [])
                response = await self._handler(request)
                # The most common kinds of response, sent without one coroutine more.
                kind = type(response)
                at_once = kind is Response or kind is FileResponse
            except HTTPException as exception:
                _forget_frames(exception)
                response = exception
                at_once = True
            except asyncio.CancelledError as exception:
                if is_cancelled(asyncio.current_task()):
                    raise
                # Of something else that the handler has waited for, and with which it is not to vanish.
                return await send_failure(request, exception, self)
            except Exception as exception:
                return await send_failure(request, exception, self)
            if at_once:
                whole: Response | FileResponse = response
                try:
                    if whole.send_at_once(request):
                        return whole
                except Exception as exception:
                    return await send_failure(request, exception, self)
            return await self._send(request, response)
        except asyncio.CancelledError:
            if exchange.head_sent:
                break_off_answer(request)
            else:
                exchange.reset(ResetReason.CANCEL)
            raise
        except (SystemExit, KeyboardInterrupt) as ending:
            # It ends the event loop from a callback of its own: not all transports let it out of `data_received()`,
            # where eager tasks run.
            exchange.reset(ResetReason.CANCEL)
            self._loop.call_soon(_raise, ending)
            return None
        except BaseException:
            # Nobody else will answer, and its client would wait for ever. The event loop tells of it.
            if not self._loop.is_closed():
                exchange.reset(ResetReason.INTERNAL)
            raise
        finally:
            if request._files is not None:
                await request._finish()

    async def _send(self, request: BaseRequest, response: Any) -> StreamResponse | None:
        """Send what a handler returned; where that fails, say so or break off."""
        exchange = request.exchange
        sent: StreamResponse | None = None
        try:
            # Asking a response whether it is an HTTPException would cost more: those are mappings, hence abstract.
            if isinstance(response, Exception) and isinstance(response, HTTPException):
                _forget_frames(response)
            if isinstance(response, StreamResponse):
                await response.send(request)
                sent = response
            elif response is not None:
                raise TypeError(
                    f"a handler returns a response, not {type(response).__name__}: {response!r:.100}"
                )
            elif not exchange.finished and not exchange.disconnected:
                raise TypeError("the handler returned None: a response is to be returned, or raised")
        except Exception as exception:
            return await send_failure(request, exception, self)
        if not exchange.finished:
            break_off_answer(request)
        return sent

    def _make_proxied_request(self, exchange: ServerExchange, services: Services) -> BaseRequest:
        """Make a request, and let it know what proxies say of it."""
        request = self._new_request(exchange, services)
        tls = exchange.info("proxied_tls")
        if tls is not None:
            request._scheme = "https" if tls else "http"
        if self._proxies is not None:
            self._proxies.apply(request)
        return request

    async def _serve_and_log(self, request: BaseRequest) -> None:
        """Answer a request, and take note of that."""
        started = perf_counter()  # the clock of uvloop's loops counts milliseconds
        response: StreamResponse | None = None
        try:
            response = await self._serve(request)
        finally:
            if response is None:
                # What has gone out is what counts, whatever became of the rest; 499 where the client had gone before.
                response = Response(status=request.exchange.status or 499)
            self._log_access(request, response, perf_counter() - started)

    def _log_access(self, request: BaseRequest, response: StreamResponse, seconds: float) -> None:
        logger = self._access_logger
        if logger is not None:
            try:
                logger.log(request, response, seconds)
            except Exception:
                self.logger.exception("Error in the access logger")

    def _tick(self, date: str) -> None:
        """Look once a second at what hardly ever changes while a server runs, and never has to be seen at once."""
        # A task factory of the user's own is honoured.
        self._eager = _HAS_EAGER_TASKS and self._loop.get_task_factory() is None
        self.standard_fields = FieldBlock([("Date", date), ("Server", SERVER_SOFTWARE)])
        self._answer = self._serve_and_log if self._logs_access() else self._serve

    def _logs_access(self) -> bool:
        """Whether the access logger wants to know of requests."""
        logger = self._access_logger
        try:
            return logger is not None and logger.enabled
        except Exception:
            # The sweep asks, without which no deadline would pass any more.
            self.logger.exception("Error in the access logger")
            return False

    def _note_refusal(self, error: RemoteProtocolError, peer: Any, size: int) -> None:
        """Tell of bytes that are no request."""
        remote = peer[0] if isinstance(peer, tuple) else peer
        # Scanners, and clients that speak TLS: nobody wants to know each time.
        level = logging.DEBUG if type(error) is InvalidStartLine else logging.INFO
        told = shown_address(remote)
        self.logger.log(level, "Refused a request from %s with %d: %s", told, error.status, error)
        if size and self._logs_access():
            request = refused_request(peer, size, error.status, self)
            self._log_access(request, Response(status=error.status), 0.0)


def _forget_frames(exception: HTTPException) -> None:
    """Break a circle: its frames, and those of what it was raised for, would keep the request."""
    exception.__traceback__ = exception.__cause__ = exception.__context__ = None


def _raise(exception: BaseException) -> NoReturn:
    raise exception

"""Hooks for those who want to know what a session does."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Generic, TypeVar, overload

from frozenlist import FrozenList
from yarl import URL

__all__ = [
    "TraceConfig",
    "TraceConnectionCreateEndParams",
    "TraceConnectionCreateStartParams",
    "TraceConnectionQueuedEndParams",
    "TraceConnectionQueuedStartParams",
    "TraceConnectionReuseconnParams",
    "TraceDnsCacheHitParams",
    "TraceDnsCacheMissParams",
    "TraceDnsResolveHostEndParams",
    "TraceDnsResolveHostStartParams",
    "TraceRequestChunkSentParams",
    "TraceRequestEndParams",
    "TraceRequestExceptionParams",
    "TraceRequestHeadersSentParams",
    "TraceRequestRedirectParams",
    "TraceRequestStartParams",
    "TraceResponseChunkReceivedParams",
]

P = TypeVar("P")
Callback = Callable[[Any, Any, P], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class TraceRequestStartParams:
    """A request begins."""

    method: str
    url: URL
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TraceRequestChunkSentParams:
    """A piece of its body is sent."""

    method: str
    url: URL
    chunk: bytes


@dataclass(frozen=True, slots=True)
class TraceResponseChunkReceivedParams:
    """The body of the response is read."""

    method: str
    url: URL
    chunk: bytes


@dataclass(frozen=True, slots=True)
class TraceRequestEndParams:
    """The response is there."""

    method: str
    url: URL
    headers: Mapping[str, str]
    response: Any


@dataclass(frozen=True, slots=True)
class TraceRequestExceptionParams:
    """The request has failed."""

    method: str
    url: URL
    headers: Mapping[str, str]
    exception: BaseException


@dataclass(frozen=True, slots=True)
class TraceRequestRedirectParams:
    """The response redirects."""

    method: str
    url: URL
    headers: Mapping[str, str]
    response: Any


@dataclass(frozen=True, slots=True)
class TraceRequestHeadersSentParams:
    """The head of the request is sent."""

    method: str
    url: URL
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TraceConnectionQueuedStartParams:
    """The request waits for room in the pool."""


@dataclass(frozen=True, slots=True)
class TraceConnectionQueuedEndParams:
    """It has waited."""


@dataclass(frozen=True, slots=True)
class TraceConnectionCreateStartParams:
    """A connection is opened."""


@dataclass(frozen=True, slots=True)
class TraceConnectionCreateEndParams:
    """It is there."""


@dataclass(frozen=True, slots=True)
class TraceConnectionReuseconnParams:
    """An idle connection is used again."""


@dataclass(frozen=True, slots=True)
class TraceDnsResolveHostStartParams:
    """The resolver is asked."""

    host: str


@dataclass(frozen=True, slots=True)
class TraceDnsResolveHostEndParams:
    """It has answered."""

    host: str


@dataclass(frozen=True, slots=True)
class TraceDnsCacheHitParams:
    """The name was in the cache."""

    host: str


@dataclass(frozen=True, slots=True)
class TraceDnsCacheMissParams:
    """It was not."""

    host: str


class TraceSignal(FrozenList["Callback[P]"], Generic[P]):
    """The callbacks of one event, called one after the other."""

    async def send(self, session: Any, context: Any, params: P) -> None:
        """Call them."""
        for callback in self:
            await callback(session, context, params)


class _SignalField(Generic[P]):
    """A signal as an attribute that cannot be set."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, instance: None, owner: type) -> _SignalField[P]: ...

    @overload
    def __get__(self, instance: TraceConfig, owner: type) -> TraceSignal[P]: ...

    def __get__(self, instance: TraceConfig | None, owner: type) -> _SignalField[P] | TraceSignal[P]:
        if instance is None:
            return self
        signal: TraceSignal[P] = instance.signals[self._name]
        return signal

    def __set__(self, instance: TraceConfig, value: object) -> None:
        raise AttributeError(f"{self._name} cannot be replaced; append to it")


class TraceConfig:
    """What is to be called when something happens to the requests of a session.

    Each signal is a list of coroutine functions, called with the session, the context and the parameters of the event.
    With a session they are frozen.

    Args:
        trace_config_ctx_factory: makes the context of each request; called with `trace_request_ctx`, what was given to
            the request.
    """

    on_request_start = _SignalField[TraceRequestStartParams]()
    on_request_chunk_sent = _SignalField[TraceRequestChunkSentParams]()
    on_response_chunk_received = _SignalField[TraceResponseChunkReceivedParams]()
    on_request_end = _SignalField[TraceRequestEndParams]()
    on_request_exception = _SignalField[TraceRequestExceptionParams]()
    on_request_redirect = _SignalField[TraceRequestRedirectParams]()
    on_request_headers_sent = _SignalField[TraceRequestHeadersSentParams]()
    on_connection_queued_start = _SignalField[TraceConnectionQueuedStartParams]()
    on_connection_queued_end = _SignalField[TraceConnectionQueuedEndParams]()
    on_connection_create_start = _SignalField[TraceConnectionCreateStartParams]()
    on_connection_create_end = _SignalField[TraceConnectionCreateEndParams]()
    on_connection_reuseconn = _SignalField[TraceConnectionReuseconnParams]()
    on_dns_resolvehost_start = _SignalField[TraceDnsResolveHostStartParams]()
    on_dns_resolvehost_end = _SignalField[TraceDnsResolveHostEndParams]()
    on_dns_cache_hit = _SignalField[TraceDnsCacheHitParams]()
    on_dns_cache_miss = _SignalField[TraceDnsCacheMissParams]()

    def __init__(self, trace_config_ctx_factory: Callable[..., Any] = SimpleNamespace) -> None:
        self._factory = trace_config_ctx_factory
        self.signals: dict[str, TraceSignal[Any]] = {
            name: TraceSignal()
            for name, value in vars(TraceConfig).items()
            if isinstance(value, _SignalField)
        }

    def trace_config_ctx(self, trace_request_ctx: Any = None) -> Any:
        """Make the context of a request."""
        return self._factory(trace_request_ctx=trace_request_ctx)

    def freeze(self) -> None:
        """Let nothing more be appended."""
        for signal in self.signals.values():
            signal.freeze()


class Trace:
    """One configuration with the context of one request; a `ConnectionTrace`.

    Args:
        session: the session.
        config: the configuration.
        context: the context.
    """

    __slots__ = ("_config", "_context", "_session")

    def __init__(self, session: Any, config: TraceConfig, context: Any) -> None:
        self._session = session
        self._config = config
        self._context = context

    async def request_start(self, method: str, url: URL, headers: Mapping[str, str]) -> None:
        """A request begins."""
        await self._send(self._config.on_request_start, TraceRequestStartParams(method, url, headers))

    async def request_chunk_sent(self, method: str, url: URL, chunk: bytes) -> None:
        """A piece of its body is sent."""
        await self._send(self._config.on_request_chunk_sent, TraceRequestChunkSentParams(method, url, chunk))

    async def response_chunk_received(self, method: str, url: URL, chunk: bytes) -> None:
        """The body of its response is read."""
        params = TraceResponseChunkReceivedParams(method, url, chunk)
        await self._send(self._config.on_response_chunk_received, params)

    async def request_end(self, method: str, url: URL, headers: Mapping[str, str], response: Any) -> None:
        """The response is there."""
        await self._send(self._config.on_request_end, TraceRequestEndParams(method, url, headers, response))

    async def request_exception(
        self, method: str, url: URL, headers: Mapping[str, str], exception: BaseException
    ) -> None:
        """The request has failed."""
        params = TraceRequestExceptionParams(method, url, headers, exception)
        await self._send(self._config.on_request_exception, params)

    async def request_redirect(
        self, method: str, url: URL, headers: Mapping[str, str], response: Any
    ) -> None:
        """The response redirects."""
        params = TraceRequestRedirectParams(method, url, headers, response)
        await self._send(self._config.on_request_redirect, params)

    async def request_headers_sent(self, method: str, url: URL, headers: Mapping[str, str]) -> None:
        """The head of the request is sent."""
        params = TraceRequestHeadersSentParams(method, url, headers)
        await self._send(self._config.on_request_headers_sent, params)

    async def connection_queued_start(self) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_connection_queued_start, TraceConnectionQueuedStartParams())

    async def connection_queued_end(self) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_connection_queued_end, TraceConnectionQueuedEndParams())

    async def connection_create_start(self) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_connection_create_start, TraceConnectionCreateStartParams())

    async def connection_create_end(self) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_connection_create_end, TraceConnectionCreateEndParams())

    async def connection_reuseconn(self) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_connection_reuseconn, TraceConnectionReuseconnParams())

    async def dns_resolvehost_start(self, host: str) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_dns_resolvehost_start, TraceDnsResolveHostStartParams(host))

    async def dns_resolvehost_end(self, host: str) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_dns_resolvehost_end, TraceDnsResolveHostEndParams(host))

    async def dns_cache_hit(self, host: str) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_dns_cache_hit, TraceDnsCacheHitParams(host))

    async def dns_cache_miss(self, host: str) -> None:
        """See `ConnectionTrace`."""
        await self._send(self._config.on_dns_cache_miss, TraceDnsCacheMissParams(host))

    async def _send(self, signal: TraceSignal[P], params: P) -> None:
        if signal:
            await signal.send(self._session, self._context, params)

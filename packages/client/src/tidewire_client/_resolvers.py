"""From the name of a host to its addresses."""

from __future__ import annotations

import abc
import asyncio
import importlib
import socket
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar, Final, TypedDict

__all__ = [
    "AbstractResolver",
    "AsyncResolver",
    "DefaultResolver",
    "NullResolver",
    "ResolveResult",
    "ThreadedResolver",
]

# Look-ups that wait for a name server at the same time. The threads are the resolver's own: in the event loop's pool
# a slow name would hold up files, and files the names.
_THREADS: Final = 8
_LOCALHOST: Final = "localhost"
_NUMERIC: Final = socket.AI_NUMERICHOST | socket.AI_NUMERICSERV


class ResolveResult(TypedDict):
    """One address of a host.

    Attributes:
        hostname: the name that was resolved.
        host: the address as text; that of an IPv6 link with its zone, as in `fe80::1%2`.
        port: the port.
        family: `socket.AF_INET` or `socket.AF_INET6`.
        proto: the protocol's number, as `socket.socket()` takes it.
        flags: those of `socket.getaddrinfo()` with which `host` can be read.
    """

    hostname: str
    host: str
    port: int
    family: int
    proto: int
    flags: int


class AbstractResolver(abc.ABC):
    """What resolves names; a connector takes one as its `resolver`."""

    @abc.abstractmethod
    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the addresses of a host, the best first.

        Args:
            host: its name.
            port: the port, which is part of the results.
            family: the addresses' family; `socket.AF_UNSPEC` for every one.

        Raises:
            OSError: there are none, or they cannot be told now.
        """

    @abc.abstractmethod
    async def close(self) -> None:
        """Release what the resolver holds."""


def _warn_of_loop(loop: object) -> None:
    if loop is not None:
        warnings.warn("the loop argument is ignored", DeprecationWarning, stacklevel=3)


class ThreadedResolver(AbstractResolver):
    """Asks the operating system, in threads of its own.

    Args:
        loop: ignored; deprecated.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        _warn_of_loop(loop)
        self._threads: ThreadPoolExecutor | None = None

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `AbstractResolver`."""
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, "tidewire-resolver")
        return await asyncio.get_running_loop().run_in_executor(self._threads, look_up, host, port, family)

    async def close(self) -> None:
        """See `AbstractResolver`; look-ups that nobody waits for go on in their threads."""
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)


def look_up(host: str, port: int, family: int) -> list[ResolveResult]:
    """Ask the operating system for addresses; this blocks."""
    flags = socket.AI_ADDRCONFIG
    asked = _without_root(host)
    try:
        found = socket.getaddrinfo(asked, port, family=family, type=socket.SOCK_STREAM, flags=flags)
    except socket.gaierror:
        # AI_ADDRCONFIG leaves out what only the loopback interface has an address for.
        if asked.lower() != _LOCALHOST:
            raise
        found = socket.getaddrinfo(asked, port, family=family, type=socket.SOCK_STREAM)
    results: list[ResolveResult] = []
    addresses: list[tuple[int, Any, int, Any, tuple[Any, ...]]] = list(found)
    for its_family, _, proto, _, address in addresses:
        if its_family == socket.AF_INET6:
            if len(address) < 4:
                continue  # a system without IPv6 gives its addresses as bytes
            text = f"{address[0]}%{address[3]}" if address[3] else str(address[0])
        elif its_family == socket.AF_INET:
            text = str(address[0])
        else:
            continue
        results.append(_result(host, text, port, its_family, proto))
    return results


def _without_root(host: str) -> str:
    """Return "localhost" without the dot of the root, with which files of hosts do not know it (RFC 6761, section 6.3).

    Other names keep theirs: it says that they are not to be looked for in the domains of the system.
    """
    return host[:-1] if host.lower() == f"{_LOCALHOST}." else host


def _result(hostname: str, host: str, port: int, family: int, proto: int) -> ResolveResult:
    return ResolveResult(
        hostname=hostname, host=host, port=port, family=family, proto=proto, flags=int(_NUMERIC)
    )


def literal(host: str, port: int) -> ResolveResult | None:
    """Return the address that a host is, or None where it is a name.

    Args:
        host: an address as it stands in a URL, without brackets, or a name.
        port: the port.
    """
    if ":" in host:
        try:
            socket.inet_pton(socket.AF_INET6, host.partition("%")[0])
        except OSError:
            return None
        return _result(host, host, port, socket.AF_INET6, socket.IPPROTO_TCP)
    if not host[-1:].isdecimal():
        return None
    try:
        socket.inet_pton(socket.AF_INET, host)
    except (OSError, UnicodeError):
        return None
    return _result(host, host, port, socket.AF_INET, socket.IPPROTO_TCP)


class AsyncResolver(AbstractResolver):
    """Asks the name servers itself, with aiodns; it knows nothing of what else the operating system would ask.

    Args:
        loop: ignored; deprecated.
        args: for `aiodns.DNSResolver`; without any, the resolvers of one event loop share one.
        kwargs: likewise.

    Raises:
        RuntimeError: aiodns is not installed, or too old.
    """

    _shared: ClassVar[weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, tuple[Any, set[int]]]] = (
        weakref.WeakKeyDictionary()
    )

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None, *args: Any, **kwargs: Any) -> None:
        _warn_of_loop(loop)
        aiodns = _aiodns()
        if aiodns is None:
            raise RuntimeError("AsyncResolver needs aiodns 3.3 or newer: pip install aiodns")
        self._error: type[Exception] = aiodns.error.DNSError
        self._users: set[int] | None = None
        if args or kwargs:
            self._resolver = aiodns.DNSResolver(*args, **kwargs)
            return
        running = asyncio.get_running_loop()
        shared = self._shared.get(running)
        if shared is None:
            shared = self._shared[running] = (aiodns.DNSResolver(loop=running), set())
        self._resolver, self._users = shared
        self._users.add(id(self))

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `AbstractResolver`."""
        if self._resolver is None:
            raise OSError(None, "the resolver is closed")
        try:
            answer = await self._resolver.getaddrinfo(
                _without_root(host),
                port=port,
                type=socket.SOCK_STREAM,
                family=family,
                flags=socket.AI_ADDRCONFIG,
            )
        except self._error as error:
            number, text = (*error.args, None, None)[:2]
            raise OSError(number, text or "DNS lookup failed") from error
        results: list[ResolveResult] = []
        for node in answer.nodes:
            address = node.addr
            text = address[0].decode("ascii") if isinstance(address[0], bytes) else str(address[0])
            if node.family == socket.AF_INET6 and len(address) > 3 and address[3]:
                text = f"{text}%{address[3]}"
            results.append(_result(host, text, port, node.family, 0))
        if not results:
            raise OSError(None, "DNS lookup failed")
        return results

    async def close(self) -> None:
        """See `AbstractResolver`; a shared one is closed with its last user."""
        resolver, self._resolver = self._resolver, None
        if resolver is None:
            return
        if self._users is not None:
            self._users.discard(id(self))
            if self._users:
                return
            self._shared.pop(asyncio.get_running_loop(), None)
        resolver.cancel()
        if hasattr(resolver, "close"):
            await resolver.close()


def _aiodns() -> Any:
    """Return aiodns, or None where it is absent or cannot ask for both families at once."""
    try:
        aiodns: Any = importlib.import_module("aiodns")
    except ImportError:
        return None
    return aiodns if hasattr(aiodns.DNSResolver, "getaddrinfo") else None


class NullResolver(AbstractResolver):
    """Knows no name: only addresses can be connected to, as where every request goes through a proxy."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """See `AbstractResolver`."""
        raise OSError(socket.EAI_NONAME, "names are not resolved here")

    async def close(self) -> None:
        """See `AbstractResolver`."""


DefaultResolver: type[AsyncResolver | ThreadedResolver] = (
    ThreadedResolver if _aiodns() is None else AsyncResolver
)
"""What a connector uses where it is given no resolver."""

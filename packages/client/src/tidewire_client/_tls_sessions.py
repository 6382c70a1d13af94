"""What is remembered of handshakes, so that the next one with the same server is shorter (RFC 8446, section 2.2).

asyncio has no parameter for a session. It has the context make the object that does the handshake; so where there is a
session to resume, it is given a context of this module, which passes on what the real one makes with the session.
"""

from __future__ import annotations

import ssl
import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Hashable
from typing import Any, Final, Self

__all__: list[str] = []

# Before these versions of Python, each look at a session leaks 6 KiB (python/cpython#116810).
LEAKS: Final = sys.version_info < (3, 12, 8) or (3, 13) <= sys.version_info < (3, 13, 1)

_SERVERS: Final = 100
# Sessions of one server that wait to be resumed; each can be resumed once, so several requests at a time take several.
_TICKETS: Final = 8
# Seconds after which a certificate is looked at again: resumed sessions go on with what was found then.
_TRUSTED: Final = 3600.0


class _Resuming(ssl.SSLContext):
    """Makes what another context makes, with a session that waits to be resumed.

    There is one for each server, as to whom a handshake goes is nothing that a context is told. They cost a tenth of a
    millisecond, so there is none before the second handshake.

    Attributes:
        waiting: sessions for the handshakes that are beginning.
    """

    def __new__(cls, context: ssl.SSLContext) -> Self:
        return super().__new__(cls, ssl.PROTOCOL_TLS_CLIENT)

    def __init__(self, context: ssl.SSLContext) -> None:
        self._context = context
        self.waiting: deque[ssl.SSLSession] = deque()

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        if self.waiting:
            session = self.waiting.popleft()
        return self._context.wrap_bio(incoming, outgoing, server_side, server_hostname, session)


class Handshake:
    """A block in which there is a handshake; gives the context for it.

    Args:
        context: the context.
        session: what is to be resumed by it, if anything.
    """

    __slots__ = ("_context", "_session")

    def __init__(self, context: ssl.SSLContext, session: ssl.SSLSession | None = None) -> None:
        self._context = context
        self._session = session

    def __enter__(self) -> ssl.SSLContext:
        if isinstance(self._context, _Resuming) and self._session is not None:
            self._context.waiting.append(self._session)
        return self._context

    def __exit__(self, *exc: object) -> None:
        session = self._session
        if isinstance(self._context, _Resuming) and session is not None and session in self._context.waiting:
            self._context.waiting.remove(session)  # it did not come to a handshake


class _Server:
    """What is known of one server."""

    __slots__ = ("resuming", "seen", "sources", "tickets", "verified")

    def __init__(self, verified: float) -> None:
        self.verified = verified
        self.resuming: _Resuming | None = None
        self.sources: deque[ssl.SSLObject] = deque(maxlen=_TICKETS)
        self.tickets: deque[tuple[ssl.SSLSession, bool]] = deque(maxlen=_TICKETS)
        self.seen: deque[bytes] = deque(maxlen=2 * _TICKETS)

    def gather(self) -> None:
        """Take the sessions of connections where they have come by now, which they do behind the handshake."""
        for source in list(self.sources):
            session = source.session
            once = source.version() == "TLSv1.3"
            if session is None or not session.id or (once and not session.has_ticket):
                continue
            if session.id in self.seen:
                if not once:
                    self.sources.remove(source)
                continue  # it is what this connection has resumed; its own has not come
            self.sources.remove(source)
            if not once:
                self.tickets.clear()
            self.seen.append(session.id)
            self.tickets.append((session, once))

    def take(self) -> ssl.SSLSession | None:
        """Return a session to resume; of TLS 1.3 each only once, so that nobody on the way recognises it."""
        if not self.tickets:
            return None
        session, once = self.tickets[-1]
        if once:
            self.tickets.pop()
        return session


class TLSSessions:
    """Sessions with servers, as many as are worth it.

    Only contexts of `ssl.SSLContext` itself take part, as others may verify a certificate in ways of their own, and of
    these the ones without `ssl.OP_NO_TICKET`.

    Args:
        clock: seconds that never go back.

    Attributes:
        leaks: whether memory that sessions take is lost, so that none are wanted.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.leaks = LEAKS
        self._servers: OrderedDict[Hashable, _Server] = OrderedDict()

    def __len__(self) -> int:
        return len(self._servers)

    def handshake(self, key: Hashable, context: ssl.SSLContext) -> Handshake:
        """Return the block for a handshake, which resumes a session if there is one.

        Args:
            key: all that the identity of the server depends on, the way of verification included.
            context: the context for it.
        """
        server = self._servers.get(key)
        if server is None:
            return Handshake(context)
        if self._clock() - server.verified > _TRUSTED:
            del self._servers[key]
            return Handshake(context)
        server.gather()
        session = server.take()
        if session is None:
            return Handshake(context)
        if server.resuming is None:
            server.resuming = _Resuming(context)
        return Handshake(server.resuming, session)

    def remember(self, key: Hashable, context: ssl.SSLContext, made: ssl.SSLObject | None) -> None:
        """Take note of a connection whose handshake is over and whose certificate was found good.

        Args:
            key: as for `handshake()`.
            context: likewise.
            made: the object that has done the handshake.
        """
        if self.leaks or made is None or not _takes_part(context):
            return
        server = self._servers.get(key)
        if server is None:
            server = self._servers[key] = _Server(self._clock())
            if len(self._servers) > _SERVERS:
                self._servers.popitem(last=False)
        else:
            self._servers.move_to_end(key)
            server.gather()
            if not made.session_reused:
                server.verified = self._clock()
        server.sources.append(made)

    def settle(self, key: Hashable, made: Any) -> None:
        """Take what there is of a connection that is gone, and let go of the rest of it."""
        server = self._servers.get(key)
        if server is not None and made in server.sources:
            server.gather()
            if made in server.sources:
                server.sources.remove(made)

    def forget(self, key: Hashable) -> None:
        """Take no session of a server any more, as one has failed."""
        self._servers.pop(key, None)


def _takes_part(context: ssl.SSLContext) -> bool:
    return type(context) is ssl.SSLContext and not context.options & ssl.OP_NO_TICKET

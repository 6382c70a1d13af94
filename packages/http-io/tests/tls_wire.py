"""A server whose connections begin with PROXY headers, then TLS, and its clients: by sockets that the test looks into."""

from __future__ import annotations

import array
import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any, cast

import pytest
from wire import Wire

from tidewire_http_io import ServerExchange
from tidewire_testing import assert_no_leaks


def tells(exchange: ServerExchange) -> None:
    """Answer with what is known of the connection."""
    names = ("peername", "sockname", "proxied_tls")
    told = [str(exchange.info(name)) for name in names]
    told.append("TLS" if exchange.info("ssl_object") else "plain")
    exchange.respond(200, None, [], "|".join(told).encode())


class Peer:
    """The client's end of a connection, with TLS by the standard library, and the test between the two.

    Args:
        ours: the client's socket.
        theirs: the server's, by another descriptor.
        context: the client's.
    """

    def __init__(self, ours: socket.socket, theirs: socket.socket, context: ssl.SSLContext) -> None:
        self.ours = ours
        self._theirs = theirs
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname="localhost")
        self.loop = asyncio.get_running_loop()

    def hello(self) -> bytes:
        """The first flight."""
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.do_handshake()
        return self._outgoing.read()

    async def send(self, pieces: Iterable[bytes]) -> None:
        """Send pieces; the server has taken each of them before the next one goes."""
        for piece in pieces:
            await self.loop.sock_sendall(self.ours, piece)
            while waiting(self._theirs):  # noqa: ASYNC110 - nobody tells
                await asyncio.sleep(0)

    async def shake_hands(self) -> bytes:
        """Go on with the handshake; returns the last flight, which is not sent."""
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                await self.send([self._outgoing.read()] if self._outgoing.pending else [])
                data = await self.loop.sock_recv(self.ours, 65536)
                assert data
                self._incoming.write(data)
            else:
                return self._outgoing.read()

    def seal(self, data: bytes) -> bytes:
        """The bytes that are sent for some inside of TLS."""
        self.tls.write(data)
        return self._outgoing.read()

    def farewell(self) -> bytes:
        """The bytes that say inside of TLS that no more comes."""
        with pytest.raises(ssl.SSLWantReadError):
            self.tls.unwrap()
        return self._outgoing.read()

    async def answer(self) -> str:
        """The body of an answer, after which the server closes, and then the client."""
        received = b""
        while True:
            try:
                data = self.tls.read(65536)
            except ssl.SSLWantReadError:
                data = await self.loop.sock_recv(self.ours, 65536)
                assert data, received
                self._incoming.write(data)
            else:
                if not data:
                    break
                received += data
        self.leave()
        (answer,) = Wire.answers(received, eof=True)
        assert answer.status == 200
        return answer.body.decode()

    async def ask(self, pieces: Iterable[bytes]) -> str:
        """Send the first bytes, with the first flight among them, then do the rest."""
        await self.send(pieces)
        await self.send([await self.shake_hands(), self.seal(Wire.get("/", "Connection: close"))])
        return await self.answer()

    async def end(self) -> bytes:
        """What comes until the server closes, as it is on the wire; a reset is an end too."""
        self._theirs.close()
        received = b""
        try:
            while data := await self.loop.sock_recv(self.ours, 65536):
                received += data
        except ConnectionError:
            pass
        return received

    def leave(self) -> None:
        """Close the client's end."""
        self.ours.close()
        self._theirs.close()


def waiting(sock: socket.socket) -> int:
    """How many bytes a socket has received that nobody has read."""
    import fcntl  # here, as Windows has none
    import termios

    number = array.array("i", [0])
    fcntl.ioctl(sock.fileno(), termios.FIONREAD, number)
    return number[0]


class Secured(Wire):
    """A server whose connections begin with PROXY headers, then TLS; by sockets, with a clock that the test moves."""

    def __init__(self, server: ssl.SSLContext, **options: Any) -> None:
        timeouts = {name: options.pop(name, None) for name in ("handshake_timeout", "shutdown_timeout")}
        super().__init__(**{"proxied": lambda address: True, "head_timeout": 10, **options})
        self.service = tells
        self.factory = self.acceptor.in_front_of_tls(server, **timeouts)
        self.peers: list[Peer] = []

    async def peer(self, context: ssl.SSLContext, family: int = socket.AF_UNIX) -> Peer:
        """Make a connection."""
        if family == socket.AF_UNIX:
            ours, theirs = socket.socketpair()
        else:
            with socket.create_server(("127.0.0.1", 0)) as listening:
                ours = socket.create_connection(listening.getsockname())
                theirs = listening.accept()[0]
        ours.setblocking(False)
        peer = Peer(ours, theirs.dup(), context)
        self.peers.append(peer)
        await self.loop.connect_accepted_socket(cast(Any, self.factory), theirs)
        return peer

    async def gone(self) -> None:
        """Wait until there is no connection."""
        while self.acceptor.connections:  # noqa: ASYNC110
            await asyncio.sleep(0)

    async def come(self, kind: type) -> None:
        """Wait until the only connection is of some kind."""
        while [type(each) for each in self.acceptor.connections] != [kind]:  # noqa: ASYNC110
            await asyncio.sleep(0)


@asynccontextmanager
async def secured(server: ssl.SSLContext, **options: Any) -> AsyncIterator[Secured]:
    """A server, of which no connection is left in the end."""
    wire = Secured(server, **options)
    try:
        yield wire
        await wire.gone()
    finally:
        wire.acceptor.abort()
        for peer in wire.peers:
            peer.leave()
    assert wire.clock.pending == 0
    wire.close()


@asynccontextmanager
async def nothing_left() -> AsyncIterator[None]:
    """No task and no descriptor is left behind."""
    # With its first stream uvloop opens a descriptor that it keeps.
    first, other = socket.socketpair()
    reader, writer = await asyncio.open_unix_connection(sock=first)
    other.close()
    await reader.read()
    writer.close()
    await writer.wait_closed()
    async with assert_no_leaks():
        yield

"""A SOCKS proxy on the loopback interface, as honest as it is told to be."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
from types import TracebackType
from typing import Self

from yarl import URL


class SocksProxy:
    """Connects to where it is asked to, at the loopback interface, whatever the host.

    Args:
        user: user and password that it wants; None for none.
        script: what it says in place of that, one piece for each time that it is spoken to; then it closes.
        refuse: the replies that it gives to its first connections.

    Attributes:
        asked: the hosts that it was asked to connect to.
        said: what it was sent, where it has a script.
    """

    def __init__(
        self,
        *,
        user: tuple[bytes, bytes] | None = None,
        script: list[bytes] | None = None,
        refuse: list[int] | None = None,
    ) -> None:
        self._user = user
        self._script = script
        self._refuse = refuse or []
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []
        self.said: list[bytes] = []

    def url(self, scheme: str = "socks5") -> URL:
        """Where it listens."""
        assert self._server is not None
        return URL.build(scheme=scheme, host="127.0.0.1", port=self._server.sockets[0].getsockname()[1])

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._server is not None
        for _ in range(5):  # until those are let in who have connected
            await asyncio.sleep(0)
        self._server.close()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        for _ in range(3):  # until the transports that were aborted are gone
            await asyncio.sleep(0)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        try:
            if self._script is None:
                await self._serve(reader, writer)
            else:
                for piece in self._script:
                    self.said.append(await reader.read(1000))
                    writer.write(piece)
                    await writer.drain()
                writer.write_eof()
                await reader.read()
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has gone, or the test is over
        finally:
            self._tasks.discard(task)
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        version, count = await reader.readexactly(2)
        assert version == 5
        methods = await reader.readexactly(count)
        wanted = 0 if self._user is None else 2
        if wanted not in methods:
            writer.write(b"\x05\xff")
            return await self._end(reader)
        writer.write(bytes([5, wanted]))
        if self._user is not None:
            assert await reader.readexactly(1) == b"\x01"
            given = [await reader.readexactly((await reader.readexactly(1))[0]) for _ in range(2)]
            writer.write(b"\x01\x00" if tuple(given) == self._user else b"\x01\x01")
            if tuple(given) != self._user:
                return await self._end(reader)
        host, port = await self._request(reader)
        self.asked.append(host)
        if self._refuse:
            writer.write(bytes([5, self._refuse.pop(0), 0, 1]) + bytes(6))
            return await self._end(reader)
        there, back = await asyncio.open_connection("127.0.0.1", port)
        # The address that it connects from is a name here, so that every type of them has its test.
        writer.write(b"\x05\x00\x00\x03\x05proxy\x00\x01")
        tasks = [asyncio.ensure_future(_copy(reader, back)), asyncio.ensure_future(_copy(there, writer))]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            back.transport.abort()  # before anything is awaited, where another cancellation may come
            for each in tasks:
                each.cancel()
            await asyncio.wait(tasks)

    async def _request(self, reader: asyncio.StreamReader) -> tuple[str, int]:
        version, command, _, kind = await reader.readexactly(4)
        assert (version, command) == (5, 1)
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            host = str(ipaddress.ip_address(await reader.readexactly(4 if kind == 1 else 16)))
        return host, int.from_bytes(await reader.readexactly(2), "big")

    async def _end(self, reader: asyncio.StreamReader) -> None:
        await reader.read()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()

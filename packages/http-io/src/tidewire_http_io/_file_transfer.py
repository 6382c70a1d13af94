"""Files that go from the system's cache to the socket, without passing through this process (sendfile)."""

from __future__ import annotations

import asyncio
import os
from typing import Any, Final, Protocol

from tidewire_http_io._carrier import Carrier
from tidewire_http_io._exchange import ResetReason

__all__: list[str] = []

# What the system is asked to send at once: as much as it may have to read from a disk before the loop goes on.
_SLICE: Final = 262144
# Bytes after which others get their turn, though the socket would take more.
_FAIR_SHARE: Final = 1048576

_sendfile: Any = getattr(os, "sendfile", None)  # not on Windows


def can_transfer_files(carrier: Carrier) -> bool:
    """Whether files can go out of a connection this way: not through TLS, nor where there is no socket."""
    if _sendfile is None or carrier.lost or carrier.info("ssl_object", None) is not None:
        return False
    return _socket_of(carrier) >= 0


class FileSender(Protocol):
    """The exchange whose body the file is."""

    @property
    def file_sent(self) -> Any:
        """Takes note of a number of bytes."""

    @property
    def reset(self) -> Any:
        """Ends the exchange, for a reason."""


class FileTransfer:
    """A part of a file on its way out.

    The system call is used past the transport, which holds nothing meanwhile and goes on reading. asyncio's
    `loop.sendfile()` is not what does it: it stops reading, so that nobody gets to know that the peer has gone, tells
    of no progress, leaves the socket registered when the transport is aborted, and is not there on uvloop.

    Args:
        sender: the exchange.
        carrier: its connection; nothing else is written to it until `run()` is through.
        file: the descriptor of the file.
        offset: where the part begins, in bytes.
        count: its length in bytes.
    """

    __slots__ = ("_broken", "_carrier", "_count", "_file", "_left", "_offset", "_sender", "_socket")

    def __init__(self, sender: FileSender, carrier: Carrier, file: int, offset: int, count: int) -> None:
        self._sender = sender
        self._carrier = carrier
        self._file = file
        self._offset = offset
        self._count = count
        self._left = count
        self._socket = -1
        self._broken = False  # whether the peer has gone, which the transport may not know yet

    async def run(self) -> int:
        """Send as far as it goes; returns how many bytes that was."""
        carrier = self._carrier
        carrier.flush()
        await self._empty_transport()
        if not carrier.lost:
            self._socket = _socket_of(carrier)
            if self._socket >= 0 and not self._step():
                await self._wait()
            if self._broken:
                carrier.take_last_words()
                self._sender.reset(ResetReason.CANCEL)
        return self._count - self._left

    def _step(self) -> bool:
        """Send what the socket takes now. Tells whether that was the last step."""
        share = _FAIR_SHARE
        while self._left and share > 0:
            try:
                sent = _sendfile(self._socket, self._file, self._offset, min(self._left, _SLICE))
            except (BlockingIOError, InterruptedError):
                return False
            except ConnectionError:
                self._broken = True
                return True
            except OSError:
                return True  # of this file the system cannot do so; reading it tells what is wrong, if anything is
            if not sent:
                return True  # the file has become shorter
            self._left -= sent
            self._sender.file_sent(sent)
            self._offset += sent
            share -= sent
        return not self._left

    async def _wait(self) -> None:
        """Go on whenever the socket takes more, until the last step or the end of the connection."""
        carrier = self._carrier
        loop = asyncio.get_running_loop()
        # The loop has the transport's own descriptor registered. It outlives the transport's, too: were that closed and
        # its number given to another connection, this file would go there.
        self._socket = os.dup(self._socket)
        carrier.file_unsent = self._left
        carrier.pause_writing()
        try:
            loop.add_writer(self._socket, self._go_on)
            while not carrier.is_writable and not carrier.lost:
                await carrier.writable()
        finally:
            loop.remove_writer(self._socket)
            os.close(self._socket)
            self._socket = -1
            carrier.file_unsent = 0
            if not carrier.is_writable and not carrier.lost:
                carrier.resume_writing()

    def _go_on(self) -> None:
        carrier = self._carrier
        if carrier.lost:
            # Its end is announced, and `_wait()` comes to see it; until then the socket would say again and again that
            # it takes more.
            asyncio.get_running_loop().remove_writer(self._socket)
        elif self._step():
            carrier.resume_writing()
        else:
            carrier.file_unsent = self._left

    async def _empty_transport(self) -> None:
        """Wait until everything is sent that was written before."""
        carrier = self._carrier
        if not carrier.unsent:
            return
        carrier.tell_when_empty(True)
        try:
            while carrier.unsent and not carrier.lost:
                if carrier.is_writable:
                    await asyncio.sleep(0)
                else:
                    await carrier.writable()
        finally:
            carrier.tell_when_empty(False)


def _socket_of(carrier: Carrier) -> int:
    """The descriptor of the socket; negative where there is none."""
    socket = carrier.info("socket", None)
    descriptor: int = -1 if socket is None else socket.fileno()
    return descriptor

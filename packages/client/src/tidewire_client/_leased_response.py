"""A response and its connection: who has it, and how it is given back."""

from __future__ import annotations

from collections.abc import Generator
from types import TracebackType
from typing import Final, Self

from tidewire_client._connection import Connection
from tidewire_client._connection_errors import ClientConnectionError
from tidewire_client._response_content import Discard
from tidewire_client._response_head import ResponseHeadView
from tidewire_client._upload import Upload
from tidewire_http_io import ByteChannel, ClientExchange, StreamReader

__all__: list[str] = []

# Bytes that are read of what nobody wants, to keep a connection.
_DISCARD_CAP: Final = 65536
# Seconds that a server has for each piece of what nobody reads.
_DISCARD_TIME: Final = 2.0


class _Nothing:
    """What can be awaited and takes no time."""

    __slots__ = ()

    def __await__(self) -> Generator[None, None, None]:
        return
        yield


_NOTHING: Final = _Nothing()


class LeasedResponse(ResponseHeadView):
    """A response that has a connection, until that is given back, closed, or left to another protocol.

    Of the body it knows only whether somebody has begun to read.
    """

    _exchange: ClientExchange | None
    _connection: Connection | None
    _content: StreamReader | None = None
    _upload: Upload | None = None
    _released = False
    _in_context = False

    @property
    def connection(self) -> Connection | None:
        """The connection; None where it is given back."""
        connection = self._connection
        return None if connection is None or self._released or connection.closed else connection

    @property
    def closed(self) -> bool:
        """Whether the connection is given back, or closed."""
        return self._released or self._connection is None or self._connection.closed

    def take_tunnel(self) -> tuple[ByteChannel, Connection]:
        """Leave HTTP, after 101 (Switching Protocols): what comes now belongs to another protocol.

        Returns:
            The channel, and the connection, which is to be kept as long as the channel is used.

        Raises:
            ClientConnectionError: the response is closed.
            tidewire_http_parser.LocalProtocolError: it switches nothing.
        """
        exchange = self._exchange
        connection = self._connection
        if exchange is None or connection is None or self._released:
            raise ClientConnectionError("Connection closed")
        channel = exchange.take_tunnel()
        self._released = True
        self._connection = None
        return channel, connection

    def release(self) -> _Nothing:
        """Give the connection back; where little is left of the body, that is read behind the scenes.

        Returns:
            Something that may be awaited, for the sake of those who do.
        """
        self.let_go()
        return _NOTHING

    def let_go(self) -> None:
        """Give the connection back; see `release()`."""
        if self._released:
            return
        self._released = True
        exchange = self._exchange
        connection = self._connection
        if exchange is None or connection is None:
            return
        if exchange.body_complete and exchange.finished and not self.head.offers_switch:
            return  # the lease is over
        if self._upload is not None:
            self._upload.cancel()
        length: int = self.head.body_length
        if (
            self._content is None
            and exchange.finished
            and not self.head.offers_switch
            and (0 <= length <= _DISCARD_CAP or self.head.chunked)
            and not connection.closed
        ):
            connection.set_timeouts(_DISCARD_TIME)
            exchange.receive(Discard(connection, exchange, _DISCARD_CAP))
        else:
            connection.release()

    def close(self) -> None:
        """Close the connection, unless the response was read to its end."""
        self._released = True
        if self._upload is not None:
            self._upload.cancel()
        if self._connection is not None:
            self._connection.close()

    async def wait_for_close(self) -> None:
        """Give the connection back, and wait until nothing of the request is sent any more."""
        self.let_go()
        if self._upload is not None:
            await self._upload.wait()

    def _end_unfinished(self, connection: Connection) -> None:
        if self._upload is not None and self._upload.task.done() and self._upload.error is not None:
            connection.close()

    async def __aenter__(self) -> Self:
        self._in_context = True
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._in_context = False
        await self.wait_for_close()

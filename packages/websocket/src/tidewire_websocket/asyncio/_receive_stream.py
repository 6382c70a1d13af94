"""A message that is read as it comes, whatever its size."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final, NoReturn

from tidewire_websocket._deflate import Inflater
from tidewire_websocket._errors import MessageTooBig, WebSocketError
from tidewire_websocket._message_parts import Utf8Decoder
from tidewire_websocket._message_types import WSMsgType

__all__ = ["ReceiveStream"]

# Bytes that are decompressed at once, so that few that came do not become very many at hand.
_STEP: Final = 65536


class ReceiveStream:
    """One message in pieces, as they come: `async for piece in stream`.

    Pieces are of any size and never empty; those of a text are `str`, unless the websocket does not decode texts. What is
    not read of a message is thrown away before the next one is received.

    Attributes:
        type: text or binary.
        ended: whether everything was read.
    """

    __slots__ = (
        "_compressed",
        "_decodes",
        "_inflater",
        "_last",
        "_next_part",
        "_pending",
        "_read",
        "_read_size",
        "_utf8",
        "_violated",
        "ended",
        "type",
    )

    def __init__(
        self,
        part: Any,
        next_part: Callable[[], Awaitable[Any]],
        violated: Callable[[WebSocketError], None],
        inflater: Inflater | None,
        decodes: bool,
    ) -> None:
        self.type = WSMsgType.TEXT if part.text else WSMsgType.BINARY
        self.ended = False
        self._next_part = next_part
        self._violated = violated
        self._inflater = inflater if part.compressed else None
        self._compressed = False  # whether there was anything to decompress
        self._decodes = decodes
        self._utf8 = Utf8Decoder() if part.text else None
        self._pending: bytes = part.data
        self._last: bool = part.last
        self._read: list[Any] = []  # what read() has collected
        self._read_size = 0

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        piece = await self.receive_some()
        if piece is None:
            raise StopAsyncIteration
        return piece

    async def receive_some(self) -> Any:
        """Return the next piece; None at the end.

        Raises:
            WebSocketClosed: the websocket was closed before the message was complete.
            WebSocketError: the peer has broken the protocol; the connection is failed.
        """
        return await self._next_piece() if not self._read else self._take_read()

    async def _next_piece(self) -> Any:
        while not self.ended:
            piece = await self._next_bytes()
            text = "" if self._utf8 is None else self._decode(self._utf8, piece)
            shown: str | bytes = text if self._utf8 is not None and self._decodes else piece
            if shown:
                return shown
        return None

    async def read(self, max_size: int = 0) -> Any:
        """Read what is left of the message. A read that is cancelled has read nothing.

        Args:
            max_size: bytes, or characters, that it may have; 0 for no limit.

        Raises:
            MessageTooBig: it has more; the connection is failed.
            WebSocketClosed, WebSocketError: as `receive_some()`.
        """
        while True:
            if max_size and self._read_size > max_size:
                self._read.clear()
                self._refuse(MessageTooBig(f"a message of more than {max_size} bytes"))
            piece = await self._next_piece()
            if piece is None:
                return self._take_read()
            self._read.append(piece)
            self._read_size += len(piece)

    def _take_read(self) -> Any:
        """Return what was collected."""
        pieces, self._read, self._read_size = self._read, [], 0
        empty: Any = "" if self.type is WSMsgType.TEXT and self._decodes else b""
        return empty.join(pieces)

    async def _next_bytes(self) -> bytes:
        """Return bytes, perhaps none; `ended` is set with the last of them."""
        inflater = self._inflater
        if inflater is None:
            piece, self._pending = self._pending, b""
            if piece or self._last:
                self.ended = self._last
                return piece
        elif self._pending or inflater.has_more:
            return self._inflate(inflater)
        elif self._last:
            return self._inflate_last(inflater)
        part = await self._next_part()
        self._pending, self._last = part.data, part.last
        return b""

    def _decode(self, utf8: Utf8Decoder, piece: bytes) -> str:
        try:
            text = utf8.decode(piece)
            if self.ended:
                utf8.finish()
        except WebSocketError as error:
            self._refuse(error)
        return text

    def _inflate(self, inflater: Inflater) -> bytes:
        """Take a step in what has come."""
        data: bytes | None = None
        if self._pending:
            data, self._pending = self._pending, b""
            self._compressed = True
        try:
            piece = inflater.step(data, _STEP)
        except WebSocketError as error:
            self._refuse(error)
        return piece

    def _inflate_last(self, inflater: Inflater) -> bytes:
        """Take the last step; what it makes is a few bytes at most."""
        piece = b""
        if self._compressed:
            try:
                piece = inflater.finish(_STEP)
            except WebSocketError as error:
                self._refuse(error)
        self.ended = True
        return piece

    def _refuse(self, error: WebSocketError) -> NoReturn:
        self.ended = True
        self._violated(error)
        raise error

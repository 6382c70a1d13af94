# Compiled by mypyc.
"""What both sides of an exchange have in common on an HTTP/1.1 connection: a body that comes and one that goes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Final

from tidewire_http_io._carrier import Carrier
from tidewire_http_io._exchange import Receiver, ResetReason, SendFile
from tidewire_http_io._file_transfer import FileTransfer, can_transfer_files
from tidewire_http_parser import (
    Fields,
    LocalProtocolError,
    chunk_size_line,
    last_chunk,
    serialise_chunk,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__: list[str] = []

# Pieces of a body that are kept, however small they are, before reading pauses. Each takes a hundred bytes or so.
_PIECES: Final = 4096
# Bytes of a chunk from which on its framing is written beside it, as copying costs more than another piece.
_LARGE: Final = 16384


class Http1Exchange:
    """One side of an exchange; see `ServerExchange` and `ClientExchange` for what users of it call.

    Args:
        carrier: the connection it is on.

    Attributes:
        bytes_sent: bytes of this side's message that were given to the connection, head and framing included.
        keep_alive: whether the connection may live on after the exchange.
        head_sent: whether the head of this side's message has gone out.
        finished: whether this side's message is complete.
        body_begun: whether anything of the body of the peer's message has come.
        body_complete: whether it is complete.
        inbound_ended: whether it is complete, or will not be completed.
        unconsumed: bytes of that body for which no credit was given back yet.
        unconsumed_pieces: pieces of it for which none was.
    """

    __slots__ = (
        "_body_length",
        "_carrier",
        "_chunked",
        "_gone",
        "_kept",
        "_kept_ends",
        "_kept_size",
        "_mute",
        "_receive_pieces",
        "_receiver",
        "_reset",
        "_reset_error",
        "_trailers",
        "body_begun",
        "body_complete",
        "bytes_sent",
        "finished",
        "head_sent",
        "inbound_ended",
        "keep_alive",
        "unconsumed",
        "unconsumed_pieces",
    )

    def __init__(self, carrier: Carrier, keep_alive: bool) -> None:
        self._carrier = carrier
        self.keep_alive = keep_alive
        self.head_sent = False
        self.finished = False
        self.bytes_sent: i64 = 0
        self._chunked = False  # whether this side's body goes out in chunks
        self._mute = False  # whether it has no body on the wire, as a response to HEAD
        self._body_length: i64 = -1  # bytes of a declared body that are still to be sent; -1: none declared
        self.inbound_ended = False
        self.body_complete = False
        self.body_begun = False
        self.unconsumed: i64 = 0
        self.unconsumed_pieces: i64 = 0
        self._kept: list[bytes] | None = None  # what came before there was a receiver
        self._kept_ends: list[int] | None = None  # where chunks end in it
        self._kept_size: i64 = 0
        self._receiver: Receiver | None = None
        self._receive_pieces: Callable[[list[bytes], list[int]], None] | None = (
            None  # its method, where it has it
        )
        self._trailers: Fields | None = None  # set once the body is complete
        self._gone = False  # whether nothing more can be sent either
        self._reset: ResetReason | None = None  # why the body will not be completed
        self._reset_error: Exception | None = None

    # What users of the exchange call.

    @property
    def is_writable(self) -> bool:
        """See `Outbound`."""
        return self._carrier.is_writable

    @property
    def disconnected(self) -> bool:
        """See `Outbound`."""
        return self._gone or self._carrier.peer_gone

    def writable(self) -> Any:
        """See `Outbound`."""
        return self._carrier.writable()

    def info(self, name: str, default: Any = None) -> Any:
        """See `ServerExchange`."""
        return self._carrier.info(name, default)

    def receive(self, receiver: Receiver) -> None:
        """See `ServerExchange`."""
        # Credit that is given back in the meantime may let more pieces come, which have to keep their order.
        receive_pieces: Callable[[list[bytes], list[int]], None] | None
        receive_pieces = getattr(receiver, "pieces_received", None)
        while True:
            pieces = self._kept
            chunk_ends = self._kept_ends
            if pieces is None or chunk_ends is None:
                break
            self._drop_kept()
            if receive_pieces is not None:
                receive_pieces(pieces, chunk_ends)
            else:
                self._hand_out(receiver, pieces, chunk_ends)
        if self._trailers is not None:
            receiver.end_received(self._trailers)
        elif self._reset is not None:
            receiver.reset_received(self._reset, self._reset_error)
        else:
            self._receiver = receiver
            self._receive_pieces = receive_pieces

    @property
    def trailers(self) -> Fields:
        """See `ServerExchange`."""
        return [] if self._trailers is None else self._trailers

    def take_body(self) -> bytes:
        """See `ServerExchange`."""
        pieces = self._kept
        if pieces is None:
            return b""
        self._drop_kept()
        body = pieces[0] if len(pieces) == 1 else b"".join(pieces)
        self.consumed(len(body), self.unconsumed_pieces)
        return body

    def consumed(self, size: int, pieces: int) -> None:
        """See `ServerExchange`."""
        self.unconsumed -= size
        self.unconsumed_pieces -= pieces
        self._carrier.credit_returned()

    def send_data(self, data: bytes, *, end: bool = False) -> None:
        """See `Outbound`."""
        if self._gone:
            self.finished = self.finished or end
            return
        if not self.head_sent or self.finished:
            raise LocalProtocolError("body data outside of a message")
        if data and not self._mute:
            if self._chunked:
                if len(data) >= _LARGE:
                    size_line = chunk_size_line(len(data))
                    self.bytes_sent += len(size_line) + len(data) + 2
                    self._carrier.write_pieces([size_line, data, b"\r\n"])
                else:
                    self.write(serialise_chunk(data))
            else:
                if self._body_length >= 0:
                    if len(data) > self._body_length:
                        raise LocalProtocolError("more body than Content-Length declares")
                    self._body_length -= len(data)
                self.write(data)
        if end:
            if self._chunked:
                self.write(last_chunk([]))
            self._end_outbound()

    @property
    def sendfile(self) -> SendFile | None:
        """See `ServerExchange`."""
        if self._body_length < 0 or self._gone or self.finished or not can_transfer_files(self._carrier):
            return None
        return self._send_file

    def send_trailers(self, fields: Fields) -> None:
        """See `Outbound`."""
        if self._gone:
            self.finished = True
            return
        if not self.head_sent or self.finished:
            raise LocalProtocolError("trailers outside of a message")
        if self._chunked:
            self.write(last_chunk(fields))
        self._end_outbound()

    def reset(self, reason: ResetReason) -> None:
        """See `Outbound`."""
        if not self._gone and not (self.finished and self.inbound_ended):
            try:
                self.lose(reason, None)
            finally:
                self._carrier.drop()  # also where a receiver fails

    # What the connection calls.

    def is_full(self, read_bufsize: i64) -> bool:
        """Whether so much of the body is kept that no more should come."""
        return self.unconsumed > read_bufsize or self.unconsumed_pieces > _PIECES

    def has_room(self, read_bufsize: i64) -> bool:
        """Whether so little of it is kept that more may come again."""
        return self.unconsumed * 2 <= read_bufsize and self.unconsumed_pieces * 2 <= _PIECES

    def feed(self, pieces: list[bytes], chunk_ends: list[int]) -> None:
        """Deliver or keep what has come of the body, as the parser's `read_body()` gives it."""
        self.body_begun = True
        size: i64 = 0
        for piece in pieces:
            size += len(piece)
        self.unconsumed += size
        # For each chunk's end one, and one for what comes behind the last of them.
        ends: i64 = len(chunk_ends)
        self.unconsumed_pieces += ends if ends > 0 and chunk_ends[ends - 1] == size else ends + 1
        receiver = self._receiver
        kept = self._kept
        kept_ends = self._kept_ends
        if self._receive_pieces is not None:
            self._receive_pieces(pieces, chunk_ends)
        elif receiver is not None:
            self._hand_out(receiver, pieces, chunk_ends)
        elif kept is None or kept_ends is None:
            self._kept = pieces
            self._kept_ends = chunk_ends
            self._kept_size = size
        else:
            kept.extend(pieces)
            for end in chunk_ends:
                kept_ends.append(self._kept_size + end)
            self._kept_size += size

    def end_inbound(self, trailers: Fields) -> None:
        """Take note that the body is complete."""
        self.inbound_ended = True
        if self._reset is not None:
            return
        self.body_complete = True
        self._trailers = trailers
        receiver = self._receiver
        if receiver is not None:
            # Receivers know their exchange: together they would be a circle.
            self._receiver = None
            self._receive_pieces = None
            receiver.end_received(trailers)

    def abandon_inbound(self) -> None:
        """Take note that the rest of the body is thrown away, since nobody wants it any more."""
        self._drop_kept()
        self.tell_reset(ResetReason.CANCEL, None)

    def break_inbound(self, reason: ResetReason, error: Exception | None) -> bool:
        """Take note that the body will not be completed; this side's message may still go out.

        Tells whether that is complete, which a receiver may have made it just now.
        """
        if not self.inbound_ended:
            self.inbound_ended = True
            self.keep_alive = False
            self.tell_reset(reason, error)
        return self.finished

    def lose(self, reason: ResetReason, error: Exception | None) -> None:
        """Take note that nothing more comes or goes."""
        self._gone = True
        try:
            self.break_inbound(reason, error)
        finally:
            # Writers go on, also where a receiver fails.
            self.keep_alive = False
            self._carrier.release_writers()

    # What subclasses call.

    def write(self, data: bytes) -> None:
        """Give bytes of this side's message to the connection."""
        self.bytes_sent += len(data)
        self._carrier.write(data)

    def tell_reset(self, reason: ResetReason, error: Exception | None) -> None:
        """Tell the receiver that the body will not be completed."""
        if self._reset is not None:
            return
        self._reset = reason
        self._reset_error = error
        receiver = self._receiver
        if receiver is not None:
            self._receiver = None
            self._receive_pieces = None
            receiver.reset_received(reason, error)

    def _drop_kept(self) -> None:
        """Forget what came before there was a receiver."""
        self._kept = None
        self._kept_ends = None
        self._kept_size = 0

    def _hand_out(self, receiver: Receiver, pieces: list[bytes], chunk_ends: list[int]) -> None:
        """Deliver pieces one by one, each with where chunks end in it."""
        begun = self._receiver is receiver
        count: i64 = len(chunk_ends)
        index: i64 = 0
        position: i64 = 0
        for piece in pieces:
            if begun and self._receiver is None:
                return  # it was told that there will be no more
            start = position
            position += len(piece)
            ends_chunk = False
            inner_ends: list[int] | None = None
            while index < count:
                end: i64 = chunk_ends[index]
                if end > position:
                    break
                index += 1
                if end == position:
                    ends_chunk = True
                elif inner_ends is None:
                    inner_ends = [end - start]
                else:
                    inner_ends.append(end - start)
            receiver.data_received(piece, ends_chunk, inner_ends)

    def _send_file(self, file: int, offset: int, count: int) -> Awaitable[int]:
        """What `sendfile` is."""
        if count > self._body_length:
            raise LocalProtocolError("more body than Content-Length declares")
        return FileTransfer(self, self._carrier, file, offset, count).run()

    def file_sent(self, size: i64) -> None:
        """Take note of so many bytes of body that a `FileTransfer` has sent."""
        self._body_length -= size
        self.bytes_sent += size

    def _end_outbound(self) -> None:
        if self._body_length > 0:
            self.keep_alive = False
            raise LocalProtocolError("less body than Content-Length declares")
        self.finished = True
        self._carrier.outbound_finished()

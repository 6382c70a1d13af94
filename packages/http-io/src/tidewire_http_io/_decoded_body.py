"""The content of a body that was encoded, decoded as it is read.

Nothing is decoded that nobody reads, and one step makes a bounded number of bytes, whatever a few can become (S12).
What waits is the encoded form, and credit for it is given back as it is decoded.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Final

from tidewire_http_io._body_buffer import BodyBuffer
from tidewire_http_io._stream_errors import frameless
from tidewire_http_parser import RemoteProtocolError
from tidewire_http_parser.codings import ContentDecoder

__all__: list[str] = []

# Decoded bytes, each with whether a chunk of the transfer ends with them, and what ended the step too early.
Made = tuple[list[tuple[bytes, bool]], Exception | None]

# A step on the event loop makes and takes so many bytes at most: 0.3 ms of text in gzip (CPython 3.13, 245 MB/s).
_OUTPUT_HERE: Final = 65536
_INPUT_HERE: Final = 16384
# The same where a thread does it. To get there and back costs 0.04 ms of processor time, a step there 1 ms.
_OUTPUT_ELSEWHERE: Final = 262144
_INPUT_ELSEWHERE: Final = 65536
# A thread does it where the loop would be kept for about 1 ms: where so many encoded bytes wait, or so many were made
# on the loop without a wait in between. Most bodies have fewer in all, and never leave the loop.
_HEAVY_INPUT: Final = 65536
_HEAVY_OUTPUT: Final = 262144
# Chunks of the transfer are decoded one by one, so that their ends are known. This is how many a step takes at most,
# and as how many bytes each counts.
_CHUNKS: Final = 256
_CHUNK_COST: Final = 1024


class DecodedBody:
    """Takes pieces as they are transferred, and makes those that are read.

    One step at a time is done: on the event loop by `decode()`, or in a thread, where `begin()` starts it and `end()`
    takes what it made. Meanwhile pieces may come; the decoder belongs to the thread.

    Args:
        content_encoding: the value of Content-Encoding.
        received: the encoded bytes.
        output: what takes the decoded bytes.

    Attributes:
        error: why the content cannot be decoded any further.
        finished: whether it was decoded to its end.
        received_end: whether all encoded bytes were received.
        working: whether a step is being done.

    Raises:
        tidewire_http_parser.InvalidContentCoding: too many codings.
        tidewire_http_parser.UnsupportedContentCoding: a coding that is unknown, or whose library is not installed.
    """

    __slots__ = (
        "_decoder",
        "_ends_chunk",
        "_made",
        "_output",
        "_segments",
        "error",
        "finished",
        "received",
        "received_end",
        "working",
    )

    def __init__(self, content_encoding: str, received: BodyBuffer, output: BodyBuffer) -> None:
        self._decoder = ContentDecoder(content_encoding)
        self._output = output
        self._segments: deque[tuple[bytes, bool]] = deque()  # what the next step decodes
        self._ends_chunk = False  # whether a chunk ends with what the decoder has
        self._made = 0  # bytes that were made since the last wait for more
        self.received = received
        self.received_end = False
        self.error: Exception | None = None
        self.finished = False
        self.working = False

    @property
    def can_go_on(self) -> bool:
        """Whether there is something to decode, or an end to be noted."""
        return not (self.working or self.finished or self.error is not None or self._all_decoded)

    @property
    def _all_decoded(self) -> bool:
        """Whether everything that was received was decoded, and read from the decoder."""
        return (
            self.error is None and self._decoder.needs_data and not self._segments and not self.received.size
        )

    @property
    def is_heavy(self) -> bool:
        """Whether the next step would keep the event loop from its other work for too long."""
        return self.received.size >= _HEAVY_INPUT or self._made >= _HEAVY_OUTPUT

    def end_received(self) -> None:
        """Take note that all encoded bytes were received."""
        self.received_end = True
        if not self.working and self._all_decoded:
            self._finish()

    def decode(self) -> None:
        """Do a step."""
        self.working = True
        try:
            self._fill(_INPUT_HERE)
            made = self._step(_OUTPUT_HERE)
        finally:
            self.working = False
        self._deliver(made)

    def begin(self, loop: asyncio.AbstractEventLoop) -> asyncio.Future[Made]:
        """Start a step in a thread; when the future is done, it is to be given to `end()`."""
        self.working = True
        try:
            self._fill(_INPUT_ELSEWHERE)
            return loop.run_in_executor(None, self._step, _OUTPUT_ELSEWHERE)
        except BaseException:
            self.working = False
            raise

    def end(self, future: asyncio.Future[Made]) -> None:
        """Take what the thread made."""
        self.working = False
        error = asyncio.CancelledError() if future.cancelled() else future.exception()
        if error is None:
            self._deliver(future.result())
        elif isinstance(error, Exception):
            self.error = error
        else:
            self.error = RuntimeError("decoding was broken off")
            self.error.__cause__ = error

    def _fill(self, n: int) -> None:
        """Have up to `n` encoded bytes for the next step.

        Credit for them is given back, and the end may come meanwhile.
        """
        segments = self._segments
        n -= sum(len(data) for data, _ends_chunk in segments)
        while n > 0 and len(segments) < _CHUNKS:
            segment = self.received.take_chunk(n)
            if segment is None:
                break
            segments.append(segment)
            n -= len(segment[0])

    def _step(self, room: int) -> Made:
        """Decode; it may run in a thread, and uses nothing that others use meanwhile."""
        decoder = self._decoder
        made: list[tuple[bytes, bool]] = []
        try:
            while room > 0:
                if decoder.needs_data:
                    if not self._segments:
                        break
                    data, self._ends_chunk = self._segments.popleft()
                    decoder.receive_data(data)
                output = decoder.read(room)
                room -= len(output)
                made.append((output, self._ends_chunk and decoder.needs_data))
        except RemoteProtocolError as error:
            return made, frameless(error)
        return made, None

    def _deliver(self, result: Made) -> None:
        """Pass on what a step made."""
        made, self.error = result
        size = 0
        for output, ends_chunk in made:
            self._output.append(output, False, None)
            if ends_chunk:
                self._output.end_chunk()
            size += len(output)
        if not self._all_decoded:
            self._made += size + len(made) * _CHUNK_COST
        else:
            self._made = 0
            if self.received_end:
                self._finish()

    def _finish(self) -> None:
        """See whether the content is complete."""
        try:
            self._decoder.receive_eof()
            self._decoder.read(1)
        except RemoteProtocolError as error:
            self.error = frameless(error)
        else:
            self.finished = True

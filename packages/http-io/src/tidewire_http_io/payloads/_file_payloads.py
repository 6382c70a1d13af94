"""Payloads of files."""

from __future__ import annotations

import codecs
import io
import os
from collections.abc import Callable
from typing import IO, Any, ClassVar, Final

from tidewire_http_io._exchange import SendFile
from tidewire_http_io.payloads._body_writers import BodyWriter, Collector
from tidewire_http_io.payloads._memory_payloads import encode_text, media_type_of, text_type
from tidewire_http_io.payloads._open_file import OpenFile, in_thread
from tidewire_http_io.payloads._payload import Headers, Payload
from tidewire_http_io.payloads._payload_errors import PayloadConsumed, PayloadReadError

__all__ = ["BufferedReaderPayload", "BytesIOPayload", "IOBasePayload", "TextIOPayload"]

# Bytes that are read at once: what a `BodySink` sends at once. Of 64 KiB the way to the thread and back would be more
# than half of the work.
_PIECE: Final = 262144
_CHARACTERS: Final = 65536


class IOBasePayload(Payload):
    """A binary file, from its position on; it is read in threads.

    Where the file can be positioned it can be written again, and always begins where it began. Who announced the
    `size` gets so many bytes: what is appended to the file later is left out, and a file that has become shorter is an
    error. `close()` closes the file, whether it was written or not.

    Args:
        value: the file; one that is open for reading.
        disposition: with a file name, the type of the Content-Disposition that it gets; None for having none.
        headers: as with `Payload`.
        content_type: as with `Payload`.
        filename: as with `Payload`; where None, the last part of the file's own name, if it has one.
        encoding: as with `Payload`.

    Raises:
        tidewire_http_parser.LocalProtocolError: a header field or a file name that may not go out.
        ValueError: the file is closed.
    """

    _in_memory: ClassVar[bool] = False

    def __init__(
        self,
        value: IO[Any],
        disposition: str | None = "attachment",
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        if filename is None:
            filename = _name_of(value)
        super().__init__(value, headers, content_type, filename, encoding)
        if filename and disposition is not None and "Content-Disposition" not in self.headers:
            self.set_content_disposition(disposition, filename=filename)
        self._file = OpenFile(value)
        self._begun = False
        self._writing = False
        self._kept: bytes | None = None

    @property
    def size(self) -> int | None:
        """See `Payload`; that of pipes, compressed files and objects of unknown classes is not known."""
        return self._file.size if self._kept is None else len(self._kept)

    @property
    def replayable(self) -> bool:
        """See `Payload`; true for files that can be positioned."""
        return self._kept is not None or (self._file.start is not None and not self._file.closed)

    @property
    def consumed(self) -> bool:
        """See `Payload`."""
        return self._kept is None and (self._file.closed or (self._begun and self._file.start is None))

    async def write(self, writer: BodyWriter) -> None:
        """See `Payload`."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: BodyWriter, content_length: int | None) -> None:
        """See `Payload`; no more is read than is needed.

        Raises:
            PayloadConsumed: it cannot be written again.
            PayloadReadError: reading failed, or the file has become shorter.
            RuntimeError: it is being written elsewhere.
        """
        if self._kept is not None:
            if content := self._kept[:content_length]:
                await writer.write(content)
            return
        self._begin()
        self._writing = True
        try:
            await self._write(writer, content_length)
        finally:
            self._writing = False

    async def send_by(self, sendfile: SendFile) -> int:
        """See `Payload`; it does so with files of the system.

        Raises:
            PayloadConsumed: it cannot be written again.
            RuntimeError: it is being written elsewhere.
        """
        size = self.size
        start = self._file.start
        if not size or start is None or self._kept is not None:
            return 0
        self._begin()
        descriptor = self._file.duplicate()
        if descriptor is None:
            return 0
        self._writing = True
        try:
            return await sendfile(descriptor, start, size)
        finally:
            self._writing = False
            os.close(descriptor)

    async def as_bytes(self) -> bytes:
        """See `Payload`; of a file that can be read only once the bytes are kept."""
        if self._kept is not None:
            return self._kept
        collector = Collector()
        await self.write(collector)
        body = collector.collected()
        if self._file.start is None:
            self._kept = body
        return body

    async def close(self) -> None:
        """See `Payload`; the file is closed even if this is cancelled."""
        await self._file.close()

    async def _write(self, writer: BodyWriter, limit: int | None) -> None:
        size = self._file.size
        left = size if limit is None else limit if size is None else min(limit, size)
        position = 0
        read = self._new_reader()
        while left is None or left > 0:
            wanted = _PIECE if left is None else min(_PIECE, left)
            piece = await self._read(read, wanted, position)
            if not piece:
                if left is not None and size is not None:
                    raise PayloadReadError(repr(self), "the file has become shorter", position)
                return
            position += len(piece)
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            await writer.write(piece)

    async def _read(self, read: Callable[[int], bytes], wanted: int, position: int) -> bytes:
        try:
            return read(wanted) if self._in_memory else await in_thread(lambda: read(wanted))
        except io.UnsupportedOperation as error:
            # What Python says is the name of the method. Asking `readable()` before would refuse files of classes that
            # do not define it.
            raise PayloadReadError(repr(self), "the file is not open for reading", position) from error
        except Exception as error:
            # Whatever it is: files of gzip and of other libraries have their own.
            raise PayloadReadError(repr(self), f"reading failed: {error}", position) from error

    def _new_reader(self) -> Callable[[int], bytes]:
        """Return what reads up to so many bytes in a thread, from the beginning and then on."""
        from_start = True
        reader = object()
        self._file.begin(reader)

        def read(wanted: int) -> bytes:
            nonlocal from_start
            data = self._file.read(wanted, from_start=from_start, reader=reader)
            from_start = False
            if not isinstance(data, (bytes, bytearray, memoryview)):
                problem = "has nothing now, as it does not block" if data is None else "is no binary file"
                raise TypeError(f"{self._value!r:.100} {problem}")
            return bytes(data)

        return read

    def _begin(self) -> None:
        if self._file.closed:
            raise PayloadConsumed(repr(self), "the file was closed")
        if self._writing:
            raise RuntimeError(f"{self!r} is being written elsewhere")
        if self._begun and self._file.start is None:
            raise PayloadConsumed(repr(self), "it was read, and cannot be positioned to be read again")
        self._begun = True


class BytesIOPayload(IOBasePayload):
    """The content of an `io.BytesIO`, from its position on; `close()` leaves that open."""

    _in_memory = True

    @property
    def autoclose(self) -> bool:
        """See `Payload`."""
        return True

    def whole(self) -> bytes | None:
        """See `Payload`."""
        if self.size is None or self.size > _PIECE or self._value.closed:
            return None
        return self._new_reader()(self.size)

    async def close(self) -> None:
        """See `Payload`; it holds nothing but memory, which may be wanted still."""


class BufferedReaderPayload(IOBasePayload):
    """A file as `open(name, "rb")` makes it."""


class TextIOPayload(IOBasePayload):
    """A text file, from its position on; its text goes out in an encoding of its own.

    Args:
        value: the file.
        encoding: the charset in which it goes out; where None, the one that the media type names, that of `headers`
            first, or UTF-8.
        content_type: the media type; where None, `text/plain` with the charset.
        disposition: as with `IOBasePayload`.
        headers: as with `Payload`.
        filename: as with `IOBasePayload`.

    Raises:
        tidewire_http_parser.LocalProtocolError: an encoding that nobody knows; others as with `IOBasePayload`.
        ValueError: the file is closed.
    """

    def __init__(
        self,
        value: IO[str],
        disposition: str | None = "attachment",
        headers: Headers | None = None,
        content_type: str | None = None,
        filename: str | None = None,
        encoding: str | None = None,
    ) -> None:
        headers, content_type = media_type_of(headers, content_type)
        encoding, content_type = text_type(encoding, content_type)
        encode_text("", encoding)
        self._codec = codecs.getincrementalencoder(encoding)
        super().__init__(value, disposition, headers, content_type, filename, encoding)

    @property
    def size(self) -> int | None:
        """See `Payload`; not known, as characters are no bytes."""
        return None if self._kept is None else len(self._kept)

    def _new_reader(self) -> Callable[[int], bytes]:
        encoder = self._codec()
        from_start = True
        reader = object()
        self._file.begin(reader)

        def read(wanted: int) -> bytes:
            nonlocal from_start
            while True:
                text = self._file.read(min(wanted, _CHARACTERS), from_start=from_start, reader=reader)
                from_start = False
                if not isinstance(text, str):
                    raise TypeError(f"{self._value!r:.100} is no text file")
                data = encoder.encode(text, final=not text)
                # Some encodings hold back what they have made; no bytes would mean the end.
                if data or not text:
                    return data

        return read


def _name_of(file: Any) -> str | None:
    """Return the last part of a file's name; None where it has none, as those made of a descriptor."""
    name = getattr(file, "name", None)
    if isinstance(name, bytes):
        name = os.fsdecode(name)
    if not isinstance(name, str) or not name or (name[0] == "<" and name[-1] == ">"):
        return None
    return os.path.basename(name) or None

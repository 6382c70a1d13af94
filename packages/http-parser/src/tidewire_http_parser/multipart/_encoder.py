"""Multipart content, from fields and data to bytes (RFC 2046, section 5.1)."""

from __future__ import annotations

from collections.abc import Iterable

from tidewire_http_parser._argument_types import require, require_fields
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._events import Fields
from tidewire_http_parser._field_lines import CODED, add_fields, encode
from tidewire_http_parser.multipart._boundaries import make_boundary
from tidewire_http_parser.multipart._delimiters import problem_of_boundary
from tidewire_http_parser.multipart._part_fields import problem_of_part

__all__ = ["MultipartEncoder"]

# States. Each names what was written last.
_NOTHING = 0
_PART = 1
_END = 2


class MultipartEncoder:
    r"""Writes one multipart content: for each part `begin_part()` and any number of `data()`, at last `end()`.

    Each returns the bytes that are to be sent next. A nested multipart is a part whose data is what another encoder
    returns.

    Args:
        boundary: the boundary; a random one where None. Whoever gives one answers for its not being in the data: what
            holds it all the same is refused.

    Raises:
        LocalProtocolError: the boundary is not 1 to 70 of the characters that boundaries may have, or ends in a space.
        TypeError: the boundary is no str.

    Attributes:
        boundary: the boundary.
    """

    __slots__ = ("__weakref__", "_boundary", "_delimiter", "_guarded", "_state", "_tail")

    def __init__(self, boundary: str | None = None) -> None:
        if boundary is not None:
            require((boundary, str))
            problem = problem_of_boundary(boundary)
            if problem:
                raise LocalProtocolError(f"{problem}: {boundary[:100]!r}")
        # A random one is in no data unless it was written there by someone who knows it.
        self._guarded = boundary is not None
        self._boundary = str(boundary) if boundary is not None else make_boundary()
        self._delimiter = b"\r\n--" + self._boundary.encode("ascii")
        self._state = _NOTHING
        self._tail = b""  # the last bytes of the part, which may be the beginning of a delimiter

    @property
    def boundary(self) -> str:
        """The boundary, for the parameter of that name in the Content-Type."""
        return self._boundary

    def begin_part(self, fields: Fields) -> bytes:
        """Begin a part, and end the one before it.

        Args:
            fields: names and values of the part's header fields; there may be none.

        Returns:
            The delimiter and the head.

        Raises:
            LocalProtocolError: after the end; or a field that may not go out: control bytes (S6), Transfer-Encoding,
                a second one of those that say what the part is.
            TypeError: the fields are of another type.
        """
        if self._state == _END:
            raise LocalProtocolError("begin_part() after the end")
        head = _head(fields)
        delimiter = self._delimiter if self._state == _PART else self._delimiter[2:]
        self._state = _PART
        self._tail = b"\r\n"
        return b"".join([delimiter, b"\r\n", head])

    def data(self, data: bytes) -> bytes:
        """Go on with a part.

        Args:
            data: bytes of its data.

        Returns:
            The same.

        Raises:
            LocalProtocolError: where no part was begun; or the data holds the boundary that was given.
            TypeError: the data is not of type bytes.
        """
        require((data, bytes))
        if self._state != _PART:
            raise LocalProtocolError("data() outside of a part")
        if self._guarded:
            keep = len(self._delimiter) - 1
            seam = self._tail + data[:keep]
            # What follows the boundary is not asked: readers may look at no more than this (RFC 2046, section 5.1.1).
            if self._delimiter in seam or self._delimiter in data:
                raise LocalProtocolError(f"data with the boundary {self._boundary!r} in it")
            self._tail = data[-keep:] if len(data) >= keep else seam[-keep:]
        return data

    def end(self) -> bytes:
        """End the last part and the whole.

        Returns:
            The closing delimiter.

        Raises:
            LocalProtocolError: after the end.
        """
        if self._state == _END:
            raise LocalProtocolError("end() after the end")
        delimiter = self._delimiter if self._state == _PART else self._delimiter[2:]
        self._state = _END
        return delimiter + b"--\r\n"

    def size(self, parts: Iterable[tuple[Fields, int]]) -> int:
        """Tell how long a content would be that has this boundary, for a Content-Length.

        Args:
            parts: of each part the fields, and the size of its data in bytes.

        Returns:
            The size in bytes, of all that this encoder returns if it is to write these parts.

        Raises:
            LocalProtocolError: a field that may not go out, or a size below 0.
            TypeError: fields of another type.
        """
        total = (
            len(self._delimiter) + len("--\r\n") - len("\r\n")
        )  # the first delimiter has no CRLF before it
        for fields, size in parts:
            require((size, int))
            if size < 0:
                raise LocalProtocolError(f"data does not have {size} bytes")
            total += len(self._delimiter) + len("\r\n") + len(_head(fields)) + size
        return total


def _head(fields: Fields) -> bytes:
    require_fields(fields)
    lines: list[str] = []
    seen, _ = add_fields(lines, fields)
    if seen & CODED:
        raise LocalProtocolError("no Transfer-Encoding in a part")
    problem = problem_of_part(fields)
    if problem:
        raise LocalProtocolError(problem)
    return encode(lines)

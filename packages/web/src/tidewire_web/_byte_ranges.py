"""Several ranges of a file in one answer: multipart/byteranges (RFC 9110, sections 14.6 and 15.3.7.2).

What it costs a server is bounded, whatever is asked for (RFC 9110, section 17.15):

- A Range of more than 16 ranges is ignored before it is read.
- Ranges that overlap, or follow each other without a gap, come as one part (`resolve_ranges()`), so that no byte of the
  file is sent twice, and a file that is asked for over and over is sent once.
- What would be as long as the file, with the heads of its parts, is not made: then the whole file is the answer. Many
  tiny parts of a small file are such a case.

A gap between two ranges is never filled, however small it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

from tidewire_http_parser.field_values import ContentRange, format_content_range
from tidewire_http_parser.multipart import MultipartEncoder

__all__: list[str] = []

# Software that asks for several ranges asks for a few: a player for both ends of a file, a reader for some pages.
_LIMIT: Final = 16


class BytePart(NamedTuple):
    """One range of a file.

    Attributes:
        head: what goes before it: the delimiter, and the fields of the part.
        offset: where in the file it begins, in bytes.
        size: its length in bytes.
    """

    head: bytes
    offset: int
    size: int


class ByteRanges(NamedTuple):
    """A content of type multipart/byteranges.

    Attributes:
        content_type: the value of Content-Type, with the boundary.
        parts: the parts in their order.
        end: what goes behind the last part.
        size: the length of it all in bytes.
    """

    content_type: str
    parts: list[BytePart]
    end: bytes
    size: int

    def read(self, read: Callable[[int, int], bytes]) -> bytes:
        """Make the content.

        Args:
            read: reads from the file: so many bytes, from an offset on.

        Returns:
            The content; it is shorter than `size` where the file has become shorter.
        """
        pieces: list[bytes] = []
        for head, offset, size in self.parts:
            pieces.append(head)
            pieces.append(read(offset, size))
        pieces.append(self.end)
        return b"".join(pieces)


def has_too_many_ranges(value: str) -> bool:
    """Whether a Range has so many ranges that it is ignored.

    Args:
        value: the field value; elements that are empty count, too.
    """
    return value.count(",") >= _LIMIT


def several_ranges(
    ranges: list[range], size: int, media_type: str, coding: str | None = None
) -> ByteRanges | None:
    """Make several ranges of a file the parts of one content.

    What a part is encoded with is told in its own head: the content as a whole is not encoded, and who would decode it
    by the head of the response could not.

    Args:
        ranges: positions of bytes in the file; none of them is empty, none overlaps another.
        size: the size of the file in bytes.
        media_type: the media type of the file, which every part tells.
        coding: its content coding, likewise; None where it has none.

    Returns:
        The content; None where it would not be shorter than the file.

    Raises:
        tidewire_http_parser.LocalProtocolError: media type or coding may not go out.
    """
    encoder = MultipartEncoder()
    parts: list[BytePart] = []
    total = 0
    for part in ranges:
        place = format_content_range(ContentRange(part.start, part.stop - 1, size))
        fields = [("Content-Type", media_type), ("Content-Range", place)]
        if coding is not None:
            fields.append(("Content-Encoding", coding))
        head = encoder.begin_part(fields)
        parts.append(BytePart(head, part.start, len(part)))
        total += len(head) + len(part)
    end = encoder.end()
    total += len(end)
    if total >= size:
        return None
    return ByteRanges(f"multipart/byteranges; boundary={encoder.boundary}", parts, end, total)

"""How much of anything a multipart may have before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, fields

__all__ = ["MultipartLimits"]

# More than any of them can mean, little enough for every arithmetic on them in 64 bits.
_GREATEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class MultipartLimits:
    """Limits of one multipart content; each counts what has accumulated, however the bytes were split on their way.

    Each is an int from 0 to 2147483647. What is above one is refused with `MultipartTooLarge`, whichever it is. The
    data of parts has no limit here: it is handed on as it comes, and who keeps it counts it.

    Attributes:
        parts: parts of all levels together. 1000 is what other servers take of fields or files of a form.
        field: bytes of one field line of a part, name and value, without CRLF. 8190, as in the head of a message.
        fields: field lines of one part. 128, as in the head of a message.
        head: bytes of the field lines of one part together, each CRLF and the empty line at the end counted. Browsers
            send 200 and a file's name; 16384 leaves room for one field line of the greatest length and many others.
        preamble: bytes before the first delimiter of one multipart, the delimiter's CRLF not counted. Programs of
            HTTP send none; that of a mail program is a sentence.
        epilogue: bytes after the line of the closing delimiter of one multipart. Programs of HTTP send at most
            an empty line.
        nesting: levels of multiparts within the outermost one. Mail nests two, an alternative in related in mixed
            content; one more is for the form that carries it.

    Raises:
        TypeError: a limit is not an int.
        ValueError: a limit is out of range.
    """

    parts: int = 1000
    field: int = 8190
    fields: int = 128
    head: int = 16384
    preamble: int = 8190
    epilogue: int = 8190
    nesting: int = 3

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if type(value) is not int:
                raise TypeError(f"MultipartLimits.{field.name} is an int, not {type(value).__name__}")
            if not 0 <= value <= _GREATEST:
                raise ValueError(f"MultipartLimits.{field.name} is 0 to {_GREATEST}, not {value}")

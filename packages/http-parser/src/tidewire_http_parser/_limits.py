"""How much of anything a peer may send before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

# More than any of them can mean, little enough for every arithmetic on them in 64 bits.
_GREATEST = 2**31 - 1


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Limits of one message; each counts what has accumulated, however the bytes were split on their way.

    Each is an int from 1 to 2147483647.

    Attributes:
        line: bytes of a request line, a status line or a chunk-size line with its extensions, without CRLF.
            8190 is what aiohttp and Apache httpd use; RFC 9112, section 3, asks for 8000 at the least.
        field: bytes of one field line, name and value, without CRLF.
        fields: field lines of one message, those of the trailer section counted in.
        chunk_extensions: bytes of all chunk extensions of one message. They are read and dropped, so that nothing
            else bounds how many bytes come for each byte of a body; 16384 is what Node.js allows.

    Raises:
        TypeError: a limit is not an int.
        ValueError: a limit is out of range.
    """

    line: int = 8190
    field: int = 8190
    fields: int = 128
    chunk_extensions: int = 16384

    def __post_init__(self) -> None:
        for name in ("line", "field", "fields", "chunk_extensions"):
            value = getattr(self, name)
            if type(value) is not int:
                raise TypeError(f"Limits.{name} is an int, not {type(value).__name__}")
            if not 1 <= value <= _GREATEST:
                raise ValueError(f"Limits.{name} is 1 to {_GREATEST}, not {value}")

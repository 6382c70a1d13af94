"""Why a body could not be read on."""

from __future__ import annotations

from typing import ClassVar

from tidewire_http_io._exchange import ResetReason

__all__ = ["BodyTooLarge", "LineTooLong", "StreamReset"]

# Enough of a line to see what it is, little enough for a log line.
_EXCERPT = 100


class StreamReset(ConnectionError):
    """The stream ended before its end.

    Args:
        reason: why.
    """

    def __init__(self, reason: ResetReason) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"the stream was reset: {self.reason.value}"


class LineTooLong(ValueError):
    """A line of a body, or what was read up to another separator, is longer than it may be.

    Nothing of it was taken: it can be read with a higher limit, or in another way.

    Args:
        limit: the limit in bytes, the line's end counted.
        line: the beginning of the line; kept up to 100 bytes.
    """

    def __init__(self, limit: int, line: bytes = b"") -> None:
        super().__init__(limit, line[:_EXCERPT])
        self.limit = limit
        self.line = line[:_EXCERPT]

    def __str__(self) -> str:
        return (
            f"a line of more than {self.limit} bytes, which begins with {self.line!r}; set the stream's max_line_length, "
            "or give readline(max_line_length=...) or readuntil(max_size=...), math.inf for no limit"
        )


class BodyTooLarge(ValueError):
    """A body is longer than it may be, after content codings were taken off.

    Args:
        limit: the limit in bytes.

    Attributes:
        status: the status code a server answers with (RFC 9110, section 15.5.14).
    """

    status: ClassVar[int] = 413

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit

    def __str__(self) -> str:
        return f"a body of more than {self.limit} bytes"


def frameless(error: Exception) -> Exception:
    """The error without its frames, and those of its cause: they know whoever keeps it, in a circle."""
    error.__traceback__ = None
    if error.__cause__ is not None:
        error.__cause__.__traceback__ = None
    return error

"""HTTP versions, with names for their parts."""

from __future__ import annotations

from typing import Final, NamedTuple

__all__ = ["HttpVersion", "HttpVersion10", "HttpVersion11"]


class HttpVersion(NamedTuple):
    """A version of HTTP; equal to the plain tuple, which requests and responses have.

    Attributes:
        major: the first digit.
        minor: the second digit.
    """

    major: int
    minor: int


HttpVersion10: Final = HttpVersion(1, 0)
"""HTTP/1.0."""

HttpVersion11: Final = HttpVersion(1, 1)
"""HTTP/1.1."""

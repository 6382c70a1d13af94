"""A response as a cache keeps it."""

from __future__ import annotations

from dataclasses import dataclass

from multidict import CIMultiDict

__all__ = ["CachedResponse"]

# What an entry takes beside its bytes, roughly: the objects that hold them.
_OVERHEAD = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class CachedResponse:
    """A response as a `CacheStore` keeps it; all of it can be pickled, or written as JSON with the body apart.

    Attributes:
        status: the status code.
        reason: the reason phrase.
        fields: names and values of the fields, without those of the connection.
        body: the whole body; with its content codings taken off where `decoded`.
        decoded: whether the session that stored it had taken them off.
        nominated: the fields of the request that the response depends on, as Vary says: names in lower case, and their
            values, None where there was none.
        credentials: a digest of the credentials that the request had; empty for none, or where they do not matter.
        requested: when the request was sent, in seconds since the epoch.
        received: when the head of the response came.
    """

    status: int
    reason: str
    fields: tuple[tuple[str, str], ...]
    body: bytes
    decoded: bool
    nominated: tuple[tuple[str, str | None], ...]
    credentials: str
    requested: float
    received: float

    @property
    def headers(self) -> CIMultiDict[str]:
        """A new mapping of the fields."""
        return CIMultiDict(self.fields)

    @property
    def size(self) -> int:
        """How many bytes it takes, about."""
        fields = sum(len(name) + len(value) for name, value in self.fields)
        nominated = sum(len(name) + len(value or "") for name, value in self.nominated)
        return _OVERHEAD + len(self.body) + fields + nominated

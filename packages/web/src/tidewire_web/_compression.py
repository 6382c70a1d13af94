"""Content codings of responses: which one, and what it does to the head (RFC 9110, sections 8.4 and 12.5.3)."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from functools import cache
from typing import Final

from multidict import CIMultiDict

from tidewire_http_parser.codings import ContentEncoder, available_codings
from tidewire_http_parser.field_values import choose_content_coding

__all__ = ["ContentCoding"]

# What is best for content that is made for one response, measured on 32 KiB of JSON: zstd takes a quarter of gzip's
# time, br makes the least of it. deflate comes last: what it is was long read in two ways (RFC 9110, section 8.4.1.2).
_PREFERENCE: Final = ("zstd", "br", "gzip", "deflate")
# Below this many bytes it is not tried, unless it is forced: the compressor's own memory costs more than is saved, and
# head and body fit one packet anyway.
SMALL: Final = 128
# What already has a coding, or is a part of something, or none of it.
_LEFT_ALONE: Final = frozenset({204, 205, 206, 304})


class ContentCoding(enum.Enum):
    """A content coding that a response can have; `br` and `zstd` need extras of these names."""

    deflate = "deflate"
    gzip = "gzip"
    br = "br"
    zstd = "zstd"
    identity = "identity"


class Compression:
    """What is asked of a response's compression, and what has come of it.

    Args:
        forced: the coding; None for the one that the client likes best.
        strategy: of zlib, for gzip and deflate; None for the usual one.

    Raises:
        RuntimeError: the library of the coding is not installed.
    """

    __slots__ = ("_forced", "_strategy", "begun")

    def __init__(self, forced: ContentCoding | None, strategy: int | None) -> None:
        if forced not in (None, ContentCoding.identity) and forced.value not in available_codings():
            raise RuntimeError(f"the library for {forced.value} is not installed")
        self._forced = forced
        self._strategy = strategy
        self.begun = False

    @property
    def forced(self) -> bool:
        """Whether it does not depend on the request."""
        return self._forced is not None

    def choose(self, accept_encoding: Iterable[str], status: int, headers: CIMultiDict[str]) -> str:
        """Choose the coding, and say in the head that others would get another.

        Args:
            accept_encoding: the values of the request's Accept-Encoding.
            status: the status code.
            headers: the fields of the response.

        Returns:
            The coding; `identity` for none.
        """
        chosen = "identity"
        if self._forced is not None:
            chosen = self._forced.value
        else:
            vary_by_coding(headers)
            values = list(accept_encoding)
            if values:
                chosen = choose_content_coding(", ".join(values), _offers()) or "identity"
        if (
            status < 200
            or status in _LEFT_ALONE
            or "Content-Encoding" in headers
            or "Content-Range" in headers
        ):
            return "identity"
        return chosen

    def encoder(self, coding: str) -> ContentEncoder:
        """Make an encoder."""
        strategy = self._strategy if coding in ("gzip", "deflate") else None
        return ContentEncoder(coding, strategy=strategy)

    def encode(self, coding: str, body: bytes) -> bytes:
        """Encode a whole body."""
        encoder = self.encoder(coding)
        return encoder.encode(body) + encoder.finish()


def tell_coding(headers: CIMultiDict[str], coding: str) -> None:
    """Say in a head that the content is encoded.

    A strong entity tag becomes a weak one: it was for other bytes (RFC 9110, section 8.8.3.3).
    """
    headers["Content-Encoding"] = coding
    headers.pop("Content-Length", None)
    tag = headers.get("ETag")
    if tag is not None and tag.startswith('"'):
        headers["ETag"] = f"W/{tag}"


def vary_by_coding(headers: CIMultiDict[str]) -> None:
    """Say that other codings could have been chosen (RFC 9110, section 12.5.5)."""
    values = headers.getall("Vary", [])
    names = {name.strip().lower() for value in values for name in value.split(",")}
    if not names & {"*", "accept-encoding"}:
        headers["Vary"] = ", ".join([*values, "Accept-Encoding"])


@cache
def _offers() -> tuple[str, ...]:
    available = available_codings()
    return tuple(coding for coding in _PREFERENCE if coding in available)

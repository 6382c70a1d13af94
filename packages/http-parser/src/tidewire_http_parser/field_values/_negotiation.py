# Compiled by mypyc.
"""Proactive negotiation: the best of what a server has for what a user agent says it prefers (RFC 9110, section 12).

Each function takes the value of a field, joined by commas where there are several lines, or None where there is
none, and what the server offers, what it likes best first: that decides where the user agent does not.
None is returned where nothing on offer is acceptable; a server may still send something (RFC 9110, section 12.1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tidewire_http_parser._argument_types import STR_OR_NONE, require
from tidewire_http_parser._errors import LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._accept import (
    parse_accept,
    parse_accept_charset,
    parse_accept_encoding,
    parse_accept_language,
)
from tidewire_http_parser.field_values._media_types import parse_media_type
from tidewire_http_parser.field_values._value_types import MediaRange, Preference

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["choose_charset", "choose_content_coding", "choose_language", "choose_media_type"]


def choose_media_type(accept: str | None, offers: Sequence[str]) -> str | None:
    """Choose the media type of a response.

    Of the ranges that an offer is in, the most specific one gives its weight (RFC 9110, section 12.5.1).

    Args:
        accept: the value of Accept; None, or one with no media range in it, accepts everything.
        offers: media types, with parameters or without, the one that the server likes best first.

    Returns:
        One of the offers, as it was given; None if none is acceptable.

    Raises:
        LocalProtocolError: an offer is no media type.
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((accept, STR_OR_NONE))
    ranges = parse_accept(accept) if accept is not None else []
    best: str | None = None
    best_quality = 0.0
    for offer in offers:
        if INTERPRETED:
            require((offer, str))
        essence, parameters = parse_media_type(offer)
        if not essence or "*" in essence:
            raise LocalProtocolError(f"no media type: {offer[:100]!r}")
        quality = _media_quality(ranges, essence, parameters) if ranges else 1.0
        if quality > best_quality:
            best = offer
            best_quality = quality
    return best


def _media_quality(ranges: list[MediaRange], essence: str, parameters: dict[str, str]) -> float:
    kind, _, subtype = essence.partition("/")
    quality = 0.0
    narrowest: i64 = -1
    for found in ranges:
        narrow: i64 = 0
        if found.type != "*":
            if found.type != kind:
                continue
            narrow = 1
            if found.subtype != "*":
                if found.subtype != subtype:
                    continue
                narrow = 2
        if found.parameters:
            if not _includes(parameters, found.parameters):
                continue
            narrow += len(found.parameters)
        if narrow > narrowest:
            narrowest = narrow
            quality = found.quality
    return quality


def _includes(parameters: dict[str, str], wanted: dict[str, str]) -> bool:
    for name, text in wanted.items():
        own = parameters.get(name)
        if own is None or own.lower() != text.lower():
            return False
    return True


def choose_content_coding(accept_encoding: str | None, offers: Sequence[str]) -> str | None:
    """Choose the content coding of a response (RFC 9110, section 12.5.3).

    `identity`, which is no coding, need not be on offer: it is acceptable unless the field says otherwise, and is
    chosen where the field is absent or empty, or no coding on offer is acceptable. `x-gzip` and `x-compress` are
    `gzip` and `compress` (RFC 9110, section 8.4.1).

    Args:
        accept_encoding: the value of Accept-Encoding.
        offers: codings in lower case, the one that the server likes best first; they come before `identity` where
            they are preferred to it, or as much.

    Returns:
        One of the offers, or `identity`; None if the field excludes them all (RFC 9110, section 15.5.7).

    Raises:
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((accept_encoding, STR_OR_NONE))
    if accept_encoding is None:
        return "identity"
    qualities: dict[str, float] = {}
    for found in parse_accept_encoding(accept_encoding):
        name = found.name
        if name == "x-gzip" or name == "x-compress":
            name = name[2:]
        qualities.setdefault(name, found.quality)
    others = qualities.get("*", 0.0)
    best: str | None = None
    best_quality = 0.0
    for offer in offers:
        if INTERPRETED:
            require((offer, str))
        if offer == "identity":
            continue
        quality = qualities.get(offer, others)
        if quality > best_quality:
            best = offer
            best_quality = quality
    if "identity" in qualities or "*" in qualities:
        if qualities.get("identity", others) > best_quality:
            return "identity"
        return best
    return "identity" if best is None else best


def choose_language(accept_language: str | None, offers: Sequence[str]) -> str | None:
    """Choose the language of a response (RFC 9110, section 12.5.4).

    A range matches a tag that it equals or is a prefix of (basic filtering, RFC 4647, section 3.3.1); of several the
    longest gives the tag its weight. An offer that no range matches is found by one that it is a prefix of
    (lookup, section 3.4): to who reads `de-CH`, `de` is of use. What is left is matched by `*`.

    Args:
        accept_language: the value of Accept-Language; None, or one with no language range in it, accepts everything.
        offers: language tags, the one that the server likes best first.

    Returns:
        One of the offers, as it was given; None if none is acceptable.

    Raises:
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((accept_language, STR_OR_NONE))
    ranges = parse_accept_language(accept_language) if accept_language is not None else []
    qualities = _qualities(ranges)
    shortened = _shortened(ranges)
    best: str | None = None
    best_quality = 0.0
    best_exact = False
    for offer in offers:
        if INTERPRETED:
            require((offer, str))
        quality, exact = _language_quality(qualities, shortened, offer.lower()) if ranges else (1.0, True)
        if quality > best_quality or (exact and not best_exact and quality == best_quality > 0.0):
            best = offer
            best_quality = quality
            best_exact = exact
    return best


def _language_quality(
    qualities: dict[str, float], shortened: dict[str, float], tag: str
) -> tuple[float, bool]:
    """Return the weight of a tag, and whether it was found by filtering."""
    prefix = tag
    while prefix:
        quality = qualities.get(prefix)
        if quality is not None:
            return quality, True
        prefix = prefix.rpartition("-")[0]
    quality = shortened.get(tag)
    return qualities.get("*", 0.0) if quality is None else quality, False


def _qualities(preferences: list[Preference]) -> dict[str, float]:
    qualities: dict[str, float] = {}
    for found in preferences:
        qualities.setdefault(found.name, found.quality)
    return qualities


def _shortened(ranges: list[Preference]) -> dict[str, float]:
    """Return the best weight of each prefix of a range; ranges come with the best first.

    That a variant is not acceptable says nothing of the language.
    """
    qualities: dict[str, float] = {}
    for found in ranges:
        if found.quality == 0.0:
            break
        name = found.name
        # Language tags have few subtags; who sends many is not searched for each.
        for _ in range(8):
            name = name.rpartition("-")[0]
            if not name:
                break
            qualities.setdefault(name, found.quality)
    return qualities


def choose_charset(accept_charset: str | None, offers: Sequence[str]) -> str | None:
    """Choose the charset of a response (RFC 9110, section 12.5.2; user agents no longer send the field).

    Args:
        accept_charset: the value of Accept-Charset; None, or one with no charset in it, accepts everything.
        offers: charsets, the one that the server likes best first.

    Returns:
        One of the offers, as it was given; None if none is acceptable.

    Raises:
        TypeError: an argument of another type.
    """
    if INTERPRETED:
        require((accept_charset, STR_OR_NONE))
    ranges = parse_accept_charset(accept_charset) if accept_charset is not None else []
    qualities = _qualities(ranges)
    best: str | None = None
    best_quality = 0.0
    for offer in offers:
        if INTERPRETED:
            require((offer, str))
        quality = qualities.get(offer.lower(), qualities.get("*", 0.0)) if ranges else 1.0
        if quality > best_quality:
            best = offer
            best_quality = quality
    return best

# Compiled by mypyc.
"""Entity tags (RFC 9110, sections 8.8.3, 13.1.1 and 13.1.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from tidewire_http_parser._argument_types import require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED
from tidewire_http_parser.field_values._octets import is_text, octets_of
from tidewire_http_parser.field_values._syntax import COMMA, next_element, skip_space

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["ETag", "format_etag", "parse_etag", "parse_etags"]

# etagc: visible ASCII but the quotation mark, and obs-text.
_ETAGC: Final = bytes([1 if octet > 0x20 and octet not in (0x22, 0x7F) else 0 for octet in range(256)])

# Each tag of a list is compared; who sends more than this many wants to see it done.
_LIMIT: Final = 1000


class ETag:
    """An entity tag; cannot be changed, equal to one with the same value and strength, hashable.

    Args:
        value: the opaque tag, without quotation marks; validated when it is formatted.
        is_weak: whether it is a weak validator (RFC 9110, section 8.8.1).

    Raises:
        TypeError: an argument of another type.
    """

    __slots__ = ("_is_weak", "_value")
    __match_args__ = ("value", "is_weak")

    def __init__(self, value: str, is_weak: bool = False) -> None:
        if INTERPRETED:
            require((value, str), (is_weak, bool))
        self._value = value
        self._is_weak = is_weak

    @property
    def value(self) -> str:
        """The opaque tag, without quotation marks."""
        return self._value

    @property
    def is_weak(self) -> bool:
        """Whether it is a weak validator."""
        return self._is_weak

    def matches_strongly(self, other: ETag) -> bool:
        """Compare for If-Match and If-Range: neither is weak, and both are the same (RFC 9110, section 8.8.3.2)."""
        if INTERPRETED:
            require((other, ETag))
        return not self._is_weak and not other._is_weak and self._value == other._value

    def matches_weakly(self, other: ETag) -> bool:
        """Compare for If-None-Match: both are the same, weak or not (RFC 9110, section 8.8.3.2)."""
        if INTERPRETED:
            require((other, ETag))
        return self._value == other._value

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ETag):
            return NotImplemented
        return self._value == other._value and self._is_weak == other._is_weak

    def __hash__(self) -> int:
        return hash((self._value, self._is_weak))

    def __repr__(self) -> str:
        return f"ETag(value={self._value!r}, is_weak={self._is_weak!r})"

    def __reduce__(self) -> tuple[type[ETag], tuple[str, bool]]:
        return ETag, (self._value, self._is_weak)


def parse_etag(value: str) -> ETag:
    """Read one entity tag, such as the value of ETag.

    Args:
        value: the field value, such as `"33a64df5"` or `W/"33a64df5"`, with its quotation marks.

    Raises:
        InvalidFieldValue: the value is no entity tag.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    octets = octets_of(value)
    end = _end_of_tag(octets, 0)
    if end < 0 or end != len(octets):
        raise InvalidFieldValue("no entity tag", octets)
    return _tag(octets, 0, end)


def parse_etags(value: str, limit: int = _LIMIT) -> list[ETag] | Literal["*"]:
    """Read the value of If-Match or If-None-Match.

    Reading ends at the first element that is no entity tag. So a malformed condition names fewer tags, and one that
    is malformed at its start none: If-Match then fails and If-None-Match holds, which is the safe side of both.

    Args:
        value: the field value; several fields are joined with `, `.
        limit: how many tags are read.

    Returns:
        The tags in their order, or `*`, which stands for any.

    Raises:
        TypeError: an argument of another type. Nothing else is raised, whatever is sent.
    """
    if INTERPRETED:
        require((value, str), (limit, int))
    if value == "*":
        return "*"
    octets = octets_of(value)
    length: i64 = len(octets)
    tags: list[ETag] = []
    left = limit
    index: i64 = 0
    while left > 0:
        index = next_element(octets, index, length)
        end = _end_of_tag(octets, index)
        if end < 0:
            break
        tags.append(_tag(octets, index, end))
        left -= 1
        index = skip_space(octets, end, length)
        if index < length and octets[index] != COMMA:
            # The tag was the beginning of something else.
            tags.pop()
            break
    return tags


def format_etag(tag: ETag) -> str:
    """Make the value of ETag, or an element of If-Match or If-None-Match.

    Args:
        tag: the entity tag. Its value has no white space, quotation mark or control character.

    Raises:
        LocalProtocolError: it has.
        TypeError: the tag is none.
    """
    if INTERPRETED:
        require((tag, ETag))
    value = tag.value
    if not is_text(value):
        raise LocalProtocolError(f"not the value of an entity tag: {value[:100]!r}")
    for octet in octets_of(value):
        if not _ETAGC[octet]:
            raise LocalProtocolError(f"not the value of an entity tag: {value[:100]!r}")
    return f'W/"{value}"' if tag.is_weak else f'"{value}"'


def _end_of_tag(octets: bytes, start: i64) -> i64:
    """Give the place behind the entity tag that begins here, -1 where none does."""
    length: i64 = len(octets)
    index = start
    if index + 2 < length and octets[index] == 0x57 and octets[index + 1] == 0x2F:
        index += 2
    if index >= length or octets[index] != 0x22:
        return -1
    index += 1
    while index < length and _ETAGC[octets[index]]:
        index += 1
    if index >= length or octets[index] != 0x22:
        return -1
    return index + 1


def _tag(octets: bytes, start: i64, end: i64) -> ETag:
    """Make an entity tag of octets that were found to be one."""
    weak = octets[start] == 0x57
    if weak:
        start += 2
    return ETag(octets[start + 1 : end - 1].decode("utf-8", "surrogateescape"), weak)

# Compiled by mypyc.
"""Link (RFC 8288)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._argument_types import STR_OR_NONE, require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import FIELD_VALUE, INTERPRETED, is_token
from tidewire_http_parser.field_values._extended_values import (
    decode_extended,
    encode_extended,
    octets_to_send,
)
from tidewire_http_parser.field_values._syntax import (
    COMMA,
    DQUOTE,
    EQUALS,
    HTAB,
    MAX_ELEMENTS,
    MAX_PARAMETERS,
    SEMICOLON,
    SP,
    ascii_of,
    lowered,
    malformed,
    next_element,
    quoted,
    read_word,
    skip_space,
    token_end,
)
from tidewire_http_parser.field_values._value_types import Link, make, require_pairs

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = ["format_links", "parse_links"]

_OPENING: Final = 0x3C
_CLOSING: Final = 0x3E

# Those of which the first counts (RFC 8288, section 3; `media` and `type`: section 3.4.1).
_SINGLE: Final = frozenset({"rel", "anchor", "title", "title*", "media", "type"})


def parse_links(value: str) -> list[Link]:
    """Take the value of Link apart.

    Args:
        value: the value; those of several field lines are joined by commas, the first line first.

    Returns:
        The links in their order. Of `rel`, `anchor`, `title`, `media` and `type` the first counts; an attribute
        such as `title*` that cannot be decoded is left out.

    Raises:
        InvalidFieldValue: the value is malformed, or there are more than 1024 links or more than 64 parameters to one.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    links: list[Link] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end:
        if len(links) == MAX_ELEMENTS:
            raise InvalidFieldValue("more links than the limit")
        stop: i64 = data.find(b">", pos, end)
        if data[pos] != _OPENING or stop < 0:
            raise malformed("Link", value)
        start: i64 = pos + 1
        pos = start
        while pos < stop and FIELD_VALUE[data[pos]]:
            pos += 1
        if pos < stop:
            raise malformed("Link", value)
        parameters: list[tuple[str, str | None]] = []
        pos = _read_parameters(value, data, stop + 1, end, parameters)
        if pos < 0:
            raise malformed("Link", value)
        links.append(_link(value[start:stop], parameters))
        pos = next_element(data, pos, end)
    return links


def _read_parameters(
    value: str, data: bytes, pos: i64, end: i64, parameters: list[tuple[str, str | None]]
) -> i64:
    """Read the parameters of one link; some have no `=`. Returns where it ends, -1 if it is malformed."""
    pos = skip_space(data, pos, end)
    while pos < end and data[pos] == SEMICOLON:
        pos = skip_space(data, pos + 1, end)
        if pos == end or data[pos] == SEMICOLON or data[pos] == COMMA:
            continue
        stop: i64 = token_end(data, pos, end)
        if stop == pos or len(parameters) == MAX_PARAMETERS:
            return -1
        name = lowered(value, data, pos, stop)
        pos = skip_space(data, stop, end)
        if pos < end and data[pos] == EQUALS:
            text, pos = _read_text(value, data, skip_space(data, pos + 1, end), end)
            if pos < 0:
                return -1
            parameters.append((name, text))
            pos = skip_space(data, pos, end)
        else:
            parameters.append((name, None))
    if pos < end and data[pos] != COMMA:
        return -1
    return pos


def _read_text(value: str, data: bytes, pos: i64, end: i64) -> tuple[str, i64]:
    """Read a word, or what is neither token nor quoted string and yet common: `type=text/html`, `anchor=#a`."""
    text, stop = read_word(value, data, pos, end)
    if stop < 0 and (pos == end or data[pos] == DQUOTE):
        return "", -1
    if stop >= 0 and (stop == end or data[pos] == DQUOTE or _ends_text(data[stop])):
        return text, stop
    stop = pos
    while stop < end and not _ends_text(data[stop]):
        if not FIELD_VALUE[data[stop]] or data[stop] == DQUOTE:
            return "", -1
        stop += 1
    return value[pos:stop], (stop if stop > pos else -1)


def _ends_text(octet: i64) -> bool:
    return octet == SP or octet == HTAB or octet == COMMA or octet == SEMICOLON


def _link(target: str, parameters: list[tuple[str, str | None]]) -> Link:
    relations: tuple[str, ...] = ()
    anchor: str | None = None
    title: str | None = None
    extended_title: str | None = None
    attributes: list[tuple[str, str | None]] = []
    seen: set[str] = set()
    for name, text in parameters:
        if name in _SINGLE:
            if name in seen:
                continue
            seen.add(name)
        if name.endswith("*"):
            text = decode_extended(text) if text is not None else None
            if text is None:
                continue
        if name == "rel":
            relations = _relations(text) if text is not None else ()
        elif name == "anchor":
            anchor = text
        elif name == "title":
            title = text
        elif name == "title*":
            extended_title = text
        else:
            attributes.append((name, text))
    if extended_title is not None:
        title = extended_title
    return make(Link, (target, relations, anchor, title, tuple(attributes)))


def _relations(text: str) -> tuple[str, ...]:
    """Take relation types apart; what is beyond ASCII separates nothing, and has no case."""
    if text.isascii():
        text = text.lower()
    return tuple([relation for relation in text.replace("\t", " ").split(" ") if relation][:MAX_PARAMETERS])


def format_links(links: list[Link]) -> str:
    """Write the value of Link.

    A title beyond ASCII goes out as `title*`, and so does an attribute whose name ends with an asterisk.

    Args:
        links: the links.

    Raises:
        LocalProtocolError: a part of one may not go out: a URI-reference that is not of ASCII or has spaces in it,
            a relation type with white space, a name that is no token, a control byte.
        TypeError: a part of one is of another type.
    """
    if INTERPRETED:
        require((links, list))
    parts: list[str] = []
    for link in links:
        require((link, Link))
        relations = link.rel
        anchor = link.anchor
        title = link.title
        _check_reference(link.target)
        parts.append(f"{', ' if parts else ''}<{link.target}>")
        if INTERPRETED:
            require((relations, tuple), (anchor, STR_OR_NONE), (title, STR_OR_NONE))
        if relations:
            for relation in relations:
                _check_reference(relation, True)
            parts.append(f"; rel={quoted(' '.join(relations))}")
        if anchor is not None:
            _check_reference(anchor)
            parts.append(f"; anchor={quoted(anchor)}")
        if title is not None:
            parts.append(
                f"; title={quoted(title)}" if title.isascii() else f"; title*={encode_extended(title)}"
            )
        if INTERPRETED:
            require_pairs(link.attributes)
        for name, text in link.attributes:
            _add_attribute(parts, name, text)
    return "".join(parts)


def _add_attribute(parts: list[str], name: str, text: str | None) -> None:
    if INTERPRETED:
        require((name, str), (text, STR_OR_NONE))
    if not is_token(name) or name.lower() in ("rel", "anchor", "title", "title*"):
        raise LocalProtocolError(f"no name of a target attribute: {name[:100]!r}")
    if text is None:
        parts.append(f"; {name}")
    elif name.endswith("*"):
        parts.append(f"; {name}={encode_extended(text)}")
    else:
        parts.append(f"; {name}={quoted(text)}")


def _check_reference(text: str, relation: bool = False) -> None:
    """Check a URI-reference, or a relation type, by what may not be in it in any place."""
    if INTERPRETED:
        require((text, str))
    octets = octets_to_send(text)
    if not text.isascii() or b" " in octets or b"<" in octets or b">" in octets or b'"' in octets:
        raise LocalProtocolError(f"no URI-reference or relation type: {text[:100]!r}")
    if relation and not octets:
        raise LocalProtocolError("an empty relation type")

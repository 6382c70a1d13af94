# Compiled by mypyc.
"""Forwarded (RFC 7239), and X-Forwarded-For, which it was made from.

Who believes these fields has to know the proxies that wrote them: any client can send them too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tidewire_http_parser._addresses import is_ipv4, is_ipv6
from tidewire_http_parser._argument_types import STR_OR_NONE, require
from tidewire_http_parser._errors import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser._grammar import INTERPRETED, is_token
from tidewire_http_parser._targets import is_authority
from tidewire_http_parser.field_values._lists import parse_list
from tidewire_http_parser.field_values._syntax import (
    COMMA,
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
    read_word,
    token_end,
    word,
)
from tidewire_http_parser.field_values._value_types import (
    ForwardedElement,
    ForwardedNode,
    make,
    require_pairs,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

__all__ = [
    "format_forwarded",
    "parse_forwarded",
    "parse_forwarded_pairs",
    "parse_x_forwarded_for",
]

_NODE_OR_NONE: Final = (ForwardedNode, type(None))
_PORT: Final = (int, str, type(None))

_ZERO: Final = 0x30
_COLON: Final = 0x3A
_UPPERCASE_A: Final = 0x41
_BRACKET: Final = 0x5B
_UNDERSCORE: Final = 0x5F

# The characters of an obfuscated identifier behind its underscore (RFC 7239, section 6.3), and of a scheme behind its
# letter (RFC 3986, section 3.1).
_OBFUSCATED: Final = bytes(
    [(chr(octet).isalnum() and octet < 0x80) or octet in b"._-" for octet in range(256)]
)
_SCHEME: Final = bytes([(chr(octet).isalnum() and octet < 0x80) or octet in b"+-." for octet in range(256)])


def parse_forwarded(value: str) -> list[ForwardedElement]:
    """Take the value of Forwarded apart.

    White space around the separators is taken, and so is a port behind an IPv4 address that is not quoted.

    Args:
        value: the value; those of several field lines are joined by commas, the first line first.

    Returns:
        One element for each proxy, that of the one next to the client first; empty ones are left out.

    Raises:
        InvalidFieldValue: the value is malformed, or there are more than 1024 elements or more than 64 parameters
            in one.
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[ForwardedElement] = []
    pos: i64 = next_element(data, 0, end)
    while pos < end:
        if len(elements) == MAX_ELEMENTS:
            raise InvalidFieldValue("more elements in a list than the limit")
        pairs: dict[str, str] = {}
        pos = _read_pairs(value, data, pos, end, pairs)
        if pos < 0:
            raise malformed("Forwarded", value)
        elements.append(_element(pairs, value))
        pos = next_element(data, pos, end)
    return elements


def parse_forwarded_pairs(value: str) -> list[dict[str, str]]:
    """Take the value of Forwarded apart as far as it can be read, without looking at what the parameters are.

    Args:
        value: the value; those of several field lines are joined by commas, the first line first.

    Returns:
        The parameters by their names in lower case, for each element that is separated by commas, empty ones too. Of
        an element that is malformed there is what was read before the fault. There are 1024 elements at most,
        the last ones that were sent: the proxies that are known are at the end.

    Raises:
        TypeError: the value is no text.
    """
    if INTERPRETED:
        require((value, str))
    data = ascii_of(value)
    end: i64 = len(data)
    elements: list[dict[str, str]] = []
    pos: i64 = 0
    while True:
        pairs: dict[str, str] = {}
        stop: i64 = _read_pairs(value, data, pos, end, pairs)
        elements.append(pairs)
        if stop < 0:
            # The next comma, even where a quote is open or was closed by another one: what a proxy added behind must
            # not be swallowed by it.
            stop = data.find(b",", -1 - stop, end)
        if stop < 0 or stop == end:
            break
        if len(elements) == 2 * MAX_ELEMENTS:
            del elements[:MAX_ELEMENTS]
        pos = stop + 1
    return elements[-MAX_ELEMENTS:]


def _read_pairs(value: str, data: bytes, pos: i64, end: i64, pairs: dict[str, str]) -> i64:
    """Read the parameters of one element.

    Returns:
        Where it ends; if it is malformed, which it is too if a parameter is there twice, -1 less the place where the
        parameter with the fault, or before it, begins.
    """
    separated = True
    start: i64 = pos
    while pos < end and data[pos] != COMMA:
        octet: i64 = data[pos]
        if octet == SP or octet == HTAB:
            pos += 1
        elif octet == SEMICOLON:
            separated = True
            pos += 1
        elif not separated:
            return -1 - start
        else:
            start = pos
            stop: i64 = token_end(data, pos, end)
            if stop == pos or stop == end or data[stop] != EQUALS:
                return -1 - start
            name = lowered(value, data, pos, stop)
            text, stop = read_word(value, data, stop + 1, end)
            if stop < 0:
                return -1 - start
            pos = stop
            if pos < end and data[pos] == _COLON:
                stop = _digits_end(data, pos + 1, end)
                if stop < 0:
                    return -1 - start
                text += value[pos:stop]
                pos = stop
            if name in pairs or len(pairs) == MAX_PARAMETERS:
                return -1 - start
            pairs[name] = text
            separated = False
    return pos


def _digits_end(data: bytes, pos: i64, end: i64) -> i64:
    """Return where a port of one to five digits ends; -1 if there is none."""
    start: i64 = pos
    while pos < end and data[pos] >= _ZERO and data[pos] <= _ZERO + 9:
        pos += 1
    return pos if pos > start and pos - start <= 5 else -1


def _element(pairs: dict[str, str], value: str) -> ForwardedElement:
    """Make an element of parameters, if they are what they have to be."""
    receiver: ForwardedNode | None = None
    sender: ForwardedNode | None = None
    host: str | None = None
    proto: str | None = None
    extensions: list[tuple[str, str]] = []
    for name, text in pairs.items():
        if name == "for":
            sender = _node(text, False)
            right = sender is not None
        elif name == "by":
            receiver = _node(text, False)
            right = receiver is not None
        elif name == "host":
            host = text
            right = _is_host(text)
        elif name == "proto":
            proto = text.lower()
            right = _is_scheme(text)
        else:
            extensions.append((name, text))
            right = True
        if not right:
            raise malformed(f"{name} in Forwarded", value)
    return make(ForwardedElement, (sender, receiver, host, proto, tuple(extensions) if extensions else ()))


def _is_host(text: str) -> bool:
    octets = ascii_of(text)
    return is_authority(octets, 0, len(octets), False)


def _is_scheme(text: str) -> bool:
    octets = ascii_of(text)
    allowed = _SCHEME
    for octet in octets:
        if not allowed[octet]:
            return False
    return len(octets) > 0 and octets[0] >= _UPPERCASE_A


def _is_obfuscated(text: str) -> bool:
    octets = ascii_of(text)
    if len(octets) < 2 or octets[0] != _UNDERSCORE:
        return False
    allowed = _OBFUSCATED
    for octet in octets:
        if not allowed[octet]:
            return False
    return True


def _node(text: str, bare_ipv6: bool) -> ForwardedNode | None:
    """Read a node (RFC 7239, section 6); None if it is malformed.

    Args:
        text: the node.
        bare_ipv6: whether an IPv6 address may stand without brackets.
    """
    data = ascii_of(text)
    end: i64 = len(data)
    start: i64 = 0
    stop: i64 = 0
    pos: i64 = 0
    if end and data[0] == _BRACKET:
        start = 1
        stop = data.find(b"]", 0, end)
        if stop < 0 or not is_ipv6(data, start, stop):
            return None
        pos = stop + 1
    else:
        if bare_ipv6 and is_ipv6(data, 0, end):
            return make(ForwardedNode, (text, None))
        while stop < end and data[stop] != _COLON:
            stop += 1
        pos = stop
    name = text[start:stop]
    if start == 0 and not is_ipv4(data, 0, stop):
        if name.isascii() and name.lower() == "unknown":
            name = "unknown"
        elif not _is_obfuscated(name):
            return None
    if pos == end:
        return make(ForwardedNode, (name, None))
    if data[pos] != _COLON:
        return None
    port = text[pos + 1 :]
    if _digits_end(data, pos + 1, end) == end:
        number = int(port)
        return make(ForwardedNode, (name, number)) if number <= 65535 else None
    return make(ForwardedNode, (name, port)) if _is_obfuscated(port) else None


def parse_x_forwarded_for(value: str) -> list[ForwardedNode]:
    """Take the value of X-Forwarded-For apart; each proxy adds the address that the request came from.

    Args:
        value: addresses with ports or without, IPv6 ones in brackets or not; those of several field lines are
            joined by commas, the first line first.

    Returns:
        The addresses, that of the client first; empty elements are left out.

    Raises:
        InvalidFieldValue: an element is no address, `unknown` or an identifier of RFC 7239; or there are more than
            1024.
        TypeError: the value is no text.
    """
    nodes: list[ForwardedNode] = []
    for text in parse_list(value):
        node = _node(text, True)
        if node is None:
            raise malformed("X-Forwarded-For", text)
        nodes.append(node)
    return nodes


def format_forwarded(elements: list[ForwardedElement]) -> str:
    """Write the value of Forwarded.

    Args:
        elements: what each proxy says, that of the one next to the client first; none of them is empty.

    Raises:
        LocalProtocolError: there is no element, an element is empty, or a part of one may not go out.
        TypeError: a part of them is of another type.
    """
    if INTERPRETED:
        require((elements, list))
    parts: list[str] = []
    for element in elements:
        require((element, ForwardedElement))
        require((element.for_, _NODE_OR_NONE), (element.by, _NODE_OR_NONE))
        pairs: list[str] = []
        _add_node(pairs, "for", element.for_)
        _add_node(pairs, "by", element.by)
        host = element.host
        proto = element.proto
        if INTERPRETED:
            require((host, STR_OR_NONE), (proto, STR_OR_NONE))
        if host is not None:
            if not _is_host(host):
                raise LocalProtocolError(f"host is host[:port], not {host[:100]!r}")
            pairs.append(f"host={word(host)}")
        if proto is not None:
            if not _is_scheme(proto):
                raise LocalProtocolError(f"proto is a scheme, not {proto[:100]!r}")
            pairs.append(f"proto={proto}")
        if INTERPRETED:
            require_pairs(element.extensions)
        for name, text in element.extensions:
            if INTERPRETED:
                require((name, str), (text, str))
            if not is_token(name) or name.lower() in ("for", "by", "host", "proto"):
                raise LocalProtocolError(f"no name of an extension: {name[:100]!r}")
            pairs.append(f"{name}={word(text)}")
        if not pairs:
            raise LocalProtocolError("an element of Forwarded that says nothing")
        parts.append(";".join(pairs))
    if not parts:
        raise LocalProtocolError("no element of Forwarded")
    return ", ".join(parts)


def _add_node(pairs: list[str], name: str, node: ForwardedNode | None) -> None:
    if node is None:
        return
    require((node.name, str), (node.port, _PORT))
    text = str(node)
    if _node(text, False) is None:
        raise LocalProtocolError(f"no node: {text[:100]!r}")
    pairs.append(f"{name}={word(text)}")

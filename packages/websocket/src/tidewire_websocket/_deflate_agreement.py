"""permessage-deflate (RFC 7692, section 7.1): what is offered, what is answered, and what both sides hold to then.

Nothing is used that was not negotiated (S27), and what was negotiated is held to: an offer that this side cannot keep is
declined, an answer that it cannot keep, or did not ask for, ends the handshake.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from tidewire_http_parser import InvalidFieldValue, LocalProtocolError
from tidewire_http_parser.field_values import parse_list
from tidewire_websocket._deflate import Deflater, Inflater
from tidewire_websocket._errors import WSHandshakeError

__all__ = ["DeflateAgreement", "DeflateOptions"]

NAME: Final = "permessage-deflate"

_FLAGS: Final = frozenset({"server_no_context_takeover", "client_no_context_takeover"})
_WINDOWS: Final = frozenset({"server_max_window_bits", "client_max_window_bits"})
_WINDOW_BITS: Final = {str(bits): bits for bits in range(8, 16)}
# zlib makes nothing for smaller windows.
_MIN_WINDOW_BITS: Final = 9
_MAX_WINDOW_BITS: Final = 15
# A peer names one, or a few that it prefers in this order.
_MAX_OFFERS: Final = 16

Parameters = dict[str, str | None]


@dataclass(frozen=True, kw_only=True)
class DeflateOptions:
    """How a side wants to compress, and wants its peer to.

    Attributes:
        window_bits: the base-2 logarithm of this side's window, 9 to 15; the peer may ask for less.
        peer_window_bits: that of the peer's window, 9 to 15; a server can ask for less than 15 only where the client
            has said that it would follow.
        context_takeover: whether this side's messages refer to those before them, which compresses short ones much
            better and keeps up to 300 KiB for it; the peer may ask for none.
        peer_context_takeover: whether the peer's messages may.
        level: how hard to try, as zlib has it, 0 to 9 or -1.
        mem_level: how much memory to take for that, as zlib has it, 1 to 9.
    """

    window_bits: int = _MAX_WINDOW_BITS
    peer_window_bits: int = _MAX_WINDOW_BITS
    context_takeover: bool = True
    peer_context_takeover: bool = True
    level: int = 1
    mem_level: int = 8

    def __post_init__(self) -> None:
        for bits in (self.window_bits, self.peer_window_bits):
            if not _MIN_WINDOW_BITS <= bits <= _MAX_WINDOW_BITS:
                raise LocalProtocolError(f"a window has 9 to 15 bits, not {bits}")
        if not -1 <= self.level <= 9:
            raise LocalProtocolError(f"a level is -1 to 9, not {self.level}")
        if not 1 <= self.mem_level <= 9:
            raise LocalProtocolError(f"a memory level is 1 to 9, not {self.mem_level}")


@dataclass(frozen=True, kw_only=True)
class DeflateAgreement:
    """What client and server have agreed on.

    Attributes:
        server_window_bits: the base-2 logarithm of the server's window, 8 to 15.
        client_window_bits: that of the client's.
        server_context_takeover: whether the server's messages may refer to those before them.
        client_context_takeover: whether the client's messages may.
    """

    server_window_bits: int = _MAX_WINDOW_BITS
    client_window_bits: int = _MAX_WINDOW_BITS
    server_context_takeover: bool = True
    client_context_takeover: bool = True

    def inflater(self, server: bool) -> Inflater:
        """Make what decompresses the other side's messages.

        Args:
            server: whether this side is the server.
        """
        if server:
            return Inflater(self.client_window_bits, self.client_context_takeover)
        return Inflater(self.server_window_bits, self.server_context_takeover)

    def deflater(self, server: bool, options: DeflateOptions) -> Deflater | None:
        """Make what compresses this side's messages; None where it has to leave that.

        Args:
            server: whether this side is the server.
            options: how it wants to compress.
        """
        bits = self.server_window_bits if server else self.client_window_bits
        takeover = self.server_context_takeover if server else self.client_context_takeover
        if bits < _MIN_WINDOW_BITS:
            return None
        return Deflater(
            min(bits, options.window_bits),
            takeover and options.context_takeover,
            options.level,
            options.mem_level,
        )

    def __str__(self) -> str:
        """The agreement as a server answers it."""
        parts = [NAME]
        if not self.server_context_takeover:
            parts.append("server_no_context_takeover")
        if not self.client_context_takeover:
            parts.append("client_no_context_takeover")
        if self.server_window_bits != _MAX_WINDOW_BITS:
            parts.append(f"server_max_window_bits={self.server_window_bits}")
        if self.client_window_bits != _MAX_WINDOW_BITS:
            parts.append(f"client_max_window_bits={self.client_window_bits}")
        return "; ".join(parts)


def offer(options: DeflateOptions) -> str:
    """Write what a client offers (RFC 7692, section 7.1)."""
    parts = [NAME, "client_max_window_bits"]
    if options.window_bits != _MAX_WINDOW_BITS:
        parts[-1] += f"={options.window_bits}"
    if not options.peer_context_takeover:
        parts.append("server_no_context_takeover")
    if not options.context_takeover:
        parts.append("client_no_context_takeover")
    if options.peer_window_bits != _MAX_WINDOW_BITS:
        parts.append(f"server_max_window_bits={options.peer_window_bits}")
    return "; ".join(parts)


def choose(value: str, options: DeflateOptions) -> DeflateAgreement | None:
    """Take the first offer of a client that can be kept; None where there is none.

    Args:
        value: Sec-WebSocket-Extensions of the request.
        options: what this side, the server, wants.

    Raises:
        WSHandshakeError: the field is malformed.
    """
    for name, parameters in parse_extensions(value):
        if name == NAME and _is_in_order(parameters, answer=False):
            bits = _window(parameters, "server_max_window_bits", _MAX_WINDOW_BITS)
            if bits >= _MIN_WINDOW_BITS:
                return _agree(parameters, bits, options)
    return None


def _agree(parameters: Parameters, server_bits: int, options: DeflateOptions) -> DeflateAgreement:
    client_bits = _MAX_WINDOW_BITS
    if "client_max_window_bits" in parameters:
        client_bits = min(
            _window(parameters, "client_max_window_bits", _MAX_WINDOW_BITS), options.peer_window_bits
        )
    return DeflateAgreement(
        server_window_bits=min(server_bits, options.window_bits),
        client_window_bits=client_bits,
        server_context_takeover=options.context_takeover and "server_no_context_takeover" not in parameters,
        client_context_takeover=options.peer_context_takeover
        and "client_no_context_takeover" not in parameters,
    )


def check_answer(value: str, options: DeflateOptions | None) -> DeflateAgreement | None:
    """Read what a server has answered to `offer()`; None where it has declined.

    Args:
        value: Sec-WebSocket-Extensions of the response.
        options: what was offered; None for nothing.

    Raises:
        WSHandshakeError: it is malformed, was not offered, or cannot be kept.
    """
    extensions = parse_extensions(value)
    if not extensions:
        return None
    name, parameters = extensions[0]
    if options is None or name != NAME or len(extensions) > 1:
        raise WSHandshakeError("the server uses extensions that were not offered")
    if not _is_in_order(parameters, answer=True):
        raise WSHandshakeError("the server's parameters of permessage-deflate are not in order")
    server_bits = _window(parameters, "server_max_window_bits", _MAX_WINDOW_BITS)
    if server_bits > options.peer_window_bits:
        raise WSHandshakeError("the server's window is larger than was asked for")
    server_takeover = "server_no_context_takeover" not in parameters
    if server_takeover and not options.peer_context_takeover:
        raise WSHandshakeError("the server keeps its context, and was asked not to")
    return DeflateAgreement(
        server_window_bits=server_bits,
        client_window_bits=_window(parameters, "client_max_window_bits", _MAX_WINDOW_BITS),
        server_context_takeover=server_takeover,
        client_context_takeover="client_no_context_takeover" not in parameters,
    )


def parse_extensions(value: str) -> list[tuple[str, Parameters]]:
    """Read Sec-WebSocket-Extensions (RFC 6455, section 9.1).

    Args:
        value: the field's value; those of several lines are joined by commas.

    Returns:
        Names and parameters, in lower case, up to 16 of them; a parameter without a value has None. One that is there
        twice makes the extension one with the parameter `""`, which nobody knows.

    Raises:
        WSHandshakeError: the field is malformed.
    """
    try:
        elements = parse_list(value)[:_MAX_OFFERS]
    except InvalidFieldValue as error:
        raise WSHandshakeError("malformed Sec-WebSocket-Extensions") from error
    return [_parse_extension(element) for element in elements]


def _parse_extension(element: str) -> tuple[str, Parameters]:
    # Values are tokens, in quotes or not (RFC 6455, section 9.1): so no separator can be in one.
    name, *rest = (part.strip(" \t") for part in element.split(";"))
    parameters: Parameters = {}
    for part in rest:
        key, equals, text = part.partition("=")
        key = key.rstrip(" \t").lower()
        text = text.lstrip(" \t")
        if len(text) > 1 and text[0] == text[-1] == '"':
            text = text[1:-1]
        if key in parameters:
            key = ""
        parameters[key] = text if equals else None
    if not name:
        raise WSHandshakeError("malformed Sec-WebSocket-Extensions")
    return name.lower(), parameters


def _is_in_order(parameters: Parameters, *, answer: bool) -> bool:
    """Tell whether all parameters are known and have values that they may have."""
    for key, text in parameters.items():
        if key in _FLAGS:
            if text is not None:
                return False
        elif key not in _WINDOWS:
            return False
        elif text is None:
            # Only in an offer, and only this one: "up to 15" (RFC 7692, section 7.1.2.2).
            if answer or key != "client_max_window_bits":
                return False
        elif text not in _WINDOW_BITS:
            return False
    return True


def _window(parameters: Parameters, key: str, default: int) -> int:
    return _WINDOW_BITS.get(parameters.get(key) or "", default)

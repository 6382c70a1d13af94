"""The opening handshake (RFC 6455, section 4), the server's side of it and the client's."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tidewire_http_parser import Fields, InvalidFieldValue
from tidewire_http_parser.field_values import format_token_list, parse_token_list
from tidewire_websocket._deflate_agreement import (
    DeflateAgreement,
    DeflateOptions,
    check_answer,
    choose,
    offer,
)
from tidewire_websocket._errors import WSHandshakeError

__all__ = [
    "WS_KEY",
    "Handshake",
    "accept_value",
    "answer_handshake",
    "check_handshake",
    "handshake_fields",
    "new_key",
]

WS_KEY: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What is appended to a client's key before it is hashed (RFC 6455, section 1.3)."""

# 13 is RFC 6455; 8 and 7 are drafts that differ in nothing that is on the wire here but in a field's name.
_VERSIONS: Final = ("13", "8", "7")


@dataclass(frozen=True, kw_only=True)
class Handshake:
    """What a handshake has come to.

    Attributes:
        protocol: the subprotocol; None without one.
        deflate: what was agreed on for compression; None for none.
        fields: on the server, names and values for the response 101.
        offered: the subprotocols that the client has offered.
    """

    protocol: str | None = None
    deflate: DeflateAgreement | None = None
    fields: Fields = field(default_factory=list)
    offered: tuple[str, ...] = ()


def new_key() -> str:
    """Make a client's key (Sec-WebSocket-Key): 16 random bytes in base64."""
    return base64.b64encode(secrets.token_bytes(16)).decode("ascii")


def accept_value(key: str) -> str:
    """Return what a server answers to a client's key (Sec-WebSocket-Accept)."""
    digest = hashlib.sha1(key.encode("ascii") + WS_KEY, usedforsecurity=False).digest()
    return base64.b64encode(digest).decode("ascii")


def answer_handshake(
    method: str,
    fields: Fields,
    *,
    protocols: Sequence[str] = (),
    deflate: DeflateOptions | None = None,
) -> Handshake:
    """Answer a client's handshake (RFC 6455, section 4.2).

    Args:
        method: the request's method.
        fields: the request's fields.
        protocols: the subprotocols that this side knows; the first of the client's that is among them is taken, and
            none where there is none.
        deflate: how to compress; None for not at all.

    Raises:
        WSHandshakeError: the request is none for a websocket; the error has what to answer.
        tidewire_http_parser.LocalProtocolError: a subprotocol of this side is no token.
    """
    if method != "GET":
        raise WSHandshakeError("a handshake is a GET request", 405, (("Allow", "GET"),))
    if "websocket" not in _tokens(fields, "upgrade"):
        raise WSHandshakeError("Upgrade does not name websocket", 400, (("Upgrade", "websocket"),))
    if "upgrade" not in _tokens(fields, "connection"):
        raise WSHandshakeError("Connection does not name upgrade", 400)
    version = _only(fields, "sec-websocket-version")
    if version not in _VERSIONS:
        raise WSHandshakeError(
            "an unsupported version of the protocol", 400, (("Sec-WebSocket-Version", ", ".join(_VERSIONS)),)
        )
    key = _only(fields, "sec-websocket-key") or ""
    if not _is_key(key):
        raise WSHandshakeError("Sec-WebSocket-Key is not 16 bytes in base64", 400)
    answer: Fields = [
        ("Upgrade", "websocket"),
        ("Connection", "upgrade"),
        ("Sec-WebSocket-Accept", accept_value(key)),
    ]
    format_token_list(list(protocols))
    offered = tuple(_listed(fields, "sec-websocket-protocol"))
    protocol = next((name for name in offered if name in protocols), None)
    if protocol is not None:
        answer.append(("Sec-WebSocket-Protocol", protocol))
    agreement = None
    if deflate is not None:
        agreement = choose(_joined(fields, "sec-websocket-extensions"), deflate)
    if agreement is not None:
        answer.append(("Sec-WebSocket-Extensions", str(agreement)))
    return Handshake(protocol=protocol, deflate=agreement, fields=answer, offered=offered)


def handshake_fields(
    key: str, *, protocols: Sequence[str] = (), deflate: DeflateOptions | None = None
) -> Fields:
    """Return the fields of a client's handshake (RFC 6455, section 4.1), but for Host and Origin.

    Args:
        key: what `new_key()` has made.
        protocols: the subprotocols to offer, the best first.
        deflate: how to compress; None for not at all.

    Raises:
        tidewire_http_parser.LocalProtocolError: a subprotocol is no token.
    """
    fields: Fields = [
        ("Upgrade", "websocket"),
        ("Connection", "Upgrade"),
        ("Sec-WebSocket-Version", "13"),
        ("Sec-WebSocket-Key", key),
    ]
    if protocols:
        fields.append(("Sec-WebSocket-Protocol", format_token_list(list(protocols))))
    if deflate is not None:
        fields.append(("Sec-WebSocket-Extensions", offer(deflate)))
    return fields


def check_handshake(
    key: str,
    status: int,
    fields: Fields,
    *,
    protocols: Sequence[str] = (),
    deflate: DeflateOptions | None = None,
) -> Handshake:
    """Check a server's answer (RFC 6455, section 4.1).

    Args:
        key: what was sent as Sec-WebSocket-Key.
        status: the response's status code.
        fields: the response's fields.
        protocols: the subprotocols that were offered.
        deflate: what was offered for compression.

    Raises:
        WSHandshakeError: it is not the answer to this handshake.
    """
    if status != 101:
        raise WSHandshakeError("the server has not switched protocols", status)
    if (_only(fields, "upgrade") or "").lower() != "websocket":
        raise WSHandshakeError("Upgrade is not websocket", status)
    if "upgrade" not in _tokens(fields, "connection"):
        raise WSHandshakeError("Connection does not name upgrade", status)
    accepted = (_only(fields, "sec-websocket-accept") or "").encode("utf-8", "surrogateescape")
    if not hmac.compare_digest(accepted, accept_value(key).encode("ascii")):
        raise WSHandshakeError("Sec-WebSocket-Accept is not the answer to the key", status)
    chosen = _listed(fields, "sec-websocket-protocol")
    protocol = next((name for name in chosen if name in protocols), None)
    if chosen and protocol is None:
        raise WSHandshakeError("the server uses a subprotocol that was not offered", status)
    agreement = check_answer(_joined(fields, "sec-websocket-extensions"), deflate)
    return Handshake(protocol=protocol, deflate=agreement, offered=tuple(protocols))


def _values(fields: Fields, name: str) -> list[str]:
    return [value for field_name, value in fields if field_name.lower() == name]


def _joined(fields: Fields, name: str) -> str:
    return ", ".join(_values(fields, name))


def _only(fields: Fields, name: str) -> str | None:
    """Return the value of a field that may be there once; None where it is not there, or several times."""
    values = _values(fields, name)
    return values[0].strip(" \t") if len(values) == 1 else None


def _listed(fields: Fields, name: str) -> list[str]:
    try:
        return parse_token_list(_joined(fields, name))
    except InvalidFieldValue as error:
        raise WSHandshakeError(f"malformed {name}") from error


def _tokens(fields: Fields, name: str) -> list[str]:
    return [token.lower() for token in _listed(fields, name)]


def _is_key(key: str) -> bool:
    if len(key) != 24:
        return False
    try:
        return len(base64.b64decode(key, validate=True)) == 16
    except (binascii.Error, ValueError):
        return False

"""What is made of a client's or a server's handshake, as lines of text: the format is described in corpus/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tidewire_http_parser import RequestHead, RequestParser, ResponseHead, ResponseParser
from tidewire_websocket import (
    DeflateAgreement,
    DeflateOptions,
    Handshake,
    WSHandshakeError,
    answer_handshake,
    check_handshake,
)

__all__ = ["trace"]

# The key of RFC 6455, section 1.3.
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="


def trace(pieces: Iterable[bytes], meta: Mapping[str, Any]) -> list[str]:
    """Read a head, which is a request or a response, as a handshake; return what comes of it.

    Args:
        pieces: the input, cut anywhere.
        meta: the case's metadata.
    """
    pieces = list(pieces)
    options: dict[str, Any] = {"protocols": tuple(meta.get("protocols", ()))}
    if "deflate" in meta:
        options["deflate"] = DeflateOptions(**meta["deflate"])
    parser: Any = ResponseParser() if b"".join(pieces).startswith(b"HTTP/") else RequestParser()
    if isinstance(parser, ResponseParser):
        parser.expect("GET")
    for piece in pieces:
        parser.receive_data(piece)
    head = parser.next_event()
    try:
        if isinstance(head, RequestHead):
            return _lines(answer_handshake(head.method, head.fields, **options), server=True)
        assert isinstance(head, ResponseHead) or hasattr(head, "status")
        return _lines(check_handshake(_KEY, head.status, head.fields, **options), server=False)
    except WSHandshakeError as error:
        fields = [f"field {name}: {value}" for name, value in error.fields]
        return [f"error {error.status}", *fields]


def _lines(handshake: Handshake, *, server: bool) -> list[str]:
    if server:
        return ["answer", *[f"field {name}: {value}" for name, value in handshake.fields]]
    lines = ["agreed"]
    if handshake.protocol is not None:
        lines.append(f"protocol {handshake.protocol}")
    if isinstance(handshake.deflate, DeflateAgreement):
        lines.append(f"deflate {handshake.deflate}")
    return lines

"""What a reader of messages makes of bytes, as lines of text: the format is described in corpus/README.md."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tidewire_testing import escape_bytes
from tidewire_websocket import DeflateAgreement, MessageReader, WSMsgType

__all__ = ["trace"]


def trace(pieces: Iterable[bytes], meta: Mapping[str, Any], *, buffered: bool = False) -> list[str]:
    """Feed pieces to a reader, as a case's metadata says; return what it reports.

    On the way this holds what is true of all inputs: an error stays, and nothing comes after it or after a close frame.

    Args:
        pieces: the input, cut anywhere.
        meta: the case's metadata.
        buffered: whether bytes are put into the reader's buffer where it has one.
    """
    masked = not meta.get("unmasked", False)
    inflater = DeflateAgreement(**meta["deflate"]).inflater(masked) if "deflate" in meta else None
    reader = MessageReader(
        masked, meta.get("max_size", 0), inflater=inflater, decode_text=not meta.get("bytes", False)
    )
    lines: list[str] = []
    for piece in pieces:
        _feed(reader, piece, buffered=buffered)
        while (message := reader.take()) is not None:
            lines.append(_line(message))
    if reader.error is not None:
        error = reader.error
        reader.receive_data(b"\x81\x80\0\0\0\0")
        assert reader.take() is None
        assert reader.error is error
        lines.append(f"error {type(error).__name__} {error.code}")
    elif reader.closed:
        reader.receive_data(b"\x81\x80\0\0\0\0")
        assert reader.take() is None
        lines.append("closed")
    else:
        lines.append("open")
    return lines


def _feed(reader: MessageReader, piece: bytes, *, buffered: bool) -> None:
    while piece:
        buffer = reader.buffer if buffered else None
        if buffer is None:
            reader.receive_data(piece)
            return
        count = min(len(buffer), len(piece))
        buffer[:count] = piece[:count]
        reader.buffer_filled(count)
        piece = piece[count:]


def _line(message: Any) -> str:
    if message.type is WSMsgType.CLOSE:
        return f'close {message.data} "{escape_bytes(message.extra.encode())}"'
    data = message.data.encode() if isinstance(message.data, str) else message.data
    shown = escape_bytes(data) if len(data) <= 200 else f"{len(data)} bytes"
    return f'{message.type.name.lower()} "{shown}"'

"""Messages and control frames as bytes, for those who do their own I/O."""

from __future__ import annotations

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket._close_codes import close_payload
from tidewire_websocket._frames import BINARY, CLOSE, FIN, MAX_CONTROL, PING, PONG, TEXT, serialise_frame

__all__ = ["serialise_close", "serialise_message", "serialise_ping", "serialise_pong"]


def serialise_message(data: str | bytes, *, masked: bool) -> bytes:
    """Write a message in one frame.

    Args:
        data: a text, or bytes.
        masked: whether this side is the client (RFC 6455, section 5.1).
    """
    if isinstance(data, str):
        return serialise_frame(FIN | TEXT, data.encode(), masked)
    return serialise_frame(FIN | BINARY, bytes(data), masked)


def serialise_ping(data: bytes = b"", *, masked: bool) -> bytes:
    """Write a ping.

    Args:
        data: up to 125 bytes, which come back.
        masked: as in `serialise_message()`.

    Raises:
        LocalProtocolError: more bytes.
    """
    return serialise_frame(FIN | PING, checked_control(data), masked)


def serialise_pong(data: bytes = b"", *, masked: bool) -> bytes:
    """Write a pong; see `serialise_ping()`."""
    return serialise_frame(FIN | PONG, checked_control(data), masked)


def serialise_close(code: int = 1000, reason: str | bytes = "", *, masked: bool) -> bytes:
    """Write a close frame.

    Args:
        code: the status code; 1005 for none.
        reason: why, up to 123 bytes of UTF-8.
        masked: as in `serialise_message()`.

    Raises:
        LocalProtocolError: a code or a reason that may not be sent.
    """
    return serialise_frame(FIN | CLOSE, close_payload(code, reason), masked)


def checked_control(data: bytes) -> bytes:
    """Return the payload of a control frame.

    Raises:
        LocalProtocolError: it is too long for one.
    """
    if len(data) > MAX_CONTROL:
        raise LocalProtocolError(f"a control frame has {MAX_CONTROL} bytes at most")
    return bytes(data)

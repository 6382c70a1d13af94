"""Why a websocket is closed: status codes and reasons (RFC 6455, sections 5.5.1 and 7.4)."""

from __future__ import annotations

from enum import IntEnum
from typing import Final

from tidewire_http_parser import LocalProtocolError
from tidewire_websocket._errors import InvalidFrame, InvalidText

__all__ = ["WSCloseCode"]

# A control frame has 125 bytes of payload, the code two of them.
MAX_REASON: Final = 123


class WSCloseCode(IntEnum):
    """The status codes of RFC 6455, section 7.4.1, and those registered since; 3000 to 4999 are free to use."""

    OK = 1000
    GOING_AWAY = 1001
    PROTOCOL_ERROR = 1002
    UNSUPPORTED_DATA = 1003
    NO_STATUS_RECEIVED = 1005
    ABNORMAL_CLOSURE = 1006
    INVALID_TEXT = 1007
    POLICY_VIOLATION = 1008
    MESSAGE_TOO_BIG = 1009
    MANDATORY_EXTENSION = 1010
    INTERNAL_ERROR = 1011
    SERVICE_RESTART = 1012
    TRY_AGAIN_LATER = 1013
    BAD_GATEWAY = 1014


# Codes that only an API has: no close frame says them (RFC 6455, section 7.4.1).
_UNSAID: Final = frozenset({WSCloseCode.NO_STATUS_RECEIVED, WSCloseCode.ABNORMAL_CLOSURE})


def may_be_sent(code: int) -> bool:
    """Tell whether a status code may be in a close frame."""
    return 3000 <= code <= 4999 or (1000 <= code <= 1014 and code != 1004 and code not in _UNSAID)


def parse_close(payload: bytes) -> tuple[int, str]:
    """Read the payload of a close frame.

    Returns:
        The code, 1005 where there is none, and the reason.

    Raises:
        InvalidFrame: one byte, or a code that may not be sent.
        InvalidText: the reason is not UTF-8.
    """
    if not payload:
        return int(WSCloseCode.NO_STATUS_RECEIVED), ""
    if len(payload) == 1:
        raise InvalidFrame("a close frame with one byte")
    code = int.from_bytes(payload[:2], "big")
    if not may_be_sent(code):
        raise InvalidFrame(f"a close frame with code {code}")
    try:
        return code, payload[2:].decode()
    except UnicodeDecodeError:
        raise InvalidText("a close frame whose reason is not UTF-8") from None


def close_payload(code: int, reason: bytes | str) -> bytes:
    """Make the payload of a close frame.

    Args:
        code: the status code; 1005 for none.
        reason: why, as text or as UTF-8.

    Raises:
        LocalProtocolError: a code that may not be sent, or a reason that is too long or not UTF-8.
    """
    encoded = reason.encode("utf-8", "surrogatepass") if isinstance(reason, str) else bytes(reason)
    if code == WSCloseCode.NO_STATUS_RECEIVED and not encoded:
        return b""
    if not may_be_sent(code):
        raise LocalProtocolError(f"{code} is not the code of a close frame")
    if len(encoded) > MAX_REASON:
        raise LocalProtocolError(f"the reason of a close frame has {MAX_REASON} bytes at most")
    if not _is_utf8(encoded):
        raise LocalProtocolError("the reason of a close frame is UTF-8")
    return code.to_bytes(2, "big") + encoded


def shortened_reason(reason: str) -> bytes:
    """Return as much of a reason as a close frame has room for."""
    return reason.encode("utf-8", "replace")[:MAX_REASON].decode("utf-8", "ignore").encode()


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True

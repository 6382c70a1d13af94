"""Whether a request that failed may be sent again by itself (RFC 9110, section 9.2.2; RFC 9112, section 9.3.1)."""

from __future__ import annotations

from typing import Final

from tidewire_client._connection_errors import (
    ClientAddressRefusedError,
    ClientSSLError,
    ServerFingerprintMismatch,
)
from tidewire_http_io import ResetReason

__all__: list[str] = []

IDEMPOTENT: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PUT", "TRACE"})

LASTING: Final = (ClientSSLError, ServerFingerprintMismatch, ClientAddressRefusedError)
"""Errors of connections that will come again, however often one tries."""


def may_send_again(
    method: str, reason: ResetReason | None, *, reused: bool, begun: bool, replayable: bool
) -> bool:
    """Decide whether a request may be sent once more, on another connection.

    Args:
        method: its method.
        reason: why its exchange ended; REFUSED where nothing of it has left.
        reused: whether its connection had been used before, which its server may have closed in the meantime.
        begun: whether anything of an answer has come.
        replayable: whether its body can be written again, or it has none.
    """
    if not replayable:
        return False
    if reason is ResetReason.REFUSED:
        return True
    # Too slow, or against the protocol: it would be so again.
    return reason is ResetReason.CANCEL and reused and not begun and method in IDEMPOTENT

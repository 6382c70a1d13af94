"""Masking of payloads (RFC 6455, section 5.3): in C where `_mask` was built, in Python elsewhere."""

from __future__ import annotations

import os
from typing import Final

# With TIDEWIRE_PURE=1 the finder of this package sees sources only, and the first import fails.
try:
    from tidewire_websocket._mask import bytes_of_room as bytes_of_room  # noqa: PLC0414
    from tidewire_websocket._mask import make_message as make_message  # noqa: PLC0414
    from tidewire_websocket._mask import make_room as make_room  # noqa: PLC0414
    from tidewire_websocket._mask import make_text_room as make_text_room  # noqa: PLC0414
    from tidewire_websocket._mask import mask_into as mask_into  # noqa: PLC0414
    from tidewire_websocket._mask import mask_range as mask_range  # noqa: PLC0414
    from tidewire_websocket._mask import masked_frame as masked_frame  # noqa: PLC0414
    from tidewire_websocket._mask import text_of_room as text_of_room  # noqa: PLC0414
    from tidewire_websocket._mask import unmask as unmask  # noqa: PLC0414
    from tidewire_websocket._mask import unmask_text as unmask_text  # noqa: PLC0414
    from tidewire_websocket._mask import utf8_of as utf8_of  # noqa: PLC0414
except ImportError:
    from tidewire_websocket._pure_masking import bytes_of_room as bytes_of_room  # noqa: PLC0414
    from tidewire_websocket._pure_masking import make_message as make_message  # noqa: PLC0414
    from tidewire_websocket._pure_masking import make_room as make_room  # noqa: PLC0414
    from tidewire_websocket._pure_masking import make_text_room as make_text_room  # noqa: PLC0414
    from tidewire_websocket._pure_masking import mask_into as mask_into  # noqa: PLC0414
    from tidewire_websocket._pure_masking import mask_range as mask_range  # noqa: PLC0414
    from tidewire_websocket._pure_masking import masked_frame as masked_frame  # noqa: PLC0414
    from tidewire_websocket._pure_masking import text_of_room as text_of_room  # noqa: PLC0414
    from tidewire_websocket._pure_masking import unmask as unmask  # noqa: PLC0414
    from tidewire_websocket._pure_masking import unmask_text as unmask_text  # noqa: PLC0414
    from tidewire_websocket._pure_masking import utf8_of as utf8_of  # noqa: PLC0414

__all__: list[str] = []


class MaskingKeys:
    """Masking keys, one for each frame, from the system's source of randomness (RFC 6455, section 10.3).

    The system is asked for many at once: it takes most of a microsecond to answer.
    """

    __slots__ = ("_at", "_pool")

    _POOL: Final = 4096

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Use no key of those at hand; a process that was forked would use them a second time."""
        self._pool = b""
        self._at = self._POOL

    def take(self) -> bytes:
        """Return a key that was not used before."""
        at = self._at
        if at == self._POOL:
            self._pool = os.urandom(self._POOL)
            at = 0
        self._at = at + 4
        return self._pool[at : at + 4]


KEYS: Final = MaskingKeys()

if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=KEYS.forget)

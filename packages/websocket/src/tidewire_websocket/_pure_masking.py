"""Masking of payloads (RFC 6455, section 5.3) in Python, where `_mask.c` was not built; it does the same.

Whole numbers are XORed instead of single bytes, which is the fastest that Python has: about a millisecond for a
mebibyte, against some twenty microseconds in C.
"""

from __future__ import annotations

__all__: list[str] = []


def mask_range(data: bytes, start: int, stop: int, key: bytes, phase: int, /) -> bytes:
    """Mask a range of bytes, or take the mask off, which is the same.

    Args:
        data: the bytes.
        start: where the range begins.
        stop: where it ends.
        key: the masking key, four bytes.
        phase: which byte of the payload the first one is; only its remainder by four matters.

    Raises:
        TypeError: an argument of another type.
        ValueError: a range outside of the data, or a key of another length.
    """
    _check_bytes(data, key)
    if not 0 <= start <= stop <= len(data):
        raise ValueError("a range outside of the data")
    if len(key) != 4:
        raise ValueError("a masking key has four bytes")
    size = stop - start
    turn = phase & 3
    turned = key[turn:] + key[:turn]
    stream = int.from_bytes((turned * (size // 4 + 1))[:size], "little")
    return (int.from_bytes(data[start:stop], "little") ^ stream).to_bytes(size, "little")


def unmask(data: bytes, start: int, stop: int, /) -> bytes:
    """Return a whole payload without its mask.

    Args:
        data: what came, the masking key in the four bytes before the payload.
        start: where the payload begins.
        stop: where it ends.

    Raises:
        TypeError, ValueError: as `mask_range()`.
    """
    if start < 4:
        raise ValueError("a range outside of the data")
    return mask_range(data, start, stop, data[start - 4 : start], 0)


def unmask_text(data: bytes, start: int, stop: int, /) -> str:
    """Return a whole payload without its mask as text.

    Args:
        data: as in `unmask()`.
        start: as in `unmask()`.
        stop: as in `unmask()`.

    Raises:
        UnicodeDecodeError: it is no UTF-8.
        TypeError, ValueError: as `mask_range()`.
    """
    return unmask(data, start, stop).decode()


def masked_frame(head: bytes, key: bytes, payload: bytes, /) -> bytes:
    """Return a frame: its head, the masking key, and the payload masked with it.

    Args:
        head: what stands before the key.
        key: the masking key, four bytes.
        payload: what is to be masked.

    Raises:
        TypeError, ValueError: as `mask_range()`.
    """
    _check_bytes(head)
    return head + key + mask_range(payload, 0, len(payload), key, 0)


def _check_bytes(*values: object) -> None:
    for value in values:
        if not isinstance(value, bytes):
            raise TypeError(f"bytes expected; got {type(value).__name__}")

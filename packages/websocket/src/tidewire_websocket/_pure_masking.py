"""Masking of payloads (RFC 6455, section 5.3) in Python, where `_mask.c` was not built; it does the same.

Whole numbers are XORed instead of single bytes, which is the fastest that Python has: about a millisecond for a
mebibyte, against some twenty microseconds in C.
"""

from __future__ import annotations

from typing import TypeVar

__all__: list[str] = []

_T = TypeVar("_T", bound=tuple[object, ...])


def make_room(size: int, /) -> memoryview:
    """Return a view of bytes that are to be filled, with anything in them.

    Args:
        size: how many.

    Raises:
        TypeError: another type.
        ValueError: a negative number.
    """
    return memoryview(bytearray(size))


def bytes_of_room(room: object, /) -> bytes:
    """Return the bytes of a room that is full, in C without a copy; nobody may write to it any more.

    Args:
        room: what `make_room()` has returned.

    Raises:
        TypeError: another object.
    """
    if not isinstance(room, memoryview) or not isinstance(room.obj, bytearray):
        raise TypeError("a view by make_room() expected")
    return room.tobytes()


def make_text_room(size: int, /) -> memoryview:
    """Return a view of what is to become a text, if everything that it is filled with is ASCII; see `make_room()`."""
    return make_room(size)


def text_of_room(room: object, /) -> str:
    """Return the text of a room that is full of ASCII, in C without a copy; nobody may write to it any more.

    Args:
        room: what `make_text_room()` has returned.

    Raises:
        TypeError: another object.
    """
    if not isinstance(room, memoryview) or not isinstance(room.obj, bytearray):
        raise TypeError("a view by make_text_room() expected")
    return str(room, "ascii")


def utf8_of(text: str, /) -> bytes | memoryview:
    """Return a text in UTF-8; in C without a copy where it is ASCII, as a view of it.

    Raises:
        TypeError: another type.
        UnicodeEncodeError: it has surrogates.
    """
    if not isinstance(text, str):
        raise TypeError(f"str expected; got {type(text).__name__}")
    return text.encode()


def make_message(cls: type[_T], kind: int, data: object, /) -> _T:
    """Make a message of a kind and data, without something extra: a tuple of three, past the constructor.

    Raises:
        TypeError: the class is none of tuples.
    """
    return tuple.__new__(cls, (kind, data, ""))


def mask_into(
    target: bytearray | memoryview,
    at: int,
    source: bytes | bytearray | memoryview,
    start: int,
    stop: int,
    key: bytes,
    /,
) -> bool:
    """Mask a range of bytes, or take the mask off, and put it somewhere else, or where it is; tell whether it is ASCII.

    Args:
        target: where the payload is put together.
        at: where in it, and in the payload, the range begins.
        source: the bytes; they may be the target, and then `start` is `at`.
        start: where the range begins.
        stop: where it ends.
        key: the masking key, four bytes.

    Raises:
        TypeError: an argument of another type, or a target that cannot be written to.
        ValueError: a range outside of the data or of the target, or a key of another length.
    """
    with memoryview(source) as view:
        if not 0 <= start <= stop <= len(view):
            raise ValueError("a range outside of the data")
        made = mask_range(view[start:stop].tobytes(), 0, stop - start, key, at)
    with memoryview(target) as room:
        if room.readonly:
            raise TypeError("the target cannot be written to")
        if not 0 <= at <= len(room) - len(made):
            raise ValueError("a range outside of the target")
        room[at : at + len(made)] = made
    return made.isascii()


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


def masked_frame(head: bytes, key: bytes, payload: bytes | memoryview, /) -> bytes:
    """Return a frame: its head, the masking key, and the payload masked with it.

    Args:
        head: what stands before the key.
        key: the masking key, four bytes.
        payload: what is to be masked, bytes or a view of bytes.

    Raises:
        TypeError, ValueError: as `mask_range()`.
    """
    _check_bytes(head)
    if isinstance(payload, memoryview):
        payload = payload.tobytes()
    return head + key + mask_range(payload, 0, len(payload), key, 0)


def _check_bytes(*values: object) -> None:
    for value in values:
        if not isinstance(value, bytes):
            raise TypeError(f"bytes expected; got {type(value).__name__}")

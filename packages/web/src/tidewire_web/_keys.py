"""Typed keys for what applications keep under a name."""

from __future__ import annotations

from typing import Generic, TypeVar, final

__all__ = ["AppKey"]

T = TypeVar("T")


@final
class AppKey(Generic[T]):
    """A key of an application's state, with the type of the value that is kept under it.

    Keys are made once, at module level; two of the same name are still two keys.

    Args:
        name: a name for people to read.
        t: the value's type, for type checkers and for people.
    """

    __slots__ = ("_name", "_t")

    def __init__(self, name: str, t: type[T] | None = None) -> None:
        self._name = name
        self._t = t

    def __repr__(self) -> str:
        kind = getattr(self._t, "__qualname__", None) or ("?" if self._t is None else repr(self._t))
        return f"<AppKey({self._name}, type={kind})>"

"""Signals: lists of coroutine functions that are called one after the other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Generic, ParamSpec, TypeVar

from frozenlist import FrozenList

__all__ = ["Signal"]

P = ParamSpec("P")
Receiver = TypeVar("Receiver", bound=Callable[..., Awaitable[object]])


class Signal(FrozenList[Callable[P, Awaitable[object]]], Generic[P]):
    """Receivers of one signal: coroutine functions, called in the order in which they were added.

    A signal can be used as a decorator, which adds the function that it decorates.

    Args:
        owner: what the signal is about; for `repr()`.
    """

    __slots__ = ("_owner",)

    def __init__(self, owner: object) -> None:
        super().__init__()
        self._owner = owner

    def __repr__(self) -> str:
        return f"<Signal owner={self._owner!r} frozen={self.frozen} {list(self)!r}>"

    def __call__(self, receiver: Receiver) -> Receiver:
        """Add a receiver.

        Raises:
            RuntimeError: the list of receivers is frozen.
        """
        self.append(receiver)
        return receiver

    async def send(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Call every receiver, one after the other; the first exception ends it.

        Raises:
            RuntimeError: the list of receivers is not frozen yet.
        """
        if not self.frozen:
            raise RuntimeError("cannot send a signal whose list of receivers is not frozen")
        for receiver in self:
            await receiver(*args, **kwargs)

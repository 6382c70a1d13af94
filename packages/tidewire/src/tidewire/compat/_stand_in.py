"""Classes that have to differ from Tidewire's, but whose instances Tidewire's are all the same."""

from __future__ import annotations

from abc import ABCMeta
from typing import Any

__all__: list[str] = []


class StandIn(ABCMeta):
    """The class of a class that stands for its base: instances of the base count as its own.

    So `isinstance(x, aiohttp.ClientSession)` holds for a session that Tidewire's own test client has made. It holds for
    the class itself, not for what is derived from it.
    """

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], **options: Any
    ) -> StandIn:
        """Make a class, and note what it stands for where it is the first of its line."""
        made = super().__new__(mcs, name, bases, namespace, **options)
        made._stands_for = None if any(isinstance(base, StandIn) for base in bases) else bases[0]
        return made

    _stands_for: type | None

    # By the method resolution order alone: a base that is abstract would ask this class in turn.

    def __instancecheck__(cls, instance: Any) -> bool:
        return type.__instancecheck__(cls._stands_for or cls, instance)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return type.__subclasscheck__(cls._stands_for or cls, subclass)

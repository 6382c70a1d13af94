"""Which payload is made of what."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, TypeVar

from tidewire_http_io.payloads._payload import Payload
from tidewire_http_io.payloads._payload_errors import LookupError  # noqa: A004

__all__ = ["Order", "PayloadRegistry"]

Factory = Callable[..., Payload]
Kinds = type | tuple[type, ...]
F = TypeVar("F", bound=Factory)


class Order(enum.StrEnum):
    """When a registration is looked at."""

    normal = "normal"
    try_first = "try_first"
    try_last = "try_last"


class PayloadRegistry:
    """Finds the payload for a value by its type.

    Those to be tried first are asked in the order of their registration, then the normal ones, then the last ones.
    Among the normal ones that of the class itself counts most, then that of the nearest base class, then of abstract
    classes that it counts as an instance of, in the order of registration. A type that is registered again with the
    same order has its new factory.
    """

    __slots__ = ("_first", "_last", "_normal")

    def __init__(self) -> None:
        self._first: dict[type, Factory] = {}
        self._normal: dict[type, Factory] = {}
        self._last: dict[type, Factory] = {}

    def register(self, factory: Factory, type: Kinds, *, order: Order = Order.normal) -> None:  # noqa: A002
        """Have a factory make the payloads of a type, and of what is derived from it.

        Args:
            factory: called with the value, and with what `get()` was given besides.
            type: the type, or a tuple of types.
            order: when it is looked at.

        Raises:
            TypeError: no type, or no callable.
            ValueError: no order.
        """
        kinds = type if isinstance(type, tuple) else (type,)
        if not callable(factory):
            raise TypeError(f"a factory can be called, unlike {factory!r:.100}")
        for kind in kinds:
            isinstance(None, kind)  # raises TypeError where that cannot be asked
        orders = {Order.try_first: self._first, Order.normal: self._normal, Order.try_last: self._last}
        orders[Order(order)].update(dict.fromkeys(kinds, factory))

    def get(self, data: Any, *args: Any, **kwargs: Any) -> Payload:
        """Make the payload of a value; one that is a payload already is returned as it is.

        Args:
            data: the value.
            args: passed on to the factory.
            kwargs: passed on to the factory.

        Raises:
            LookupError: none is registered for it.
        """
        # By far most are of a class that is registered itself, and whether something is a payload takes long to ask.
        factory = self._normal.get(type(data))
        if factory is None or (self._first and isinstance(data, tuple(self._first))):
            if isinstance(data, Payload):
                return data
            factory = self._find(data)
        return factory(data, *args, **kwargs)

    def _find(self, data: Any) -> Factory:
        for kind, factory in self._first.items():
            if isinstance(data, kind):
                return factory
        for kind in type(data).__mro__:
            if kind in self._normal:
                return self._normal[kind]
        for registered in (self._normal, self._last):
            for kind, factory in registered.items():
                if isinstance(data, kind):
                    return factory
        raise LookupError(type(data).__name__)

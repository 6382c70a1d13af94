"""Which payload is made of what."""

from __future__ import annotations

from abc import ABC
from typing import Any

import pytest

from tidewire_http_io.payloads import BytesPayload, Order, PayloadRegistry, StringPayload
from tidewire_http_io.payloads import LookupError as PayloadLookupError


class Base: ...


class Derived(Base): ...


class Abstract(ABC): ...  # noqa: B024


Abstract.register(Derived)


class Named:
    """Makes payloads that tell who made them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, value: Any, *args: Any, **kwargs: Any) -> BytesPayload:
        return BytesPayload(repr((self.name, args, kwargs)).encode())


def found(registry: PayloadRegistry, value: Any) -> str:
    body = registry.get(value).whole()
    assert body is not None
    return body.decode().partition("'")[2].partition("'")[0]


def test_nothing_is_found_where_nothing_is_registered() -> None:
    registry = PayloadRegistry()
    registry.register(StringPayload, str)
    with pytest.raises(PayloadLookupError, match="Derived") as caught:
        registry.get(Derived())
    assert isinstance(caught.value, TypeError)


def test_a_payload_is_returned_as_it_is() -> None:
    payload = BytesPayload(b"")
    assert PayloadRegistry().get(payload, "ignored") is payload


def test_arguments_are_passed_on() -> None:
    registry = PayloadRegistry()
    registry.register(Named("a"), Base)
    assert registry.get(Base(), 1, b=2).whole() == b"('a', (1,), {'b': 2})"


@pytest.mark.parametrize("backwards", [False, True])
def test_the_nearest_class_counts_most(backwards: bool) -> None:
    kinds = [object, Abstract, Base, Derived]
    for count in range(1, len(kinds) + 1):
        registry = PayloadRegistry()
        chosen = kinds[:count]
        for kind in reversed(chosen) if backwards else chosen:
            registry.register(Named(kind.__name__), kind)
        # An abstract class is no base class: real ones come first.
        expected = "object" if count == 2 else chosen[-1].__name__
        assert found(registry, Derived()) == expected


def test_abstract_classes_are_asked_in_order() -> None:
    class Other(ABC): ...  # noqa: B024

    Other.register(Derived)
    registry = PayloadRegistry()
    registry.register(Named("first"), Other)
    registry.register(Named("second"), Abstract)
    assert found(registry, Derived()) == "first"


def test_the_order_of_trying() -> None:
    registry = PayloadRegistry()
    registry.register(Named("last"), Derived, order=Order.try_last)
    assert found(registry, Derived()) == "last"
    registry.register(Named("normal"), object)
    assert found(registry, Derived()) == "normal"
    registry.register(Named("first"), Base, order=Order.try_first)
    assert found(registry, Derived()) == "first"
    registry.register(Named("second"), Derived, order=Order.try_first)
    assert found(registry, Derived()) == "first"


def test_registering_again_replaces() -> None:
    registry = PayloadRegistry()
    for order in Order:
        registry.register(Named("old"), Base, order=order)
        registry.register(Named("new"), Base, order=order)
        assert found(registry, Base()) == "new"


def test_several_types_at_once() -> None:
    registry = PayloadRegistry()
    registry.register(Named("a"), (Base, int))
    assert found(registry, 5) == found(registry, Derived()) == "a"


def test_orders_have_their_names() -> None:
    assert [order.value for order in Order] == ["normal", "try_first", "try_last"]


def test_nonsense_is_refused() -> None:
    registry = PayloadRegistry()
    wrong: Any = "a"
    with pytest.raises(TypeError):
        registry.register(Named("a"), wrong)
    with pytest.raises(TypeError, match="called"):
        registry.register(wrong, Base)
    with pytest.raises(ValueError, match="a"):
        registry.register(Named("a"), Base, order=wrong)
    with pytest.raises(PayloadLookupError):
        registry.get(Base())

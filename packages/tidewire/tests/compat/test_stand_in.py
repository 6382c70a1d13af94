from __future__ import annotations

from abc import ABC

from tidewire.compat._stand_in import StandIn


class Base:
    pass


class Abstract(ABC):  # noqa: B024 - its metaclass is what is tested
    pass


class Concrete(Abstract, metaclass=StandIn):
    pass


class Other(Base, metaclass=StandIn):
    pass


class Derived(Other):
    pass


def test_instances_of_the_base_are_its_own() -> None:
    assert isinstance(Base(), Other)
    assert isinstance(Other(), Other)
    assert issubclass(Base, Other)
    assert not isinstance(3, Other)


def test_it_does_not_hold_for_what_is_derived() -> None:
    assert not isinstance(Base(), Derived)
    assert not isinstance(Other(), Derived)
    assert isinstance(Derived(), Derived)
    assert not issubclass(Base, Derived)


def test_the_base_may_be_abstract() -> None:
    assert not isinstance(3, Concrete)
    assert not isinstance(3, Abstract)
    assert isinstance(Abstract(), Concrete)
    assert isinstance(Concrete(), Abstract)

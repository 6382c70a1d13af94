"""What handlers, middlewares and receivers of signals keep with a request or a response."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, Generic, TypeVar, overload

from tidewire_web._keys import Key, Of

__all__: list[str] = []

T = TypeVar("T")
D = TypeVar("D")


class KeptState(MutableMapping[str | Key[Any, Of], Any], Generic[Of]):
    """A mapping by typed keys of one kind, or names; compared by identity; true also where it is empty."""

    # Made when something is kept: most requests and responses keep nothing.
    _state: dict[str | Key[Any, Of], Any] | None = None

    @overload
    def __getitem__(self, key: Key[T, Of]) -> T: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str | Key[T, Of]) -> Any:
        if self._state is None:
            raise KeyError(key)
        return self._state[key]

    @overload
    def __setitem__(self, key: Key[T, Of], value: T) -> None: ...

    @overload
    def __setitem__(self, key: str, value: Any) -> None: ...

    def __setitem__(self, key: str | Key[T, Of], value: Any) -> None:
        if self._state is None:
            self._state = {}
        self._state[key] = value

    def __delitem__(self, key: str | Key[Any, Of]) -> None:
        if self._state is None:
            raise KeyError(key)
        del self._state[key]

    def __contains__(self, key: object) -> bool:
        return self._state is not None and key in self._state

    def __len__(self) -> int:
        return 0 if self._state is None else len(self._state)

    def __iter__(self) -> Iterator[str | Key[Any, Of]]:
        return iter(self._state or ())

    def __bool__(self) -> bool:
        return True

    # Those of `object`, and not of Python's making: requests are looked up where they are handled.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @overload  # type: ignore[override]  # the key says which type its value has
    def get(self, key: Key[T, Of], default: D) -> T | D: ...

    @overload
    def get(self, key: Key[T, Of], default: None = None) -> T | None: ...

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...

    def get(self, key: str | Key[Any, Of], default: Any = None) -> Any:
        """Return what is kept under a key, or the default where there is nothing."""
        return default if self._state is None else self._state.get(key, default)

"""What handlers, middlewares and receivers of signals keep with a response."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar, overload

from tidewire_web._keys import ResponseKey

__all__: list[str] = []

T = TypeVar("T")
D = TypeVar("D")


class ResponseState(MutableMapping[str | ResponseKey[Any], Any]):
    """A mapping by typed keys or names, compared by identity; true also where it is empty."""

    # Made when something is kept: most responses keep nothing.
    _state: dict[str | ResponseKey[Any], Any] | None = None

    @overload
    def __getitem__(self, key: ResponseKey[T]) -> T: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str | ResponseKey[T]) -> Any:
        if self._state is None:
            raise KeyError(key)
        return self._state[key]

    @overload
    def __setitem__(self, key: ResponseKey[T], value: T) -> None: ...

    @overload
    def __setitem__(self, key: str, value: Any) -> None: ...

    def __setitem__(self, key: str | ResponseKey[T], value: Any) -> None:
        if self._state is None:
            self._state = {}
        self._state[key] = value

    def __delitem__(self, key: str | ResponseKey[Any]) -> None:
        if self._state is None:
            raise KeyError(key)
        del self._state[key]

    def __contains__(self, key: object) -> bool:
        return self._state is not None and key in self._state

    def __len__(self) -> int:
        return 0 if self._state is None else len(self._state)

    def __iter__(self) -> Iterator[str | ResponseKey[Any]]:
        return iter(self._state or ())

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return self is other

    def __hash__(self) -> int:
        return id(self)

    @overload  # type: ignore[override]  # the key says which type its value has
    def get(self, key: ResponseKey[T], default: None = ...) -> T | None: ...

    @overload
    def get(self, key: ResponseKey[T], default: D) -> T | D: ...

    @overload
    def get(self, key: str, default: Any = ...) -> Any: ...

    def get(self, key: str | ResponseKey[Any], default: Any = None) -> Any:
        """Return what is kept under a key, or the default where there is nothing."""
        return default if self._state is None else self._state.get(key, default)

"""The state of an application: a mapping with typed keys."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, MutableMapping
from typing import Any, TypeVar, overload

from tidewire_web._keys import AppKey, NotAppKeyWarning

__all__: list[str] = []

T = TypeVar("T")
U = TypeVar("U")


class AppState(MutableMapping[str | AppKey[Any], Any]):
    """A mapping that can be frozen; true whatever it holds, and compared by identity."""

    def __init__(self) -> None:
        self._state: dict[str | AppKey[Any], Any] = {}
        self._frozen = False

    @overload
    def __getitem__(self, key: AppKey[T]) -> T: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str | AppKey[T]) -> Any:
        return self._state[key]

    @overload
    def __setitem__(self, key: AppKey[T], value: T) -> None: ...

    @overload
    def __setitem__(self, key: str, value: Any) -> None: ...

    def __setitem__(self, key: str | AppKey[T], value: Any) -> None:
        self._check_not_frozen()
        if not isinstance(key, AppKey):
            warnings.warn(f"an AppKey would be better than {key!r}", NotAppKeyWarning, stacklevel=2)
        self._state[key] = value

    def __delitem__(self, key: str | AppKey[Any]) -> None:
        self._check_not_frozen()
        del self._state[key]

    @overload  # type: ignore[override]  # the key says which type its value has
    def get(self, key: AppKey[T], default: U) -> T | U: ...

    @overload
    def get(self, key: AppKey[T], default: None = None) -> T | None: ...

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...

    def get(self, key: str | AppKey[T], default: Any = None) -> Any:
        """The value for a key; `default` where there is none."""
        return self._state.get(key, default)

    def __len__(self) -> int:
        return len(self._state)

    def __iter__(self) -> Iterator[str | AppKey[Any]]:
        return iter(self._state)

    def __bool__(self) -> bool:
        return True

    # Those of `object`, and not of Python's making: applications are looked up with requests.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    @property
    def frozen(self) -> bool:
        """Whether the application runs, so that its state changes no more."""
        return self._frozen

    def _check_not_frozen(self) -> None:
        if self._frozen:
            raise RuntimeError("the state of a running application does not change")

"""One mapping over several: what a request finds in its application and in those around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, TypeVar, final, overload

from tidewire_web._keys import AppKey

__all__ = ["ChainMapProxy"]

T = TypeVar("T")
U = TypeVar("U")


@final
class ChainMapProxy(Mapping[str | AppKey[Any], Any]):
    """A read-only view of several mappings, of which the first one that has a key counts.

    Args:
        maps: the mappings, the one to be asked first before the others. What is changed in them is seen.
    """

    __slots__ = ("__weakref__", "_maps")

    def __init__(self, maps: Iterable[Mapping[str | AppKey[Any], Any]]) -> None:
        self._maps = tuple(maps)

    def __init_subclass__(cls) -> None:
        raise TypeError(f"ChainMapProxy has no subclasses: {cls.__name__}")

    def __repr__(self) -> str:
        return f"<ChainMapProxy of {', '.join(map(repr, self._maps))}>"

    @overload
    def __getitem__(self, key: AppKey[T]) -> T: ...

    @overload
    def __getitem__(self, key: str) -> Any: ...

    def __getitem__(self, key: str | AppKey[T]) -> Any:
        for mapping in self._maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    @overload  # type: ignore[override]  # the key says which type its value has
    def get(self, key: AppKey[T], default: U) -> T | U: ...

    @overload
    def get(self, key: AppKey[T], default: None = None) -> T | None: ...

    @overload
    def get(self, key: str, default: Any = None) -> Any: ...

    def get(self, key: str | AppKey[T], default: Any = None) -> Any:
        """The value for a key; `default` where no mapping has one."""
        for mapping in self._maps:
            if key in mapping:
                return mapping[key]
        return default

    def __contains__(self, key: object) -> bool:
        return any(key in mapping for mapping in self._maps)

    def __len__(self) -> int:
        return len(self._keys())

    def __iter__(self) -> Iterator[str | AppKey[Any]]:
        return iter(self._keys())

    def __bool__(self) -> bool:
        # Not for the mappings' own truth: an application is true, whatever it holds.
        return any(len(mapping) for mapping in self._maps)

    def _keys(self) -> dict[str | AppKey[Any], None]:
        """All keys, those of the outermost mapping first."""
        return {key: None for mapping in reversed(self._maps) for key in mapping}

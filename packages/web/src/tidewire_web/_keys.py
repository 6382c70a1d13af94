"""Typed keys for what applications, requests and responses keep under a name."""

from __future__ import annotations

import sys
import warnings
from typing import Any, Generic, TypeVar, final

__all__ = ["AppKey", "NotAppKeyWarning", "RequestKey", "ResponseKey"]

T = TypeVar("T")
Of = TypeVar("Of")


class OfApplication:
    """Whose key it is, for type checkers: an application's."""


class OfRequest:
    """Whose key it is, for type checkers: a request's."""


class OfResponse:
    """Whose key it is, for type checkers: a response's."""


class NotAppKeyWarning(UserWarning):
    """A str is used as a key, where a typed key would let type checkers know the value, and names would never clash.

    Ignored unless somebody asks for it, as by `python -W default`.
    """


# Behind all other filters, so that whatever was asked for counts.
warnings.filterwarnings("ignore", category=NotAppKeyWarning, append=True)


class Key(Generic[T, Of]):
    """A key of somebody's state, with the type of the value that is kept under it.

    Keys are made once, at module level; two of the same name are still two keys.

    Args:
        name: a name for people to read; `repr()` puts the module before it in which the key was made.
        t: the value's type, for type checkers and for people; `AppKey[int]("name")` says it too.
    """

    __slots__ = ("__orig_class__", "_name", "_t")

    # What `AppKey[int]("name")` sets behind the constructor's back.
    __orig_class__: Any

    def __init__(self, name: str, t: type[T] | None = None) -> None:
        # The caller's module, as a key's name alone says little in a message. The nearest frame that is not a
        # constructor of this module or of `typing`, which calls it for a generic alias.
        frame = sys._getframe(1)
        while frame.f_back is not None and frame.f_globals.get("__name__") in (__name__, "typing"):
            frame = frame.f_back
        self._name = f"{frame.f_globals.get('__name__', '<unknown>')}.{name}"
        self._t = t

    def __lt__(self, other: object) -> bool:
        # Only for people who sort what they print.
        if isinstance(other, Key):
            return self._name < other._name
        return NotImplemented

    def __repr__(self) -> str:
        t: Any = self._t
        if t is None:
            arguments = getattr(getattr(self, "__orig_class__", None), "__args__", ())
            t = arguments[0] if arguments else None
        if t is None:
            kind = "<<Unknown>>"
        elif isinstance(t, type) and not hasattr(t, "__args__"):
            kind = t.__qualname__ if t.__module__ == "builtins" else f"{t.__module__}.{t.__qualname__}"
        else:
            kind = repr(t)
        return f"<{type(self).__name__}({self._name}, type={kind})>"


@final
class AppKey(Key[T, OfApplication]):
    """A key of an application's state: `app[KEY]`."""

    __slots__ = ()


@final
class RequestKey(Key[T, OfRequest]):
    """A key of what is kept with a request: `request[KEY]`."""

    __slots__ = ()


@final
class ResponseKey(Key[T, OfResponse]):
    """A key of what is kept with a response: `response[KEY]`."""

    __slots__ = ()

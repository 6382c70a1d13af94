"""What origins may do with the methods of a view."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from tidewire_cors._options import CorsOptions, ResourceOptions, checked_options

__all__ = ["CorsViewMixin", "custom_cors"]

F = TypeVar("F", bound=Callable[..., Any])

_ATTRIBUTE: Final = "cors_config"


class CorsViewMixin:
    """A view with options of its own; its route is added to the configuration like any other."""

    cors_config: ClassVar[CorsOptions | None] = None
    """What origins may do with all methods of the view, beside what the configuration says."""


def custom_cors(config: CorsOptions) -> Callable[[F], F]:
    """Give a method of a view options that go before those of the view; a decorator.

    Args:
        config: what origins may do.

    Raises:
        ValueError: the options are malformed.
    """
    checked_options(config)

    def decorate(method: F) -> F:
        setattr(method, _ATTRIBUTE, config)
        return method

    return decorate


def view_layers(handler: Any, method: str) -> list[Mapping[str, ResourceOptions]]:
    """Return what a view says itself, of one of its methods first; nothing where a handler is no such view.

    Args:
        handler: what a route calls.
        method: the method of the request.

    Raises:
        ValueError: the options are malformed.
    """
    if not isinstance(handler, type) or not issubclass(handler, CorsViewMixin):
        return []
    own = getattr(getattr(handler, method.lower(), None), _ATTRIBUTE, None)
    return [checked_options(config) for config in (own, handler.cors_config) if config is not None]


def has_method(handler: Any, method: str) -> bool:
    """Whether a handler answers a method: a view does so if it has one of that name."""
    if not isinstance(handler, type):
        return True
    return method.isalpha() and method.isupper() and callable(getattr(handler, method.lower(), None))

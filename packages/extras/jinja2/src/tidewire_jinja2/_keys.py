"""What is kept with applications and requests, and under which keys."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

from jinja2 import Environment

from tidewire_web import AppKey, Request, RequestKey

__all__ = [
    "APP_CONTEXT_PROCESSORS_KEY",
    "APP_KEY",
    "REQUEST_CONTEXT_KEY",
    "ContextProcessor",
    "static_root_key",
]

ContextProcessor = Callable[[Request], Awaitable[Mapping[str, Any]]]

APP_KEY: Final = AppKey("APP_KEY", Environment)
"""The environment of an application."""
APP_CONTEXT_PROCESSORS_KEY: Final = AppKey[Sequence[ContextProcessor]]("APP_CONTEXT_PROCESSORS_KEY")
"""What is asked for a part of the context of every template."""
REQUEST_CONTEXT_KEY: Final = RequestKey[dict[str, Any]]("REQUEST_CONTEXT_KEY")
"""What the context processors have given for a request."""
static_root_key: Final = AppKey("static_root_key", str)
"""The URL below which static files are, for `static()` in templates; set by the application."""

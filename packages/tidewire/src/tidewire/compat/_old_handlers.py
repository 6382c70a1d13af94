"""Handlers and middlewares of former kinds, made into those of today."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Awaitable, Callable
from types import CodeType
from typing import Any

from tidewire.compat._deprecations import warn_of
from tidewire_web import middleware

__all__: list[str] = []


def coroutine_handler(handler: Any) -> Any:
    """Make a coroutine function of a handler that is a plain function; all others stay as they are."""
    if not inspect.isfunction(handler) or inspect.iscoroutinefunction(handler):
        return handler
    if inspect.isgeneratorfunction(handler) or inspect.isasyncgenfunction(handler):
        return handler
    if hasattr(handler, "__wrapped__"):
        return handler  # a decorator's, which gives what the decorated one gives

    warn_of("Bare functions are deprecated, use async ones")

    @functools.wraps(handler)
    async def handle(request: Any) -> Any:
        result = handler(request)
        return await result if inspect.isawaitable(result) else result

    return handle


def new_style(factory: Any) -> Any:
    """Make a middleware of a factory, which is called with the application; all others stay as they are."""
    code = getattr(factory, "__code__", None)
    if not isinstance(code, CodeType) or hasattr(factory, "__middleware_version__"):
        return factory
    if code.co_varnames[: code.co_argcount][:2] != ("app", "handler"):
        return factory

    warn_of(f'old-style middleware "{factory!r}" deprecated')
    make: Callable[[Any, Any], Awaitable[Callable[[Any], Awaitable[Any]]]] = factory

    @middleware
    async def handle(request: Any, handler: Any) -> Any:
        return await (await make(request.app, handler))(request)

    return handle

"""Middlewares, and how they are put around a handler."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from inspect import Parameter, Signature
from types import CodeType, FunctionType, MethodType
from typing import Any, Final, Protocol, TypeVar

from tidewire_web._types import Handler, Middleware

__all__ = ["middleware"]

F = TypeVar("F", bound=Callable[..., Any])

# What is told apart by its name in the model: there it is passed by keyword.
_HANDLER: Final = "handler"
# A method's is that without the first parameter, which handlers do not have.
_METHOD_SIGNATURE: Final = Signature(
    [Parameter(name, Parameter.POSITIONAL_ONLY) for name in ("self", "request")]
)
# The flag of a code object that takes any keywords; see `inspect.CO_VARKEYWORDS`.
_TAKES_KEYWORDS: Final = 0x08


class _Level(Protocol):
    """An application on the way of a request."""

    @property
    def middlewares(self) -> Sequence[Middleware]:
        """Its middlewares, outermost first."""


def middleware(function: F) -> F:
    """Mark a coroutine function as a middleware.

    A middleware takes a request and a handler, which should be named `handler`; it awaits `handler(request)`, or does
    not, and returns a response or raises. The mark says that it is no factory of the kind that was before; nothing
    asks for it here.
    """
    marked: Any = function
    marked.__middleware_version__ = 1
    return function


def checked_middlewares(middlewares: Iterable[Any]) -> None:
    """Look at middlewares before they are needed.

    Raises:
        TypeError: one cannot be called, or is a factory that takes the application.
    """
    for each in middlewares:
        if not callable(each):
            raise TypeError(f"a middleware is a coroutine function, not {each!r}")
        code = getattr(each, "__code__", None)
        if isinstance(code, CodeType) and not hasattr(each, "__middleware_version__"):
            # The first of the two was the application in what aiohttp 2 called a middleware.
            names = code.co_varnames[: code.co_argcount]
            if names[:2] == ("app", _HANDLER):
                raise TypeError(f"a middleware takes a request and a handler, not an application: {each!r}")


def chain(handler: Handler, apps: Sequence[_Level]) -> Handler:
    """Put the middlewares of applications around a handler, those of the outermost application outermost.

    Where there are several applications, `request.app` is the one whose middleware runs.

    Args:
        handler: the handler.
        apps: the applications, outermost first; the last one is that of the handler.
    """
    innermost = current = apps[-1]
    for app in reversed(apps):
        steps = app.middlewares
        if not steps:
            continue
        if app is not current:
            handler = _passing(current, handler)
            current = app
        for step in reversed(steps):
            handler = _bound(step, handler)
    return handler if current is innermost else _passing(current, handler)


def _passing(app: _Level, handler: Handler) -> Handler:
    """A handler that lets a request know the application which it comes to, as long as it is there."""

    async def pass_to_app(request: Any) -> Any:
        outer = request.app
        request._pass_to(app)
        try:
            return await handler(request)
        finally:
            request._pass_to(outer)

    _dress(pass_to_app, handler)
    return pass_to_app


def _bound(middleware: Any, handler: Handler) -> Handler:
    """A middleware with its handler, as a handler.

    What a function is called with by default is part of the function object and not of its code. So a copy of the
    middleware, with the handler as a default, needs no call between two middlewares but that of the coroutine
    itself: 100 ns each, where a closure between them makes 160 of it and `functools.partial` 250.
    """
    method = _as_method(middleware)
    function = middleware if method is None else method.__func__
    if isinstance(function, FunctionType):
        defaults = _defaults(function, 0 if method is None else 1, handler)
        if defaults is not None:
            step = FunctionType(
                function.__code__, function.__globals__, function.__name__, defaults, function.__closure__
            )
            step.__kwdefaults__ = function.__kwdefaults__
            _dress(step, handler)
            if method is None:
                return step
            step.__signature__ = _METHOD_SIGNATURE  # type: ignore[attr-defined]
            return MethodType(step, method.__self__)
        if not _knows_handler(function):

            def by_position(request: Any) -> Any:
                return middleware(request, handler)

            _dress(by_position, handler)
            return by_position

    def by_keyword(request: Any) -> Any:
        return middleware(request, handler=handler)

    _dress(by_keyword, handler)
    return by_keyword


def _as_method(middleware: Any) -> MethodType | None:
    """The method that is called when a middleware is called which is a method, or an object with `__call__()`."""
    method = middleware
    if not isinstance(middleware, (FunctionType, MethodType, type)):
        method = getattr(middleware, "__call__", None)  # noqa: B004 - not whether, but which
    return method if isinstance(method, MethodType) else None


def _defaults(function: FunctionType, first: int, handler: Handler) -> tuple[Any, ...] | None:
    """The defaults by which a middleware's second argument is the handler; None where it cannot be passed so.

    Args:
        function: the middleware.
        first: the number of the parameter that is the request.
        handler: the handler.
    """
    code = function.__code__
    position = first + 1
    behind = code.co_argcount - position - 1
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    defaults = function.__defaults__ or ()
    if behind < 0 or not behind <= len(defaults) <= behind + 1:
        return None
    if _HANDLER in names and names.index(_HANDLER) != position:
        return None
    return (handler, *defaults[len(defaults) - behind :])


def _knows_handler(function: FunctionType) -> bool:
    """Whether a function can be called with `handler` as a keyword."""
    code = function.__code__
    names = code.co_varnames[code.co_posonlyargcount : code.co_argcount + code.co_kwonlyargcount]
    return bool(_HANDLER in names or code.co_flags & _TAKES_KEYWORDS)


def _dress(step: Any, handler: Any) -> None:
    """Let what stands for a handler look like it: decorators of handlers leave marks that middlewares look for."""
    for name in ("__module__", "__name__", "__qualname__", "__doc__"):
        if hasattr(handler, name):
            setattr(step, name, getattr(handler, name))
    for name, value in getattr(handler, "__dict__", {}).items():
        if not name.startswith("__"):
            step.__dict__[name] = value
    step.__wrapped__ = handler

"""What an application sets up when it starts, and undoes when it stops."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from frozenlist import FrozenList

__all__ = ["CleanupContext", "CleanupError"]


class CleanupError(ExceptionGroup[Exception], RuntimeError):
    """Several things went wrong while an application stopped.

    Args:
        message: what was being done.
        exceptions: what went wrong, in that order.
    """

    def derive(self, excs: Sequence[Exception], /) -> CleanupError:  # type: ignore[override]
        """Make one of a part of the exceptions, which `except*` asks for."""
        return CleanupError(self.message, excs)


async def call_each(calls: Iterable[Callable[[], Awaitable[object]]], message: str) -> None:
    """Call and await one after the other, whatever the others raise.

    A cancellation interrupts what is being awaited, as it does with nested `finally` clauses; the rest still has its
    turn, and then it goes on. What else was raised is told to the event loop's exception handler then.

    Args:
        calls: what to call.
        message: what is being done, for the exception.

    Raises:
        CleanupError: several of them raised; the exception of one alone is raised as it is.
    """
    errors: list[Exception] = []
    cancellation: asyncio.CancelledError | None = None
    for call in calls:
        try:
            await call()
        except asyncio.CancelledError as error:
            cancellation = error
        except Exception as error:
            errors.append(error)
    try:
        if cancellation is not None:
            for failure in errors:
                _report(failure, message)
            raise cancellation
        if len(errors) == 1:
            raise errors[0]
        if errors:
            raise CleanupError(message, errors)
    finally:
        # Each of them holds a traceback that holds this frame.
        del errors, cancellation


def _report(error: Exception, message: str) -> None:
    """Tell of an error that is not raised."""
    asyncio.get_running_loop().call_exception_handler({"message": message, "exception": error})


class _GeneratorContext:
    """An asynchronous generator with one `yield`, as a context manager."""

    def __init__(self, generator: Any, source: object) -> None:
        self._generator = generator
        self._source = source

    async def __aenter__(self) -> None:
        try:
            await anext(self._generator)
        except StopAsyncIteration:
            raise RuntimeError(f"a cleanup context has to yield once: {self._source!r}") from None

    async def __aexit__(self, *_exception: object) -> None:
        try:
            await anext(self._generator)
        except StopAsyncIteration:
            return
        await self._generator.aclose()
        raise RuntimeError(f"a cleanup context has to yield once, and yielded twice: {self._source!r}")


class CleanupContext(FrozenList[Callable[[Any], Any]]):
    """What is set up and undone together: asynchronous generator functions, or what gives asynchronous context managers.

    They are called with the application and entered in their order when it starts; what stands before a generator's
    only `yield` is done then. When it stops, those that were entered are left in the reverse order, whatever the
    others raise: what was not set up to its end is not undone.
    """

    __slots__ = ("_entered",)

    def __init__(self) -> None:
        super().__init__()
        self._entered: list[AbstractAsyncContextManager[Any]] = []

    async def enter(self, app: Any) -> None:
        """Enter all contexts.

        Args:
            app: the application.

        Raises:
            RuntimeError: a generator has come to its end without a `yield`.
            TypeError: what a function returns is no asynchronous generator and no asynchronous context manager.
        """
        for function in self:
            context = _as_context(function(app), function)
            await context.__aenter__()
            self._entered.append(context)

    async def leave(self, _app: Any) -> None:
        """Leave the contexts that were entered, the last one first.

        Raises:
            CleanupError: several of them raised; the exception of one alone is raised as it is.
        """
        entered, self._entered = self._entered, []
        await call_each((_leaving(context) for context in reversed(entered)), "cleanup contexts failed")


def _as_context(made: Any, source: object) -> AbstractAsyncContextManager[Any]:
    """What a function has returned, as a context manager.

    Raises:
        TypeError: it is none, and no asynchronous generator.
    """
    if hasattr(made, "__aenter__") and hasattr(made, "__aexit__"):
        context: AbstractAsyncContextManager[Any] = made
        return context
    if hasattr(made, "__anext__"):
        return _GeneratorContext(made, source)
    if inspect.iscoroutine(made):
        made.close()  # nobody will await it
    raise TypeError(
        "a cleanup context is an asynchronous generator function, or returns an asynchronous context manager: "
        f"{source!r}"
    )


def _leaving(context: AbstractAsyncContextManager[Any]) -> Callable[[], Awaitable[object]]:
    return lambda: context.__aexit__(None, None, None)

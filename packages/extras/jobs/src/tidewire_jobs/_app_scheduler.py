"""An application's scheduler, and the protection of handlers against clients that go."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from typing import Any, Final, TypeVar

from tidewire_jobs._job import Job
from tidewire_jobs._scheduler import ExceptionHandler, Scheduler
from tidewire_web import AbstractView, AppKey, Application, BaseRequest, HTTPException, Request

__all__ = [
    "AIOJOBS_SCHEDULER",
    "atomic",
    "get_scheduler",
    "get_scheduler_from_app",
    "get_scheduler_from_request",
    "setup",
    "shield",
    "spawn",
]

T = TypeVar("T")
Handler = TypeVar("Handler", bound=Callable[..., Coroutine[Any, Any, Any]])

AIOJOBS_SCHEDULER: Final = AppKey("AIOJOBS_SCHEDULER", Scheduler)
"""The key of the application's scheduler."""


def setup(
    app: Application,
    *,
    close_timeout: float | None = 0.1,
    wait_timeout: float | None = 60,
    limit: int | None = 100,
    pending_limit: int = 10000,
    exception_handler: ExceptionHandler | None = None,
) -> None:
    """Give an application a scheduler, which is there from its start-up to its clean-up.

    At clean-up, when no handler runs any more, jobs are waited for and then cancelled. Applications nested in it have
    the same scheduler, unless they have been given one of their own.

    Args:
        app: the application.
        close_timeout: see `Scheduler`.
        wait_timeout: see `Scheduler`.
        limit: see `Scheduler`.
        pending_limit: see `Scheduler`.
        exception_handler: see `Scheduler`.

    Raises:
        RuntimeError: the application does not change any more.
    """

    async def run(app: Application) -> AsyncIterator[None]:
        scheduler = app[AIOJOBS_SCHEDULER] = Scheduler(
            close_timeout=close_timeout,
            wait_timeout=wait_timeout,
            limit=limit,
            pending_limit=pending_limit,
            exception_handler=exception_handler,
        )
        yield
        await scheduler.wait_and_close()

    app.cleanup_ctx.append(run)


def get_scheduler_from_app(app: Application) -> Scheduler | None:
    """Return an application's own scheduler; None where it has none, or has not started."""
    return app.get(AIOJOBS_SCHEDULER)


def get_scheduler_from_request(request: Request) -> Scheduler | None:
    """Return the scheduler of a request's application, or of one around it; None where there is none."""
    return request.config_dict.get(AIOJOBS_SCHEDULER)


def get_scheduler(request: Request) -> Scheduler:
    """Return the scheduler of a request's application, or of one around it.

    Raises:
        RuntimeError: there is none.
    """
    scheduler = get_scheduler_from_request(request)
    if scheduler is None:
        raise RuntimeError("the application has no scheduler: call tidewire_jobs.setup(app) before it starts")
    return scheduler


async def spawn(request: Request, coro: Coroutine[Any, Any, T]) -> Job[T]:
    """Start a job that outlives the request; see `Scheduler.spawn()`.

    Raises:
        RuntimeError: the application has no scheduler, or it is closed.
    """
    return await _scheduler_for(request, coro).spawn(coro)


def shield(request: Request, awaitable: Awaitable[T]) -> asyncio.Future[T]:
    """Protect something from being cancelled when the client goes; see `Scheduler.shield()`.

    Only what is inside is protected: of two shields in a row, the second is never come to when the client goes during
    the first. What belongs together goes into one coroutine.

    Raises:
        RuntimeError: the application has no scheduler, or it is closed.
    """
    return _scheduler_for(request, awaitable).shield(awaitable)


def atomic(handler: Handler) -> Handler:
    """Let the whole of a handler go on when the client goes; a decorator for handlers and methods of views.

    The handler runs as a job. What it returns or raises is that of the handler; where the client has gone before,
    exceptions go to the scheduler's exception handler, but for those that are responses.

    Args:
        handler: a coroutine function that takes a request, or a method that takes a request or none.
    """

    @functools.wraps(handler)
    async def run(*args: Any, **kwargs: Any) -> Any:
        job = await spawn(_request_of(args), _answer(handler(*args, **kwargs)))
        response, is_raised = await job.wait()
        if is_raised:
            raise response
        return response

    return run  # type: ignore[return-value]  # of the same signature


async def _answer(answering: Awaitable[Any]) -> tuple[Any, bool]:
    """Await a handler; returns the response and whether it was raised, which is no failure of a job."""
    try:
        return await answering, False
    except HTTPException as response:
        return response.with_traceback(None), True


def _request_of(args: tuple[Any, ...]) -> Request:
    """The request among what a handler is called with."""
    for each in args:
        if isinstance(each, AbstractView):
            each = each.request
        if isinstance(each, BaseRequest):
            request: Any = each
            return request  # type: ignore[no-any-return]  # others have no application
    raise TypeError("an atomic handler is called with a request, or is the method of a view")


def _scheduler_for(request: Request, awaitable: object) -> Scheduler:
    try:
        return get_scheduler(request)
    except RuntimeError:
        if asyncio.iscoroutine(awaitable):
            awaitable.close()
        raise

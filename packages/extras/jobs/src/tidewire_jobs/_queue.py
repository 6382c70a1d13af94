"""Jobs for other processes: handed to taskiq, whose workers do them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine
from typing import TYPE_CHECKING, Any, Final, Generic, ParamSpec, TypeVar, overload

from tidewire_jobs._app_scheduler import get_scheduler_from_request
from tidewire_web import AppKey, Application, Request

if TYPE_CHECKING:
    from taskiq import AsyncBroker, AsyncTaskiqTask
    from taskiq.decor import AsyncTaskiqDecoratedTask

__all__ = ["JOB_BROKER", "EnqueueError", "QueuedJob", "enqueue", "find_queued_job", "setup_queue"]

P = ParamSpec("P")
T = TypeVar("T")

JOB_BROKER: Final[AppKey[AsyncBroker]] = AppKey("JOB_BROKER")
"""The key of the application's broker."""

# Seconds between two looks for a result.
_LOOK: Final = 0.2


class EnqueueError(RuntimeError):
    """A job could not be handed to the queue; the cause tells why.

    Args:
        name: the name of the task.

    Attributes:
        name: the name of the task.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name

    def __str__(self) -> str:
        return f"{self.name} could not be handed to the queue"


class QueuedJob(Generic[T]):
    """A job that another process does; made by `enqueue()`.

    Args:
        task: what taskiq knows of it.

    Attributes:
        id: what it can be found by, from any process.
    """

    __slots__ = ("_task", "id")

    def __init__(self, task: AsyncTaskiqTask[T]) -> None:
        self._task = task
        self.id = task.task_id

    def __repr__(self) -> str:
        return f"<QueuedJob {self.id}>"

    async def finished(self) -> bool:
        """Return whether there is a result."""
        return await self._task.is_ready()

    async def wait(self, *, timeout: float | None = None) -> T:
        """Wait for the result. Whoever waits may be cancelled, or give up: the job is done all the same.

        Args:
            timeout: seconds to wait; None for any number.

        Returns:
            What the job returns.

        Raises:
            Exception: what the job raises.
            TimeoutError: there is no result yet.
        """
        async with asyncio.timeout(timeout):
            while not await self._task.is_ready():  # noqa: ASYNC110 - results are not announced
                await asyncio.sleep(_LOOK)
            found = await self._task.get_result()
        found.raise_for_error()
        return found.return_value


def setup_queue(app: Application, broker: AsyncBroker) -> None:
    """Let an application hand jobs to a broker of taskiq, which is started and shut down with it.

    Args:
        app: the application.
        broker: the broker, with a result backend where results are asked for.

    Raises:
        RuntimeError: the application does not change any more.
    """

    async def run(app: Application) -> AsyncIterator[None]:
        app[JOB_BROKER] = broker
        await broker.startup()
        yield
        await broker.shutdown()

    app.cleanup_ctx.append(run)


@overload
async def enqueue(
    request: Request,
    task: AsyncTaskiqDecoratedTask[P, Coroutine[Any, Any, T]],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> QueuedJob[T]: ...


@overload
async def enqueue(
    request: Request, task: AsyncTaskiqDecoratedTask[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> QueuedJob[T]: ...


async def enqueue(
    request: Request, task: AsyncTaskiqDecoratedTask[P, Any], /, *args: P.args, **kwargs: P.kwargs
) -> QueuedJob[Any]:
    """Hand a job to the queue, which keeps it whatever becomes of this process.

    Where the application has a scheduler, a client that goes does not break this off half way.

    Args:
        request: the request.
        task: what `broker.task` has made of a function; it is sent to the application's broker.
        args: the function's arguments, which the broker's serialiser has to know.
        kwargs: the same, by name.

    Raises:
        EnqueueError: the broker did not take it.
        RuntimeError: the application has no broker.
    """
    from taskiq import SendTaskError

    broker = _broker_of(request)
    scheduler = get_scheduler_from_request(request)
    sending = task.kicker().with_broker(broker).kiq(*args, **kwargs)
    try:
        sent = await (sending if scheduler is None else scheduler.shield(sending))
    except SendTaskError as error:
        raise EnqueueError(task.task_name) from (error.__cause__ or error)
    return QueuedJob(sent)


def find_queued_job(request: Request, job_id: str) -> QueuedJob[Any]:
    """Return the job that has an id. Nobody is asked whether there is one: a job that was never queued never finishes.

    Args:
        request: the request.
        job_id: the id, as of `QueuedJob.id`; also one that another process has got.

    Raises:
        RuntimeError: the application has no broker.
    """
    from taskiq import AsyncTaskiqTask

    return QueuedJob(AsyncTaskiqTask(job_id, _broker_of(request).result_backend))


def _broker_of(request: Request) -> AsyncBroker:
    broker = request.config_dict.get(JOB_BROKER)
    if broker is None:
        raise RuntimeError("the application has no queue: call tidewire_jobs.setup_queue(app, broker)")
    return broker

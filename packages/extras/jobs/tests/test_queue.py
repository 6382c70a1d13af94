"""Jobs for other processes: through taskiq's broker in memory, and through a real Redis to a real worker."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tidewire_jobs import (
    JOB_BROKER,
    EnqueueError,
    QueuedJob,
    enqueue,
    find_queued_job,
    get_scheduler_from_app,
    setup,
    setup_queue,
)
from tidewire_testing import WireClient
from tidewire_web import Application, AppRunner, Request, Response

if TYPE_CHECKING:
    from taskiq import AsyncBroker, BrokerMessage

taskiq = pytest.importorskip("taskiq", reason="needs the extra tidewire-jobs[queue]")
pytest.importorskip("taskiq_redis", reason="needs the extra tidewire-jobs[queue]")

Serve = Callable[..., Awaitable[WireClient]]
HERE = Path(__file__).resolve().parent


def app_of(broker: AsyncBroker, handler: Any) -> Application:
    app = Application()
    setup_queue(app, broker)
    app.router.add_get("/", handler)
    return app


async def twice(number: int) -> int:
    return number * 2


def twice_at_once(number: int) -> int:
    return number * 2


async def fail() -> None:
    raise ValueError("x")


# -- in memory ------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [twice, twice_at_once])
async def test_a_job_is_handed_over_and_its_result_can_be_had(serve: Serve, function: Any) -> None:
    broker = taskiq.InMemoryBroker()
    task = broker.register_task(function, task_name="twice")

    async def handler(request: Request) -> Response:
        job = await enqueue(request, task, number=21)
        same = find_queued_job(request, job.id)
        result = await same.wait(timeout=5)
        assert (await job.finished(), job.id in repr(job)) == (True, True)
        return Response(text=str(result))

    app = app_of(broker, handler)
    assert (await _ask(serve, app)) == "42"
    assert app[JOB_BROKER] is broker


async def test_what_a_job_raises_is_raised_by_its_wait(serve: Serve) -> None:
    broker = taskiq.InMemoryBroker()
    task = broker.register_task(fail, task_name="fail")

    async def handler(request: Request) -> Response:
        job: QueuedJob[None] = await enqueue(request, task)
        with pytest.raises(ValueError, match="x"):
            await job.wait()
        return Response(text="raised")

    assert (await _ask(serve, app_of(broker, handler))) == "raised"


async def test_a_wait_ends_in_time_without_a_result(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        job = find_queued_job(request, "never queued")
        assert not await job.finished()
        for timeout in (0, 0.01):
            with pytest.raises(TimeoutError):
                await job.wait(timeout=timeout)
        return Response(text="waited")

    assert (await _ask(serve, app_of(taskiq.InMemoryBroker(), handler))) == "waited"


async def test_without_a_broker_nothing_is_taken(serve: Serve) -> None:
    broker = taskiq.InMemoryBroker()
    task = broker.register_task(twice, task_name="twice")

    async def handler(request: Request) -> Response:
        with pytest.raises(RuntimeError, match="setup_queue"):
            await enqueue(request, task, 1)
        with pytest.raises(RuntimeError, match="setup_queue"):
            find_queued_job(request, "x")
        return Response(text="refused")

    app = Application()
    app.router.add_get("/", handler)
    assert (await _ask(serve, app)) == "refused"


async def test_a_broker_that_does_not_take_it_is_an_error_with_its_cause(serve: Serve) -> None:
    class Full(taskiq.InMemoryBroker):  # type: ignore[misc, name-defined]  # from importorskip
        async def kick(self, message: BrokerMessage) -> None:
            raise ConnectionRefusedError("no Redis")

    broker = Full()
    task = broker.register_task(twice, task_name="twice")

    async def handler(request: Request) -> Response:
        with pytest.raises(EnqueueError, match="twice could not be handed") as caught:
            await enqueue(request, task, 1)
        assert (caught.value.name, repr(caught.value.__cause__)) == (
            "twice", "ConnectionRefusedError('no Redis')",
        )  # fmt: skip
        return Response(text="refused")

    assert (await _ask(serve, app_of(broker, handler))) == "refused"


async def test_a_client_that_goes_does_not_break_off_the_sending(serve: Serve) -> None:
    go = asyncio.Event()
    sent: list[str] = []

    class Slow(taskiq.InMemoryBroker):  # type: ignore[misc, name-defined]  # from importorskip
        async def kick(self, message: BrokerMessage) -> None:
            sent.append("begun")
            await go.wait()
            sent.append("sent")

    broker = Slow()
    task = broker.register_task(twice, task_name="twice")

    async def handler(request: Request) -> Response:
        await enqueue(request, task, 1)
        return Response()

    app = app_of(broker, handler)
    setup(app)
    connection = (await serve(app, handler_cancellation=True)).connect()
    connection.send("/")
    await connection.until(lambda: sent)
    connection.transport.lose(ConnectionResetError())
    go.set()
    scheduler = get_scheduler_from_app(app)
    assert scheduler is not None
    await scheduler.wait_and_close()
    assert sent == ["begun", "sent"]


async def _ask(serve: Serve, app: Application) -> str:
    connection = (await serve(app)).connect()
    connection.send("/")
    return (await connection.answer(seconds=20)).text  # a thread may be at work


# -- Redis ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    """The address of a Redis server that is there for these tests only."""
    with tempfile.TemporaryDirectory(prefix="tw") as folder:
        command = [
            "redis-server",
            "--port",
            "0",
            "--unixsocket",
            f"{folder}/redis",
            "--save",
            "",
            "--dir",
            folder,
        ]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            while "eady to accept connections" not in (line := process.stdout.readline()):
                assert line, "redis-server has ended"
            yield f"unix://{folder}/redis"
        finally:
            process.terminate()
            process.communicate(timeout=20)


@pytest.fixture
def tasks(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The module of tasks, with a broker on that server."""
    monkeypatch.setenv("REDIS_URL", redis_url)
    monkeypatch.syspath_prepend(str(HERE))
    import queue_tasks

    yield queue_tasks
    sys.modules.pop("queue_tasks")


def start_worker() -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "taskiq", "worker", "queue_tasks:broker", "--workers", "1"]
    return subprocess.Popen(
        command,
        cwd=HERE,
        env=os.environ | {"PYTHONPATH": str(HERE)},
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


@pytest.mark.slow
@pytest.mark.peer("redis-server")
async def test_jobs_outlive_the_application_and_are_done_by_another_process(tasks: Any) -> None:
    ids: list[str] = []

    async def start(request: Request) -> Response:
        queued: list[QueuedJob[Any]] = [
            await enqueue(request, tasks.add, 2, other=3),
            await enqueue(request, tasks.process_id),
            await enqueue(request, tasks.fail),
        ]
        ids.extend(job.id for job in queued)
        return Response()

    runner = AppRunner(app_of(tasks.broker, start))
    await runner.setup()
    connection = WireClient(_server(runner)).connect()
    connection.send("/")
    await _closed(connection)
    await runner.cleanup()
    assert len(ids) == 3

    # The application has gone; its jobs are there for whoever comes.
    seen: list[Any] = []

    async def look(request: Request) -> Response:
        added, worker, failed = (find_queued_job(request, each) for each in ids)
        seen.extend([await added.wait(timeout=30), await worker.wait(timeout=30)])
        with pytest.raises(ValueError, match="x"):
            await failed.wait(timeout=30)
        return Response()

    sys.modules.pop("queue_tasks")
    import queue_tasks

    process = start_worker()
    try:
        runner = AppRunner(app_of(queue_tasks.broker, look))
        await runner.setup()
        connection = WireClient(_server(runner)).connect()
        connection.send("/")
        await _closed(connection)
        await runner.cleanup()
    finally:
        # It and the processes that it has started: asked to end, it does not always.
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=30)
    assert seen[0] == 5
    assert seen[1] not in (os.getpid(), None)


@pytest.mark.peer("redis-server")
async def test_a_redis_that_is_not_there_is_an_error_and_not_a_wait(tasks: Any, tmp_path: Path) -> None:
    from taskiq_redis import ListQueueBroker

    broker = ListQueueBroker(f"unix://{tmp_path}/nobody")
    task = broker.register_task(twice, task_name="twice")
    errors: list[Any] = []

    async def handler(request: Request) -> Response:
        try:
            await enqueue(request, task, 1)
        except EnqueueError as error:
            errors.append(error.__cause__)
        return Response()

    runner = AppRunner(app_of(broker, handler))
    await runner.setup()
    connection = WireClient(_server(runner)).connect()
    connection.send("/")
    await _closed(connection)
    await runner.cleanup()
    assert type(errors[0]).__name__ == "ConnectionError"


def _server(runner: AppRunner) -> Any:
    assert runner.server is not None
    return runner.server


async def _closed(connection: Any) -> None:
    await connection.until(connection.transport.is_closing, seconds=50)  # for another process

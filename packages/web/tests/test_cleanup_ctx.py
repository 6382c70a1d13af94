"""What is set up and undone together."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import pickle
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tidewire_web import AppKey, Application, CleanupError

Seen = list[str]


def context(
    name: str, seen: Seen, *, up: bool = True, down: bool = True
) -> Callable[[Any], AsyncIterator[None]]:
    """An asynchronous generator function that tells what it does, and may fail."""

    async def generator(app: Application) -> AsyncIterator[None]:
        seen.append(f"{name} up")
        if not up:
            raise RuntimeError(f"{name} does not come up")
        yield
        seen.append(f"{name} down")
        if not down:
            raise RuntimeError(f"{name} does not go down")

    return generator


async def test_what_is_set_up_first_is_undone_last() -> None:
    app, seen = Application(), Seen()
    app.cleanup_ctx.extend([context("one", seen), context("two", seen)])
    await app.startup()
    assert seen == ["one up", "two up"]
    await app.cleanup()
    assert seen == ["one up", "two up", "two down", "one down"]
    await app.cleanup()
    assert len(seen) == 4


async def test_what_did_not_come_up_is_not_undone() -> None:
    app, seen = Application(), Seen()
    app.cleanup_ctx.extend([context("one", seen), context("two", seen, up=False), context("three", seen)])
    with pytest.raises(RuntimeError, match="two"):
        await app.startup()
    await app.cleanup()
    assert seen == ["one up", "two up", "one down"]


async def test_contexts_are_undone_where_something_else_failed_to_start() -> None:
    async def fails(app: Application) -> None:
        raise ZeroDivisionError

    app, sub, seen = Application(), Application(), Seen()
    app.cleanup_ctx.append(context("app", seen))
    sub.cleanup_ctx.append(context("sub", seen))
    app.add_subapp("/sub", sub)
    app.on_startup.append(fails)
    with pytest.raises(ZeroDivisionError):
        await app.startup()
    await app.cleanup()
    assert seen == ["app up", "sub up", "app down", "sub down"]


async def test_the_failure_of_one_is_raised_as_it_is() -> None:
    app, seen = Application(), Seen()
    app.cleanup_ctx.extend([context("one", seen), context("two", seen, down=False)])
    await app.startup()
    with pytest.raises(RuntimeError, match="two does not go down") as failure:
        await app.cleanup()
    assert type(failure.value) is RuntimeError
    assert seen[2:] == ["two down", "one down"]


async def test_failures_of_several_are_raised_together() -> None:
    app, seen = Application(), Seen()
    app.cleanup_ctx.extend([context(name, seen, down=False) for name in ("one", "two", "three")])
    await app.startup()
    with pytest.raises(CleanupError, match="cleanup contexts failed") as failure:
        await app.cleanup()
    assert isinstance(failure.value, RuntimeError)
    assert [str(each) for each in failure.value.exceptions] == [
        f"{name} does not go down" for name in ("three", "two", "one")
    ]


def test_cleanup_errors_survive_copies_and_are_split_into_their_like() -> None:
    error = CleanupError("message", [ValueError(1), KeyError(2)])
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is CleanupError
        assert (other.message, repr(other.exceptions)) == (error.message, repr(error.exceptions))
    part, rest = error.split(KeyError)
    assert type(part) is type(rest) is CleanupError


async def test_asynchronous_context_managers() -> None:
    """Given by a function that is decorated, by a class, or by any other function."""
    app, seen = Application(), Seen()

    @contextlib.asynccontextmanager
    async def decorated(app: Application) -> AsyncIterator[None]:
        seen.append("decorated up")
        yield
        seen.append("decorated down")

    class Manager:
        def __init__(self, application: Application) -> None:
            assert application is app

        async def __aenter__(self) -> None:
            seen.append("class up")

        async def __aexit__(self, *exception: object) -> None:
            assert exception == (None, None, None)
            seen.append("class down")

    app.cleanup_ctx.extend([decorated, Manager, lambda _app: decorated(app)])
    await app.startup()
    await app.cleanup()
    assert seen == [
        *("decorated up", "class up", "decorated up"),
        *("decorated down", "class down", "decorated down"),
    ]


async def test_state_can_be_set_and_used() -> None:
    """The snippet of the documents, with the function itself as the key as there."""

    class Engine:
        disposed = False

        async def dispose(self) -> None:
            self.disposed = True

    async def pg_engine(app: Application) -> AsyncIterator[None]:
        app[pg_engine] = Engine()  # type: ignore[call-overload]
        yield
        await app[pg_engine].dispose()  # type: ignore[call-overload]

    app = Application()
    app.cleanup_ctx.append(pg_engine)
    await app.startup()
    app.freeze()
    engine = app[pg_engine]  # type: ignore[call-overload]
    await app.cleanup()
    assert engine.disposed


async def test_resources_are_shared_with_nested_applications_from_a_context() -> None:
    """The snippet of the documents."""
    db_key, subapp_key = AppKey("db_key", object), AppKey("subapp_key", Application)
    mainapp, subapp, db = Application(), Application(), object()

    async def db_context(app: Application) -> AsyncIterator[None]:
        mainapp[db_key] = mainapp[subapp_key][db_key] = db
        yield

    mainapp[subapp_key] = subapp
    mainapp.cleanup_ctx.append(db_context)
    mainapp.add_subapp("/prefix", subapp)
    await mainapp.startup()
    mainapp.freeze()
    assert subapp[db_key] is mainapp[db_key] is db
    await mainapp.cleanup()


async def test_a_background_task_lives_from_start_to_end() -> None:
    """The snippet of the documents."""

    async def other_long_task() -> None:
        await asyncio.Event().wait()

    tasks: list[asyncio.Task[None]] = []

    async def run_other_task(_app: Application) -> AsyncIterator[None]:
        task = asyncio.create_task(other_long_task())
        tasks.append(task)
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    app = Application()
    app.cleanup_ctx.append(run_other_task)
    await app.startup()
    assert not tasks[0].done()
    await app.cleanup()
    assert tasks[0].cancelled()


async def test_a_task_group_can_stand_open() -> None:
    async def background(app: Application) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            task = group.create_task(asyncio.Event().wait())
            yield
            task.cancel()

    app = Application()
    app.cleanup_ctx.append(background)
    await app.startup()
    await app.cleanup()


@pytest.mark.parametrize("times", [0, 2])
async def test_a_generator_yields_once(times: int) -> None:
    closed = Seen()

    async def generator(app: Application) -> AsyncIterator[None]:
        try:
            for _ in range(times):
                yield
        finally:
            closed.append("closed")

    app = Application()
    app.cleanup_ctx.append(generator)
    stages = [app.startup, app.cleanup] if times else [app.startup]
    for stage in stages[:-1]:
        await stage()
    with pytest.raises(RuntimeError, match="yield once"):
        await stages[-1]()
    assert closed == ["closed"]


async def test_what_is_no_context_is_said_so() -> None:
    async def coroutine_function(app: Application) -> None:
        """Without a `yield`, which is easily forgotten."""

    for function in (coroutine_function, lambda _app: None, lambda _app: iter([None])):
        app = Application()
        app.cleanup_ctx.append(function)
        with pytest.raises(TypeError, match="asynchronous generator function"):
            await app.startup()
        await app.cleanup()


async def test_a_cancelled_clean_up_goes_on_with_what_is_left() -> None:
    app, seen, waits = Application(), Seen(), asyncio.Event()

    async def hangs(app: Application) -> AsyncIterator[None]:
        yield
        waits.set()
        await asyncio.Event().wait()

    app.cleanup_ctx.extend([context("one", seen, down=False), hangs])
    await app.startup()
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, what: told.append(what))
    cleanup = asyncio.ensure_future(app.cleanup())
    await waits.wait()
    cleanup.cancel()
    with pytest.raises(asyncio.CancelledError):
        await cleanup
    assert seen == ["one up", "one down"]
    assert [str(each["exception"]) for each in told] == ["one does not go down"]


async def test_it_does_not_change_when_the_application_runs() -> None:
    app, seen = Application(), Seen()
    app.freeze()
    with pytest.raises(RuntimeError):
        app.cleanup_ctx.append(context("late", seen))

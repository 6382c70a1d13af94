from __future__ import annotations

import functools
from typing import Any

import pytest
from gunicorn.util import make_fail_app

from tidewire_gunicorn._runners import failed_application, make_runner
from tidewire_testing import WireServers
from tidewire_web import Application, AppRunner


async def test_an_application_gets_a_runner() -> None:
    app = Application()
    runner = await make_runner(app, {"keepalive_timeout": 3.0})
    assert runner.app is app


async def test_a_coroutine_function_gives_an_application() -> None:
    app = Application()

    async def factory(given: Application) -> Application:
        return given

    assert (await make_runner(functools.partial(factory, app), {})).app is app


async def test_a_coroutine_function_gives_a_runner() -> None:
    runner = AppRunner(Application())

    async def factory() -> AppRunner:
        return runner

    assert await make_runner(factory, {"keepalive_timeout": 3.0}) is runner


async def nothing() -> None:
    return None


def plain() -> Application:
    return Application()


@pytest.mark.parametrize("loaded", [Application, nothing, plain, None, "module:app"])
async def test_whatever_else_it_is_is_an_error(loaded: Any) -> None:
    with pytest.raises(RuntimeError, match="Application"):
        await make_runner(loaded, {})


async def test_what_could_not_be_loaded_is_told_to_whoever_asks() -> None:
    async with WireServers(AppRunner) as servers:
        client = await servers.start(failed_application(make_fail_app("SyntaxError: \u00e4")))
        for target in ("/", "/a/b?c"):
            answer = await client.ask(target)
            assert (answer.status, answer.text) == (500, "SyntaxError: \u00e4")

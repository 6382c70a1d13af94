from __future__ import annotations

import asyncio
import unittest

import pytest

from tidewire import web
from tidewire.test_utils import AioHTTPTestCase, loop_context


async def _hello(_: web.Request) -> web.Response:
    return web.Response(text="hello")


def _run(kind: type[AioHTTPTestCase]) -> unittest.TestResult:
    result = kind().run(unittest.TestResult())
    assert result is not None
    return result


def test_a_case_has_a_server_and_a_client() -> None:
    said: list[object] = []

    # Not at the top, where pytest would run it by itself.
    class Case(AioHTTPTestCase):
        async def get_application(self) -> web.Application:
            app = web.Application()
            app.router.add_get("/", _hello)
            return app

        async def runTest(self) -> None:  # noqa: N802
            async with self.client.get("/") as response:
                said.append(await response.text())
            said.append(self.server.app is self.app)

    assert _run(Case).wasSuccessful()
    assert said == ["hello", True]


def test_a_case_without_an_application_says_so() -> None:
    class Forgetful(AioHTTPTestCase):
        async def runTest(self) -> None:  # noqa: N802
            raise AssertionError

    (error,) = _run(Forgetful).errors
    assert "get_application()" in error[1]


@pytest.mark.parametrize("fast", [False, True])
def test_a_loop_is_closed_at_the_end(fast: bool) -> None:
    with loop_context(fast=fast) as loop:
        assert loop.run_until_complete(asyncio.sleep(0, 3)) == 3
    assert loop.is_closed()

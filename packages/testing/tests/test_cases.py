from __future__ import annotations

import unittest

import pytest

from tidewire_testing.cases import TidewireTestCase
from tidewire_web import Application, Request, Response


async def hello(_request: Request) -> Response:
    return Response(text="hello")


def application() -> Application:
    app = Application()
    app.router.add_get("/", hello)
    return app


def run(case: type[TidewireTestCase]) -> unittest.TestResult:
    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(case).run(result)
    return result


def test_a_case_has_an_application_with_its_server_and_a_client() -> None:
    events: list[object] = []

    class Case(TidewireTestCase):
        async def get_application(self) -> Application:
            return application()

        async def setUpAsync(self) -> None:  # noqa: N802
            events.append(self.server.started)

        async def tearDownAsync(self) -> None:  # noqa: N802
            events.append(self.server.closed)

        async def test_hello(self) -> None:
            self.addCleanup(lambda: events.append(self.server.closed))
            async with self.client.get("/") as response:
                events.append(await response.text())
            assert self.client.app is self.app

    result = run(Case)
    assert (result.testsRun, result.errors, result.failures) == (1, [], [])
    assert events == [True, "hello", False, False]


def test_everything_is_closed_where_the_test_fails() -> None:
    cases: list[TidewireTestCase] = []

    class Case(TidewireTestCase):
        def get_app(self) -> Application:
            return application()

        async def test_failure(self) -> None:
            cases.append(self)
            self.fail("as it should")

    result = run(Case)
    assert len(result.failures) == 1
    assert result.errors == []
    assert cases[0].server.closed
    assert cases[0].client.session.closed


def test_a_case_without_an_application_says_so() -> None:
    class Case(TidewireTestCase):
        async def test_nothing(self) -> None:
            pytest.fail("never reached")

    result = run(Case)
    ((_, traceback),) = result.errors
    assert "Case has no get_application()" in traceback

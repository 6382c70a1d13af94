from __future__ import annotations

import unittest

import pytest

import tidewire_web
from tidewire.compat._old_test_case import AioHTTPTestCase, unittest_run_loop


def test_the_decorator_does_nothing() -> None:
    def function() -> None:
        pass

    with pytest.warns(DeprecationWarning, match="no longer needed"):
        assert unittest_run_loop(function) is function


def test_the_application_may_come_from_a_plain_function() -> None:
    class Case(AioHTTPTestCase):
        def get_app(self) -> tidewire_web.Application:
            return tidewire_web.Application()

        async def runTest(self) -> None:  # noqa: N802
            async with self.client.get("/") as response:
                assert response.status == 404

    with pytest.warns(DeprecationWarning, match="get_application"):
        result = Case().run(unittest.TestResult())
    assert result is not None
    assert result.wasSuccessful(), result.errors


def test_one_of_the_two_is_needed() -> None:
    class Case(AioHTTPTestCase):
        async def runTest(self) -> None:  # noqa: N802
            raise AssertionError

    result = Case().run(unittest.TestResult())
    assert result is not None
    assert "get_application()" in result.errors[0][1]

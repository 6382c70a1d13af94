from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import tidewire_web
from tidewire.compat._old_handlers import coroutine_handler, new_style


async def test_a_plain_function_becomes_a_coroutine_function() -> None:
    def handler(request: Any) -> Any:
        return request * 2

    with pytest.warns(DeprecationWarning, match="Bare functions"):
        made = coroutine_handler(handler)
    assert inspect.iscoroutinefunction(made)
    assert made.__name__ == "handler"
    assert await made(2) == 4


async def test_what_it_gives_is_awaited() -> None:
    async def inner(request: Any) -> Any:
        return request

    def handler(request: Any) -> Any:
        return inner(request)

    with pytest.warns(DeprecationWarning, match="Bare"):
        made = coroutine_handler(handler)
    assert await made(3) == 3


def test_all_other_handlers_stay() -> None:
    async def handler(request: Any) -> Any:
        return request

    class View(tidewire_web.View):
        pass

    assert coroutine_handler(handler) is handler
    assert coroutine_handler(View) is View


def test_middlewares_of_today_stay() -> None:
    async def unmarked(request: Any, handler: Any) -> Any:
        return await handler(request)

    @tidewire_web.middleware
    async def marked(app: Any, handler: Any) -> Any:
        return await handler(app)

    assert new_style(unmarked) is unmarked
    assert new_style(marked) is marked


def test_a_factory_gets_the_application(
    answers: dict[str, Any], texts: Callable[[list[Any]], list[str]]
) -> None:
    found, _, header = answers["old_middlewares"]
    (text,) = texts(found)
    assert text.startswith("old-style middleware")
    assert header == "True"


def test_a_factory_may_come_later_and_an_exception_be_returned(answers: dict[str, Any]) -> None:
    found, answer = answers["late_middlewares_and_returned_exceptions"]
    # The handler has returned by then, so that no line of the program can be shown.
    assert [(text.split(" ")[0], kind) for text, kind, _ in found] == [
        ("old-style", "DeprecationWarning"),
        ("returning", "DeprecationWarning"),
    ]
    assert answer == [404, "True"]

"""Handlers that are classes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator
from typing import Any

import pytest
from web_client import Client

from tidewire_web import AbstractView, Application, Response, View

Serve = Callable[..., Awaitable[Client]]


class Item(View):
    async def get(self) -> Response:
        return Response(text=f"get {self.request.match_info['x']}")

    async def delete(self) -> Response:
        return Response(text="delete")


async def test_a_view_has_a_method_for_each_method(serve: Serve) -> None:
    app = Application()
    app.router.add_view("/{x}", Item)
    client = await serve(app)
    assert (await client.get("/1")).text == "get 1"
    assert (await client.get("/1", method="DELETE")).text == "delete"


@pytest.mark.parametrize("method", ["PUT", "get", "BREW", "HEAD", "REQUEST", "_ANSWER"])
async def test_other_methods_are_refused(serve: Serve, method: str) -> None:
    app = Application()
    app.router.add_route("*", "/{x}", Item)
    answer = await (await serve(app)).get("/1", method=method)
    assert (answer.status, answer.fields["Allow"]) == (405, "DELETE,GET")


async def test_a_view_for_one_method(serve: Serve) -> None:
    app = Application()
    app.router.add_get("/{x}", Item)
    client = await serve(app)
    assert (await client.get("/1")).text == "get 1"
    assert (await client.get("/1", method="DELETE")).fields["Allow"] == "GET,HEAD"


async def test_a_view_of_another_kind(serve: Serve) -> None:
    class Own(AbstractView):
        def __await__(self) -> Generator[Any, None, Response]:
            yield from ()
            return Response(text=self.request.method)

    app = Application()
    app.router.add_view("/", Own)
    assert (await (await serve(app)).get("/", method="BREW")).text == "BREW"


def test_a_view_has_to_be_awaitable() -> None:
    abstract: Any = AbstractView
    with pytest.raises(TypeError):
        abstract(None)

"""What handlers are called with: copies of a request, and its end."""

from __future__ import annotations

import asyncio
import gc
import json
import weakref
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from request_bodies import MULTIPART, disposition, part, post
from web_client import Client, request
from yarl import URL

from tidewire_web import (
    FileField,
    HTTPRequestEntityTooLarge,
    Request,
    Response,
    StreamResponse,
)

Serve = Callable[..., Awaitable[Client]]
Look = Callable[..., Awaitable[Any]]


# -- copies ---------------------------------------------------------------------------------------


async def test_a_copy_is_the_same_but_for_what_was_changed(look: Look) -> None:
    def see(r: Request) -> None:
        r["kept"] = 1
        same = r.clone()
        assert type(same) is Request
        assert same != r
        for name in (
            "method",
            "url",
            "raw_path",
            "headers",
            "host",
            "remote",
            "scheme",
            "version",
            "match_info",
        ):
            assert getattr(same, name) == getattr(r, name)
        same["kept"] = 2
        assert (r["kept"], same["kept"]) == (1, 2)
        other = r.clone(
            method="PUT",
            rel_url="/c?d=e",
            headers={"A": "b", "Cookie": "x=y"},
            scheme="https",
            host="other:1",
            remote="192.0.2.7",
            client_max_size=3,
            client_max_fields=4,
        )
        assert (other.method, other.path, dict(other.query)) == ("PUT", "/c", {"d": "e"})
        assert (other.raw_path, other.path_qs, other.head.target) == ("/c?d=e", "/c?d=e", "/c?d=e")
        assert (dict(other.headers), dict(other.cookies)) == ({"A": "b", "Cookie": "x=y"}, {"x": "y"})
        assert other.raw_headers == ((b"A", b"b"), (b"Cookie", b"x=y"))
        assert (other.scheme, other.secure, other.host, other.remote) == (
            "https",
            True,
            "other:1",
            "192.0.2.7",
        )
        assert other.url == URL("https://other:1/c?d=e")
        assert (other.client_max_size, other.client_max_fields) == (3, 4)
        assert (r.method, r.path, r.scheme, r.secure, r.host) == ("POST", "/a", "http", False, "example")
        assert (dict(r.cookies), r.client_max_size, r.client_max_fields) == ({"x": "z"}, 100, 50)
        again = other.clone(rel_url=URL("/f"))
        assert (again.path, again.method, again.remote) == ("/f", "PUT", "192.0.2.7")

    data = request("/a?b", "Cookie: x=z", method="POST", body=b"abc")
    assert await look(data, see, client_max_size=100, client_max_fields=50) is None


async def test_an_override_may_be_empty(look: Look) -> None:
    def see(r: Request) -> tuple[str, str | None]:
        clone = r.clone(host="", remote="")
        return clone.host, clone.remote

    assert await look(request(), see) == ("", "")


@pytest.mark.parametrize("late", [0, 3])
async def test_copies_have_one_body(look: Look, late: int) -> None:
    async def see(r: Request) -> tuple[bytes, bytes, bytes]:
        first = r.clone()
        second = first.clone(method="PUT")
        assert first.content is r.content
        return await second.read(), await r.read(), await first.read()

    data = post(b"abcdef")
    assert await look(data[: len(data) - late], see, rest=data[len(data) - late :]) == (b"abcdef",) * 3


async def test_a_copy_has_limits_of_its_own(look: Look) -> None:
    async def see(r: Request) -> bytes:
        with pytest.raises(HTTPRequestEntityTooLarge):
            await r.read()
        return await r.clone(client_max_size=0).read()

    assert await look(post(bytes(1000)), see, client_max_size=10) == bytes(1000)


async def test_what_was_read_is_not_cloned(look: Look) -> None:
    async def see(r: Request) -> None:
        clone = r.clone()
        await clone.read()
        for each in (r, clone):
            with pytest.raises(RuntimeError, match="read"):
                each.clone()

    assert await look(post(b"abc"), see) is None


async def test_a_form_of_a_copy_is_closed_with_the_request(serve: Serve) -> None:
    fields: list[FileField] = []

    async def handler(request: Request) -> Response:
        clone = request.clone(headers={**request.headers, "X-More": "1"})
        form = await clone.post()
        assert await request.post() is form
        fields.append(form["a"])  # type: ignore[arg-type]
        return Response()

    connection = (await serve(handler)).connect()
    body = part(b"abc", disposition("a", "f")) + b"--b--"
    assert (await connection.ask(post(body, MULTIPART), "POST")).status == 200
    await connection.until(lambda: fields[0].file.closed)


# -- the end --------------------------------------------------------------------------------------


async def test_waiting_until_the_client_has_gone(serve: Serve) -> None:
    told: list[str] = []

    async def handler(request: Request) -> Response:
        request.add_disconnect_callback(lambda: told.append("called"))
        other = asyncio.create_task(request.clone().wait_disconnected())
        await request.wait_disconnected()
        await other
        await request.wait_disconnected()
        request.add_disconnect_callback(lambda: told.append("called at once"))
        told.append("waited")
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request())
    await asyncio.sleep(0)
    assert told == []
    connection.transport.lose(None)
    await connection.until(lambda: "waited" in told)
    assert told == ["called", "called at once", "waited"]


async def test_waiting_ends_with_the_response(serve: Serve) -> None:
    told: list[str] = []
    tasks: list[asyncio.Task[None]] = []

    async def wait(request: Request) -> None:
        await request.wait_disconnected()
        told.append("ended")

    async def handler(request: Request) -> Response:
        request.add_disconnect_callback(lambda: told.append("called"))
        tasks.append(asyncio.create_task(wait(request)))
        await asyncio.sleep(0)
        return Response()

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).status == 200
    await connection.until(lambda: told)
    connection.transport.lose(None)
    await asyncio.sleep(0)
    assert told == ["ended"]


async def test_a_handler_that_waits_goes_on_when_another_task_has_ended_the_response(serve: Serve) -> None:
    ended: list[bool] = []

    async def produce(response: StreamResponse) -> None:
        await response.write(b"x")
        await response.write_eof()

    async def handler(request: Request) -> StreamResponse:
        response = StreamResponse()
        await response.prepare(request)
        producer = asyncio.create_task(produce(response))
        await request.wait_disconnected()
        await producer
        ended.append(True)
        return response

    connection = (await serve(handler)).connect()
    assert (await connection.ask(request())).body == b"x"
    await connection.until(lambda: ended)


async def test_a_wait_that_was_cancelled_leaves_the_others(serve: Serve) -> None:
    told: list[str] = []

    async def handler(request: Request) -> Response:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await request.wait_disconnected()
        told.append("waiting")
        await request.wait_disconnected()
        told.append("gone")
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(request())
    await connection.until(lambda: told)
    connection.transport.lose(None)
    await connection.until(lambda: "gone" in told)


async def test_the_task_of_the_handler(look: Look) -> None:
    async def see(r: Request) -> bool:
        task = asyncio.current_task()
        assert r.task is task
        await asyncio.sleep(0)

        async def elsewhere() -> asyncio.Task[Any]:
            return r.clone().task

        return r.task is task and await asyncio.create_task(elsewhere()) is task

    assert await look(request(), see) is True


async def test_a_request_is_freed_without_the_collector(serve: Serve) -> None:
    seen: list[weakref.ref[Request]] = []

    async def handler(request: Request) -> Response:
        seen.append(weakref.ref(request))
        request.clone()
        return Response(text=json.dumps([await request.text(), request.path, len(request.headers)]))

    connection = (await serve(handler)).connect()
    gc.collect()
    gc.disable()
    try:
        await connection.ask(post(b"abc"), "POST")
        await connection.ask(request())
        await connection.until(lambda: seen[0]() is None)
    finally:
        gc.enable()

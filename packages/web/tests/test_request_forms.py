"""Forms that come with a request: their fields, and their files."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from request_bodies import FORM, MULTIPART, chunked, disposition, part, post
from web_client import Answer, Client, request

from tidewire_http_parser import InvalidMultipart
from tidewire_web import (
    FileField,
    Request,
    Response,
)

Serve = Callable[..., Awaitable[Client]]
Look = Callable[..., Awaitable[Any]]


async def test_a_form(look: Look) -> None:
    async def see(r: Request) -> list[tuple[str, Any]]:
        form = await r.post()
        assert await r.post() is form
        return list(form.items())

    assert await look(post(b"a=1&b=%C3%A4+x&a=2&c=&d\r\n", FORM), see) == [
        ("a", "1"), ("b", "ä x"), ("a", "2"), ("c", ""), ("d", ""),
    ]  # fmt: skip
    assert await look(post(b"a=%E4", f"{FORM}; charset=latin-1"), see) == [("a", "ä")]
    assert await look(post(b"a=1", "Content-Type: text/plain"), see) == []
    assert await look(post(b"a=1"), see) == []
    assert await look(request(), see) == []


@pytest.mark.parametrize(
    ("method", "has_form"),
    [
        ("POST", True),
        ("PUT", True),
        ("PATCH", True),
        ("DELETE", True),
        ("TRACE", True),
        ("GET", False),
        ("X", False),
    ],
)
async def test_methods_with_forms(look: Look, method: str, has_form: bool) -> None:
    async def see(r: Request) -> dict[str, Any]:
        return dict(await r.post())

    assert await look(post(b"a=1", FORM, method=method), see) == ({"a": "1"} if has_form else {})
    body = part(b"1", disposition("a")) + b"--b--"
    assert await look(post(body, MULTIPART, method=method), see) == ({"a": "1"} if has_form else {})


async def test_a_form_with_files(look: Look) -> None:
    body = b"".join(
        [
            b"preamble\r\n",
            part("grün".encode(), disposition("text")),
            part("grün".encode("latin-1"), disposition("text"), "Content-Type: TEXT/plain; charset=latin-1"),
            part(b"\x00\xff", disposition("bytes"), "Content-Type: application/x-own"),
            part(b"", disposition("none", ""), "Content-Type: application/octet-stream"),
            part(b"first file", disposition("file", "a.txt"), "Content-Type: text/plain", "X-Own: 1"),
            part(b"c2Vjb25k", disposition("file", "../b"), "Content-Transfer-Encoding: base64"),
            b"--b--\r\nepilogue",
        ]
    )

    async def see(r: Request) -> None:
        form = await r.post()
        assert await r.post() is form
        assert form.getall("text") == ["grün", "grün"]
        assert (form["bytes"], form["none"]) == (b"\x00\xff", b"")
        first, second = form.getall("file")
        assert isinstance(first, FileField)
        assert isinstance(second, FileField)
        assert (first.name, first.filename, first.content_type) == ("file", "a.txt", "text/plain")
        assert first.headers["x-own"] == "1"
        assert (second.filename, second.content_type) == ("../b", "application/octet-stream")
        assert (second.file.read(), first.file.read()) == (b"second", b"first file")
        assert not r.can_read_body

    data = post(body, MULTIPART)
    assert await look(data, see) is None
    assert await look(data[:-200], see, rest=data[-200:], step=7) is None


async def test_the_charset_of_a_form_may_be_a_field(look: Look) -> None:
    async def see(r: Request) -> dict[str, Any]:
        return dict(await r.post())

    body = part(b"latin-1", disposition("_charset_")) + part(b"\xe4", disposition("a")) + b"--b--"
    assert await look(post(body, MULTIPART), see) == {"a": "ä"}


@pytest.mark.parametrize("size", [10, 3_000_000])
async def test_files_are_closed_when_the_request_ends(serve: Serve, size: int) -> None:
    files: list[FileField] = []
    tasks: list[asyncio.Task[Any]] = []

    async def handler(request: Request) -> Response:
        tasks.append(request.task)
        files.extend(value for value in (await request.post()).values() if isinstance(value, FileField))
        assert not any(field.file.closed for field in files)
        if request.query_string:
            raise ValueError
        return Response()

    body = part(bytes(size), disposition("a", "a")) + part(b"b", disposition("b", "b")) + b"--b--"
    client = await serve(handler, client_max_size=0)
    for target, status in (("/", 200), ("/?fail", 500)):
        connection = client.connect()
        connection.send(request(target, MULTIPART, method="POST", body=body), "POST")
        await connection.until(lambda: tasks)
        await asyncio.wait(tasks)
        assert connection.look()[0].status == status
        assert [field.file.closed for field in files] == [True, True]
        files.clear()
        tasks.clear()


async def test_a_form_after_the_body_was_read(look: Look) -> None:
    async def see(r: Request) -> tuple[Any, Any]:
        await r.read()
        part = await (await r.multipart()).next()
        assert part is not None
        return dict(await r.post()), await part.read()  # type: ignore[union-attr]

    body = part(b"1", disposition("a")) + b"--b--"
    assert await look(post(body, MULTIPART), see) == ({"a": "1"}, b"1")


@pytest.mark.parametrize("limit", [3, 0])
async def test_too_many_fields(look: Look, limit: int) -> None:
    async def see(r: Request) -> int:
        return len(await r.post())

    for count in (3, 4):
        form = post(b"&".join([b"a=1"] * count), FORM)
        multipart = post(part(b"1", disposition("a")) * count + b"--b--", MULTIPART)
        for data in (form, multipart):
            seen = await look(data, see, client_max_fields=limit)
            assert seen.status == 413 if limit and count > limit else seen == count


@pytest.mark.parametrize(
    "body", [part(b"x" * 200, disposition("a")), part(b"x" * 200, disposition("a", "f"))]
)
@pytest.mark.parametrize("where", ["preamble", "data", "head", "epilogue"])
async def test_a_form_that_is_too_large(look: Look, body: bytes, where: str) -> None:
    more = b"y" * 400
    if where == "preamble":
        body = more + b"\r\n" + body + b"--b--"
    elif where == "data":
        body = body.replace(b"x" * 200, b"x" * 400) + b"--b--"
    elif where == "head":
        body = body.replace(b"\r\n\r\n", b"\r\nX: " + more + b"\r\n\r\n", 1) + b"--b--"
    else:
        body = body + b"--b--\r\n" + more
    pieces = b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert (await look(chunked(MULTIPART) + pieces, lambda r: r.post(), client_max_size=400)).status == 413
    answer = await look(chunked(MULTIPART), lambda r: r.post(), rest=pieces, step=50, client_max_size=400)
    assert answer.status == 413
    assert not isinstance(await look(chunked(MULTIPART) + pieces, lambda r: r.post()), Answer)


async def test_what_is_no_form(look: Look) -> None:
    async def see(r: Request) -> type[Exception]:
        with pytest.raises((ValueError, InvalidMultipart)) as caught:
            await r.post()
        return caught.type

    nameless = part(b"1", "Content-Disposition: form-data") + b"--b--"
    nested = part(b"", disposition("a"), "Content-Type: multipart/mixed; boundary=c") + b"--b--"
    for body in (nameless, nested):
        assert issubclass(await look(post(body, MULTIPART), see), (ValueError, InvalidMultipart))
    assert issubclass(await look(post(b"nothing", MULTIPART), see), InvalidMultipart)
    assert issubclass(await look(post(b"a", "Content-Type: multipart/form-data"), see), InvalidMultipart)
    not_text = part(b"\xff", disposition("a")) + b"--b--"
    assert issubclass(await look(post(not_text, MULTIPART), see), ValueError)
    assert issubclass(await look(post(b"a", f"{FORM}; charset=punycode"), see), ValueError)


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        ([FORM + "; charset=punycode"], b"a=1", 400),
        ([FORM, "Content-Encoding: gzip"], b"a=1", 400),
        ([FORM, "Content-Encoding: rot13"], b"a=1", 415),
        ([MULTIPART], b"nothing", 400),
        (["Content-Type: multipart/form-data"], b"nothing", 400),
        ([MULTIPART], part(b"\xff", disposition("a")) + b"--b--", 400),
        ([MULTIPART], part(b"1") + b"--b--", 400),
        ([MULTIPART], part(b"1", disposition("a"), "Content-Transfer-Encoding: x-own") + b"--b--", 415),
        ([MULTIPART], part(b"!!!!", disposition("a"), "Content-Transfer-Encoding: base64") + b"--b--", 400),
        ([MULTIPART], part(b"1", *["X: y"] * 200) + b"--b--", 413),
    ],
)
async def test_what_is_no_form_is_the_clients_fault(
    serve: Serve, caplog: pytest.LogCaptureFixture, lines: list[str], body: bytes, status: int
) -> None:
    async def handler(request: Request) -> Response:
        await request.post()
        return Response()

    client = await serve(handler)
    caplog.clear()
    assert (await client.ask(post(body, *lines), "POST")).status == status
    assert [record for record in caplog.records if record.levelname == "ERROR"] == []


async def test_a_form_that_was_read_in_part_is_not_taken_for_the_whole(look: Look) -> None:
    async def see(r: Request) -> dict[str, Any]:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await r.post()
        with pytest.raises(RuntimeError, match="in part"):
            await r.post()
        with pytest.raises(RuntimeError, match="cloned"):
            r.clone()
        return {}

    body = part(b"1", disposition("a")) + part(b"1", disposition("b")) + b"--b--"
    data = post(body, MULTIPART)
    assert await look(data[:-30], see, rest=data[-30:]) == {}


async def test_parts_one_by_one(look: Look) -> None:
    async def see(r: Request) -> list[bytes]:
        found = []
        async for each in await r.multipart():
            pieces = []
            while piece := await each.read_chunk(4):  # type: ignore[union-attr]
                pieces.append(piece)
            found.append(b"".join(pieces))
        return found

    body = part(b"1" * 50, disposition("a")) + part(b"2" * 50, disposition("b")) + b"--b--"
    assert await look(post(body, MULTIPART), see, client_max_size=60) == [b"1" * 50, b"2" * 50]


async def test_parts_that_are_read_as_a_whole_are_bounded_together(look: Look) -> None:
    async def see(r: Request) -> None:
        async for each in await r.multipart():
            await each.read()  # type: ignore[union-attr]

    body = part(b"1" * 50, disposition("a")) + part(b"2" * 50, disposition("b")) + b"--b--"
    assert (await look(post(body, MULTIPART), see, client_max_size=60)).status == 413
    assert await look(post(body, MULTIPART), see, client_max_size=100) is None

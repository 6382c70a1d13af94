"""The body of a request, as it comes from the exchange."""

from __future__ import annotations

import asyncio
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from request_bodies import MULTIPART, chunked, post
from web_client import Client, request

from tidewire_http_io import EMPTY_PAYLOAD, ResetReason
from tidewire_http_parser import InvalidContentCoding, UnsupportedContentCoding
from tidewire_web import (
    HTTPRequestEntityTooLarge,
    PayloadAccessError,
    Request,
    RequestPayloadError,
    Response,
)
from tidewire_web._request_body import decode_json

Serve = Callable[..., Awaitable[Client]]
Look = Callable[..., Awaitable[Any]]


# -- the body -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 1, 5])
async def test_reading_the_body(look: Look, late: int) -> None:
    async def see(r: Request) -> tuple[bytes, bytes, bool]:
        first = await r.read()
        return first, await r.read(), r.can_read_body

    data = post(b"hello")
    seen = await look(data[: len(data) - late], see, rest=data[len(data) - late :])
    assert seen == (b"hello", b"hello", False)


async def test_reading_where_there_is_no_body(look: Look) -> None:
    assert await look(request(), lambda r: r.read()) == b""
    assert await look(request(), lambda r: r.text()) == ""
    assert await look(request(), lambda r: r.content is EMPTY_PAYLOAD) is True
    assert await look(request(), lambda r: r.content.read()) == b""
    assert await look(request(), lambda r: r.release()) is None


async def test_reading_a_chunked_body(look: Look) -> None:
    assert await look(chunked(), lambda r: r.read(), rest=b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n") == b"abcde"


async def test_the_body_as_a_stream(look: Look) -> None:
    async def see(r: Request) -> list[bytes]:
        assert r.content is r.content
        pieces = [await r.content.read(2), await r.content.readexactly(2)]
        pieces += [piece async for piece in r.content.iter_any()]
        assert r.content.at_eof()
        assert not r.can_read_body
        return pieces

    assert await look(post(b"abcdef"), see) == [b"ab", b"cd", b"ef"]


async def test_what_the_stream_has_given_away_read_does_not_give(look: Look) -> None:
    async def see(r: Request) -> bytes:
        await r.content.read(2)
        return await r.read()

    assert await look(post(b"abcdef"), see) == b"cdef"


async def test_after_read_the_stream_is_at_its_end(look: Look) -> None:
    async def see(r: Request) -> tuple[bytes, bool]:
        await r.read()
        return await r.content.read(), r.content.at_eof()

    assert await look(post(b"abcdef"), see) == (b"", True)


async def test_a_read_that_was_cancelled_has_read_nothing(look: Look) -> None:
    async def see(r: Request) -> bytes:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await r.read()
        return await r.read()

    assert await look(chunked() + b"3\r\nabc\r\n", see, rest=b"2\r\nde\r\n0\r\n\r\n") == b"abcde"


async def test_text_and_json(look: Look) -> None:
    assert await look(post("grün".encode()), lambda r: r.text()) == "grün"
    latin = post("grün".encode("latin-1"), "Content-Type: text/plain; charset=latin-1")
    assert await look(latin, lambda r: r.text()) == "grün"
    assert await look(post(b'{"a": [1, 2]}'), lambda r: r.json()) == {"a": [1, 2]}
    assert await look(post(b"abc"), lambda r: r.json(loads=str.upper)) == "ABC"


async def test_what_is_no_text_and_no_json(look: Look) -> None:
    async def see(r: Request) -> str:
        try:
            await r.json()
        except Exception as error:
            return type(error).__name__
        return "nothing"

    assert await look(post(b"{"), see) == "JSONDecodeError"
    assert await look(post(b"[" * 200_000), see) == "ValueError"
    assert await look(post(b"\xff"), see) == "UnicodeDecodeError"
    assert await look(post(b"x", "Content-Type: a/b; charset=no-such"), see) == "LookupError"
    # Decoders of quadratic time.
    for charset in ("punycode", "PunyCode", "idna"):
        assert await look(post(b"x", f"Content-Type: a/b; charset={charset}"), see) == "LookupError"


# -- content codings ------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0, 10])
@pytest.mark.parametrize(
    ("codings", "encode"),
    [
        (["gzip"], gzip.compress),
        (["X-GZIP"], gzip.compress),
        (["deflate"], zlib.compress),
        (["identity"], bytes),
        (["deflate", "gzip"], lambda data: gzip.compress(zlib.compress(data))),
    ],
)
async def test_content_codings_are_taken_off(
    look: Look, late: int, codings: list[str], encode: Callable[[bytes], bytes]
) -> None:
    data = post(encode(b"hello" * 100), *[f"Content-Encoding: {coding}" for coding in codings])
    head = data[: len(data) - late]
    assert await look(head, lambda r: r.read(), rest=data[len(head) :]) == b"hello" * 100
    assert await look(head, lambda r: r.content.readexactly(7), rest=data[len(head) :]) == b"hellohe"


async def test_a_content_coding_that_is_unknown(look: Look) -> None:
    async def see(r: Request) -> None:
        for read in (r.read, r.multipart, r.post):
            with pytest.raises(RequestPayloadError) as caught:
                await read()
            assert isinstance(caught.value.__cause__, UnsupportedContentCoding)

    assert await look(post(b"x", "Content-Encoding: rot13", MULTIPART), see) is None


async def test_content_that_is_not_as_its_coding_says(look: Look) -> None:
    async def see(r: Request) -> None:
        for read in (r.read, r.content.read, r.read):
            with pytest.raises(RequestPayloadError) as caught:
                await read()
            assert isinstance(caught.value.__cause__, InvalidContentCoding)
            assert caught.value.reason is ResetReason.PROTOCOL
            assert "gzip" in str(caught.value)

    assert await look(post(b"no gzip", "Content-Encoding: gzip"), see) is None


async def test_the_limit_is_one_of_decoded_bytes(look: Look) -> None:
    async def see(r: Request) -> int:
        with pytest.raises(HTTPRequestEntityTooLarge) as caught:
            await r.read()
        assert r.content.total_bytes < 200_000
        return caught.value.max_size

    bomb = gzip.compress(bytes(10_000_000))
    assert await look(post(bomb, "Content-Encoding: gzip"), see, client_max_size=50_000) == 50_000
    small = post(gzip.compress(b"x" * 1000), "Content-Encoding: gzip")
    assert await look(small, lambda r: r.read(), client_max_size=1000) == b"x" * 1000


# -- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_that_is_too_large(look: Look, declared: bool) -> None:
    async def see(r: Request) -> list[tuple[int, int]]:
        found = []
        for _ in range(2):
            with pytest.raises(HTTPRequestEntityTooLarge) as caught:
                await r.read()
            found.append((caught.value.max_size, caught.value.actual_size))
        return found

    data = post(b"12345678901")
    if not declared:
        data = chunked() + b"b\r\n12345678901\r\n0\r\n\r\n"
    assert await look(data, see, client_max_size=10) == [(10, 11)] * 2
    assert await look(post(b"1234567890"), lambda r: r.read(), client_max_size=10) == b"1234567890"
    assert await look(post(b"x" * 100), lambda r: r.read(), client_max_size=0) == b"x" * 100


async def test_a_declared_length_is_refused_before_anything_is_read(look: Look) -> None:
    """Of a body that never comes."""
    data = request("/", "Content-Length: 11", method="POST")
    assert (await look(data, lambda r: r.read(), client_max_size=10)).status == 413
    data = request("/", "Content-Length: 11", MULTIPART, method="POST")
    assert (await look(data, lambda r: r.post(), client_max_size=10)).status == 413


async def test_a_body_that_turns_out_to_be_too_large(look: Look) -> None:
    rest = b"6\r\n123456\r\n6\r\n123456\r\n"
    assert (await look(chunked(), lambda r: r.read(), rest=rest, client_max_size=10)).status == 413


async def test_what_is_read_piece_by_piece_may_be_of_any_size(look: Look) -> None:
    async def see(r: Request) -> int:
        return sum([len(piece) async for piece in r.content.iter_any()])

    assert await look(post(bytes(1000)), see, client_max_size=10) == 1000


async def test_the_rest_of_a_body_that_was_too_large_is_no_body(look: Look) -> None:
    async def see(r: Request) -> bytes:
        with pytest.raises(HTTPRequestEntityTooLarge):
            await r.read()
        await asyncio.sleep(0)
        return await r.read()

    rest = b"6\r\n123456\r\n6\r\n123456\r\n1\r\n1\r\n0\r\n\r\n"
    assert (await look(chunked(), see, rest=rest, step=100, client_max_size=10)).status == 413


# -- what breaks off, and what comes too late -----------------------------------------------------


async def test_a_body_that_breaks_off(serve: Serve) -> None:
    caught: list[RequestPayloadError] = []

    async def handler(request: Request) -> Response:
        for _ in range(2):
            try:
                await request.read()
            except RequestPayloadError as error:
                caught.append(error)
        return Response()

    connection = (await serve(handler)).connect()
    connection.send(post(b"abc")[:-1], "POST")
    await asyncio.sleep(0)
    connection.transport.lose(None)
    await connection.until(lambda: len(caught) == 2)
    assert [error.reason for error in caught] == [ResetReason.CANCEL] * 2


async def test_a_body_that_is_malformed(serve: Serve) -> None:
    async def handler(request: Request) -> Response:
        return Response(body=await request.read())

    connection = (await serve(handler)).connect()
    connection.send(chunked() + b"3\r\nabc", "POST")
    await asyncio.sleep(0)
    connection.transport.feed(b"no end")
    await connection.until(connection.look)
    assert connection.answers[0].status == 400


@pytest.mark.parametrize("late", [3, 0])
async def test_reading_after_the_answer(serve: Serve, late: int) -> None:
    """What comes after the answer is thrown away: it must not look like a body that is complete."""
    caught: list[object] = []

    async def handler(request: Request) -> Response:
        await request.content.read(1)
        response = Response(text="early")
        await response.send(request)
        await asyncio.sleep(0)
        for read in (request.read, request.content.read, request.post, request.release):
            try:
                caught.append(await read())
            except PayloadAccessError as error:
                caught.append(type(error))
        return response

    connection = (await serve(handler)).connect()
    data = post(b"abcdef", MULTIPART)
    connection.send(data[: len(data) - late], "POST")
    if late:
        await asyncio.sleep(0)
        connection.transport.feed(data[-late:])
    await connection.until(lambda: len(caught) == 4)
    assert caught == [PayloadAccessError] * 4


async def test_a_stream_that_somebody_has_kept_ends_with_the_answer(serve: Serve) -> None:
    caught: list[object] = []

    async def handler(request: Request) -> Response:
        content = request.content
        response = Response(text="early")
        await response.send(request)
        await asyncio.sleep(0)
        with pytest.raises(PayloadAccessError) as error:
            await content.read()
        caught.append(str(error.value))
        return response

    connection = (await serve(handler)).connect()
    connection.send(post(b"abcdef")[:-3], "POST")
    await connection.until(lambda: caught)
    assert "after the response" in str(caught[0])


async def test_what_was_read_is_there_after_the_answer(serve: Serve) -> None:
    seen: list[bytes] = []

    async def handler(request: Request) -> Response:
        await request.read()
        response = Response()
        await response.send(request)
        seen.append(await request.read())
        return response

    await (await serve(handler)).get(method="POST", body=b"abc")
    assert seen == [b"abc"]


@pytest.mark.parametrize("begun", [False, True])
@pytest.mark.parametrize("lines", [[], ["Content-Encoding: gzip"]])
async def test_releasing_what_is_left(look: Look, begun: bool, lines: list[str]) -> None:
    encoded = gzip.compress(bytes(3000))

    async def see(r: Request) -> tuple[bool, bool, bytes]:
        if begun:
            await r.content.read(2)
        await r.release()
        await r.release()
        return r.can_read_body, r.content.at_eof(), await r.read()

    data = post(encoded, *lines)
    assert await look(data[:-10], see, rest=data[-10:]) == (False, True, b"")


async def test_what_is_released_is_not_decoded(look: Look) -> None:
    data = post(b"no gzip at all", "Content-Encoding: gzip")
    assert await look(data, lambda r: r.release()) is None


def outcome(decode: Callable[[str], Any], text: str) -> tuple[Any, str]:
    try:
        return repr(decode(text)), ""
    except ValueError as error:
        return type(error), str(error)


@pytest.mark.parametrize(
    "text",
    [
        '{"a": [1, 2.5, null, true, "\\u00e4"]}',
        "0",
        "-0.0",
        '"text"',
        "[NaN, Infinity]",
        ' \t\r\n{"a": 1}\n ',
        "[1]\n",
        "",
        " ",
        "[1] [2]",
        "[1]x",
        "{1}",
        '"open',
        "\ufeff[1]",
        "\u00a0[1]",
        "[1]\u00a0",
        "1_0",
        "nul",
    ],
)
def test_json_is_that_of_the_standard_library(text: str) -> None:
    assert outcome(decode_json, text) == outcome(json.loads, text)

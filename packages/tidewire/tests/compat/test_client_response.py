from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from multidict import CIMultiDict
from yarl import URL

import tidewire_client
from tidewire.compat._client_response import ClientResponse
from tidewire.compat._futures import TimerNoop
from tidewire.compat._stream_reader import StreamReader


def _by_hand(body: bytes = b'{"a": 1}', status: int = 200) -> ClientResponse:
    """Make a response as libraries for tests do."""
    response = ClientResponse(
        "get",
        URL("http://a.test/b#c"),
        request_info=tidewire_client.RequestInfo(
            URL("http://a.test/b"), "get", CIMultiDict(), URL("http://a.test/b")
        ),
        writer=None,
        continue100=None,
        timer=TimerNoop(),
        traces=[],
        loop=object(),
        session=None,
    )
    response.cookies.load("k=v")
    response._headers = CIMultiDict({"Content-Type": "application/json"})  # type: ignore[assignment]
    response._raw_headers = ((b"Content-Type", b"application/json"),)
    response.status = status
    response.reason = "Fine"
    response.version = (1, 0)
    response.content = StreamReader(None, limit=2**16, loop=object())
    response.content.feed_data(body)
    response.content.feed_eof()
    return response


async def test_a_response_that_was_made_by_hand_answers() -> None:
    response = _by_hand()
    assert await response.json() == {"a": 1}
    assert await response.text() == '{"a": 1}'
    assert await response.read() == b'{"a": 1}'
    assert (response.status, response.reason, response.ok, response.version) == (200, "Fine", True, (1, 0))
    assert response.content_type == "application/json"
    assert response.raw_headers == ((b"Content-Type", b"application/json"),)
    assert response.cookies["k"].value == "v"
    assert response.url == URL("http://a.test/b")
    assert response.real_url == URL("http://a.test/b#c")
    assert response.request_info.method == response.method == "get"
    response._history = (response,)
    assert response.history == (response,)


async def test_it_can_be_entered_and_closed() -> None:
    async with _by_hand() as response:
        assert not response.closed
    assert response.closed
    with pytest.raises(tidewire_client.ClientConnectionError):
        await response.read()


async def test_its_status_can_be_an_error() -> None:
    with pytest.raises(tidewire_client.ClientResponseError) as raised:
        _by_hand(status=404).raise_for_status()
    assert raised.value.status == 404


async def test_one_without_a_body_is_empty() -> None:
    response = ClientResponse("GET", "http://a.test/")
    response.reason = None
    assert response.reason == ""
    assert await response.read() == b""
    assert response._loop is not None


def test_what_is_deprecated_works(answers: dict[str, Any], texts: Callable[[list[Any]], list[str]]) -> None:
    assert [text.partition(" ")[0] for text in texts(answers["requests"][7])] == [
        "ClientResponse.url_obj",
        "ClientResponse.output_size",
        "ClientResponse.upload_complete",
    ]

from __future__ import annotations

import pytest

from tidewire_client import ClientResponse, ClientResponseError, ClientSession
from tidewire_testing.client import MemoryConnector, answer_with, build_response


async def test_a_response_is_as_if_it_had_come() -> None:
    response = await build_response(
        "POST",
        "http://a.example/b?c=d",
        status=201,
        headers={"Content-Type": "application/json"},
        body=b"[1]",
    )
    assert type(response) is ClientResponse
    assert (response.status, response.reason, response.method) == (201, "Created", "POST")
    assert str(response.url) == "http://a.example/b?c=d"
    assert await response.json() == [1]
    assert await response.content.read() == b"[1]"


async def test_an_error_is_one() -> None:
    response = await build_response("GET", "http://a.example/", status=404, reason="Gone Fishing")
    with pytest.raises(ClientResponseError) as caught:
        response.raise_for_status()
    assert (caught.value.status, caught.value.message) == (404, "Gone Fishing")


async def test_a_redirect_is_not_followed() -> None:
    response = await build_response("GET", "http://a.example/", status=302, headers={"Location": "/b"})
    assert response.status == 302


async def test_a_session_can_be_answered_without_a_server() -> None:
    answering = answer_with(headers=[("Set-Cookie", "a=b"), ("X-A", "1"), ("X-A", "2")], body=b"hello")
    async with ClientSession(connector=MemoryConnector({}), middlewares=(answering,)) as session:
        async with session.get("http://a.example/") as response:
            assert await response.text() == "hello"
            assert response.headers.getall("X-A") == ["1", "2"]
            assert response.session is session
        assert [cookie.value for cookie in session.cookie_jar] == ["b"]
        other = await build_response("GET", "http://a.example/", session=session, body=b"other")
        assert await other.text() == "other"
        assert other.session is session


async def test_json_says_that_it_is_json() -> None:
    response = await build_response("GET", "http://a.example/", json={"a": [1, None]})
    assert response.content_type == "application/json"
    assert await response.json() == {"a": [1, None]}
    nothing = await build_response(
        "GET", "http://a.example/", json=None, headers={"content-type": "application/x+json"}
    )
    assert nothing.headers.getall("Content-Type") == ["application/x+json"]
    assert await nothing.json(content_type=None) is None


def test_json_stands_in_place_of_a_body_and_not_beside_it() -> None:
    with pytest.raises(ValueError, match="not both"):
        answer_with(json=1, body=b"1")
    with pytest.raises(TypeError):
        answer_with(json=object())

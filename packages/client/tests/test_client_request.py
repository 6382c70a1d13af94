from __future__ import annotations

import io
from collections.abc import AsyncIterator
from typing import Any

import pytest
from yarl import URL

from tidewire_client import ClientRequest, ClientResponse, ClientSession, Fingerprint, InvalidURL

Make = Any


@pytest.fixture
async def make() -> AsyncIterator[Make]:
    """Gives the request that a middleware would be called with."""
    sessions: list[ClientSession] = []

    async def make_request(method: str, url: str, *, session: Any = None, **how: Any) -> ClientRequest:
        requests: list[ClientRequest] = []

        async def catch(request: ClientRequest, handler: Any) -> ClientResponse:
            requests.append(request)
            return ClientResponse.build(request)

        sessions.append(ClientSession(**(session or {}), middlewares=[catch]))
        await sessions[-1].request(method, url, **how)
        return requests[0]

    yield make_request
    for session in sessions:
        await session.close()


async def test_a_request_can_be_looked_at(make: Make) -> None:
    request = await make(
        "post", "https://host:8443/p?q#f", data=b"x", compress="gzip", proxy_headers={"P": "1"}
    )
    assert request.method == "POST"
    assert request.url == URL("https://host:8443/p?q#f")
    assert (request.host, request.port, request.is_ssl()) == ("host", 8443, True)
    assert (request.compress, request.chunked, request.version) == ("gzip", None, (1, 1))
    assert request.ssl is True
    assert request.server_hostname is None
    assert request.proxy is None
    assert request.proxy_headers == {"P": "1"}
    assert request.body.whole() == b"x"
    assert request.headers["Transfer-Encoding"] == "chunked"
    assert isinstance(request.session, ClientSession)
    assert request.response_class is ClientResponse
    assert request.loop is request.session.loop
    assert request.request_info.url == URL("https://host:8443/p?q")
    assert request.request_info.real_url == request.original_url
    assert "POST" in repr(request)


async def test_one_without_a_body_has_no_bytes(make: Make) -> None:
    request = await make("GET", "http://host/")
    assert request.body == b""
    assert request.payload is None


async def test_fields_can_be_changed(make: Make) -> None:
    request = await make("GET", "http://host/")
    assert request.fields[0] == ("Host", "host")
    request.headers["X"] = "1"
    assert ("X", "1") in request.fields
    request.headers = {"Host": "only"}
    assert request.fields == [("Host", "only")]


async def test_the_body_can_be_replaced(make: Make) -> None:
    request = await make("POST", "http://host/", data=b"one")
    await request.update_body("zwei")
    assert request.headers["Content-Length"] == "4"
    assert request.headers.getall("Content-Type") == ["text/plain; charset=utf-8"]
    await request.update_body(None)
    assert request.body == b""
    assert {"Content-Type", "Content-Length"}.isdisjoint(request.headers)


@pytest.mark.parametrize(
    ("given", "body", "expected"),
    [
        ({"json": {}}, b"[]", "application/json"),
        ({"json": {}}, "[]", "application/json"),
        ({"json": {}}, io.BytesIO(b"[]"), "application/json"),
        ({"json": {}}, {"a": "1"}, "application/x-www-form-urlencoded"),
        ({"data": "text"}, b"text", "text/plain; charset=utf-8"),
        ({"data": b"x", "headers": {"Content-Type": "x/y"}}, b"y", "x/y"),
        ({"data": b"x"}, "text", "text/plain; charset=utf-8"),
    ],
)
async def test_what_does_not_say_what_it_is_leaves_the_media_type(
    make: Make, given: dict[str, Any], body: Any, expected: str
) -> None:
    request = await make("POST", "http://host/", **given)
    await request.update_body(body)
    assert request.headers.getall("Content-Type") == [expected]
    assert request.headers.getall("Content-Length") == [str(request.payload.size)]


async def test_text_goes_out_in_the_charset_that_is_there(make: Make) -> None:
    request = await make(
        "POST", "http://host/", data="x", headers={"Content-Type": "text/x; charset=latin-1"}
    )
    await request.update_body("\xe9")
    assert await request.payload.as_bytes() == b"\xe9"
    assert request.headers["Content-Length"] == "1"


async def test_most_routes_are_known(make: Make) -> None:
    request = await make("GET", "http://host/a%20b?q=1")
    key, target, fields, block = request.route()
    assert (key.host, key.port, target) == ("host", 80, "/a%20b?q=1")
    assert block is not None
    assert block.fields + fields == request.fields
    assert request.connection_key is key
    request.url = URL("https://other/")
    assert request.connection_key.host == "other"
    assert request.route()[0].host == "other"
    assert request.route()[2] == request.fields


async def test_fields_that_were_changed_are_the_ones_that_are_sent(make: Make) -> None:
    request = await make("GET", "http://host/")
    known = request.connection_key
    request.headers["X"] = "1"
    key, _, fields, block = request.route()
    assert key is known
    assert block is None
    assert fields[-1] == ("X", "1")
    assert fields[0] == ("Host", "host")


async def test_fields_of_the_session_about_the_connection_are_looked_at_with_each_request(make: Make) -> None:
    request = await make("GET", "http://host/", session={"headers": {"Connection": "close"}})
    _, _, fields, block = request.route()
    assert block is None
    assert ("Connection", "close") in fields


async def test_what_is_said_of_tls_makes_another_key(make: Make) -> None:
    plain = await make("GET", "https://host/")
    others = [
        await make("GET", "https://host/", ssl=False),
        await make("GET", "https://host/", ssl=Fingerprint(b"x" * 32)),
        await make("GET", "https://host/", server_hostname="name"),
        await make("GET", "https://host/", max_headers=5),
        await make("GET", "https://host/", proxy="http://proxy"),
    ]
    keys = {request.connection_key for request in [plain, *others]}
    assert len(keys) == 6


async def test_a_proxy_that_forwards_gets_the_whole_url(make: Make) -> None:
    request = await make("GET", "http://host/p#f", proxy="http://u:p@proxy:1", proxy_headers={"P": "1"})
    key, target, fields, _ = request.route()
    assert request.proxy == URL("http://proxy:1")
    assert key.forwards
    assert (key.host, target) == ("proxy", "http://host/p")
    assert fields[-2:] == [("P", "1"), ("Proxy-Authorization", "Basic dTpw")]


async def test_a_proxy_that_tunnels_gets_its_fields_by_itself(make: Make) -> None:
    request = await make("GET", "https://host/p", proxy="http://u:p@proxy:1", proxy_headers={"P": "1"})
    key, target, fields, _ = request.route()
    assert not key.forwards
    assert (key.host, target) == ("host", "/p")
    assert key.proxy_fields == (("P", "1"), ("Proxy-Authorization", "Basic dTpw"))
    assert fields == request.fields


async def test_fields_for_a_proxy_are_for_one_that_is_named(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("https_proxy", "http://u:p@proxy:1")
    request = await make("GET", "https://host/p", session={"trust_env": True}, proxy_headers={"P": "1"})
    assert request.connection_key.proxy_fields == (("Proxy-Authorization", "Basic dTpw"),)


async def test_a_proxy_that_is_none_is_refused(make: Make) -> None:
    request = await make("GET", "http://host/", proxy="ftp://proxy")
    with pytest.raises(InvalidURL):
        request.route()

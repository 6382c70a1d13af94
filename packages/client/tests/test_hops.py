from __future__ import annotations

import io
from http.cookies import SimpleCookie
from typing import Any

import pytest
from service import Service

from tidewire_client import BasicAuth, ClientSession, CookieJar, DummyCookieJar
from tidewire_http_parser import LocalProtocolError


async def test_fields_stand_in_their_order(service: Service, session: ClientSession) -> None:
    session.cookie_jar.update_cookies({"a": "1"})
    await session.post(service.url(), data=b"x", headers={"X": "1"}, expect100=True)
    assert list(service.last.headers) == [
        "Host",
        "X",
        "Accept",
        "Accept-Encoding",
        "User-Agent",
        "Cookie",
        "Content-Type",
        "Content-Length",
        "Expect",
    ]
    simple = list(service.last.headers)
    simple.remove("X")
    simple.remove("Expect")
    await session.post(service.url(), data=b"x")
    assert list(service.last.headers) == simple


async def test_cookies_of_a_request_are_for_their_domain_and_for_tls(service: Service) -> None:
    cookies: SimpleCookie = SimpleCookie()
    cookies["here"] = "1"
    cookies["there"] = "2"
    cookies["there"]["domain"] = "other.example"
    cookies["tls"] = "3"
    cookies["tls"]["secure"] = True
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        await session.get(service.url(), cookies=cookies)
    assert service.last.headers["Cookie"] == "here=1"


async def test_cookies_are_quoted_as_the_jar_does(service: Service) -> None:
    async with ClientSession(cookie_jar=CookieJar(quote_cookie=False)) as session:
        await session.get(service.url(), cookies={"a": "b c"})
    assert service.last.headers["Cookie"] == "a=b c"


async def test_cookies_of_a_request_all_go_out(service: Service, session: ClientSession) -> None:
    await session.get(service.url(), cookies={f"c{number}": "x" * 20 for number in range(200)})
    assert service.last.headers["Cookie"].count("=") == 200


async def test_cookies_of_the_jar_go_with_those_of_the_sessions_fields(service: Service) -> None:
    async with ClientSession(headers={"Cookie": "own=1"}, cookies={"a": "2"}) as session:
        for data in (None, b"x"):
            await session.post(service.url(), data=data)
            assert service.last.headers.getall("Cookie") == ["own=1; a=2"]


async def test_credentials_of_another_type_are_refused(service: Service, session: ClientSession) -> None:
    with pytest.raises(TypeError, match="auth is a BasicAuth, not tuple"):
        await session.get(service.url(), auth=("user", "password"))


async def test_cookies_of_a_session_are_there_from_the_beginning(service: Service) -> None:
    async with ClientSession(cookies={"a": "1"}) as session:
        await session.get(service.url(), headers={"Cookie": "own=2"})
    assert service.last.headers["Cookie"] == "own=2; a=1"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize("how", [{}, {"headers": {"X": "1"}}])
async def test_methods_that_mean_a_body_say_that_there_is_none(
    service: Service, session: ClientSession, method: str, how: Any
) -> None:
    await session.request(method, service.url(), **how)
    assert service.last.headers["Content-Length"] == "0"
    assert service.last.headers["Content-Type"] == "application/octet-stream"
    await session.request(method, service.url(), skip_auto_headers=["Content-Type"])
    assert "Content-Type" not in service.last.headers


async def test_a_media_type_of_the_session_counts(service: Service) -> None:
    async with ClientSession(headers={"Content-Type": "own/type"}) as session:
        await session.post(service.url(), data=b"x")
        assert service.last.headers.getall("Content-Type") == ["own/type"]
        await session.post(service.url())
        assert service.last.headers.getall("Content-Type") == ["own/type"]


async def test_credentials_of_the_request_go_before_those_of_the_session(service: Service) -> None:
    async with ClientSession(auth=BasicAuth("session", "x")) as session:
        await session.get(service.url(), auth=BasicAuth("request", "x"))
        assert service.last.headers["Authorization"] == BasicAuth("request", "x").encode()
        await session.get(service.url())
        assert service.last.headers["Authorization"] == BasicAuth("session", "x").encode()
        await session.get(service.url(), headers={"Authorization": "own"})
        assert service.last.headers["Authorization"] == "own"


async def test_a_user_that_is_empty_is_one(service: Service, session: ClientSession) -> None:
    await session.get(service.url().with_password("only"))
    assert service.last.headers["Authorization"] == BasicAuth("", "only").encode()


@pytest.mark.parametrize("make", [str, io.StringIO])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/plain; charset=latin-1", b"\xe9"),
        ('text/plain; Charset="UTF-16-LE"', b"\xe9\x00"),
        ("text/plain", b"\xc3\xa9"),
        ("nonsense; charset", b"\xc3\xa9"),
    ],
)
async def test_text_is_sent_as_its_content_type_says(
    service: Service, make: Any, content_type: str, body: bytes
) -> None:
    fields = {"Content-Type": content_type, "X": "1"}
    async with ClientSession() as session:
        for headers in (fields, iter(fields.items())):
            await session.post(service.url(), data=make("é"), headers=headers)
            assert service.last.headers.getall("Content-Type") == [content_type]
            assert service.last.headers.getall("X") == ["1"]
            assert service.last.body == body
    async with ClientSession(headers=fields) as session:
        await session.post(service.url(), data=make("é"))
        assert (service.last.headers.getall("Content-Type"), service.last.body) == ([content_type], body)


@pytest.mark.parametrize(
    ("charset", "error"), [("unheard-of", LocalProtocolError), ("ascii", UnicodeEncodeError)]
)
async def test_text_that_cannot_be_sent_so_is_refused(
    service: Service, session: ClientSession, charset: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match=charset):
        await session.post(
            service.url(), data="é", headers={"Content-Type": f"text/plain; charset={charset}"}
        )
    assert service.seen == []


@pytest.mark.parametrize("cookies", ["a=b", b"a=b"])
async def test_cookies_are_no_text(service: Service, session: ClientSession, cookies: Any) -> None:
    with pytest.raises(TypeError, match="cookies are a mapping or pairs"):
        await session.get(service.url(), cookies=cookies)
    with pytest.raises(TypeError, match="cookies are a mapping or pairs"):
        ClientSession(cookies=cookies)
    assert service.seen == []


async def test_cookies_may_be_an_iterator(service: Service) -> None:
    service.redirect("/from", "/to")
    async with ClientSession(headers={"Cookie": "a=1"}) as session:
        await session.get(service.url("/from"), cookies=iter([("b", "2")]))
    assert [seen.headers["Cookie"] for seen in service.seen] == ["a=1; b=2", "a=1; b=2"]


@pytest.mark.parametrize("headers", [None, {"X": "1"}])
async def test_a_session_may_say_nothing_of_media_types(
    service: Service, headers: dict[str, str] | None
) -> None:
    async with ClientSession(skip_auto_headers=["Content-Type"]) as session:
        await session.post(service.url(), data=b"x", headers=headers)
    assert service.last.body == b"x"
    assert "Content-Type" not in service.last.headers

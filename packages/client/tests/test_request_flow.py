from __future__ import annotations

import asyncio
import contextlib
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from service import RawServer, Seen, Service

from tidewire_client import (
    BasicAuth,
    ClientError,
    ClientPayloadError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    CookieJar,
    InvalidUrlRedirectClientError,
    NonHttpUrlRedirectClientError,
    TooManyRedirects,
    TotalTimeoutError,
)


async def test_redirects_are_followed(service: Service, session: ClientSession) -> None:
    service.redirect("/a", "/b")
    service.redirect("/b", "c?x=1", status=307)
    async with session.get(service.url("/a?q=1"), params={"r": "2"}) as response:
        assert response.status == 200
        assert response.url == service.url("/c?x=1")
        assert [each.status for each in response.history] == [302, 307]
        assert all(each.closed for each in response.history)
    assert [seen.target for seen in service.seen] == ["/a?q=1&r=2", "/b", "/c?x=1"]
    assert service.made == 1


async def test_redirects_need_not_be_followed(service: Service, session: ClientSession) -> None:
    service.redirect("/a", "/b")
    async with session.get(service.url("/a"), allow_redirects=False) as response:
        assert response.status == 302
        assert await response.read() == b"moved"


async def test_a_redirect_to_nowhere_is_a_response(service: Service, session: ClientSession) -> None:
    service.on("/a", lambda seen: seen.answer(302))
    async with session.get(service.url("/a")) as response:
        assert response.status == 302
    service.on("/b", lambda seen: seen.answer(302, b"", URI="/c"))
    async with session.get(service.url("/b")) as response:
        assert response.url.path == "/c"


@pytest.mark.parametrize("limit", [1, 3])
async def test_the_last_allowed_redirect_is_the_error(
    service: Service, session: ClientSession, limit: int
) -> None:
    service.redirect("/loop", "/loop")
    with pytest.raises(TooManyRedirects) as caught:
        await session.get(service.url("/loop"), max_redirects=limit)
    assert len(caught.value.history) == limit
    assert caught.value.request_info.url == service.url("/loop")
    assert caught.value.status == 0
    assert len(service.seen) == limit


@pytest.mark.parametrize(
    ("location", "error"),
    [("ftp://host/", NonHttpUrlRedirectClientError), ("http://[::1/", InvalidUrlRedirectClientError)],
)
async def test_a_redirect_that_cannot_be_followed_is_an_error(
    service: Service, session: ClientSession, location: str, error: type[Exception]
) -> None:
    service.redirect("/a", location)
    with pytest.raises(error):
        await session.get(service.url("/a"))


async def test_a_body_goes_along_where_the_status_says_so(service: Service, session: ClientSession) -> None:
    service.redirect("/keep", "/there", status=308)
    service.redirect("/drop", "/there", status=303)
    await session.post(service.url("/keep"), data=io.BytesIO(b"file"))
    assert (service.last.method, service.last.body) == ("POST", b"file")
    await session.post(service.url("/drop"), data=b"bytes")
    assert (service.last.method, service.last.body) == ("GET", b"")
    assert "Content-Type" not in service.last.headers


async def test_a_body_that_is_gone_cannot_go_along(service: Service, session: ClientSession) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        yield b"once"

    service.redirect("/keep", "/there", status=307)
    with pytest.raises(ClientPayloadError):
        await session.post(service.url("/keep"), data=pieces())


async def test_what_is_for_an_origin_stays_there(service: Service) -> None:
    service.redirect("/same", "/there")
    service.redirect("/other", str(service.url("/there", host="localhost")))
    secrets: dict[str, Any] = {
        "headers": [
            ("Authorization", "Bearer x"),
            ("Proxy-Authorization", "y"),
            ("Cookie", "own=1"),
            ("X", "z"),
        ],
        "cookies": {"given": "2"},
    }
    async with ClientSession(headers={"Cookie": "session=1"}) as session:
        await session.get(service.url("/same"), **secrets)
        assert service.last.headers["Authorization"] == "Bearer x"
        assert service.last.headers["Cookie"] == "own=1; given=2"
        await session.get(service.url("/other"), **secrets)
        assert service.last.headers["Host"].startswith("localhost")
        assert service.last.headers["X"] == "z"
        assert {"Authorization", "Proxy-Authorization", "Cookie"}.isdisjoint(service.last.headers)
    async with ClientSession(auth=BasicAuth("a", "b")) as session:
        await session.get(service.url("/other"))
        assert "Authorization" not in service.last.headers


async def test_credentials_in_a_location_are_used(service: Service, session: ClientSession) -> None:
    there = service.url("/there", host="localhost").with_user("u").with_password("p")
    service.redirect("/a", str(there))
    async with session.get(service.url("/a")) as response:
        assert response.url == service.url("/there", host="localhost")
    assert service.last.headers["Authorization"] == BasicAuth("u", "p").encode()


async def test_cookies_of_each_hop_are_kept(service: Service, session: ClientSession) -> None:
    service.on(
        "/a", lambda seen: seen.answer_with(302, [("Location", "/b"), ("Set-Cookie", "one=1; Path=/")])
    )
    service.on(
        "/b", lambda seen: seen.answer_with(200, [("Set-Cookie", "two=2; Path=/"), ("Set-Cookie", "x")])
    )
    async with session.get(service.url("/a")) as response:
        assert list(response.cookies) == ["two"]
    assert service.last.headers["Cookie"] == "one=1"
    await session.get(service.url("/c"), cookies={"two": "mine", "three": "a b"})
    assert service.last.headers["Cookie"] == 'one=1; two=mine; three="a b"'


async def test_middlewares_are_around_every_hop(service: Service) -> None:
    seen: list[str] = []

    def middleware(name: str) -> Any:
        async def call(request: ClientRequest, handler: Any) -> ClientResponse:
            seen.append(f"{name} {request.url.path}")
            request.headers[f"X-{name}"] = "1"
            response: ClientResponse = await handler(request)
            seen.append(f"{name} {response.status}")
            return response

        return call

    service.redirect("/a", "/b")
    async with ClientSession(middlewares=[middleware("outer"), middleware("inner")]) as session:
        await session.get(service.url("/a"))
        assert seen == [
            "outer /a",
            "inner /a",
            "inner 302",
            "outer 302",
            "outer /b",
            "inner /b",
            "inner 200",
            "outer 200",
        ]
        assert service.last.headers["X-outer"] == service.last.headers["X-inner"] == "1"
        seen.clear()
        await session.get(service.url("/b"), middlewares=())
        assert not seen


async def test_a_middleware_may_answer_by_itself(service: Service) -> None:
    async def cached(request: ClientRequest, handler: Any) -> ClientResponse:
        return ClientResponse.build(request, status=203, headers={"Content-Type": "text/plain"}, body=b"kept")

    async with (
        ClientSession(middlewares=[cached]) as session,
        session.get(service.url(), raise_for_status=True) as response,
    ):
        assert (response.status, response.reason) == (203, "Non-Authoritative Information")
        assert await response.text() == "kept"
        assert await response.content.read() == b"kept"
    assert not service.seen


async def test_a_middleware_that_fails_leaves_no_connection_behind(service: Service) -> None:
    def begin(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=10)

    async def fails(request: ClientRequest, handler: Any) -> ClientResponse:
        response = await handler(request)
        raise KeyError(response.status)

    async def forgets(request: ClientRequest, handler: Any) -> None:
        await handler(request)

    async def passes_on(request: ClientRequest, handler: Any) -> ClientResponse:
        response: ClientResponse = await handler(request)
        return response

    service.on("/", begin)
    held: list[BaseException] = []  # with their frames, and what is in these
    async with ClientSession() as session:
        for middlewares, error in [
            ([fails], KeyError),
            ([passes_on, fails, passes_on], KeyError),
            ([passes_on, forgets], TypeError),
        ]:
            with pytest.raises(error) as caught:
                await session.get(service.url(), middlewares=middlewares)
            held.append(caught.value)
            async with asyncio.timeout(15):
                while " 0 connections" not in repr(session.connector):  # noqa: ASYNC110
                    await asyncio.sleep(0)
    assert len(held) == 3


async def test_what_middlewares_keep_of_a_request_that_succeeds_is_theirs(service: Service) -> None:
    kept: list[ClientResponse] = []

    async def again(request: ClientRequest, handler: Any) -> ClientResponse:
        kept.append(await handler(request))
        second: ClientResponse = await handler(request)
        return second

    async with ClientSession() as session, session.get(service.url(), middlewares=[again]) as response:
        assert await response.read() == await kept[0].read() != b""


async def test_a_middleware_that_returns_nothing_is_named(service: Service) -> None:
    async def forgets(request: ClientRequest, handler: Any) -> None:
        pass

    async with ClientSession() as session:
        with pytest.raises(TypeError, match=r"middleware .*forgets.* has returned no response"):
            await session.get(service.url(), middlewares=[forgets])


async def test_a_middleware_may_send_several_times_and_change_the_body(service: Service) -> None:
    async def twice(request: ClientRequest, handler: Any) -> ClientResponse:
        first: ClientResponse = await handler(request)
        first.close()
        await request.update_body(b"second body")
        request.method = "PUT"
        request.url = service.url("/else")
        response: ClientResponse = await handler(request)
        return response

    async with ClientSession(middlewares=[twice]) as session:
        await session.post(service.url("/one"), data={"a": "b"})
    assert [(seen.method, seen.target, seen.body) for seen in service.seen] == [
        ("POST", "/one", b"a=b"),
        ("PUT", "/else", b"second body"),
    ]
    assert service.last.headers["Content-Length"] == "11"
    # Bytes say nothing of what they are.
    assert service.last.headers["Content-Type"] == "application/x-www-form-urlencoded"


@in_fake_time
async def test_the_total_time_includes_redirects_and_middlewares() -> None:
    async def slow(request: ClientRequest, handler: Any) -> ClientResponse:
        await asyncio.Event().wait()
        raise AssertionError

    async with in_memory(middlewares=[slow]) as (service, session):
        with pytest.raises(TotalTimeoutError):
            await session.get(service.url(), timeout=0.02)


async def test_a_body_is_let_go_of_however_the_request_ends(
    service: Service, session: ClientSession, tmp_path: Path
) -> None:
    (tmp_path / "file").write_bytes(b"data")
    service.on_head("/no", lambda exchange: exchange.respond(403, None, [], b""))
    for url in (str(service.url()), "http://127.0.0.1:1/", "ftp://host/", str(service.url("/no"))):
        file = (tmp_path / "file").open("rb")
        with contextlib.suppress(ClientError):
            async with session.post(url, data=file, expect100=True):
                pass
        await asyncio.sleep(0)
        if not url.startswith("ftp"):
            assert file.closed, url
        file.close()


async def test_proxies_of_the_environment_forward_requests(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("no_proxy", "NO_PROXY", "REQUEST_METHOD"):
        monkeypatch.delenv(name, raising=False)
    proxy = service.url().with_user("u").with_password("p")
    monkeypatch.setenv("http_proxy", str(proxy))
    async with ClientSession(trust_env=True) as session:
        assert session.proxy_for("http://any.example/") == proxy
        await session.get("http://any.example/path?q#f")
    assert service.last.target == "http://any.example/path?q"
    assert service.last.headers["Host"] == "any.example"
    assert service.last.headers["Proxy-Authorization"] == "Basic dTpw"


async def test_fields_for_the_proxy_go_with_a_forwarded_request(
    service: Service, session: ClientSession
) -> None:
    await session.get(
        "http://any.example/",
        proxy=service.url(),
        proxy_auth=BasicAuth("u", "p"),
        proxy_headers={"X-Proxy": "1"},
        headers={"Proxy-Authorization": "old"},
    )
    assert service.last.headers["X-Proxy"] == "1"
    assert service.last.headers.getall("Proxy-Authorization") == ["Basic dTpw"]


async def test_netrc_is_looked_at_where_that_is_trusted(
    service: Service, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("no_proxy", "*")
    async with ClientSession(trust_env=True) as session:
        await session.get(service.url())
        assert service.last.headers["Authorization"] == BasicAuth("u", "p").encode()
        await session.get(service.url(), headers={"Authorization": "own"})
        assert service.last.headers["Authorization"] == "own"


@pytest.mark.parametrize(
    ("user", "sent"), [("", BasicAuth("u", "p")), ("own:word@", BasicAuth("own", "word"))]
)
async def test_netrc_has_the_credentials_for_a_proxy_of_the_environment(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: str, sent: BasicAuth
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login u password p\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("http_proxy", str(service.url()).replace("//", f"//{user}"))
    async with ClientSession(trust_env=True) as session:
        await session.get("http://any.example/", headers={"Authorization": "own"})
        assert service.last.headers["Proxy-Authorization"] == sent.encode()
        assert service.last.headers["Authorization"] == "own"


@pytest.mark.parametrize(
    ("file", "sent"),
    [("default login u password p\n", False), ("machine localhost login u password p\n", True)],
)
async def test_the_default_of_netrc_is_not_for_hosts_that_a_redirect_names(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, file: str, sent: bool
) -> None:
    (tmp_path / "netrc").write_text(file)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("no_proxy", "*")
    there = service.url("/there").with_host("localhost")
    service.on("/first", lambda seen: seen.answer(302, Location=str(there)))
    service.on("/there", lambda seen: seen.answer(302, Location=str(service.url("/back"))))
    async with ClientSession(trust_env=True) as session:
        await session.get(service.url("/first"))
    own = BasicAuth("u", "p").encode()
    expected = [None, own, None] if sent else [own, None, own]
    assert [seen.headers.get("Authorization") for seen in service.seen] == expected


async def test_sessions_without_cookies_keep_none(service: Service) -> None:
    from tidewire_client import DummyCookieJar

    def answer(seen: Seen) -> None:
        seen.answer_with(200, [("Set-Cookie", "a=1")])

    service.on("/", answer)
    async with ClientSession(cookie_jar=DummyCookieJar()) as session:
        await session.get(service.url())
        await session.get(service.url())
        assert "Cookie" not in service.last.headers
    async with ClientSession(cookie_jar=CookieJar()) as session:
        await session.get(service.url())
        assert len(session.cookie_jar) == 0  # an address


async def test_a_redirect_that_lost_its_connection_is_followed(session: ClientSession) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    async with (
        RawServer(moved, b"HTTP/1.1 204 No Content\r\n\r\n", closes=True) as server,
        session.get(server.url) as response,
    ):
        assert response.status == 204

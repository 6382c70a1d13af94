from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

import pytest
from fake_time import in_fake_time, in_memory
from service import RawServer, Seen, Service

from tidewire_client import (
    BasicAuth,
    ClientConnectionError,
    ClientResponseError,
    ClientSession,
    ClientTimeout,
    InvalidUrlClientError,
    NonHttpUrlClientError,
    ServerDisconnectedError,
    TCPConnector,
    TotalTimeoutError,
)
from tidewire_client._session_services import USER_AGENT
from tidewire_http_parser import LocalProtocolError
from tidewire_http_parser.codings import available_codings


async def test_a_get_is_answered(service: Service, session: ClientSession) -> None:
    async with session.get(service.url("/path?q=1")) as response:
        assert response.status == 200
        assert await response.json() == {"method": "GET", "target": "/path?q=1", "body": ""}
    assert list(service.last.headers.items()) == [
        ("Host", f"127.0.0.1:{service.port}"),
        ("Accept", "*/*"),
        ("Accept-Encoding", ", ".join(available_codings())),
        ("User-Agent", USER_AGENT),
    ]


@pytest.mark.parametrize("method", ["get", "options", "post", "put", "patch", "delete"])
async def test_each_method_has_its_function(service: Service, session: ClientSession, method: str) -> None:
    response = await getattr(session, method)(service.url())
    assert (await response.json())["method"] == method.upper()


async def test_a_head_follows_no_redirect_and_has_no_body(service: Service, session: ClientSession) -> None:
    service.redirect("/from", "/to")
    async with session.head(service.url("/from")) as response:
        assert response.status == 302
        assert await response.read() == b""
    async with session.head(service.url("/from"), allow_redirects=True) as response:
        assert response.status == 200


async def test_a_method_goes_out_in_upper_case(service: Service, session: ClientSession) -> None:
    async with session.request("purge", service.url()) as response:
        assert (await response.json())["method"] == "PURGE"


async def test_requests_share_a_connection(service: Service, session: ClientSession) -> None:
    for _ in range(3):
        async with session.get(service.url()) as response:
            await response.read()
    assert service.made == 1


async def test_a_response_that_is_not_read_gives_its_connection_back(
    service: Service, session: ClientSession
) -> None:
    for _ in range(3):
        async with session.get(service.url()):
            pass
    assert service.made == 1


@pytest.mark.parametrize(
    ("params", "target"),
    [
        ({"a": "1"}, "/?q=0&a=1"),
        ([("a", "1"), ("a", "2")], "/?q=0&a=1&a=2"),
        ({"a": ["x y", "z"]}, "/?q=0&a=x+y&a=z"),
        ("a=%20&b", "/?q=0&a=%20&b"),
        ("a=x y#z+\xe9\r\n&b=%2B%zz'[", "/?q=0&a=x%20y%23z+%C3%A9%0D%0A&b=%2B%zz'["),
    ],
)
async def test_params_are_added_to_the_query(
    service: Service, session: ClientSession, params: Any, target: str
) -> None:
    await session.get(service.url("/?q=0"), params=params)
    assert service.last.target == target


@pytest.mark.parametrize("params", [{"a": True}, {"a": None}])
async def test_params_of_other_types_are_refused(
    service: Service, session: ClientSession, params: Any
) -> None:
    with pytest.raises(TypeError):
        await session.get(service.url(), params=params)


async def test_relative_urls_are_joined_with_the_base(service: Service) -> None:
    async with ClientSession(service.url("/api/")) as session:
        await session.get("things?a=1")
        await session.get(service.url("/else"))
    assert [seen.target for seen in service.seen] == ["/api/things?a=1", "/else"]


@pytest.mark.parametrize("base", ["/api/", "http://host/api"])
async def test_a_base_url_is_absolute_and_ends_in_a_slash(base: str) -> None:
    with pytest.raises(ValueError, match="base_url"):
        ClientSession(base)


@pytest.mark.parametrize(
    ("url", "error"),
    [
        ("ftp://host/", NonHttpUrlClientError),
        ("mailto:me", NonHttpUrlClientError),
        ("/relative", InvalidUrlClientError),
        ("http://[::1/", InvalidUrlClientError),
        ("http:///path", InvalidUrlClientError),
        ("http://1.2.3/", InvalidUrlClientError),
    ],
)
async def test_urls_without_a_server_are_refused(
    session: ClientSession, url: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        await session.get(url)


async def test_headers_of_a_request_replace_those_of_the_session(service: Service) -> None:
    async with ClientSession(headers=[("X-A", "1"), ("X-A", "2"), ("X-B", "3")]) as session:
        await session.get(service.url(), headers={"x-a": "4", "Accept": "text/html"})
    headers = service.last.headers
    assert headers.getall("X-A") == ["4"]
    assert headers.getall("X-B") == ["3"]
    assert headers.getall("Accept") == ["text/html"]


async def test_host_can_be_given(service: Service, session: ClientSession) -> None:
    await session.get(service.url(), headers={"Host": "example.org"})
    assert service.last.headers.getall("Host") == ["example.org"]


async def test_fields_can_be_left_out(service: Service) -> None:
    async with ClientSession(skip_auto_headers=["User-Agent"]) as session:
        await session.get(service.url())
        assert "User-Agent" not in service.last.headers
        await session.post(service.url(), data=b"x", skip_auto_headers=["Content-Type", "accept"])
    assert {"User-Agent", "Content-Type", "Accept"}.isdisjoint(service.last.headers)


async def test_what_may_not_go_out_sends_nothing(service: Service, session: ClientSession) -> None:
    for how in ({"headers": {"X": "a\r\nY: b"}}, {"headers": {"X Y": "a"}}):
        with pytest.raises(LocalProtocolError):
            await session.get(service.url(), **how)
    assert not service.seen


async def test_json_is_encoded_by_the_session(service: Service) -> None:
    async with ClientSession(json_serialize=lambda value: json.dumps(value, indent=1)) as session:
        await session.post(service.url(), json=[1])
        assert service.last.body == b"[\n 1\n]"
        assert service.last.headers["Content-Type"] == "application/json"
    async with ClientSession(json_serialize_bytes=lambda value: b"bytes") as session:
        await session.post(service.url(), json=[1])
        assert service.last.body == b"bytes"


async def test_data_and_json_go_not_together(service: Service, session: ClientSession) -> None:
    with pytest.raises(ValueError, match="data and json"):
        await session.post(service.url(), data=b"", json={})


async def test_credentials_of_the_session_go_to_its_base_only(service: Service) -> None:
    auth = BasicAuth("user", "secret")
    async with ClientSession(service.url("/"), auth=auth) as session:
        await session.get("x")
        assert service.last.headers["Authorization"] == auth.encode()
        await session.get(service.url("/", host="localhost"))
        assert "Authorization" not in service.last.headers


async def test_credentials_of_a_url_are_sent_and_are_not_in_it(
    service: Service, session: ClientSession
) -> None:
    async with session.get(service.url().with_user("user").with_password("pass")) as response:
        assert response.url == service.url()
    assert service.last.headers["Authorization"] == "Basic dXNlcjpwYXNz"


@pytest.mark.parametrize("how", [{"auth": BasicAuth("a", "b")}, {"headers": {"Authorization": "x"}}])
async def test_two_kinds_of_credentials_are_refused(
    service: Service, session: ClientSession, how: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="Cannot combine"):
        await session.get(service.url().with_user("user"), **how)


async def test_status_is_raised_with_the_body(service: Service) -> None:
    service.on("/bad", lambda seen: seen.answer(418, b"short and stout"))
    async with ClientSession(raise_for_status=True) as session:
        with pytest.raises(ClientResponseError) as caught:
            await session.get(service.url("/bad"))
        assert caught.value.status == 418
        assert caught.value.body == b"short and stout"
        async with session.get(service.url("/bad"), raise_for_status=False) as response:
            assert response.status == 418
    assert service.made == 1


async def test_status_can_be_decided_on(service: Service, session: ClientSession) -> None:
    async def check(response: Any) -> None:
        assert response.status == 200
        raise KeyError("no")

    with pytest.raises(KeyError):
        await session.get(service.url(), raise_for_status=check)


async def test_a_closed_session_sends_nothing(service: Service) -> None:
    session = ClientSession()
    await session.close()
    assert session.closed
    with pytest.raises(RuntimeError, match="closed"):
        await session.get(service.url())


async def test_a_connector_that_is_shared_stays_open(service: Service) -> None:
    connector = TCPConnector()
    async with ClientSession(connector=connector, connector_owner=False) as session:
        await session.get(service.url())
    assert not connector.closed
    await connector.close()


async def test_a_detached_connector_stays_open() -> None:
    session = ClientSession()
    connector = session.connector
    assert connector is not None
    session.detach()
    assert session.closed
    assert not connector.closed
    await connector.close()


def test_sessions_are_made_in_an_event_loop() -> None:
    with pytest.raises(RuntimeError):
        ClientSession()


async def test_a_session_is_not_for_with() -> None:
    session = ClientSession()
    with pytest.raises(TypeError, match="async with"), session:
        pass
    await session.close()


async def test_a_session_that_is_dropped_warns(service: Service) -> None:
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    connector = TCPConnector()
    session = ClientSession(connector=connector)
    await (await session.get(service.url())).read()
    with pytest.warns(ResourceWarning, match="Unclosed client session"):
        del session
    await connector.close()


async def test_a_timeout_of_a_session_is_a_client_timeout() -> None:
    with pytest.raises(ValueError, match="ClientTimeout"):
        ClientSession(timeout=5)  # type: ignore[arg-type]


@in_fake_time
async def test_the_total_time_ends_a_wait_for_the_head() -> None:
    never = asyncio.Event()
    async with in_memory() as (service, session):
        service.on("/slow", lambda seen: _wait(never))
        with pytest.raises(TotalTimeoutError) as caught:
            await session.get(service.url("/slow"), timeout=0.05)
    assert caught.value.seconds == 0.05
    assert isinstance(caught.value, TimeoutError)
    task = asyncio.current_task()
    assert task is not None
    assert not task.cancelling()


@in_fake_time
async def test_the_total_time_ends_a_wait_for_the_body() -> None:
    never = asyncio.Event()

    async def begin(seen: Seen) -> None:
        seen.exchange.send_head(200, None, [], body_length=10)
        seen.exchange.send_data(b"12345")
        await never.wait()

    async with in_memory() as (service, session):
        service.on("/slow", begin)
        async with session.get(service.url("/slow"), timeout=ClientTimeout(total=0.1)) as response:
            assert await response.content.read(5) == b"12345"
            with pytest.raises(TotalTimeoutError):
                await response.read()


async def test_a_cancelled_request_is_cancelled(service: Service, session: ClientSession) -> None:
    never = asyncio.Event()
    service.on("/slow", lambda seen: _wait(never))
    task = asyncio.ensure_future(session.get(service.url("/slow")))
    while not service.seen:  # noqa: ASYNC110
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_limits_of_a_response_can_be_set(service: Service, session: ClientSession) -> None:
    service.on("/long", lambda seen: seen.answer(200, b"", X="y" * 9000))
    with pytest.raises(ClientResponseError) as caught:
        await session.get(service.url("/long"))
    assert caught.value.status == 400
    async with session.get(service.url("/long"), max_field_size=10000) as response:
        assert len(response.headers["X"]) == 9000


async def test_no_second_try_where_that_is_switched_off(service: Service) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(answer, None) as server, ClientSession(retry=False) as session:
        await session.get(server.url)
        with pytest.raises(ServerDisconnectedError):
            await session.get(server.url)


async def test_an_idempotent_request_is_sent_again_on_a_new_connection(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(answer, None, answer) as server:
        first = await session.get(server.url)
        assert first.attempts == 1
        second = await session.get(server.url)
        assert second.attempts == 2
        assert len(server.heads) == 3


async def test_another_request_is_not(session: ClientSession) -> None:
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    async with RawServer(answer, None, answer) as server:
        await session.get(server.url)
        with pytest.raises(ServerDisconnectedError):
            await session.post(server.url)
        assert len(server.heads) == 2


async def test_a_new_connection_that_is_lost_is_no_reason_to_try_again(session: ClientSession) -> None:
    async with RawServer(None) as server:
        with pytest.raises(ServerDisconnectedError):
            await session.get(server.url)
        assert len(server.heads) == 1


async def test_requests_can_be_of_an_older_version(service: Service) -> None:
    async with ClientSession(version=(1, 0)) as session:
        await session.get(service.url())
        assert service.last.exchange.head.version == (1, 0)


async def test_an_unknown_parameter_is_refused(service: Service, session: ClientSession) -> None:
    with pytest.raises(TypeError):
        await session.get(service.url(), colour="red")


async def test_a_close_ends_running_requests(service: Service) -> None:
    never = asyncio.Event()
    service.on("/slow", lambda seen: _wait(never))
    session = ClientSession()
    task = asyncio.ensure_future(session.get(service.url("/slow")))
    while not service.seen:  # noqa: ASYNC110
        await asyncio.sleep(0)
    await session.close()
    with pytest.raises(ClientConnectionError):
        await task


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop")
def test_it_runs_on_uvloop() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def main() -> int:
        service = Service()
        await service.start()
        async with ClientSession() as session, session.get(service.url()) as response:
            await response.read()
            status: int = response.status
        await service.stop()
        return status

    assert uvloop.run(main()) == 200


async def _wait(event: asyncio.Event) -> None:
    await event.wait()


async def test_a_request_goes_by_tls_and_through_a_tunnel(
    contexts: Any, start_proxy: Any, session: ClientSession
) -> None:
    server_context, client_context, _ = contexts
    service = Service()
    await service.start(ssl=server_context)
    proxy = await start_proxy()
    for how in ({}, {"proxy": proxy.url.with_user("u").with_password("p")}):
        async with session.get(service.url("/", host="localhost"), ssl=client_context, **how) as response:
            assert (await response.json())["target"] == "/"
    assert b"Proxy-Authorization: Basic dTpw" in proxy.heads[0]
    assert "Proxy-Authorization" not in service.last.headers
    assert service.made == 2
    await session.close()
    await service.stop()

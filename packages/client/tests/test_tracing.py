from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from service import Service

from tidewire_client import (
    ClientConnectorError,
    ClientResponse,
    ClientSession,
    InvalidUrlRedirectClientError,
    TraceConfig,
)

SIGNALS = [name for name in dir(TraceConfig) if name.startswith("on_")]


def recorder(seen: list[Any]) -> TraceConfig:
    config = TraceConfig()

    def record(name: str) -> Any:
        async def call(session: ClientSession, context: Any, params: Any) -> None:
            seen.append((name.removeprefix("on_"), params))

        return call

    for name in SIGNALS:
        getattr(config, name).append(record(name))
    return config


def names(seen: list[Any]) -> list[str]:
    return [name for name, _ in seen]


async def test_the_events_of_a_request_come_in_order(service: Service) -> None:
    seen: list[Any] = []
    service.redirect("/a", "/b")
    async with (
        ClientSession(trace_configs=[recorder(seen)]) as session,
        session.post(service.url("/a"), data=b"body") as response,
    ):
        body = await response.read()
    assert names(seen) == [
        "request_start",
        "connection_create_start",
        "connection_create_end",
        "request_headers_sent",
        "request_chunk_sent",
        "request_redirect",
        "connection_reuseconn",
        "request_headers_sent",
        "request_end",
        "response_chunk_received",
    ]
    params = dict(seen)
    assert params["request_start"].method == "POST"
    assert params["request_start"].url == service.url("/a")
    assert params["request_start"].headers["Content-Length"] == "4"
    assert params["request_chunk_sent"].chunk == b"body"
    assert params["request_redirect"].response.status == 302
    assert params["request_end"].response is response
    assert (params["request_end"].method, params["request_end"].url) == ("GET", service.url("/b"))
    assert "Content-Length" not in params["request_end"].headers
    assert params["response_chunk_received"].chunk == body


async def test_what_fails_is_told_of_the_hop_where_it_did(service: Service) -> None:
    seen: list[Any] = []
    service.redirect("/a", "/b")
    service.redirect("/b", "http://")
    async with ClientSession(trace_configs=[recorder(seen)]) as session:
        with pytest.raises(InvalidUrlRedirectClientError):
            await session.post(service.url("/a"), data=b"body")
    params = dict(seen)["request_exception"]
    assert (params.method, params.url) == ("GET", service.url("/b"))


async def test_names_are_resolved_and_kept(service: Service) -> None:
    seen: list[Any] = []
    async with ClientSession(trace_configs=[recorder(seen)]) as session:
        for _ in range(2):
            await session.get(service.url("/", host="localhost"), headers={"Connection": "close"})
    dns = [name for name in names(seen) if name.startswith("dns")]
    assert dns == ["dns_cache_miss", "dns_resolvehost_start", "dns_resolvehost_end", "dns_cache_hit"]
    assert dict(seen)["dns_cache_hit"].host == "localhost"


async def test_a_stream_is_told_piece_by_piece(service: Service) -> None:
    async def pieces() -> Any:
        yield b"one"
        yield b"two"

    seen: list[Any] = []
    async with ClientSession(trace_configs=[recorder(seen)]) as session:
        await session.post(service.url(), data=pieces())
    assert [params.chunk for name, params in seen if name == "request_chunk_sent"] == [b"one", b"two"]


async def test_a_request_that_fails_ends_with_its_error() -> None:
    seen: list[Any] = []
    async with ClientSession(trace_configs=[recorder(seen)]) as session:
        with pytest.raises(ClientConnectorError) as caught:
            await session.get("http://127.0.0.1:1/")
    assert names(seen) == ["request_start", "connection_create_start", "request_exception"]
    assert seen[-1][1].exception is caught.value


async def test_the_context_is_made_for_each_request(service: Service) -> None:
    contexts: list[Any] = []

    async def start(session: ClientSession, context: Any, params: Any) -> None:
        context.begun = True
        contexts.append((session, context))

    async def end(session: ClientSession, context: Any, params: Any) -> None:
        assert context.begun

    config = TraceConfig()
    config.on_request_start.append(start)
    config.on_request_end.append(end)
    async with ClientSession(trace_configs=[config]) as session:
        await session.get(service.url(), trace_request_ctx={"id": 1})
        await session.get(service.url())
    (seen_by, first), (_, second) = contexts
    assert seen_by is session
    assert isinstance(first, SimpleNamespace)
    assert first.trace_request_ctx == {"id": 1}
    assert second.trace_request_ctx is None


async def test_an_error_of_a_hook_is_the_requests(service: Service) -> None:
    async def fail(session: Any, context: Any, params: Any) -> None:
        raise KeyError("hook")

    config = TraceConfig()
    config.on_request_headers_sent.append(fail)
    async with ClientSession(trace_configs=[config]) as session:
        with pytest.raises(KeyError):
            await session.get(service.url())


async def test_hooks_are_frozen_with_a_session(service: Service) -> None:
    config = TraceConfig()
    async with ClientSession(trace_configs=[config]):
        with pytest.raises(RuntimeError):
            config.on_request_start.append(lambda *args: None)  # type: ignore[arg-type]
    with pytest.raises(AttributeError, match="append"):
        config.on_request_start = []


@pytest.mark.parametrize("signal", ["on_request_end", "on_request_redirect"])
async def test_a_response_that_a_hook_keeps_from_its_receiver_is_closed(
    service: Service, signal: str
) -> None:
    body = bytes(1_000_000)
    service.on("/", lambda seen: seen.answer(302, body, Location="/other"))
    service.on("/other", lambda seen: seen.answer(200, body))
    seen: list[ClientResponse] = []

    async def fail(session: ClientSession, context: Any, params: Any) -> None:
        seen.append(params.response)
        raise RuntimeError("of the hook")

    config = TraceConfig()
    getattr(config, signal).append(fail)
    async with ClientSession(trace_configs=[config]) as session:
        with pytest.raises(RuntimeError, match="of the hook"):
            await session.get(service.url())
        assert seen[0].closed

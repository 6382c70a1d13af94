from __future__ import annotations

import gzip
from typing import Any

import pytest
from service import Seen, Service

from tidewire_client import (
    CacheMiddleware,
    ClientPayloadError,
    ClientSession,
    MemoryCacheStore,
    ServerDisconnectedError,
)


class Cache(CacheMiddleware):
    """A cache whose time is told it."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.time = 1_700_000_000.0
        self._now = lambda: self.time


@pytest.fixture
def cache() -> Cache:
    return Cache()


def answering(
    service: Service, body: bytes = b"body", *, path: str = "/", status: int = 200, **fields: str
) -> None:
    service.on(path, lambda seen: seen.answer(status, body, **fields))


async def fetch(service: Service, session: ClientSession, cache: Cache, path: str = "/", **how: Any) -> Any:
    method = how.pop("method", "GET")
    async with session.request(method, service.url(path), middlewares=[cache], **how) as response:
        await response.read()
        return response


async def test_a_fresh_response_is_used_again(service: Service, session: ClientSession, cache: Cache) -> None:
    answering(service, Cache_Control="max-age=60", X_Field="1")
    first = await fetch(service, session, cache)
    cache.time += 59
    second = await fetch(service, session, cache, "/#fragment")
    assert (len(service.seen), first.attempts, second.attempts) == (1, 1, 0)
    assert (second.status, await second.read(), second.headers["X-Field"]) == (200, b"body", "1")
    assert second.headers["Age"] == "59"
    assert second.headers["Cache-Status"] == "tidewire; hit"
    assert "Cache-Status" not in first.headers
    cache.time += 1
    await fetch(service, session, cache)
    assert len(service.seen) == 2


async def test_a_stale_one_is_validated(service: Service, session: ClientSession, cache: Cache) -> None:
    def answer(seen: Seen) -> None:
        if seen.headers.get("If-None-Match") == '"1"':
            seen.answer(304, Cache_Control="max-age=10", X_Field="2")
        else:
            seen.answer(200, b"body", Cache_Control="max-age=60", ETag='"1"', X_Field="1")

    service.on("/", answer)
    await fetch(service, session, cache)
    cache.time += 60
    again = await fetch(service, session, cache)
    assert (again.status, await again.read(), again.headers["X-Field"], again.attempts) == (
        200,
        b"body",
        "2",
        1,
    )
    assert again.headers["Cache-Status"] == "tidewire; hit; fwd=stale; fwd-status=304"
    assert "If-None-Match" not in again.request_info.headers
    cache.time += 9
    await fetch(service, session, cache)
    assert len(service.seen) == 2
    cache.time += 1
    await fetch(service, session, cache)
    assert len(service.seen) == 3
    assert service.made == 1


async def test_a_response_that_has_changed_takes_the_place(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, b"old", ETag='"1"')
    await fetch(service, session, cache)
    answering(service, b"new", Cache_Control="max-age=60", ETag='"2"')
    assert await (await fetch(service, session, cache)).read() == b"new"
    assert await (await fetch(service, session, cache)).read() == b"new"
    assert len(service.seen) == 2


async def test_a_response_that_may_not_be_kept_removes_the_old_one(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, b"old", ETag='"1"')
    await fetch(service, session, cache)
    answering(service, b"new", Cache_Control="no-store")
    await fetch(service, session, cache)
    assert list(await cache.store.get(str(service.url()))) == []


async def test_a_304_about_something_else_is_asked_again(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    def answer(seen: Seen) -> None:
        if "If-None-Match" in seen.headers:
            seen.answer(304, ETag='"other"')
        else:
            seen.answer(200, str(len(service.seen)), ETag='"1"')

    service.on("/", answer)
    await fetch(service, session, cache)
    assert await (await fetch(service, session, cache)).read() == b"3"


async def test_variants_are_kept_beside_each_other(service: Service, session: ClientSession) -> None:
    cache = Cache(max_variants=2)

    def answer(seen: Seen) -> None:
        seen.answer(200, seen.headers["Accept-Language"], Vary="Accept-Language", Cache_Control="max-age=60")

    service.on("/", answer)
    for language, requests in (("de", 1), ("en", 2), ("de", 2), ("en", 2), ("fr", 3), ("fr", 3), ("de", 4)):
        response = await fetch(service, session, cache, headers={"Accept-Language": language})
        assert (await response.text(), len(service.seen)) == (language, requests)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_an_unsafe_method_makes_it_invalid(
    service: Service, session: ClientSession, cache: Cache, method: str
) -> None:
    answering(service, Cache_Control="max-age=60")
    answering(service, path="/other", Cache_Control="max-age=60")
    await fetch(service, session, cache)
    await fetch(service, session, cache, "/other")
    answering(service, status=404)
    await fetch(service, session, cache, method=method)
    assert (await fetch(service, session, cache)).attempts == 0
    answering(service, status=201, Location="/other", Content_Location="http://elsewhere.test/x")
    await fetch(service, session, cache, method=method)
    assert (await fetch(service, session, cache)).attempts == 1
    assert (await fetch(service, session, cache, "/other")).attempts == 1


async def test_a_location_that_is_no_url_invalidates_nothing_else(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, status=200, Content_Location="http://[x")
    assert (await fetch(service, session, cache, method="POST")).status == 200


async def test_only_what_is_cached(service: Service, session: ClientSession, cache: Cache) -> None:
    answering(service, Cache_Control="max-age=60")
    only = {"Cache-Control": "only-if-cached"}
    response = await fetch(service, session, cache, headers=only)
    assert (response.status, response.reason, service.seen) == (504, "Gateway Timeout", [])
    await fetch(service, session, cache)
    assert (await fetch(service, session, cache, headers=only)).status == 200


async def test_a_head_is_answered_without_a_body(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, Cache_Control="max-age=60")
    await fetch(service, session, cache)
    response = await fetch(service, session, cache, method="HEAD")
    assert (await response.read(), response.headers["Content-Length"], response.attempts) == (b"", "4", 0)


async def test_parts_are_neither_kept_nor_made(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    part = {"Cache_Control": "max-age=60", "Content_Range": "bytes 0-0/4"}
    answering(service, b"b", status=206, **part)
    await fetch(service, session, cache, headers={"Range": "bytes=0-0"})
    answering(service, Cache_Control="max-age=60")
    assert await (await fetch(service, session, cache)).read() == b"body"
    answering(service, b"b", status=206, **part)
    response = await fetch(service, session, cache, headers={"Range": "bytes=0-0"})
    assert (response.status, len(service.seen)) == (206, 3)


async def test_conditions_of_the_user_are_for_the_server(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, Cache_Control="max-age=60", ETag='"1"')
    await fetch(service, session, cache)
    answering(service, status=304)
    assert (await fetch(service, session, cache, headers={"If-None-Match": '"1"'})).status == 304


async def test_redirects_are_kept_too(service: Service, session: ClientSession, cache: Cache) -> None:
    service.on("/", lambda seen: seen.answer(301, b"", Location="/there", Cache_Control="max-age=60"))
    answering(service, path="/there", Cache_Control="max-age=60")
    for _ in range(2):
        response = await fetch(service, session, cache)
        assert (await response.read(), [each.status for each in response.history]) == (b"body", [301])
    assert len(service.seen) == 2


async def test_content_is_kept_as_its_reader_wants_it(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    data = gzip.compress(b"body", mtime=0)
    answering(service, data, Cache_Control="max-age=60", Content_Encoding="gzip")
    for _ in range(2):
        assert await (await fetch(service, session, cache)).read() == b"body"
        assert await (await fetch(service, session, cache, auto_decompress=False)).read() == data
    assert len(service.seen) == 2


async def test_much_is_not_kept_and_can_be_read(service: Service, session: ClientSession) -> None:
    cache = Cache(max_body_bytes=1000)
    data = bytes(1001)
    for sent, coding in ((data, "identity"), (gzip.compress(data), "gzip")):
        answering(service, sent, Cache_Control="max-age=60", Content_Encoding=coding)
        for _ in range(2):
            response = await fetch(service, session, cache)
            assert (await response.read(), response.attempts) == (data, 1)
    answering(service, bytes(1000), Cache_Control="max-age=60")
    await fetch(service, session, cache)
    assert (await fetch(service, session, cache)).attempts == 0


async def test_what_streams_is_not_waited_for(service: Service, session: ClientSession, cache: Cache) -> None:
    held: list[Any] = []

    def begin(seen: Seen) -> None:
        fields = [
            ("Content-Type", "text/event-stream"),
            ("Cache-Control", "max-age=60"),
            ("Connection", "close"),
        ]
        seen.exchange.send_head(200, None, fields, body_length=None)
        seen.exchange.send_data(b"data: 1\n\n")
        held.append(seen.exchange)

    service.on("/", begin)
    async with session.get(service.url(), middlewares=[cache]) as response:
        assert await response.content.readline() == b"data: 1\n"


async def test_a_body_that_breaks_off_is_not_kept_and_can_be_read_so_far(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    def break_off(seen: Seen) -> None:
        from tidewire_http_io import ResetReason

        seen.exchange.send_head(200, None, [("Cache-Control", "max-age=60")], body_length=10)
        seen.exchange.send_data(b"body")
        seen.exchange.reset(ResetReason.INTERNAL)

    service.on("/", break_off)
    for _ in range(2):
        async with session.get(service.url(), middlewares=[cache]) as response:
            assert await response.content.read(10) == b"body"
            with pytest.raises(ClientPayloadError):
                await response.content.read(10)
    assert len(service.seen) == 2


async def test_a_server_that_fails_leaves_what_is_stale(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, Cache_Control="max-age=60, stale-if-error=60", ETag='"1"')
    await fetch(service, session, cache)
    cache.time += 100
    answering(service, status=503)
    response = await fetch(service, session, cache)
    assert (response.status, response.headers["Age"]) == (200, "100")
    service.drop_all()
    await service.stop()
    assert (await fetch(service, session, cache)).status == 200
    cache.time += 100
    with pytest.raises(OSError, match="Cannot connect"):
        await fetch(service, session, cache)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_what_cannot_be_validated_is_there_after_a_failure_too(
    service: Service, session: ClientSession, cache: Cache, method: str
) -> None:
    answering(service, Cache_Control="max-age=60, stale-if-error=60")
    await fetch(service, session, cache)
    cache.time += 100
    answering(service, b"down", status=503)
    response = await fetch(service, session, cache, method=method)
    assert (response.status, await response.read()) == (200, b"body" if method == "GET" else b"")
    assert response.headers["Cache-Status"] == "tidewire; hit; detail=stale-if-error"


async def test_what_cannot_be_validated_goes_where_a_later_response_may_not_be_kept(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, Cache_Control="max-age=60")
    await fetch(service, session, cache)
    answering(service, b"new", Cache_Control="no-store")
    await fetch(service, session, cache, method="HEAD", headers={"Cache-Control": "no-cache"})
    assert await (await fetch(service, session, cache)).read() == b"body"
    await fetch(service, session, cache, headers={"Cache-Control": "no-cache"})
    assert await (await fetch(service, session, cache)).read() == b"new"


async def test_hosts_behind_one_address_have_responses_of_their_own(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    service.on("/", lambda seen: seen.answer(200, seen.headers["Host"], Cache_Control="max-age=60"))
    for host in ("a.example", "b.example", service.url().authority):
        for _ in range(2):
            response = await fetch(service, session, cache, headers={"Host": host})
            assert await response.text() == host
    assert len(service.seen) == 3
    await fetch(service, session, cache, method="DELETE", headers={"Host": "a.example"})
    for host in ("a.example", "b.example"):
        await fetch(service, session, cache, headers={"Host": host})
    assert [seen.headers["Host"] for seen in service.seen[4:]] == ["a.example"]


async def test_what_is_asked_in_a_body_is_for_the_server(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    service.on("/", lambda seen: seen.answer(200, seen.body, Cache_Control="max-age=60"))
    for body in (b"one", b"two"):
        assert await (await fetch(service, session, cache, data=body)).read() == body


async def test_a_server_that_fails_is_told_where_nothing_else_is_allowed(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    answering(service, ETag='"1"')
    await fetch(service, session, cache)
    answering(service, status=503)
    assert (await fetch(service, session, cache)).status == 503
    answering(service, ETag='"1"', status=304)
    assert (await fetch(service, session, cache)).status == 200


async def test_credentials_have_responses_of_their_own(
    service: Service, session: ClientSession, cache: Cache
) -> None:
    service.on(
        "/", lambda seen: seen.answer(200, seen.headers["Cookie"], Cache_Control="private, max-age=60")
    )
    for name in ("ada", "bob", "ada"):
        response = await fetch(service, session, cache, cookies={"user": name})
        assert await response.text() == f"user={name}"
    assert len(service.seen) == 2


async def test_websockets_pass(service: Service, session: ClientSession, cache: Cache) -> None:
    answering(service, Cache_Control="max-age=60")
    await fetch(service, session, cache)
    from tidewire_client import WSServerHandshakeError

    with pytest.raises(WSServerHandshakeError):
        await session.ws_connect(service.url(), middlewares=[cache])
    assert len(service.seen) == 2


async def test_a_lost_connection_is_told(service: Service, session: ClientSession, cache: Cache) -> None:
    answering(service, ETag='"1"')
    await fetch(service, session, cache)

    def drop(seen: Seen) -> None:
        from tidewire_http_io import ResetReason

        seen.exchange.reset(ResetReason.INTERNAL)

    service.on("/", drop)
    with pytest.raises(ServerDisconnectedError):
        await fetch(service, session, cache)


@pytest.mark.parametrize("how", [{"max_body_bytes": 0}, {"max_variants": 0}])
def test_numbers_are_above_zero(how: Any) -> None:
    with pytest.raises(ValueError, match="above 0"):
        CacheMiddleware(**how)


def test_it_has_a_store_of_its_own_where_none_is_given() -> None:
    store = MemoryCacheStore(1000)
    assert CacheMiddleware(store).store is store
    assert CacheMiddleware().store is not CacheMiddleware().store

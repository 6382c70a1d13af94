"""A middleware that answers with responses that it has kept: a private cache (RFC 9111)."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Final

from yarl import URL

from tidewire_client._cache_policy import (
    Action,
    Decision,
    concerns_cache,
    conditions,
    credentials_for,
    current_age,
    decide,
    freshened,
    invalidates,
    may_store,
    may_use_after_failure,
    nominated,
    request_control,
    stored_fields,
    validated,
)
from tidewire_client._cache_store import CacheStore, MemoryCacheStore
from tidewire_client._cached_response import CachedResponse
from tidewire_client._client_request import ClientRequest
from tidewire_client._client_response import ClientResponse
from tidewire_client._connection_errors import ClientConnectionError
from tidewire_client._middlewares import ClientHandlerType
from tidewire_client._origins import same_origin
from tidewire_client._session_services import host_field

__all__ = ["CacheMiddleware"]

# Bodies that are meant to be read while they come, and may never end.
_STREAMS: Final = frozenset({"text/event-stream", "multipart/x-mixed-replace"})
_FAILURES: Final = frozenset({500, 502, 503, 504})
_NOT_MODIFIED: Final = 304
_IDENTITY: Final = "tidewire"


class CacheMiddleware:
    """Keeps responses to GET, and answers with them as long as RFC 9111 allows it, as a private cache.

    Responses that are stale are validated, with If-None-Match and If-Modified-Since. The directives of requests count:
    `no-store`, `no-cache`, `max-age`, `min-fresh`, `max-stale`, `only-if-cached` (for 504 in place of a request), and
    `stale-if-error`. A method that is not safe makes what is kept for its URL invalid. What was answered to a request
    with credentials (Authorization, Cookie) is for requests with the same ones only, unless it is `public`. Requests
    with a body are not answered by the cache.

    A response that comes from the cache has Age and Cache-Status (RFC 9211), and its `attempts` are 0 where the server
    was not asked. Of one that can be kept, the body is read before the request returns; an error of it is one of the
    request. Middlewares that add credentials or fields to requests go outside of this one.

    Args:
        store: where the responses are; in memory, up to 64 MiB, where None.
        max_body_bytes: bytes that a body may have to be kept.
        max_variants: how many responses are kept of a URL that varies.

    Raises:
        ValueError: a number that is not above 0.
    """

    def __init__(
        self,
        store: CacheStore | None = None,
        *,
        max_body_bytes: int = 4 * 1024 * 1024,
        max_variants: int = 8,
    ) -> None:
        if max_body_bytes < 1 or max_variants < 1:
            raise ValueError("max_body_bytes and max_variants are above 0")
        self._store: CacheStore = MemoryCacheStore() if store is None else store
        self._max_body_bytes = max_body_bytes
        self._max_variants = max_variants
        self._now: Callable[[], float] = time.time

    @property
    def store(self) -> CacheStore:
        """Where the responses are."""
        return self._store

    async def __call__(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Answer a request, or send it."""
        headers = request.headers
        if request.payload is not None or not concerns_cache(request.method, headers):
            return await self._passed(request, handler)
        url = _key(request)
        stored = await self._store.get(url)
        decoded = request.options.auto_decompress
        decision = decide(request.method, headers, stored, self._now(), decoded=decoded)
        found = decision.response
        if decision.action is Action.REUSE and found is not None:
            return _answer(request, found, decision.age, "hit")
        if decision.action is Action.FAIL:
            return _made(request, 504, "Gateway Timeout", [("Cache-Status", f"{_IDENTITY}; fwd=miss")], b"")
        if found is not None:
            return await self._ask_again(request, handler, url, stored, decision)
        requested = self._now()
        response = await handler(request)
        return await self._keep(request, response, url, (), requested)

    async def _passed(self, request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
        """Send a request that no cache can answer; forget what its answer makes invalid (section 4.4)."""
        response = await handler(request)
        if invalidates(request.method, response.status):
            url = request.url
            await self._store.put(_key(request), ())
            for name in ("Location", "Content-Location"):
                target = _joined(url, response.headers.get(name))
                if target is not None and same_origin(url, target):
                    await self._store.put(_key(request, target), ())
        return response

    async def _ask_again(
        self,
        request: ClientRequest,
        handler: ClientHandlerType,
        url: str,
        stored: Sequence[CachedResponse],
        decision: Decision,
    ) -> ClientResponse:
        """Ask the server for what is kept already, and whether that still holds where it can say so (section 4.3)."""
        found = decision.response
        assert found is not None
        asked = conditions(found, stored) if decision.action is Action.VALIDATE else []
        replaced = (found,) if request.method == "GET" else ()
        control = request_control(request.headers)
        usable = may_use_after_failure(found, decision.age, control)
        requested = self._now()
        try:
            response = await _sent_with(request, handler, asked)
        except ClientConnectionError:
            if not usable:
                raise
            return _answer(request, found, decision.age, "hit; detail=stale-if-error")
        if response.status in _FAILURES and usable:
            response.let_go()
            return _answer(request, found, decision.age, "hit; detail=stale-if-error")
        if response.status != _NOT_MODIFIED or not asked:
            return await self._keep(request, response, url, replaced, requested)
        subject = validated(found, stored, response.headers)
        await response.wait_for_close()
        if subject is None:
            # About a response that is not here any more: so there is none to answer with.
            requested = self._now()
            return await self._keep(request, await handler(request), url, replaced, requested)
        news = freshened(subject, request.headers, response.headers, requested, self._now())
        await self._put(url, news, (subject,))
        age = current_age(news, news.received)
        return _answer(request, news, age, f"hit; fwd=stale; fwd-status={_NOT_MODIFIED}")

    async def _keep(
        self,
        request: ClientRequest,
        response: ClientResponse,
        url: str,
        replaced: Sequence[CachedResponse],
        requested: float,
    ) -> ClientResponse:
        """Keep a response where that is allowed, in place of others that do not hold any more."""
        received = self._now()
        headers = response.headers
        varies = nominated(headers, request.headers)
        body: bytes | None = None
        if (
            varies is not None
            and may_store(request.method, request.headers, response.status, headers)
            and (response.content_length or 0) <= self._max_body_bytes
            and response.content_type not in _STREAMS
        ):
            body = await response.read_at_most(self._max_body_bytes)
        if body is None or varies is None:
            if replaced and response.status not in _FAILURES:
                await self._put(url, None, replaced)
            return response
        kept = CachedResponse(
            status=response.status,
            reason=response.reason,
            fields=stored_fields(headers),
            body=body,
            decoded=request.options.auto_decompress,
            nominated=varies,
            credentials=credentials_for(request.headers, headers),
            requested=requested,
            received=received,
        )
        await self._put(url, kept, replaced)
        return response

    async def _put(self, url: str, news: CachedResponse | None, replaced: Sequence[CachedResponse]) -> None:
        """Put a response beside those of its URL, in place of its like and of those that do not hold any more."""
        kept = [each for each in await self._store.get(url) if each not in replaced]
        if news is not None:
            kept = [each for each in kept if not _is_like(each, news)]
            kept = [news, *kept][: self._max_variants]
        await self._store.put(url, kept)


def _key(request: ClientRequest, url: URL | None = None) -> str:
    """Return what is asked for: a URL, with the host in its fragment where Host names another one than the URL does.

    Args:
        request: the request.
        url: another URL of the same origin, in place of its own.
    """
    url = request.url if url is None else url
    text = str(url.with_fragment(None) if url.raw_fragment else url)
    host = request.headers.get("Host")
    return text if host is None or host == host_field(url) else f"{text}#{host}"


def _is_like(one: CachedResponse, other: CachedResponse) -> bool:
    """Tell whether two responses are for the same requests."""
    return (
        one.nominated == other.nominated
        and one.credentials == other.credentials
        and one.decoded is other.decoded
    )


def _joined(url: URL, reference: str | None) -> URL | None:
    if reference is None:
        return None
    try:
        return url.join(URL(reference))
    except ValueError:
        return None


async def _sent_with(
    request: ClientRequest, handler: ClientHandlerType, fields: Sequence[tuple[str, str]]
) -> ClientResponse:
    """Send a request with fields that it has for this time only."""
    headers = request.headers
    headers.extend(fields)
    try:
        return await handler(request)
    finally:
        for name, _ in fields:
            request.headers.popall(name, None)


def _answer(request: ClientRequest, stored: CachedResponse, age: float, how: str) -> ClientResponse:
    """Answer with a stored response; to HEAD without its body."""
    headers = stored.headers
    headers["Age"] = str(int(age))
    headers.add("Cache-Status", f"{_IDENTITY}; {how}")
    body = b"" if request.method == "HEAD" else stored.body
    return _made(request, stored.status, stored.reason, list(headers.items()), body)


def _made(
    request: ClientRequest, status: int, reason: str, fields: list[tuple[str, str]], body: bytes
) -> ClientResponse:
    response: ClientResponse = request.response_class.build(
        request, status=status, reason=reason, headers=fields, body=body
    )
    return response

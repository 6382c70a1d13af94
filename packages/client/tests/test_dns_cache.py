from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest

from tidewire_client._dns_cache import DNSCache, NameLookup
from tidewire_client._resolvers import AbstractResolver, ResolveResult
from tidewire_testing import FakeClock, assert_no_leaks

NAME = ("host.example", 80)


def result(host: str) -> ResolveResult:
    return ResolveResult(hostname=NAME[0], host=host, port=80, family=socket.AF_INET, proto=6, flags=0)


def hosts(found: list[ResolveResult] | None) -> list[str]:
    return [each["host"] for each in found or ()]


def make(
    ttl: float | None = 10.0, negative_ttl: float = 1.0, max_size: int = 3
) -> tuple[DNSCache, FakeClock]:
    clock = FakeClock()
    return DNSCache(clock.time, ttl, negative_ttl, max_size), clock


def test_addresses_take_turns() -> None:
    cache, _ = make()
    cache.put(NAME, [result("1"), result("2"), result("3")])
    assert [hosts(cache.get(NAME)) for _ in range(4)] == [list("123"), list("231"), list("312"), list("123")]


@pytest.mark.parametrize(
    ("ttl", "seconds", "known"),
    [(10.0, 9.9, True), (10.0, 10.0, False), (None, 1e9, True), (0.0, 0.0, False)],
)
def test_addresses_have_their_time(ttl: float | None, seconds: float, known: bool) -> None:
    cache, clock = make(ttl)
    cache.put(NAME, [result("1")])
    clock.advance(seconds)
    assert (cache.get(NAME) is not None) == known


def test_failures_have_a_shorter_time() -> None:
    cache, clock = make()
    cache.put_failure(NAME, socket.gaierror(socket.EAI_NONAME, "unknown"))
    for _ in range(2):
        with pytest.raises(socket.gaierror, match="unknown"):
            cache.get(NAME)
    clock.advance(1.0)
    assert cache.get(NAME) is None


def test_a_failure_of_a_resolvers_own_making_is_remembered_by_what_it_says() -> None:
    class NoSuchName(OSError):
        def __init__(self, *, host: str) -> None:
            super().__init__(f"there is no {host}")

    cache, _ = make()
    cache.put_failure(NAME, NoSuchName(host="host.example"))
    with pytest.raises(OSError, match=r"there is no host\.example"):
        cache.get(NAME)


def test_the_name_that_was_not_asked_for_longest_is_forgotten() -> None:
    cache, _ = make()
    for port in (1, 2, 3):
        cache.put(("h", port), [result("1")])
    assert cache.get(("h", 1)) is not None
    cache.put(("h", 4), [result("1")])
    assert [port for port in (1, 2, 3, 4) if cache.get(("h", port))] == [1, 3, 4]
    assert len(cache) == 3


def test_names_can_be_forgotten() -> None:
    cache, _ = make()
    for port in (1, 2):
        cache.put(("h", port), [result("1")])
    cache.forget(("h", 1))
    cache.forget(("h", 9))
    assert len(cache) == 1
    cache.forget()
    assert len(cache) == 0


class SlowResolver(AbstractResolver):
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answer: asyncio.Future[list[ResolveResult]] = asyncio.get_running_loop().create_future()

    async def resolve(self, host: str, port: int = 0, family: int = socket.AF_INET) -> list[ResolveResult]:
        self.asked.append(host)
        return await asyncio.shield(self.answer)

    async def close(self) -> None:
        raise AssertionError("whoever made it closes it")


class Trace:
    """Writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattr__(self, name: str) -> Any:
        async def tell(host: str) -> None:
            self.told.append(name)
            await asyncio.sleep(0)

        return tell


@pytest.fixture
async def lookup() -> NameLookup:
    return NameLookup(SlowResolver(), socket.AF_INET, make()[0])


def resolver_of(lookup: NameLookup) -> SlowResolver:
    assert isinstance(lookup._resolver, SlowResolver)
    return lookup._resolver


async def test_requests_for_one_name_share_a_question(lookup: NameLookup) -> None:
    traces = [Trace() for _ in range(3)]
    tasks = [asyncio.ensure_future(lookup.find(*NAME, [trace])) for trace in traces]
    for _ in range(5):
        await asyncio.sleep(0)
    resolver_of(lookup).answer.set_result([result("1")])
    assert [hosts(await task) for task in tasks] == [["1"]] * 3
    assert resolver_of(lookup).asked == ["host.example"]
    last = Trace()
    await lookup.find(*NAME, [last])
    assert last.told == ["dns_cache_hit"]
    assert traces[0].told == ["dns_cache_miss", "dns_resolvehost_start", "dns_resolvehost_end"]


async def test_whoever_asked_first_can_be_cancelled(lookup: NameLookup) -> None:
    first, second = (asyncio.ensure_future(lookup.find(*NAME)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    resolver_of(lookup).answer.set_result([result("1")])
    assert hosts(await second) == ["1"]
    assert first.cancelled()


async def test_a_failure_is_everybodys_and_remembered(lookup: NameLookup) -> None:
    tasks = [asyncio.ensure_future(lookup.find(*NAME)) for _ in range(2)]
    await asyncio.sleep(0)
    resolver_of(lookup).answer.set_exception(OSError(1, "unknown"))
    for task in tasks:
        with pytest.raises(OSError, match="unknown"):
            await task
    with pytest.raises(OSError, match="unknown"):
        await lookup.find(*NAME)
    assert len(resolver_of(lookup).asked) == 1


async def test_an_answer_that_nobody_waits_for_any_more_is_remembered_and_not_complained_about(
    lookup: NameLookup,
) -> None:
    task = asyncio.ensure_future(lookup.find(*NAME))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.sleep(0)
    resolver_of(lookup).answer.set_exception(OSError(1, "unknown"))
    for _ in range(5):
        await asyncio.sleep(0)
    assert lookup.cache is not None
    assert len(lookup.cache) == 1


async def test_closing_ends_what_is_being_asked(lookup: NameLookup) -> None:
    async with assert_no_leaks():
        task = asyncio.ensure_future(lookup.find(*NAME))
        await asyncio.sleep(0)
        await lookup.close()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_an_address_is_no_name(lookup: NameLookup) -> None:
    assert hosts(await lookup.find("192.0.2.7", 80)) == ["192.0.2.7"]
    assert hosts(await lookup.find("::1", 80)) == ["::1"]
    assert resolver_of(lookup).asked == []


async def test_without_a_cache_everybody_asks() -> None:
    lookup = NameLookup(SlowResolver(), socket.AF_INET, None)
    resolver_of(lookup).answer.set_result([result("1")])
    trace = Trace()
    await lookup.find(*NAME, [trace])
    await lookup.find(*NAME)
    assert len(resolver_of(lookup).asked) == 2
    assert trace.told == ["dns_resolvehost_start", "dns_resolvehost_end"]

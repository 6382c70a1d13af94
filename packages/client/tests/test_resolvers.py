from __future__ import annotations

import importlib.util
import socket
import threading

import pytest

from tidewire_client import AsyncResolver, DefaultResolver, NullResolver, ThreadedResolver
from tidewire_client._resolvers import literal, look_up

AIODNS = importlib.util.find_spec("aiodns") is not None


async def test_the_system_knows_this_machine() -> None:
    resolver = ThreadedResolver()
    found = await resolver.resolve("localhost", 80, socket.AF_INET)
    assert ("127.0.0.1", 80, socket.AF_INET) in {
        (each["host"], each["port"], each["family"]) for each in found
    }
    assert {each["hostname"] for each in found} == {"localhost"}
    await resolver.close()


@pytest.mark.parametrize("host", ["localhost.", "LOCALHOST."])
def test_the_dot_of_the_root_does_not_hide_this_machine(host: str) -> None:
    found = look_up(host, 80, socket.AF_INET)
    assert "127.0.0.1" in {each["host"] for each in found}
    assert {each["hostname"] for each in found} == {host}


async def test_its_threads_are_its_own_and_end_with_it() -> None:
    resolver = ThreadedResolver()
    await resolver.resolve("127.0.0.1")
    mine = [thread for thread in threading.enumerate() if thread.name.startswith("tidewire-resolver")]
    assert mine
    await resolver.close()
    await resolver.close()
    for thread in mine:
        thread.join(5)
        assert not thread.is_alive()


async def test_what_the_system_does_not_know_is_its_error() -> None:
    resolver = ThreadedResolver()
    with pytest.raises(socket.gaierror):
        await resolver.resolve("name with spaces.invalid")
    await resolver.close()


def test_an_address_keeps_its_zone() -> None:
    index, name = socket.if_nameindex()[0]
    found = look_up(f"fe80::1%{name}", 80, socket.AF_INET6)
    assert [each["host"] for each in found] == [f"fe80::1%{index}"]


@pytest.mark.parametrize(
    ("host", "family"),
    [
        ("127.0.0.1", socket.AF_INET),
        ("::1", socket.AF_INET6),
        ("fe80::1%eth0", socket.AF_INET6),
        ("example.org", None),
        ("1.example", None),
        ("127.1", None),
        ("a:b", None),
        ("localhost", None),
        ("٣", None),
        ("", None),
    ],
)
def test_an_address_is_told_from_a_name(host: str, family: int | None) -> None:
    found = literal(host, 8)
    assert (found and (found["host"], found["port"], found["family"])) == (family and (host, 8, family))


async def test_the_null_resolver_knows_nothing() -> None:
    resolver = NullResolver()
    with pytest.raises(OSError, match="not resolved"):
        await resolver.resolve("localhost")
    await resolver.close()


async def test_a_loop_is_not_wanted_any_more() -> None:
    import asyncio

    with pytest.warns(DeprecationWarning, match="loop"):
        ThreadedResolver(asyncio.get_running_loop())


@pytest.mark.skipif(AIODNS, reason="aiodns is installed")
async def test_without_aiodns_there_is_no_async_resolver() -> None:
    with pytest.raises(RuntimeError, match="aiodns"):
        AsyncResolver()
    assert DefaultResolver is ThreadedResolver


@pytest.mark.skipif(not AIODNS, reason="aiodns is not installed")
async def test_aiodns_knows_this_machine() -> None:
    first, second = AsyncResolver(), AsyncResolver()
    assert first._resolver is second._resolver
    await first.close()
    found = await second.resolve("localhost", 80, socket.AF_INET)
    assert ("127.0.0.1", 80) in {(each["host"], each["port"]) for each in found}
    await second.close()
    await second.close()
    with pytest.raises(OSError, match="closed"):
        await second.resolve("localhost")

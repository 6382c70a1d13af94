from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Sequence
from typing import Any

import pytest
from fake_time import in_fake_time

from tidewire_client._happy_eyeballs import combined, connect_first, interleave
from tidewire_testing import assert_no_leaks


def address(name: str) -> Any:
    family = socket.AF_INET6 if name.startswith("six") else socket.AF_INET
    return (family, socket.SOCK_STREAM, 6, "", (name, 80))


def names(addresses: Sequence[Any]) -> list[str]:
    return [each[4][0] for each in addresses]


@pytest.mark.parametrize(
    ("given", "count", "expected"),
    [
        ("six1 six2 four1 four2", 1, "six1 four1 six2 four2"),
        ("six1 six2 six3 four1", 2, "six1 six2 four1 six3"),
        ("four1 six1 six2 six3", 1, "four1 six1 six2 six3"),
        ("four1 four2", 1, "four1 four2"),
        ("six1", 3, "six1"),
        ("", 1, ""),
    ],
)
def test_families_take_turns(given: str, count: int, expected: str) -> None:
    assert names(interleave(map(address, given.split()), count)) == expected.split()


class Net:
    """Addresses that answer when the test says so.

    Attributes:
        tried: the addresses in the order in which they were tried.
    """

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.answers: dict[str, asyncio.Future[None]] = {}
        self.sockets: list[socket.socket] = []
        self.cancelled: list[str] = []

    async def connect(self, where: Any) -> socket.socket:
        name = where[4][0]
        self.tried.append(name)
        self.answers[name] = asyncio.get_running_loop().create_future()
        try:
            await self.answers[name]
        except asyncio.CancelledError:
            self.cancelled.append(name)
            raise
        self.sockets.append(socket.socket())
        return self.sockets[-1]

    def refuse(self, name: str) -> None:
        self.answers[name].set_exception(ConnectionRefusedError(errno.ECONNREFUSED, f"{name} refuses"))


async def until_tried(net: Net, *tried: str) -> None:
    while net.tried != list(tried):  # noqa: ASYNC110 - it is a timer of the event loop that goes on
        await asyncio.sleep(0.05)


async def turns(times: int = 10) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_the_next_begins_when_one_has_failed() -> None:
    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, 60.0))
    await turns()
    assert net.tried == ["a"]
    net.refuse("a")
    await turns()
    assert net.tried == ["a", "b"]
    net.answers["b"].set_result(None)
    where, sock = await task
    assert names([where]) == ["b"]
    sock.close()


@in_fake_time
async def test_the_next_begins_when_one_is_slow_and_the_first_to_answer_wins() -> None:
    net = Net()
    async with assert_no_leaks():
        task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, 0.25))
        await until_tried(net, "a", "b")
        net.answers["b"].set_result(None)
        where, sock = await task
        assert names([where]) == ["b"]
        assert net.cancelled == ["a"]
        sock.close()


@in_fake_time
async def test_of_two_that_answer_at_once_one_is_closed() -> None:
    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, 0.25))
    await until_tried(net, "a", "b")
    net.answers["a"].set_result(None)
    net.answers["b"].set_result(None)
    _, sock = await task
    assert [each.fileno() < 0 for each in net.sockets if each is not sock] == [True]
    assert sock.fileno() >= 0
    sock.close()


@pytest.mark.parametrize("delay", [None, 60.0])
async def test_where_all_fail_the_error_has_each_of_their_reasons(delay: float | None) -> None:
    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, delay))
    for name in ("a", "b"):
        await turns()
        net.refuse(name)
    with pytest.raises(OSError, match=r"a refuses.*b refuses") as caught:
        await task
    assert caught.value.errno == errno.ECONNREFUSED


async def test_without_a_delay_they_are_tried_one_after_the_other() -> None:
    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, None))
    await turns()
    assert net.tried == ["a"]
    net.refuse("a")
    await turns()
    net.answers["b"].set_result(None)
    where, sock = await task
    assert names([where]) == ["b"]
    sock.close()


@in_fake_time
async def test_cancelled_it_ends_every_attempt() -> None:
    net = Net()
    async with assert_no_leaks():
        task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, 0.25))
        await until_tried(net, "a", "b")
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert sorted(net.cancelled) == ["a", "b"]


@in_fake_time
async def test_cancelled_while_the_others_end_it_keeps_no_socket() -> None:
    leaving = asyncio.Event()

    async def connect(where: Any) -> socket.socket:
        try:
            return await net.connect(where)
        except asyncio.CancelledError:
            await leaving.wait()
            raise

    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], connect, 0.25))
    await until_tried(net, "a", "b")
    net.answers["b"].set_result(None)
    await turns()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    leaving.set()
    await turns()
    assert [each.fileno() for each in net.sockets] == [-1]


async def test_an_error_that_is_not_of_the_system_goes_on() -> None:
    net = Net()
    task = asyncio.ensure_future(connect_first([address("a"), address("b")], net.connect, 60.0))
    await turns()
    net.answers["a"].set_exception(ZeroDivisionError())
    with pytest.raises(ZeroDivisionError):
        await task
    assert net.tried == ["a"]


def test_equal_errors_are_one() -> None:
    error = OSError(1, "x")
    assert combined([error, OSError(1, "x")]) is error
    assert combined([error, OSError(2, "y")]).errno is None

from __future__ import annotations

import asyncio
import errno
import socket
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from origin import unused_port

from tidewire_client._tcp_sockets import by_loop, connect, stream_socket

Run = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


@pytest.fixture
def sock() -> Iterator[socket.socket]:
    with socket.socket() as sock:
        sock.setblocking(False)
        yield sock


@pytest.fixture
def crowded() -> Iterator[tuple[str, int]]:
    """A server that lets nobody in any more: its backlog is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        first = [socket.socket() for _ in range(4)]
        for each in first:
            each.setblocking(False)
            each.connect_ex(listener.getsockname())
        yield listener.getsockname()
        for each in first:
            each.close()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_socket_is_connected(listener: socket.socket, sock: socket.socket, run: Run, host: str) -> None:
    async def main() -> None:
        where = (host, listener.getsockname()[1])
        await connect(asyncio.get_running_loop(), sock, socket.AF_INET, where)
        assert sock.getpeername() == listener.getsockname()

    run(main())


def test_a_port_where_nobody_listens_is_an_error(sock: socket.socket, run: Run) -> None:
    async def main() -> None:
        where = ("127.0.0.1", unused_port())
        with pytest.raises(ConnectionRefusedError, match=f"refused: .*{where[1]}") as caught:
            await connect(asyncio.get_running_loop(), sock, socket.AF_INET, where)
        assert caught.value.errno == errno.ECONNREFUSED

    run(main())


def test_what_the_system_refuses_at_once_is_an_error(sock: socket.socket, run: Run) -> None:
    async def main() -> None:
        with pytest.raises(OSError, match=r"255\.255\.255\.255") as caught:
            await connect(asyncio.get_running_loop(), sock, socket.AF_INET, ("255.255.255.255", 80))
        assert caught.value.errno in {errno.EACCES, errno.ENETUNREACH}

    run(main())


def test_cancelled_it_leaves_nothing_behind(crowded: tuple[str, int], sock: socket.socket, run: Run) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        task = asyncio.ensure_future(connect(loop, sock, socket.AF_INET, crowded))
        for _ in range(3):
            await asyncio.sleep(0)
        assert not task.done()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not loop.remove_writer(sock.fileno())

    run(main())


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="a wait of minutes")
def test_a_peer_that_takes_nobody_in_is_waited_for(
    crowded: tuple[str, int], sock: socket.socket, run: Run
) -> None:
    async def main() -> None:
        # The system looks at it when it sends its SYN again, after a second.
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 50)
        with pytest.raises(TimeoutError):
            await connect(asyncio.get_running_loop(), sock, socket.AF_INET, crowded)

    run(main())


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
@pytest.mark.parametrize("protocol", [0, socket.IPPROTO_TCP])
def test_a_new_socket_waits_for_nothing(family: socket.AddressFamily, protocol: int) -> None:
    with stream_socket(family, protocol) as sock:
        assert sock.gettimeout() == 0.0
        assert not sock.getblocking()
        assert (sock.family, sock.type, sock.proto) == (family, socket.SOCK_STREAM, socket.IPPROTO_TCP)


def test_what_is_written_is_sent_at_once(listener: socket.socket, run: Run) -> None:
    async def main() -> None:
        loop = asyncio.get_running_loop()
        with stream_socket(socket.AF_INET, 0) as sock:
            await connect(loop, sock, socket.AF_INET, listener.getsockname())
            transport, _ = await loop.create_connection(asyncio.Protocol, sock=sock)
            try:
                info = transport.get_extra_info("socket")
                assert info.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
            finally:
                transport.abort()
            await asyncio.sleep(0)

    run(main())


def test_event_loops_are_told_where_to_go(listener: socket.socket, run: Run) -> None:
    async def main() -> None:
        where = listener.getsockname()
        way = by_loop((socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", where))
        transport, _ = await asyncio.get_running_loop().create_connection(asyncio.Protocol, **way)
        assert transport.get_extra_info("peername") == where
        transport.abort()
        await asyncio.sleep(0)

    run(main())


@pytest.mark.parametrize(("scope", "host"), [(0, "fe80::1"), (2, "fe80::1%2")])
def test_a_zone_is_part_of_the_address(scope: int, host: str) -> None:
    where = ("fe80::1", 80, 0, scope)
    way = by_loop((socket.AF_INET6, socket.SOCK_STREAM, 6, "", where))
    assert way == {"host": host, "port": 80, "family": socket.AF_INET6, "proto": 6}

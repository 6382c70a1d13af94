from __future__ import annotations

import asyncio
import socket

import pytest

from tidewire_client._socks import SocksRefusal
from tidewire_client._socks_tunnels import open_socks

REPLY = b"\x05\x00" + b"\x05\x00\x00\x01" + bytes(6)


async def test_nothing_is_taken_that_comes_after_it() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        theirs.send(REPLY)
        await open_socks(asyncio.get_running_loop(), ours, "a", 80, ())
        theirs.send(b"from the server")
        assert ours.recv(100) == b"from the server"
        assert theirs.recv(100) == b"\x05\x01\x00" + b"\x05\x01\x00\x03\x01a\x00\x50"


async def test_what_comes_byte_by_byte_is_the_same() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.setblocking(False)
        opening = asyncio.ensure_future(
            open_socks(asyncio.get_running_loop(), ours, "a", 80, [("user", "u"), ("password", "p")])
        )
        for byte in b"\x05\x02\x01\x00" + REPLY[2:]:
            assert not opening.done()
            theirs.send(bytes([byte]))
            for _ in range(5):
                await asyncio.sleep(0)
        await opening
        assert theirs.recv(100) == b"\x05\x02\x00\x02\x01\x01u\x01p\x05\x01\x00\x03\x01a\x00\x50"


@pytest.mark.parametrize(
    "said", [b"", b"\x05", REPLY[:-1], b"\x05\x00\x05\x02\x00\x01", REPLY + b"too early"]
)
async def test_where_it_fails_the_socket_is_closed(said: bytes) -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        theirs.send(said)
        theirs.shutdown(socket.SHUT_WR)
        with pytest.raises(OSError, match="SOCKS") as caught:
            await open_socks(asyncio.get_running_loop(), ours, "a", 80, ())
        assert isinstance(caught.value, SocksRefusal) is (said[2:4] == b"\x05\x02")
        assert ours.fileno() == -1


async def test_what_cannot_be_said_is_an_error_of_the_connection() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        with pytest.raises(OSError, match="SOCKS takes"):
            await open_socks(asyncio.get_running_loop(), ours, "a" * 256, 80, ())
        assert ours.fileno() == -1


async def test_cancelled_it_closes_the_socket() -> None:
    ours, theirs = socket.socketpair()
    with theirs:
        ours.setblocking(False)
        opening = asyncio.ensure_future(open_socks(asyncio.get_running_loop(), ours, "a", 80, ()))
        await asyncio.sleep(0)
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        assert ours.fileno() == -1

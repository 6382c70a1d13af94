from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from origin import NO_TIMEOUT, Origin, cancel_when_made, fetch
from yarl import URL

from tidewire_client import (
    ClientConnectionError,
    NamedPipeConnector,
    UnixClientConnectorError,
    UnixConnector,
)
from tidewire_client._connection_key import connection_key

Start = Callable[..., Awaitable[Origin]]
KEY = connection_key(URL("http://origin/"))

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs Unix sockets")


async def test_requests_go_through_a_unix_socket(start_origin: Start, tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    origin = await start_origin(path=path)
    async with UnixConnector(path) as connector:
        assert connector.path == path
        assert "unix" in connector.allowed_protocol_schema_set
        for _ in range(2):
            assert await fetch(connector, KEY) == b"GET /"
    assert origin.made == 1


def test_cancelled_when_it_is_just_made_it_leaves_nothing(run: Any, tmp_path: Path) -> None:
    async def main() -> None:
        path = str(tmp_path / "s")
        origin = Origin()
        await origin.start(path=path)
        connector = UnixConnector(path)
        await cancel_when_made(connector, KEY)
        async with asyncio.timeout(15):
            await connector.close()
        assert len(connector.sweep) == 0
        await origin.stop()

    run(main())


async def test_a_socket_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    path = str(tmp_path / "s")
    async with UnixConnector(path) as connector:
        with pytest.raises(UnixClientConnectorError) as caught:
            await connector.connect(KEY, NO_TIMEOUT)
        assert caught.value.path == path


async def test_a_unix_socket_has_no_tls_and_no_proxy(tmp_path: Path) -> None:
    async with UnixConnector(str(tmp_path / "s")) as connector:
        for key in (
            connection_key(URL("https://origin/")),
            connection_key(URL("http://origin/"), proxy=URL("http://p")),
        ):
            with pytest.raises(ClientConnectionError, match="neither"):
                await connector.connect(key, NO_TIMEOUT)


async def test_named_pipes_are_on_windows_only() -> None:
    with pytest.raises(RuntimeError, match="Windows"):
        NamedPipeConnector(r"\\.\pipe\x")

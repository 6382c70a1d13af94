from __future__ import annotations

import asyncio
import pickle
import ssl
from typing import Any

import pytest

import tidewire_client
import tidewire_web
from tidewire.compat._connector import ConnectionKey, TCPConnector, _merge_ssl_params, verification
from tidewire.compat._protocols import ResponseHandler


@pytest.mark.parametrize(
    ("given", "expected", "warning"),
    [
        ({"verify_ssl": False}, False, "verify_ssl"),
        ({"fingerprint": bytes(32)}, tidewire_client.Fingerprint(bytes(32)), "fingerprint"),
    ],
)
def test_one_parameter_is_made_of_several(given: dict[str, Any], expected: Any, warning: str) -> None:
    with pytest.warns(DeprecationWarning, match=warning):
        verification(given)
    assert given == {"ssl": expected}


def test_a_context_may_be_given_by_its_former_name() -> None:
    context = ssl.create_default_context()
    with pytest.warns(DeprecationWarning, match="ssl_context"):
        assert _merge_ssl_params(True, None, context, None) is context


def test_they_exclude_each_other() -> None:
    with (
        pytest.warns(DeprecationWarning, match="verify_ssl"),
        pytest.raises(ValueError, match="mutually exclusive"),
    ):
        verification({"verify_ssl": False, "ssl": ssl.create_default_context()})


def test_nothing_is_changed_where_nothing_is_given() -> None:
    options: dict[str, Any] = {"limit": 3, "verify_ssl": True}
    verification(options)
    assert options == {"limit": 3}
    options["ssl"] = None
    verification(options)
    assert options == {"limit": 3, "ssl": True}


def test_errors_can_be_made_of_a_key() -> None:
    error = tidewire_client.ClientConnectorError(ConnectionKey("a.test", 80, False), OSError(111, "refused"))
    assert "a.test:80" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


class Foreign(TCPConnector):
    """Opens connections as a connector for SOCKS does."""

    opened: list[tuple[Any, Any]]

    async def _wrap_create_connection(self, *args: Any, addr_infos: Any, **kwargs: Any) -> tuple[Any, Any]:
        address = addr_infos[0][4]
        self.opened.append((address, kwargs["ssl"]))
        loop = asyncio.get_running_loop()
        return await loop.create_connection(lambda: ResponseHandler(loop), *address)


async def test_a_subclass_may_open_the_connections() -> None:
    async def hello(_: tidewire_web.Request) -> tidewire_web.Response:
        return tidewire_web.Response(text="hello")

    app = tidewire_web.Application()
    app.router.add_get("/", hello)
    runner = tidewire_web.AppRunner(app)
    await runner.setup()
    await tidewire_web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    connector = Foreign()
    connector.opened = []
    async with tidewire_client.ClientSession(connector=connector) as session:
        for _ in range(2):
            async with session.get(f"http://127.0.0.1:{port}/") as response:
                assert await response.text() == "hello"
    await runner.cleanup()
    assert connector.opened == [(("127.0.0.1", port), None)]


async def test_a_context_is_made_for_tls() -> None:
    async with Foreign(ssl=False) as connector:
        context = connector._context(ConnectionKey("a.test", 443, True))
        assert context is not None
        assert context.verify_mode is ssl.CERT_NONE
        assert connector._context(ConnectionKey("a.test", 80, False)) is None
        mine = ssl.create_default_context()
        assert connector._context(ConnectionKey("a.test", 443, True, mine)) is mine

from __future__ import annotations

import inspect

import known_names

from tidewire.compat import _fixtures


def test_the_fixtures_of_pytest_aiohttp_are_there() -> None:
    assert {
        name for name in known_names.MODULES["aiohttp.pytest_plugin"] if name.startswith("aiohttp_")
    } < set(_fixtures.__all__)


def test_the_types_can_be_called() -> None:
    for kind in (_fixtures.AiohttpClient, _fixtures.AiohttpRawServer, _fixtures.AiohttpServer):
        assert "options" in inspect.signature(kind.__call__).parameters

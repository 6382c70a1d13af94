"""`pytest -p tidewire.compat.pytest_plugin`: a test suite of aiohttp's users, unchanged, on Tidewire.

It has to be named on the command line, in `PYTEST_ADDOPTS` or in `addopts`: only then it is there before anything of the
suite is imported. It has the fixtures of pytest-aiohttp, and needs tidewire-testing and pytest-asyncio.
"""

from __future__ import annotations

from tidewire.compat._install import install

install()

from tidewire.compat._fixtures import AiohttpClient as AiohttpClient  # noqa: E402 - after install()
from tidewire.compat._fixtures import AiohttpRawServer as AiohttpRawServer  # noqa: E402
from tidewire.compat._fixtures import AiohttpServer as AiohttpServer  # noqa: E402
from tidewire.compat._fixtures import aiohttp_client as aiohttp_client  # noqa: E402
from tidewire.compat._fixtures import aiohttp_client_cls as aiohttp_client_cls  # noqa: E402
from tidewire.compat._fixtures import aiohttp_raw_server as aiohttp_raw_server  # noqa: E402
from tidewire.compat._fixtures import aiohttp_server as aiohttp_server  # noqa: E402
from tidewire.compat._fixtures import aiohttp_unused_port as aiohttp_unused_port  # noqa: E402

__all__ = [
    "AiohttpClient",
    "AiohttpRawServer",
    "AiohttpServer",
    "aiohttp_client",
    "aiohttp_client_cls",
    "aiohttp_raw_server",
    "aiohttp_server",
    "aiohttp_unused_port",
]
